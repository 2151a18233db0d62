"""`banjie calendars`: what each region's calendar rests on, and the national arrangement taken into a draft."""

import argparse

from banjie.commands.answers import Trouble, told
from banjie.commands.connecting import database
from banjie.engine.ids import Malformed, RegionCode, RegionLevel
from banjie.engine.subject import Refused


def import_file(arguments: argparse.Namespace) -> int:
    """Takes a file into the draft of a region; 0 when nothing stands against it. Two people publish it on the pages."""
    with told(), database(arguments.data):
        from banjie.actions import calendars as acting  # noqa: PLC0415 — set up first.
        from banjie.records import calendars, people  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        here = platform()
        try:
            region = RegionCode.parse(arguments.region).code
            content = arguments.file.read_bytes()
            standing = people.standing(here.database, arguments.account, here.today(), name=arguments.account)
            row = calendars.draft_of(here.database, region) or acting.draft(here, standing, region)
            row = acting.upload(here, standing, row, content)
        except OSError as error:
            raise Trouble(f"读不到文件 {arguments.file}（{error.strerror}）。请核对路径和权限。") from None
        except Malformed as wrong:
            raise Trouble(f"{arguments.file.name}：{wrong}（没有改动草稿）") from None
        except Refused as refused:
            raise Trouble(f"{refused}。{refused.remedy}") from None
        found = acting.faults(here, row)
        for fault in found:
            print(fault)
        years = sorted(int(one["year"]) for one in row.edition.document.get("years", ()))
        print(f"已读入草稿“{row.edition.name}”（{region}），含 {'、'.join(map(str, years)) or '本地安排'}")
        if not found:
            print("请在“工作日历”页面预览哪些期限会变，再由另一个人公布。")
    return 1 if found else 0


def show(arguments: argparse.Namespace) -> int:
    """Each region with the edition in force, its years, and its draft."""
    with told(), database(arguments.data):
        from banjie.packs.calendars import NATION, above  # noqa: PLC0415 — set up first.
        from banjie.records import calendars, registers  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        here = platform()
        known = {one.code: one.name for one in registers.regions(here.database)}
        for code in dict.fromkeys([*reversed(above(here.region)), *sorted(known)]):
            if (code not in known and code != NATION) or RegionCode.parse(code).level > RegionLevel.COUNTY:
                continue  # Towns and villages go by their county's calendar.
            in_force = here.laws.calendars.in_force(code)
            years = sorted(in_force.calendar.published_years)
            draft = calendars.draft_of(here.database, code)
            waiting = f"，草稿“{draft.edition.name}”" if draft else ""
            name = "全国" if code == NATION else known[code]
            print(f"{code} {name}：{in_force.calendar.edition}（{years[0]}—{years[-1]}年{waiting}）")
    return 0
