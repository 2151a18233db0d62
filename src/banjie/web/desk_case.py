"""A case as an official reads it: what was asked, what was filled in, which papers lie there, which clocks run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.urls import reverse

from banjie.actions.form_masking import personal_values
from banjie.actions.masking import held_number, masked, paper_name, party_code, party_name
from banjie.actions.progress import MomentState, timeline
from banjie.actions.telling import accounts_in, events_told
from banjie.engine.calendar import chinese_date
from banjie.engine.cases import Case, Law, Paper, running, situation
from banjie.engine.cases.state import STAGE_NAMES, Stage
from banjie.engine.catalogue import Material
from banjie.engine.endorsements import name_of as target_name
from banjie.engine.endorsements import what_changed
from banjie.engine.form_answers import visible_fields
from banjie.engine.forms import Field
from banjie.engine.prechecks import VERDICT_NAMES, WHOLE, Checked, Verdict
from banjie.engine.situations import resolve, visible_questions
from banjie.records import desks, journal, people
from banjie.records.cases import Found
from banjie.records.people import Standing
from banjie.web.form_groups import in_words
from banjie.web.jinja import money
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
    sha256: str = ""

    @property
    def view(self) -> str:
        """The page on which it can be read enlarged, "" where it cannot be shown."""
        return f"{self.href}/view" if self.href and self.inline else ""


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
    prechecked: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """What the pre-check said of a point: in words, a colour of tag(), and why."""
    whole: str = ""
    """What the pre-check found wrong with the file itself."""


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
    name = party_name(case.holder.name, case.holder.code, clear=clear)
    rows = [("申请人", name), ("证件号码", party_code(case.holder.code, clear=clear) or "未登记")]
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
    people = personal_values(case.holder, case.agent)
    found = []
    for section in law.item.form.sections:
        rows = [_row(field, case, clear, people) for field in section.fields if field.key in visible]
        if rows:
            found.append((section.title, rows))
    return found


def _row(field: Field, case: Case, clear: bool, people: Collection[str]) -> dict[str, str]:
    return {"key": field.label, "value": in_words(field, case.data.get(field.key), clear=clear, people=people)}


def materials(case: Case, law: Law, address: str, *, clear: bool) -> tuple[MaterialLine, ...]:
    """The materials this case is asked for, with what came in. `address` is that of the case."""
    wanted = situation(case, law).materials
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
        whole=next(
            (one.why for one in case.prechecked if clear and (one.material, one.point) == (material.key, WHOLE)), ""
        ),
        key=material.key,
        name=material.name,
        basis=material.basis,
        state=state,
        state_kind=kind,
        papers=tuple(_paper(paper, material.name, address, clear) for paper in given),
        points=material.review_points,
        prechecked={one.point: _prechecked(one, clear) for one in case.prechecked if one.material == material.key},
    )


def _prechecked(one: Checked, clear: bool) -> tuple[str, str, str]:
    if one.by_self:
        return "申请人已对照", "grey", ""
    kind = "green" if one.verdict is Verdict.MET else "yellow"
    # Why it was found so quotes the paper and the form.
    return f"预审：{VERDICT_NAMES[one.verdict]}", kind, one.why if clear else ""


def _paper(paper: Paper, material: str, address: str, clear: bool) -> PaperLine:
    name = paper_name(paper.name, material, clear=clear)
    if paper.held:
        return PaperLine(name, "", False, f"电子证照 {held_number(paper.held, clear=clear)}，已由系统核验")
    size = f"{paper.size / 1024 / 1024:.1f} MB" if paper.size >= 1024 * 1024 else f"{max(1, paper.size // 1024)} KB"
    href = f"{address}/paper/{paper.sha256}" if clear and paper.sha256 else ""
    return PaperLine(name, href, paper.media_type in INLINE, size, paper.sha256 if href else "")


def decided_by(case: Case, law: Law) -> list[dict[str, str]]:
    """The rows of the item's tables that decided what is asked for here, with what they bring about, why and by which
    clause."""
    names = {material.key: material.name for material in law.item.materials}
    rows = []
    for one in situation(case, law).outcome.decisions:
        row, told = one.row, []
        if row.add:
            told.append("要交" + "、".join(names.get(key, key) for key in row.add))
        if row.remove:
            told.append("不用交" + "、".join(names.get(key, key) for key in row.remove))
        told += [f"另看“{names.get(point.material, point.material)}”：{point.text}" for point in row.points]
        if row.promised is not None:
            told.append(f"承诺时限 {row.promised}")
        if row.fees:
            told.append("收费" + "、".join(row.fees))
        if row.valid_months is not None:
            told.append(f"证照有效期 {row.valid_months} 个月" if row.valid_months else "证照长期有效")
        if not row.eligible:
            told.append("不符合条件")
        rows.append(
            {
                "table": f"{one.table.name} 第 {one.number} 行",
                "told": "；".join(told) or "按通常情形办理",
                "reason": row.reason,
                "basis": row.basis,
            }
        )
    return rows


def fees(case: Case, law: Law) -> list[tuple[str, str]]:
    """What this application costs, as its tables say: the charge, and its amount with the clause."""
    return [(one.name, f"{money(one.amount_fen)}（{one.basis}）") for one in situation(case, law).fees]


def endorsed(case: Case, law: Law) -> list[dict[str, str]]:
    """What the pre-application service found in order, and whether that still stands: words and a colour of tag()."""
    rows = []
    for one in case.endorsements:
        changed = what_changed(one, law.item, case.data, case.papers)
        lifted = (one.target, one.point) in case.lifted
        state = ("已准许重新审查", "yellow") if lifted else (changed, "grey") if changed else ("仍然有效", "green")
        rows.append(
            {
                "name": target_name(law.item, one.target),
                "point": one.point,
                "who": f"{one.name} {chinese_date(one.on)}",
                "state": state[0],
                "kind": state[1],
            }
        )
    return rows


def first_inline(lines: tuple[MaterialLine, ...]) -> PaperLine | None:
    """The first paper that can be shown in the frame."""
    return next((paper for line in lines for paper in line.papers if paper.href and paper.inline), None)


def form_fields(case: Case, law: Law) -> list[tuple[str, str]]:
    """The visible fields as correction notices name them: (form:key, label)."""
    facts = {**resolve(law.item, case.answers).facts, **case.data}
    return [(f"form:{field.key}", field.label) for field in visible_fields(law.item.form, facts)]


def moments(standing: Standing, found: Found, law: Law, today: date, *, clear: bool) -> list[dict[str, Any]]:
    """What happened, opinions included, then where the case stands and what is to come, as events of timeline();
    the names of those who apply are masked unless `clear`."""
    database = platform().database
    entries = journal.history(database, standing.eyes, found.region, found.id)
    names = people.names_of(database, accounts_in(entries))
    names |= desks.organ_names(database, {step.office for step in law.item.workflow.steps if step.office})
    past = [
        {"title": one.title, "detail": one.text, "time": one.at, "who": one.who, "state": "done"}
        for one in events_told(entries, names, law, clear=clear)
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
