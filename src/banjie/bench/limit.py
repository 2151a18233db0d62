"""The limit: how fast PostgreSQL itself makes one transition, measured by its own pgbench in the same run.

One transition locks a case, appends an event with a hash, updates the case and writes an outbox row, in one plpgsql
function and one durable commit.
"""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg

from banjie.records.embedded import EmbeddedPostgres, binaries

SCHEMA = """
CREATE TABLE limit_cases (id int PRIMARY KEY, stage text, version int, due_on date, state jsonb, hash bytea)
    WITH (fillfactor = 80);
CREATE TABLE limit_events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id int, at timestamptz,
    data jsonb, hash bytea);
CREATE TABLE limit_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id int, version int);
CREATE FUNCTION limit_step(p_id int, p_data text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    c limit_cases;
    h bytea;
BEGIN
    SELECT * INTO c FROM limit_cases WHERE id = p_id FOR UPDATE;
    h := sha256(c.hash || convert_to(p_data, 'UTF8'));
    INSERT INTO limit_events (case_id, at, data, hash) VALUES (p_id, now(), p_data::jsonb, h);
    UPDATE limit_cases SET version = c.version + 1, due_on = current_date + (c.version % 30), hash = h WHERE id = p_id;
    INSERT INTO limit_outbox (case_id, version) VALUES (p_id, c.version + 1);
    RETURN c.version + 1;
END $$;
"""

EVENT_BYTES = 400


@dataclass(frozen=True, slots=True)
class Rate:
    """What a run reached: acts a second, and the 99th percentile of one act in milliseconds."""

    per_s: float
    p99_ms: float


def prepare(server: EmbeddedPostgres, cases: int) -> None:
    """The limit's tables with so many cases."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(SCHEMA.encode())
        connection.execute(
            "INSERT INTO limit_cases SELECT n, 'in_review', 1, current_date, '{\"n\": 1}', sha256(n::text::bytea)"
            " FROM generate_series(1, %s) AS n",
            (cases,),
        )
        connection.execute("VACUUM ANALYZE limit_cases")


def measure(server: EmbeddedPostgres, cases: int, *, clients: int, seconds: int) -> Rate:
    """One run of pgbench."""
    event = '{"opinion": "' + "x" * (EVENT_BYTES - 15) + '"}'
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "limit.sql"
        script.write_text(f"\\set id random(1, {cases})\nSELECT limit_step(:id, '{event}');\n", encoding="utf-8")
        ran = subprocess.run(  # noqa: S603 — pgbench of the wheel, with arguments of ours.
            [
                str(binaries() / "pgbench"),
                "--no-vacuum",
                "--protocol=prepared",
                f"--client={clients}",
                "--jobs=2",
                f"--time={seconds}",
                f"--file={script}",
                "--log",
                f"--log-prefix={folder}/log",
                server.url(),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        micros = sorted(
            int(line.split()[2]) for log in Path(folder).glob("log*") for line in log.read_text().splitlines()
        )
    found = re.search(r"tps = ([0-9.]+)", ran.stdout)
    if found is None or not micros:
        raise RuntimeError(f"pgbench did not tell its rate: {ran.stdout} {ran.stderr}")
    return Rate(float(found[1]), micros[int(len(micros) * 0.99)] / 1000)
