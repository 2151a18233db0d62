"""`banjie items`: other systems' catalogues taken in, and packs checked."""

import argparse
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from banjie.commands.answers import Progress, Trouble, told
from banjie.commands.connecting import database
from banjie.engine.calendar import CHINA
from banjie.engine.ids import Malformed


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
    """Every row as an item or as a line of the report; the last line counts."""
    with told(), database(arguments.data):
        from banjie.actions.importing import keep  # noqa: PLC0415 — set up first.
        from banjie.packs.import_report import Report  # noqa: PLC0415 — set up first.
        from banjie.packs.imports import Line, Severity, Tally, read_items  # noqa: PLC0415 — set up first.
        from banjie.packs.mapping import load_mapping  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        here, tally, progress = platform(), Tally(), Progress("已读取行数")
        try:
            found = read_items(
                arguments.file, load_mapping(arguments.mapping), today=here.today(), region=arguments.region
            )
            with ExitStack() as stack:
                report = stack.enter_context(Report(arguments.report)) if arguments.report else None
                waiting = []
                kept = {"new": 0, "changed": 0, "unchanged": 0, "published": 0}
                for one in found:
                    tally.add(one)
                    if isinstance(one, Line):
                        if report is not None:
                            report.add(one)
                        elif one.severity is Severity.REFUSED:
                            print(f"第 {one.row} 行未导入：{one.field}：{one.reason}。{one.remedy}。")
                    else:
                        waiting.append(one)
                    if len(waiting) >= 200:
                        _count(kept, keep(here, waiting))
                        waiting.clear()
                    progress.at(tally.total)
                _count(kept, keep(here, waiting))
        except Malformed as malformed:
            raise Trouble(str(malformed)) from None
        except OSError as error:
            raise Trouble(f"{error.filename or arguments.file}：{error.strerror}。请核对路径和权限。") from None
    print(
        f"新导入 {kept['new']} 个，更新 {kept['changed']} 个，没有变化 {kept['unchanged']} 个；"
        f"其中 {kept['published']} 个符合发布要求，已公布"
    )
    if arguments.report:
        print(f"逐行报告在 {arguments.report}")
    print(f"imported {tally.taken}, refused {tally.refused}, of {tally.total}")
    return 0


def _count(kept: dict[str, int], more: dict[str, int]) -> None:
    for name, number in more.items():
        kept[name] += number
