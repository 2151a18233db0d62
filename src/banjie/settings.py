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
| BANJIE_IDENTITY_ISSUER | address of the identity service (OpenID Connect); none: local accounts only | none |
| BANJIE_IDENTITY_CLIENT | our client identifier there | banjie |
| BANJIE_IDENTITY_SECRET | our client secret there | none |
| BANJIE_IDENTITY_NAME | what people call that service | 统一身份认证 |
| BANJIE_S3_BUCKET | bucket in which papers are kept, with the four below | none: they lie in BANJIE_DATA |
| BANJIE_S3_ENDPOINT | address of the object store (SeaweedFS, MinIO, OSS …) | none |
| BANJIE_S3_KEY, BANJIE_S3_SECRET | how it is entered | none |
| BANJIE_S3_REGION | its region, as it is signed | us-east-1 |
| BANJIE_MAIL_HOST, _PORT, _USER, _PASSWORD | mail server by which notices leave | none: no e-mail |
| BANJIE_MAIL_TLS | starttls, ssl, or none | starttls |
| BANJIE_MAIL_FROM | sender of notices | noreply@localhost |
| BANJIE_PROBE_URL | a page the worker opens each minute, to see whether the site is up | none: the database only |
| BANJIE_SMS_URL, _KEY | gateway for text messages, and the key that signs them | none: no text messages |
| BANJIE_SMS_SIGN | the name in front of text messages | 办结 |
| BANJIE_CLAMD | virus scanner, as host:port or the path of its socket | none: files are marked 未扫描 |
| BANJIE_SOURCES_URL | the exchange through which departments' data are asked | none: people fill in themselves |
| BANJIE_REPORTING_URL, _KEY | where national reporting records go, and the key that signs them | none: not sent |
| BANJIE_SOURCES_KEY | key with which questions are signed and answers recognised | none |
| BANJIE_SOURCE_<NAME>_URL, _KEY | the same for one source (content/sources), in capital letters | the two above |
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from banjie.packs.identity import identity

DATABASE_URL = os.environ.get("BANJIE_DATABASE_URL", "")
OWNER_URL = os.environ.get("BANJIE_OWNER_URL", DATABASE_URL)
DATA = Path(os.environ.get("BANJIE_DATA", "data")).absolute()
PUBLIC_URL = os.environ.get("BANJIE_PUBLIC_URL", "http://localhost:8000").rstrip("/")
REGION = os.environ.get("BANJIE_REGION", "990100")
PROBE_URL = os.environ.get("BANJIE_PROBE_URL", "")
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
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "banjie.records",
]

MIDDLEWARE = [
    "banjie.web.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "banjie.web.middleware.StrictContent",
    "banjie.web.i18n.Language",
    "banjie.web.upload_limits.BoundedBody",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "banjie.web.arriving.Arrival",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "banjie.web.sessions.Lease",
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
# The cookie ends with the browser, and the lease (web.sessions) long before: these are computers in service halls too.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "banjie.web.identity.AccountAdapter"
_SIGN_IN = identity().limit("登录")
ACCOUNT_RATE_LIMITS = {
    "login_failed": (f"{_SIGN_IN.by_address}/{_SIGN_IN.seconds}s/ip,{_SIGN_IN.by_account}/{_SIGN_IN.seconds}s/key"),
}
LOGIN_URL = "account_login"
LOGOUT_REDIRECT_URL = "/"

# The national identity (made up in the demonstration): an OpenID provider, found by its issuer.
IDENTITY_ISSUER = os.environ.get("BANJIE_IDENTITY_ISSUER", "").rstrip("/")
IDENTITY_NAME = os.environ.get("BANJIE_IDENTITY_NAME", "统一身份认证")
SOCIALACCOUNT_ADAPTER = "banjie.web.identity_national.NationalSignIn"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "national",
                "name": IDENTITY_NAME,
                "client_id": os.environ.get("BANJIE_IDENTITY_CLIENT", "banjie"),
                "secret": os.environ.get("BANJIE_IDENTITY_SECRET", ""),
                "settings": {"server_url": IDENTITY_ISSUER, "scope": ["openid", "profile", "real_name"]},
            }
        ]
        if IDENTITY_ISSUER
        else [],
    }
}

# Passkeys, one-time codes and recovery codes.
MFA_ADAPTER = "banjie.web.identity_factors.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

# What limits guessing is counted once for all processes; what only spares us work is counted in each.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "records_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

SESSION_ENGINE = "banjie.web.arriving"
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
S3 = {
    "bucket": os.environ.get("BANJIE_S3_BUCKET", ""),
    "endpoint": os.environ.get("BANJIE_S3_ENDPOINT", ""),
    "key": os.environ.get("BANJIE_S3_KEY", ""),
    "secret": os.environ.get("BANJIE_S3_SECRET", ""),
    "region": os.environ.get("BANJIE_S3_REGION", "us-east-1"),
}
CLAMD = os.environ.get("BANJIE_CLAMD", "")
MAIL: dict[str, Any] = {
    "host": os.environ.get("BANJIE_MAIL_HOST", ""),
    "port": int(os.environ.get("BANJIE_MAIL_PORT", "587")),
    "user": os.environ.get("BANJIE_MAIL_USER", ""),
    "password": os.environ.get("BANJIE_MAIL_PASSWORD", ""),
    "tls": os.environ.get("BANJIE_MAIL_TLS", "starttls"),
    "sender": os.environ.get("BANJIE_MAIL_FROM", "noreply@localhost"),
}
SMS = {
    "url": os.environ.get("BANJIE_SMS_URL", ""),
    "key": os.environ.get("BANJIE_SMS_KEY", ""),
    "sign": os.environ.get("BANJIE_SMS_SIGN", "办结"),
}
SOURCES_URL = os.environ.get("BANJIE_SOURCES_URL", "").rstrip("/")
SOURCES_KEY = os.environ.get("BANJIE_SOURCES_KEY", "")
REPORTING_URL = os.environ.get("BANJIE_REPORTING_URL", "")
REPORTING_KEY = os.environ.get("BANJIE_REPORTING_KEY", "")
SOURCE_OVERRIDES = {name: value for name, value in os.environ.items() if name.startswith("BANJIE_SOURCE_")}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
BODY_LIMIT = 110 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
