"""「现在不能办；如果……就可以办」: the smallest changes by which an answer would come out otherwise, and why it is so.

Only facts that a table marks as 可改变 are ever suggested. A change of one fact is looked for before one of two, and
one of two before one of three; nothing that contains a smaller way is told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product

from banjie.engine.catalogue import Item, Material
from banjie.engine.decision_tables import compiled
from banjie.engine.rules import Condition, Fact, Test, as_facts
from banjie.engine.situations import Resolution, resolve
from banjie.engine.table_cells import ORDERED, Cell, Span, bounds, join_spans, position, say_span, value_at
from banjie.engine.table_space import Dimension, dimensions, spans_of

MOST_WAYS = 3
MOST_CHANGES = 3
MOST_TRIES = 3_000
"""Combinations looked at before a search ends; an item that ships has some dozen."""

Wanted = Callable[[Resolution], bool]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact changed: its words, what it is now and would have to be, in words. `value` is one such value."""

    fact: str
    label: str
    now: str
    then: str
    value: Fact


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together bring the wanted answer about, with the clause it hangs on."""

    changes: tuple[Change, ...]
    reason: str
    basis: str

    def __str__(self) -> str:
        told = "，并且".join(f"{one.label}改为{one.then}（现在是{one.now}）" for one in self.changes)
        return f"如果{told}"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is asked or takes so long, in one sentence, with the clause."""

    text: str
    basis: str


def ways_to_apply(
    item: Item, answers: Mapping[str, str], data: Mapping[str, object] | None = None, *, on: date | None = None
) -> tuple[Way, ...]:
    """By which changes someone who cannot apply now could; none when she can, or when nothing she can change helps."""
    if not resolve(item, answers, data, on=on).ineligible:
        return ()
    return _ways(item, answers, data or {}, on, lambda found: True)


def ways_without(
    item: Item, answers: Mapping[str, str], data: Mapping[str, object], key: str, *, on: date | None = None
) -> tuple[Way, ...]:
    """By which changes a material would not be asked for."""
    return _ways(item, answers, data, on, lambda found: all(one.key != key for one in found.materials))


def ways_sooner(
    item: Item, answers: Mapping[str, str], data: Mapping[str, object], *, on: date | None = None
) -> tuple[Way, ...]:
    """By which changes the promised term would be shorter."""
    now = resolve(item, answers, data, on=on).promised.number
    return _ways(item, answers, data, on, lambda found: found.promised.number < now)


def why_material(item: Item, resolution: Resolution, material: Material) -> tuple[Reason, ...]:
    """Why a material is asked for: the rows that add it, or the answers that call for it, with the clause."""
    rows = [one.row for one in resolution.outcome.decisions if material.key in one.row.add]
    if rows:
        return tuple(Reason(row.reason, row.basis) for row in rows)
    known = dimensions(item)
    told = "，".join(_condition(one, known, resolution.facts) for one in material.when)
    return (Reason(f"因为{told}" if told else "每一位申请人都要提交", material.basis),)


def why_term(resolution: Resolution) -> tuple[Reason, ...]:
    """Why the promised term is what it is: the rows that set it, or the organ's own promise."""
    number = resolution.promised.number
    rows = [one.row for one in resolution.outcome.decisions if one.row.promised == number]
    if rows:
        return tuple(Reason(row.reason, row.basis) for row in rows)
    return (Reason("这是办理机关对所有申请人的承诺", resolution.promised.basis),)


def _condition(condition: Condition, known: Mapping[str, Dimension], facts: Mapping[str, Fact]) -> str:
    dimension = known.get(condition.fact)
    value = facts.get(condition.fact)
    if dimension is None:
        return f"“{condition.fact}”符合条件"
    if value is None and condition.test is Test.IS:
        value = condition.value
    return f"“{dimension.label}”是“{dimension.say(value)}”"


# --- the search ---


@dataclass(frozen=True, slots=True)
class _Changeable:
    """A fact that may be suggested, with the other values worth trying, the nearest first."""

    dimension: Dimension
    now: Fact
    others: tuple[tuple[Fact, Span | None], ...]


def _ways(
    item: Item, answers: Mapping[str, str], data: Mapping[str, object], on: date | None, wanted: Wanted
) -> tuple[Way, ...]:
    search = _Search(item, answers, data, on, wanted)
    found: list[Way] = []
    done: list[frozenset[str]] = []
    for size in range(1, MOST_CHANGES + 1):
        for chosen in combinations(search.changeable, size):
            facts = frozenset(one.dimension.fact for one in chosen)
            if any(smaller <= facts for smaller in done):
                continue
            way = search.alone(chosen[0]) if size == 1 else search.together(chosen)
            if way is not None:
                found.append(way)
                done.append(facts)
            if len(found) == MOST_WAYS or search.tries > MOST_TRIES:
                return tuple(found)
    return tuple(found)


class _Search:
    def __init__(
        self,
        item: Item,
        answers: Mapping[str, str],
        data: Mapping[str, object],
        on: date | None,
        wanted: Wanted,
    ) -> None:
        self.item, self.on, self.wanted = item, on, wanted
        self.questions = {question.key for question in item.questions}
        self.now = resolve(item, answers, data, on=on)
        self.answers = {key: str(value) for key, value in self.now.facts.items()}
        self.data = as_facts(data)
        self.tries = 0
        self.changeable = tuple(self._changeable())

    def _changeable(self) -> Iterator[_Changeable]:
        tables = [table for table in self.item.tables if table.in_force(self.on)]
        marked = {column.fact for table in tables for column in table.inputs if column.changeable}
        facts = {**self.data, **self.answers}
        for fact, dimension in dimensions(self.item).items():
            now = facts.get(fact)
            if fact not in marked or now is None:
                continue
            cells = [
                row[place]
                for table in tables
                for row in compiled(table).cells
                for place, column in enumerate(table.inputs)
                if column.fact == fact
            ]
            yield _Changeable(dimension, now, tuple(_others(dimension, now, cells)))

    def alone(self, one: _Changeable) -> Way | None:
        """All values of one fact that bring it about, told together."""
        found = [(value, span, after) for value, span in one.others if (after := self._try([(one, value)]))]
        if not found:
            return None
        value, _, after = found[0]
        spans = join_spans(span for _, span, _ in found if span is not None)
        then = (
            _say_spans(one.dimension, spans) if spans else "或".join(one.dimension.say(value) for value, _, _ in found)
        )
        return self._way([_change(one, value, then)], after)

    def together(self, chosen: Sequence[_Changeable]) -> Way | None:
        """The first combination of these facts, all changed, that brings it about."""
        for values in product(*(one.others for one in chosen)):
            after = self._try([(one, value) for one, (value, _) in zip(chosen, values, strict=True)])
            if after is not None:
                changes = [
                    _change(one, value, _say_spans(one.dimension, (span,)) if span else one.dimension.say(value))
                    for one, (value, span) in zip(chosen, values, strict=True)
                ]
                return self._way(changes, after)
            if self.tries > MOST_TRIES:
                return None
        return None

    def _try(self, changed: list[tuple[_Changeable, Fact]]) -> Resolution | None:
        """What comes of the changes, if it is what is wanted and one may apply."""
        self.tries += 1
        facts = {one.dimension.fact: value for one, value in changed}
        answers = self.answers | {fact: str(value) for fact, value in facts.items() if fact in self.questions}
        data = self.data | {fact: value for fact, value in facts.items() if fact not in self.questions}
        after = resolve(self.item, answers, data, on=self.on)
        if after.ineligible or after.outcome.may_rule_out or not self.wanted(after):
            return None
        return after

    def _way(self, changes: list[Change], after: Resolution) -> Way:
        """The way with the row that says so: the one that replaces what stands in the way now."""
        no = self.now.outcome.ruled_out
        rows = [one.row for one in after.outcome.decisions if no is None or one.table.key == no.table.key]
        basis = next((row.basis for row in rows if row.basis), no.row.basis if no else after.promised.basis)
        return Way(tuple(changes), next((row.reason for row in rows), ""), basis)


def _others(dimension: Dimension, now: Fact, cells: Sequence[Cell]) -> Iterator[tuple[Fact, Span | None]]:
    """The values worth trying instead: each other option, or the nearest value of each other span."""
    if dimension.kind not in ORDERED:
        named: list[Fact] = sorted({value for cell in cells for value in cell.values}, key=str)
        values = [not now] if isinstance(now, bool) else [*dimension.labels] or named
        yield from ((value, None) for value in values if value != now)
        return
    here = position(dimension.kind, now) or 0
    spans = [span for span in spans_of(dimension, cells) if not span[0] <= here <= span[1]]
    for low, high in sorted(spans, key=lambda span: min(abs(span[0] - here), abs(span[1] - here))):
        yield value_at(dimension.kind, low if low > here else high), (low, high)


def _change(one: _Changeable, value: Fact, then: str) -> Change:
    return Change(one.dimension.fact, one.dimension.label, one.dimension.say(one.now), then, value)


def _say_spans(dimension: Dimension, spans: Sequence[Span]) -> str:
    """Spans in words; an end that is the field's own bound is not told."""
    least, most = bounds(dimension.kind)
    opened = ((least if low == dimension.low else low, most if high == dimension.high else high) for low, high in spans)
    return "或".join(say_span(dimension.kind, span) for span in opened)
