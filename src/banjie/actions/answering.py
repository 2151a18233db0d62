"""An ask is put to its source, and whatever comes back — now, later, too late or never — is an act of its own."""

from datetime import date, datetime
from typing import Any

from banjie.actions.hands import Hands
from banjie.actions.platform import Platform
from banjie.actions.ports import Question, Reply
from banjie.actions.sharing_acts import ASK, act
from banjie.engine import sharing_asks
from banjie.engine.ids import Malformed
from banjie.engine.sharing import Source, SourceAnswer, SourceKind, judge
from banjie.engine.sharing_asks import AnswerAsk, Ask, AskStatus, FailAsk, RefuseAsk, RunLate, Trouble
from banjie.engine.subject import Refused
from banjie.records import people, sharing
from banjie.records.journal import Entry
from banjie.records.people import MACHINE


def ask_later(hands: Hands, entry: Entry) -> None:
    """An ask has been written down: a job puts the question, unless we have answered it ourselves."""
    source = hands.platform.sources.get(str(entry.data.get("source", "")))
    if source is None or source.kind is SourceKind.DEPARTMENT:
        hands.defer("ask_source", region=entry.region, ask=entry.subject)


def put_question(platform: Platform, region: str, ask: str) -> str:
    """Puts a question to its source and takes what comes back; answers with what became of the ask.

    A question that has its answer is not put again, however often the job is begun.
    """
    row = sharing.find_ask(platform.database, MACHINE.eyes, region, ask)
    if row is None or row.ask.status is not AskStatus.ASKED:
        return row.ask.status.value if row else AskStatus.NONE.value
    source = platform.sources.get(row.ask.source)
    party = people.party(platform.database, MACHINE.eyes, row.ask.party)
    if source is None or party is None or not party.code:
        return conclude(platform, region, ask, row.account, FailAsk(Trouble.NOT_SET_UP)).value
    question = Question(
        ask=ask,
        subject=party.code,
        facts=row.ask.facts,
        purpose=row.ask.purpose,
        item=row.ask.item,
        draft=row.ask.draft,
        ground=row.ask.ground,
        consent=row.ask.consent,
        answer_to=f"{platform.public_url}/api/v1/exchange/answers/{ask}?region={region}",
    )
    command = understood(platform.exchange.ask(source, question), source, row.ask, ask, party.code, platform.today())
    return conclude(platform, region, ask, row.account, command).value if command else row.ask.status.value


def understood(
    reply: Reply, source: Source, ask: Ask, ask_id: str, subject: str, today: date
) -> sharing_asks.Command | None:
    """The act a reply comes to; None while the answer is still to come. A lying answer leaves no data."""
    if reply.trouble is not None:
        return FailAsk(reply.trouble, reply.detail)
    if reply.answer is None:
        return None
    return read_answer(reply.answer, source, ask, ask_id, subject, today)


def read_answer(
    answer: SourceAnswer, source: Source, ask: Ask, ask_id: str, subject: str, today: date
) -> sharing_asks.Command:
    """The act an answer comes to."""
    if answer.ask != ask_id or answer.subject != subject:
        return FailAsk(Trouble.WRONG_SUBJECT)
    if answer.refused.strip():
        return RefuseAsk(answer.refused.strip()[:200])
    try:
        return AnswerAsk(judge(source, ask.facts, answer, today=today), answer.as_of)
    except Malformed as malformed:
        return FailAsk(Trouble.MALFORMED, f"{malformed.field}：{malformed.reason}"[:200])


def conclude(
    platform: Platform, region: str, ask: str, account: str, command: sharing_asks.Command, now: datetime | None = None
) -> AskStatus:
    """Keeps what became of an ask, and what it brought."""

    def keep(cursor: Any, after: Any) -> None:
        if isinstance(command, AnswerAsk) and after.state.status is AskStatus.ANSWERED:
            sharing.keep_values(cursor, after, account, command.values)

    done = act(platform, ASK, command, actor=MACHINE, region=region, subject=ask, now=now, also=keep)
    status: AskStatus = done.state.status
    return status


# --- an answer that comes later ---


class NotRecognised(Exception):
    """Whoever brings an answer does not hold the token of that ask. That there is such an ask is not told either."""


def receive(platform: Platform, region: str, ask: str, token: str, answer: SourceAnswer) -> AskStatus:
    """Takes an answer that a source brings later. The same answer twice is taken once.

    Raises `NotRecognised`; and `Refused` when it comes too late, differs from the one that was given, or is not usable.
    """
    row = sharing.find_ask(platform.database, MACHINE.eyes, region, ask)
    source = platform.sources.get(row.ask.source) if row else None
    if row is None or source is None or not platform.exchange.recognises(source, ask, token):
        raise NotRecognised
    party = people.party(platform.database, MACHINE.eyes, row.ask.party)
    command = read_answer(answer, source, row.ask, ask, party.code if party else "", platform.today())
    if row.ask.status is not AskStatus.ASKED and not isinstance(command, AnswerAsk):
        command = RefuseAsk("")  # What is over takes no other word; the table says so.
    before = row.ask.status
    status = conclude(platform, region, ask, row.account, command)
    if isinstance(command, FailAsk):
        raise Refused(
            sharing_asks.TROUBLE_WORDS[command.trouble] + (f"（{command.detail}）" if command.detail else ""),
            rule="数据答复规范",
            remedy="请核对查询编号、当事人和各项内容；这次查询已经结束",
            field="values",
        )
    if isinstance(command, AnswerAsk) and status is not AskStatus.ANSWERED:
        raise Refused(
            "答复来晚了，没有采用，也没有保存",
            rule="查询时限",
            remedy="申请人已经自己填写；以后请在规定的时间内答复",
        )
    return status if before is AskStatus.ASKED else before


def run_late(platform: Platform, region: str, ask: str, at: datetime) -> int:
    """An answer is no longer waited for; 1 if it was not there yet."""
    try:
        conclude(platform, region, ask, "", RunLate(), now=at)
    except Refused:
        return 0  # It came between the look and the act.
    return 1
