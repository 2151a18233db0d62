"""A submission with ten papers against the raw write of the same bytes and rows, in one run on one machine.

Ours is everything between the upload and the receipt: each file looked into, hashed and kept, its record, the law's
decision, the case with its history, documents and tasks. Raw is the same bytes written to files and synced, and the
same rows inserted into tables without indexes, rules or policies, in as many transactions.
"""

import hashlib
import io
import os
import statistics
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.json import Jsonb

from banjie.bench.stage import AGENT, FOOD, HOLDER, REGION, Stage, say, stage

if TYPE_CHECKING:
    from banjie.actions.submissions import Application

PAPERS = 10
SIDE = 612
"""Dots of a scan's side: noise of this size weighs about 200 KB."""
ROUNDS = 15
TABLES = ("cases", "applications", "tasks", "journal", "documents", "answered")
"""The tables a submission writes to, besides that of the files."""


def measure() -> dict[str, Any]:
    """Milliseconds of ours and raw (medians of rounds taken by turns), and their ratio."""
    with stage(1) as ground:
        say("提交十份材料……")
        return measured(ground)


def measured(ground: Stage) -> dict[str, Any]:
    """The same on a stage that is set."""
    application = _application(ground)
    rows = _rows_of(ground, _ours(ground, application, _papers())[1])
    folder = Path(os.environ["BANJIE_DATA"]) / "raw"
    folder.mkdir(exist_ok=True)
    ours, raw, written = [], [], 0
    with psycopg.connect(ground.server.url("banjie_owner")) as connection:
        _raw_tables(connection)
        for _ in range(ROUNDS):
            ours.append(_ours(ground, application, _papers())[0])
            contents = _papers()
            written = sum(len(one) for one in contents)
            raw.append(_raw(connection, folder, contents, rows))
    mine, bare = statistics.median(ours), statistics.median(raw)
    return {
        "papers": PAPERS,
        "bytes": written,
        "ours_ms": round(mine * 1000, 1),
        "raw_ms": round(bare * 1000, 1),
        "ratio": round(mine / bare, 2),
    }


def _papers() -> list[bytes]:
    """Ten scans no one has handed in before: one page each, about 200 KB."""
    from PIL import Image

    papers = []
    for _ in range(PAPERS):
        scan = Image.frombytes("L", (SIDE, SIDE), os.urandom(SIDE * SIDE))
        into = io.BytesIO()
        scan.save(into, "PDF", quality=72)
        papers.append(into.getvalue())
    return papers


def _application(ground: Stage) -> "Application":
    from banjie.actions.submissions import Application
    from banjie.engine.situations import resolve
    from banjie.packs.sample import sample_data, sample_papers

    law = ground.platform.laws.published(REGION, FOOD)
    if law is None:
        raise LookupError("the food item is not published")
    answers: dict[str, str] = {}
    while (situation := resolve(law.item, answers)).next_question is not None:
        question = situation.next_question
        answers[question.key] = next(option.value for option in question.options if not option.ineligible)
    data = sample_data(law.item.form, situation.facts)
    return Application(REGION, FOOD, HOLDER, answers, data, sample_papers(situation.materials))


def _ours(ground: Stage, application: "Application", contents: list[bytes]) -> tuple[float, str]:
    """Seconds from the uploads to the receipt, and the case's number."""
    from dataclasses import replace

    from banjie.actions.paper_receiving import Stored, keep_uploads
    from banjie.actions.submissions import submit
    from banjie.engine.cases import Paper

    actor, key = ground.standing(AGENT), os.urandom(16).hex()
    uploads: list[tuple[str, Any]] = [(f"第{n}页.pdf", io.BytesIO(one)) for n, one in enumerate(contents, start=1)]
    begin = perf_counter()
    kept = [one for one in keep_uploads(ground.platform, uploads) if isinstance(one, Stored)]
    own = next(paper.material for paper in application.papers if paper.sha256)
    papers = tuple(Paper(own, one.name, one.sha256, one.media_type, one.size) for one in kept)
    others = tuple(paper for paper in application.papers if paper.material != own)
    sent = submit(ground.platform, replace(application, papers=(*others, *papers)), actor=actor, key=key)
    return perf_counter() - begin, sent.number


def _rows_of(ground: Stage, number: str) -> dict[str, list[Any]]:
    """The rows a submission has written, as JSON, by table; those of its files too."""
    with psycopg.connect(ground.server.url("banjie_owner")) as connection:
        case = _one(connection, "SELECT id::text FROM cases WHERE number = %s", number)
        key = "SELECT key FROM answered WHERE answer ->> 'number' = %s"
        found: dict[str, list[Any]] = {}
        for table in TABLES:
            column, value = {
                "cases": ("id::text", case),
                "journal": ("subject::text", case),
                "answered": ("key", _one(connection, key, number)),
            }.get(table, ("case_id::text", case))
            query = f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = %s"  # noqa: S608 — constants above.
            found[table] = [row[0] for row in connection.execute(query.encode(), (value,))]
        query = "SELECT to_jsonb(t) FROM paper_files t LIMIT %s"
        found["paper_files"] = [row[0] for row in connection.execute(query, (PAPERS,))]
    return found


def _one(connection: psycopg.Connection[Any], query: str, value: str) -> str:
    row = connection.execute(query.encode(), (value,)).fetchone()
    if row is None:
        raise LookupError(query)
    return str(row[0])


def _raw_tables(connection: psycopg.Connection[Any]) -> None:
    for table in (*TABLES, "paper_files"):
        connection.execute(f"CREATE TABLE raw_{table} (LIKE {table})".encode())
    connection.commit()


def _raw(connection: psycopg.Connection[Any], folder: Path, contents: list[bytes], rows: dict[str, list[Any]]) -> float:
    """Seconds for the bytes and the rows alone."""
    begin = perf_counter()
    for content in contents:
        place = folder / hashlib.sha256(content).hexdigest()
        with place.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    _insert(connection, "paper_files", rows["paper_files"])
    connection.commit()
    for table in TABLES:
        _insert(connection, table, rows[table])
    connection.commit()
    return perf_counter() - begin


def _insert(connection: psycopg.Connection[Any], table: str, rows: list[Any]) -> None:
    query = f"INSERT INTO raw_{table} SELECT * FROM jsonb_populate_recordset(NULL::raw_{table}, %s)"  # noqa: S608 — constants above.
    connection.execute(query.encode(), (Jsonb(rows),))
