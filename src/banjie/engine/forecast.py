"""预测: how many of the cases in hand will miss their day, with these people, and how far such words can be trusted.

What is known is how long cases of the same kind still took from the step at which this one stands. From that the chance
follows that it is not finished by its day, given that it has waited so long already. Fewer people for as many cases
stretch the times: with λ cases a day leaving, L in hand wait L/λ days (Little), and λ goes with the people at work.

A forecast is worth no more than its record. `backtest` goes back to earlier days, forecasts from what was known then,
and counts: the Brier score, and how often what was given 30 % came true. Beside it stands what the plain middle value
says; a forecast that is not better than that is of no use, and the page says so.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

FEW: Final = 8
"""Fewer samples of a step than this say nothing by themselves: those of all steps are taken."""


@dataclass(frozen=True, slots=True)
class Past:
    """A finished case: when it came to each of its steps, when it ended, and by when it should have."""

    steps: tuple[tuple[str, datetime], ...]
    ended_at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A case in hand: the step it stands at, since when, and by when it should end."""

    key: str
    step: str
    since: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many cases are in hand and how many people are at work, now and usually."""

    people: float = 1.0
    usual_people: float = 1.0
    in_hand: float = 1.0
    usual_in_hand: float = 1.0

    @property
    def stretch(self) -> float:
        """By how much times are longer than in the past; between a quarter and four times."""
        if min(self.people, self.usual_people, self.in_hand, self.usual_in_hand) <= 0:
            return 4.0 if self.people <= 0 else 1.0
        factor = (self.in_hand / self.people) / (self.usual_in_hand / self.usual_people)
        return min(4.0, max(0.25, factor))


class Times:
    """Seconds that were left from a step to the end, sorted, by step and for all steps together."""

    def __init__(self, past: Iterable[Past]) -> None:
        self._by_step: dict[str, list[float]] = {}
        self._all: list[float] = []
        for case in past:
            for step, at in case.steps:
                left = max(0.0, (case.ended_at - at).total_seconds())
                self._by_step.setdefault(step, []).append(left)
                self._all.append(left)
        for samples in self._by_step.values():
            samples.sort()
        self._all.sort()

    def samples(self, step: str) -> Sequence[float]:
        """Those of the step, or of all steps where it has too few."""
        own = self._by_step.get(step, ())
        return own if len(own) >= FEW else self._all

    def chance_late(self, step: str, waited_s: float, left_s: float, stretch: float = 1.0) -> float | None:
        """The chance, 0 to 1, that a case at a step for `waited_s` is not finished in `left_s` more seconds.

        None when nothing is known. A case that has outwaited every one before it will most likely be late.
        """
        samples = self.samples(step)
        if not samples:
            return None
        if left_s <= 0:
            return 1.0
        still = len(samples) - bisect_right(samples, waited_s / stretch)
        beyond = len(samples) - bisect_right(samples, (waited_s + left_s) / stretch)
        # One more case of each kind is imagined (Laplace): a few samples never make a certainty.
        return (beyond + 1) / (still + 2)

    def median_left(self, step: str) -> float | None:
        """The middle of the seconds that were left from a step."""
        samples = self.samples(step)
        return samples[len(samples) // 2] if samples else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many will be late by a moment, with a span that holds nine times in ten, and each case's chance."""

    cases: int
    expected: float
    low: int
    high: int
    chances: tuple[tuple[str, float], ...]
    """Case and chance, the likeliest first."""


def forecast(times: Times, open_cases: Iterable[Open], now: datetime, by: datetime, staffing: Staffing) -> Forecast:
    """Of the cases whose day comes by `by`, how many will not be finished on it."""
    chances = []
    for case in open_cases:
        if case.due_at > by:
            continue
        waited = max(0.0, (now - case.since).total_seconds())
        chance = times.chance_late(case.step, waited, (case.due_at - now).total_seconds(), staffing.stretch)
        if chance is not None:
            chances.append((case.key, chance))
    expected = sum(chance for _, chance in chances)
    spread = 1.645 * sum(chance * (1 - chance) for _, chance in chances) ** 0.5
    ordered = tuple(sorted(chances, key=lambda one: (-one[1], one[0])))
    low, high = max(0, round(expected - spread)), min(len(chances), round(expected + spread))
    return Forecast(len(chances), expected, low, high, ordered)


# --- how far it can be trusted ---


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts of about the same chance: how many, what was said on average, what came true."""

    count: int
    said: float
    came: float


@dataclass(frozen=True, slots=True)
class Record:
    """The record of forecasts on earlier days. Brier scores: 0 is perfect, saying always 50 % is 0.25."""

    forecasts: int
    late: int
    brier: float
    brier_median: float
    """That of the plain middle value: late if the middle of the times left is longer than what is left."""
    bins: tuple[Bin, ...]

    @property
    def is_useful(self) -> bool:
        """Whether it is better than the plain middle value."""
        return self.forecasts > 0 and self.brier < self.brier_median


def backtest(past: Sequence[Past], days: int = 8) -> Record:
    """Forecasts on `days` earlier moments, spread over the later half of the past, from what had ended by then."""
    ended = sorted((case for case in past if case.due_at is not None and case.steps), key=lambda one: one.ended_at)
    if len(ended) < 2 * FEW:
        return Record(0, 0, 0.0, 0.0, ())
    first, last = ended[len(ended) // 2].ended_at, ended[-1].ended_at
    said: list[tuple[float, float, bool]] = []
    for place in range(days):
        now = first + (last - first) * place / days
        times = Times(case for case in ended if case.ended_at <= now)
        for case in ended:
            if case.ended_at <= now or case.due_at is None or case.due_at <= now or case.steps[0][1] > now:
                continue
            step, since = next((one for one in reversed(case.steps) if one[1] <= now), case.steps[0])
            waited, left = (now - since).total_seconds(), (case.due_at - now).total_seconds()
            chance, middle = times.chance_late(step, waited, left), times.median_left(step)
            if chance is not None and middle is not None:
                said.append((chance, 1.0 if max(0.0, middle - waited) > left else 0.0, case.ended_at > case.due_at))
    if not said:
        return Record(0, 0, 0.0, 0.0, ())
    brier = sum((chance - late) ** 2 for chance, _, late in said) / len(said)
    plain = sum((middle - late) ** 2 for _, middle, late in said) / len(said)
    return Record(len(said), sum(late for *_, late in said), brier, plain, _bins(said))


def _bins(said: Sequence[tuple[float, float, bool]]) -> tuple[Bin, ...]:
    by_fifth: dict[int, list[tuple[float, bool]]] = {}
    for chance, _, late in said:
        by_fifth.setdefault(min(4, int(chance * 5)), []).append((chance, late))
    return tuple(
        Bin(len(ones), sum(chance for chance, _ in ones) / len(ones), sum(late for _, late in ones) / len(ones))
        for _, ones in sorted(by_fifth.items())
    )
