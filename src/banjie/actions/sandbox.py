"""练习办件: begun, worked, scored; after enough of them somebody else is asked to grant the certification."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from banjie.actions.platform import Platform
from banjie.actions.staff import act_on_member
from banjie.engine import cases
from banjie.engine import sandbox as law
from banjie.engine.cases import Law
from banjie.engine.cases.acts import AskCorrection
from banjie.engine.error_classes import ERROR_NAMES, ErrorClass
from banjie.engine.sandbox import RULE, Exercise, Practice
from banjie.engine.situations import resolve
from banjie.engine.staff import ProposeCertification, Side
from banjie.engine.subject import Refused
from banjie.packs.sample import sample_data, sample_papers
from banjie.packs.sandbox import exercises
from banjie.packs.staff import staff_rules
from banjie.records import sandbox, staff
from banjie.records.people import MACHINE, Standing
from banjie.records.sandbox import PracticeRow


@dataclass(frozen=True, slots=True)
class Opened:
    """A practice with its exercise and the law it is done under."""

    row: PracticeRow
    exercise: Exercise
    law: Law


def begin(platform: Platform, exercise: str, *, actor: Standing) -> str:
    """Opens an exercise, or the one she has open already; answers with its identifier. Raises `Refused`."""
    task = exercises().get(exercise)
    found = platform.laws.published(platform.region, task.item) if task else None
    if task is None or found is None:
        raise Refused("没有这道练习", rule=RULE, remedy="请从练习列表中选择", field="exercise")
    me = actor.actor.account
    known = sandbox.open_of(platform.database, actor.eyes, me).get(exercise)
    if known:
        return known
    resolution = resolve(found.item, task.answers)
    practice = law.begin(
        task,
        found,
        data=sample_data(found.item.form, resolution.facts, task.data),
        papers=sample_papers(resolution.materials),
        account=me,
        name=actor.actor.name,
        number="练习",
        now=platform.now(),
    )
    fresh = str(uuid.uuid4())
    sandbox.begin(platform.database, actor.eyes, actor.actor.region or platform.region, fresh, practice)
    return sandbox.open_of(platform.database, actor.eyes, me).get(exercise, fresh)


def opened(platform: Platform, practice_id: str, *, actor: Standing) -> Opened | None:
    """A practice of hers; None when there is none, or its exercise is not there any more."""
    row = sandbox.find(platform.database, actor.eyes, practice_id)
    task = exercises().get(row.practice.exercise) if row else None
    if row is None or task is None:
        return None
    return Opened(row, task, platform.laws.law(platform.region, row.practice.case.item, row.practice.case.edition))


def mark(platform: Platform, one: Opened, marks: dict[str, str], *, actor: Standing) -> Opened:
    """Keeps what she has marked, all of it: class by target, "" for nothing wrong. Raises `Refused`."""
    practice = one.row.practice
    known = law.targets(one.exercise, one.law.item, practice)
    for target, error in marks.items():
        practice = law.mark(practice, known, target, error)
    return _kept(platform, one, practice, actor)


def act(platform: Platform, one: Opened, command: cases.Command, *, actor: Standing) -> Opened:
    """Does an act on the practice case; when that ends it and enough are passed, proposes the certification."""
    practice = law.act(
        one.row.practice,
        one.exercise,
        command,
        law=one.law,
        scoring=staff_rules().scoring,
        now=platform.now(),
    )
    kept = _kept(platform, one, practice, actor)
    if practice.result is not None and practice.result.passed:
        _propose(platform, kept, actor)
    return kept


def correction(one: Opened) -> AskCorrection:
    """The correction that asks for everything marked in the application and its papers."""
    material = {entry.key: entry for entry in one.law.item.materials}
    asks = []
    for target, error in one.row.practice.marks.items():
        kind, _, key = target.partition(":")
        if kind not in ("material", "form"):
            continue
        basis = material[key].basis if key in material else "申请表填写要求"
        asks.append(
            cases.Ask(
                material=key if kind == "material" else target,
                problem=f"{ERROR_NAMES[ErrorClass(error)]}：与要求不符",
                requirement="请改正后重新提交",
                basis=basis,
            )
        )
    return AskCorrection(asks=tuple(asks))


def _kept(platform: Platform, one: Opened, practice: Practice, actor: Standing) -> Opened:
    if not sandbox.keep(platform.database, actor.eyes, one.row, practice):
        raise Refused("这次练习在另一个页面上有了改动", rule=RULE, remedy="请刷新后再试")
    row = PracticeRow(one.row.id, one.row.region, one.row.version + 1, practice)
    return Opened(row, one.exercise, one.law)


def _propose(platform: Platform, one: Opened, actor: Standing) -> None:
    """提请授予上岗资格, once enough exercises of the item are passed; nothing when it is hers or asked for already."""
    custom = staff_rules().certifying
    account, item = actor.actor.account, one.row.practice.item
    many = sandbox.passed(platform.database, account, item)
    member = staff.find(platform.database, account)
    if many < custom.passes or member is None:
        return
    today = platform.today()
    name = one.law.item.heading
    if staff.certified(platform.database, [account], item, today, kind=one.law.item.kind.value):
        return
    if any(wish.certification is not None and wish.certification.item == item for wish in member.member.wishes):
        return
    until = today + timedelta(days=custom.valid_days - 1)
    act_on_member(
        platform,
        ProposeCertification(item, name, today, until, f"练习办件通过 {many} 次"),
        actor=MACHINE,
        account=account,
        region=member.region,
        side=Side(),
    )
