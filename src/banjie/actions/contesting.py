"""数据异议: a person contests a value, her application carries it, the office that holds it looks into it."""

import uuid

from banjie.actions.asking import Applying, Asked
from banjie.actions.hands import Hands
from banjie.actions.notices import message_of, send
from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import CONTEST, act
from banjie.engine.notices import Letter
from banjie.engine.sharing import Source, Value, plainly
from banjie.engine.sharing_contests import STATUS_NAMES, ContestStatus, ContestValue, FileContest, SettleContest
from banjie.engine.subject import Refused
from banjie.records import sharing
from banjie.records.journal import Entry
from banjie.records.people import MACHINE, Standing

RULE = "个人信息保护法第四十六条"


def keeper_of(platform: Platform, value: Value) -> Source:
    """The source whose office keeps a value. What the platform's own register of people says came from the first
    register that supplies it. Raises `Refused` when no office keeps it."""
    source = platform.sources.get(value.source) if value.source else None
    if source is None:
        source = next((one for one in platform.sources.every if one.supplied(value.fact) and one.path), None)
    if source is None:
        raise Refused(
            "这项内容没有登记机关，不用提出异议", rule=RULE, remedy="请直接在申请表里改成正确的内容", field="own"
        )
    return source


def contest(
    platform: Platform,
    standing: Standing,
    applying: Applying,
    value: Value,
    label: str,
    *,
    own: str,
    reason: str,
    paper: str = "",
    paper_name: str = "",
) -> str:
    """提出异议; the contest's identifier. Raises `Refused` without a value of her own and a reason.

    The same value is contested once for an application: pressing twice raises one.
    """
    source = keeper_of(platform, value)
    party = applying.about(source) or applying.holder
    subject = str(uuid.uuid5(uuid.UUID(applying.draft), f"contest:{value.fact}:{source.key}:{plainly(value.value)}"))
    command = ContestValue(
        party=party.id,
        draft=applying.draft,
        item=applying.item.code,
        item_name=applying.item.heading,
        fact=value.fact,
        label=label,
        source=source.key,
        source_name=source.name,
        organ=source.organ,
        organ_name=source.organ_name,
        held=value.value,
        own=own,
        reason=reason,
        due_on=platform.laws.calendar(applying.region).add_working(platform.today(), source.contest_days),
        paper=paper,
        paper_name=paper_name,
    )
    act(platform, CONTEST, command, actor=standing, region=applying.region, subject=subject)
    return subject


def file_contests(
    platform: Platform, standing: Standing, asked: Asked, *, case_id: str, number: str, organ: str
) -> None:
    """The application was handed in: its contests say with which case, so that its desk sees both values."""
    for row in asked.contests:
        command = FileContest(case_id, number, organ)
        act(platform, CONTEST, command, actor=standing, region=row.region, subject=row.id)


def settle(platform: Platform, standing: Standing, region: str, subject: str, *, upheld: bool, words: str) -> None:
    """答复异议, by the office that keeps the value. Raises `Refused` for anyone else and without words."""
    act(platform, CONTEST, SettleContest(upheld, words), actor=standing, region=region, subject=subject)


def tell_settled(hands: Hands, entry: Entry) -> None:
    """A contest was settled: the person is told, once."""
    row = sharing.find_contest(hands.platform.database, MACHINE.eyes, entry.region, entry.subject)
    if row is None:
        return
    one = row.contest
    status = ContestStatus.UPHELD if entry.data.get("upheld") else ContestStatus.DISMISSED
    subject = f"数据异议已答复：{one.label}"
    send(
        hands,
        Letter(subject, f"{one.organ_name}答复：{STATUS_NAMES[status]}。{one.words}", f"{subject}。请登录查看。"),
        region=entry.region,
        message_id=message_of(entry.subject, str(entry.seq)),
        party=one.party,
        case_id=one.case_id or None,
        kind=entry.kind,
    )
