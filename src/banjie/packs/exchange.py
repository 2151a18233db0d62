"""Items in our own form, out and in again: JSON and xlsx that come back as nothing changed.

A record says an item in full, or only what differs from the upper edition it inherits from. Reading checks form and
type and nothing else; what a record means beside what is kept already is for whoever keeps it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any

from banjie.engine.catalogue import Item
from banjie.engine.codec import decode, encode
from banjie.engine.ids import Malformed
from banjie.engine.inheritance import Upper
from banjie.packs.import_report import Line, Severity
from banjie.packs.inherited import is_claimed, read_claimed
from banjie.packs.load import read_pack
from banjie.packs.stored import HINTS, Texts

FORMAT, VERSION = "banjie-items", 1
KEY = ("region", "code")

_FILE = "文件"
_HEAD = re.compile(rf'\s*\{{\s*"format"\s*:\s*"{FORMAT}"\s*,\s*"version"\s*:\s*(\d+)\s*,\s*"items"\s*:\s*\[')
_CHUNK = 1 << 20
_LONGEST = 32 << 20
"""Characters one record may have; the longest item that ships has a thousandth of it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An edition to be written out, with the upper edition it was resolved on."""

    item: Item
    state: str
    upper: Upper | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A record that was read. `said` are the fields that stand in it, by the engine's names; `region` and `code` are
    among them. `whole`: nothing is missing, so nothing has to be taken from elsewhere."""

    row: int
    said: Mapping[str, Any]
    upper: Upper | None = None
    whole: bool = False
    edition: int = 0
    """The number the edition had where it was written out, 0 if it does not say; here it may get another."""

    @property
    def key(self) -> tuple[str, str]:
        """Region and code."""
        return self.said["region"], self.said["code"]

    def refused(self, field: str, value: str, reason: str, remedy: str) -> Line:
        """The line of the report that says why it was not taken."""
        return Line(self.row, self.said["code"], field, Severity.REFUSED, value, reason, remedy)


def write_json(kept: Iterable[Kept], path: Path) -> int:
    """Writes items as one JSON document, a record a line, in constant memory; answers with how many."""
    texts, count = Texts(), 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"format": "{FORMAT}", "version": {VERSION}, "items": [')
        for one in kept:
            inherits = f', "inherits": {json.dumps(_whole_upper(one.upper), ensure_ascii=False)}' if one.upper else ""
            record = f'{{"state": "{one.state}"{inherits}, "item": {texts.document(one.item)}}}'
            file.write(("," if count else "") + "\n" + record)
            count += 1
        file.write("\n]}\n")
    return count


def _whole_upper(upper: Upper) -> dict[str, Any]:
    return {"follows": upper.follows} | encode(upper)


def read_json(path: Path) -> Iterator[Offered | Line]:
    """Every record of a file as `write_json` writes it, one at a time; what cannot be read is a line.

    Raises `Malformed` when the file as a whole is none of ours, or is broken off.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            for row, record in enumerate(_elements(file), start=1):
                yield _offered(row, record)
    except UnicodeDecodeError:
        raise Malformed(_FILE, "不是 UTF-8 编码的文字", "请用 UTF-8 编码另存后再导入") from None


def _elements(file: IO[str]) -> Iterator[object]:
    """The records of the list, each parsed when it is complete."""
    text = file.read(_CHUNK)
    head = _HEAD.match(text)
    if head is None:
        remedy = f"请用 banjie items export 导出的文件；别的系统的文件要写 --mapping 对应表（应以 {FORMAT} 开头）"
        raise Malformed(_FILE, "不是办结的事项文件", remedy)
    if int(head[1]) != VERSION:
        raise Malformed(_FILE, f"是第 {head[1]} 版格式，本系统读第 {VERSION} 版", "请用同一版本的系统导出")
    text, place = text[head.end() :], 1
    decoder = json.JSONDecoder()
    while True:
        text = text.lstrip(" \t\r\n,")
        if text.startswith("]"):
            return
        try:
            record, end = decoder.raw_decode(text)
        except (json.JSONDecodeError, RecursionError):
            more = file.read(max(_CHUNK, len(text)))
            if not more or len(text) > _LONGEST:
                reason = f"第 {place} 条读不下去，文件不完整或不是合法的 JSON"
                raise Malformed(_FILE, reason, "请重新导出，或更正后再导入") from None
            text += more
            continue
        yield record
        text, place = text[end:], place + 1


def read_pack_file(path: Path) -> Iterator[Offered]:
    """The item of a pack in YAML, whole or as a lower edition that begins with `继承`. Raises `PackError`."""
    if is_claimed(path):
        claimed = read_claimed(path)
        yield Offered(1, claimed.said, claimed.upper)
    else:
        item = read_pack(path).item
        yield Offered(1, {one.name: getattr(item, one.name) for one in fields(Item)}, whole=True)


def _offered(row: int, record: object) -> Offered | Line:
    if not isinstance(record, dict):
        return Line(row, "", "整条", Severity.REFUSED, str(record)[:200], "不是“名称: 值”的形式", "请改为 JSON 对象")
    code = _said_code(record)
    try:
        upper = decode(Upper, record["inherits"]) if record.get("inherits") else None
        if "item" in record:
            item = decode(Item, record["item"])
            said = {one.name: getattr(item, one.name) for one in fields(Item)}
            return Offered(row, said, upper, whole=True, edition=item.edition)
        if "own" not in record or upper is None:
            raise Malformed("item", "既没有完整的事项，也没有“继承谁、改了什么”", "请写 item，或写 inherits 和 own")
        return Offered(row, _own(record["own"]), upper)
    except Malformed as wrong:
        return Line(row, code, wrong.field, Severity.REFUSED, "", wrong.reason, wrong.remedy)


def _own(document: object) -> dict[str, Any]:
    if not isinstance(document, Mapping):
        raise Malformed("own", "应为“名称: 值”的形式", "请只写与上级不同的内容")
    said = {}
    for name, value in document.items():
        if name not in HINTS:
            raise Malformed(f"own.{str(name)[:60]}", "没有这个字段", "请删去；可用字段：" + "、".join(HINTS))
        said[name] = decode(HINTS[name], value)
    for name in KEY:
        if name not in said:
            raise Malformed(f"own.{name}", "必须填写", "请写明本级的区划和编码")
    return said


def _said_code(record: Mapping[str, Any]) -> str:
    for part in ("item", "own"):
        inner = record.get(part)
        if isinstance(inner, Mapping) and isinstance(inner.get("code"), str):
            return str(inner["code"])[:50]
    return ""
