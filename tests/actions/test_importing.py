"""Our own files taken in: what went out changes nothing, what differs becomes an edition, and nothing is half done."""

import json
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.town import FOOD, REGION, Town

from banjie.actions.importing import Keeper, keeping
from banjie.commands import items
from banjie.engine.catalogue import Item
from banjie.engine.inheritance import Upper
from banjie.packs.exchange import Kept, Offered, read_json, write_json
from banjie.packs.import_report import Line
from banjie.packs.workbook import write_workbook
from banjie.packs.workbook_reading import read_workbook
from banjie.records import catalogue
from banjie.records.catalogue import State

COUNTY = "990121"
Write = Callable[[Path], int]


@pytest.fixture(autouse=True)
def today(town: Town) -> None:
    town.clock.set(date(2026, 11, 24))


def take(town: Town, found: Iterator[Offered | Line]) -> tuple[dict[str, int], list[Line]]:
    with keeping(town.platform) as keeper:
        lines = _offer(keeper, list(found))
    return keeper.counts, lines


def _offer(keeper: Keeper, found: list[Offered | Line]) -> list[Line]:
    return [
        *(one for one in found if isinstance(one, Line)),
        *keeper.offer([one for one in found if isinstance(one, Offered)]),
    ]


def food(town: Town, serial: int, **changes: object) -> Item:
    code = f"1199010000BJ00016Q3{800_000_000_000 + serial}"
    base = replace(town.law(FOOD).item, code=code, catalogue_code="", edition=1)
    return replace(base, **changes)  # type: ignore[arg-type]  # tests name what they change


def county(item: Item, **changes: object) -> Item:
    who = replace(
        item,
        code="1199012100BJ001397" + "4" + item.code[19:],
        region=COUNTY,
        organ="1199012100BJ001397",
        organ_name="青禾县行政审批局",
        organ_short="青审",
    )
    return replace(who, **changes)  # type: ignore[arg-type]  # the same


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_what_went_out_comes_in_as_nothing_changed(town: Town, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"事项{suffix}"
    found = (
        Kept(item, row.state.value, row.upper)
        for row, item in catalogue.stream(town.platform.database, state="published", region=REGION)
    )
    count = write_workbook(found, path) if suffix == ".xlsx" else write_json(found, path)
    assert count >= 6
    counts, lines = take(town, read_workbook(path) if suffix == ".xlsx" else read_json(path))
    assert lines == []
    assert counts == {"new": 0, "changed": 0, "unchanged": count, "published": count}


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_an_upper_item_and_its_county_in_one_file(town: Town, tmp_path: Path, suffix: str) -> None:
    """In an empty city editions get other numbers; what inherits goes along."""
    item = food(town, 1 if suffix == ".json" else 2, edition=7)
    below = county(item, consult_phone="0990-6040012")
    path = tmp_path / f"事项{suffix}"
    kept = [Kept(item, "published"), Kept(below, "published", Upper(REGION, item.code, 7))]
    write_workbook(kept, path) if suffix == ".xlsx" else write_json(kept, path)
    counts, lines = take(town, read_workbook(path) if suffix == ".xlsx" else read_json(path))
    assert lines == []
    assert counts["new"] == 2
    row = catalogue.latest(town.platform.database, COUNTY, below.code)
    assert row is not None
    assert row.upper == Upper(REGION, item.code, 1)
    with town.platform.database.call() as cursor:
        assert catalogue.own_of(cursor, row) == {"consult_phone": "0990-6040012"}
    again, _ = take(town, read_workbook(path) if suffix == ".xlsx" else read_json(path))
    assert again["unchanged"] == 2


def test_a_county_says_only_what_differs(town: Town, tmp_path: Path) -> None:
    item = food(town, 3)
    catalogue.save_edition(town.platform.database, item, state=State.PUBLISHED)
    who = county(item)
    own = {
        "code": who.code,
        "region": COUNTY,
        "organ": who.organ,
        "organ_name": who.organ_name,
        "organ_short": who.organ_short,
        "consult_phone": "0990-6040031",
    }
    record = {"inherits": {"region": REGION, "code": item.code, "edition": 1}, "own": own}
    path = tmp_path / "县.json"
    path.write_text(json.dumps({"format": "banjie-items", "version": 1, "items": [record]}, ensure_ascii=False))
    counts, lines = take(town, read_json(path))
    assert (lines, counts["new"], counts["published"]) == ([], 1, 1)
    kept = catalogue.edition(town.platform.database, COUNTY, who.code, 1)
    assert kept is not None
    assert (kept.consult_phone, kept.materials, kept.form) == ("0990-6040031", item.materials, item.form)


@pytest.mark.parametrize(
    ("serial", "upper", "changes", "field", "reason"),
    [
        (11, Upper(REGION, "NONE", 1), {}, "继承", "没有上级事项"),
        (12, Upper("990104", "X", 1), {}, "继承", "不是 990121 的上级"),
        (13, None, {"name": "改了名称"}, "事项名称", "上级清单已经规定"),
        (14, None, {"materials": ()}, "申请材料", "不能删去"),
    ],
)
def test_what_cannot_be_inherited_is_a_line(
    town: Town, tmp_path: Path, serial: int, upper: Upper | None, changes: dict[str, object], field: str, reason: str
) -> None:
    item = food(town, serial)
    catalogue.save_edition(town.platform.database, item, state=State.PUBLISHED)
    below = county(item, **changes)
    path = tmp_path / "a.json"
    write_json(
        [Kept(below, "draft", upper or Upper(REGION, item.code, 1)), Kept(food(town, serial + 50), "draft")], path
    )
    counts, [line] = take(town, read_json(path))
    assert (line.key, line.field) == (below.code, field)
    assert reason in line.reason
    assert line.remedy
    assert counts["new"] == 1
    assert catalogue.latest(town.platform.database, COUNTY, below.code) is None


def test_two_that_inherit_from_each_other_are_refused(town: Town, tmp_path: Path) -> None:
    first, second = county(food(town, 21)), county(food(town, 22))
    path = tmp_path / "环.json"
    kept = [Kept(first, "draft", Upper(COUNTY, second.code, 1)), Kept(second, "draft", Upper(COUNTY, first.code, 1))]
    write_json(kept, path)
    counts, lines = take(town, read_json(path))
    assert counts["new"] == 0
    assert [("成环" in line.reason, line.field) for line in lines] == [(True, "继承"), (True, "继承")]


def test_a_file_broken_off_leaves_nothing_behind(town: Town, tmp_path: Path) -> None:
    item = food(town, 31)
    path = tmp_path / "断.json"
    write_json([Kept(item, "draft")], path)
    whole, _, _ = path.read_text().rpartition("]}")
    path.write_text(whole + ', {"item": ')

    def keep_one_by_one() -> None:
        with keeping(town.platform) as keeper:
            for one in read_json(path):
                assert isinstance(one, Offered)
                assert keeper.offer([one]) == []

    with pytest.raises(ValueError, match="第 2 条读不下去"):
        keep_one_by_one()
    assert catalogue.latest(town.platform.database, REGION, item.code) is None


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_the_commands_give_out_and_take_in(
    town: Town, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert town.city
    path = tmp_path / f"事项{suffix}"
    where = Namespace(file=path, data=None, region=REGION, organ="", state="published", mapping=None, report=None)
    assert items.export_items(where) == 0
    assert "已写出" in capsys.readouterr().out
    assert items.import_items(where) == 0
    said = capsys.readouterr().out
    assert "新导入 0 个，更新 0 个" in said
    assert "refused 0" in said
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(SystemExit):
        items.import_items(where)
    assert "没有导入任何事项" in capsys.readouterr().err
