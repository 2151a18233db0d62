"""XES event logs (IEEE 1849), read trace by trace in bounded memory.

Each event becomes a row under the names process-mining tools give: the event's own keys, and those of its trace with
`case:` before them, so that one mapping reads a log whether it came as XES or as a table.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError, iterparse

from banjie.engine.ids import Malformed
from banjie.packs.tables import BrokenRow, Row

_ATTRIBUTES: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})


def read_xes(path: Path) -> Iterator[Row | BrokenRow]:
    """Every event, numbered from 1. Raises Malformed when the file is no XES or breaks off."""
    number = 0
    try:
        found = iterparse(path, events=("start", "end"))  # noqa: S314 — expat itself bounds how far entities may blow up.
        root: Element | None = None
        for phase, element in found:
            if root is None:
                root = element
                if _tag(element) != "log":
                    raise Malformed("文件", "不是 XES 日志（最外层不是 log）", "请从来源系统导出 XES 文件")
            if phase != "end" or _tag(element) != "trace":
                continue
            case = {f"case:{key}": value for key, value in _values(element).items()}
            for child in element:
                if _tag(child) == "event":
                    number += 1
                    yield Row(number, case | _values(child))
            root.clear()
    except ParseError as error:
        line, _ = error.position
        raise Malformed("文件", f"第 {line} 行读不下去，不是完整的 XML", "请重新导出 XES 文件") from error
    except OSError as error:
        raise Malformed(
            "文件", f"打不开“{path.name}”：{error.strerror or error}", "请检查文件是否存在、是否有权限读取"
        ) from error


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _values(element: Element) -> dict[str, object]:
    return {
        child.get("key", ""): child.get("value") for child in element if _tag(child) in _ATTRIBUTES and child.get("key")
    }
