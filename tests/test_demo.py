"""The made-up city alive: founded, served, restarted, killed. One demo serves all tests of this file, in order."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # psutil ships no types
import psycopg
import pytest

from banjie.demo import folder as folders
from banjie.demo.folder import NotOurs
from banjie.demo.papers import paper_pdf
from banjie.demo.run import free_port
from banjie.engine.cases import STAGE_NAMES, Stage
from tests.demo_runs import Demo

BANJIE = (sys.executable, "-m", "banjie")


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A city that is open. Its first founding was killed in the middle, so it has been founded anew."""
    one = Demo(BANJIE)
    try:
        one.begin("--port", str(free_port(18200)))
        one.wait_for("讲述办件")
        assert one.process is not None
        one.process.kill()
        one.process.wait()
        assert one.gone_within(30) == []
        one.start("--port", str(free_port(18200)))
        yield one
    finally:
        one.close()


def asked(demo: Demo, question: str) -> list[tuple[object, ...]]:
    """The answer of the demo's database to a question put by its owner."""
    running = json.loads((demo.folder / "running.json").read_text("utf-8"))
    with psycopg.connect(running["database_url"]) as connection:
        connection.execute("SELECT bind('system', '{}', '{}', '{}', 'system')")
        return connection.execute(question.encode()).fetchall()


def command(demo: Demo, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command of the operator over the running demo."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BANJIE_")}
    return subprocess.run(
        [*BANJIE, *arguments, "--data", str(demo.folder)], env=kept, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_doors_are_open(demo: Demo) -> None:
    assert demo.get("/")[0] == 200
    said = demo.words()
    assert "上次没有建完城市，重新开始" in said
    assert "linzhao" in said
    assert "lanjiang-2026" in said
    for path in ("/accounts/login/", "/verify", "/progress", "/api/v1/items"):
        assert demo.get(path)[0] == 200, path


@pytest.mark.slow
def test_cases_of_all_items_stand_in_every_stage(demo: Demo) -> None:
    stages = {str(stage) for (stage,) in asked(demo, "SELECT DISTINCT stage FROM cases")}
    assert {STAGE_NAMES[stage] for stage in Stage if stage.value not in stages} == {"草稿"}
    # The districts and the county have items of their own, told more briefly: they are there to be compared.
    counts = asked(demo, "SELECT item, count(*) FROM cases WHERE region = '990100' GROUP BY item")
    assert len(counts) == 6
    assert all(isinstance(many, int) and many >= 6 for _, many in counts)
    compared = asked(demo, "SELECT region, count(*) FROM cases WHERE region <> '990100' GROUP BY region")
    assert {region for region, _ in compared} == {"990102", "990104", "990121"}
    [(total,)] = asked(demo, "SELECT count(*) FROM cases")
    assert isinstance(total, int)
    assert total >= 60


@pytest.mark.slow
def test_the_city_has_known_every_turn_a_case_can_take(demo: Demo) -> None:
    kinds = {str(kind) for (kind,) in asked(demo, "SELECT DISTINCT kind FROM journal WHERE subject_kind = 'case'")}
    assert kinds >= {
        *("Submitted", "Claimed", "CorrectionAsked", "Resubmitted", "Accepted", "Tolerated", "ToleratedSupplied"),
        *("ToleranceLapsed", "ReviewStarted", "StepSigned", "StepFinished", "StepReturned", "SpecialStarted"),
        *("SpecialEnded", "Extended", "Approved", "Denied", "Delivered", "Returned", "WithdrawalAsked", "Withdrawn"),
        *("FoundNotRequired", "FoundNotCompetent", "Terminated", "MarkedLate"),
        *("TakenBack", "Urged", "UrgeAnswered"),
    }
    [(silent,)] = asked(demo, "SELECT count(*) FROM journal WHERE kind = 'Accepted' AND (data->>'silent')::boolean")
    assert silent
    [(late,)] = asked(demo, "SELECT count(*) FROM cases WHERE late && '{TP,TL}'")
    assert late
    first_day, today = asked(demo, "SELECT min(at)::date, now()::date FROM journal")[0]
    assert today - first_day > timedelta(days=50)  # type: ignore[operator]  # the database answers with days
    assert asked(demo, "SELECT 1 FROM journal WHERE at > now()") == []
    office_hours = "(at AT TIME ZONE 'Asia/Shanghai')::time BETWEEN '08:00' AND '18:00'"
    # What the stories tell happened in office hours; what the city does today it does when somebody starts the demo.
    told = "actor <> 'system' AND at < now() - interval '1 day'"
    assert asked(demo, f"SELECT 1 FROM journal WHERE {told} AND NOT {office_hours}") == []  # noqa: S608 — constants.


@pytest.mark.slow
def test_papers_are_kept_and_documents_sealed(demo: Demo) -> None:
    hashes = asked(
        demo,
        "SELECT p->>'sha256' FROM applications, json_array_elements(content->'papers') p WHERE p->>'sha256' <> ''",
    )
    assert len(hashes) > 100
    for (sha256,) in hashes:
        assert (demo.folder / "files" / str(sha256)[:2] / str(sha256)).read_bytes().startswith(b"%PDF-")
    until = time.monotonic() + 120
    while asked(demo, "SELECT 1 FROM documents WHERE sha256 = '' AND trouble = ''"):
        assert time.monotonic() < until, "the worker has not sealed all documents"
        time.sleep(0.5)
    assert asked(demo, "SELECT trouble FROM documents WHERE trouble <> ''") == []


@pytest.mark.slow
def test_history_played_again_is_what_is_stored(demo: Demo) -> None:
    done = command(demo, "replay")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].endswith(" 0 differences")


@pytest.mark.slow
def test_a_case_taken_out_is_verified_elsewhere(demo: Demo, tmp_path: Path) -> None:
    export = tmp_path / "case.json"
    number_by_stage = (
        "SELECT DISTINCT ON (stage) number FROM cases WHERE stage IN ('precheck', 'special', 'delivered')"
        " ORDER BY stage, number"
    )
    for (number,) in asked(demo, number_by_stage):
        assert command(demo, "export", "case", str(number), "--out", str(export)).returncode == 0
        checked = subprocess.run(
            [*BANJIE, "verify", "journal", str(export)], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout
    document = json.loads(export.read_text("utf-8"))
    document["entries"][1]["actor"] = "somebody"
    export.write_text(json.dumps(document), "utf-8")
    checked = subprocess.run([*BANJIE, "verify", "journal", str(export)], capture_output=True, text=True, check=False)
    assert (checked.returncode, "第 2 条记录" in checked.stdout) == (1, True)
    assert command(demo, "export", "case", "990100-20260101-9999997").returncode == 1


@pytest.mark.slow
def test_a_token_is_given_out_once(demo: Demo) -> None:
    done = command(demo, "token", "luoxiaoyu")
    assert done.returncode == 0
    assert len(done.stdout.strip()) > 30
    assert command(demo, "token", "nobody").returncode == 1


@pytest.mark.slow
def test_items_are_taken_in_once(demo: Demo, tmp_path: Path) -> None:
    rows = tmp_path / "items.jsonl"
    rows.write_text("{}\n[]\n", "utf-8")
    for _ in range(2):
        done = command(
            demo, "items", "import", str(rows), "--mapping", "guangdong", "--report", str(tmp_path / "r.csv")
        )
        assert done.stdout.splitlines()[-1] == "imported 0, refused 2, of 2"
    assert command(demo, "items", "import", str(rows), "--mapping", "nowhere").returncode == 1


@pytest.mark.slow
def test_web_and_worker_are_small(demo: Demo) -> None:
    # The third child stands for other people's systems, the departments and the province: no city runs it.
    own = ("banjie.demo.children web", "banjie.demo.children worker")
    ours = [one for one in demo.processes() if any(name in " ".join(one.cmdline()) for name in own)]
    weight = sum(one.memory_full_info().pss for one in ours) / 1024 / 1024
    assert weight < 350, [(one.cmdline(), one.memory_full_info().pss) for one in ours]


@pytest.mark.slow
def test_a_second_one_over_the_same_folder_is_told_of_the_first(demo: Demo) -> None:
    done = command(demo, "demo")
    assert done.returncode == 1
    assert f"http://127.0.0.1:{demo.port}" in done.stderr
    assert command(demo, "demo", "--reset").returncode == 1
    assert demo.get("/")[0] == 200


@pytest.mark.slow
def test_a_child_that_dies_is_started_again(demo: Demo) -> None:
    for key, name in (("web", "网页"), ("worker", "后台")):
        children = psutil.Process(demo.process.pid).children() if demo.process else []
        victim = next(one for one in children if f"banjie.demo.children {key}" in " ".join(one.cmdline()))
        victim.kill()
        demo.wait_for(f"{name}进程意外结束")
    until = time.monotonic() + 60
    while True:
        try:
            if demo.get("/")[0] == 200:
                break
        except OSError:
            assert time.monotonic() < until, demo.words()
            time.sleep(0.2)


@pytest.mark.slow
def test_ctrl_c_ends_everything_and_the_next_start_is_quick(demo: Demo) -> None:
    assert demo.stop(signal.SIGINT) == 0
    assert demo.gone_within(1) == []
    assert not (demo.folder / "running.json").exists()
    began = os.times()
    demo.start("--port", str(free_port(18200)))
    assert "第一次启动" not in demo.words()
    assert os.times().children_user - began.children_user < 5
    assert demo.get("/")[0] == 200


@pytest.mark.slow
def test_killed_without_a_word_it_leaves_nothing_behind(demo: Demo) -> None:
    assert demo.process is not None
    assert len(demo.processes()) > 4
    demo.process.kill()
    demo.process.wait()
    assert demo.gone_within(30) == []
    assert command(demo, "replay").returncode == 1  # What it has left behind does not count as running.


# --- the parts, quick ---


def test_a_taken_port_gives_way_to_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        if port > 65500:
            pytest.skip("no port after this one")
        assert free_port(port) > port
    assert f"端口 {port} 已被占用" in capsys.readouterr().out


def test_only_a_folder_of_ours_is_wiped(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(NotOurs, match="不是演示数据目录"):
        folders.wipe(tmp_path)
    with pytest.raises(NotOurs, match="别的内容"):
        folders.open_folder(tmp_path)
    assert (tmp_path / "letter.txt").exists()

    ours = tmp_path / "ours"
    folders.open_folder(ours)
    (ours / "files").mkdir()
    (ours / "link").symlink_to(tmp_path)
    folders.wipe(ours)
    assert [entry.name for entry in ours.iterdir()] == [folders.MARK]
    assert (tmp_path / "letter.txt").exists()


def test_what_a_dead_demo_has_left_does_not_count(tmp_path: Path) -> None:
    folders.open_folder(tmp_path / "city")
    folders.write(tmp_path / "city", folders.RUNNING, {"pid": os.getpid(), "address": "x"})
    assert folders.running(tmp_path / "city") is None


def test_the_usual_folder_is_one_that_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert folders.usual_folder() == tmp_path / ".demo"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert folders.usual_folder() == Path.home() / ".local" / "share" / "banjie-demo"


def test_a_paper_is_a_file_others_can_read() -> None:
    pdf = paper_pdf("经营场所平面图", ["申请人：澜江春禾餐饮有限公司", "一、符合。"], plan=True)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        done = subprocess.run(["pdftotext", file.name, "-"], capture_output=True, text=True, check=True)
    assert "经营场所平面图" in done.stdout
    assert done.stderr == ""
