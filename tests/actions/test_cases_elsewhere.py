"""Cases of elsewhere: taken in once, changed by what is new, their sums and their history in step; dirty rows told."""

import json
from argparse import Namespace
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.town import REGION, Town

from banjie.actions.cases_elsewhere import Became, take
from banjie.actions.replay import replay
from banjie.commands import cases, flow
from banjie.engine import external_cases as law
from banjie.records import external_cases, journal
from banjie.records.database import NOBODY
from banjie.records.external_cases import Wanted
from banjie.records.people import MACHINE

HEAD = "办件编号,事项名称,申请时间,截止时间,办结时间,申请渠道,承办部门,记录编号,环节名称,办理时间,办理人,办理单位\n"
BUREAU = "澜江市行政审批局"
LOG = Path(__file__).parents[3] / "shared" / "data" / "permit_receipts.csv"


@pytest.fixture(autouse=True)
def today(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.clock.set(date(2026, 11, 24))
    monkeypatch.setattr("banjie.wiring._platform", lambda: town.platform)


def line(number: str, serial: str, **changes: str) -> str:
    values = {
        "number": number,
        "item": "取水许可",
        "began": "2026-11-02 09:00:00",
        "due": "2026-11-20",
        "ended": "2026-11-20 16:00:00",
        "channel": "窗口",
        "organ": BUREAU,
        "serial": serial,
        "step": "受理",
        "at": "2026-11-03 10:00:00",
        "by": "甲",
        "office": "水政科",
    }
    return ",".join((values | changes).values()) + "\n"


def run(tmp_path: Path, rows: Sequence[str], capsys: pytest.CaptureFixture[str], report: str = "r.csv") -> list[str]:
    file = tmp_path / "log.csv"
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    return imported(file, "department", tmp_path / report, capsys)


def imported(file: Path, mapping: str, report: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert cases.import_cases(Namespace(data=None, file=file, mapping=mapping, report=report, region=REGION)) == 0
    return capsys.readouterr().out.strip().splitlines()


def whole(town: Town, **wanted: object) -> external_cases.Sums:
    [found] = external_cases.sums(town.platform.database, MACHINE.eyes, [REGION], **wanted)  # type: ignore[arg-type]  # tests name what they want
    return found


def test_a_file_comes_in_once_and_what_is_new_is_appended(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        line("A-1", "1"),
        line("A-1", "2", step="办结", at="2026-11-20 16:00:00"),
        line("A-2", "3", ended="2026-11-21 09:00:00"),
        line("A-3", "4", ended=""),
    ]
    said = run(tmp_path, rows, capsys)
    assert said[-1] == "imported 3, refused 0, of 3"
    assert "新归集 3 件，更新 0 件，没有变化 0 件" in said
    assert "已办结 2 件，其中超期 1 件" in said
    before = whole(town)
    assert (before.began, before.ended, before.with_due, before.late) == (3, 2, 2, 1)

    said = run(tmp_path, rows, capsys)
    assert "新归集 0 件，更新 0 件，没有变化 3 件" in said
    assert said[-1] == "imported 3, refused 0, of 3"
    assert whole(town) == before

    rows[2] = line("A-2", "3", ended="2026-11-20 09:00:00")
    rows.append(line("A-3", "5", step="办结", at="2026-11-19 09:00:00", ended="2026-11-19 09:00:00"))
    assert "新归集 0 件，更新 2 件，没有变化 1 件" in run(tmp_path, rows, capsys)
    after = whole(town)
    assert (after.began, after.ended, after.late) == (3, 3, 0)
    [second] = external_cases.listed(town.platform.database, MACHINE.eyes, [REGION], Wanted(number="A-2"), town.clock())
    kinds = [entry.kind for entry in journal.history(town.platform.database, MACHINE.eyes, REGION, second.id)]
    assert kinds == ["CaseReported", "FactsChanged"]


def test_dirty_rows_are_told_and_only_the_impossible_is_refused(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        line("", "1"),
        line("B-1", "2", began="2027-05-01 09:00:00"),
        line("B-2", "3", began="前天"),
        line("B-3", "4", ended="2026-11-01 09:00:00"),
        line("B-4", "5", due="", organ="飞天局"),
        line("B-5", "6", ended="2027-01-01 09:00:00"),
        line("B-6", "7", at="2027-01-01 09:00:00"),
        line("B-7", "8", office=""),
        line("B-8", "9", began="", at="2026/11/3 8:05"),
        line("B-9", "10", at="某日"),
    ]
    said = run(tmp_path, rows, capsys)
    assert said[-1] == "imported 7, refused 3, of 10"
    report = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    for words in (
        "没有办件编号",
        "开始时间在将来",
        "“前天”读不出时间",
        "办结早于开始",
        "没有截止时间",
        "对应表里没有这个部门",
        "办结时间在将来",
        "这条记录没有收下",
        "有环节没有写明哪个单位经办",
        "按最早的一条记录算",
        "“某日”读不出来，这条环节没有收下",
    ):
        assert words in report, words
    assert report.splitlines()[0] == "行号,办件编号,字段,级别,原值,原因,怎样改"
    run(tmp_path, rows, capsys, "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<td>办结早于开始</td>" in page
    odd = external_cases.listed(
        town.platform.database, MACHINE.eyes, [REGION], Wanted(show="odd", number="B-"), town.clock()
    )
    assert {one.number for one in odd} >= {"B-3", "B-4", "B-7"}
    unknown = next(one for one in odd if one.number == "B-4")
    assert (unknown.organ, unknown.organ_name) == ("", "飞天局")


def test_replay_finds_no_difference_and_nobody_sees_nothing(town: Town) -> None:
    differences: list[object] = []
    replayed = replay(town.platform, differences.append)
    assert not differences
    assert replayed.events > 0
    assert external_cases.listed(town.platform.database, NOBODY, [REGION], Wanted(), town.clock()) == ()
    assert external_cases.sums(town.platform.database, NOBODY, [REGION])[0].began == 0


def test_the_log_is_written_in_both_standards(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("xes", "ocel"):
        out = tmp_path / f"log.{form}"
        assert flow.export_flow(Namespace(data=None, format=form, out=out, region=REGION)) == 0
        assert f"过程日志在 {out}" in capsys.readouterr().out
    assert (tmp_path / "log.xes").read_text(encoding="utf-8").count("<trace>") == 8
    log = json.loads((tmp_path / "log.ocel").read_text(encoding="utf-8"))
    assert sum(one["type"] == "办件" for one in log["objects"]) == 8
    with pytest.raises(SystemExit):
        flow.export_flow(Namespace(data=None, format="xes", out=tmp_path / "none" / "x", region=""))
    assert "请换一个可写的路径" in capsys.readouterr().err


def test_two_who_tell_at_once_count_once(town: Town) -> None:
    began = datetime(2026, 11, 2, 1, tzinfo=UTC)
    told = [
        law.examine(law.Report("both", f"T-{place}", REGION, law.Facts(started_at=began)), town.clock())
        for place in range(40)
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: take(town.platform, told, actor=MACHINE), range(4)))
    became = [one.became for answer in answers for one in answer]
    assert became.count(Became.NEW) == 40
    assert became.count(Became.UNCHANGED) == 120
    assert whole(town, source="both").began == 40


XES = """<?xml version="1.0" encoding="utf-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<trace><string key="concept:name" value="X-1"/><date key="startdate" value="2026-11-02T09:00:00+08:00"/>
<date key="deadline" value="2026-11-05T00:00:00+08:00"/><date key="enddate" value="2026-11-06T00:00:00+08:00"/>
<event><string key="concept:name" value="收到"/><string key="lifecycle:transition" value="complete"/>
<date key="time:timestamp" value="2026-11-03T09:00:00+08:00"/></event></trace>
</log>"""


def test_an_xes_log_reads_by_the_same_mapping(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "log.xes"
    file.write_text(XES, encoding="utf-8")
    said = imported(file, "receipts", tmp_path / "r.jsonl", capsys)
    assert said[-1] == "imported 1, refused 0, of 1"
    assert "已办结 1 件，其中超期 1 件" in said
    file.write_text(XES[:300], encoding="utf-8")
    with pytest.raises(SystemExit):
        imported(file, "receipts", tmp_path / "r.jsonl", capsys)
    assert "不是完整的 XML" in capsys.readouterr().err


@pytest.mark.skipif(not LOG.is_file(), reason="没有真实日志文件夹，跳过")
def test_the_real_log_comes_in_whole(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.csv"
    said = imported(LOG, "receipts", report, capsys)
    assert said[-1] == "imported 1434, refused 0, of 1434"
    assert "新归集 1434 件，更新 0 件，没有变化 0 件" in said
    assert "已办结 1329 件，其中超期 377 件" in said
    whole_log = whole(town, source="receipts", months=(date(2010, 1, 1), date(2013, 1, 1)))
    assert (whole_log.began, whole_log.ended, whole_log.late) == (1434, 1329, 377)
    told = report.read_text(encoding="utf-8-sig")
    assert told.count("办结早于开始") == 2
    assert "case-8267" in told
    assert "没有变化 1434 件" in "".join(imported(LOG, "receipts", report, capsys))
    assert town.clock() == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
