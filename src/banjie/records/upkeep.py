"""Bringing a database up to date: tables, policies, rights, and the journal's months ahead."""

from datetime import date

import psycopg
from django.core.management import call_command

from banjie.records.database import sql

MONTHS_BACK, MONTHS_AHEAD = 24, 12
"""Which months of the journal have partitions of their own; others go to the default one."""


def migrate(owner_url: str, today: date, *, verbosity: int = 0) -> None:
    """Applies all migrations under the owning role, then the rights of the application's role. Idempotent."""
    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(sql("grants.sql").encode())
        first = date(today.year - MONTHS_BACK // 12, today.month, 1)
        connection.execute("SELECT open_months(%s, %s)", (first, MONTHS_BACK + MONTHS_AHEAD))


class UnsafeRole(RuntimeError):
    """The role the application works under could bypass row-level security."""


def require_safe_role(url: str) -> None:
    """Refuses to serve under a role that owns the tables, is a superuser or may bypass row-level security."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper OR rolbypassrls, EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = 'cases'"
            " AND pg_has_role(current_user, c.relowner, 'USAGE')) FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    if row is None or row[1] or row[2]:
        name = row[0] if row else "?"
        raise UnsafeRole(
            f"数据库角色“{name}”可以绕过行级安全，不能用它提供服务。"
            "请在 BANJIE_DATABASE_URL 中使用 banjie_app（或在连接串加 options=-crole=banjie_app），"
            "把建表用的角色写在 BANJIE_OWNER_URL 中。"
        )
