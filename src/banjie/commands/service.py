"""demo, serve, worker, migrate, bench: what keeps a city running."""

import argparse
import os

from banjie.commands.answers import Trouble, told
from banjie.commands.connecting import database, require_environment, set_up


def demo(arguments: argparse.Namespace) -> int:
    """The made-up city, alive."""
    from banjie.demo.run import run  # noqa: PLC0415 — each command loads only its own.

    return run(arguments.port, arguments.data, reset=arguments.reset)


def serve(arguments: argparse.Namespace) -> int:
    """Pages and API over the environment's database, under a role that cannot bypass row-level security."""
    with told():
        require_environment()
        _check_role()
        from banjie.web.serving import serve as run  # noqa: PLC0415 — each command loads only its own.

        print(f"网页和接口：http://{arguments.host}:{arguments.port}（{arguments.workers} 个进程）", flush=True)
        run(arguments.host, arguments.port, workers=arguments.workers)
    return 0


def worker(_: argparse.Namespace) -> int:
    """Reactions, due acts and jobs, until SIGTERM."""
    with told():
        require_environment()
        _check_role()
        from banjie.demo.children import work  # noqa: PLC0415 — each command loads only its own.

        print("后台已启动", flush=True)
        work()
    return 0


def migrate(_: argparse.Namespace) -> int:
    """Tables, policies, rights, and the journal's months ahead."""
    with told():
        require_environment()
        with database():
            from django.conf import settings  # noqa: PLC0415 — set up first.
            from django.db import connections  # noqa: PLC0415 — set up first.

            from banjie.records.upkeep import migrate as bring_up_to_date  # noqa: PLC0415 — set up first.
            from banjie.wiring import now  # noqa: PLC0415 — set up first.

            _require_app_role(settings.OWNER_URL)
            bring_up_to_date(settings.OWNER_URL, now().date(), verbosity=1)
            connections.close_all()
    print("数据库表已是最新")
    return 0


def bench_spine(arguments: argparse.Namespace) -> int:
    """Our speed against the limit of the same machine."""
    from banjie.bench.spine import main  # noqa: PLC0415 — each command loads only its own.

    return main(arguments)


def bench_apply(arguments: argparse.Namespace) -> int:
    """How quick everything before acceptance is on this machine."""
    from banjie.bench.apply import main  # noqa: PLC0415 — each command loads only its own.

    return main(arguments)


def bench_desk(arguments: argparse.Namespace) -> int:
    """How quick the office's side is on this machine."""
    from banjie.bench.desk import main  # noqa: PLC0415 — each command loads only its own.

    return main(arguments)


def _check_role() -> None:
    import psycopg  # noqa: PLC0415 — each command loads only its own.

    set_up()
    from banjie.records.upkeep import UnsafeRole, require_safe_role  # noqa: PLC0415 — set up first.

    url = os.environ["BANJIE_DATABASE_URL"]
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            found = connection.execute("SELECT to_regclass('public.cases') IS NOT NULL").fetchone()
        if not found or not found[0]:
            raise Trouble("数据库里还没有办结的表。请先运行 banjie migrate。")
        require_safe_role(url)
    except UnsafeRole as unsafe:
        raise Trouble(str(unsafe)) from None
    except psycopg.OperationalError as error:
        raise Trouble(f"连不上数据库：{str(error).strip()}。请核对 BANJIE_DATABASE_URL 和数据库是否在运行。") from None


def _require_app_role(url: str) -> None:
    """The rights are given to the role banjie_app, which must be there: making roles is the administrator's."""
    import psycopg  # noqa: PLC0415 — each command loads only its own.

    with psycopg.connect(url, connect_timeout=10) as connection:
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'banjie_app'").fetchone()
    if found is None:
        raise Trouble(
            "数据库里没有角色 banjie_app。请由管理员执行："
            "CREATE ROLE banjie_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…'; 然后重试。"
        )
