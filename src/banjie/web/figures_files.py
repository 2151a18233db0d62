"""Tables as files, written line by line while they are read: a million lines need no more memory than a thousand."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

Cells = Sequence[str | int | float | None]
Lines = Callable[[], AbstractContextManager[Iterable[Cells]]]
"""Opens the lines; they are read while the context lasts."""

SHEET: Final = 1_000_000
"""Lines of a sheet; a spreadsheet cannot have many more, so the rest goes on another one."""
_AT_ONCE: Final = 500
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, header: Cells, lines: Lines) -> StreamingHttpResponse:
    """A CSV file that Excel opens: UTF-8 with its mark, sent as it is read."""
    answer = StreamingHttpResponse(_csv(header, lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = _attached(f"{name}.csv")
    return answer


def _csv(header: Cells, lines: Lines) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(header)
    with lines() as found:
        for number, cells in enumerate(found, start=1):
            writer.writerow([_harmless(cell) for cell in cells])
            if number % _AT_ONCE == 0:
                yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def xlsx_file(name: str, header: Cells, lines: Lines) -> FileResponse:
    """A workbook, written to a file on disk and sent from there."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 — no types; heavy and seldom needed.

    book = Workbook(write_only=True)
    sheet: Any = None
    with lines() as found:
        for number, cells in enumerate(found):
            if number % SHEET == 0:
                sheet = book.create_sheet(f"第{number // SHEET + 1}页")
                sheet.append(list(header))
            sheet.append([_harmless(cell) for cell in cells])
    if sheet is None:
        book.create_sheet("第1页").append(list(header))
    kept = tempfile.TemporaryFile()  # noqa: SIM115 — the answer closes it when it has been sent.
    book.save(kept)
    kept.seek(0)
    answer = FileResponse(
        kept, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_attachment=False
    )
    answer.headers["Content-Disposition"] = _attached(f"{name}.xlsx")
    return answer


def answer_as(kind: str, name: str, header: Cells, lines: Lines) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The table as `kind`: csv or xlsx."""
    return xlsx_file(name, header, lines) if kind == "xlsx" else csv_file(name, header, lines)


def _harmless(cell: str | float | None) -> str | int | float | None:
    """A word that a spreadsheet would take for a formula is marked as a word."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _attached(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"
