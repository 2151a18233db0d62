"""Every address of the site. Citizens' pages, officials' pages, the API, and sign-in."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, re_path

from banjie.web import context, identity, manager, officer, proofs, supervisor, worklist
from banjie.web.paths_citizen import citizen_paths
from banjie.web.troubles import handler400, handler403, handler404, handler429, handler500

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

# Sign-in is allauth's; of its doors only those exist here that lead somewhere. Its other names are kept, because
# its pages link to them, and lead to one page that says where an account is opened or a password renewed.
_accounts: list[URLPattern | URLResolver] = [
    path("login/", identity.SignIn.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("signup/", identity.no_such_door, name="account_signup"),
    path("email/", identity.no_such_door, name="account_email"),
    path("confirm-email/", identity.no_such_door, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", identity.no_such_door, name="account_confirm_email"),
    path("password/set/", identity.no_such_door, name="account_set_password"),
    path("password/reset/", identity.no_such_door, name="account_reset_password"),
    path("password/reset/done/", identity.no_such_door, name="account_reset_password_done"),
    path("login/code/confirm/", identity.no_such_door, name="account_confirm_login_code"),
]

_office: list[URLPattern | URLResolver] = [
    path("", worklist.worklist, name="worklist"),
    path("done", worklist.done, name="office-done"),
    path("cases/<slug:region>/<slug:number>", officer.case, name="case"),
    path("cases/<slug:region>/<slug:number>/act/<slug:act>", officer.act, name="case-act"),
    path("cases/<slug:region>/<slug:number>/paper/<slug:sha256>", officer.paper, name="case-paper"),
    path("cases/<slug:region>/<slug:number>/document/<uuid:document>.pdf", officer.document, name="case-document"),
    path(
        "cases/<slug:region>/<slug:number>/document/<uuid:document>/again",
        officer.document_again,
        name="case-document-again",
    ),
    path(
        "certificates/<slug:region>/<uuid:certificate>/act/<slug:act>", officer.certificate_act, name="certificate-act"
    ),
    path("certificates/<slug:region>/<uuid:certificate>/again", officer.certificate_again, name="certificate-again"),
]

_manage: list[URLPattern | URLResolver] = [
    path("", manager.items, name="manage"),
    path("items/<slug:region>/<slug:code>/<int:edition>", manager.edition, name="manage-item"),
    path("items/<slug:region>/<slug:code>/<int:edition>/diff", manager.difference, name="manage-diff"),
    path("items/<slug:region>/<slug:code>/<int:edition>/publish", manager.publish, name="manage-publish"),
    path("items/<slug:region>/<slug:code>/<int:edition>/draft", manager.draft, name="manage-draft"),
    path("items/<slug:region>/<slug:code>/<int:edition>/withdraw", manager.withdraw, name="manage-withdraw"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("banjie.api.urls")),
    path("accounts/", include(_accounts)),
    path("elder", context.elder, name="elder"),
    path("me/act-for", identity.act_for, name="act-for"),
    path("office/", include(_office)),
    path("supervise/", supervisor.figures, name="supervise"),
    path("manage/", include(_manage)),
    path("clock/<slug:region>/<slug:number>", proofs.clock, name="clock"),
    path("clock/<slug:region>/<slug:number>.json", proofs.clock_json, name="clock-json"),
    *citizen_paths,
]
