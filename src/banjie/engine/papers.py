"""材料文件: which kinds are taken, how large they may be, what is wrong with one that is not taken, and how far a paper
may be used again (国办函〔2016〕108号: grades A to D). What a file is shows in its content, never in its name.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from banjie.engine.calendar import chinese_date
from banjie.engine.catalogue import Material
from banjie.engine.ids import Malformed

MIB = 1024 * 1024


class Kind(StrEnum):
    """What a file is."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    OFD = "ofd"
    DOCX = "docx"
    XLSX = "xlsx"
    TXT = "txt"

    @property
    def label(self) -> str:
        """What people call it."""
        return "JPG" if self is Kind.JPEG else "WebP" if self is Kind.WEBP else self.value.upper()

    @property
    def media_type(self) -> str:
        """Its media type as registered."""
        return _MEDIA_TYPES[self]

    @property
    def is_picture(self) -> bool:
        """Whether it is a photo or a scan of one page."""
        return self in PICTURES


_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.HEIC: "image/heic",
    Kind.OFD: "application/ofd",
    Kind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    Kind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    Kind.TXT: "text/plain",
}
PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.HEIC})
ARCHIVES = frozenset({Kind.OFD, Kind.DOCX, Kind.XLSX})
"""Kinds that are zip archives inside; which one shows only in the names of their parts."""

USUAL = tuple(kind for kind in Kind if kind is not Kind.TXT)
"""What is taken for a material that says nothing else. Plain text bears no name, stamp or date that would hold."""

BY_MEDIA_TYPE = {media_type: kind for kind, media_type in _MEDIA_TYPES.items()}

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
HEAD = 1024
"""Bytes of a file's beginning that `kind_of_head` wants to see."""


def kind_of_head(head: bytes) -> Kind | None:
    """What a file is by its first bytes. A zip archive is called OFD until its parts are known; None for no known kind.

    Readers find a PDF's mark anywhere in its first 1024 bytes, so that is where it is looked for.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return Kind.HEIC
    if head.startswith(b"PK\x03\x04"):
        return Kind.OFD
    if b"%PDF-" in head[:HEAD]:
        return Kind.PDF
    return Kind.TXT if _reads_as_text(head) else None


def _reads_as_text(head: bytes) -> bool:
    if not head or b"\0" in head or head.startswith((b"MZ", b"\x7fELF", b"#!", b"<")):
        return False
    for encoding in ("utf-8", "gb18030"):
        # A character may be cut in two where the head ends.
        for cut in range(4):
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return all(sign.isprintable() or sign in "\r\n\t\f" for sign in text)
    return False


def kind_of_archive(names: Collection[str]) -> Kind | None:
    """Which kind of document a zip archive is, by the names of its parts."""
    if "OFD.xml" in names:
        return Kind.OFD
    if "word/document.xml" in names:
        return Kind.DOCX
    return Kind.XLSX if "xl/workbook.xml" in names else None


# --- limits ---


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken for one material, and for one application. The defaults are local custom; materials say others."""

    kinds: tuple[Kind, ...] = USUAL
    file_bytes: int = 20 * MIB
    files: int = 20
    application_bytes: int = 100 * MIB
    pages: int = 500
    """Pages of a PDF."""
    pixels: int = 80_000_000
    """Pixels of a picture: an A3 sheet scanned at 600 dpi has 70 million."""
    unpacked_bytes: int = 300 * MIB
    ratio: int = 200
    """How many times as large as itself an archive may be when it is unpacked."""
    entries: int = 5000
    """Parts of an archive, objects of a PDF divided by 40."""

    @property
    def objects(self) -> int:
        """Objects of a PDF that are looked through."""
        return self.entries * 40

    @property
    def words(self) -> str:
        """What may be handed in, as a hint reads."""
        kinds = "、".join(kind.label for kind in self.kinds if kind is not Kind.HEIC)
        return f"{kinds}，每个文件不超过 {size_words(self.file_bytes)}，最多 {self.files} 个"


STANDARD = Limits()


def limits_of(material: Material, application_mb: int) -> Limits:
    """The limits of a material as its item publishes them."""
    kinds = tuple(Kind(word) for word in material.kinds) if material.kinds else USUAL
    return Limits(
        kinds=kinds,
        file_bytes=material.most_mb * MIB,
        files=material.most_files,
        application_bytes=application_mb * MIB,
    )


def size_words(size: int) -> str:
    """A file's size as people say it: 850 KB, 3.2 MB, 20 MB."""
    if size < MIB:
        return f"{max(1, size // 1024)} KB"
    return f"{size / MIB:.1f}".removesuffix(".0") + " MB"


# --- what can be wrong ---


class Fault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    NOT_WANTED = "not_wanted"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    SCRIPTED = "scripted"
    ATTACHED = "attached"
    MACROS = "macros"
    BOMB = "bomb"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_FILES = "too_many_files"
    TOO_LARGE_TOGETHER = "too_large_together"
    INFECTED = "infected"
    TWICE = "twice"


_WORDS: dict[Fault, tuple[str, str]] = {
    Fault.EMPTY: ("是空文件", "请重新选择有内容的文件"),
    Fault.TOO_LARGE: ("超过 {most}", "请降低扫描或拍照的清晰度，或拆成几个文件分别上传"),
    Fault.UNKNOWN: ("不是可以接受的格式", "请上传 {kinds} 文件；其他格式请先另存为 PDF"),
    Fault.NOT_WANTED: ("是 {kind} 文件，这份材料不收这种格式", "请另存为 {kinds} 后再上传"),
    Fault.DAMAGED: ("已经损坏，打不开", "请在自己的电脑或手机上打开看看，重新保存或重新拍照后再上传"),
    Fault.ENCRYPTED: ("加了密码，工作人员打不开", "请去掉密码后再上传；也可以用“打印”另存为一份没有密码的 PDF"),
    Fault.SCRIPTED: ("里面带有脚本或会启动程序的内容", "请用“打印”另存为一份新的 PDF，再上传这一份"),
    Fault.ATTACHED: ("里面夹带了其他文件", "请把夹带的文件分别上传，并用“打印”把本文件另存为一份新的 PDF"),
    Fault.MACROS: ("里面带有宏", "请另存为不带宏的文档或 PDF，再上传"),
    Fault.BOMB: ("展开后过大或层次过多，无法安全打开", "请另存为 PDF 后再上传"),
    Fault.TOO_MANY_PAGES: ("有 {number} 页，超过 {most} 页", "请只上传需要的页，或拆成几个文件分别上传"),
    Fault.TOO_MANY_PIXELS: ("的尺寸太大（{number} 万像素，最多 {most} 万）", "请降低扫描或拍照的清晰度后再上传"),
    Fault.TOO_MANY_FILES: ("没有保存：这份材料最多 {most} 个文件", "请先删去不需要的文件，或把几页合成一个 PDF"),
    Fault.TOO_LARGE_TOGETHER: ("没有保存：全部材料加起来超过 {most}", "请降低清晰度，或删去不需要的文件"),
    Fault.INFECTED: ("里面发现病毒（{finding}），没有保存", "请用杀毒软件清理电脑，重新制作这份文件后再上传"),
    Fault.TWICE: ("和已经上传的“{other}”是同一个文件，没有重复保存", "如果选错了文件，请重新选择"),
}


def wrong(fault: Fault, name: str, **particulars: object) -> Malformed:
    """What is wrong with the file of that name and how to mend it, to be raised."""
    reason, remedy = _WORDS[fault]
    return Malformed("file", f"“{name}”{reason.format(**particulars)}", remedy.format(**particulars), fault.value)


def kinds_words(kinds: tuple[Kind, ...]) -> str:
    """PDF、JPG 或 PNG."""
    words = [kind.label for kind in kinds]
    return "、".join(words[:-1]) + " 或 " + words[-1] if len(words) > 1 else words[0]


def tidy_name(name: str) -> str:
    """A file's name as it is kept: no folders, no control characters, 120 characters, its ending preserved."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if sign.isprintable()).strip()
    if len(shown) > 120:
        stem, dot, ending = shown.rpartition(".")
        shown = stem[: 119 - len(ending)] + dot + ending if dot and len(ending) <= 10 else shown[:120]
    return shown or "未命名"


def captioned(caption: str, name: str) -> str:
    """The name officials read: what the applicant calls the file, with the ending it has."""
    if not caption:
        return name
    _, dot, ending = name.rpartition(".")
    return f"{caption}.{ending}" if dot and len(ending) <= 10 else caption


# --- using a paper again ---


class Grade(StrEnum):
    """材料可信等级."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def label(self) -> str:
        """In one word: 政府核发."""
        return _GRADES[self][0]

    @property
    def meaning(self) -> str:
        """What follows from it."""
        return _GRADES[self][1]

    @property
    def bears_watermark(self) -> bool:
        """Whether a copy handed over names its provider, its purpose and how long it is valid."""
        return self in (Grade.A, Grade.B)

    @property
    def needs_original(self) -> bool:
        """Whether a clerk has to hold it against the original before it is used."""
        return self is Grade.C


_GRADES = {
    Grade.A: ("政府核发", "由行政机关制作并签章，可以直接使用"),
    Grade.B: ("已核对原件", "窗口核对过原件，可以直接使用"),
    Grade.C: ("本人上传", "使用前窗口要核对原件"),
    Grade.D: ("本人制作", "由提供人对真实性负责，可以直接使用"),
}

OWN_WORK = "申请人自备"
"""来源渠道 of what applicants make themselves; everything else somebody else has issued."""


def grade_of(source: str, *, issued: bool = False, verified: bool = False) -> Grade:
    """The grade of a paper by where its material comes from (来源渠道), and by who stands for it."""
    if issued:
        return Grade.A
    if verified:
        return Grade.B
    return Grade.D if source == OWN_WORK else Grade.C


def has_run_out(valid_until: date | None, today: date) -> bool:
    """Whether a paper is past its last day."""
    return valid_until is not None and valid_until < today


def watermark(*, provider: str, purpose: str, valid_until: date | None) -> str:
    """What stands across a copy that is handed over: by whom, for what only, and how long."""
    until = f"有效期至{chinese_date(valid_until)}" if valid_until else "长期有效"
    return f"提供单位：{provider}  仅用于：{purpose}  {until}"
