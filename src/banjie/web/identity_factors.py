"""通行密钥、动态验证码、恢复码: what protects an account beside its password, and what opens it again without one.

Whoever has forgotten her password, or is made to wait after wrong tries, comes in by a passkey, by the national
identity, or renews her password with a code of hers. So no door is ever shut for good.
"""

import base64
import hashlib
import io
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

import segno
from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django import forms
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from banjie.engine.ids import CitizenId, Malformed
from banjie.packs.identity import identity
from banjie.records import people
from banjie.records.models import Account
from banjie.web.tries import consume, too_many
from banjie.wiring import platform

SITE: Final = "澜江市政务服务网"


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types.
    """allauth's second factors, in our words, with their secrets encrypted where they are kept."""

    error_messages = {  # noqa: RUF012 — allauth's own attribute.
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "这种登录保护现在不能关闭。",
        "cannot_generate_recovery_codes": "请先开通动态验证码或通行密钥，再生成恢复码。",
        "incorrect_code": "验证码不对，或者已经用过。请输入验证器里新出现的 6 位数字，或一个没有用过的恢复码。",
    }

    def get_totp_issuer(self) -> str:
        """How the account is named in the person's authenticator."""
        return SITE

    def build_totp_svg(self, url: str) -> str:
        """The QR code that an authenticator scans."""
        drawn = io.BytesIO()
        segno.make(url, error="m", micro=False).save(drawn, kind="svg", scale=5, border=2, xmldecl=False)
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """A copy of the database alone must not let anyone make codes."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The other way round."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:  # noqa: A002 — allauth's name.
        """通行密钥 1, 2 …"""
        known = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"通行密钥 {known + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site a passkey belongs to."""
        return {**super().get_public_key_credential_rp_entity(), "name": SITE}


def _cipher() -> Fernet:
    key = hashlib.sha256(b"banjie second factors" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SecondStep(AuthenticateView):  # type: ignore[misc]  # allauth ships no types.
    """The second step of signing in. Too many wrong codes are told with the time to wait."""

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """429 when no more codes are looked at for now."""
        answer: HttpResponse = super().render_to_response(context, **kwargs)
        return told_to_wait(answer, (context["form"], context.get("webauthn_form")))


def told_to_wait(answer: HttpResponse, posted: tuple[forms.Form | None, ...]) -> HttpResponse:
    """Marks an answer whose form was refused for too many tries: 429, and when to try again."""
    if any(form is not None and _is_throttled(form) for form in posted):
        answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
        answer.headers["Retry-After"] = str(identity().limit("登录").seconds)
    return answer


def _is_throttled(form: forms.Form) -> bool:
    if not form.is_bound:
        return False
    return any(error.code == "too_many_login_attempts" for error in _errors(form))


def _errors(form: forms.Form) -> Iterator[ValidationError]:
    for errors in form.errors.as_data().values():
        yield from errors


# --- a new password without the old one ---


class NewPassword(forms.Form):
    """A new password, twice."""

    password1 = forms.CharField(error_messages={"required": "请填写新密码"})
    password2 = forms.CharField(error_messages={"required": "请再输入一次新密码"})

    def clean(self) -> dict[str, Any]:
        """Both alike, and strong enough."""
        given = super().clean() or {}
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的新密码不一样，请重新输入")
        elif first:
            try:
                validate_password(first)
            except ValidationError as weak:
                self.add_error("password1", weak)
        return given


class Reset(NewPassword):
    """Who she is, and a code only she can have."""

    login = forms.CharField(max_length=150, error_messages={"required": "请填写账号"})
    citizen = forms.CharField(max_length=40, error_messages={"required": "请填写公民身份号码"})
    code = forms.CharField(max_length=20, error_messages={"required": "请填写验证码"})


WRONG: Final = (
    "没有通过核对。请检查账号、公民身份号码和验证码；验证码用过一次就不能再用。"
    "没有开通验证码的，请到政务服务大厅窗口办理"
)


@never_cache
@sensitive_post_parameters("password1", "password2", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """忘记密码、登录被限制: a new password by a code, or at once for whoever has just come in by a passkey."""
    from banjie.web.context import render  # noqa: PLC0415 — the frame asks who is there.

    by_passkey = came_by_passkey(request)
    form: NewPassword = (NewPassword if by_passkey else Reset)(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        if not by_passkey:
            wait = consume(request, "验证码", account=request.POST.get("login", ""))
            if wait:
                return too_many(request, wait)
        if form.is_valid():
            account = request.user if by_passkey else _proven(form)
            if isinstance(account, Account):
                return _renewed(request, account, form.cleaned_data["password1"])
            form.add_error(None, WRONG)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "by_passkey": by_passkey}
    return render(request, "account/password_reset.html", context, status=status, errors=bool(form.errors))


def came_by_passkey(request: HttpRequest) -> bool:
    """Whether whoever is signed in came by a passkey and nothing else."""
    user = request.user
    if not user.is_authenticated:
        return False
    return any(record.get("passwordless") for record in get_authentication_records(request, user))


def _proven(form: NewPassword) -> Account | None:
    """The account, if number and code are its owner's. Officials' passwords are their office's business."""
    given = form.cleaned_data
    account = Account.objects.filter(username=given["login"].strip(), is_active=True).first()
    if account is None:
        return None
    here = platform()
    try:
        code = str(CitizenId.parse(given["citizen"]))
    except Malformed:
        return None
    known = people.person_of_code(here.database, here.region, code)
    if known is None or known.account != account.key:
        return None
    factors = Authenticator.objects.filter(user=account).exclude(type=Authenticator.Type.WEBAUTHN)
    return account if any(one.wrap().validate_code(given["code"]) for one in factors) else None


def _renewed(request: HttpRequest, account: Account, password: str) -> HttpResponse:
    account.set_password(password)
    account.save(update_fields=["password"])
    key = account_adapter(request)._get_login_attempts_cache_key(request, username=account.username)
    ratelimit.clear(request, action="login_failed", key=key)
    if request.user == account:
        update_session_auth_hash(request, account)
        return HttpResponseRedirect(reverse("mfa_index") + "?done=password", status=303)
    return HttpResponseRedirect(reverse("account_login") + "?done=password", status=303)
