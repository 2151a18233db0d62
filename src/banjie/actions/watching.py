"""电子监察: looks at the cases whose clocks have moved, shows their cards, calls who must be called — by itself.

What is looked at is what is due over an index; a case to which nothing happens is met as often as its cards change.
"""

import logging
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from psycopg import OperationalError

from banjie.actions.delays import find_delay
from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import Kind, act
from banjie.actions.staff_notices import callees, tell_staff
from banjie.engine import cards
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.cards import Card, CardStatus
from banjie.engine.cases import TIMER_NAMES, Case, Law, Running, running
from banjie.engine.cases.tasks import Task, tasks
from banjie.engine.clock import TimerKind
from banjie.engine.subject import Refused
from banjie.engine.watching import (
    CALLEE_NAMES,
    LEVEL_NAMES,
    About,
    Callee,
    Level,
    level_of,
    light_for,
    next_change,
    next_rung,
)
from banjie.packs.watching import Watching, watching
from banjie.records import desks
from banjie.records import watching as kept
from banjie.records.database import Cursor
from banjie.records.people import MACHINE, Standing
from banjie.records.sharing import Loaded
from banjie.records.watching import Watch, WatchedCase

logger = logging.getLogger("banjie.worker")

MOST_BATCHES: Final = 25
"""How many batches of cases one round of the worker looks at, so that the rest of its work is not kept waiting."""


def _row(card: Card) -> dict[str, object]:
    about = card.about
    assert about is not None  # noqa: S101 — its first event says it.
    return {
        "case_id": about.case_id,
        "number": about.number,
        "item": about.item,
        "organ": about.organ,
        "office": about.office,
        "account": about.account,
        "clock": card.clock,
        "level": card.level.rank,
        "highest": card.highest.rank,
        "status": card.status.value,
        "appealed": card.appeal_open,
        "due_on": card.due_on,
        "shown_on": card.shown_on,
        "red_on": card.red_on,
        "rungs": card.rungs,
    }


CARD: Final = Kind(kept.CARDS, cards.decide, cards.evolve, cards.KINDS, _row)


def watch(platform: Platform, at: datetime) -> int:
    """Looks at everything that is due; answers with how many cases were looked at and calls were made."""
    read = 0
    while (entries := kept.gather(platform.database)) and read < 100_000:
        read += entries
    today = at.astimezone(CHINA).date()
    looked = 0
    for _ in range(MOST_BATCHES):
        with kept.due(platform.database, today) as (found, cursor):
            if not found:
                break
            round_ = _Round(platform, at, today, cursor)
            for one in found:
                try:
                    seen = round_.look(one)
                except OperationalError:
                    raise  # The database is away: there is nothing to be done for the others either.
                except Exception:
                    # Trouble with one case must not keep the others unwatched; it is met again tomorrow.
                    logger.exception("the clocks of %s could not be looked at", one.case.number)
                    kept.put_off(cursor, one.region, one.id, today + timedelta(days=1))
                else:
                    kept.keep_watch(cursor, one.region, one.id, seen)
            looked += len(found)
    return looked + call(platform, at)


def card_of(case_id: str, clock: Running) -> str:
    """The identifier of the card for this run of a clock: what starts anew, gets a new card."""
    return str(uuid.uuid5(uuid.UUID(case_id), f"card:{name_of(clock)}:{clock.timer.event_on.isoformat()}"))


def name_of(clock: Running) -> str:
    """Which clock it is: TP, TS:review. Unlike its mark it bears no due day, which may move."""
    return f"{clock.timer.kind.value}:{clock.step}" if clock.step else clock.timer.kind.value


@dataclass(slots=True)
class _Round:
    """One batch of looks, with the names of offices it has met."""

    platform: Platform
    at: datetime
    today: date
    cursor: Cursor
    rules: Watching = field(default_factory=watching)
    offices: dict[str, str] = field(default_factory=dict)

    def look(self, one: WatchedCase) -> Watch:
        """Shows what a case's clocks call for, and says when to look again."""
        case = one.case
        law = self.platform.laws.law(one.region, case.item, case.edition)
        clocks = running(case, law, self.today)
        lines = tasks(case, law, self.today, clocks)
        known = {row.id: row.card for row in one.cards}
        level, days, met = Level.NONE, list[date](), set[str]()
        for clock in clocks:
            light = light_for(self.rules.lights, clock.timer.kind, case.item, case.organ)
            if light is None:
                continue
            card = card_of(one.id, clock)
            met.add(card)
            before = known.get(card, Card())
            shown = before.level
            if not clock.reckoning.paused:
                shown = level_of(light, clock.timer, clock.reckoning)
            if shown is not before.level:
                self._mark(one, law, clock, lines, card, shown)
            level = max(level, shown, key=lambda one: one.rank)
            again = next_change(light, clock.timer, clock.reckoning, law.calendar_of(case), self.today)
            days.extend(() if again is None else (again,))
        for card, gone in known.items():
            if card not in met and gone.closed_on is None:
                act(
                    self.platform,
                    CARD,
                    cards.CloseCard(),
                    actor=MACHINE,
                    region=one.region,
                    subject=card,
                    now=self.at,
                    also=_no_more_calls,
                )
        find_delay(self.platform, one, law, self.about(one, law, lines, ""), self.at)
        promised = next((clock for clock in clocks if clock.timer.kind is TimerKind.PROMISED), None)
        due = promised or (clocks[0] if clocks else None)
        return Watch(
            look_on=min(days, default=None),
            promised_due=due.reckoning.due_on if due and not due.reckoning.paused else None,
            organ=case.organ,
            office=lines[0].office if lines else case.organ,
            item=case.item,
            level=level.rank,
            is_over=not case.is_open,
        )

    def _mark(
        self, one: WatchedCase, law: Law, clock: Running, lines: tuple[Task, ...], card: str, level: Level
    ) -> None:
        about = self.about(one, law, lines, clock.step)
        name = f"{law.item.workflow.step(clock.step).name}时限" if clock.step else TIMER_NAMES[clock.timer.kind]
        command = cards.MarkCard(about, name_of(clock), name, level, clock.reckoning.due_on)
        done = act(
            self.platform,
            CARD,
            command,
            actor=MACHINE,
            region=one.region,
            subject=card,
            now=self.at,
            also=partial(_plan, self.platform, self.rules),
        )
        # A withdrawn card that is no worse than it was stays withdrawn, and nobody is told of it.
        if done.state.status is CardStatus.OPEN and level in (Level.BLUE, Level.YELLOW):
            self._warn(one.region, card, done)

    def _warn(self, region: str, card: str, done: Loaded[Card]) -> None:
        one, about = done.state, done.state.about
        assert about is not None and one.due_on is not None  # noqa: S101, PT018 — a card that was shown has both.
        # A blue card is a word to whoever has the case in hand; where nobody has it, the yellow one will find somebody.
        told: tuple[str, ...] = (about.account,) if about.account else ()
        if one.level is Level.YELLOW:
            told = callees(self.platform, region, about, Callee.HANDLER, self.today)
        tell_staff(
            self.platform,
            told,
            region=region,
            key=f"card:{card}:{done.version}",
            kind="card",
            subject=f"{LEVEL_NAMES[one.level]}：{about.item_name}",
            body=f"办件 {about.number} 的{one.clock_name}到 {chinese_date(one.due_on)} 为止，请抓紧办理。",
            href=f"/office/cases/{region}/{about.number}",
            at=self.at,
        )

    def about(self, one: WatchedCase, law: Law, lines: tuple[Task, ...], step: str) -> About:
        """What a card says of the case: who has it now, or had it last."""
        case = one.case
        line = next((task for task in lines if task.step == step), lines[0] if lines else None)
        office = line.office if line else case.organ
        if office not in self.offices:
            self.offices |= {office: office} | desks.organ_names(self.platform.database, {office})
        return About(
            case_id=one.id,
            number=case.number,
            item=case.item,
            item_name=law.item.heading,
            organ=case.organ,
            organ_name=law.item.organ_name,
            office=office,
            office_name=self.offices[office],
            account=(line.handler if line else "") or last_handler(case),
        )


def last_handler(case: Case) -> str:
    """Who signed the case last, or took it up at the window; "" when nobody did."""
    signed = [who for signatures in case.signed.values() for who in signatures if who != "system"]
    return signed[-1] if signed else case.claimed_by


def _plan(platform: Platform, rules: Watching, cursor: Cursor, done: Loaded[Card]) -> None:
    """Puts the next rung of a red card on its day."""
    card, on = done.state, None
    if card.status is CardStatus.OPEN and card.red_on is not None:
        calendar = platform.laws.calendar(done.region)
        following = next_rung(rules.card_ladder, card.rungs, card.red_on, calendar)
        on = following[1] if following else None
    kept.plan_call(cursor, done.region, done.id, on)


def _no_more_calls(cursor: Cursor, done: Loaded[Card]) -> None:
    kept.plan_call(cursor, done.region, done.id, None)


# --- calls ---


def call(platform: Platform, at: datetime) -> int:
    """Calls the next rung of every red card whose day has come; answers with how many were called."""
    rules, today = watching(), at.astimezone(CHINA).date()
    calls = 0
    while due := kept.calls_due(platform.database, today):
        for region, card in due:
            calls += _call(platform, rules, region, card, at)
    return calls


def _call(platform: Platform, rules: Watching, region: str, card: str, at: datetime) -> int:
    found = kept.find_card(platform.database, MACHINE.eyes, region, card)
    about = found.card.about if found else None
    calendar = platform.laws.calendar(region)
    rung = None
    if found is not None and found.card.red_on is not None:
        rung = next_rung(rules.card_ladder, found.card.rungs, found.card.red_on, calendar)
    if found is None or about is None or rung is None or found.card.status is not CardStatus.OPEN:
        with platform.database.seen_by(MACHINE.eyes) as cursor:
            kept.plan_call(cursor, region, card, None)
        return 0
    callee = rung[0].callee
    told = callees(platform, region, about, callee, at.astimezone(CHINA).date())
    try:
        act(
            platform,
            CARD,
            cards.CallOnCard(callee, told),
            actor=MACHINE,
            region=region,
            subject=card,
            now=at,
            also=partial(_plan, platform, rules),
        )
    except Refused:
        return 0  # It was withdrawn between the look and the act; the next round finds nothing to call.
    watches = callee in (Callee.SUPERVISOR, Callee.LEADER)
    due_on = found.card.due_on or found.card.red_on or at.astimezone(CHINA).date()
    tell_staff(
        platform,
        told,
        region=region,
        key=f"call:{card}:{found.card.rungs + 1}",
        kind="call",
        subject=f"{LEVEL_NAMES[found.card.level]}（提醒{CALLEE_NAMES[callee]}）：{about.item_name}",
        body=f"办件 {about.number} 的{found.card.clock_name}已于 {chinese_date(due_on)} 到期，还没有办结，"
        f"现在由{about.office_name or about.organ_name}办理。",
        href=f"/supervise/cards/{region}/{card}" if watches else f"/office/cases/{region}/{about.number}",
        at=at,
    )
    return 1


# --- people's own acts on a card ---


def appeal(platform: Platform, standing: Standing, region: str, card: str, reason: str) -> None:
    """申诉, by the office that got the card. Raises `Refused` for anyone else and without a reason."""
    act(platform, CARD, cards.AppealCard(reason), actor=standing, region=region, subject=card)


def rule(platform: Platform, standing: Standing, region: str, card: str, *, upheld: bool, words: str) -> None:
    """裁定申诉: upheld, the card is withdrawn. Raises `Refused` for whoever appealed and without words."""
    done = act(platform, CARD, cards.RuleOnCard(upheld, words), actor=standing, region=region, subject=card)
    one = done.state
    if one.about is None:
        return
    tell_staff(
        platform,
        (one.appealed_by,),
        region=region,
        key=f"ruled:{card}:{done.version}",
        kind="ruling",
        subject=f"红黄牌申诉{'成立，牌已撤销' if upheld else '不成立'}：{one.about.item_name}",
        body=f"办件 {one.about.number}：{one.ruling}",
        href="/office/watch",
        at=platform.now(),
    )
