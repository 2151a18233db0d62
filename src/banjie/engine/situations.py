"""情形引导: a few questions, and the item's decision tables, fix what is asked for and stop who cannot apply."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date

from banjie.engine.catalogue import Fee, Item, Material, Option, Question
from banjie.engine.clock import Term
from banjie.engine.decision_tables import DecisionTable, Input, Row, compiled, read_table
from banjie.engine.ids import Malformed
from banjie.engine.rules import Condition, Fact, Facts, all_hold, as_facts


@dataclass(frozen=True, slots=True)
class Decision:
    """A row that hit: of which table, its number (from 1) as officials count, and what it says."""

    table: DecisionTable
    number: int
    row: Row


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tables come to on the facts known.

    `undecided` are the columns that must become known before the tables have said everything; `ruled_out` is the
    row by which one cannot apply.
    """

    decisions: tuple[Decision, ...] = ()
    undecided: tuple[Input, ...] = ()
    may_rule_out: bool = False
    """Whether a row that still may hit says no."""

    @property
    def ruled_out(self) -> Decision | None:
        """The first row that says no."""
        return next((one for one in self.decisions if not one.row.eligible), None)

    @property
    def sets(self) -> dict[str, Fact]:
        """The facts the rows bring about, for routes; a later table has the last word."""
        return {given.fact: given.value for one in self.decisions for given in one.row.sets}


NOTHING = Outcome()


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the answers come to.

    `next_question` is the first question still open (None once `complete`). `ineligible` says why one cannot
    apply and what to do instead, "" if one can. `materials` are those asked for by what is known so far, with the
    review points that tables add. `facts` are the answers to the questions that are shown; answers to questions no
    longer shown are dropped. `promised`, `fees` and `valid_months` (None without a certificate) are the item's own
    where no table says otherwise.
    """

    complete: bool
    next_question: Question | None
    ineligible: str
    materials: tuple[Material, ...]
    promised: Term
    facts: dict[str, Fact] = field(default_factory=dict)
    fees: tuple[Fee, ...] = ()
    valid_months: int | None = None
    outcome: Outcome = NOTHING
    answered: bool = False
    """Whether the questions let the form be filled in; a table may still have said no to what stands in it."""


def visible_questions(item: Item, answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions these answers lead to, answered ones included, in order, up to the first one open."""
    shown, _ = _walk(item, answers)
    return shown


def resolve(
    item: Item,
    answers: Mapping[str, str],
    data: Mapping[str, object] | None = None,
    *,
    on: date | None = None,
    filled: bool = False,
) -> Resolution:
    """What the answers (question key → option value) and the form as far as it is filled in come to.

    `on` is the day of the application, for tables in force for some days only. `filled` says that the form is
    whole, so that a field without a value is not going to have one. Raises `Malformed` when an answer is given to a
    question the item does not have, or is not one of its options.
    """
    known = {question.key: question for question in item.questions}
    for key in answers:
        if key not in known:
            raise Malformed(
                _short(key),
                f"该事项没有“{_short(key)}”这个问题",
                "请按页面上的问题回答，或从第一个问题重新开始",
            )
    shown, facts = _walk(item, answers)
    ineligible = ""
    for question in shown:
        if question.key in facts:
            ineligible = ineligible or _option(question, answers[question.key]).ineligible
    last = shown[-1] if shown else None
    outcome = NOTHING
    answered = not ineligible and (last is None or last.key in facts)
    if item.tables and not ineligible:
        outcome = decided(item, {**as_facts(data or {}), **facts}, on=on, filled=filled)
        if no := outcome.ruled_out:
            ineligible = refusal_words(no.row)
    next_question = last if last is not None and last.key not in facts and not ineligible else None
    return Resolution(
        complete=not ineligible and next_question is None,
        next_question=next_question,
        ineligible=ineligible,
        materials=_materials(item, facts, outcome),
        promised=_promised(item, outcome),
        facts=facts,
        fees=_fees(item, outcome),
        valid_months=_valid_months(item, outcome),
        outcome=outcome,
        answered=answered,
    )


def materials_for(item: Item, facts: Facts) -> tuple[Material, ...]:
    """The materials asked for when these facts (answers and fields of the form) are known."""
    outcome = decided(item, facts) if item.tables else NOTHING
    return _materials(item, facts, outcome)


def promised_term(item: Item, facts: Facts, on: date | None) -> Term:
    """The promised term of an application with these facts, handed in on that day."""
    return _promised(item, decided(item, facts, on=on, filled=True)) if item.tables else item.promised


def brought_about(item: Item, facts: Facts, on: date | None) -> dict[str, Fact]:
    """The facts that the tables add to an application with these facts, for the workflow's routes."""
    return decided(item, facts, on=on, filled=True).sets if item.tables else {}


def decided(item: Item, facts: Facts, *, on: date | None = None, filled: bool = False) -> Outcome:
    """What the item's tables say of these facts. With `filled`, a fact that is missing will not come any more."""
    may_come = frozenset() if filled else open_facts(item, facts)
    decisions: list[Decision] = []
    undecided: dict[str, Input] = {}
    may_rule_out = False
    for table in item.tables:
        if not table.in_force(on):
            continue
        reading = read_table(table, facts, may_come)
        decisions += [Decision(table, index + 1, table.rows[index]) for index in reading.hits]
        if reading.possible:
            cells = compiled(table).cells
            may_rule_out = may_rule_out or any(not table.rows[index].eligible for index in reading.possible)
            for place, column in enumerate(table.inputs):
                asked = any(not cells[index][place].anything for index in reading.possible)
                if asked and column.fact in may_come:
                    undecided.setdefault(column.fact, column)
    return Outcome(tuple(decisions), tuple(undecided.values()), may_rule_out)


def refusal_words(row: Row) -> str:
    """Why one cannot apply, by which clause, and what to do instead, in one text."""
    clause = f"（{row.basis}）" if row.basis else ""
    return f"{row.reason.rstrip('。')}{clause}。{row.instead}"


def open_facts(item: Item, facts: Facts) -> Set[str]:
    """The questions and fields that are not known yet and may still be asked, whatever else becomes known."""
    found: set[str] = set()
    asked: Iterator[tuple[str, tuple[Condition, ...]]] = (
        *((question.key, question.show_if) for question in item.questions),
        *((one.key, one.show_if) for section in item.form.sections for one in section.fields),
    ).__iter__()
    for key, show_if in asked:
        may_show = all(one.holds(facts) or (one.fact in found and one.fact not in facts) for one in show_if)
        if key not in facts and may_show:
            found.add(key)
    return found


# --- what the rows that hit bring about ---


def _materials(item: Item, facts: Facts, outcome: Outcome) -> tuple[Material, ...]:
    asked = [material for material in item.materials if all_hold(material.when, facts)]
    if not item.tables:
        return tuple(asked)
    added = {key for one in outcome.decisions for key in one.row.add}
    removed = {key for one in outcome.decisions for key in one.row.remove}
    by_table = {key for table in item.tables for row in table.rows for key in row.add}
    points: dict[str, tuple[str, ...]] = {}
    for one in outcome.decisions:
        for point in one.row.points:
            points[point.material] = (*points.get(point.material, ()), point.text)
    wanted = {material.key for material in asked if material.when or material.key not in by_table}
    wanted = (wanted | added) - removed
    return tuple(
        replace(material, review_points=(*material.review_points, *points[material.key]))
        if material.key in points
        else material
        for material in item.materials
        if material.key in wanted
    )


def _promised(item: Item, outcome: Outcome) -> Term:
    """The shortest of the terms that rows give: a promise made once holds."""
    terms = [one.row for one in outcome.decisions if one.row.promised is not None]
    if not terms:
        return item.promised
    row = min(terms, key=lambda one: one.promised or 0)
    return Term(row.promised or 0, item.promised.unit, row.basis or item.promised.basis)


def _fees(item: Item, outcome: Outcome) -> tuple[Fee, ...]:
    by_table = {name for table in item.tables for row in table.rows for name in row.fees}
    charged = {name for one in outcome.decisions for name in one.row.fees}
    return tuple(fee for fee in item.fees if fee.name not in by_table or fee.name in charged)


def _valid_months(item: Item, outcome: Outcome) -> int | None:
    given = [one.row.valid_months for one in outcome.decisions if one.row.valid_months is not None]
    return given[-1] if given else item.result.valid_months if item.result else None


# --- the questions ---


def _walk(item: Item, answers: Mapping[str, str]) -> tuple[tuple[Question, ...], dict[str, Fact]]:
    shown: list[Question] = []
    facts: dict[str, Fact] = {}
    for question in item.questions:
        if not all_hold(question.show_if, facts):
            continue
        shown.append(question)
        answer = answers.get(question.key, "")
        if not answer:
            break
        option = _option(question, answer)
        facts[question.key] = option.value
        if option.ineligible:
            break
    return tuple(shown), facts


def _option(question: Question, answer: object) -> Option:
    for option in question.options:
        if option.value == answer:
            return option
    raise Malformed(
        question.key,
        f"“{_short(str(answer))}”不是“{question.text}”的选项",
        "请选择：" + "、".join(option.label for option in question.options),
    )


def _short(text: str) -> str:
    """What someone sent, fit to be shown again: cut, and without characters that cannot be printed."""
    return "".join(character for character in text[:40] if character.isprintable())
