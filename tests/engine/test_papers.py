"""Which files are taken, what is said of those that are not, and how far a paper may be used again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.catalogue import Material
from banjie.engine.papers import (
    HEAD,
    MIB,
    USUAL,
    Fault,
    Grade,
    Kind,
    captioned,
    grade_of,
    has_run_out,
    kind_of_archive,
    kind_of_head,
    kinds_words,
    limits_of,
    size_words,
    tidy_name,
    watermark,
    wrong,
)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", Kind.PDF),
        (b"\n" * 900 + b"%PDF-1.7", Kind.PDF),
        (b"\xff\xd8\xff\xe0", Kind.JPEG),
        (b"\x89PNG\r\n\x1a\n", Kind.PNG),
        (b"RIFF\0\0\0\0WEBP", Kind.WEBP),
        (b"\0\0\0\x18ftypheic", Kind.HEIC),
        (b"\0\0\0\x18ftypmp42", None),
        (b"PK\x03\x04", Kind.OFD),
        ("经营场所说明".encode(), Kind.TXT),
        ("经营场所说明".encode("gb18030"), Kind.TXT),
        (b"<svg/>", None),
        (b"#!/bin/sh", None),
        (b"MZ", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(head: bytes, kind: Kind | None) -> None:
    assert kind_of_head(head) is kind


@given(st.binary(max_size=HEAD))
def test_any_beginning_has_an_answer(head: bytes) -> None:
    assert kind_of_head(head) in {None, *Kind}


def test_a_text_may_be_cut_in_the_middle_of_a_character() -> None:
    assert all(kind_of_head(("说" * 20).encode()[:cut]) is Kind.TXT for cut in range(3, 60))


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ({"OFD.xml"}, Kind.OFD),
        ({"word/document.xml"}, Kind.DOCX),
        ({"xl/workbook.xml"}, Kind.XLSX),
        ({"a.txt"}, None),
        (set(), None),
    ],
)
def test_a_document_is_what_its_parts_say(names: set[str], kind: Kind | None) -> None:
    assert kind_of_archive(names) is kind


def test_plain_text_is_taken_only_where_the_material_says_so() -> None:
    assert Kind.TXT not in USUAL
    usual = limits_of(Material("a", "平面图", "法"), 100)
    assert (usual.kinds, usual.file_bytes, usual.application_bytes) == (USUAL, 20 * MIB, 100 * MIB)
    own = limits_of(Material("a", "名单", "法", kinds=("txt", "xlsx"), most_files=2, most_mb=1), 5)
    assert (own.kinds, own.files, own.file_bytes) == ((Kind.TXT, Kind.XLSX), 2, MIB)
    assert own.words == "TXT、XLSX，每个文件不超过 1 MB，最多 2 个"


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_names_the_file_and_how_to_mend_it(fault: Fault) -> None:
    particulars = dict.fromkeys(("most", "kinds", "kind", "number", "finding", "other"), "某")
    said = wrong(fault, "图.pdf", **particulars)
    assert said.reason.startswith("“图.pdf”")
    assert len(said.remedy) > 5
    assert said.rule == fault


@pytest.mark.parametrize(
    ("size", "words"), [(0, "1 KB"), (900 * 1024, "900 KB"), (3_400_000, "3.2 MB"), (20 * MIB, "20 MB")]
)
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\照片\\图.pdf", "图.pdf"),
        ("../../etc/passwd", "passwd"),
        ("  ", "未命名"),
        ("a\0b\n.pdf", "ab.pdf"),
        ("䶮𬭼" * 80 + ".pdf", "䶮𬭼" * 58 + ".pdf"),
        ("１２ ３.pdf", "１２ ３.pdf"),
    ],
)
def test_a_name_is_kept_tidy(name: str, kept: str) -> None:
    assert tidy_name(name) == kept


@given(st.text(max_size=300))
def test_any_name_can_be_kept(name: str) -> None:
    kept = tidy_name(name)
    assert 0 < len(kept) <= 120
    assert "/" not in kept


def test_a_caption_keeps_the_ending() -> None:
    assert captioned("正面", "IMG_01.jpg") == "正面.jpg"
    assert captioned("", "IMG_01.jpg") == "IMG_01.jpg"
    assert captioned("正面", "没有后缀") == "正面"
    assert kinds_words((Kind.PDF,)) == "PDF"
    assert kinds_words((Kind.PDF, Kind.JPEG, Kind.PNG)) == "PDF、JPG 或 PNG"


@pytest.mark.parametrize(
    ("source", "how", "grade"),
    [
        ("政府部门核发", {"issued": True}, Grade.A),
        ("申请人自备", {"verified": True}, Grade.B),
        ("政府部门核发", {"verified": True}, Grade.B),
        ("政府部门核发", {}, Grade.C),
        ("其他", {}, Grade.C),
        ("申请人自备", {}, Grade.D),
    ],
)
def test_grades_follow_from_who_stands_for_a_paper(source: str, how: dict[str, bool], grade: Grade) -> None:
    assert grade_of(source, **how) is grade


def test_what_each_grade_allows() -> None:
    assert [grade for grade in Grade if grade.bears_watermark] == [Grade.A, Grade.B]
    assert [grade for grade in Grade if grade.needs_original] == [Grade.C]
    assert all(grade.label and grade.meaning for grade in Grade)


def test_a_paper_is_good_to_the_end_of_its_last_day() -> None:
    day = date(2026, 11, 24)
    assert not has_run_out(None, day)
    assert not has_run_out(day, day)
    assert has_run_out(date(2026, 11, 23), day)
    words = watermark(provider="澜江市行政审批局", purpose="办理“食品经营许可”", valid_until=day)
    assert words == "提供单位：澜江市行政审批局  仅用于：办理“食品经营许可”  有效期至2026年11月24日"
    assert watermark(provider="甲", purpose="乙", valid_until=None).endswith("长期有效")
