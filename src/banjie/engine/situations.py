"""情形引导: a few questions before the form fix what is asked for, and stop who cannot apply."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from banjie.engine.catalogue import Item, Material, Option, Question
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact, Facts, all_hold


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the answers come to.

    `next_question` is the first question still open (None once `complete`). `ineligible` says why one cannot
    apply and what to do instead, "" if one can. `materials` are those asked for by what is known so far.
    `facts` are the answers to the questions that are shown; answers to questions no longer shown are dropped.
    """

    complete: bool
    next_question: Question | None
    ineligible: str
    materials: tuple[Material, ...]
    facts: dict[str, Fact] = field(default_factory=dict)


def visible_questions(item: Item, answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions these answers lead to, answered ones included, in order, up to the first one open."""
    shown, _ = _walk(item, answers)
    return shown


def resolve(item: Item, answers: Mapping[str, str]) -> Resolution:
    """What the answers (question key → option value) come to.

    Raises `Malformed` when an answer is given to a question the item does not have, or is not one of its
    options.
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
    next_question = last if last is not None and last.key not in facts and not ineligible else None
    return Resolution(
        complete=not ineligible and next_question is None,
        next_question=next_question,
        ineligible=ineligible,
        materials=materials_for(item, facts),
        facts=facts,
    )


def materials_for(item: Item, facts: Facts) -> tuple[Material, ...]:
    """The materials asked for when these facts (answers and fields of the form) are known."""
    return tuple(material for material in item.materials if all_hold(material.when, facts))


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
