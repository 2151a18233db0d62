"""A file of cases of elsewhere, taken in batch by batch, with what came of each and what was odd."""

from collections.abc import Callable
from dataclasses import dataclass, field

from banjie.actions.cases_elsewhere import BATCH, Became, take
from banjie.actions.platform import Platform
from banjie.engine.external_cases import Examined, is_late
from banjie.engine.subject import Refused
from banjie.packs.case_rows import Told
from banjie.packs.import_report import Line, Severity
from banjie.records.people import Standing


@dataclass(slots=True)
class Intake:
    """Counts cases, each once, however often its rows come. `steps` are the records read so far."""

    platform: Platform
    actor: Standing
    tell: Callable[[Line], None]
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    ended: int = 0
    late: int = 0
    steps: int = 0
    _waiting: dict[tuple[str, str], Told] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    @property
    def imported(self) -> int:
        """Cases that are known now as the file has them."""
        return self.new + self.changed + self.unchanged

    def add(self, one: Told | Line) -> None:
        """A case, or a line about a row that belongs to none."""
        if isinstance(one, Line):
            self.refused += one.severity is Severity.REFUSED
            self.tell(one)
            return
        if one.refused is not None or one.examined is None:
            self._refuse(one, one.refused)
            return
        report = one.examined.report
        key = (report.region, report.number)
        if key in self._waiting or len(self._waiting) >= BATCH:
            self.flush()
        if self._waiting and next(iter(self._waiting))[0] != report.region:
            self.flush()  # One region at a time.
        self._waiting[key] = one
        self.steps += len(report.steps)

    def flush(self) -> None:
        """Keeps what waits."""
        waiting = list(self._waiting.values())
        self._waiting.clear()
        examined = [one.examined for one in waiting if one.examined is not None]
        for one, taken in zip(waiting, take(self.platform, examined, actor=self.actor), strict=True):
            if taken.became is Became.REFUSED:
                self._refuse(one, taken.refused)
                continue
            for line in one.lines:
                self.tell(line)
            self._count(taken.told, taken.became)

    def _count(self, told: Examined, became: Became) -> None:
        report, facts = told.report, told.report.facts
        mark = hash((report.region, report.source, report.number))
        if mark in self._seen:
            return
        self._seen.add(mark)
        self.new += became is Became.NEW
        self.changed += became is Became.CHANGED
        self.unchanged += became is Became.UNCHANGED
        self.ended += facts.ended_at is not None
        self.late += is_late(facts)

    def _refuse(self, one: Told, refused: Refused | None) -> None:
        self.refused += 1
        for line in one.lines:
            self.tell(line)
        if refused is not None:
            self.tell(
                Line(one.row, one.number, refused.field or "整件", Severity.REFUSED, "", refused.reason, refused.remedy)
            )
