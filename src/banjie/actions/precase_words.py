"""The thread of a pre-application service in words, and the messages that tell the applicant of each step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from banjie.actions.hands import Hands
from banjie.actions.notices import message_of, send
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.catalogue import Item
from banjie.engine.codec import decode
from banjie.engine.endorsements import name_of
from banjie.engine.filing import Paper
from banjie.engine.notices import Letter
from banjie.engine.permissions import SYSTEM
from banjie.engine.precases import KINDS, OPINION, VERDICT_NAMES, Event, Opinion, Verdict, events
from banjie.records import precases
from banjie.records.journal import Entry
from banjie.records.people import MACHINE


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an opinion: what it is about, the point, the verdict in words and what to mend."""

    name: str
    point: str
    verdict: Verdict
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the conversation. `side` is applicant, office or system; `quiet` for what is only noted down."""

    at: datetime
    title: str
    text: str
    who: str
    side: str
    lines: tuple[Line, ...] = ()
    papers: tuple[Paper, ...] = ()
    quiet: bool = False


def moment_words(at: datetime) -> str:
    """A moment in city time as people say it: 2026年11月24日 14:00."""
    local = at.astimezone(CHINA)
    return f"{chinese_date(local.date())} {local:%H:%M}"


def thread(entries: Sequence[Entry], names: Mapping[str, str], item: Item, *, inside: bool) -> tuple[Turn, ...]:
    """Everything that was said, in order. Reasons for a hand-over are for the office (`inside`) only."""
    return tuple(turn(entry, decode(KINDS[entry.kind], entry.data), names, item, inside=inside) for entry in entries)


_BY_APPLICANT = (
    events.Consulted,
    events.QuestionAdded,
    events.DraftLinked,
    events.Presented,
    events.ServiceEnded,
)


def turn(entry: Entry, event: Event, names: Mapping[str, str], item: Item, *, inside: bool) -> Turn:
    """One event in words."""
    title, text = _said(event, item, inside=inside)
    name = names.get(entry.actor, "")
    if entry.actor == SYSTEM.account:
        side, who = "system", SYSTEM.name
    elif isinstance(event, _BY_APPLICANT):
        side, who = "applicant", f"申请人 {name}".rstrip()
    else:
        side, who = "office", f"{item.organ_name} {name}".rstrip()
    return Turn(
        at=entry.at,
        title=title,
        text=text,
        who=who,
        side=side,
        lines=tuple(line_of(one, item) for one in event.opinions) if isinstance(event, events.OpinionsGiven) else (),
        papers=tuple(paper for paper in getattr(event, "papers", ()) if paper.sha256),
        quiet=isinstance(event, events.TakenUp | events.HandedOver | events.DraftLinked | events.MarkedSlow),
    )


def line_of(opinion: Opinion, item: Item) -> Line:
    """An opinion in words."""
    name = name_of(item, opinion.target)
    return Line(name, opinion.point, opinion.verdict, VERDICT_NAMES[opinion.verdict], opinion.remedy)


def _said(event: Event, item: Item, *, inside: bool) -> tuple[str, str]:
    match event:
        case events.Consulted() | events.QuestionAdded():
            return "提问" if isinstance(event, events.Consulted) else "追问", event.text
        case events.DraftLinked():
            return "关联申请草稿", "开始填写申请"
        case events.Presented():
            given = f"提交了 {len(event.papers)} 份材料" if event.papers else "提交了填写的内容"
            return "请求预审", f"{given}，最迟 {moment_words(event.opinion_due)} 给出意见"
        case events.ServiceEnded():
            return "结束服务", event.reason
        case events.TakenUp():
            return "接单", f"由{event.name}办理"
        case events.HandedOver():
            return "转交", f"转由{event.to_name}办理" + (f"：{event.reason}" if inside else "")
        case events.Replied():
            return "答复", event.text
        case events.OpinionsGiven():
            return "预审意见", event.note
        case events.VisitBooked():
            return "约定现场预勘", f"{chinese_date(event.day)}，{event.visitors}。{event.matter}"
        case events.VisitCancelled():
            return "取消现场预勘", event.reason
        case events.VisitRecorded():
            return "现场预勘：" + ("符合要求" if event.met else "需要改进"), event.findings
        case events.Concluded():
            return "结论：" + ("可以申报" if event.ready else "还需完善"), event.text
        case events.Converted():
            return "已转为办件", f"办件编号 {event.case_number}"
        case events.MarkedSlow():
            what = "预审意见" if event.what == OPINION else "答复"
            return f"{what}超时", f"应在 {moment_words(event.due)} 前给出"


def tell_precase(hands: Hands, entry: Entry) -> None:
    """Sends the message of a step, once: its identifier is made from the entry it follows."""
    platform = hands.platform
    found = precases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    event = decode(KINDS[entry.kind], entry.data)
    told = notice(event, found.item_name, found.number)
    if told is None:
        return
    subject, body = told
    send(
        hands,
        Letter(subject, body, f"{subject}。请登录查看。"),
        region=entry.region,
        message_id=message_of(entry.subject, str(entry.seq)),
        party=found.precase.holder.id,
        item=found.precase.item,
        case_id=None,
        kind=f"Precase{entry.kind}",
    )


def notice(event: Event, item_name: str, number: str) -> tuple[str, str] | None:
    """Subject and body of the message about a step of the office, None for the applicant's own and the quiet ones."""
    where = f"请在“我的审前服务”查看（单号 {number}）。"
    match event:
        case events.Replied():
            return f"您的咨询已答复：{item_name}", f"{event.office}{event.name}已答复。{where}"
        case events.OpinionsGiven():
            wrong = sum(1 for one in event.opinions if one.verdict is not Verdict.MET)
            words = f"有 {wrong} 处需要修改" if wrong else f"{len(event.opinions)} 条要点符合"
            return f"预审意见：{item_name}", f"{words}。{where}"
        case events.VisitBooked():
            return (
                f"约定现场预勘：{item_name}",
                f"{chinese_date(event.day)}，{event.visitors}到现场。{event.matter}。不方便的，请在页面上取消并说明。{where}",
            )
        case events.VisitCancelled():
            return f"现场预勘已取消：{item_name}", f"{event.reason}。{where}"
        case events.VisitRecorded():
            words = "符合要求" if event.met else "需要改进"
            return f"现场预勘{words}：{item_name}", where
        case events.Concluded():
            words = "可以申报了，点一下就能转为正式申请" if event.ready else "还需要完善"
            return f"审前服务结论：{item_name}", f"{words}。{where}"
        case events.Converted():
            return f"已转为办件：{item_name}", f"办件编号 {event.case_number}，请在“我的办件”查看进度。"
        case _:
            return None
