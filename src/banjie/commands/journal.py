"""`banjie export` and `banjie replay`: what happened, taken out and played again."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from banjie.commands import dossiers
from banjie.commands.answers import Progress, Trouble, told, write_text
from banjie.commands.connecting import database

MOST_TOLD = 50
"""Differences told one by one; the rest are only counted."""


def export_case(arguments: argparse.Namespace) -> int:
    """One JSON document that `banjie verify journal` accepts; into a .zip the whole of the case as a package."""
    with told(), database(arguments.data):
        from banjie.actions.exports import export_case as export  # noqa: PLC0415 — set up first.
        from banjie.engine.ids import CaseNumber, Malformed  # noqa: PLC0415 — set up first.
        from banjie.engine.subject import Refused  # noqa: PLC0415 — set up first.
        from banjie.records.people import MACHINE  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        try:
            number = str(CaseNumber.parse(arguments.number))
            if arguments.out is not None and arguments.out.suffix == ".zip":
                return dossiers.export(arguments, number, arguments.out)
            document = export(platform(), MACHINE.eyes, number[:6], number)
        except Malformed as malformed:
            raise Trouble(str(malformed)) from None
        except Refused as refused:
            raise Trouble(f"{refused.reason}。{refused.remedy}。") from None
        _out(document, f"办件 {number}", arguments.out)
    return 0


def export_history(arguments: argparse.Namespace) -> int:
    """The same for any other subject with a history, by its kind and its identifier or number."""
    with told(), database(arguments.data):
        from banjie.actions.exports import export_history as export  # noqa: PLC0415 — set up first.
        from banjie.engine.journal_check import SUBJECTS  # noqa: PLC0415 — set up first.
        from banjie.engine.subject import Refused  # noqa: PLC0415 — set up first.
        from banjie.records.people import MACHINE  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        kinds = {about.name: kind for kind, about in SUBJECTS.items()}
        kind = kinds.get(arguments.kind, arguments.kind)
        if kind not in SUBJECTS:
            raise Trouble(f"没有“{arguments.kind}”这一种历史记录。可用：{'、'.join(kinds)}。")
        try:
            region = arguments.region or platform().region
            document = export(platform(), MACHINE.eyes, kind, region, arguments.name)
        except Refused as refused:
            raise Trouble(f"{refused.reason}。{refused.remedy}。") from None
        _out(document, f"{SUBJECTS[kind].name} {arguments.name}", arguments.out)
    return 0


def _out(document: Mapping[str, Any], name: str, out: Path | None) -> None:
    """Prints the document, or writes it into a file and says so."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    if out is None:
        print(text)
    else:
        write_text(out, text + "\n")
        print(f"{name} 的 {len(document['entries'])} 条记录已写入 {out}")


def replay(arguments: argparse.Namespace) -> int:
    """Folds every history and compares; 1 when anything stored does not follow from it."""
    with told(), database(arguments.data):
        from banjie.actions.replay import Difference  # noqa: PLC0415 — set up first.
        from banjie.actions.replay import replay as play  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        told_so_far = 0

        def tell(difference: Difference) -> None:
            nonlocal told_so_far
            told_so_far += 1
            if told_so_far <= MOST_TOLD:
                print(difference)
            elif told_so_far == MOST_TOLD + 1:
                print("……其余不同只计数")

        progress = Progress("已重放记录")
        result = play(platform(), tell, progress.at)
    print(f"replayed {result.subjects} subjects, {result.events} events, {result.differences} differences")
    return 1 if result.differences else 0
