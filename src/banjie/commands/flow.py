"""`banjie flow`: the event log of all cases, for process-mining tools."""

import argparse

from banjie.commands.answers import Progress, Trouble, told
from banjie.commands.connecting import database


def export_flow(arguments: argparse.Namespace) -> int:
    """Writes the log piece by piece: a million cases need no more memory than a thousand."""
    with told(), database(arguments.data):
        from banjie.actions.flow_export import FORMATS, lines  # noqa: PLC0415 — set up first.
        from banjie.records.people import MACHINE  # noqa: PLC0415 — set up first.
        from banjie.records.registers import regions  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        here, progress = platform(), Progress("已写出办件")
        places = [one.code for one in regions(here.database) if arguments.region in ("", one.code)]
        write, _ = FORMATS[arguments.format]
        count = 0
        try:
            with arguments.out.open("w", encoding="utf-8") as file:
                for count, piece in enumerate(write(lines(here, MACHINE.eyes, places)), start=1):
                    file.write(piece)
                    progress.at(count)
        except OSError as error:
            raise Trouble(f"写不了文件 {arguments.out}（{error.strerror}）。请换一个可写的路径。") from None
    print(f"过程日志在 {arguments.out}")
    return 0
