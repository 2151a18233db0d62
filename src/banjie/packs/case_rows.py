"""A log of another system, read row by row into reports of cases, in bounded memory.

The rows of a case usually stand together, but need not: cases are kept open until so many others have come between.
What comes later still is told as more steps of a case that is known by then.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from banjie.engine.external_cases import (
    ODDITY_WORDS,
    Examined,
    Facts,
    Oddity,
    Remark,
    Report,
    Step,
    examine,
)
from banjie.engine.ids import Malformed, RegionCode
from banjie.engine.subject import Refused
from banjie.packs.case_mapping import CaseMapping, Office
from banjie.packs.import_report import Line, Severity
from banjie.packs.tables import BrokenRow, Row, read_rows
from banjie.packs.xes import read_xes

OPEN_AT_ONCE: Final = 5_000
"""Cases whose rows are still waited for."""


class _Unread(ValueError):
    """A cell that says nothing we understand: field, value, remedy."""

    def __init__(self, label: str, value: str, remedy: str) -> None:
        super().__init__(label, value)
        self.label, self.value, self.remedy = label, value, remedy


@dataclass(slots=True)
class Told:
    """A case as its rows tell of it, with the row it begins in, and lines about rows of it that were left out."""

    row: int
    number: str
    examined: Examined | None = None
    refused: Refused | None = None
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    row: int
    facts: Mapping[str, object]
    steps: list[Step] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def read_cases(
    path: Path, mapping: CaseMapping, *, region: str, organs: Mapping[str, Office], now: datetime
) -> Iterator[Told | Line]:
    """Every case of the file, and a line of severity refused for each row that belongs to none.

    `organs` are the city's organs by code and by name. A case whose rows stand far apart comes more than once. Raises
    Malformed when the file as a whole cannot be read.
    """
    reader = _Reader(mapping, region, organs, now)
    open_cases: OrderedDict[str, _Open] = OrderedDict()
    for row in read_xes(path) if mapping.xes else read_rows(path, mapping.source):
        if isinstance(row, BrokenRow):
            yield Line(row.number, "", "整行", Severity.REFUSED, row.text, row.reason, row.remedy)
            continue
        number = reader.text(row.values, "number")
        if not number:
            reason = "没有办件编号，不知道是哪个办件"
            yield Line(row.number, "", "办件编号", Severity.REFUSED, _shown(row), reason, "请补上办件编号")
            continue
        case = open_cases.get(number)
        if case is None:
            case = open_cases[number] = _Open(row.number, row.values)
            if len(open_cases) > OPEN_AT_ONCE:
                yield reader.told(*open_cases.popitem(last=False))
        else:
            case.facts = row.values  # What a later row says of the whole case is newer.
            open_cases.move_to_end(number)
        reader.add_step(case, row)
    for number, case in open_cases.items():
        yield reader.told(number, case)


def _shown(row: Row) -> str:
    return "、".join(str(value) for value in row.values.values() if value is not None)[:200]


class _Reader:
    """Reads cells by a mapping."""

    def __init__(self, mapping: CaseMapping, region: str, organs: Mapping[str, Office], now: datetime) -> None:
        self._mapping, self._region, self._organs, self._now = mapping, region, organs, now
        self._columns, self._missing, self._zone = dict(mapping.columns), mapping.missing, mapping.zone

    def text(self, values: Mapping[str, object], name: str) -> str:
        """The text of a field; "" where it says nothing."""
        column = self._columns.get(name)
        if column is None:
            return self._mapping.constants.get(name, "")
        value = values.get(column)
        if value is None:
            return ""
        text = value.strip() if type(value) is str else str(value).strip()
        if text in self._missing:
            return ""
        table = self._mapping.values.get(name)
        return table.get(text, text) if table else text

    def moment(self, values: Mapping[str, object], name: str, label: str) -> tuple[datetime | None, bool]:
        """The moment of a field, and whether it is a whole day. Raises `_Unread`."""
        column = self._columns.get(name)
        value = values.get(column) if column else None
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=self._zone), False
        if isinstance(value, date):
            return datetime.combine(value, time(), self._zone), True
        text = self.text(values, name)
        if not text:
            return None, False
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            try:
                found = datetime.fromisoformat(_tidied(text))
            except ValueError:
                raise _Unread(label, text, "请写成 2026-11-24 09:30:00 这样，可带时区") from None
        by_day = len(text) <= _LONGEST_DAY and ":" not in text and "T" not in text
        return found if found.tzinfo else found.replace(tzinfo=self._zone), by_day

    def add_step(self, case: _Open, row: Row) -> None:
        """Adds the row's step to its case; one that cannot be read becomes a line of the report."""
        values = row.values
        lifecycles = self._mapping.lifecycles
        if lifecycles and self.text(values, "lifecycle") not in lifecycles:
            return
        number = self.text(values, "number")
        activity = self.text(values, "activity")
        try:
            at, _ = self.moment(values, "at", "环节时间")
            if not activity:
                raise _Unread("环节", "", "请补上环节名称")
            if at is None:
                raise _Unread("环节时间", "", "请补上办理时间")
        except _Unread as unread:
            reason = f"“{unread.value}”读不出来" if unread.value else f"没有{unread.label}"
            reason += "，这条环节没有收下"
            case.lines.append(Line(row.number, number, unread.label, Severity.ODD, unread.value, reason, unread.remedy))
            return
        by, office = self.text(values, "by"), self.text(values, "office")
        given = self.text(values, "id")
        case.steps.append(
            Step(
                id=given or f"{activity}@{at.isoformat()}",
                activity=activity[:200],
                at=at,
                meaning=self._mapping.meanings.get(activity),
                by=by,
                office=office,
            )
        )

    def told(self, number: str, case: _Open) -> Told:
        """The case its rows make, examined by the law."""
        told = Told(case.row, number, lines=case.lines)
        try:
            report, remarks = self._report(number, case)
            told.examined = examine(report, self._now, remarks)
        except Refused as refused:
            told.refused = refused
            return told
        told.lines.extend(_line(told, remark) for remark in told.examined.remarks)
        return told

    def _report(self, number: str, case: _Open) -> tuple[Report, list[Remark]]:
        values, remarks = case.facts, list[Remark]()
        moments: dict[str, tuple[datetime | None, bool]] = {}
        for name, label in (("started_at", "开始时间"), ("due_at", "截止时间"), ("ended_at", "办结时间")):
            try:
                moments[name] = self.moment(values, name, label)
            except _Unread as unread:
                raise Refused(
                    f"“{unread.value}”读不出时间", rule="办件归集规范", remedy=unread.remedy, field=label
                ) from None
        started = moments["started_at"][0]
        if started is None:
            if not case.steps:
                raise Refused(
                    "没有开始时间，也没有一条读得出的环节",
                    rule="办件归集规范",
                    remedy="请补上开始时间",
                    field="开始时间",
                )
            started = min(step.at for step in case.steps)
            remarks.append(Remark(Oddity.NO_START, started.isoformat()))
        office = self._office(self.text(values, "organ"), remarks)
        facts = Facts(
            started_at=started,
            organ=office.code,
            organ_name=office.name,
            item=self.text(values, "item"),
            item_name=self.text(values, "item_name"),
            channel=self.text(values, "channel"),
            handler=self.text(values, "handler"),
            due_at=moments["due_at"][0],
            due_by_day=moments["due_at"][1],
            ended_at=moments["ended_at"][0],
            outcome=self.text(values, "outcome"),
        )
        region = self._place(self.text(values, "region"))
        return Report(self._mapping.system, number, region, facts, tuple(case.steps)), remarks

    def _place(self, said: str) -> str:
        if not said or said == self._region:
            return self._region
        try:
            return str(RegionCode.parse(said))
        except Malformed as wrong:
            raise Refused(wrong.reason, rule="办件归集规范", remedy=wrong.remedy, field="行政区划") from None

    def _office(self, theirs: str, remarks: list[Remark]) -> Office:
        listed = self._mapping.offices.get(theirs)
        if listed is not None:
            return listed if listed.name else Office(listed.code, theirs)
        if self._mapping.by_register and theirs in self._organs:
            return self._organs[theirs]
        remarks.append(Remark(Oddity.UNKNOWN_ORGAN, theirs))
        return Office("", theirs)


_LONGEST_DAY = 11
_CHINESE = str.maketrans({"年": "-", "月": "-", "日": " ", "/": "-", "时": ":", "分": ":", "：": ":"})


def _tidied(text: str) -> str:
    """2026/9/4 8:05 and 2026年9月4日 as ISO 8601 writes them; what is neither stays wrong."""
    day, _, rest = text.translate(_CHINESE).strip().partition(" ")
    parts = day.split("-")
    if len(parts) == 3:
        day = f"{parts[0]}-{parts[1]:0>2}-{parts[2]:0>2}"
    hours = rest.strip().rstrip(":秒")
    if hours and hours[1:2] == ":":
        hours = f"0{hours}"
    return f"{day}T{hours}" if hours else day


def _line(told: Told, remark: Remark) -> Line:
    label, reason, remedy = ODDITY_WORDS[remark.oddity]
    return Line(told.row, told.number, label, Severity.ODD, remark.value, reason, remedy)
