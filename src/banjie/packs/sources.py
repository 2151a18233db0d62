"""Where facts and papers are looked for before a person is asked: one YAML file a source, in content/sources."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from banjie.engine.sharing import Proof, Source, Sources, Supplied
from banjie.packs.load import pack_files
from banjie.packs.reading import Reading, compose

SOURCES = files("banjie") / "content" / "sources"
"""The sources of the made-up city that ships."""

SOURCE_KEYS: dict[type, dict[str, str]] = {
    Source: {
        "编码": "key",
        "名称": "name",
        "种类": "kind",
        "机关代码": "organ",
        "机关": "organ_name",
        "对象": "audience",
        "用途": "purpose",
        "次序": "order",
        "依据": "ground",
        "有效天数": "fresh_days",
        "提供": "supplies",
        "替代证照": "proves",
        "地址": "path",
        "超时毫秒": "timeout_ms",
        "等待秒": "wait_s",
        "可以重问": "repeatable",
        "连续失败": "failures",
        "停用秒": "pause_s",
        "异议答复工作日": "contest_days",
    },
    Supplied: {"事实": "fact", "名称": "label", "类型": "kind", "错了的代价": "cost", "个人信息": "personal"},
    Proof: {"证照类型": "certificate", "编号": "number"},
}
"""For each type: the Chinese key of a source file and the field it fills."""


def load_sources(folder: Path | Traversable = SOURCES) -> Sources:
    """The sources of a folder, in their order. Raises `PackError` with file, line and remedy of every mistake."""
    found = sorted((_read(source) for source in pack_files(folder)), key=lambda one: (one.order, one.key))
    return Sources(tuple(found))


def _read(file: Path | Traversable) -> Source:
    node, name = compose(file)
    reading = Reading(name, SOURCE_KEYS)
    source: Source | None = reading.value(Source, node)
    reading.check()
    assert source is not None  # noqa: S101 — check() has raised if anything was wrong.
    if source.audience not in ("person", "company"):
        reading.note("audience", f"“{source.audience}”不在可选范围内", "请写 person（个人）或 company（单位）")
    supplied = {one.fact for one in source.supplies}
    for index, proof in enumerate(source.proves):
        if proof.number not in supplied:
            reading.note(f"proves[{index}].number", f"没有提供“{proof.number}”这项事实", "请先在“提供”中写明")
    reading.check()
    return source
