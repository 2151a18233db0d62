"""Ask once (一次提交): where government looks for a fact or a paper before it asks a person.

For every fact and every certificate there is an order of sources, as data: the licence library, a department's
register, an earlier case, and last the applicant herself. Each source says by which clause it may be asked, or that
consent is needed, how long its word holds good, what it supplies, and what it costs when it is wrong. Nothing here
asks anybody: `plan` says who is to be asked, `judge` what an answer is worth, `settle` what stands when two differ.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from banjie.engine.ids import CitizenId, CreditCode, Malformed
from banjie.engine.subject import Refused


class SourceKind(StrEnum):
    """来源种类, in the order in which they are looked at."""

    LIBRARY = "library"
    """证照库: the certificates that this platform keeps itself."""
    DEPARTMENT = "department"
    """部门数据: a department's register, asked over the wire."""
    EARLIER = "earlier"
    """以往办件: what the same applicant has filled in before."""


class ValueKind(StrEnum):
    """What a supplied value has to look like."""

    TEXT = "text"
    CREDIT_CODE = "credit_code"
    CITIZEN_ID = "citizen_id"
    PHONE = "phone"
    DATE = "date"
    NUMBER = "number"


class Cost(StrEnum):
    """错了的代价: what follows when a value is wrong and nobody notices."""

    LOW = "low"
    """It is mended with a telephone call: the first source's value is filled in even when another one differs."""
    HIGH = "high"
    """A right hangs on it: earlier cases are no source for it, and where sources differ the applicant chooses."""


@dataclass(frozen=True, slots=True)
class Supplied:
    """A fact that a source can supply. `fact` is the name by which form fields ask for it (company.address)."""

    fact: str
    label: str
    kind: ValueKind = ValueKind.TEXT
    cost: Cost = Cost.LOW
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """A certificate that a source stands in for: its kind, and the fact that is its number."""

    certificate: str
    number: str


@dataclass(frozen=True, slots=True)
class Source:
    """Somewhere to look. `ground` is the clause by which it may be asked; "" where the person has to consent.

    `path` is its address below the exchange; `timeout_ms` how long one try may take; `wait_s` after how long an
    answer is no longer waited for; `failures` in a row open its circuit for `pause_s` seconds.
    """

    key: str
    name: str
    kind: SourceKind
    organ: str
    organ_name: str
    audience: str
    """Whom it knows: person or company."""
    purpose: str
    """Why it is asked, in words for the person."""
    supplies: tuple[Supplied, ...]
    order: int = 50
    ground: str = ""
    fresh_days: int = 30
    proves: tuple[Proof, ...] = ()
    path: str = ""
    timeout_ms: int = 3000
    wait_s: int = 60
    repeatable: bool = True
    """Whether a question may be put again when its fate is unknown. One that cannot even be sent always may."""
    failures: int = 3
    pause_s: int = 30
    contest_days: int = 5
    """Working days the organ has to answer when a value is contested."""

    @property
    def needs_consent(self) -> bool:
        """Whether the person's consent is what allows it to be asked."""
        return not self.ground

    def supplied(self, fact: str) -> Supplied | None:
        """What it supplies under that name."""
        return next((one for one in self.supplies if one.fact == fact), None)

    def labels(self, facts: Iterable[str]) -> tuple[str, ...]:
        """The facts in words, in the source's own order."""
        wanted = set(facts)
        return tuple(one.label for one in self.supplies if one.fact in wanted)


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources of a city, in their order."""

    every: tuple[Source, ...] = ()

    def get(self, key: str) -> Source | None:
        """The source of that key."""
        return next((one for one in self.every if one.key == key), None)

    def numbers(self, known: Mapping[str, object]) -> dict[str, str]:
        """Kind of certificate → number, of what is proved by facts that are known already (免提交)."""
        held: dict[str, str] = {}
        for source in self.every:
            for proof in source.proves:
                if number := known.get(proof.number):
                    held.setdefault(proof.certificate, str(number))
        return held

    def can_prove(self, certificate: str) -> tuple[Source, ...]:
        """The sources that could stand in for a certificate of that kind."""
        return tuple(one for one in self.every if any(proof.certificate == certificate for proof in one.proves))

    def cost(self, fact: str) -> Cost:
        """What it costs when the fact is wrong: the highest that any source says."""
        named = [one for source in self.every if (one := source.supplied(fact))]
        return Cost.HIGH if any(one.cost is Cost.HIGH for one in named) else Cost.LOW


@dataclass(frozen=True, slots=True)
class Value:
    """A value that somebody holds. `order` is its source's; `as_of` None when nobody has said of which day it is."""

    fact: str
    value: str
    source: str
    source_name: str
    order: int = 0
    as_of: date | None = None
    ask: str = ""
    """The ask that brought it; "" for what the platform's own register of people says."""

    def is_fresh(self, today: date, fresh_days: int) -> bool:
        """Whether one may still rely on it."""
        return self.as_of is None or (today - self.as_of).days <= fresh_days


@dataclass(frozen=True, slots=True)
class Need:
    """What an application asks for: facts by name, certificates by kind."""

    facts: frozenset[str]
    certificates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlannedAsk:
    """A source to be asked, and for which facts."""

    source: Source
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to ask now, and whom one could ask if the person consented."""

    asks: tuple[PlannedAsk, ...] = ()
    consents: tuple[PlannedAsk, ...] = ()


def plan(
    sources: Sources,
    need: Need,
    *,
    audiences: Collection[str],
    held: Iterable[Value] = (),
    certificates: Collection[str] = (),
    consents: Collection[str] = (),
    tried: Collection[str] = (),
    today: date,
) -> Plan:
    """Who is to be asked for what is needed and not held, in the sources' order, each fact of one source only.

    `audiences` are the kinds of party that can be asked about (the applicant, the person who fills in); `certificates`
    the kinds held already; `tried` the sources that were asked for this application, whatever came of it: what they
    should have supplied falls to the next one.
    """
    have: dict[str, list[Value]] = {}
    for value in held:
        have.setdefault(value.fact, []).append(value)
    open_facts = set(need.facts)
    open_certificates = set(need.certificates) - set(certificates)
    asks: list[PlannedAsk] = []
    wanting: list[PlannedAsk] = []
    for source in sorted(sources.every, key=lambda one: one.order):
        if source.audience not in audiences or source.key in tried:
            continue
        wanted = [one.fact for one in source.supplies if one.fact in open_facts and _asked_of(source, one, have, today)]
        proved = {proof.certificate for proof in source.proves} & open_certificates
        numbers = [proof.number for proof in source.proves if proof.certificate in proved]
        facts = tuple(dict.fromkeys((*wanted, *numbers)))
        if not facts:
            continue
        if source.needs_consent and source.key not in consents:
            wanting.append(PlannedAsk(source, facts))
            continue
        asks.append(PlannedAsk(source, facts))
        open_facts -= set(wanted)
        open_certificates -= proved
    return Plan(tuple(asks), tuple(wanting))


def _asked_of(source: Source, one: Supplied, have: Mapping[str, list[Value]], today: date) -> bool:
    """Whether the source has still to be asked for a fact: nobody before it says it, or what is said is too old.

    A fact that is costly when wrong is confirmed by a register once, even if the platform has a copy of it; and an
    earlier case is no source for it.
    """
    if one.cost is Cost.HIGH:
        if source.kind is SourceKind.EARLIER:
            return False
        return not any(value.ask and value.is_fresh(today, source.fresh_days) for value in have.get(one.fact, ()))
    return not any(value.is_fresh(today, source.fresh_days) for value in have.get(one.fact, ()))


# --- what an answer is worth ---


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What a department says, on the wire: about whom (credit code or citizen number), of which day, which values."""

    ask: str
    subject: str
    as_of: date
    values: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    """Why it does not say, in words; "" when it does."""


VALUE_LIMIT = 400
"""Characters a supplied value may have: the longest address and the longest company name fit twice."""


def judge(source: Source, facts: Collection[str], answer: SourceAnswer, *, today: date) -> dict[str, str]:
    """The values of an answer that were asked for, each in its one form.

    What was not asked for is left behind: nobody keeps data that nobody wanted. Raises `Malformed` naming the fact
    when a value is not what it should be, when nothing of what was asked for is said, or when the day has not come.
    """
    if answer.as_of > today:
        raise Malformed("as_of", "数据日期在将来", "请按数据的实际日期填写")
    values: dict[str, str] = {}
    for one in source.supplies:
        text = answer.values.get(one.fact, "")
        if one.fact in facts and text.strip():
            values[one.fact] = _read(one, text)
    if not values:
        raise Malformed("values", "没有给出所问的任何一项", "请按所问的事实名称答复，查无此人请填写 refused")
    return values


def _read(one: Supplied, text: str) -> str:
    words = text.strip()
    if len(words) > VALUE_LIMIT or not words.isprintable():
        raise Malformed(f"values.{one.fact}", "过长或含有控制字符", f"请控制在 {VALUE_LIMIT} 字以内")
    try:
        match one.kind:
            case ValueKind.CREDIT_CODE:
                return str(CreditCode.parse(words))
            case ValueKind.CITIZEN_ID:
                return str(CitizenId.parse(words))
            case ValueKind.DATE:
                return date.fromisoformat(words).isoformat()
            case ValueKind.NUMBER:
                return _number(words)
            case ValueKind.PHONE:
                return _phone(words)
            case ValueKind.TEXT:
                return words
    except ValueError as error:
        reason = error.reason if isinstance(error, Malformed) else f"不是有效的{_KIND_WORDS[one.kind]}"
        raise Malformed(f"values.{one.fact}", reason, "请核对登记数据") from None


_KIND_WORDS = {
    ValueKind.TEXT: "文字",
    ValueKind.CREDIT_CODE: "统一社会信用代码",
    ValueKind.CITIZEN_ID: "公民身份号码",
    ValueKind.PHONE: "电话号码",
    ValueKind.DATE: "日期",
    ValueKind.NUMBER: "数",
}


def _number(words: str) -> str:
    whole, _, part = words.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 15 and (not part or part.isdigit())):
        raise ValueError(words)
    return words


def _phone(words: str) -> str:
    digits = words.replace("-", "").removeprefix("+86")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 12):
        raise ValueError(words)
    return words


# --- what stands when several say something ---


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known of a fact: every value that differs, the first source's first.

    `filled` is what may stand in the form by itself; None while the applicant has to choose.
    """

    fact: str
    values: tuple[Value, ...]
    filled: Value | None

    @property
    def in_conflict(self) -> bool:
        """Whether sources differ."""
        return len(self.values) > 1


def settle(fact: str, values: Iterable[Value], cost: Cost, chosen: str = "") -> Settled:
    """What stands: the first source's value; where sources differ over something costly, what she has `chosen`.

    Two values that differ only in width of letters and in spaces are the same.
    """
    different: dict[str, Value] = {}
    for value in sorted(values, key=lambda one: one.order):
        different.setdefault(plainly(value.value), value)
    told = tuple(different.values())
    if not told:
        return Settled(fact, (), None)
    if chosen and plainly(chosen) in different:
        return Settled(fact, told, different[plainly(chosen)])
    if len(told) > 1 and cost is Cost.HIGH:
        return Settled(fact, told, None)
    return Settled(fact, told, told[0])


def plainly(text: str) -> str:
    """A value without what does not matter: full-width letters, spaces, the case of letters."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


# --- what nobody may ask again ---

REPEAT_RULE = "一次提交：政府已经掌握的材料不得重复要求提交"


def require_reason(material: str, held: str, reason: str, *, field: str) -> None:
    """Raises `Refused` when somebody asks for what the city holds and does not say why."""
    if not reason.strip():
        raise Refused(
            f"“{material}”政府已经掌握（{held}），不用申请人提交",
            rule=REPEAT_RULE,
            remedy="请直接调用；确需申请人提交的，请写明理由，理由会记名公示给督查人员",
            field=field,
        )
