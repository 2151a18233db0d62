"""The addresses of the citizen's and the company's pages."""

from django.urls import URLPattern, path

from banjie.web import apply, apply_papers, citizen, my, my_answers, public

_CASE = "me/cases/<slug:region>/<slug:number>"

citizen_paths: list[URLPattern] = [
    path("", citizen.home, name="home"),
    path("search", citizen.search, name="search"),
    path("items", citizen.search, name="items"),
    path("items/<slug:region>/<slug:code>", citizen.item, name="item"),
    path("items/<slug:region>/<slug:code>/start", citizen.start, name="start"),
    path("apply/<uuid:draft>", apply.task_list, name="apply"),
    path("apply/<uuid:draft>/guide", apply.guide, name="apply-guide"),
    path("apply/<uuid:draft>/section/<str:key>", apply.section, name="apply-section"),
    path("apply/<uuid:draft>/papers", apply_papers.papers, name="apply-papers"),
    path("apply/<uuid:draft>/papers/<slug:sha256>", apply_papers.paper, name="apply-paper"),
    path("apply/<uuid:draft>/check", apply.check, name="apply-check"),
    path("apply/<uuid:draft>/submit", apply.hand_in, name="apply-submit"),
    path("apply/<uuid:draft>/done", apply.done, name="apply-done"),
    path("apply/<uuid:draft>/discard", apply.discard, name="apply-discard"),
    path("me", my.overview, name="me"),
    path("me/certificates", my.wallet, name="my-certificates"),
    path("me/certificates/<slug:region>/<uuid:certificate_id>.pdf", my.certificate, name="my-certificate"),
    path("me/documents/<slug:region>/<uuid:document_id>.pdf", my.document, name="my-document"),
    path("me/messages", my.inbox, name="my-messages"),
    path("me/messages/read", my.read_all, name="my-messages-read"),
    path(_CASE, my.case, name="my-case"),
    path(f"{_CASE}/clock", my.case_clock, name="my-case-clock"),
    path(f"{_CASE}/withdraw", my.withdraw, name="my-withdraw"),
    path(f"{_CASE}/correct", my_answers.correct, name="my-correct"),
    path(f"{_CASE}/supply/<str:material>", my_answers.supply, name="my-supply"),
    path("progress", public.progress, name="progress"),
    path("verify", public.verify_form, name="verify-form"),
    path("verify/<str:code>", public.verify, name="verify"),
    path("help", public.help_page, name="help"),
    path("accessibility", public.accessibility, name="accessibility"),
    path("privacy", public.privacy, name="privacy"),
    path("language/<slug:code>", public.language, name="language"),
]
