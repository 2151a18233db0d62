"""The report of an import: what was refused, what keeps an item a draft, and what was done to a value."""

import csv
import json
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path
from types import TracebackType
from typing import TextIO

_LONGEST_VALUE = 1000


class Severity(StrEnum):
    """How much a line of the report weighs."""

    REFUSED = "refused"
    """The row became no item. Every refused row has exactly one such line, its last."""
    DRAFT = "draft"
    """The item is a draft until this is mended."""
    ODD = "odd"
    """Something is odd about the row, which was taken in all the same; the source should mend it."""
    NOTE = "note"
    """Something was split, tidied, merged or taken from the mapping; nothing has to be done."""


SEVERITY_WORDS = {Severity.REFUSED: "未导入", Severity.DRAFT: "草稿", Severity.ODD: "存疑", Severity.NOTE: "说明"}

COLUMNS = ("行号", "事项编码", "字段", "级别", "原值", "原因", "怎样改")
CASE_COLUMNS = ("行号", "办件编号", *COLUMNS[2:])


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `row` is the row of the source, 0 for what holds for the whole file; `key` the item's code."""

    row: int
    key: str
    field: str
    severity: Severity
    value: str
    reason: str
    remedy: str

    def cells(self) -> tuple[str, ...]:
        """The line under COLUMNS."""
        row = str(self.row) if self.row else "全部"
        value = self.value if len(self.value) <= _LONGEST_VALUE else f"{self.value[:_LONGEST_VALUE]}…"
        return (row, self.key, self.field, SEVERITY_WORDS[self.severity], value, self.reason, self.remedy)


class Report(AbstractContextManager["Report"]):
    """A report written line by line: JSON lines or HTML if the path ends so, else a CSV that Excel opens rightly."""

    def __init__(self, path: Path, columns: tuple[str, ...] = COLUMNS) -> None:
        self.count = 0
        self._columns = columns
        self._html = path.suffix in {".html", ".htm"}
        self._json = path.suffix in {".jsonl", ".json"}
        encoding = "utf-8" if self._json or self._html else "utf-8-sig"
        self._file: TextIO = path.open("w", encoding=encoding, errors="replace", newline="")
        self._table = csv.writer(self._file)
        if self._html:
            self._file.write(_HTML_HEAD + _html_row("th", columns))
        elif not self._json:
            self._table.writerow(columns)

    def add(self, line: Line) -> None:
        """Write one line."""
        cells = line.cells()
        if self._json:
            record = dict(zip(self._columns, cells, strict=True))
            self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        elif self._html:
            self._file.write(_html_row("td", cells))
        else:
            self._table.writerow([_for_excel(cell) for cell in cells])
        self.count += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._html:
            self._file.write("</table>\n" if self.count else "</table>\n<p>没有要改的。</p>\n")
        self._file.close()


_HTML_HEAD = (
    '<!doctype html>\n<html lang="zh-CN"><meta charset="utf-8"><title>导入报告</title>\n'
    "<h1>导入报告</h1>\n<table border>\n"
)


def _html_row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"


def write_report(lines: Iterable[Line], path: Path) -> int:
    """Write all lines to the path (see :class:`Report`) and give their number."""
    with Report(path) as report:
        for line in lines:
            report.add(line)
    return report.count


def _for_excel(cell: str) -> str:
    """The cell as Excel shows it unchanged.

    Excel would carry out what begins like a formula, and would turn a code of 31 digits into 1.14E+30: the
    first gets an apostrophe, the second a leading tab, which Excel takes as a sign of text.
    """
    if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    if len(cell) > 11 and cell.isdigit():
        return f"\t{cell}"
    return cell
