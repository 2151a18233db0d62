"""能不能办: what an item's rules say of someone who has not applied yet. Nothing is kept, and nobody signs in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from banjie.engine.catalogue import Item, Question
from banjie.engine.counterfactuals import Reason, Way, ways_sooner, ways_to_apply, ways_without, why_material, why_term
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact
from banjie.engine.situations import Resolution, resolve
from banjie.engine.table_cells import read_value
from banjie.engine.table_space import Dimension, dimensions


@dataclass(frozen=True, slots=True)
class Wanted:
    """A material asked for in this situation, with why, and by which changes it would not be."""

    key: Annotated[str, "材料编码"]
    name: Annotated[str, "材料名称"]
    required: Annotated[bool, "是否必须"]
    held: Annotated[bool, "有电子证照的免提交"]
    why: Annotated[tuple[str, ...], "为什么要这份材料，附依据"]
    not_if: Annotated[tuple[str, ...], "怎样就不用交"]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether one may apply as things stand, why, and what would change that."""

    eligible: Annotated[bool | None, "可以办 true，现在不能办 false，还要知道更多 null"]
    reason: Annotated[str, "不能办的理由和该怎么办"]
    basis: Annotated[str, "不能办的依据"]
    yes_if: Annotated[tuple[str, ...], "怎样就可以办，最多三种，附依据"]
    still_open: Annotated[tuple[str, ...], "还要知道的问题或栏目的编码"]
    materials: Annotated[tuple[Wanted, ...], "这种情形要的材料"]
    promised: Annotated[str, "承诺办结时限"]
    promised_why: Annotated[tuple[str, ...], "时限的由来"]
    sooner_if: Annotated[tuple[str, ...], "怎样可以更快"]
    statutory: Annotated[str, "法定办结时限"]
    fee_fen: Annotated[int, "收费合计，分"]
    visits: Annotated[int, "到现场次数"]
    valid_months: Annotated[int | None, "证照有效月数，0 为长期"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What was given, split into answers and facts of the form, and what it comes to."""

    item: Item
    answers: dict[str, str]
    data: dict[str, Fact]
    resolution: Resolution
    on: date

    @property
    def question(self) -> Question | None:
        """The next guiding question to be answered."""
        return self.resolution.next_question

    @property
    def undecided(self) -> tuple[Dimension, ...]:
        """The facts of the form that would still decide something, once the questions are answered."""
        known = dimensions(self.item)
        return tuple(known[column.fact] for column in self.resolution.outcome.undecided)

    @property
    def eligible(self) -> bool | None:
        """True or False when it is settled; None while more must be known."""
        if self.resolution.ineligible:
            return False
        return None if not self.resolution.complete or self.resolution.outcome.may_rule_out else True

    @property
    def ways(self) -> tuple[Way, ...]:
        """By which changes one could apply."""
        return ways_to_apply(self.item, self.answers, self.data, on=self.on)


def judge(item: Item, given: Mapping[str, str], on: date) -> Judged:
    """What answers (option values) and facts of the form (as people write them) come to on a day.

    Answers to questions that are not asked are dropped. Raises `Malformed` naming the fact.
    """
    questions = {question.key for question in item.questions}
    known = dimensions(item)
    answers: dict[str, str] = {}
    data: dict[str, Fact] = {}
    for fact, text in given.items():
        if fact in questions:
            answers[fact] = text
        elif fact not in known:
            raise Malformed(fact[:40], "这个事项没有这个问题或栏目", "可用：" + "、".join([*questions, *known]))
        elif text.strip():
            data[fact] = _read(known[fact], text.strip())
    resolution = resolve(item, answers, data, on=on)
    return Judged(item, {key: str(value) for key, value in resolution.facts.items()}, data, resolution, on)


def _read(dimension: Dimension, text: str) -> Fact:
    try:
        value = read_value(dimension.kind, text)
    except Malformed as wrong:
        raise Malformed(dimension.fact, wrong.reason, wrong.remedy) from None
    number = isinstance(value, int) and not isinstance(value, bool)
    if number and not dimension.low <= int(value) <= dimension.high:  # type: ignore[arg-type]  # a number, as asked.
        least, most = dimension.say(dimension.low), dimension.say(dimension.high)
        raise Malformed(dimension.fact, f"应在 {least} 至 {most} 之间", "请核对数值")
    if dimension.labels and str(value) not in dimension.labels:
        raise Malformed(dimension.fact, "不在可选范围内", "请选择：" + "、".join(dimension.labels.values()))
    return value


def told(judged: Judged) -> Eligibility:
    """The whole answer in words."""
    item, found = judged.item, judged.resolution
    no = found.outcome.ruled_out
    still = [judged.question.key] if judged.question else [one.fact for one in judged.undecided]
    return Eligibility(
        eligible=judged.eligible,
        reason=found.ineligible,
        basis=no.row.basis if no else "",
        yes_if=tuple(way_words(way, "就可以办") for way in judged.ways),
        still_open=tuple(still),
        materials=wanted(judged),
        promised=found.promised.label,
        promised_why=reasons(why_term(found)),
        sooner_if=tuple(
            way_words(way, "可以更快办完") for way in ways_sooner(item, judged.answers, judged.data, on=judged.on)
        ),
        statutory=item.statutory.label,
        fee_fen=sum(fee.amount_fen for fee in found.fees),
        visits=item.visits,
        valid_months=found.valid_months,
    )


def wanted(judged: Judged) -> tuple[Wanted, ...]:
    """The materials of this situation. Those every applicant hands in have no way round them, so none is looked for."""
    item, found = judged.item, judged.resolution
    by_table = {key for table in item.tables for row in table.rows for key in (*row.add, *row.remove)}
    return tuple(
        Wanted(
            key=one.key,
            name=one.name,
            required=one.required,
            held=bool(one.held),
            why=reasons(why_material(item, found, one)),
            not_if=tuple(
                way_words(way, "就不用交")
                for way in ways_without(item, judged.answers, judged.data, one.key, on=judged.on)
            )
            if one.when or one.key in by_table
            else (),
        )
        for one in found.materials
    )


def way_words(way: Way, then: str) -> str:
    """A way in one sentence, with its clause."""
    return f"{way}，{then}" + (f"（{way.basis}）" if way.basis else "")


def reasons(found: tuple[Reason, ...]) -> tuple[str, ...]:
    """Reasons, each with its clause."""
    return tuple(f"{one.text}（{one.basis}）" if one.basis else one.text for one in found)
