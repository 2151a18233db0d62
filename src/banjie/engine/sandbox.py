"""练习办件: a made-up application with faults put into it on purpose, worked under the real law, scored by formula.

The application is a case like any other: what the newcomer does to it goes through `cases.decide`, and the law refuses
her here what it would refuse her there. Beside the acts she marks what she finds wrong, and of which class it is. None
of it is a case of the city: it has a state of its own and is counted nowhere but in her results.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from banjie.engine import cases
from banjie.engine.cases import Case, Law, Stage
from banjie.engine.cases import acts as case_acts
from banjie.engine.catalogue import Item
from banjie.engine.error_classes import ERROR_NAMES, ErrorClass
from banjie.engine.filing import Paper, Party
from banjie.engine.forms import Value
from banjie.engine.permissions import Actor, Role
from banjie.engine.subject import Refused

RULE: Final = "练习办件规则"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault put in: where (`material:key`, `form:key`, `record:key`, `document:key`), its class, what is wrong."""

    target: str
    error: ErrorClass
    words: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Something to look at that is no part of the application: what a colleague did, or a document drafted."""

    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """练习题. `data` and `contents` change what a faultless application would say: fields by key, papers in words.

    `expected` are the acts (`AskCorrection`, …) any of which is right.
    """

    key: str
    name: str
    item: str
    intro: str
    expected: tuple[str, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    contents: Mapping[str, str] = field(default_factory=dict)
    records: tuple[Line, ...] = ()
    documents: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Scoring:
    """计分: percent of a fault's worth for the right place under the wrong class; points off for a false alarm and for
    the wrong act at the end; the mark from which it is passed."""

    half_for_class: int = 50
    false_alarm: int = 10
    wrong_act: int = 20
    pass_mark: int = 80


@dataclass(frozen=True, slots=True)
class Result:
    """How it came out. The four tuples are targets; `score` is 0 to 100."""

    found: tuple[str, ...]
    misnamed: tuple[str, ...]
    missed: tuple[str, ...]
    false_alarms: tuple[str, ...]
    right_act: bool
    score: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Practice:
    """A newcomer's work on an exercise: the case as it stands for her, what she has marked, what came of it."""

    exercise: str = ""
    item: str = ""
    account: str = ""
    name: str = ""
    begun_at: datetime | None = None
    case: Case = field(default_factory=Case)
    marks: Mapping[str, str] = field(default_factory=dict)
    """Class of error by target."""
    done: tuple[str, ...] = ()
    """The acts she has done, by name, in their order."""
    finished_at: datetime | None = None
    result: Result | None = None


# Acts with which the practice is not over yet: they lead to the place where something must be decided.
_ON_THE_WAY: Final = (case_acts.Claim, case_acts.StartReview)

ACTS: Final = (
    case_acts.Claim,
    case_acts.Accept,
    case_acts.AskCorrection,
    case_acts.FindNotRequired,
    case_acts.FindNotCompetent,
)
"""What can be done in practice: the work at the door, where newcomers begin."""


def begin(
    exercise: Exercise,
    law: Law,
    *,
    data: Mapping[str, Value],
    papers: tuple[Paper, ...],
    account: str,
    name: str,
    number: str,
    now: datetime,
) -> Practice:
    """Opens an exercise: the application is handed in under the law as it stands. Raises `Refused` as that would."""
    holder = Party("practice", "练习申请人", "")
    applicant = Actor(
        "practice", holder.name, frozenset({Role.APPLICANT}), law.item.region, parties=frozenset({holder.id})
    )
    filed = case_acts.Submit(
        number=number,
        query_code="",
        item=law.item.code,
        edition=law.item.edition,
        region=law.item.region,
        organ=law.item.organ,
        holder=holder,
        answers=exercise.answers,
        data=data,
        papers=papers,
        promised=law.item.by_promise,
    )
    case = cases.fold(cases.decide(Case(), filed, actor=applicant, now=now, law=law))
    return Practice(exercise.key, law.item.code, account, name, now, case)


def trainee(practice: Practice, law: Law) -> Actor:
    """The newcomer as the practice sees her: a clerk at the organ's window, whatever her real posts are."""
    return Actor(
        practice.account, practice.name, frozenset({Role.WINDOW}), law.item.region, frozenset({law.item.organ})
    )


def targets(exercise: Exercise, item: Item, practice: Practice) -> tuple[str, ...]:
    """Everything that can be marked: the materials asked for, the fields filled, the records and documents shown."""
    handed = {paper.material for paper in practice.case.papers}
    given = [f"form:{one.key}" for one in item.form.fields if one.key in practice.case.data]
    asked = [f"material:{one.key}" for one in item.materials if one.key in handed]
    more = [f"record:{one.key}" for one in exercise.records] + [f"document:{one.key}" for one in exercise.documents]
    return (*asked, *given, *more)


def mark(practice: Practice, known: tuple[str, ...], target: str, error: str) -> Practice:
    """Marks something as wrong, of that class; with no class, takes the mark back. Raises `Refused`."""
    _require_open(practice)
    if target not in known:
        raise Refused("没有这一处", rule=RULE, remedy="请在页面上列出的各处中选择", field="target")
    if error and error not in set(ErrorClass):
        raise Refused("没有这个差错类别", rule=RULE, remedy="可选：" + "、".join(ERROR_NAMES.values()), field="error")
    others = {key: value for key, value in practice.marks.items() if key != target}
    return replace(practice, marks=others | {target: error} if error else others)


def act(
    practice: Practice, exercise: Exercise, command: cases.Command, *, law: Law, scoring: Scoring, now: datetime
) -> Practice:
    """Does an act on the practice case by the real law. One that settles it ends the practice. Raises `Refused`."""
    _require_open(practice)
    if not isinstance(command, ACTS):
        raise Refused("练习中不能这样办", rule=RULE, remedy="请从页面列出的操作中选择")
    events = cases.decide(practice.case, command, actor=trainee(practice, law), now=now, law=law)
    after = replace(practice, case=cases.fold(events, practice.case), done=(*practice.done, type(command).__name__))
    if isinstance(command, _ON_THE_WAY):
        return after
    return replace(after, finished_at=now, result=score(exercise, after, scoring))


def open_acts(practice: Practice, law: Law) -> tuple[type[cases.Command], ...]:
    """The acts she may try now."""
    if practice.finished_at is not None or practice.case.stage is Stage.WITHDRAWN:
        return ()
    return tuple(one for one in cases.possible(practice.case, trainee(practice, law), law) if one in ACTS)


def score(exercise: Exercise, practice: Practice, scoring: Scoring) -> Result:
    """What was found, what was missed, what was no fault: and the points that makes."""
    seeded = {fault.target: fault.error for fault in exercise.faults}
    found = tuple(target for target, error in seeded.items() if practice.marks.get(target) == error)
    misnamed = tuple(target for target in seeded if target in practice.marks and target not in found)
    missed = tuple(target for target in seeded if target not in practice.marks)
    false_alarms = tuple(target for target in practice.marks if target not in seeded)
    right_act = bool(practice.done) and practice.done[-1] in exercise.expected
    # Points are reckoned in hundredths of the whole, so that the formula has no fractions that depend on its order.
    worth = 100 * len(found) + scoring.half_for_class * len(misnamed)
    base = worth // len(seeded) if seeded else 100
    points = base - scoring.false_alarm * len(false_alarms) - (0 if right_act else scoring.wrong_act)
    points = max(0, min(100, points))
    return Result(found, misnamed, missed, false_alarms, right_act, points, points >= scoring.pass_mark)


def _require_open(practice: Practice) -> None:
    if practice.finished_at is not None:
        raise Refused("这次练习已经结束", rule=RULE, remedy="请重新开始一次练习")
