"""`banjie cases`: cases of departments with systems of their own, taken in from a file."""

import argparse
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

from banjie.commands.answers import Progress, Trouble, told
from banjie.commands.connecting import database
from banjie.engine.ids import Malformed

if TYPE_CHECKING:
    from banjie.packs.case_mapping import Office


def import_cases(arguments: argparse.Namespace) -> int:
    """Every case of the file as its source tells of it, or as a line of the report; the last line counts cases.

    Cases are kept in batches: a file broken off is begun anew, and what is known already changes nothing.
    """
    with told(), database(arguments.data):
        from banjie.actions.intake_elsewhere import Intake  # noqa: PLC0415 — set up first.
        from banjie.packs.case_mapping import load_case_mapping  # noqa: PLC0415 — set up first.
        from banjie.packs.case_rows import read_cases  # noqa: PLC0415 — set up first.
        from banjie.packs.import_report import CASE_COLUMNS, Line, Report, Severity  # noqa: PLC0415 — set up first.
        from banjie.records.people import MACHINE  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        here, progress = platform(), Progress("已读取环节")
        region = arguments.region or here.region
        odd: Counter[str] = Counter()
        try:
            with ExitStack() as stack:
                report = stack.enter_context(Report(arguments.report, CASE_COLUMNS)) if arguments.report else None

                def tell(line: Line) -> None:
                    if line.severity is Severity.ODD:
                        odd[line.reason] += 1
                    if report is not None:
                        report.add(line)
                    elif line.severity is Severity.REFUSED:
                        number = f"（办件 {line.key}）" if line.key else ""
                        print(f"第 {line.row} 行未导入{number}：{line.field}：{line.reason}。{line.remedy}。")

                mapping = load_case_mapping(arguments.mapping, arguments.file)
                intake = Intake(here, MACHINE, tell)
                for one in read_cases(arguments.file, mapping, region=region, organs=_organs(region), now=here.now()):
                    intake.add(one)
                    progress.at(intake.steps)
                intake.flush()
        except Malformed as wrong:
            raise Trouble(str(wrong)) from None
        except OSError as error:
            raise Trouble(f"{error.filename or arguments.file}：{error.strerror}。请核对路径和权限。") from None
    for reason, count in odd.most_common():
        print(f"存疑，已照收：{reason}（{count} 处）")
    print(f"新归集 {intake.new} 件，更新 {intake.changed} 件，没有变化 {intake.unchanged} 件")
    print(f"已办结 {intake.ended} 件，其中超期 {intake.late} 件")
    if arguments.report:
        print(f"逐行报告在 {arguments.report}")
    print(f"imported {intake.imported}, refused {intake.refused}, of {intake.imported + intake.refused}")
    return 0


def _organs(region: str) -> dict[str, "Office"]:
    """The city's organs by code and by name."""
    from banjie.packs.case_mapping import Office  # noqa: PLC0415 — set up first.
    from banjie.records.registers import organs_of  # noqa: PLC0415 — set up first.
    from banjie.wiring import platform  # noqa: PLC0415 — set up first.

    found: dict[str, Office] = {}
    for organ in organs_of(platform().database, region):
        found[organ.code] = found[organ.name] = Office(organ.code, organ.name)
    return found
