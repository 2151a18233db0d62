"""Meetings on an official's desk: who calls them, who is asked, who came, and the minutes."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.actions.case_files import about_of
from banjie.actions.meetings import act_on_meeting, begin
from banjie.engine.cases import Law
from banjie.engine.ids import Malformed
from banjie.engine.meetings import STATUS_NAMES, Meeting, MeetingKind, MeetingStatus, acts, answerable, possible
from banjie.engine.meetings.acts import KIND_NAMES, OVERRUN_NAMES, REPLY_NAMES, STAND_NAMES, Invited, Reply, Said, Stand
from banjie.engine.meetings.documents import when, where
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.packs.case_files import case_files as customs
from banjie.records import case_files, cases, precases
from banjie.records.case_files import MeetingRow
from banjie.records.cases import Found
from banjie.records.people import Standing
from banjie.web.context import render
from banjie.web.desk_acts import fresh_key, key_of
from banjie.web.desk_case import address_of, law_of
from banjie.web.desk_days import day_of, moment_of, parts_of
from banjie.web.identity import official, visitor
from banjie.web.precases import errors_of, status_of
from banjie.wiring import platform

EXPERTS: Final = 6
"""Lines for experts that the form of a call offers."""

COLOURS: Final = {
    MeetingStatus.OFFERED: "yellow",
    MeetingStatus.ASKED: "red",
    MeetingStatus.CALLED: "blue",
    MeetingStatus.HELD: "yellow",
    MeetingStatus.MINUTED: "green",
}


def standing_of(request: HttpRequest) -> Standing:
    """The visitor's standing; the door has made sure that there is one."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — a failure here is ours: a view without its door.
    return standing


def found_case(request: HttpRequest, region: str, number: str) -> Found:
    """The case as this official may see it. Raises Http404."""
    found = cases.find(platform().database, standing_of(request).eyes, region, number)
    if found is None:
        raise Http404(number)
    return found


# --- the list ---


@require_safe
@official
def meetings(request: HttpRequest) -> HttpResponse:
    """会议: what this official presides over or her office calls or is asked to; and what is over."""
    who = standing_of(request)
    view = request.GET.get("view", "coming")
    offices = sorted(who.actor.offices)
    read = case_files.meetings_over if view == "over" else case_files.meetings_to_come
    rows = read(platform().database, who.eyes, offices)
    if view == "mine":
        rows = tuple(
            row for row in rows if row.meeting.chair == who.actor.account or answerable(row.meeting, who.actor)
        )
    names = {"coming": "本单位要开的", "mine": "等我主持或回复的", "over": "已经开过的"}
    context = {
        "views": [
            {"text": text, "href": f"{reverse('office-meetings')}?view={key}", "current": key == view}
            for key, text in names.items()
        ],
        "rows": [_row(row) for row in rows],
    }
    return render(request, "officer/meetings.html", context, nav="meetings")


def _row(row: MeetingRow) -> dict[str, Any]:
    meeting = row.meeting
    waiting = len(meeting.unanswered)
    return {
        "key": row.id,
        "cells": [
            {
                "text": meeting.subject or KIND_NAMES[meeting.kind],
                "href": reverse("office-meeting", args=(row.region, row.id)),
                "note": f"{meeting.about.item_name} {meeting.about.number}",
            },
            KIND_NAMES[meeting.kind],
            {"text": when(meeting) or "还没有定时间", "note": where(meeting)},
            {"text": meeting.chair_name or "还没有指定", "note": meeting.about.organ_name},
            {
                "text": STATUS_NAMES[meeting.status],
                "tag": COLOURS.get(meeting.status, "grey"),
                "note": f"{waiting} 家没有回复" if waiting and meeting.status is MeetingStatus.CALLED else "",
            },
        ],
    }


def lines_of_case(standing: Standing, found: Found) -> list[dict[str, Any]]:
    """The meetings of a case, as its page lists them."""
    return [
        {
            "href": reverse("office-meeting", args=(row.region, row.id)),
            "name": f"{KIND_NAMES[row.meeting.kind]}：{row.meeting.subject or row.meeting.reason}",
            "when": when(row.meeting),
            "status": STATUS_NAMES[row.meeting.status],
            "kind": COLOURS.get(row.meeting.status, "grey"),
            "result": ("通过" if row.meeting.passed else "不通过") if row.meeting.minuted_at else "",
        }
        for row in case_files.meetings_of_case(platform().database, standing.eyes, found.region, found.id)
    ]


# --- calling one ---


@require_http_methods(["GET", "HEAD", "POST"])
@official
def call(request: HttpRequest, region: str, number: str) -> HttpResponse:
    """召集: a meeting for a case, or a word to the applicant that she may ask for a hearing."""
    found = found_case(request, region, number)
    if found.case.organ not in standing_of(request).actor.offices:
        raise Http404(number)
    if request.method != "POST":
        return _call_page(request, found, request.GET.copy())
    try:
        meeting = _begin(request, found)
    except (Refused, Malformed) as error:
        return _call_page(request, found, request.POST, error=error)
    banners.success(request, "已经办好，受邀单位和申请人会收到通知。")
    return HttpResponseRedirect(reverse("office-meeting", args=(region, meeting)), status=HTTPStatus.SEE_OTHER)


def _begin(request: HttpRequest, found: Found) -> str:
    who, posted, law = standing_of(request), request.POST, law_of(found)
    about, key = about_of(found, law), key_of(posted)
    if posted.get("kind") == "offer":
        offer = acts.OfferHearing(about, posted.get("reason", ""))
        return begin(platform(), offer, actor=who, key=key)
    if posted.get("kind", "") not in set(MeetingKind):
        raise Malformed("kind", "没有选会议种类", "请选一种")
    day = day_of(posted, "day", "开会的日期")
    chair = posted.get("chair", "")
    named = {one.account: one.name for one in precases.colleagues(platform().database, found.case.organ)}
    procedure = posted.get("procedure", "")
    days = posted.get("days", "").strip()
    if procedure and not (days.isdecimal() and len(days) <= 3):
        raise Malformed("days", "不计入期限的，要写需要多少个工作日", "请填写工作日数，例如 15")
    command = acts.CallMeeting(
        kind=MeetingKind(posted["kind"]),
        about=about,
        subject=posted.get("subject", ""),
        agenda=posted.get("agenda", ""),
        starts=moment_of(posted, day, "starts", "开始时间"),
        ends=moment_of(posted, day, "ends", "结束时间"),
        place=posted.get("place", ""),
        online=posted.get("online", ""),
        answer_by=day_of(posted, "answer_by", "回复期限"),
        chair=chair if chair in named else "",
        chair_name=named.get(chair, ""),
        invited=_invited(posted, found),
        procedure=procedure,
    )
    return begin(
        platform(), command, actor=who, key=key, days=int(days) if procedure else 0, meeting=_hearing_of(request, found)
    )


def _hearing_of(request: HttpRequest, found: Found) -> str:
    """The hearing the applicant has asked for, if it is that which is called."""
    asked = request.POST.get("meeting", "") or request.GET.get("meeting", "")
    known = case_files.meetings_of_case(platform().database, standing_of(request).eyes, found.region, found.id)
    return asked if asked in {row.id for row in known} else ""


def _invited(posted: QueryDict, found: Found) -> tuple[Invited, ...]:
    """The offices that were ticked, and the experts that were written down."""
    names = {one.code: one.name for one in case_files.organs(platform().database, platform().region)}
    offices = [Invited(f"o-{code}", names[code], office=code) for code in posted.getlist("office") if code in names]
    experts = []
    for line in range(1, EXPERTS + 1):
        name = posted.get(f"expert-{line}", "").strip()
        if name:
            experts.append(
                Invited(
                    key=f"e-{uuid.uuid5(uuid.NAMESPACE_OID, name).hex[:12]}",
                    name=name,
                    speciality=posted.get(f"speciality-{line}", "").strip(),
                    interest=posted.get(f"interest-{line}", "").strip(),
                )
            )
    return (*offices, *experts)


def _call_page(
    request: HttpRequest, found: Found, typed: QueryDict, *, error: Refused | Malformed | None = None
) -> HttpResponse:
    law, custom = law_of(found), customs().meetings
    calendar, today = platform().laws.calendar(found.region), platform().today()
    colleagues = precases.colleagues(platform().database, found.case.organ)
    running = _offices_of(law)
    context = {
        "found": found,
        "address": address_of(found.region, found.number),
        "typed": typed,
        "kinds": [
            *((kind.value, name) for kind, name in KIND_NAMES.items()),
            ("offer", "先告知申请人有权申请听证（第四十七条）"),
        ],
        "organs": [
            (one.code, one.name, one.code in running)
            for one in case_files.organs(platform().database, platform().region)
            if one.code != found.case.organ
        ],
        "chairs": [{"value": one.account, "text": f"{one.name}（{one.duty}）"} for one in colleagues],
        "special": law.item.special,
        "experts": range(1, EXPERTS + 1),
        "experts_least": custom.experts_least,
        "earliest": calendar.add_working(today, custom.notice_days),
        "notice_days": custom.notice_days,
        "day": parts_of(typed, "day"),
        "answer_by": parts_of(typed, "answer_by", calendar.next_working(today)),
        "meeting": typed.get("meeting", ""),
        "errors": errors_of(error),
        "rule": error.rule if isinstance(error, Refused) else "",
        "key": key_of(typed) if typed.get("key") else fresh_key(),
    }
    return render(request, "officer/meeting_call.html", context, status=status_of(error), errors=error is not None)


def _offices_of(law: Law) -> set[str]:
    return {step.office for step in law.item.workflow.steps if step.office}


# --- one meeting ---


@require_safe
@official
def meeting(request: HttpRequest, region: str, meeting: uuid.UUID) -> HttpResponse:
    """A meeting: who is asked and says what, what was decided, and what can be done now."""
    return _page(request, _found(request, region, str(meeting)), typed=QueryDict())


def _found(request: HttpRequest, region: str, meeting: str) -> MeetingRow:
    row = case_files.meeting(platform().database, standing_of(request).eyes, region, meeting)
    if row is None:
        raise Http404(meeting)
    return row


def _page(
    request: HttpRequest, row: MeetingRow, *, typed: QueryDict, error: Refused | Malformed | None = None
) -> HttpResponse:
    who, meeting = standing_of(request), row.meeting
    offered = {command.__name__ for command in possible(meeting, who.actor)}
    if meeting.chair != who.actor.account:
        offered -= {"MinuteMeeting"}
    known = cases.find(platform().database, who.eyes, row.region, meeting.about.number)
    out = dict(meeting.recused)
    context = {
        "row": row,
        "meeting": meeting,
        "name": KIND_NAMES[meeting.kind],
        "status": (STATUS_NAMES[meeting.status], COLOURS.get(meeting.status, "grey")),
        "when": when(meeting),
        "where": where(meeting),
        "case_href": address_of(row.region, meeting.about.number) if known else "",
        "address": reverse("office-meeting", args=(row.region, row.id)),
        "call_href": reverse("office-meeting-call", args=(row.region, meeting.about.number)) if known else "",
        "offered": offered,
        "lines": [_line(meeting, one, out) for one in meeting.invited],
        "answerable": answerable(meeting, who.actor),
        "sitting": meeting.sitting,
        "speakers": _speakers(meeting),
        "replies": [{"value": reply.value, "text": text} for reply, text in REPLY_NAMES.items()],
        "stands": [{"value": stand.value, "text": text} for stand, text in STAND_NAMES.items()],
        "said": [(next(one.name for one in meeting.invited if one.key == said.key), said) for said in meeting.said],
        "stand_names": STAND_NAMES,
        "overrun": [OVERRUN_NAMES.get(what, what) for what in meeting.overrun],
        "typed": typed,
        "errors": errors_of(error),
        "rule": error.rule if isinstance(error, Refused) else "",
        "key": key_of(typed) if typed else fresh_key(),
    }
    return render(request, "officer/meeting.html", context, status=status_of(error), errors=error is not None)


def _line(meeting: Meeting, one: Invited, out: dict[str, str]) -> dict[str, Any]:
    answer = meeting.answer(one.key)
    state = ("还没有回复", "yellow")
    if one.key in out:
        state = (f"回避：{out[one.key]}", "grey")
    elif one.key in meeting.attended:
        state = ("到会", "green")
    elif answer is not None:
        words = REPLY_NAMES[answer.reply] + (f"：{answer.person}" if answer.person else "")
        state = (words + ("（逾期）" if answer.late else ""), "red" if answer.reply is Reply.DECLINE else "blue")
    return {"one": one, "state": state, "answer": answer, "stand": STAND_NAMES[answer.stand] if answer else ""}


def _speakers(meeting: Meeting) -> list[tuple[Invited, str]]:
    """Those whose opinion the minutes must have, with what each wrote beforehand."""
    written = {one.key: one.words for one in meeting.answers if one.reply is Reply.WRITTEN}
    return [(one, written.get(one.key, "")) for one in meeting.sitting if one.key in {*meeting.attended, *written}]


# --- doing ---


@require_POST
@official
def act(request: HttpRequest, region: str, meeting: uuid.UUID, act: str) -> HttpResponse:
    """Does what a form asks for, once; an error comes back with everything typed."""
    row, who = _found(request, region, str(meeting)), standing_of(request)
    try:
        command = _READERS[act](request.POST, row.meeting)
        done = act_on_meeting(platform(), command, actor=who, region=region, meeting=row.id, key=key_of(request.POST))
    except KeyError:
        raise Http404(act) from None
    except (Refused, Malformed) as error:
        return _page(request, row, typed=request.POST, error=error)
    banners.success(request, _DONE[act] if done else _DONE[act] + "（这一操作此前已经完成，没有重复办理。）")
    return HttpResponseRedirect(reverse("office-meeting", args=(region, row.id)), status=HTTPStatus.SEE_OTHER)


def _code(posted: QueryDict, name: str, kind: Any, what: str) -> Any:
    try:
        return kind(posted.get(name, ""))
    except ValueError:
        raise Malformed(name, f"没有选{what}", "请选一项") from None


def _answer(posted: QueryDict, meeting: Meeting) -> acts.Command:
    reply = _code(posted, "reply", Reply, "怎样参加")
    stand = _code(posted, "stand", Stand, "态度") if posted.get("stand") else Stand.AGREE
    return acts.AnswerMeeting(posted.get("line", ""), reply, posted.get("person", ""), posted.get("words", ""), stand)


def _minute(posted: QueryDict, meeting: Meeting) -> acts.Command:
    said = tuple(
        Said(one.key, _code(posted, f"stand:{one.key}", Stand, f"{one.name}的态度"), posted.get(f"words:{one.key}", ""))
        for one, _ in _speakers(meeting)
    )
    if posted.get("passed", "") not in ("yes", "no"):
        raise Malformed("passed", "没有选结论", "请选通过或者不通过")
    return acts.MinuteMeeting(said, posted.get("conclusion", ""), posted["passed"] == "yes", posted.get("dissent", ""))


def _invite(posted: QueryDict, meeting: Meeting) -> acts.Command:
    name = posted.get("expert", "").strip()
    key = f"e-{uuid.uuid5(uuid.NAMESPACE_OID, name).hex[:12]}"
    one = Invited(
        key, name, speciality=posted.get("speciality", "").strip(), interest=posted.get("interest", "").strip()
    )
    return acts.InviteMore((one,) if name else ())


_READERS: Final[dict[str, Callable[[QueryDict, Meeting], acts.Command]]] = {
    "answer": _answer,
    "invite": _invite,
    "recuse": lambda posted, _: acts.RecuseExpert(posted.get("line", ""), posted.get("reason", "")),
    "hold": lambda posted, _: acts.HoldMeeting(tuple(posted.getlist("attended"))),
    "minute": _minute,
    "cancel": lambda posted, _: acts.CancelMeeting(posted.get("reason", "")),
}

_DONE: Final = {
    "answer": "已回复。",
    "invite": "已增请。",
    "recuse": "已登记回避。",
    "hold": "已记录到会情况，请主持人签发纪要。",
    "minute": "纪要已签发。",
    "cancel": "已取消，受邀单位会收到通知。",
}

PRESIDING: Final = frozenset({Role.REVIEWER, Role.DECIDER, Role.HEAD})
"""Whoever may call and preside over a meeting."""


def may_call(found: Found, standing: Standing) -> bool:
    """Whether this official may call a meeting for the case."""
    return found.case.organ in standing.actor.offices and bool(standing.actor.roles & PRESIDING)
