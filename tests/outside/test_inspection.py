"""Files nobody has any reason to trust: each kind taken by its content, each trap named with how to mend it."""

import contextlib
import io
import struct
import subprocess
import zipfile
import zlib
from dataclasses import replace

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from banjie.demo.papers import paper_pdf
from banjie.engine.ids import Malformed
from banjie.engine.papers import STANDARD, Fault, Kind
from banjie.outside.inspection import Inspector

INSPECTOR = Inspector()
PDF = paper_pdf("平面图", ["澜江春禾餐饮有限公司"])


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    into = io.BytesIO()
    made.save(into, form, **more)
    return into.getvalue()


def exif(orientation: int = 1) -> bytes:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "SecretCamera"
    gps = data.get_ifd(0x8825)
    gps[1], gps[2] = "N", (30.0, 15.0, 0.0)
    return data.tobytes()


def archive(parts: dict[str, bytes], **more: object) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return into.getvalue()


DOCX = archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<w/>"})
XLSX = archive({"xl/workbook.xml": b"<w/>"})
OFD = archive({"OFD.xml": b"<o/>", "Doc_0/Document.xml": b"<d/>"})


def pdf_with(change: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(PDF))
    if change == "script":
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
        )
        writer.root_object[NameObject("/OpenAction")] = action
    elif change == "attachment":
        writer.add_attachment("x.exe", b"MZ")
    elif change == "password":
        writer.encrypt("geheim", algorithm="RC4-128")
    elif change == "owner":
        writer.encrypt("", "owner", algorithm="RC4-128")
    elif change == "launch":
        action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd")})
        writer.root_object[NameObject("/OpenAction")] = action
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def read(content: bytes, name: str = "文件", limits: object = STANDARD) -> object:
    return INSPECTOR.read(io.BytesIO(content), name, limits)  # type: ignore[arg-type]  # tests pass limits


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, Kind.PDF),
        (b"\n\n" + PDF, Kind.PDF),
        (picture("JPEG"), Kind.JPEG),
        (picture("PNG"), Kind.PNG),
        (picture("WEBP"), Kind.WEBP),
        (DOCX, Kind.DOCX),
        (XLSX, Kind.XLSX),
        (OFD, Kind.OFD),
        (pdf_with("owner"), Kind.PDF),
    ],
    ids=["pdf", "pdf 前有空行", "jpeg", "png", "webp", "docx", "xlsx", "ofd", "只限制打印的 pdf"],
)
@pytest.mark.parametrize("name", ["文件.exe", "图.jpg", "没有后缀"])
def test_a_file_is_what_its_content_is(content: bytes, kind: Kind, name: str) -> None:
    assert INSPECTOR.read(io.BytesIO(content), name, STANDARD).kind is kind


def test_pages_are_counted() -> None:
    assert INSPECTOR.read(io.BytesIO(PDF), "x", STANDARD).pages == 1


def refused(content: bytes, limits: object = STANDARD) -> str:
    with pytest.raises(Malformed) as caught:
        read(content, "我的文件", limits)
    assert "“我的文件”" in caught.value.reason
    assert caught.value.remedy
    return caught.value.rule


def lying_archive() -> bytes:
    """A part that says it is ten bytes long, and unfolds into ten megabytes."""
    made = bytearray(archive({"word/document.xml": b"0" * 10_000_000}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = made.index(mark) + (22 if mark == b"PK\x03\x04" else 24)
        made[at : at + 4] = struct.pack("<I", 10)
    return bytes(made)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"MZ\x90\0 not a paper", Fault.UNKNOWN),
        (b"<html><script>alert(1)</script>", Fault.UNKNOWN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Fault.UNKNOWN),
        (archive({"a.txt": b"x"}), Fault.UNKNOWN),
        ("只是文字，没有公章".encode(), Fault.NOT_WANTED),
        (PDF[: len(PDF) // 2], Fault.DAMAGED),
        (b"%PDF-1.4\n%%EOF\n", Fault.DAMAGED),
        (picture("JPEG", (600, 400))[:-900], Fault.DAMAGED),
        (picture("PNG", (600, 400))[:-40], Fault.DAMAGED),
        (b"\xff\xd8\xff\xe0 not really", Fault.DAMAGED),
        (pdf_with("password"), Fault.ENCRYPTED),
        (pdf_with("script"), Fault.SCRIPTED),
        (pdf_with("launch"), Fault.SCRIPTED),
        (pdf_with("attachment"), Fault.ATTACHED),
        (archive({"word/document.xml": b"<w/>", "word/vbaProject.bin": b"x"}), Fault.MACROS),
        (archive({"word/document.xml": b"0" * 50_000_000}), Fault.BOMB),
        (archive({"word/document.xml": b"x", "word/e.zip": archive({"f.zip": archive({"g": b"x"})})}), Fault.BOMB),
        (archive({"word/document.xml": b"x", "../../etc/passwd": b"x"}), Fault.BOMB),
        (lying_archive(), Fault.DAMAGED),
        (DOCX[:-30], Fault.DAMAGED),
    ],
)
def test_what_is_not_taken_is_named(content: bytes, fault: Fault) -> None:
    assert refused(content) == fault


def test_a_script_in_a_compressed_object_is_found() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(PDF))
    hidden = DictionaryObject({NameObject("/S"): NameObject("/Java#53cript"), NameObject("/JS"): TextStringObject("x")})
    writer.root_object[NameObject("/AA")] = DictionaryObject({NameObject("/WC"): hidden})
    into = io.BytesIO()
    writer.write(into)
    assert refused(into.getvalue()) == Fault.SCRIPTED


def test_limits_are_data() -> None:
    assert refused(PDF, replace(STANDARD, kinds=(Kind.JPEG,))) == Fault.NOT_WANTED
    assert refused(PDF, replace(STANDARD, pages=0)) == Fault.TOO_MANY_PAGES
    assert refused(picture("PNG", (60, 40)), replace(STANDARD, pixels=100)) == Fault.TOO_MANY_PIXELS
    assert refused(XLSX, replace(STANDARD, entries=0)) == Fault.BOMB
    text = "营业说明".encode()
    assert INSPECTOR.read(io.BytesIO(text), "x", replace(STANDARD, kinds=(Kind.TXT,))).kind is Kind.TXT


def test_a_picture_of_a_billion_pixels_is_refused_before_it_unfolds() -> None:
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    png += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    assert refused(png) == Fault.TOO_MANY_PIXELS


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_its_picture_and_loses_its_place(form: str) -> None:
    told = picture(form, exif=exif())
    assert b"SecretCamera" in told
    kept = INSPECTOR.read(io.BytesIO(told), "照片", STANDARD)
    assert kept.changed
    kept.content.seek(0)
    left = kept.content.read()
    assert b"SecretCamera" not in left
    shown = Image.open(io.BytesIO(left))
    assert not shown.getexif()
    assert shown.convert("RGB").tobytes() == Image.open(io.BytesIO(told)).convert("RGB").tobytes()


def test_what_stands_behind_a_jpegs_end_goes_too() -> None:
    kept = INSPECTOR.read(io.BytesIO(picture(progressive=True) + b"second picture with its place"), "照片", STANDARD)
    kept.content.seek(0)
    assert b"second picture" not in kept.content.read()


def test_a_picture_without_telltales_stays_bit_for_bit() -> None:
    content = io.BytesIO(picture("PNG"))
    assert INSPECTOR.read(content, "x", STANDARD).content is content


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_taken_sideways_is_turned_upright(form: str) -> None:
    kept = INSPECTOR.read(io.BytesIO(picture(form, exif=exif(6))), "照片", STANDARD)
    shown = Image.open(kept.content)
    assert shown.size == (40, 60)
    assert not shown.getexif().get(0x0112)


def test_a_heic_photo_becomes_a_jpeg() -> None:
    heif = pillow_heif.from_pillow(Image.open(io.BytesIO(picture())))
    into = io.BytesIO()
    heif.save(into)
    kept = INSPECTOR.read(into, "IMG_0001.HEIC", STANDARD)
    assert (kept.kind, kept.changed) == (Kind.JPEG, True)
    assert Image.open(kept.content).format == "JPEG"


def test_thumbnails_are_small() -> None:
    small = INSPECTOR.thumbnail(io.BytesIO(picture("PNG", (2000, 1000))), Kind.PNG)
    assert Image.open(io.BytesIO(small)).size == (320, 160)
    assert INSPECTOR.thumbnail(io.BytesIO(DOCX), Kind.DOCX) == b""


def test_a_pdf_shows_its_first_page_where_poppler_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert INSPECTOR.thumbnail(io.BytesIO(PDF), Kind.PDF) == b""
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/pdftoppm")
    answer = subprocess.CompletedProcess([], 0, stdout=b"jpeg")
    monkeypatch.setattr("subprocess.run", lambda *args, **more: answer)
    assert INSPECTOR.thumbnail(io.BytesIO(PDF), Kind.PDF) == b"jpeg"


@pytest.mark.parametrize(("content", "kind"), [(PDF, Kind.PDF), (picture("JPEG", (1600, 900)), Kind.JPEG)])
def test_a_marked_copy_is_a_pdf_that_is_still_taken(content: bytes, kind: Kind) -> None:
    words = "提供单位：澜江市䶮𬭼记  仅用于：办理“食品经营许可”  有效期至2027年1月1日"
    made = INSPECTOR.marked(io.BytesIO(content), kind, words)
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    assert INSPECTOR.read(io.BytesIO(made), "副本", STANDARD).kind is Kind.PDF
    assert len(made) < len(content) + 120_000


GOOD = [PDF, picture("JPEG", exif=exif()), picture("PNG"), picture("WEBP"), DOCX, OFD]


@settings(max_examples=120, deadline=None)
@given(content=st.sampled_from(GOOD), at=st.integers(0, 2000), junk=st.binary(max_size=40), cut=st.integers(0, 3000))
def test_whatever_is_broken_is_taken_or_refused_in_words(content: bytes, at: int, junk: bytes, cut: int) -> None:
    broken = (content[:at] + junk + content[at + len(junk) :])[: len(content) - cut if cut < len(content) else None]
    # Anything but a refusal in words comes through and fails the test.
    with contextlib.suppress(Malformed):
        read(broken)
