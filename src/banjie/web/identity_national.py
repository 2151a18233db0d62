"""Signing in with the national identity: an OpenID provider whose word is checked before it is believed.

allauth carries the exchange (state, PKCE, tokens). What it leaves to the application is done here: the issuer must be
the one we were told, the token's signature is checked every time, its nonce must be the one we sent, and the account is
found by the verified citizen number and by nothing else.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.adapter import get_adapter as social
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from banjie.actions.joining import Verified, join
from banjie.engine.ids import Malformed
from banjie.engine.subject import Refused
from banjie.wiring import platform

PROVIDER: Final = "national"
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures that need the issuer's own key; never a shared secret, never none."""

LEEWAY_S: Final = 30
CONFIG_FRESH_FOR_S: Final = 300

NAME_CLAIM: Final = "name"
CODE_CLAIM: Final = "citizen_id"
LEVEL_CLAIM: Final = "real_name_level"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why somebody could not be signed in, in her own words."""

    title: str
    lines: tuple[str, ...]
    again: bool = True


CANCELLED: Final = Trouble("您没有完成身份认证", ("您取消了登录，没有任何信息交给本网站。",))
STALE: Final = Trouble(
    "这次登录已经失效",
    ("登录页面打开太久、在别的窗口登录过，或者同一个登录链接用了第二次。", "为了安全，请重新登录一次。"),
)
UNREACHABLE: Final = Trouble("统一身份认证暂时连不上", ("这是系统之间的问题，不是您的操作有误。请过几分钟再试。",))
UNTRUSTED: Final = Trouble(
    "身份认证的结果没有通过核对",
    ("返回的登录信息与本网站的要求不符，为了保护您的账号，这次登录没有进行。", "请重新登录；多次出现请拨打 12345。"),
)


class Untrusted(OAuth2Error):  # type: ignore[misc]  # allauth ships no types.
    """What came back is not the provider's word for this visit."""


class NationalProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth ships no types.
    """The provider, which sends a nonce with every visit and keeps no personal data with allauth."""

    def get_pkce_params(self) -> dict[str, str]:
        """PKCE, and a nonce that follows from its secret: so it is kept with the visit's state and nowhere else."""
        params: dict[str, str] = super().get_pkce_params()
        return {**params, "nonce": nonce_of(params["code_verifier"])}

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Nothing that stands in the address is passed on."""
        return {"ui_locales": "zh-CN"}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """The same."""
        scope: list[str] = self.get_scope()
        return scope

    def get_oauth2_adapter(self, request: HttpRequest) -> "NationalExchange":
        """Our own."""
        return NationalExchange(request, self.app.provider_id)

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """allauth would keep all claims beside the account; the register of parties is the place for them."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """No account is ever found by an address of e-mail."""
        return []


def nonce_of(verifier: str) -> str:
    """The nonce that belongs to a visit's secret verifier."""
    return hmac.new(verifier.encode(), b"nonce", hashlib.sha256).hexdigest()


class NationalExchange(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types.
    """The exchange of a code for a checked identity."""

    _verifier: str = ""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Where the provider sends people back to."""
        return request.build_absolute_uri(reverse("national-callback"))

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description, believed for five minutes. Raises `Untrusted` when it is another's."""
        known: dict[str, Any] | None = caches["process"].get("openid")
        if known is None or known.get("issuer") != settings.IDENTITY_ISSUER:
            with social().get_requests_session() as session:
                answer = session.get(f"{settings.IDENTITY_ISSUER}/.well-known/openid-configuration")
                answer.raise_for_status()
                known = answer.json()
            if known.get("issuer") != settings.IDENTITY_ISSUER:
                raise Untrusted("the issuer calls itself otherwise")
            caches["process"].set("openid", known, CONFIG_FRESH_FOR_S)
        return known

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """The tokens for a code; a code is good for one visit, whose secret goes with it."""
        if not pkce_code_verifier:
            raise Untrusted("no verifier")
        self._verifier = pkce_code_verifier
        data: dict[str, Any] = super().get_access_token_data(request, app, client, pkce_code_verifier)
        return data

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """The identity behind the tokens. Raises `Untrusted` unless everything fits."""
        raw = kwargs["response"].get("id_token")
        if not raw:
            raise Untrusted("no id token")
        claims = self._checked(raw, app.client_id)
        if not hmac.compare_digest(str(claims.get("nonce", "")), nonce_of(self._verifier)):
            raise Untrusted("the nonce is another visit's")
        told = self._fetch_user_info(token.token)
        if told.get("sub") != claims["sub"]:
            raise Untrusted("the two answers speak of two people")
        login = self.get_provider().sociallogin_from_response(request, {"id_token": claims})
        login.claims = {**claims, **told}
        return login

    def _checked(self, raw: str, audience: str) -> dict[str, Any]:
        with social().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        try:
            header = jwt.get_unverified_header(raw)
            key = jwt.PyJWKSet.from_dict(keys)[header.get("kid", "")]
            claims: dict[str, Any] = jwt.decode(
                raw,
                key.key,
                algorithms=list(ALGORITHMS),
                audience=audience,
                issuer=settings.IDENTITY_ISSUER,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, KeyError) as wrong:
            raise Untrusted(str(wrong)) from wrong
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != audience:
            raise Untrusted("the token is meant for somebody else")
        return claims


class NationalSignIn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types.
    """What becomes of a checked identity: an account, found by the citizen number or opened."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> NationalProvider:
        """The only one there is. Raises SocialApp.DoesNotExist when none is set up."""
        return NationalProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """From the settings alone; nothing is looked up in the database."""
        return [
            SocialApp(provider="openid_connect", **app)
            for app in settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
            if provider in (None, "openid_connect", app["provider_id"])
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds or opens the account; whatever forbids it becomes a page."""
        claims = sociallogin.claims
        try:
            verified = Verified(
                name=str(claims.get(NAME_CLAIM, "")),
                code=str(claims.get(CODE_CLAIM, "")),
                level=_level(claims.get(LEVEL_CLAIM)),
            )
            account = join(platform(), verified)
        except Refused as refused:
            lines = (refused.reason + "。", refused.remedy + "。")
            raise ImmediateHttpResponse(troubled(request, Trouble("现在不能登录", lines))) from refused
        except Malformed as wrong:
            lines = (wrong.reason + "。", wrong.remedy + "。")
            raise ImmediateHttpResponse(troubled(request, Trouble("现在不能登录", lines))) from wrong
        known = SocialAccount.objects.filter(provider=sociallogin.account.provider, uid=sociallogin.account.uid).first()
        if known is not None and known.user_id != account.pk:
            raise ImmediateHttpResponse(troubled(request, UNTRUSTED))
        sociallogin.user = account
        if known is None:
            sociallogin.connect(request, account)

    def on_authentication_error(  # allauth's own signature.
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Whatever went wrong on the way becomes one of a few pages in plain words."""
        if error == AuthError.CANCELLED:
            found = CANCELLED
        elif isinstance(exception, RequestException):
            found = UNREACHABLE
        elif isinstance(exception, Untrusted | ProviderException):
            found = UNTRUSTED
        else:
            found = STALE
        raise ImmediateHttpResponse(troubled(request, found))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never by a form: `pre_social_login` has found or opened the account."""
        return False


def _level(claim: object) -> int:
    """L3, "3" or 3; what cannot be read counts as the lowest."""
    text = str(claim).strip().upper().removeprefix("L")
    return int(text) if text in {"1", "2", "3", "4"} else 1


def troubled(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """The page that says why one was not signed in."""
    from banjie.web.context import render  # noqa: PLC0415 — the frame asks this module who is there.

    context = {"trouble": trouble, "identity_name": settings.IDENTITY_NAME}
    return render(request, "account/national_trouble.html", context, status=403)


@require_POST
@login_not_required  # type: ignore[untyped-decorator]  # allauth ships no types.
def begin(request: HttpRequest) -> HttpResponseBase:
    """用统一身份认证登录: to the provider, and back to where she was."""
    return _at_door(OAuth2LoginView, request)


@require_GET
@login_not_required  # type: ignore[untyped-decorator]  # allauth ships no types.
def callback(request: HttpRequest) -> HttpResponseBase:
    """Back from the provider."""
    return _at_door(OAuth2CallbackView, request)


def _at_door(view: Any, request: HttpRequest) -> HttpResponseBase:
    if not settings.IDENTITY_ISSUER:
        raise Http404("统一身份认证没有开通")
    try:
        answer: HttpResponseBase = view.adapter_view(NationalExchange(request, PROVIDER))(request)
    except RequestException:
        return troubled(request, UNREACHABLE)
    except OAuth2Error:
        return troubled(request, UNTRUSTED)
    return answer


# --- signing out ---


def came_by_national(request: HttpRequest) -> bool:
    """Whether this session began at the provider."""
    user = request.user
    if not user.is_authenticated:
        return False
    records = get_authentication_records(request, user)
    return any(record.get("method") == "socialaccount" for record in records)


def provider_sign_out(request: HttpRequest, back: str) -> str:
    """Where the provider ends its own session, "" when it cannot be asked: on a shared computer the next person must
    not be signed in with one press."""
    try:
        address = NationalExchange(request, PROVIDER).openid_config.get("end_session_endpoint", "")
    except (RequestException, OAuth2Error):
        return ""
    if not address:
        return ""
    client = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["client_id"]
    return f"{address}?{urlencode({'client_id': client, 'post_logout_redirect_uri': back})}"


def provider_origin() -> str:
    """The provider's scheme and host, which forms of ours may lead to; "" when none is set up."""
    if not settings.IDENTITY_ISSUER:
        return ""
    parts = urlsplit(settings.IDENTITY_ISSUER)
    return f"{parts.scheme}://{parts.netloc}"
