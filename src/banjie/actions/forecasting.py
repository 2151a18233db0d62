"""Forecasts for an item: what is in hand, what the newest finished cases tell, and how good earlier forecasts were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from banjie.actions.flow import node_of
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.forecast import Forecast, Open, Past, Record, Staffing, Times, backtest, forecast
from banjie.records import flow
from banjie.records.database import Eyes
from banjie.records.flow import ItemSeen
from banjie.records.laws import UnknownItem

NEWEST: Final = 400
"""Finished cases a forecast learns from: the newest, since offices change."""

MOST_OPEN: Final = 5000


@dataclass(frozen=True, slots=True)
class Outlook:
    """A forecast with what it rests on."""

    forecast: Forecast
    record: Record
    in_hand: int
    learnt_from: int
    usual_people: int
    people: int
    by: datetime


def outlook(
    platform: Platform, eyes: Eyes, regions: Sequence[str], item: ItemSeen, by: datetime, people: int | None = None
) -> Outlook:
    """How many of an item's cases will miss their day until `by`, with so many people (as many as usual: None)."""
    now = platform.now()
    if item.source:
        past, workers, opened = _external(platform, eyes, regions, item)
    else:
        past, workers, opened = _own(platform, eyes, regions, item)
    usual = max(1, workers)
    at_work = usual if people is None else people
    staffing = Staffing(at_work, usual, max(1, len(opened)), _usual_in_hand(past) or max(1, len(opened)))
    found = forecast(Times(past), opened, now, by, staffing)
    return Outlook(found, backtest(past), len(opened), len(past), usual, at_work, by)


def coming_friday(now: datetime) -> datetime:
    """The end of the city's next Friday; today's on a Friday."""
    day = now.astimezone(CHINA).date()
    friday = day + timedelta(days=(4 - day.weekday()) % 7)
    return datetime.combine(friday + timedelta(days=1), time(), CHINA)


def _end_of(day_at: datetime) -> datetime:
    return datetime.combine(day_at.astimezone(CHINA).date() + timedelta(days=1), time(), CHINA)


def _usual_in_hand(past: Sequence[Past]) -> float:
    """How many cases were in hand on average while these were: what left a day times how long each stayed (Little)."""
    if len(past) < 2:
        return 0.0
    ends = [case.ended_at for case in past]
    span = (max(ends) - min(ends)).total_seconds()
    stayed = sum(max(0.0, (case.ended_at - case.steps[0][1]).total_seconds()) for case in past)
    return stayed / span if span > 0 else 0.0


def _external(
    platform: Platform, eyes: Eyes, regions: Sequence[str], item: ItemSeen
) -> tuple[list[Past], int, list[Open]]:
    past, people = [], set()
    for case in flow.external(platform.database, eyes, regions, item.name, finished=True, most=NEWEST):
        facts = case.facts
        if case.source != item.source or facts is None or facts.ended_at is None or not case.steps:
            continue
        due = _end_of(facts.due_at) if facts.due_at and facts.due_by_day else facts.due_at
        past.append(Past(tuple((step.activity, step.at) for step in case.steps), facts.ended_at, due))
        people |= {step.by for step in case.steps if step.by}
    opened = []
    for case in flow.external(platform.database, eyes, regions, item.name, finished=False, most=MOST_OPEN):
        facts = case.facts
        if case.source == item.source and facts is not None and facts.due_at is not None:
            due = _end_of(facts.due_at) if facts.due_by_day else facts.due_at
            last = case.steps[-1] if case.steps else None
            opened.append(Open(case.number, last.activity if last else "", last.at if last else facts.started_at, due))
    return past, len(people), opened


def _own(platform: Platform, eyes: Eyes, regions: Sequence[str], item: ItemSeen) -> tuple[list[Past], int, list[Open]]:
    past, people = [], set()
    for one in flow.ended(platform.database, eyes, regions, item.item, NEWEST):
        try:
            law = platform.laws.law(one.region, item.item, one.edition)
        except UnknownItem:
            continue
        steps, ended = [], None
        for kind, data, at, actor in one.entries:
            found = node_of(kind, data, law.item)
            if kind in ("Approved", "Denied"):
                ended = at
                break
            if found is not None:
                steps.append((found[0], at))
                people.add(actor)
        if ended is not None and steps:
            due = datetime.combine(one.due_on + timedelta(days=1), time(), CHINA) if one.due_on else None
            past.append(Past(tuple(steps), ended, due))
    found_open = flow.in_hand(platform.database, eyes, regions, item.item, MOST_OPEN)
    opened = [
        Open(one.number, one.last, one.at, datetime.combine(one.due_on + timedelta(days=1), time(), CHINA))
        for one in found_open
    ]
    return past, len(people), opened
