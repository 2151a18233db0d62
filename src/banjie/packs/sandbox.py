"""练习题: exercises for newcomers (content/sandbox), each a made-up application with faults put in on purpose."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from banjie.engine.cases import ACTS
from banjie.engine.error_classes import ERROR_NAMES
from banjie.engine.sandbox import Exercise, Fault, Line
from banjie.packs.reading import Reading, Source, compose

FOLDER: Final = files("banjie") / "content" / "sandbox"

_CLASSES: Final = {name: error for error, name in ERROR_NAMES.items()}


@dataclass(frozen=True, slots=True)
class _Fault:
    target: str
    error: str
    words: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    key: str
    name: str
    item: str
    intro: str
    expected: tuple[str, ...]
    answers: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    records: tuple[Line, ...] = ()
    documents: tuple[Line, ...] = ()
    faults: tuple[_Fault, ...] = ()


_KEYS: Final = {
    _File: {
        "编码": "key",
        "名称": "name",
        "事项": "item",
        "题目": "intro",
        "正确处理": "expected",
        "回答": "answers",
        "申请表": "data",
        "材料内容": "contents",
        "经办记录": "records",
        "文书": "documents",
        "问题": "faults",
    },
    Line: {"编码": "key", "标题": "title", "文字": "text"},
    _Fault: {"位置": "target", "类别": "error", "说明": "words", "依据": "basis"},
}


@cache
def exercises() -> dict[str, Exercise]:
    """The exercises that ship, by key, in the order of their names; read once a process."""
    found = [read_exercise(one) for one in FOLDER.iterdir() if one.name.endswith(".yaml")]
    return {one.key: one for one in sorted(found, key=lambda one: (one.item, one.key))}


def read_exercise(source: Source) -> Exercise:
    """One exercise. Raises `PackError` with the line of every mistake."""
    node, name = compose(source)
    reading = Reading(name, keys=_KEYS)
    found: _File | None = reading.value(_File, node)
    reading.check()
    assert found is not None  # noqa: S101 — check() has raised if anything was wrong.
    for index, fault in enumerate(found.faults):
        if fault.error not in _CLASSES:
            reading.note(f"faults[{index}].error", f"没有“{fault.error[:20]}”这一类", "可用：" + "、".join(_CLASSES))
        if fault.target.partition(":")[0] not in ("material", "form", "record", "document"):
            reading.note(
                f"faults[{index}].target", f"看不懂位置“{fault.target[:40]}”", "请写成 material:编码、form:编码等"
            )
    for act in found.expected:
        if act not in ACTS:
            reading.note("expected", f"没有“{act[:40]}”这个操作", "请照办件操作名称填写，例如 AskCorrection")
    reading.check()
    return Exercise(
        found.key,
        found.name,
        found.item,
        found.intro,
        found.expected,
        found.answers,
        found.data,
        found.contents,
        found.records,
        found.documents,
        tuple(Fault(one.target, _CLASSES[one.error], one.words, one.basis) for one in found.faults),
    )
