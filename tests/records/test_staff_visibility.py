"""Whose rows of staff one sees: one's own. Nobody writes herself a post, a certification or a passed practice."""

from datetime import timedelta

import pytest
from psycopg.errors import InsufficientPrivilege
from tests.town import CLERK, DECIDER, HEAD, REVIEWER, Town

from banjie.actions.staff import ask_leave
from banjie.demo.staff import sit_and_learn
from banjie.records.people import MACHINE

TABLES = ("members", "leaves", "certifications", "rosters", "practices", "posts")
NEWCOMER = "xinyaqing"


@pytest.fixture(scope="module", autouse=True)
def _scene(town: Town) -> None:
    """The demonstration's own scene: practice, a leave, a roster of a month."""
    assert sit_and_learn(town.platform) > 100
    today = town.platform.today()
    ask_leave(
        town.platform,
        actor=town.who(CLERK),
        from_day=today,
        until_day=today + timedelta(days=1),
        deputy="huangshiqi",
        reason="病假",
    )


@pytest.mark.parametrize("table", TABLES)
def test_one_sees_ones_own_rows_and_the_deputy_the_leave(town: Town, table: str) -> None:
    query = f"SELECT DISTINCT account FROM {table}"  # noqa: S608 — a name of this file.
    everyone = _accounts(town, MACHINE.eyes, query)
    assert everyone, table
    for who in (CLERK, REVIEWER, DECIDER, HEAD, NEWCOMER, "huangshiqi", "xiachunhe"):
        seen = _accounts(town, town.who(who).eyes, query)
        allowed = {who, CLERK} if (table, who) == ("leaves", "huangshiqi") else {who}
        assert seen == everyone & allowed, (table, who)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO posts (region, account, role, office) VALUES ('990100', 'luoxiaoyu', 'head', 'x')",
        (
            "INSERT INTO certifications (region, account, item, valid_from)"
            " VALUES ('990100', 'luoxiaoyu', 'kind:01', '2026-01-01')"
        ),
        (
            "INSERT INTO leaves (region, account, key, from_day, until_day, deputy)"
            " VALUES ('990100', 'shenqiubai', '9', '2026-11-01', '2026-12-31', 'luoxiaoyu')"
        ),
        (
            "INSERT INTO practices (region, id, account, exercise, item, begun_at, version, state)"
            " VALUES ('990100', gen_random_uuid(), 'xinyaqing', 'e', 'i', now(), 1, '{}')"
        ),
    ],
)
def test_nobody_writes_herself_a_right(town: Town, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege), town.platform.database.seen_by(town.who(CLERK).eyes) as cursor:
        cursor.execute(statement.encode())


def _accounts(town: Town, eyes, query: str) -> set[str]:  # type: ignore[no-untyped-def]  # a shorthand of this file
    with town.platform.database.seen_by(eyes) as cursor:
        return {row["account"] for row in cursor.execute(query.encode())}
