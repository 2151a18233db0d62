"""The worker, killed in the middle: what it had begun is done by the next one, once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from banjie.actions.papers import certificate_pdf
from banjie.engine.cases import Delivery
from banjie.engine.cases.acts import Accept, Approve, Claim, Deliver
from banjie.records import certificates
from banjie.records.people import MACHINE
from tests.actions.ways import OWNER, found
from tests.town import CLERK, DECIDER, HYGIENE, REGION, RESTAURANT, Town

CASES = 3

# A worker with the town's day on its clock. `slow` makes each message, and the first seals, take their time.
WORKER = """
import sys, time
from dataclasses import replace
from datetime import UTC, datetime
import django
django.setup()
from django.conf import settings
from banjie import worker
from banjie.actions import papers, reactions
from banjie.outside import jobs
from banjie.wiring import platform

jobs.HEARTBEAT_S, jobs.STALLED_S = 0.3, 1.5
if "slow" in sys.argv:
    tell, seal = reactions.notify, papers.seal_documents
    def slowly(hands, entry):
        tell(hands, entry)
        time.sleep(0.15)
    def seal_slowly(*args, **kwargs):
        time.sleep(30)
        return seal(*args, **kwargs)
    papers.seal_documents = seal_slowly
    reactions.TABLE.update({
        key: tuple(slowly if one is tell else one for one in row) for key, row in reactions.TABLE.items()
    })
moment = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
worker.run(replace(platform(), clock=lambda: moment), settings.DATABASE_URL)
"""


def start(log: Path, *how: str) -> subprocess.Popen[bytes]:
    with log.open("ab") as told:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, *how], stdout=told, stderr=subprocess.STDOUT, env=dict(os.environ)
        )


def until(what: Callable[[], Any], seconds: float, log: Path) -> None:
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, log.read_text("utf-8")[-3000:]
        time.sleep(0.05)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_nothing_undone_and_nothing_twice(town: Town, tmp_path: Path) -> None:
    town.settle()
    made = [approved(town) for _ in range(CASES)]
    log = tmp_path / "worker.log"

    first = start(log, "slow")
    until(lambda: sum(told(town, made).values()) > 3, 30, log)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert sum(told(town, made).values()) < 4 * CASES

    # This one gets through the reactions and is killed while it holds a job.
    second = start(log, "slow")
    until(lambda: doing(town) and sum(told(town, made).values()) == 4 * CASES, 40, log)
    os.kill(second.pid, signal.SIGKILL)
    second.wait()
    assert doing(town)

    third = start(log)
    until(lambda: sealed(town, made) and not unfinished(town), 90, log)
    third.send_signal(signal.SIGTERM)
    assert third.wait(20) == 0

    for case_id in made:
        assert told(town, [case_id]) == Counter(["Submitted", "Accepted", "Approved", "Delivered"])
        assert len(certificates.of_case(town.platform.database, MACHINE.eyes, REGION, case_id)) == 1
        # One letter for each that was planned to leave the building: how many depends on who wants to be told how.
        letters = len(sendings(town, case_id))
        wanted = Counter({"carry_message": letters, "seal_documents": 4, "seal_certificate": 1})
        assert jobs(town, case_id) == +wanted
    [row] = certificates.of_case(town.platform.database, MACHINE.eyes, REGION, made[0])
    licence = tmp_path / "licence.pdf"
    pdf = certificate_pdf(town.platform, town.who(OWNER), REGION, row.id)
    licence.write_bytes(pdf)
    assert "Signature Validation: Signature is Valid." in pdfsig(licence)
    middle = pdf.index(b"stream") + 20
    licence.write_bytes(pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :])
    assert "Digest Mismatch" in pdfsig(licence)


def approved(town: Town) -> str:
    """The identifier of a case by promise, approved and delivered, which no worker has seen yet."""
    number = town.submit(OWNER, HYGIENE, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(DECIDER, number, Approve("准予"))
    town.act(CLERK, number, Deliver(Delivery.ELECTRONIC, "回执"))
    return found(town, number).id


def rows(town: Town, query: str, **values: Any) -> list[dict[str, Any]]:
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        return cursor.execute(query.encode(), values).fetchall()


def told(town: Town, made: list[str]) -> Counter[str]:
    """How many messages of each kind these cases have brought about."""
    found_kinds = rows(town, "SELECT kind FROM messages WHERE case_id = ANY(%(made)s::uuid[])", made=made)
    return Counter(row["kind"] for row in found_kinds)


def sendings(town: Town, case_id: str) -> list[dict[str, Any]]:
    """The letters about a case that leave the building."""
    return rows(
        town,
        "SELECT 1 FROM notice_deliveries d JOIN messages m ON m.id = d.message_id"
        " WHERE m.case_id = %(case)s::uuid AND d.channel <> 'inbox'",
        case=case_id,
    )


def jobs(town: Town, case_id: str) -> Counter[str]:
    """How many jobs of each task a case has brought about."""
    written = rows(
        town,
        "SELECT task_name FROM procrastinate_jobs WHERE args->>'case_id' = %(case)s"
        " OR args->>'sending' IN (SELECT d.id::text FROM notice_deliveries d JOIN messages m ON m.id = d.message_id"
        " WHERE m.case_id = %(case)s::uuid)"
        " OR args->>'certificate_id' IN (SELECT id::text FROM certificates WHERE case_id = %(case)s::uuid)",
        case=case_id,
    )
    return Counter(row["task_name"] for row in written)


def doing(town: Town) -> bool:
    return bool(rows(town, "SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'"))


def unfinished(town: Town) -> bool:
    """Whether a job is left that may be done now: letters that came in the quiet hours wait for the morning."""
    return bool(
        rows(
            town,
            "SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'"
            " OR (status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))",
        )
    )


def sealed(town: Town, made: list[str]) -> bool:
    """Whether every document and certificate of these cases has its PDF."""
    return not rows(
        town,
        "SELECT 1 FROM documents WHERE sha256 = '' AND case_id = ANY(%(made)s::uuid[])"
        " UNION ALL SELECT 1 FROM certificates WHERE sha256 = '' AND case_id = ANY(%(made)s::uuid[])",
        made=made,
    )


def pdfsig(file: Path) -> str:
    return subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
