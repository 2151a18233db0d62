"""Mappings: what ships loads; what is wrong in one is refused where it stands."""

from pathlib import Path

import pytest

from banjie.engine.ids import Malformed
from banjie.packs.mapping import load_mapping, shipped
from banjie.packs.targets import ESSENTIAL

SOUND = """
说明: 试表
来源: {格式: csv}
空值: [无]
模板: standard
字段:
  事项编码: {列: 编码}
  事项名称: {列: 名称}
  事项类型: {列: 类型}
  实施机关代码: {列: 机关代码}
  实施机关: {列: 机关}
  承诺办结时限: {列: 时限}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "试表.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["guangdong", "landong"])
def test_what_ships_loads(name: str) -> None:
    mapping = load_mapping(name)
    assert name in shipped()
    assert all(mapping.rule(key) for key in ESSENTIAL)
    assert not mapping.ignored.keys() & mapping.used_columns()


def test_reads_a_file_beside_the_shipped_ones(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path, SOUND))
    assert mapping.about == "试表"
    assert mapping.used_columns() == {"编码", "名称", "类型", "机关代码", "机关", "时限"}
    assert mapping.missing == {"无", ""}


@pytest.mark.parametrize(
    ("before", "after", "where", "reason"),
    [
        ("  事项名称: {列: 名称}\n", "", "字段", "缺少“事项名称”"),
        ("  承诺办结时限: {列: 时限}\n", "", "字段", "一个都没有"),
        ("事项名称: {列", "事项名: {列", "字段", "没有“事项名”这个字段"),
        ("{列: 名称}", "{烈: 名称}", "字段.事项名称", "不认识“烈”"),
        ("{列: 名称}", "{列: 名称, 分隔: [、]}", "字段.事项名称", "不认识“分隔”"),
        ("{列: 名称}", "{列: 名称, 常量: 甲}", "字段.事项名称.列", "来处不明"),
        ("{列: 名称}", "{常量: 甲}", "字段.事项名称.理由", "没有写明理由"),
        ("{列: 名称}", "{列: 名称, 默认: 甲}", "字段.事项名称.理由", "没有写明理由"),
        ("{列: 名称}", "{列: [[名称]]}", "字段.事项名称.列", "应当是文字"),
        ("{列: 名称}", "名称", "字段.事项名称", "“名称: 值”的形式"),
        ("{列: 类型}", "{列: 类型, 代码表: {许可: 批准}}", "字段.事项类型.代码表", "不是一种事项类型"),
        ("{列: 编码}", "{列: 编码, 截取: [5, 1]}", "字段.事项编码.截取", "起止两个位次"),
        ("格式: csv", "格式: dbf", "来源.格式", "不认识“dbf”"),
        ("格式: csv", "格式: csv, 编码: klingon", "来源.编码", "不认识“klingon”"),
        ("格式: csv", "格式: csv, 表头行: 0", "来源.表头行", "从 1 起"),
        ("模板: standard\n", "", "模板", "没有写明"),
        ("说明: 试表", "说明: 试表\n说明: 再说", "", "写了两次"),
        ("模板: standard", "模板: [", "", "第"),
        ("模板: standard", "模板: standard\n忽略: {名称: 不要}", "忽略", "既要用又要忽略"),
    ],
)
def test_says_where_it_is_wrong(tmp_path: Path, before: str, after: str, where: str, reason: str) -> None:
    assert before in SOUND
    with pytest.raises(Malformed) as caught:
        load_mapping(write(tmp_path, SOUND.replace(before, after)))
    assert caught.value.field.startswith("对应表 试表")
    assert where in caught.value.field
    assert reason in caught.value.reason
    assert caught.value.remedy


def test_names_what_ships_when_asked_for_another(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="guangdong"):
        load_mapping("atlantis")
    with pytest.raises(Malformed, match="打不开"):
        load_mapping(tmp_path / "无此表.yaml")
