"""The check of a folder of packs, as an operator reads it."""

from datetime import date
from pathlib import Path

from banjie.packs.check import check_folder
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
