"""`banjie calendars`: a file into a draft, its faults in their lines, and what is in force."""

import json
from pathlib import Path

import pytest

from banjie.cli import main
from banjie.records import calendars
from tests.town import Town

HOLIDAY = {"name": "元旦", "date": "2027-01-01", "isOffDay": True}
YEAR = {"year": 2027, "days": [HOLIDAY]}


def test_a_file_goes_into_a_draft_and_the_list_names_it(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "2027.json"
    file.write_text(json.dumps(YEAR, ensure_ascii=False), encoding="utf-8")
    assert main(["calendars", "import", str(file), "--account", "wenshuyi"]) == 0
    said = capsys.readouterr().out
    assert "已读入草稿“全国2027”（000000）" in said
    assert "再由另一个人公布" in said
    draft = calendars.draft_of(town.platform.database, "000000")
    assert draft is not None
    assert draft.edition.prepared_by == "wenshuyi"
    assert main(["calendars", "list"]) == 0
    assert "000000 全国：全国2026（2024—2026年，草稿“全国2027”）" in capsys.readouterr().out


def test_what_is_wrong_is_said_and_nothing_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "2027.json"
    file.write_text('{"year": 2027,\n"days": [\n{"name": "元旦", "date": "2027-02-30", "isOffDay": true}]}', "utf-8")
    for arguments, words in (
        ([str(file), "--account", "wenshuyi"], "第3行"),
        ([str(tmp_path / "none.json"), "--account", "wenshuyi"], "读不到文件"),
        ([str(file), "--account", "luoxiaoyu", "--region", "990100"], "事项管理人员和机关负责人"),
        ([str(file), "--account", "wenshuyi", "--region", "99"], "应为6位或12位数字"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["calendars", "import", *arguments])
        assert ended.value.code == 1
        assert words in capsys.readouterr().err
    wednesday = {"name": "元旦", "date": "2027-01-06", "isOffDay": False}
    file.write_text(json.dumps({"year": 2027, "days": [HOLIDAY, wednesday]}, ensure_ascii=False), "utf-8")
    assert main(["calendars", "import", str(file), "--account", "wenshuyi"]) == 1
    assert "这天本来就是工作日" in capsys.readouterr().out
