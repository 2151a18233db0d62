"""A city over a PostgreSQL of its own, named by URL: tables made, the city founded, pages served, ended in order."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from banjie.demo.run import free_port
from banjie.packs.city import LANJIANG
from banjie.records.embedded import EmbeddedPostgres

pytestmark = pytest.mark.slow

BANJIE = (sys.executable, "-m", "banjie")


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """What an operator has set; the database stands in for one of her own."""
    folder = Path(tempfile.mkdtemp(prefix="banjie-own-"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BANJIE_", "DJANGO_"))}
    with EmbeddedPostgres(folder) as server:
        yield {
            **kept,
            "BANJIE_DATABASE_URL": server.url("banjie_app"),
            "BANJIE_OWNER_URL": server.url("banjie_owner"),
            "BANJIE_DATA": str(folder / "own"),
        }
    shutil.rmtree(folder, ignore_errors=True)


def run(environment: dict[str, str], *arguments: str, **changed: str) -> "subprocess.CompletedProcess[str]":
    """One command, ended."""
    return subprocess.run(
        [*BANJIE, *arguments], env={**environment, **changed}, capture_output=True, text=True, check=False, timeout=120
    )


def test_nothing_is_served_before_there_are_tables(environment: dict[str, str]) -> None:
    done = run(environment, "serve")
    assert (done.returncode, "banjie migrate" in done.stderr) == (1, True)
    done = run(environment, "replay")
    assert (done.returncode, "banjie migrate" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_tables_are_made_and_made_again(environment: dict[str, str]) -> None:
    for _ in range(2):
        done = run(environment, "migrate")
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("数据库表已是最新\n")


def test_a_city_is_founded_twice_as_once(environment: dict[str, str], tmp_path: Path) -> None:
    for _ in range(2):
        done = run(environment, "found", "--city", str(LANJIANG))
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("澜江市：")
    broken = tmp_path / "broken.yaml"
    broken.write_text("名称: 某市\n", "utf-8")
    done = run(environment, "found", "--city", str(broken))
    assert (done.returncode, "broken.yaml" in done.stderr) == (1, True)
    assert run(environment, "replay").stdout.endswith("0 differences\n")


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_role_that_could_see_everything_is_not_served(environment: dict[str, str], command: str) -> None:
    for url in (environment["BANJIE_OWNER_URL"], environment["BANJIE_OWNER_URL"].replace("banjie_owner", "postgres")):
        done = run(environment, command, BANJIE_DATABASE_URL=url)
        assert (done.returncode, "行级安全" in done.stderr) == (1, True), done.stderr


def test_pages_are_served_and_end_in_order(environment: dict[str, str]) -> None:
    port = free_port(18400)
    server = subprocess.Popen([*BANJIE, "serve", "--port", str(port), "--workers", "1"], env=environment)
    worker = subprocess.Popen([*BANJIE, "worker"], env=environment)
    try:
        assert status(port, within_s=60) == 200
        for process in (server, worker):
            assert process.poll() is None
            process.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        assert worker.wait(20) == 0
    finally:
        for process in (server, worker):
            if process.poll() is None:
                process.kill()
                process.wait()


def status(port: int, *, within_s: float) -> int:
    """The status of the home page, waited for."""
    until = time.monotonic() + within_s
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
        finally:
            connection.close()
