"""Reads the environment; the only wiring.

| variable | what | default |
|---|---|---|
| BANJIE_DATABASE_URL | PostgreSQL 15–18, the application's role | none: `banjie demo` runs its own |
| BANJIE_OWNER_URL | the same database, the role that owns the tables; for `banjie migrate` | BANJIE_DATABASE_URL |
| BANJIE_DATA | folder for files, seals and the embedded database | ./data |
| BANJIE_SECRET_KEY | signs sessions; at least 50 characters | made once and kept in the data folder |
| BANJIE_HOSTS | host names served, by commas | localhost |
| BANJIE_PUBLIC_URL | the address people reach the platform at, printed in QR codes | http://localhost:8000 |
| BANJIE_TRUSTED_PROXIES | proxies of ours in front; tells which X-Forwarded-For is the visitor | 0 |
| BANJIE_REGION | the city's region code | 990100 |
| BANJIE_DEMO | 1 while the made-up city is shown | 0 |
"""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

DATABASE_URL = os.environ.get("BANJIE_DATABASE_URL", "")
OWNER_URL = os.environ.get("BANJIE_OWNER_URL", DATABASE_URL)
DATA = Path(os.environ.get("BANJIE_DATA", "data")).absolute()
PUBLIC_URL = os.environ.get("BANJIE_PUBLIC_URL", "http://localhost:8000").rstrip("/")
REGION = os.environ.get("BANJIE_REGION", "990100")
DEMO = os.environ.get("BANJIE_DEMO", "0") == "1"
SECURE = PUBLIC_URL.startswith("https://")
TRUSTED_PROXIES = int(os.environ.get("BANJIE_TRUSTED_PROXIES", "0"))


def _secret_key() -> str:
    given = os.environ.get("BANJIE_SECRET_KEY", "")
    if given:
        return given
    if not DATABASE_URL:
        return secrets.token_urlsafe(64)  # Nothing is served without a database, so nothing needs to last.
    kept = DATA / "secret-key"
    DATA.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text(encoding="utf-8")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        secret = secrets.token_urlsafe(64)
        file.write(secret)
    return secret


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("BANJIE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")]
ROOT_URLCONF = "banjie.web.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "records.Account"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "banjie.records",
]

MIDDLEWARE = [
    "banjie.web.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "banjie.web.middleware.StrictContent",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "banjie.web.jinja.environment",
            "context_processors": ["banjie.web.context.page", "django.contrib.messages.context_processors.messages"],
        },
    },
]


def _database(url: str) -> dict[str, object]:
    parts = conninfo_to_dict(url) if url else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": str(parts.pop("dbname", "banjie")),
        "USER": str(parts.pop("user", "")),
        "PASSWORD": str(parts.pop("password", "")),
        "HOST": str(parts.pop("host", "")),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


# Everything is served under the application's role; only `banjie migrate` uses the owner's.
DATABASES = {"default": _database(DATABASE_URL), "owner": _database(OWNER_URL)}

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "banjie.web.identity.AccountAdapter"
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/ip,5/5m/key"}
LOGIN_URL = "account_login"
LOGOUT_REDIRECT_URL = "/"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
if SECURE:
    # TLS ends at the proxy, which says so; and a form comes from the address people see, not from the one it reaches.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(PUBLIC_URL))]
CSRF_FAILURE_VIEW = "banjie.web.troubles.csrf"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

FILES = DATA / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_LIMIT = 20 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
