"""Documents: data in, a tagged and archivable PDF (PDF/A-2a, PDF/UA-1) out.

The templates lie in content/documents, each with its keys described at the top. Data reach them as one JSON
text and are only ever placed as strings: nothing a person typed can become markup.
"""

import functools
import json
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from banjie.engine.wordings import Lacking, fill
from banjie.outside.fonts import FONT_FOLDER_VARIABLE, INKLESS_CATEGORIES, find_fonts, missing_glyphs
from banjie.packs.wordings import shipped

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).resolve().parents[1] / "content" / "documents"
SHARED_TEMPLATE = "base"
PDF_STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]

# One compiler serves the whole process and is not safe to enter twice at a time.
_COMPILING = threading.Lock()


_PLACES = {
    "applicant": "申请人名称",
    "holder": "持有人名称",
    "recipient": "受送达人名称",
    "signed_by": "签署人姓名",
    "organ": "机关名称",
    "item": "事项名称",
    "materials": "材料名称",
    "missing": "容缺材料",
    "faults": "补正内容",
    "reason": "理由",
    "reasons": "理由",
    "lines": "许可内容",
    "content": "决定内容",
    "evidence": "送达凭据",
    "words": "文书措辞",
}
"""What people call the parts of a document that hold what somebody typed, by the first word of the way to them."""


class MissingGlyph(Exception):
    """The typeface cannot draw a character of the data, so no document was made.

    `characters` are those that cannot be drawn; `field` is the dotted way to the text that holds them, such
    as `materials.0.name`. A box in place of a name would make the document wrong, so typesetting stops.
    """

    def __init__(self, characters: Sequence[str], field: str) -> None:
        self.characters = tuple(characters)
        self.field = field
        named = "、".join(_named(character) for character in self.characters)
        super().__init__(
            f"{_place(field)}中有文书字体印不出的生僻字{named}。为避免把它印成空框，文书没有制作。"
            "请先核对是否录错；确有此字的，请系统管理员安装含有该字的字体"
            f"（环境变量 {FONT_FOLDER_VARIABLE} 指明字体文件夹），然后重新制作。"
        )


class TypesettingFailed(Exception):
    """The template does not exist, or the data lack what it needs; the message names the field."""


def templates() -> tuple[str, ...]:
    """The names `typeset` accepts, in alphabetical order."""
    return tuple(sorted(path.stem for path in TEMPLATES.glob("*.typ") if path.stem != SHARED_TEMPLATE))


def typeset(template: str, data: Mapping[str, object]) -> bytes:
    """Make the PDF of `template` (the name of a file in content/documents, without .typ) from `data`.

    `data` is nested mappings, sequences, strings, numbers and booleans. The same data give the same bytes.
    Raises MissingGlyph before anything is typeset, TypesettingFailed naming what the data lack, and
    FontsMissing when the typeface is not installed. Safe to call from several threads.
    """
    if template not in templates():
        raise TypesettingFailed(f"没有名为“{template}”的文书模板。可用的模板：{'、'.join(templates())}。")
    inked = _inked(_worded(template, data))
    for field, text in _texts(inked, ""):
        missing = missing_glyphs(text)
        if missing:
            raise MissingGlyph(missing, field)
    inputs = {"d": json.dumps(inked, ensure_ascii=False), "family": find_fonts().family}

    # typst weighs some 100 MB with its fonts: only a process that makes documents loads it.
    import typst  # noqa: PLC0415 - lazy on purpose, see above.

    with _COMPILING:
        try:
            pdf = _compiler().compile(
                input=str(TEMPLATES / f"{template}.typ"),
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=PDF_STANDARDS,
            )
        except typst.TypstError as error:
            raise TypesettingFailed(_explain(template, error)) from error
    if not isinstance(pdf, bytes):
        raise TypesettingFailed(f"文书“{template}”没有生成单个 PDF 文件。")
    return pdf


def _worded(template: str, data: Mapping[str, object]) -> Mapping[str, object]:
    """The data with the document's sentences: those of `wording` (by passage) where it has some, else as they ship."""
    wording = shipped().get(template)
    if wording is None:
        return data
    own = data.get("wording")
    texts = {str(key): str(text) for key, text in own.items()} if isinstance(own, Mapping) else {}
    rest = {key: value for key, value in data.items() if key != "wording"}
    try:
        return {**rest, "words": fill(wording, texts, rest)}
    except Lacking as lacking:
        raise TypesettingFailed(_lacks(template, lacking.key)) from None


def qr_svg(text: str) -> str:
    """A QR code of `text` as an SVG text, the value of the common key `qr_svg`."""
    # segno is needed only where a document is made.
    import segno  # noqa: PLC0415 - lazy on purpose, see above.

    return segno.make(text, error="m", micro=False).svg_inline(border=2, light="white", omitsize=True)


@functools.lru_cache(maxsize=1)
def _compiler() -> "typst.Compiler":
    """The process's compiler: opening the fonts takes about 0.2 s, once."""
    import typst  # noqa: PLC0415 - lazy on purpose, see typeset.

    return typst.Compiler(root=TEMPLATES, font_paths=[find_fonts().folder], ignore_system_fonts=True)


def _inked(value: object) -> object:
    """The same data, their strings without characters that leave no ink, line ends and spaces made plain.

    PDF/A allows no control character in a text, and a mark that turns the direction of writing would let a name
    be read otherwise than it is stored.
    """
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value
        lines = "\n".join(value.splitlines())
        return "".join(map(_plain, lines))
    if isinstance(value, Mapping):
        return {key: _inked(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_inked(inner) for inner in value]
    return value


def _plain(character: str) -> str:
    if character == "\n":
        return character
    if character == "\t" or (unicodedata.category(character) == "Zs" and character != "\u3000"):
        return " "
    return "" if unicodedata.category(character) in INKLESS_CATEGORIES else character


def _texts(value: object, field: str) -> Iterator[tuple[str, str]]:
    """Every string in nested data, with the dotted way to it."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, f"{field}.{key}" if field else str(key))
    elif isinstance(value, Sequence):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{field}.{index}")


def _place(field: str) -> str:
    """Where in a document, in words; the way itself where it has no name of its own."""
    name = _PLACES.get(field.partition(".")[0])
    return f"“{name}”" if name else f"字段 {field} "


def _named(character: str) -> str:
    """The character with its code; a half of a surrogate pair has only its code, for it cannot be written."""
    code = f"U+{ord(character):04X}"
    return f"“{character}”（{code}）" if character.isprintable() else code


def _explain(template: str, error: "typst.TypstError") -> str:
    lacking = re.search(r'does not contain key "([^"]+)"', str(error))
    if lacking:
        return _lacks(template, lacking[1])
    return f"文书“{template}”无法制作：{error}。请按模板文件开头的说明检查数据。"


def _lacks(template: str, key: str) -> str:
    return f"文书“{template}”缺少字段 {key}。请补上该字段后重做；各字段的含义写在模板文件的开头。"
