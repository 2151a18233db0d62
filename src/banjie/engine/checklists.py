"""审查要点核对: who has held which review point against a paper, when, and what came of it.

A tick holds for what lay there when it was made (`ground`); when the paper is replaced it has to be made again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from banjie.engine import permissions
from banjie.engine.case_files import NO_CASE, About
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused

RULE = "审查要点核对规则"


class Verdict(StrEnum):
    """核对结果."""

    MET = "met"
    NOT_MET = "not_met"
    UNCLEAR = "unclear"


VERDICT_NAMES = {Verdict.MET: "符合", Verdict.NOT_MET: "不符合", Verdict.UNCLEAR: "说不准"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a material, what is found, and a note. `ground` is the hash of what lies there, from the platform."""

    target: str
    point: str
    verdict: Verdict
    note: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True)
class TickPoints:
    """核对要点. `points` (target, point) are those the case is held against and `office` the one in whose name the
    official does it; both are given by the platform."""

    about: About
    marks: tuple[Mark, ...]
    points: tuple[tuple[str, str], ...]
    office: str = ""


@dataclass(frozen=True, slots=True)
class PointsTicked:
    """已核对."""

    at: datetime
    by: str
    name: str
    about: About
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """The last word on a point."""

    mark: Mark
    by: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Checklist:
    """All ticks of a case, one for each point."""

    about: About = NO_CASE
    ticks: tuple[Tick, ...] = ()

    def of(self, target: str, point: str, ground: str) -> Tick | None:
        """The tick on a point, if it is about what lies there now."""
        return next(
            (
                one
                for one in self.ticks
                if (one.mark.target, one.mark.point, one.mark.ground) == (target, point, ground)
            ),
            None,
        )

    def former(self, target: str, point: str, ground: str) -> Tick | None:
        """A tick on a point that was about something else: the paper has been replaced since."""
        return next(
            (
                one
                for one in self.ticks
                if (one.mark.target, one.mark.point) == (target, point) and one.mark.ground != ground
            ),
            None,
        )


KINDS: dict[str, type[PointsTicked]] = {"PointsTicked": PointsTicked}
"""Every kind of event by its name in the journal."""


def decide(checklist: Checklist, command: TickPoints, *, actor: Actor, now: datetime) -> tuple[PointsTicked, ...]:
    """What follows; nothing when every mark is already so. Raises `Refused`."""
    permissions.require(
        actor,
        "TickPoints",
        holder=command.about.holder,
        organ=command.about.organ,
        step_office=command.office,
        what="核对要点",
    )
    if not command.marks:
        raise Refused("没有选任何一条", rule=RULE, remedy="请至少核对一条要点", field="marks")
    known = set(command.points)
    for one in command.marks:
        if (one.target, one.point) not in known:
            raise Refused(f"没有公布“{one.point[:60]}”这条审查要点", rule="行政许可法第三十条", remedy="请刷新页面")
        if not one.ground:
            raise Refused("这份材料还没有提交，不能核对", rule=RULE, remedy="请等申请人提交后再核对")
        if one.verdict is not Verdict.MET and not one.note.strip():
            raise Refused(
                f"“{one.point[:60]}”{VERDICT_NAMES[one.verdict]}，没有写明情况",
                rule=RULE,
                remedy="请写明看到了什么，补正通知书会用到这句话",
                field=f"note:{one.target}|{one.point}",
            )
    fresh = tuple(one for one in command.marks if not _stands(checklist, one))
    if not fresh:
        return ()
    return (PointsTicked(now, actor.account, actor.name, command.about, fresh),)


def _stands(checklist: Checklist, mark: Mark) -> bool:
    tick = checklist.of(mark.target, mark.point, mark.ground)
    return tick is not None and tick.mark == mark


def evolve(checklist: Checklist, event: PointsTicked) -> Checklist:
    """What is true after `event`."""
    newer = {(one.target, one.point) for one in event.marks}
    kept = tuple(one for one in checklist.ticks if (one.mark.target, one.mark.point) not in newer)
    fresh = tuple(Tick(one, event.by, event.name, event.at) for one in event.marks)
    return replace(checklist, about=event.about, ticks=(*kept, *fresh))


@dataclass(frozen=True, slots=True)
class Count:
    """How far the checking is: points in all, ticked, of these not met and unclear."""

    points: int
    ticked: int
    not_met: int
    unclear: int

    @property
    def words(self) -> str:
        """12 条要点已核对 12 条，1 条不符合."""
        if not self.points:
            return "没有审查要点"
        told = f"{self.points} 条要点已核对 {self.ticked} 条"
        told += f"，{self.not_met} 条不符合" if self.not_met else ""
        return told + (f"，{self.unclear} 条说不准" if self.unclear else "")


def count(checklist: Checklist, grounds: Mapping[tuple[str, str], str]) -> Count:
    """How far it is. `grounds` gives, for every point (target, point) of what was handed in, what lies there now."""
    found = [checklist.of(target, point, ground) for (target, point), ground in grounds.items()]
    verdicts = [one.mark.verdict for one in found if one is not None]
    return Count(len(grounds), len(verdicts), verdicts.count(Verdict.NOT_MET), verdicts.count(Verdict.UNCLEAR))
