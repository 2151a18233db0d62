"""`banjie found`: a city of one's own, from its file."""

import argparse
import secrets

from banjie.commands.answers import Trouble, told
from banjie.commands.connecting import database


def found(arguments: argparse.Namespace) -> int:
    """Registers everything the file names; new accounts share a one-time password, printed once. Idempotent."""
    with told(), database(arguments.data):
        from banjie.actions.founding import found_city  # noqa: PLC0415 — set up first.
        from banjie.packs.city import load_city  # noqa: PLC0415 — set up first.
        from banjie.packs.reading import PackError  # noqa: PLC0415 — set up first.
        from banjie.wiring import platform  # noqa: PLC0415 — set up first.

        if not arguments.city.is_file():
            raise Trouble(f"没有文件 {arguments.city}。请核对路径。")
        try:
            city = load_city(arguments.city)
        except PackError as error:
            raise Trouble(str(error)) from None
        password = secrets.token_urlsafe(12)
        found_city(platform(), city, password=password)
        print(
            f"{city.name}：{len(city.regions)} 个区划，{len(city.organs)} 个机关，{len(city.officials)} 名工作人员，"
            f"{len(city.people)} 人，{len(city.companies)} 家单位"
        )
        print(f"新账号的初始密码是 {password}，只显示这一次；已有账号的密码不变。请各人登录后立即修改。")
    return 0
