"""Jobs for what leaves the building, kept and retried by procrastinate in the same database."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import procrastinate
import psycopg
from procrastinate import RetryStrategy

RETRY = RetryStrategy(max_attempts=12, exponential_wait=2)
"""Twelve tries, waiting 2, 4, 8 … seconds: over an hour. A job that fails them all is kept as failed, never lost."""

HEARTBEAT_S = 5.0
"""How often, in seconds, a worker says that it is alive."""

STALLED_S = 20.0
"""After how many seconds without such a word its jobs are taken from it."""

TASKS = (
    "seal_documents",
    "seal_certificate",
    "carry_message",
    "scan_paper",
    "ask_source",
    "calendar_round",
    "make_dossier",
    "send_report",
)


class Procrastinate:
    """Writes jobs down in the caller's transaction."""

    def defer(
        self,
        connection: psycopg.Connection[Any],
        task: str,
        scheduled_at: datetime | None = None,
        **arguments: str | int,
    ) -> None:
        """One job of a known task, not to be begun before `scheduled_at`."""
        if task not in TASKS:
            raise LookupError(f"no such task: {task}")
        connection.execute(
            "SELECT procrastinate_defer_jobs_v1("
            "ARRAY[ROW(%s, %s, 0, NULL, NULL, %s, %s)::procrastinate_job_to_defer_v1])",
            ("outside", task, psycopg.types.json.Jsonb(arguments), scheduled_at),
        )


def app(url: str, carry_out: Callable[..., object]) -> procrastinate.App:
    """The procrastinate application of a worker. `carry_out(task, **arguments)` does the work, in a thread."""
    made = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=3))
    for name in TASKS:
        made.task(name=name, queue="outside", retry=RETRY)(_bound(carry_out, name))
    return made


async def rescue(application: procrastinate.App) -> int:
    """Gives the jobs of workers that died in the middle back to those that live; answers with how many."""
    manager = application.job_manager
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S))
    for job in stalled:
        await manager.retry_job(job)
    return len(stalled)


def _bound(carry_out: Callable[..., object], name: str) -> Callable[..., None]:
    def work(**arguments: str | int) -> None:
        carry_out(name, **arguments)

    work.__name__ = name
    return work
