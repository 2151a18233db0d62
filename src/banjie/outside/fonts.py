"""The typeface of the documents, and which characters it can draw.

A name printed as an empty box is a wrong name on a legal document, so the question "can this be drawn?"
is asked of the font itself, before anything is typeset. Only a bitmap of the answer is kept in memory:
the font's own tables weigh a hundred times as much.
"""

import functools
import os
import struct
import unicodedata
from dataclasses import dataclass
from pathlib import Path

FONT_FOLDER_VARIABLE = "BANJIE_FONTS"

# Debian and Ubuntu first, then Fedora and Arch, which ship the very same files in other places.
USUAL_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/google-noto-serif-cjk-fonts"),
    Path("/usr/share/fonts/noto-cjk"),
)

# File names of the regular and the bold weight, with the family name that typst must ask for. The .ttc
# collections hold the faces of five regions; the Simplified Chinese one is found by its family name.
KNOWN_FACES = (
    ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC"),
    ("NotoSerifCJKsc-Regular.otf", "NotoSerifCJKsc-Bold.otf", "Noto Serif CJK SC"),
    ("NotoSerifSC-Regular.otf", "NotoSerifSC-Bold.otf", "Noto Serif SC"),
)

# Characters that leave no ink are not looked for in the font: control and format characters, spaces,
# line and paragraph separators. Private-use characters (Co) are looked for on purpose: old systems keep
# rare names in them, and no two fonts agree on what they mean.
INKLESS_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


class FontsMissing(Exception):
    """The typeface of the documents is not installed; the message names what to install."""


@dataclass(frozen=True, slots=True)
class FontSet:
    """Where the documents' typeface lies: its folder, its family name, its regular and its bold file."""

    folder: Path
    family: str
    regular: Path
    bold: Path


def find_fonts() -> FontSet:
    """Find Noto Serif CJK SC in the folder named by BANJIE_FONTS, else where the system keeps it.

    Raises FontsMissing if no folder holds both weights.
    """
    named = os.environ.get(FONT_FOLDER_VARIABLE)
    folders = (Path(named),) if named else USUAL_FOLDERS
    for folder in folders:
        for regular, bold, family in KNOWN_FACES:
            if (folder / regular).is_file() and (folder / bold).is_file():
                return FontSet(folder, family, folder / regular, folder / bold)
    looked_in = "、".join(str(folder) for folder in folders)
    wanted = "、".join(regular for regular, _, _ in KNOWN_FACES)
    raise FontsMissing(
        f"找不到文书字体（思源宋体 Noto Serif CJK SC）。已查找：{looked_in}；需要其中之一及其粗体：{wanted}。"
        "请运行 apt-get install fonts-noto-cjk，"
        f"或把字体文件放入一个文件夹，并用环境变量 {FONT_FOLDER_VARIABLE} 指明该文件夹。"
    )


def missing_glyphs(text: str) -> tuple[str, ...]:
    """The characters of `text` that the documents' typeface cannot draw, each once, in order of appearance.

    Characters that leave no ink (controls, spaces, joiners) are never missing. Raises FontsMissing.
    """
    if text.isascii():
        return ()
    font_set = find_fonts()
    coverage = _coverage(font_set.regular, font_set.family)
    missing = (character for character in dict.fromkeys(text) if not _is_drawable(character, coverage))
    return tuple(missing)


def _is_drawable(character: str, coverage: bytes) -> bool:
    code = ord(character)
    byte = code >> 3
    if byte < len(coverage) and coverage[byte] & (1 << (code & 7)):
        return True
    return unicodedata.category(character) in INKLESS_CATEGORIES


@functools.lru_cache(maxsize=4)
def _coverage(path: Path, family: str) -> bytes:
    """A bitmap with one bit for each code point the face draws: about 24 KB, kept for the process."""
    # fontTools is loaded only by a process that makes documents, so that a web process stays small. It ships
    # no types.
    from fontTools.ttLib import (  # type: ignore[import-untyped]  # noqa: PLC0415 - both reasons above.
        TTCollection,
        TTFont,
    )

    if path.suffix.lower() == ".ttc":
        with TTCollection(path, lazy=True) as collection:
            face = next(face for face in collection.fonts if face["name"].getBestFamilyName() == family)
            table = face.reader["cmap"]
    else:
        with TTFont(path, lazy=True) as face:
            table = face.reader["cmap"]
    return _bitmap_of(table)


def _bitmap_of(table: bytes) -> bytes:
    """Read the full-repertoire mapping (format 12) of a raw `cmap` table into a bitmap.

    fontTools would give the same answer as a dictionary of glyph names, for which it first builds the names
    of all 65,535 glyphs: 40 MB and 0.3 s, to learn one bit a character.
    """
    count = int.from_bytes(table[2:4], "big")
    for record in range(4, 4 + 8 * count, 8):
        offset = int.from_bytes(table[record + 4 : record + 8], "big")
        if int.from_bytes(table[offset : offset + 2], "big") == 12:
            break
    else:
        raise FontsMissing("文书字体文件缺少完整的 Unicode 字符表，请换用 fonts-noto-cjk 中的思源宋体。")
    groups = int.from_bytes(table[offset + 12 : offset + 16], "big")
    spans = list(struct.iter_unpack(">III", table[offset + 16 : offset + 16 + 12 * groups]))
    bitmap = bytearray((max(last for _, last, _ in spans) >> 3) + 1)
    for first, last, glyph in spans:
        # Glyph 0 is the empty box itself; a span that starts on it draws only from its second character.
        for code in range(first if glyph else first + 1, last + 1):
            bitmap[code >> 3] |= 1 << (code & 7)
    return bytes(bitmap)
