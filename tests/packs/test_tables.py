"""Rows out of files: numbers as Excel shows them, encodings as they come, broken rows kept apart."""

import json
from pathlib import Path

import pytest

from banjie.engine.ids import Malformed
from banjie.packs.tables import BrokenRow, Format, Row, Source, read_rows


def write(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "清单"
    path.write_bytes(data)
    return path


def test_csv_with_a_title_blank_rows_and_a_slipped_row(tmp_path: Path) -> None:
    text = '澜江市清单\n编码,名称\nA1,"借书\n证"\n\n,\nA2,借,书证\nA3\n'
    rows = list(read_rows(write(tmp_path, text.encode("gb18030")), Source(Format.CSV, heading_row=2)))
    assert rows[0] == Row(3, {"编码": "A1", "名称": "借书\n证"})
    slipped = rows[1]
    assert isinstance(slipped, BrokenRow)
    assert slipped.number == 6
    assert "不在任何一列之下" in slipped.reason
    assert rows[2] == Row(7, {"编码": "A3", "名称": None})


def test_csv_goes_on_after_a_line_it_cannot_read(tmp_path: Path) -> None:
    rows = list(read_rows(write(tmp_path, b"code,name\nA1,a\x00b\nA2,b\n"), Source(Format.CSV)))
    assert [row.number for row in rows] == [2, 3]
    assert rows[1] == Row(3, {"code": "A2", "name": "b"})


def test_utf8_with_its_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    path = write(tmp_path, "编码\nA1\n".encode("utf-8-sig"))
    assert list(read_rows(path, Source(Format.CSV))) == [Row(2, {"编码": "A1"})]


def test_a_list_inside_a_json_document(tmp_path: Path) -> None:
    document = {"data": {"items": [{"编码": "A1"}, "乱", {"编码": "A2"}]}}
    path = write(tmp_path, json.dumps(document).encode())
    rows = list(read_rows(path, Source(Format.JSON, path=("data", "items"))))
    assert [row.number for row in rows] == [1, 2, 3]
    assert isinstance(rows[1], BrokenRow)


@pytest.mark.parametrize(
    ("data", "source", "reason"),
    [
        (b"", Source(Format.CSV), "找不到表头"),
        (b"\n\n", Source(Format.CSV), "找不到表头"),
        ("甲,甲\n".encode(), Source(Format.CSV), "两列都叫"),
        (b"a\n\xff\xff\xff\n", Source(Format.CSV), "文字编码"),
        (b"{", Source(Format.JSON), "不是合法的 JSON"),
        (b"{}", Source(Format.JSON), "没有记录的列表"),
        (b"{}", Source(Format.JSON, path=("data",)), "没有“data”这一层"),
        (b"\xff\xff\xff", Source(Format.JSON), "文字编码"),
        (b"PK\x03\x04", Source(Format.EXCEL), "不是能读的 Excel"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, source: Source, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        list(read_rows(write(tmp_path, data), source))
    assert reason in caught.value.reason
    assert caught.value.remedy
