"""Broken packs: each mistake is named with its line, what is wrong and how to mend it; nothing ever crashes."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banjie.engine.clock import Term, Unit
from banjie.engine.gates import gates
from banjie.engine.rules import Condition
from banjie.engine.rules import Test as Check
from banjie.packs.load import ITEMS, PackError, load_item, load_items, read_pack
from banjie.packs.scenarios import LOOKS, SCENARIO_KEYS
from banjie.packs.words import CODES, KEYS

FOOD = (ITEMS / "food_business.yaml").read_text(encoding="utf-8")


def _line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


def _load(folder: Path, text: str) -> PackError:
    path = folder / "item.yaml"
    path.write_bytes(text.encode())
    with pytest.raises(PackError) as caught:
        load_item(path)
    return caught.value


# what stands in the pack, what someone made of it, what she is told
MISTAKES = [
    ("办件类型: 承诺件", "办件类型: 快办件", "不在可选范围内", "可选：即办件、承诺件、其他"),
    ("生效日期: 2026-01-01", "生效日期: 2026年1月1日", "不合格式", "2026-11-24"),
    ("法定办结时限: 20个工作日", "法定办结时限: 二十天", "看不懂", "20个工作日（依据）"),
    ("承诺办结时限: 8个工作日（澜江市行政审批局服务承诺）", "承诺办结时限: [8]", "键: 值", "分行写出"),
    ("日常用语: [", "日常用字: [", "没有“日常用字”这一项", "是否想写“日常用语”"),
    ("事项名称: 食品经营许可", "事项名称: [食品经营许可]", "应为一个值", "写成一个值"),
    ("      岗位: 决定人", "      岗位: 老板", "不在可选范围内", "可选：申请人"),
    ("      签字人数: 2", "      签字人数: 两", "不合格式", "应为整数"),
    ("网办深度: 全程网办", "网办深度: 全程网办\n网办深度: 预审", "已经写过", "只能写一次"),
    ("邮寄送达: 是", "邮寄送达: 可以", "不合格式", "“是”或“否”"),
    ("    显示条件: apply_type 是 change", "    显示条件: apply_type＝change", "看不懂", "词间空一格"),
    ("复议机关: 澜江市人民政府", "复议机关: &a 澜江市人民政府", "锚点", "直接写在这里"),
    ("复议机关: 澜江市人民政府", "复议机关: !!python/object:os.system x", "标签", "直接写在这里"),
    ("咨询电话: 0990-6010021", "咨询电话: {", "YAML 写法有误", "缩进"),
]


@pytest.mark.parametrize(
    ("good", "bad", "reason", "remedy"), MISTAKES, ids=[bad.strip()[:20] for _, bad, _, _ in MISTAKES]
)
def test_mistake(tmp_path: Path, good: str, bad: str, reason: str, remedy: str) -> None:
    assert good in FOOD
    text = FOOD.replace(good, bad, 1)
    error = _load(tmp_path, text)
    assert reason in error.reason
    assert remedy in error.remedy
    assert error.file.endswith("item.yaml")
    if "YAML" not in reason:
        assert error.line == _line_of(text, bad.splitlines()[-1])


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = FOOD.replace("办件类型: 承诺件", "办件类型: 快办件").replace("填表分钟: 12", "填表分钟: 很久")
    error = _load(tmp_path, text)
    assert [fault.field for fault in error.faults] == ["办件类型", "填表分钟"]
    assert str(error.faults[0]).startswith(f"{tmp_path / 'item.yaml'}:{_line_of(text, '快办件')} 办件类型：")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    error = _load(tmp_path, FOOD.replace("事项编码: 1199010000BJ00016Q3000131023000\n", ""))
    assert error.reason == "缺少“事项编码”"


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "文件是空的"),
        (b"- a\n- b\n", 1, "键: 值"),
        ("事项名称: 甲\n".encode() + b"\xff\xfe", 2, "UTF-8"),
        ("事项名称: 甲\n事项编码: a\x00b\n".encode(), 2, "控制字符"),
        (b"a: " + b"[" * 5000, 1, "嵌套"),
        (b"a: " + b"[" * 5000 + b"]" * 5000, 1, "嵌套"),
        (b"x" * 1_000_001, 1, "过大"),
    ],
)
def test_files_that_are_no_packs(tmp_path: Path, data: bytes, line: int, reason: str) -> None:
    path = tmp_path / "item.yaml"
    path.write_bytes(data)
    with pytest.raises(PackError) as caught:
        load_item(path)
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert caught.value.remedy


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="读不到文件"):
        load_item(tmp_path / "no.yaml")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(FOOD) - 1), st.integers(0, 40), st.text(max_size=6))
def test_a_pack_with_any_hole_loads_or_says_where(tmp_path: Path, at: int, length: int, instead: str) -> None:
    path = tmp_path / "item.yaml"
    path.write_bytes((FOOD[:at] + instead + FOOD[at + length :]).encode("utf-8", "surrogatepass"))
    try:
        load_item(path)
    except PackError as error:
        assert all(fault.line >= 1 and fault.reason and fault.remedy for fault in error.faults)  # noqa: PT017 — most examples load.


def test_terms_and_conditions_written_short_and_long(tmp_path: Path) -> None:
    long = FOOD.replace(
        "法定办结时限: 20个工作日（行政许可法第四十二条第一款）",
        "法定办结时限: {数量: 20, 单位: 工作日, 依据: 行政许可法第四十二条第一款}",
    ).replace("    显示条件: apply_type 是 change", "    显示条件: [{事实: apply_type, 比较: 是, 值: change}]")
    path = tmp_path / "item.yaml"
    path.write_text(long, encoding="utf-8")
    item = load_item(path)
    assert item == load_item(ITEMS / "food_business.yaml")
    assert item.statutory == Term(20, Unit.WORKING_DAY, "行政许可法第四十二条第一款")
    assert item.questions[2].show_if[1] == Condition("apply_type", Check.ANY_OF, ("new", "change"))


def test_a_pack_knows_the_line_of_every_field() -> None:
    pack = read_pack(ITEMS / "food_business.yaml")
    assert pack.locate("materials[1].name") == (_line_of(FOOD, "经营场所平面图"), "申请材料第2项·名称")
    assert pack.locate("materials[1].tolerable_days")[0] == pack.locate("materials[1]")[0]
    assert pack.locate("nothing") == (pack.lines[""], "")


def test_the_items_load_by_name() -> None:
    assert [item.name for item in load_items()] == [
        "歇业备案",
        "药品经营许可（零售）",
        "食品经营许可",
        "公共场所卫生许可",
        "占用、挖掘城市道路审批",
        "生产建设项目水土保持方案审批",
    ]


REFERENCE = (Path(__file__).parents[2] / "docs/reference/packs.md").read_text(encoding="utf-8")


def test_the_example_of_the_reference_may_be_published(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(REFERENCE.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert gates(load_item(path), date(2026, 11, 24)) == ()


def test_the_reference_names_every_key_and_every_code() -> None:
    words = {key for keys in (*KEYS.values(), *SCENARIO_KEYS.values()) for key in keys}
    words |= {code for codes in CODES.values() for code in codes} | LOOKS.keys()
    assert sorted(word for word in words if word not in REFERENCE) == []
