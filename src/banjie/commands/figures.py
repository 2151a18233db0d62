"""`banjie figures …`: the counters behind the boards, made anew from the cases, or held against them."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from banjie.commands.answers import Progress, Trouble, told
from banjie.commands.connecting import database

if TYPE_CHECKING:
    from banjie.actions.figures import Rebuilt
    from banjie.actions.platform import Platform


def rebuild(arguments: argparse.Namespace) -> int:
    """Throws the sums away and counts all cases again, in one transaction."""
    from banjie.actions import figures  # noqa: PLC0415 — what it costs to load is paid only here.

    found = _run(arguments, figures.rebuild)
    print(f"rebuilt figures of {found.cases} cases")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Counts all cases and compares; 1 when a sum does not follow from them."""
    from banjie.actions import figures  # noqa: PLC0415 — what it costs to load is paid only here.

    found = _run(arguments, figures.check)
    print(f"checked figures of {found.cases} cases, {found.differences} differences")
    return 1 if found.differences else 0


def _run(arguments: argparse.Namespace, act: "Callable[[Platform, Callable[[int], None]], Rebuilt]") -> "Rebuilt":
    with told(), database(arguments.data):
        from banjie.engine.subject import Refused  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        try:
            return act(platform(), Progress("已计数办件").at)
        except Refused as refused:
            raise Trouble(f"{refused.reason}。{refused.remedy}。") from None
