"""Every scenario that ships comes out as it is written; a scenario that is wrong says so, with its line."""

from collections import Counter
from pathlib import Path

import pytest

from banjie.packs.load import load_items, pack_files
from banjie.packs.reading import PackError
from banjie.packs.scenarios import SCENARIOS, load_scenario, load_scenarios, run

FILES = {source.name: source for source in pack_files(SCENARIOS)}


@pytest.mark.parametrize("name", FILES)
def test_scenario(name: str) -> None:
    assert [str(fault) for fault in run(load_scenario(FILES[name]))] == []


def test_every_item_has_three_scenarios_and_a_refusal_that_names_its_rule() -> None:
    scenarios = [written.scenario for written in load_scenarios()]
    count = Counter(scenario.item for scenario in scenarios)
    assert len(count) == len(load_items())
    assert min(count.values()) >= 3
    refused = {scenario.item for scenario in scenarios for line in scenario.course if line.refused and line.rule}
    assert refused == set(count)


GOOD = """\
情景: 当场办结
事项: business_suspension
情形: {suspension: first, cause: other, served_at: same}
经过:
  - 2026-10-12 申请人 提交申请
  - 2026-10-12 罗小雨 预审
  - 拒绝: 2026-10-12 罗小雨 准予
    依据: 办件权限表
  - 2026-10-12 罗小雨 受理
结果: {阶段: 审查中}
"""

WRONG = [
    ("结果: {阶段: 审查中}", "结果: {阶段: 准予}", 10, "应为“准予”，实为“审查中”"),
    ("结果: {阶段: 审查中}", "结果: {颜色: 红}", 10, "没有“颜色”这项结果"),
    ("依据: 办件权限表", "依据: 第九十九条", 7, "拒绝的依据是"),
    ("  - 拒绝: 2026-10-12 罗小雨 准予", "  - 拒绝: 2026-10-12 罗小雨 受理", 7, "应当拒绝，却办成了"),
    ("罗小雨 预审", "路人甲 预审", 6, "没有“路人甲”"),
    ("罗小雨 预审", "罗小雨 打盹", 6, "没有“打盹”这个操作"),
    ("2026-10-12 罗小雨 预审", "昨天罗小雨预审", 6, "看不懂"),
    ("2026-10-12 罗小雨 预审", "2026-02-30 罗小雨 预审", 6, "日历上没有"),
    ("2026-10-12 罗小雨 预审", "2026-10-11 罗小雨 预审", 6, "早于上一步"),
    ("2026-10-12 罗小雨 预审", "2026-10-12 罗小雨 受理", 6, "被拒绝"),
    ("事项: business_suspension", "事项: nothing", 2, "找不到这个事项"),
]


def test_the_good_one_is_good(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert run(load_scenario(path)) == ()


@pytest.mark.parametrize(("good", "bad", "line", "reason"), WRONG, ids=[bad for _, bad, _, _ in WRONG])
def test_a_wrong_scenario(tmp_path: Path, good: str, bad: str, line: int, reason: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(GOOD.replace(good, bad), encoding="utf-8")
    faults = run(load_scenario(path))
    assert [(fault.line, reason in fault.reason) for fault in faults] == [(line, True)], faults
    assert faults[0].remedy


def test_a_scenario_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(GOOD.replace("经过:", "过程:"), encoding="utf-8")
    with pytest.raises(PackError, match="没有“过程”这一项"):
        load_scenario(path)
