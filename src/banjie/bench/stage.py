"""The stage of a measurement: a city of its own in a database of its own, with as many cases as asked for."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from banjie.records.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from banjie.actions.platform import Platform
    from banjie.records.people import Standing

REGION = "990100"
FOOD = "1199010000BJ00016Q3000131023000"
REVIEWER, INSPECTOR, CLERK, AGENT, HOLDER = "shenqiubai", "kangyuanzhou", "luoxiaoyu", "linzhao", "c-chunhe"
SETTINGS = {
    "shared_buffers": "4GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",
}
"""A database set up for a million cases, with no checkpoint and no vacuum inside a run: the same for both sides."""

DAYS = 20
"""Over how many days the crowd was accepted: as in life, not all clocks of an office are alike."""

OFFICES = 40
"""Over how many offices the tasks of the crowd are spread."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A city to measure in. `template` is the number of the real case that the crowd was copied from."""

    server: EmbeddedPostgres
    platform: "Platform"
    template: str
    cases: int

    def standing(self, account: str) -> "Standing":
        """Someone of the city."""
        from banjie.records.people import standing

        return standing(self.platform.database, account, self.platform.today())

    def number(self, index: int) -> str:
        """The number of a case of the crowd, from 1."""
        return f"{REGION}-20260101-{index:07d}"


def say(text: str) -> None:
    """A line of progress: a measurement takes minutes."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def stage(cases: int) -> Iterator[Stage]:
    """Sets the stage and clears it away."""
    data = Path(tempfile.mkdtemp(prefix="banjie-bench-"))
    server = EmbeddedPostgres(data, settings=SETTINGS)
    try:
        server.start()
        yield _set(server, data, cases)
    finally:
        server.stop()
        shutil.rmtree(data, ignore_errors=True)


def _set(server: EmbeddedPostgres, data: Path, cases: int) -> Stage:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="banjie.settings",
        BANJIE_DATABASE_URL=server.url("banjie_app"),
        BANJIE_OWNER_URL=server.url("banjie_owner"),
        BANJIE_DATA=str(data),
        BANJIE_DEMO="1",
    )
    import django

    django.setup()
    from banjie.actions.founding import found_city, publish_items
    from banjie.packs.city import load_city
    from banjie.packs.load import load_items
    from banjie.records.upkeep import migrate
    from banjie.wiring import platform as wired

    platform = wired()
    migrate(server.url("banjie_owner"), platform.today())
    found_city(platform, load_city(), password=os.urandom(16).hex())
    publish_items(platform, load_items(), platform.today())
    template = _template(platform)
    say(f"准备 {cases:,} 个办件……")
    _days(server, platform, template)
    crowd(server, template, 1, cases)
    return Stage(server, platform, template, cases)


def _template(platform: "Platform") -> str:
    """A real case, brought to its first step of review through the doors everyone uses."""
    from banjie.actions.perform import perform
    from banjie.actions.submissions import Application, submit
    from banjie.engine.cases.acts import Accept, Claim, Command, StartReview
    from banjie.engine.situations import resolve
    from banjie.packs.sample import sample_data, sample_papers
    from banjie.records.people import standing

    law = platform.laws.published(REGION, FOOD)
    if law is None:
        raise LookupError("the food item is not published")
    answers: dict[str, str] = {}
    while (situation := resolve(law.item, answers)).next_question is not None:
        question = situation.next_question
        answers[question.key] = next(option.value for option in question.options if not option.ineligible)
    application = Application(
        REGION, FOOD, HOLDER, answers, sample_data(law.item.form, situation.facts), sample_papers(situation.materials)
    )
    today = platform.today()
    agent = standing(platform.database, AGENT, today, name="林照")
    number = submit(platform, application, actor=agent, key="bench-template").number
    acts: tuple[tuple[str, Command], ...] = ((CLERK, Claim()), (CLERK, Accept()), (REVIEWER, StartReview()))
    for account, command in acts:
        actor = standing(platform.database, account, today)
        perform(platform, command, actor=actor, region=REGION, number=number, key=f"bench-{type(command).__name__}")
    return number


def _days(server: EmbeddedPostgres, platform: "Platform", template: str) -> None:
    """Writes down how the template would stand if it had been accepted on other days, by the law itself."""
    from dataclasses import replace
    from datetime import timedelta

    import orjson

    from banjie.actions.perform import read_row
    from banjie.engine.cases import running
    from banjie.engine.cases.state import HANDLED
    from banjie.engine.codec import encode_some
    from banjie.records import cases
    from banjie.records.people import MACHINE

    found = cases.find(platform.database, MACHINE.eyes, REGION, template)
    law = platform.laws.published(REGION, FOOD)
    if found is None or law is None or found.case.received_on is None or found.case.accepted_on is None:
        raise LookupError("the template is not where it should be")
    with psycopg.connect(server.url("banjie_owner"), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE bench_days (day int PRIMARY KEY, state text, accepted_on date, statutory_due date,"
            " promised_due date, due_on date, wake_on date)"
        )
        for day in range(DAYS):
            back = timedelta(days=day)
            case = replace(
                found.case,
                received_on=found.case.received_on - back,
                accepted_on=found.case.accepted_on - back,
                entered={step: on - back for step, on in found.case.entered.items()},
            )
            row = read_row(case, law, platform.today(), running(case, law, platform.today()))
            connection.execute(
                "INSERT INTO bench_days VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (
                    *(day, orjson.dumps(encode_some(case, HANDLED)).decode(), row.accepted_on),
                    *(row.statutory_due, row.promised_due, row.due_on, row.wake_on),
                ),
            )


def crowd(server: EmbeddedPostgres, template: str, first: int, last: int) -> None:
    """Copies the template into cases and tasks numbered `first` to `last`; their tasks go round the offices."""
    with psycopg.connect(server.url("banjie_owner"), autocommit=True) as connection:
        connection.execute(
            """
            INSERT INTO cases SELECT region, gen_random_uuid(), made.number, query_code, item, item_name, edition,
                organ, offices, holder, holder_name, stage, version, last_hash, submitted_at, changed_at, d.accepted_on,
                decided_on, d.statutory_due, d.promised_due, d.due_on, d.wake_on, d.wake_on, late, d.state::json
            FROM cases c,
                 (SELECT n, %s || '-20260101-' || lpad(n::text, 7, '0') AS number
                  FROM generate_series(%s::int, %s::int) n) AS made
            JOIN bench_days d ON d.day = made.n %% %s
            WHERE c.number = %s
            """,
            (REGION, first, last, DAYS, template),
        )
        connection.execute(
            """
            INSERT INTO applications SELECT c.region, c.id, c.organ, c.offices, c.holder,
                replace(filed.content::text, %s, c.number)::json
            FROM cases c,
                 (SELECT f.content FROM applications f JOIN cases t ON t.id = f.case_id WHERE t.number = %s) filed
            WHERE c.number >= %s AND c.number <= %s
            """,
            (template, template, f"{REGION}-20260101-{first:07d}", f"{REGION}-20260101-{last:07d}"),
        )
        connection.execute(
            """
            WITH t AS MATERIALIZED (SELECT * FROM tasks WHERE number = %s)
            INSERT INTO tasks SELECT c.region, c.id, 0,
                CASE WHEN right(c.number, 7)::int %% %s = 0 THEN c.organ
                     ELSE 'office-' || right(c.number, 7)::int %% %s END,
                t.role, t.step, t.step_name, t.stage, c.due_on + right(c.number, 7)::int %% 300, c.number, c.item,
                c.item_name, c.holder_name, t.since
            FROM cases c, t
            WHERE c.number >= %s AND c.number <= %s
            """,
            (template, OFFICES, OFFICES, f"{REGION}-20260101-{first:07d}", f"{REGION}-20260101-{last:07d}"),
        )
        connection.execute("VACUUM ANALYZE cases, applications, tasks, journal, answered")


def timed(work: Callable[[], object], *, seconds: float = 2.0) -> float:
    """How often a second `work` can be done, from one thread."""
    from time import perf_counter

    work()
    times, begin = 0, perf_counter()
    while (passed := perf_counter() - begin) < seconds:
        work()
        times += 1
    return times / passed
