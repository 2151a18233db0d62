"""A case as an official reads it: what was asked, what was filled in, which papers lie there, which clocks run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.urls import reverse

from banjie.actions.masking import is_company_code, masked
from banjie.actions.progress import MomentState, timeline
from banjie.actions.telling import events_told
from banjie.engine.cases import Case, Law, Paper, running
from banjie.engine.cases.state import STAGE_NAMES, Stage
from banjie.engine.catalogue import Material
from banjie.engine.form_answers import shown, visible_fields
from banjie.engine.forms import Field
from banjie.engine.situations import resolve, visible_questions
from banjie.records import desks, journal, people
from banjie.records.cases import Found
from banjie.records.people import Standing
from banjie.web.time_words import Words, name_of, of_clock
from banjie.wiring import platform

INLINE: Final = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
"""What a browser shows in a frame without running anything of the paper."""

_STATES: Final = {MomentState.DONE: "done", MomentState.NOW: "current", MomentState.NEXT: "todo"}

STAGE_KINDS: Final[Mapping[Stage, str]] = {
    Stage.SUBMITTED: "blue",
    Stage.PRECHECK: "blue",
    Stage.CORRECTING: "yellow",
    Stage.ACCEPTED: "blue",
    Stage.IN_REVIEW: "blue",
    Stage.SPECIAL: "grey",
    Stage.APPROVED: "green",
    Stage.DENIED: "red",
    Stage.DELIVERED: "green",
}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper that was handed in. `href` is "" when it is a certificate the city holds or may not be read."""

    name: str
    href: str
    inline: bool
    note: str


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """A material: what it is asked for by, what came in, what to hold it against."""

    key: str
    name: str
    basis: str
    state: str
    state_kind: str
    papers: tuple[PaperLine, ...]
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A running clock in words. `timer` and `step` name it in the address of its proof."""

    name: str
    words: Words
    due_on: date
    provisional: bool
    timer: str
    step: str


def stage_tag(case: Case) -> tuple[str, str]:
    """The stage in words and a colour of tag()."""
    return STAGE_NAMES[case.stage], STAGE_KINDS.get(case.stage, "grey")


def clocks(case: Case, law: Law, today: date) -> tuple[ClockLine, ...]:
    """Every running clock, the nearest day first."""
    return tuple(
        ClockLine(
            name_of(found, law),
            of_clock(found, today),
            found.reckoning.due_on,
            found.reckoning.provisional,
            found.timer.kind.value,
            found.step,
        )
        for found in running(case, law, today)
    )


def applicant(case: Case, *, clear: bool) -> list[tuple[str, str]]:
    """Who applies; codes and names of people are masked unless `clear`."""
    person = case.agent is not None and case.agent.name == case.holder.name
    name = case.holder.name if clear or not person else masked(case.holder.name, "name")
    code = case.holder.code if clear or is_company_code(case.holder.code) else masked(case.holder.code)
    rows = [("申请人", name), ("证件号码", code or "未登记")]
    if case.agent is not None and not person:
        rows.append(("经办人", case.agent.name if clear else masked(case.agent.name, "name")))
    return rows


def answers(case: Case, law: Law) -> list[dict[str, str]]:
    """The guiding questions and what was answered, as rows of summary_list()."""
    rows = []
    for question in visible_questions(law.item, case.answers):
        given = case.answers.get(question.key, "")
        label = next((option.label for option in question.options if option.value == given), given)
        rows.append({"key": question.text, "value": label})
    return rows


def sections(case: Case, law: Law, *, clear: bool) -> list[tuple[str, list[dict[str, str]]]]:
    """The form, section by section, as rows of summary_list(); personal fields masked unless `clear`."""
    facts = {**resolve(law.item, case.answers).facts, **case.data}
    visible = {field.key for field in visible_fields(law.item.form, facts)}
    found = []
    for section in law.item.form.sections:
        rows = [_row(field, case, clear) for field in section.fields if field.key in visible]
        if rows:
            found.append((section.title, rows))
    return found


def _row(field: Field, case: Case, clear: bool) -> dict[str, str]:
    words = shown(field, case.data.get(field.key))
    if words and field.personal and not clear:
        words = masked(words)
    return {"key": field.label, "value": f"{words} {field.unit}".strip() if words else ""}


def materials(case: Case, law: Law, address: str, *, clear: bool) -> tuple[MaterialLine, ...]:
    """The materials this case is asked for, with what came in. `address` is that of the case."""
    wanted = resolve(law.item, case.answers).materials
    return tuple(_material(material, case, address, clear) for material in wanted)


def _material(material: Material, case: Case, address: str, clear: bool) -> MaterialLine:
    given = tuple(paper for paper in case.papers if paper.material == material.key)
    tolerance = next((one for one in case.tolerances if one.material == material.key), None)
    if any(paper.held for paper in given):
        state, kind = "免提交", "green"
    elif given:
        state, kind = "已提交", "green"
    elif tolerance is not None:
        state, kind = f"容缺，{tolerance.due_on.month}月{tolerance.due_on.day}日前补齐", "yellow"
    elif material.key in case.later:
        state, kind = "申请容缺", "yellow"
    else:
        state, kind = ("未提交", "red") if material.required else ("未提交（可不交）", "grey")
    return MaterialLine(
        key=material.key,
        name=material.name,
        basis=material.basis,
        state=state,
        state_kind=kind,
        papers=tuple(_paper(paper, address, clear) for paper in given),
        points=material.review_points,
    )


def _paper(paper: Paper, address: str, clear: bool) -> PaperLine:
    if paper.held:
        return PaperLine(paper.name, "", False, f"电子证照 {paper.held}，已由系统核验")
    size = f"{paper.size / 1024 / 1024:.1f} MB" if paper.size >= 1024 * 1024 else f"{max(1, paper.size // 1024)} KB"
    href = f"{address}/paper/{paper.sha256}" if clear and paper.sha256 else ""
    return PaperLine(paper.name, href, paper.media_type in INLINE, size)


def first_inline(lines: tuple[MaterialLine, ...]) -> PaperLine | None:
    """The first paper that can be shown in the frame."""
    return next((paper for line in lines for paper in line.papers if paper.href and paper.inline), None)


def form_fields(case: Case, law: Law) -> list[tuple[str, str]]:
    """The visible fields as correction notices name them: (form:key, label)."""
    facts = {**resolve(law.item, case.answers).facts, **case.data}
    return [(f"form:{field.key}", field.label) for field in visible_fields(law.item.form, facts)]


def moments(standing: Standing, found: Found, law: Law, today: date) -> list[dict[str, Any]]:
    """What happened, opinions included, then where the case stands and what is to come, as events of timeline()."""
    database = platform().database
    entries = journal.history(database, standing.eyes, found.region, found.id)
    names = people.names_of(database, {entry.actor for entry in entries})
    names |= desks.organ_names(database, {step.office for step in law.item.workflow.steps if step.office})
    past = [
        {"title": one.title, "detail": one.text, "time": one.at, "who": one.who, "state": "done"}
        for one in events_told(entries, names, law)
    ]
    ahead = [
        {"title": one.title, "detail": one.text, "time": one.at or "", "who": one.who, "state": _STATES[one.state]}
        for one in timeline(found, (), law, today, names)
    ]
    return past + ahead


def law_of(found: Found) -> Law:
    """The law a case was filed under."""
    return platform().laws.law(found.region, found.case.item, found.case.edition)


def address_of(region: str, number: str) -> str:
    """The address of a case on the desk."""
    return reverse("case", args=(region, number))
