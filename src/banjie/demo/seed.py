"""Builds the city in an empty database: tables, people, items, stories. A process of its own, gone when it is done.

The environment names the database (see settings). What takes long says how far it is.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from banjie.engine.catalogue import Item

PASSWORD = "lanjiang-2026"  # noqa: S105 — of made-up people in a made-up city; it is printed at every start.
_BACK = timedelta(days=120)
"""Items are in force from before the first story, whenever the city is founded."""


def main(arguments: list[str]) -> int:
    """Builds everything, or with `tables` brings only the tables up to date. 0 when it is done."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.settings")
    import django  # noqa: PLC0415 — the environment decides first.

    django.setup()
    from django.conf import settings  # noqa: PLC0415 — Django must be set up before anything that has tables.

    from banjie.actions.founding import found_city, publish_items  # noqa: PLC0415 — the same.
    from banjie.demo.neighbours import move_in  # noqa: PLC0415 — the same.
    from banjie.demo.scenes import at_the_desks, before_acceptance  # noqa: PLC0415 — the same.
    from banjie.demo.stories import STORIES  # noqa: PLC0415 — the same.
    from banjie.demo.telling import Teller  # noqa: PLC0415 — the same.
    from banjie.packs.city import load_city  # noqa: PLC0415 — the same.
    from banjie.packs.load import load_items  # noqa: PLC0415 — the same.
    from banjie.records.upkeep import migrate  # noqa: PLC0415 — the same.
    from banjie.wiring import now, platform  # noqa: PLC0415 — the same.

    say("建立数据库表")
    migrate(settings.OWNER_URL, now().date())
    if arguments == ["tables"]:
        return 0
    here = platform()
    city = load_city()
    say(f"建立{city.name}：{len(city.organs)} 个机关，{len(city.officials)} 名工作人员，{len(city.companies)} 家企业")
    found_city(here, city, password=PASSWORD)
    move_in(here)
    items = load_items()
    publish_items(here, (in_force_before(item, here.today() - _BACK) for item in items), here.today())
    say(f"公布 {len(items)} 个事项，开始办件")
    tally = Teller(here, city).tell(STORIES, progress_line())
    before_acceptance(here, say)
    at_the_desks(here, city, _BACK, say)
    say(f"办件 {tally.cases} 件，操作 {tally.acts} 次，到期自动办理 {tally.by_itself} 次")
    return 0


def in_force_before(item: "Item", day: date) -> "Item":
    """The item, in force from `day` at the latest: stories must not begin before their law."""
    return replace(item, effective_on=min(item.effective_on, day))


def say(words: str) -> None:
    """One line of progress."""
    print(f"  · {words}", flush=True)


def progress_line() -> Callable[[float, str], None]:
    """Says how far the telling is: on a terminal in one line that moves, elsewhere every fifth part."""
    live = sys.stdout.isatty()
    told = -1

    def tell(share: float, day: str) -> None:
        nonlocal told
        if live:
            print(f"\r  · 讲述办件 {share:4.0%}（{day}）", end="\n" if share >= 1 else "", flush=True)
        elif int(share * 5) > told:
            told = int(share * 5)
            say(f"讲述办件 {share:.0%}（{day}）")

    return tell


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
