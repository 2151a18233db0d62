"""Which database a command works on: the environment's, or that of the demo that runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from banjie.commands.answers import Trouble

OWN = "BANJIE_DATABASE_URL"


def point_at_database(data: Path | None = None) -> None:
    """Sets the environment so that the settings find a database. Raises `Trouble` when there is none."""
    if os.environ.get(OWN):
        return
    from banjie.demo import folder as folders  # noqa: PLC0415 — only asked when the environment is silent.

    folder = (data or folders.usual_folder()).expanduser().absolute()
    running = folders.running(folder)
    if running is None:
        raise Trouble(
            f"没有数据库可用：没有设置 {OWN}，{folder} 里也没有正在运行的演示。"
            f"请设置 {OWN}，或先运行 banjie demo，或用 --data 指明演示的目录。"
        )
    os.environ.update(
        {
            OWN: running["database_url"],
            "BANJIE_OWNER_URL": running["owner_url"],
            "BANJIE_DATA": str(folder),
            "BANJIE_PUBLIC_URL": running["address"],
            "BANJIE_DEMO": "1",
        }
    )


def require_environment() -> None:
    """For what serves a real city: the database must be named. Raises `Trouble`."""
    if not os.environ.get(OWN):
        raise Trouble(
            f"没有设置 {OWN}。请写明 PostgreSQL 的连接地址，例如 postgresql://banjie_app:密码@主机/banjie；"
            "只想看看请运行 banjie demo。"
        )


def set_up() -> None:
    """Django, over the environment's database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.settings")
    import django  # noqa: PLC0415 — commands that need no database do not carry it.

    django.setup()


@contextmanager
def database(data: Path | None = None) -> Iterator[None]:
    """Everything is set up for work on the database; its being away is a `Trouble`."""
    point_at_database(data)
    set_up()
    import psycopg  # noqa: PLC0415 — the same.
    import psycopg_pool  # noqa: PLC0415 — the same.
    from django.db import Error  # noqa: PLC0415 — the same.
    from psycopg.errors import UndefinedColumn, UndefinedFunction, UndefinedTable  # noqa: PLC0415 — the same.

    try:
        with psycopg.connect(os.environ[OWN], connect_timeout=10):
            pass
        yield
    except (psycopg.OperationalError, psycopg_pool.PoolTimeout) as error:
        raise Trouble(f"连不上数据库：{str(error).strip()}。请核对 {OWN} 和数据库是否在运行。") from error
    except (UndefinedTable, UndefinedFunction, UndefinedColumn, Error) as error:
        said = str(error).strip().splitlines()[0]
        raise Trouble(f"数据库里没有办结的表，或版本不符：{said}。请先运行 banjie migrate。") from error
