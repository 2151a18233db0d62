"""The operator's door, called as an operator calls it: what it prints, how it ends, how it refuses."""

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.cli import main
from banjie.commands.clock import CALENDARS
from banjie.engine.calendar import Calendar
from banjie.engine.clock import Term, Timer, TimerKind, Unit, prove
from banjie.engine.proof import to_json
from banjie.packs.calendars import load_calendar


def banjie(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs the command with no database named, unless the caller names one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BANJIE_")}
    return subprocess.run(
        [sys.executable, "-m", "banjie", *(str(one) for one in arguments)],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_is_quick_and_chinese() -> None:
    began = time.process_time()
    spent = os.times().children_user
    done = banjie("--help")
    assert done.returncode == 0
    for command in ("demo", "serve", "worker", "migrate", "clock", "verify", "export", "replay", "items", "token"):
        assert f"    {command} " in done.stdout
    assert "usage" not in done.stdout
    # Processor time, for the machine may be busy with other tests.
    assert os.times().children_user - spent + time.process_time() - began < 0.3


def test_help_loads_nothing_heavy() -> None:
    heavy = ("django", "psycopg", "yaml", "granian", "typst")
    code = f"import sys, banjie.cli; banjie.cli.parser(); print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# The twelve-day vectors stand with the clock; here it is shown that the command asks the same clock.
DUE = """
--from 2026-09-24 --days 20                                    2026-10-29
--from 2026-09-24 --days 20 --unit calendar                    2026-10-14
--from 2026-09-30 --days 1                                     2026-10-08
--from 2026-10-09 --days 1                                     2026-10-10
--from 2026-09-24 --days 0                                     2026-09-24
--from 2026-10-09 --days 8 --pause 2026-10-12..2026-10-15      2026-10-23
--from 2026-10-09 --days 8 --pause 2026-10-12..2026-10-15 --pause 2026-10-13..2026-10-16   2026-10-26
"""


@pytest.mark.parametrize("line", DUE.strip().splitlines())
def test_a_due_date_stands_alone_on_the_first_line(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    *arguments, expected = line.split()
    assert main(["clock", "due", "--region", "990100", *arguments]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == expected
    assert any("到期日" in one for one in said[1:])


def test_a_proof_is_verified_and_a_changed_one_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proof = tmp_path / "proof.json"
    asked = ["clock", "due", "--region", "990100", "--from", "2026-09-24", "--days", "20", "--proof"]
    assert main([*asked, str(proof)]) == 0
    assert main(["verify", "proof", str(proof)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1].startswith("凭证无误")

    assert main(asked) == 0
    whole = tmp_path / "whole-output.txt"
    whole.write_text(capsys.readouterr().out, "utf-8")
    assert main(["verify", "proof", str(whole)]) == 0

    document = json.loads(proof.read_text("utf-8"))
    document["days"][0][1] = "counted" if document["days"][0][1] != "counted" else "holiday"
    proof.write_text(json.dumps(document), "utf-8")
    assert main(["verify", "proof", str(proof)]) == 1


def test_a_proof_over_other_holidays_is_not_taken_for_the_published_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:

    timer = Timer(TimerKind.STATUTORY, Term(20, Unit.WORKING_DAY), date(2026, 9, 24))
    shipped = load_calendar(CALENDARS, "990100").edition
    for edition, code, words in ((shipped, 1, "不符"), ("自编", 0, "不是本机自带的版本")):
        calendar = Calendar("990100", edition, frozenset({2026}), {}, {}, {})
        proof = tmp_path / "own.json"
        proof.write_text(json.dumps(to_json(prove(timer, (), calendar, date(2026, 10, 22)))), "utf-8")
        assert main(["verify", "proof", str(proof)]) == code
        assert words in capsys.readouterr().out


WRONG_CALLS = """
clock due --region 990100 --from 2026-13-01 --days 20              不是日期
clock due --region 990100 --from 2026-09-24 --days -3              整数
clock due --region 990100 --from 2026-09-24 --days 一              整数
clock due --region 990100 --from 2026-09-24 --days 5 --pause 2026-10-01             应写成
clock due --region 990100 --from 2026-09-24 --days 5 --pause 2026-10-05..2026-10-01  早于开始日
clock due --region 990100 --days 5                                 缺少参数
demo --port 99999                                                  端口
nonsense                                                           不能是
"""


@pytest.mark.parametrize("line", WRONG_CALLS.strip().splitlines())
def test_a_wrong_call_ends_with_2_and_says_why(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    *arguments, words = line.split()
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert words in said
    assert "--help" in said


@pytest.mark.parametrize("region", ["99", "abcdef", "990199999", "", "9901OO"])
def test_a_region_that_is_none_is_refused_in_a_sentence(region: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["clock", "due", "--region", region, "--from", "2026-09-24", "--days", "20"])
    assert ended.value.code == 1
    assert capsys.readouterr().err.strip().endswith("。")


@pytest.mark.parametrize("command", ["proof", "journal"])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"format": 1}', b"{" * 5000, b'{"format":"banjie-journal/1"}']
)
def test_a_file_that_is_no_proof_is_answered(command: str, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "strange.json"
    file.write_bytes(content)
    done = banjie("verify", command, file)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert (done.stdout + done.stderr).strip()


@settings(max_examples=60, deadline=None)
@given(days=st.integers(0, 400), unit=st.sampled_from(["working", "calendar"]), start=st.dates())
def test_every_date_gets_a_date_or_a_sentence(days: int, unit: str, start: object) -> None:
    asked = ["clock", "due", "--region", "990100", "--from", str(start), "--days", str(days), "--unit", unit]
    try:
        assert main(asked) == 0
    except SystemExit as ended:
        assert ended.code == 1  # noqa: PT017 — either end is right; the sentence is checked above.


def test_what_needs_a_database_says_that_there_is_none(tmp_path: Path) -> None:
    for command in (["serve"], ["worker"], ["migrate"]):
        done = banjie(*command)
        assert (done.returncode, "BANJIE_DATABASE_URL" in done.stderr) == (1, True), command
    for command in (["replay"], ["token", "linzhao"], ["export", "case", "990100-20261009-0000007"]):
        done = banjie(*command, "--data", tmp_path)
        assert (done.returncode, "banjie demo" in done.stderr) == (1, True), command


def test_a_database_that_is_away_is_named() -> None:
    done = banjie("replay", BANJIE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 1
    assert "连不上数据库" in done.stderr
    assert "Traceback" not in done.stderr


def test_packs_that_ship_are_sound_and_a_broken_one_is_named(tmp_path: Path) -> None:
    done = banjie("items", "check")
    assert done.returncode == 0
    assert done.stdout.strip().endswith("0 处需要修改")
    (tmp_path / "broken.yaml").write_text("事项编码: 1\n事项名称: []\n", "utf-8")
    broken = banjie("items", "check", tmp_path)
    assert broken.returncode == 1
    assert "broken.yaml" in broken.stdout
    assert banjie("items", "check", tmp_path / "nowhere").returncode == 1


def test_a_reader_that_has_had_enough_is_no_trouble() -> None:
    done = subprocess.run(
        [
            "sh",
            "-c",
            f"{sys.executable} -m banjie clock due --region 990100 --from 2026-09-24 --days 400 --proof | head -1",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""
