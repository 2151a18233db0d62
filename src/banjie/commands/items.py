"""`banjie items`: catalogues taken in and given out, and packs checked."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from banjie.commands.answers import Progress, Trouble, told
from banjie.commands.connecting import database
from banjie.engine.calendar import CHINA
from banjie.engine.ids import Malformed

if TYPE_CHECKING:
    from banjie.actions.importing import Keeper

BATCH = 500
"""Items that are kept at a time."""


def check(arguments: argparse.Namespace) -> int:
    """Every mistake with file and line; 0 when all may be published."""
    from banjie.packs.check import check_folder  # noqa: PLC0415 — only this command reads packs.
    from banjie.packs.load import ITEMS  # noqa: PLC0415 — the same.

    with told():
        folder = arguments.folder or ITEMS
        if isinstance(folder, Path) and not folder.is_dir():
            raise Trouble(f"{folder} 不是目录。请给出放事项文件（*.yaml）的目录。")
        today = datetime.now(CHINA).date()  # noqa: TID251 — a command is its own process and has no platform to ask.
        report = check_folder(folder, today=today)
    print(report)
    return 0 if report.ok else 1


def import_items(arguments: argparse.Namespace) -> int:
    """Every row as an item or as a line of the report; the last line counts. All of the file is kept, or nothing."""
    with told(), database(arguments.data):
        from banjie.actions.importing import keeping  # noqa: PLC0415 — set up first.
        from banjie.packs.import_report import Report  # noqa: PLC0415 — set up first.
        from banjie.packs.imports import Line, Severity, Tally  # noqa: PLC0415 — set up first.
        from banjie.packs.reading import PackError  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        here, tally, progress = platform(), Tally(), Progress("已读取行数")
        try:
            with ExitStack() as stack:
                report = stack.enter_context(Report(arguments.report)) if arguments.report else None
                keeper = stack.enter_context(keeping(here))
                keep, found = _source(arguments, keeper, here.today())
                waiting: list[Any] = []

                def tell(line: Line) -> None:
                    if report is not None:
                        report.add(line)
                    elif line.severity is Severity.REFUSED:
                        print(f"第 {line.row} 行未导入：{line.field}：{line.reason}。{line.remedy}。")

                def flush() -> None:
                    for line in keep(waiting) or ():
                        tally.taken -= 1
                        tally.add(line)
                        tell(line)
                    waiting.clear()

                for one in found:
                    if isinstance(one, Line):
                        tally.add(one)
                        tell(one)
                    else:
                        tally.taken += 1
                        waiting.append(one)
                    if len(waiting) >= BATCH:
                        flush()
                    progress.at(tally.total)
                flush()
        except (Malformed, PackError) as wrong:
            raise Trouble(f"{wrong}（没有导入任何事项）") from None
        except OSError as error:
            raise Trouble(f"{error.filename or arguments.file}：{error.strerror}。请核对路径和权限。") from None
    kept = keeper.counts
    print(
        f"新导入 {kept['new']} 个，更新 {kept['changed']} 个，没有变化 {kept['unchanged']} 个；"
        f"其中 {kept['published']} 个符合发布要求，已公布"
    )
    if arguments.report:
        print(f"逐行报告在 {arguments.report}")
    print(f"imported {tally.taken}, refused {tally.refused}, of {tally.total}")
    return 0


def _source(arguments: argparse.Namespace, keeper: "Keeper", today: date) -> tuple[Callable[[Any], Any], Iterator[Any]]:
    """What reads the file and what keeps what was read: by a mapping, or in our own form."""
    from banjie.packs.exchange import read_json, read_pack_file  # noqa: PLC0415 — only imports read files.
    from banjie.packs.imports import read_items  # noqa: PLC0415 — the same.
    from banjie.packs.mapping import load_mapping  # noqa: PLC0415 — the same.
    from banjie.packs.workbook_reading import read_workbook  # noqa: PLC0415 — the same.

    file: Path = arguments.file
    if arguments.mapping:
        mapping = load_mapping(arguments.mapping)
        return keeper.take, read_items(file, mapping, today=today, region=arguments.region)
    if not file.is_file():
        raise Trouble(f"没有文件 {file}。请核对路径。")
    if file.suffix.lower() == ".xlsx":
        return keeper.offer, read_workbook(file)
    if file.suffix.lower() in (".yaml", ".yml"):
        return keeper.offer, read_pack_file(file)
    return keeper.offer, read_json(file)


def export_items(arguments: argparse.Namespace) -> int:
    """The newest edition of each item, or each edition in a state, as JSON or xlsx; what comes back changes nothing."""
    with told(), database(arguments.data):
        from banjie.packs.exchange import Kept, write_json  # noqa: PLC0415 — set up first.
        from banjie.packs.workbook import write_workbook  # noqa: PLC0415 — set up first.
        from banjie.records import catalogue  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        progress, file = Progress("已写出事项"), _writable(arguments.file)
        found = catalogue.stream(
            platform().database,
            region=arguments.region or None,
            organ=arguments.organ or None,
            state=arguments.state or None,
        )

        def kept() -> Iterator[Kept]:
            for place, (row, item) in enumerate(found, start=1):
                progress.at(place)
                yield Kept(item, row.state.value, row.upper)

        try:
            count = write_workbook(kept(), file) if file.suffix.lower() == ".xlsx" else write_json(kept(), file)
        except OSError as error:
            raise Trouble(f"写不了文件 {file}（{error.strerror}）。请换一个可写的路径。") from None
    print(f"已写出 {count} 个事项到 {file}")
    return 0


def template(arguments: argparse.Namespace) -> int:
    """An empty workbook with headings, lists to choose from and an explanation, for officials to fill in."""
    with told():
        from banjie.packs.workbook import write_workbook  # noqa: PLC0415 — only this command writes one.

        file = _writable(arguments.file)
        if file.suffix.lower() != ".xlsx":
            raise Trouble("模板是 Excel 文件，文件名请以 .xlsx 结尾。")
        try:
            write_workbook((), file)
        except OSError as error:
            raise Trouble(f"写不了文件 {file}（{error.strerror}）。请换一个可写的路径。") from None
    print(f"模板在 {file}，填好后用 banjie items import {file} 导入")
    return 0


def _writable(file: Path) -> Path:
    if file.suffix.lower() not in (".json", ".xlsx"):
        raise Trouble(f"不知道把 {file} 写成什么。文件名请以 .json 或 .xlsx 结尾。")
    return file
