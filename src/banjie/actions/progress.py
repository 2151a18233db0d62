"""How far a case has come, in the words of those who wait for it (domain §17.1).

One state has one sentence, one who has to act, and one day that is shown. The way of a case is told like a parcel's:
what is done, where it is now, what is still to come. The full history, as officials read it, is in `telling`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from banjie.actions.platform import Platform
from banjie.actions.telling import HANDED, Told, events_told, told
from banjie.engine.calendar import chinese_date
from banjie.engine.cases import CLOSED, STAGE_NAMES, UNDER_REVIEW, Case, Law, Running, Stage, due, events, running
from banjie.engine.cases.documents import material_name
from banjie.engine.cases.events import KINDS, Event
from banjie.engine.clock import PauseKind, TimerKind
from banjie.engine.codec import decode
from banjie.engine.ids import CaseNumber, Malformed, QueryCode
from banjie.engine.permissions import ROLE_NAMES, Role
from banjie.engine.workflow import StepKind
from banjie.records.cases import Found
from banjie.records.journal import Entry

__all__ = [
    "PROVISIONAL",
    "Holder",
    "Moment",
    "MomentState",
    "Progress",
    "Told",
    "events_told",
    "holder_now",
    "provisionally",
    "public_progress",
    "shown_day",
    "stage_text",
    "steps",
    "timeline",
    "who_acts",
]


PROVISIONAL = "（暂定，节假日安排公布后可能调整）"
"""What is said beside a day that leans on a year whose holidays nobody has published yet."""


class MomentState(StrEnum):
    """Whether a moment of the way is over, is where the case stands, or is still to come."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Moment:
    """One station of the way. `at` is the moment, the day where only that is known, None for what has not been yet."""

    title: str
    text: str
    at: datetime | date | None
    who: str
    state: MomentState


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a case now: the office, the post that acts, and the telephone at which it is asked after."""

    office: str
    post: str
    phone: str


@dataclass(frozen=True, slots=True)
class Progress:
    """公开进度: what anyone may know who has the number and the query code. It names no person and no reason."""

    number: str
    region: str
    item_name: str
    organ_name: str
    stage: Stage
    stage_name: str
    stage_text: str
    who_acts: str
    due_name: str
    """What the day is the last day of, for example 承诺办结日."""
    due_on: date | None
    provisional: bool
    """Whether the day leans on a year whose holidays are not published yet, and may still move."""
    used: int | None
    """Days used of the term, and left of it (below zero when late), in `unit`; None while no clock runs."""
    left: int | None
    unit: str
    paused: bool
    changed_at: datetime
    phone: str
    steps: tuple[Moment, ...]
    holders: tuple[Holder, ...] = ()
    days: tuple[tuple[str, date, str], ...] = ()
    """The legal and the promised day while they run: name, day, and what is used and left, in words."""


# --- one state, one sentence ---


def stage_text(case: Case, law: Law, today: date, *, public: bool = False) -> str:
    """What the applicant reads about her case. For the `public` reasons are left out: they may speak of a person."""
    text = _stage_text(case, law, public=public)
    if case.open_tolerances and case.stage in UNDER_REVIEW:
        names = "、".join(material_name(law, one.material) for one in case.open_tolerances)
        last = min(one.due_on for one in case.open_tolerances)
        text += f"。已容缺受理，请于 {chinese_date(last)} 前补齐：{names}"
    if case.extension and case.stage in UNDER_REVIEW:
        reason = "" if public else f"，理由：{case.extension.ground}"
        text += f"。已依法延期 {case.extension.number} 个工作日{reason}"
    if case.withdrawal_reason and case.stage in UNDER_REVIEW:
        text += "。已提出撤回申请，等待机关确认"
    return text


def _stage_text(case: Case, law: Law, *, public: bool) -> str:
    reason = "" if public or not case.closing_reason else f"：{case.closing_reason}"
    match case.stage:
        case Stage.DRAFT:
            return "草稿，尚未提交"
        case Stage.SUBMITTED:
            return "已提交，等待窗口预审"
        case Stage.PRECHECK:
            return "正在预审材料"
        case Stage.CORRECTING:
            notice = case.corrections[-1]
            last = f"{chinese_date(notice.due_on)}{provisionally(law, notice.due_on)}"
            return f"请补正材料（共 {len(notice.asks)} 项），请于 {last} 前提交"
        case Stage.NOT_REQUIRED:
            return f"该事项依法不需要办理许可{reason}"
        case Stage.REJECTED_ENTRY:
            return f"不属于本机关职权范围{reason}"
        case Stage.ACCEPTED:
            if case.silent and case.accepted_on:
                return f"窗口未在期限内答复，依法自 {chinese_date(case.accepted_on)} 起视为受理"
            return "已受理，等待审查"
        case Stage.IN_REVIEW:
            return f"审查中（当前环节：{'、'.join(law.item.workflow.step(key).name for key in case.active)}）"
        case Stage.SPECIAL:
            name = case.special.name if case.special else "特别程序"
            return f"正在进行{name}，{_special_words(case)}"
        case Stage.APPROVED:
            return "已办结：准予"
        case Stage.DENIED:
            why = "" if public else f"，理由：{'；'.join(case.reasons)}"
            return f"已办结：不予许可{why}。{_remedies(law)}"
        case Stage.DELIVERED:
            if not case.approved:
                return f"不予许可决定书已送达。{_remedies(law)}"
            return "已送达（电子证照可在“我的证照”查看）" if law.item.result else "已送达"
        case Stage.WITHDRAWN | Stage.RETURNED | Stage.TERMINATED:
            return STAGE_NAMES[case.stage] + reason


def _special_words(case: Case) -> str:
    stops = bool(case.pauses) and case.pauses[-1].kind is PauseKind.SPECIAL
    return "所需时间不计入办理期限" if stops else "法定办理期限照常计算"


def _remedies(law: Law) -> str:
    review = law.item.review_organ or "复议机关"
    court = law.item.court or "有管辖权的人民法院"
    return f"您可在收到决定之日起 60 日内向{review}申请行政复议，或 6 个月内向{court}提起行政诉讼"


def who_acts(case: Case, law: Law, offices: Mapping[str, str] | None = None) -> str:
    """Who has to act now, "" when nobody has. `offices` gives the names of organs that help, by their codes."""
    organ = law.item.organ_name
    if case.withdrawal_reason and case.stage in UNDER_REVIEW:
        return f"{organ}（确认撤回）"
    match case.stage:
        case Stage.DRAFT | Stage.CORRECTING:
            return "申请人"
        case Stage.SUBMITTED | Stage.PRECHECK:
            return f"{organ}受理窗口"
        case Stage.ACCEPTED | Stage.SPECIAL:
            return organ
        case Stage.IN_REVIEW:
            return "、".join(dict.fromkeys(_office(law, key, offices) for key in case.active)) or organ
        case Stage.APPROVED | Stage.DENIED:
            return f"{organ}出件窗口"
        case _:
            return ""


def holder_now(case: Case, law: Law, offices: Mapping[str, str] | None = None) -> tuple[Holder, ...]:
    """Everybody who has the case now, () when it lies with the applicant or is over."""
    phone = law.item.consult_phone or "12345"
    match case.stage:
        case Stage.SUBMITTED | Stage.PRECHECK | Stage.APPROVED | Stage.DENIED:
            return (Holder(law.item.organ_name, ROLE_NAMES[Role.WINDOW], phone),)
        case Stage.ACCEPTED | Stage.SPECIAL:
            return (Holder(law.item.organ_name, ROLE_NAMES[Role.REVIEWER], phone),)
        case Stage.IN_REVIEW:
            steps = (law.item.workflow.step(key) for key in case.active)
            found = (Holder(_office(law, step.key, offices), ROLE_NAMES[step.role], phone) for step in steps)
            return tuple(dict.fromkeys(found))
        case _:
            return ()


def _office(law: Law, key: str, offices: Mapping[str, str] | None) -> str:
    step = law.item.workflow.step(key)
    if not step.office or step.office == law.item.organ:
        return law.item.organ_name
    return (offices or {}).get(step.office) or f"{step.name}的承办单位"


_DAY_NAMES = {
    TimerKind.REPLY: "最迟受理答复日",
    TimerKind.CORRECTION: "补正截止日",
    TimerKind.STATUTORY: "法定办结日",
    TimerKind.PROMISED: "承诺办结日",
    TimerKind.STEP: "环节截止日",
    TimerKind.SPECIAL: "预计结束日",
    TimerKind.DELIVERY: "送达截止日",
}


def shown_day(case: Case, law: Law, today: date) -> tuple[str, date | None]:
    """The next day that is shown, and what it is the last day of; ("", None) when no clock runs."""
    clock = due(case, running(case, law, today))
    return (_DAY_NAMES[clock.timer.kind], clock.reckoning.due_on) if clock else ("", None)


def provisionally(law: Law, day: date | None) -> str:
    """What is said beside a day: `PROVISIONAL` when the calendar of its year is not published, else ""."""
    return "" if day is None or law.calendar.is_published(day) else PROVISIONAL


# --- the way, like a parcel's ---


def timeline(
    found: Found, entries: Sequence[Entry], law: Law, today: date, names: Mapping[str, str] | None = None
) -> tuple[Moment, ...]:
    """The way of a case: its history in what concerns the applicant, then where it stands, then what is to come.

    Officials appear by their office, and by name where `names` (account → display name, organ code → name) has it.
    """
    done = []
    for entry in entries:
        event: Event = decode(KINDS[entry.kind], entry.data)
        if not isinstance(event, _OF_THE_OFFICE):
            said = told(entry, event, names or {}, law, inside=False)
            done.append(Moment(said.title, said.text, said.at, said.who, MomentState.DONE))
    return (*done, *_ahead(found.case, law, today, names))


_OF_THE_OFFICE = (events.StepSigned, events.MarkedLate, *HANDED)
"""What the applicant is not told: half a signature, whose turn it is within the office, and its own alarms; the day
itself she sees."""


def steps(case: Case, law: Law, today: date, names: Mapping[str, str] | None = None) -> tuple[Moment, ...]:
    """The way of a case as its state alone tells it, without a person's name or a reason: for anyone with the code."""
    organ = law.item.organ_name
    past: list[tuple[str, str, date | None, str]] = [("提交申请", "", case.submitted_on, "申请人")]
    for notice in case.corrections:
        past.append(("通知补正", f"一次告知 {len(notice.asks)} 项内容", notice.on, organ))
        if notice.answered_on:
            past.append(("补正后提交", "", notice.answered_on, "申请人"))
    if case.accepted_on:
        words = "期限内未答复，依法视为受理" if case.silent else ""
        past.append(("受理", words, case.accepted_on, organ))
    past.extend(("环节办结", law.item.workflow.step(key).name, None, _office(law, key, names)) for key in case.done)
    for pause in case.pauses:
        words = f"至 {chinese_date(pause.end)}" if pause.end else "正在进行"
        past.append((pause.name, words, pause.start, organ))
    if case.extension:
        past.append(("依法延期", f"{case.extension.number} 个工作日", case.extension.on, organ))
    if case.decided_on:
        past.append(("作出决定", "准予" if case.approved else "不予许可", case.decided_on, organ))
    if case.stage in CLOSED:
        past.append((STAGE_NAMES[case.stage], "", case.delivered_on, organ))
    done = (Moment(title, words, day, who, MomentState.DONE) for title, words, day, who in past)
    return (*done, *_ahead(case, law, today, names))


def _ahead(case: Case, law: Law, today: date, names: Mapping[str, str] | None) -> tuple[Moment, ...]:
    """Where the case stands, and what is still to come."""
    who = who_acts(case, law, names)
    name, day = shown_day(case, law, today)
    by = f"{name}：{chinese_date(day)}{provisionally(law, day)}" if day else ""
    current: list[tuple[str, str, str]] = []
    rest: tuple[str, ...] = ()
    match case.stage:
        case Stage.SUBMITTED | Stage.PRECHECK:
            current = [("受理审查", by, who)]
            rest = ("受理", "审查", "决定", "送达")
        case Stage.CORRECTING:
            current = [("等待补正", by, who)]
            rest = ("受理", "审查", "决定", "送达")
        case Stage.ACCEPTED:
            current = [("等待审查", by, who)]
            rest = ("审查", "决定", "送达")
        case Stage.IN_REVIEW:
            current = [(law.item.workflow.step(key).name, by, _office(law, key, names)) for key in case.active]
            deciding = any(law.item.workflow.step(key).kind is StepKind.DECISION for key in case.active)
            rest = ("送达",) if deciding else ("决定", "送达")
        case Stage.SPECIAL:
            title = case.special.name if case.special else "特别程序"
            current = [(title, f"{_special_words(case)}。{by}", who)]
            rest = ("继续审查", "决定", "送达")
        case Stage.APPROVED | Stage.DENIED:
            current = [("等待送达", by, who)]
    if case.stage in UNDER_REVIEW:
        current.extend(
            ("等待补齐容缺材料", f"{material_name(law, one.material)}，{chinese_date(one.due_on)} 前", "申请人")
            for one in case.open_tolerances
        )
        if case.withdrawal_reason:
            current, rest = [("等待确认撤回", "", who)], ()
    return (
        *(Moment(title, text, None, office, MomentState.NOW) for title, text, office in current),
        *(Moment(title, "", None, "", MomentState.NEXT) for title in rest),
    )


# --- for anyone with the number and the code ---


def public_progress(platform: Platform, number: str, query_code: str) -> Progress | None:
    """How far a case has come, for anyone with its number and its query code.

    None for a wrong number, a wrong code and a malformed one alike: no answer says that a number exists.
    """
    try:
        asked, code = CaseNumber.parse(number), QueryCode.parse(query_code)
    except Malformed:
        return None
    with platform.database.call() as cursor:
        row = cursor.execute(
            "SELECT public_progress(%s, %s, %s) AS found", (asked.region.code, str(asked), str(code))
        ).fetchone()
        found = row["found"] if row else None
        if found is None:
            return None
        case = decode(Case, found["state"])
        law = platform.laws.law(found["region"], found["item"], found["edition"])
        helpers = [step.office for step in law.item.workflow.steps if step.office]
        cursor.execute("SELECT code, name FROM organs WHERE code = ANY (%s)", (helpers,))
        names = {organ["code"]: organ["name"] for organ in cursor}
    today = platform.today()
    clock = due(case, running(case, law, today))
    name, day = shown_day(case, law, today)
    return Progress(
        number=case.number,
        region=found["region"],
        item_name=found["item_name"],
        organ_name=law.item.organ_name,
        stage=case.stage,
        stage_name=STAGE_NAMES[case.stage],
        stage_text=stage_text(case, law, today, public=True),
        who_acts=who_acts(case, law, names),
        due_name=name,
        due_on=day,
        provisional=clock.reckoning.provisional if clock else False,
        used=clock.reckoning.elapsed if clock else None,
        left=clock.reckoning.left if clock else None,
        unit=clock.timer.term.unit.day_label.removeprefix("个") if clock else "",
        paused=clock.reckoning.paused if clock else False,
        changed_at=datetime.fromisoformat(found["changed_at"]),
        phone=law.item.consult_phone,
        steps=steps(case, law, today, names),
        holders=holder_now(case, law, names),
        days=tuple(
            (_DAY_NAMES[one.timer.kind], one.reckoning.due_on, _used_and_left(one))
            for one in running(case, law, today)
            if one.timer.kind in (TimerKind.STATUTORY, TimerKind.PROMISED)
        ),
    )


def _used_and_left(one: Running) -> str:
    unit = one.timer.term.unit.day_label.removeprefix("个")
    left = one.reckoning.left
    return f"已用 {one.reckoning.elapsed} {unit}，" + (f"超期 {-left} {unit}" if left < 0 else f"剩余 {left} {unit}")
