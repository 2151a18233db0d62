"""放假安排文件 as it is uploaded: the public holiday-cn form, or a calendar file of our own, into a region's edition.

What is wrong with a file is told with the line of the file on which it stands.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from banjie.engine.calendar import EARLIEST_YEAR, LATEST_YEAR
from banjie.engine.ids import Malformed
from banjie.packs.calendars import FORMAT, read_layer

MOST_BYTES: Final = 1_000_000
"""Bytes a calendar file may have; a year's arrangement has some thousands."""

OWN_LISTS: Final = ("festivals", "works", "closed", "half_days")
"""The lists in which a region names days of its own."""

_PLACE: Final = re.compile(r"(days|festivals|works|closed|half_days)\[(\d+)\]")


def read_upload(content: bytes, region: str, base: Mapping[str, Any]) -> dict[str, Any]:
    """The document of the edition that a file makes of `base`, the edition it goes on from.

    A holiday-cn file adds its year, or replaces it; a calendar file of ours stands for the whole. Raises
    :class:`Malformed` with the line.
    """
    if len(content) > MOST_BYTES:
        raise Malformed("文件", f"有{len(content) // 1000}千字节，太大了", f"日历文件不超过{MOST_BYTES // 1000}千字节")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Malformed("文件", "不是UTF-8编码", "请用UTF-8保存后再上传") from None
    try:
        document = json.loads(text, object_pairs_hook=_once_each)
    except json.JSONDecodeError as fault:
        raise Malformed(f"第{fault.lineno}行", f"不是有效的JSON（{fault.msg}）", "请检查逗号、引号和括号") from None
    if not isinstance(document, dict):
        raise Malformed("文件", "应为一组键值", "请上传holiday-cn格式的年度文件，或本系统导出的日历文件")
    try:
        whole = _whole(document, region, base)
        read_layer(whole, region, "文件")
    except Malformed as fault:
        raise _with_line(fault, text) from None
    return whole


def _once_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Malformed(f"“{key[:40]}”", "同一组里写了两次", "每一项只写一次")
        found[key] = value
    return found


def _whole(document: Mapping[str, Any], region: str, base: Mapping[str, Any]) -> dict[str, Any]:
    if document.get("format") == FORMAT:
        if document.get("region") != region:
            raise Malformed("region", f"是{document.get('region')}的日历", f"应为{region}")
        return dict(document)
    year = document.get("year")
    if type(year) is not int or not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Malformed("year", "没有年份，或者不是四位年份", "请填写如2027的数字")
    return with_arrangement(base, document)


def with_arrangement(base: Mapping[str, Any], arrangement: Mapping[str, Any]) -> dict[str, Any]:
    """The edition with one more yearly arrangement, or another wording of one that it has, in order of the years."""
    kept = [one for one in base.get("years", ()) if one["year"] != arrangement["year"]]
    chosen = {key: arrangement[key] for key in ("year", "source", "papers", "days") if key in arrangement}
    return {**base, "years": sorted([*kept, chosen], key=lambda one: int(one["year"]))}


def with_day(base: Mapping[str, Any], kind: str, row: Mapping[str, Any] | None, day: str) -> dict[str, Any]:
    """The edition with what the region itself says of one day: in the list `kind`, or nothing when `row` is None."""
    cleared = {key: [one for one in base.get(key, ()) if one["date"] != day] for key in OWN_LISTS}
    if row is not None:
        cleared[kind] = sorted([*cleared[kind], row], key=lambda one: str(one["date"]))
    return {**base, **{key: days for key, days in cleared.items() if days or key in base}}


def blank(region: str, name: str, edition: str) -> dict[str, Any]:
    """The edition of a region that has said nothing of its own yet."""
    return {"format": FORMAT, "region": region, "name": name, "edition": edition}


def _with_line(fault: Malformed, text: str) -> Malformed:
    """The fault with the line of the file: that of the day it is about, or of the item it names."""
    said = str(fault)
    line = 0
    if (place := _PLACE.search(said)) is not None:
        lines = [number for number, row in enumerate(text.splitlines(), 1) for _ in re.findall(r'"date"\s*:', row)]
        index = int(place[2])
        line = lines[index] if place[1] == "days" and index < len(lines) else 0
    elif re.search(r"\byear\b", said):
        line = next((number for number, row in enumerate(text.splitlines(), 1) if '"year"' in row), 0)
    return Malformed(f"第{line}行 {fault.field}" if line else fault.field, fault.reason, fault.remedy)
