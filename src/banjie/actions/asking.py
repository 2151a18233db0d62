"""Asking government before asking a person: who is asked, what comes back, consent, and the end of it all.

Nobody waits for another system. An ask is written down, a job puts the question, and whatever comes of it is an act of
its own: answered, refused, unavailable, late. Until then, and if it never comes, the applicant fills it in herself.
"""

import contextlib
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from banjie.actions.answering import conclude
from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import ASK, CONSENT, act
from banjie.engine import sharing_asks, sharing_consents
from banjie.engine.calendar import CHINA
from banjie.engine.catalogue import Item, Material
from banjie.engine.form_answers import shown
from banjie.engine.sharing import Need, Plan, PlannedAsk, Source, SourceKind, Value, plan
from banjie.engine.sharing_asks import (
    AnswerAsk,
    AskSource,
    AskStatus,
    EndAsk,
    RefuseAsk,
    UseAnswer,
)
from banjie.engine.sharing_consents import GiveConsent, WithdrawConsent
from banjie.engine.subject import Refused
from banjie.records import cases, sharing
from banjie.records.people import MACHINE, PartyName, Standing
from banjie.records.sharing import AskRow, ConsentRow, ContestRow

LOOKED_BACK = 5
"""How many of the applicant's latest cases are looked through for what she has filled in before."""

RETRIABLE = (AskStatus.UNAVAILABLE, AskStatus.LATE)


@dataclass(frozen=True, slots=True)
class Applying:
    """An application in the making: for whom, by whom, for which item."""

    region: str
    draft: str
    item: Item
    holder: PartyName
    person: PartyName | None
    """The person who fills in, if she is a party herself."""

    def about(self, source: Source) -> PartyName | None:
        """Whom a source is asked about."""
        if source.audience == self.holder.kind:
            return self.holder
        return self.person if source.audience == "person" else None

    @property
    def audiences(self) -> frozenset[str]:
        """The kinds of party one can ask about."""
        return frozenset({self.holder.kind} | ({"person"} if self.person else set()))


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that was asked, consented to and contested for an application."""

    asks: tuple[AskRow, ...] = ()
    consents: tuple[ConsentRow, ...] = ()
    contests: tuple[ContestRow, ...] = ()

    @property
    def latest(self) -> dict[str, AskRow]:
        """The latest ask of each source."""
        return {row.ask.source: row for row in self.asks}

    @property
    def waiting(self) -> bool:
        """Whether an answer is still on its way."""
        return any(row.ask.status is AskStatus.ASKED for row in self.asks)

    @property
    def agreed(self) -> frozenset[str]:
        """The sources she has consented to."""
        given = sharing_consents.ConsentStatus.GIVEN
        return frozenset(row.consent.source for row in self.consents if row.consent.status is given)


def asked_for(platform: Platform, standing: Standing, region: str, draft: str) -> Asked:
    """What was asked for an application."""
    return Asked(*sharing.of_draft(platform.database, standing.eyes, region, draft))


def need_of(item: Item, materials: Iterable[Material]) -> Need:
    """The facts that an item's form can be prefilled with, and the certificates that stand in for its papers."""
    facts = {field.source for section in item.form.sections for field in section.fields if field.source}
    return Need(frozenset(facts), frozenset(material.held for material in materials if material.held))


def known_values(platform: Platform, asked: Asked, registered: Mapping[str, Any]) -> dict[str, list[Value]]:
    """What is held of each fact: the platform's register of people first, then what asks have brought."""
    found: dict[str, list[Value]] = {}
    for fact, value in registered.items():
        if isinstance(value, str) and value:
            name = "您的企业登记信息" if fact.startswith("company.") else "您的个人身份信息"
            found.setdefault(fact, []).append(Value(fact, value, "", name))
    for row in asked.asks:
        source = platform.sources.get(row.ask.source)
        if row.ask.status is not AskStatus.ANSWERED or source is None:
            continue
        for fact, value in row.held.items():
            one = Value(fact, value, source.key, source.name, source.order, row.ask.as_of, row.id)
            found.setdefault(fact, []).append(one)
    return found


def planned(
    platform: Platform,
    asked: Asked,
    applying: Applying,
    need: Need,
    registered: Mapping[str, Any],
    certificates: Collection[str],
    agreed: Collection[str] = (),
) -> Plan:
    """Whom to ask now, and whom one could ask with her consent."""
    held = [value for values in known_values(platform, asked, registered).values() for value in values]
    # What is on its way falls to nobody else yet.
    awaited = {fact for row in asked.asks if row.ask.status is AskStatus.ASKED for fact in row.ask.facts}
    return plan(
        platform.sources,
        replace(need, facts=need.facts - awaited),
        audiences=applying.audiences,
        held=held,
        certificates=certificates,
        consents=asked.agreed | set(agreed),
        tried=set(asked.latest),
        today=platform.today(),
    )


def begin(
    platform: Platform,
    standing: Standing,
    applying: Applying,
    asked: Asked,
    wanted: Plan,
    *,
    agreed: Collection[str] = (),
    again: Collection[str] = (),
) -> int:
    """Puts the questions of a plan: those of `asks`, and of `consents` those she has `agreed` to; and once more those
    sources of `again` that could not answer before. Answers with how many were put.

    Pressing twice asks once: an ask's identifier is made from the application, the source and how often it was asked.
    """
    number = 0
    for one in (*wanted.asks, *(one for one in wanted.consents if one.source.key in agreed)):
        consent = _consent(platform, standing, applying, one) if one.source.needs_consent else ""
        number += _ask_one(platform, standing, applying, one, asked, consent)
    for row in asked.latest.values():
        source = platform.sources.get(row.ask.source)
        if source is not None and source.key in again and row.ask.status in RETRIABLE:
            one = PlannedAsk(source, row.ask.facts)
            number += _ask_one(platform, standing, applying, one, asked, row.ask.consent)
    return number


def consent_words(applying: Applying, one: PlannedAsk) -> str:
    """The sentence she agrees to."""
    labels = "、".join(one.source.labels(one.facts))
    return (
        f"我同意为办理“{applying.item.heading}”，向{one.source.organ_name}的{one.source.name}查询{labels}。"
        f"用途：{one.source.purpose}。查到的内容只用于这一次申请。"
    )


def _consent(platform: Platform, standing: Standing, applying: Applying, one: PlannedAsk) -> str:
    source, party = one.source, applying.about(one.source)
    assert party is not None  # noqa: S101 — the plan names only sources one can ask about somebody.
    subject = str(uuid.uuid5(uuid.UUID(applying.draft), f"consent:{source.key}"))
    command = GiveConsent(
        source=source.key,
        source_name=source.name,
        organ_name=source.organ_name,
        party=party.id,
        draft=applying.draft,
        item=applying.item.code,
        item_name=applying.item.heading,
        labels=source.labels(one.facts),
        words=consent_words(applying, one),
    )
    act(platform, CONSENT, command, actor=standing, region=applying.region, subject=subject)
    return subject


def _ask_one(
    platform: Platform, standing: Standing, applying: Applying, one: PlannedAsk, asked: Asked, consent: str
) -> int:
    source, party = one.source, applying.about(one.source)
    if party is None:
        return 0
    times = sum(row.ask.source == source.key for row in asked.asks)
    subject = str(uuid.uuid5(uuid.UUID(applying.draft), f"ask:{source.key}:{times}"))
    command = AskSource(
        source=source.key,
        source_name=source.name,
        organ=source.organ,
        organ_name=source.organ_name,
        party=party.id,
        draft=applying.draft,
        item=applying.item.code,
        item_name=applying.item.heading,
        purpose=source.purpose,
        facts=one.facts,
        labels=source.labels(one.facts),
        ground=source.ground,
        consent=consent,
        wait_s=source.wait_s,
        nth=times + 1,
    )
    try:
        act(platform, ASK, command, actor=standing, region=applying.region, subject=subject)
    except Refused as refused:
        if refused.rule != "查询状态表":
            raise
        return 0  # Another tab has just put the same question.
    if source.kind is SourceKind.EARLIER:
        _look_back(platform, standing, applying, subject, one)
    return 1


def _look_back(platform: Platform, standing: Standing, applying: Applying, ask: str, one: PlannedAsk) -> None:
    """What she filled in before is our own: it is answered at once."""
    values, as_of = earlier_values(platform, standing, applying.holder.id, one.facts)
    command: sharing_asks.Command = AnswerAsk(values, as_of) if values and as_of else RefuseAsk("以往的申请里没有")
    conclude(platform, applying.region, ask, standing.actor.account, command)


def earlier_values(
    platform: Platform, standing: Standing, holder: str, facts: Collection[str]
) -> tuple[dict[str, str], date | None]:
    """What the applicant's latest cases say of these facts, and of which day the oldest of them is."""
    values: dict[str, str] = {}
    as_of: date | None = None
    for found in cases.of_parties(platform.database, standing.eyes, [holder], most=LOOKED_BACK):
        law = platform.laws.law(found.region, found.case.item, found.case.edition)
        for section in law.item.form.sections:
            for field in section.fields:
                if field.source not in facts or field.source in values or field.key not in found.case.data:
                    continue
                values[field.source] = shown(field, found.case.data[field.key])
                as_of = found.submitted_at.astimezone(CHINA).date()
    return values, as_of


# --- afterwards ---


def withdraw_consent(platform: Platform, standing: Standing, region: str, consent: str) -> None:
    """撤回同意: what was brought under it is thrown away, and nothing more is asked. Idempotent."""
    done = act(platform, CONSENT, WithdrawConsent(), actor=standing, region=region, subject=consent)
    with platform.database.seen_by(standing.eyes) as cursor:
        asks = sharing.asks_of_consent(cursor, region, done.state.draft, done.state.source)
    for ask in asks:
        act(
            platform,
            ASK,
            EndAsk(),
            actor=standing,
            region=region,
            subject=ask,
            also=lambda cursor, after: sharing.drop_values(cursor, after.region, after.id),
        )


def use_answers(
    platform: Platform, standing: Standing, asked: Asked, *, case_id: str, number: str, used: Mapping[str, str]
) -> None:
    """The application was handed in: every ask that was answered says for which case, and which of its values were
    used as they came. `used` is fact → value handed in. What was kept for the draft alone goes. Idempotent."""
    for row in asked.asks:
        if row.ask.status is not AskStatus.ANSWERED:
            continue
        facts = tuple(sorted(fact for fact, value in row.held.items() if used.get(fact) == value))
        act(
            platform,
            ASK,
            UseAnswer(case_id, number, facts),
            actor=standing,
            region=row.region,
            subject=row.id,
            also=lambda cursor, after: sharing.drop_values(cursor, after.region, after.id),
        )


def use_library(
    platform: Platform,
    standing: Standing,
    applying: Applying,
    *,
    case_id: str,
    number: str,
    licences: Mapping[str, tuple[str, str]],
) -> None:
    """Licences were taken from the library instead of asking for copies: their holder can see that, and for which case.

    `licences` is kind → (the paper's name, the licence's number). Idempotent.
    """
    source = next((one for one in platform.sources.every if one.kind is SourceKind.LIBRARY), None)
    if source is None or not licences:
        return
    subject = str(uuid.uuid5(uuid.UUID(applying.draft), f"ask:{source.key}"))
    facts = tuple(f"certificate.{kind}" for kind in sorted(licences))
    command = AskSource(
        source=source.key,
        source_name=source.name,
        organ=source.organ,
        organ_name=source.organ_name,
        party=applying.holder.id,
        draft=applying.draft,
        item=applying.item.code,
        item_name=applying.item.heading,
        purpose=source.purpose,
        facts=facts,
        labels=tuple(licences[kind][0] for kind in sorted(licences)),
        ground=source.ground,
    )
    region = applying.region
    with contextlib.suppress(Refused):  # It has been written down before.
        act(platform, ASK, command, actor=standing, region=region, subject=subject)
    answer = AnswerAsk({f"certificate.{kind}": held for kind, (_, held) in licences.items()}, platform.today())
    act(platform, ASK, answer, actor=MACHINE, region=region, subject=subject)
    act(platform, ASK, UseAnswer(case_id, number, facts), actor=standing, region=region, subject=subject)
