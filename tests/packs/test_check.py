"""The check of a folder of packs, as an operator reads it."""

from datetime import date
from pathlib import Path

from banjie.packs.check import check_folder
from banjie.packs.exchange import read_pack_file
from banjie.packs.load import ITEMS

TODAY = date(2026, 11, 24)
FOOD = (ITEMS / "food_business.yaml").read_text(encoding="utf-8")


def test_what_ships_is_in_order() -> None:
    report = check_folder(today=TODAY)
    assert report.ok
    assert str(report) == "检查 6 个事项文件，6 个可以发布，0 处需要修改"


def test_faults_of_reading_and_of_the_gates_have_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(FOOD.replace("承诺办结时限: 8个", "承诺办结时限: 80个"), encoding="utf-8")
    (tmp_path / "c.yaml").write_text(FOOD.replace("事项类型: 行政许可", "事项类型: 许可"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("不是事项", encoding="utf-8")
    report = check_folder(tmp_path, today=TODAY)
    assert (report.files, len(report.items), report.ok) == (3, 1, False)
    assert [(Path(fault.file).name, fault.line, fault.reason) for fault in report.faults] == [
        ("b.yaml", 2, f"事项编码与 {tmp_path / 'a.yaml'} 相同"),
        ("b.yaml", 25, "承诺 80 超过法定 20"),
        ("c.yaml", 7, "“许可”不在可选范围内"),
    ]
    assert str(report).endswith("检查 3 个事项文件，1 个可以发布，3 处需要修改")


LOWER = """\
继承: {{区划: "990100", 编码: {upper}, 版次: 1}}
事项编码: 1199010200BJ00112Y3000131023000
行政区划: "990102"
实施机关代码: 1199010200BJ00112Y
实施机关: 澜江市江左区行政审批局
{more}
"""


def test_a_lower_edition_is_checked_on_its_upper_one(tmp_path: Path) -> None:
    (tmp_path / "city.yaml").write_text(FOOD, encoding="utf-8")
    code = check_folder(tmp_path, today=TODAY).items[0].code
    pack = tmp_path / "district.yaml"

    pack.write_text(LOWER.format(upper=code, more="承诺办结时限: 6个工作日"), encoding="utf-8")
    report = check_folder(tmp_path, today=TODAY)
    assert (report.files, report.faults, report.apart) == (2, (), ())
    assert [item.region for item in report.items] == ["990100", "990102"]
    assert report.items[1].promised.number == 6

    pack.write_text(LOWER.format(upper=code, more="承诺办结时限: 60个工作日"), encoding="utf-8")
    assert ["承诺" in fault.reason for fault in check_folder(tmp_path, today=TODAY).faults] == [True]
    pack.write_text(LOWER.format(upper=code, more="事项名称: 另一个名称"), encoding="utf-8")
    assert not check_folder(tmp_path, today=TODAY).ok
    pack.write_text(LOWER.format(upper=code, more="不知道: 1"), encoding="utf-8")
    assert "没有“不知道”这一项" in str(check_folder(tmp_path, today=TODAY))
    pack.write_text(LOWER.format(upper="X", more=""), encoding="utf-8")
    apart = check_folder(tmp_path, today=TODAY)
    assert apart.ok
    assert "只检查了写法" in str(apart)


def test_a_pack_is_read_for_import_whole_or_inherited(tmp_path: Path) -> None:
    city, district = tmp_path / "city.yaml", tmp_path / "district.yaml"
    city.write_text(FOOD, encoding="utf-8")
    district.write_text(LOWER.format(upper="X", more=""), encoding="utf-8")
    [whole], [lower] = list(read_pack_file(city)), list(read_pack_file(district))
    assert (whole.whole, whole.upper) == (True, None)
    assert lower.upper is not None
    assert (lower.whole, lower.upper.region, lower.key[0]) == (False, "990100", "990102")
    assert set(lower.said) == {"code", "region", "organ", "organ_name"}
