"""Every address of the site. Citizens' pages, officials' pages, the API, and sign-in."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, re_path

from banjie.web import (
    appearance,
    ask_meter,
    context,
    counter,
    counter_papers,
    desk_contests,
    desk_papers,
    desk_precases,
    identity,
    identity_factors,
    identity_national,
    manager,
    manager_claims,
    manager_edit,
    manager_forms,
    manager_materials,
    manager_rules,
    mandates_counter,
    officer,
    proofs,
    queue_desk,
    sessions,
    supervise_notices,
    supervisor,
    window,
    worklist,
)
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
    path("password/reset/", identity_factors.reset, name="account_reset_password"),
    path("password/reset/done/", identity.no_such_door, name="account_reset_password_done"),
    path("login/code/confirm/", identity.no_such_door, name="account_confirm_login_code"),
    path("national/login/", identity_national.begin, name="national-login"),
    path("national/callback/", identity_national.callback, name="national-callback"),
    path("security/authenticate/", identity_factors.SecondStep.as_view(), name="mfa_authenticate"),
    path("security/", include("allauth.mfa.urls")),
    path("session/extend", sessions.extend, name="session-extend"),
    path("session/kept", sessions.kept, name="kept"),
    path("session/kept/drop", sessions.drop_kept, name="kept-drop"),
]

_office: list[URLPattern | URLResolver] = [
    path("", worklist.worklist, name="worklist"),
    path("done", worklist.done, name="office-done"),
    path("precases", desk_precases.worklist, name="office-precases"),
    path("precases/<slug:region>/<slug:number>", desk_precases.service, name="office-precase"),
    path("precases/<slug:region>/<slug:number>/act/<slug:act>", desk_precases.act, name="office-precase-act"),
    path("precases/<slug:region>/<slug:number>/paper/<slug:sha256>", desk_precases.paper, name="office-precase-paper"),
    path("cases/<slug:region>/<slug:number>/paper/<slug:sha256>/view", desk_papers.view, name="case-paper-view"),
    path("contests", desk_contests.contests, name="office-contests"),
    path("contests/<slug:region>/<uuid:contest>/paper", desk_contests.paper, name="contest-paper"),
    path("mandates", mandates_counter.counter, name="office-mandates"),
    path("window", window.choose, name="office-window"),
    path("windows", counter.windows, name="office-windows"),
    path("queue", queue_desk.desk, name="office-queue"),
    path("queue/next", queue_desk.call_next, name="office-queue-next"),
    path("queue/<uuid:ticket>/<slug:act>", queue_desk.act, name="office-queue-act"),
    path("counter", counter.home, name="office-counter"),
    path("counter/identify", counter.identify, name="office-counter-identify"),
    path("counter/open", counter.open_, name="office-counter-open"),
    path("counter/begin", counter.begin, name="office-counter-begin"),
    path("counter/prolong", counter.prolong, name="office-counter-prolong"),
    path("counter/end", counter.end, name="office-counter-end"),
    path("counter/over", counter.over, name="office-counter-over"),
    path("counter/show", counter_papers.show, name="office-counter-show"),
    path("counter/draft/<uuid:draft>/papers", counter_papers.papers, name="office-counter-papers"),
    path("counter/draft/<uuid:draft>/application.pdf", counter_papers.application, name="office-counter-application"),
    path("counter/draft/<uuid:draft>/receipt", counter_papers.receipt, name="office-counter-receipt"),
    path("cases/<slug:region>/<slug:number>", officer.case, name="case"),
    path("cases/<slug:region>/<slug:number>/act/<slug:act>", officer.act, name="case-act"),
    path("cases/<slug:region>/<slug:number>/paper/<slug:sha256>", officer.paper, name="case-paper"),
    path(
        "cases/<slug:region>/<slug:number>/paper/<slug:sha256>/verified",
        desk_papers.verified,
        name="case-paper-verified",
    ),
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
    path("items/<slug:region>/<slug:code>/<int:edition>/resume", manager.resume, name="manage-resume"),
    path("items/<slug:region>/<slug:code>/<int:edition>/draft", manager_edit.draft, name="manage-draft"),
    path(
        "items/<slug:region>/<slug:code>/<int:edition>/edit/materials",
        manager_materials.materials,
        name="manage-materials",
    ),
    path("items/<slug:region>/<slug:code>/<int:edition>/edit/<slug:section>", manager_edit.section, name="manage-edit"),
    path(
        "items/<slug:region>/<slug:code>/<int:edition>/edit/materials/<str:key>",
        manager_materials.material,
        name="manage-material",
    ),
    path("items/<slug:region>/<slug:code>/<int:edition>/form", manager_forms.form, name="manage-form"),
    path(
        "items/<slug:region>/<slug:code>/<int:edition>/form/preview",
        manager_forms.preview,
        name="manage-form-preview",
    ),
    path(
        "items/<slug:region>/<slug:code>/<int:edition>/form/<str:name>",
        manager_forms.field,
        name="manage-form-field",
    ),
    path("items/<slug:region>/<slug:code>/<int:edition>/rules", manager_rules.rules, name="manage-rules"),
    path(
        "items/<slug:region>/<slug:code>/<int:edition>/rules/upload",
        manager_rules.upload,
        name="manage-rules-upload",
    ),
    path(
        "items/<slug:region>/<slug:code>/<int:edition>/rules/file.<slug:kind>",
        manager_rules.file,
        name="manage-rules-file",
    ),
    path("items/<slug:region>/<slug:code>/<int:edition>/rules/<slug:key>", manager_rules.rule, name="manage-rule"),
    path("items/<slug:region>/<slug:code>/following", manager_claims.following, name="manage-following"),
    path("items/<slug:region>/<slug:code>/adopt", manager_claims.adopt, name="manage-adopt"),
    path("claim", manager_claims.claimable, name="manage-claim"),
    path("claim/<slug:region>/<slug:code>", manager_claims.claim, name="manage-claim-item"),
    path("standards", manager_claims.standards, name="manage-standards"),
    path("items/<slug:region>/<slug:code>/<int:edition>/withdraw", manager.withdraw, name="manage-withdraw"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("banjie.api.urls")),
    path("accounts/", include(_accounts)),
    path("elder", context.elder, name="elder"),
    path("contrast", appearance.contrast, name="contrast"),
    path("me/act-for", identity.act_for, name="act-for"),
    path("office/", include(_office)),
    path("supervise/", supervisor.figures, name="supervise"),
    path("supervise/precases", desk_precases.lifted, name="endorsements-lifted"),
    path("supervise/asks", ask_meter.asks, name="supervise-asks"),
    path("supervise/notices", supervise_notices.overview, name="supervise-notices"),
    path("supervise/notices/<slug:region>/<str:sending>", supervise_notices.again, name="supervise-notice-again"),
    path("manage/", include(_manage)),
    path("clock/<slug:region>/<slug:number>", proofs.clock, name="clock"),
    path("clock/<slug:region>/<slug:number>.json", proofs.clock_json, name="clock-json"),
    *citizen_paths,
]
