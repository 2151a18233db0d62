"""Looking into files nobody has any reason to trust: PDF, pictures, and documents that are zip archives inside.

Each is opened with bounds on what it may unfold into, and what can act on its own (scripts, launches, macros, files
inside files) is found before an official's machine does.
"""

import logging
import re
import zipfile
from typing import IO, Any

from banjie.actions.ports import PaperRead, Taken
from banjie.engine.ids import Malformed
from banjie.engine.papers import ARCHIVES, HEAD, Fault, Kind, Limits, kind_of_archive, kind_of_head, kinds_words, wrong
from banjie.outside import photo_notes, pictures, previews

_PIECE = 256 * 1024
_SCRIPT_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMediaContent"})
_SCRIPT_ACTIONS = frozenset({"/JavaScript", "/Launch"})
_ATTACHED_KEYS = frozenset({"/EmbeddedFiles", "/EF"})
_RAW = re.compile(rb"/JavaScript\b|/Launch\b")
"""Found in the bytes themselves, for objects so broken that a reader of ours leaves them and another one might not."""
_DEEP = 40

# What it warns of are faults of papers, which their owners are told of; they are no news of this system.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class Inspector:
    """Reads papers: the port `Papers`."""

    def read(self, content: IO[bytes], name: str, limits: Limits) -> PaperRead:
        """What a file is, with its content as it is to be kept. Raises `Malformed`."""
        content.seek(0)
        head = content.read(HEAD)
        if not head:
            raise wrong(Fault.EMPTY, name)
        kind = kind_of_head(head)
        if kind in ARCHIVES:
            kind = read_archive(content, name, limits)
        if kind is None:
            raise wrong(Fault.UNKNOWN, name, kinds=kinds_words(limits.kinds))
        if kind not in limits.kinds:
            raise wrong(Fault.NOT_WANTED, name, kind=kind.label, kinds=kinds_words(limits.kinds))
        if kind is Kind.PDF:
            return PaperRead(kind, content, pages=read_pdf(content, name, limits))
        if kind.is_picture:
            return pictures.cleaned(content, kind, name, limits)
        return PaperRead(kind, content)

    def taken(self, content: IO[bytes]) -> Taken:
        """When and where a photograph was taken, as the camera wrote it."""
        return photo_notes.taken(content)

    def text(self, content: IO[bytes], kind: Kind) -> str | None:
        """The words of a PDF's first pages; None where there are none to be read."""
        return pdf_text(content) if kind is Kind.PDF else None

    def thumbnail(self, content: IO[bytes], kind: Kind) -> bytes:
        """A small JPEG, b"" where none can be made."""
        return previews.thumbnail(content, kind)

    def marked(self, content: IO[bytes], kind: Kind, words: str) -> bytes:
        """A PDF copy with `words` across each page."""
        return previews.marked(content, kind, words)


# --- PDF ---

TEXT_PAGES = 20
"""Pages whose words are read: what is checked against a form stands on the first ones."""

TEXT_LIMIT = 20_000
"""Characters that are read."""


def pdf_text(content: IO[bytes]) -> str | None:
    """The words of a PDF; None for one without a text layer, and for one its reader fails at."""
    from pypdf import PdfReader  # noqa: PLC0415 — only who reads a PDF pays for its library.

    content.seek(0)
    parts: list[str] = []
    length = 0
    try:
        for page in PdfReader(content, strict=False).pages[:TEXT_PAGES]:
            parts.append(page.extract_text())
            length += len(parts[-1])
            if length >= TEXT_LIMIT:
                break
    except Exception:  # noqa: BLE001 — a broken file makes its reader fail in any way at all; then there are no words.
        return None
    text = "\n".join(parts)[:TEXT_LIMIT]
    return text if text.strip() else None


def read_pdf(content: IO[bytes], name: str, limits: Limits) -> int:
    """The number of pages. Raises `Malformed` for one that is damaged, locked, too long, or could act on its own."""
    from pypdf import PasswordType, PdfReader  # noqa: PLC0415 — only who reads a PDF pays for its library.

    content.seek(0)
    _refuse_raw_scripts(content, name)
    try:
        reader = PdfReader(content, strict=False)
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise wrong(Fault.ENCRYPTED, name)
        _look_through(reader, name, limits)
        pages = len(reader.pages)
    except Malformed:
        raise
    except Exception as error:
        # A broken file makes its reader fail in any way at all; whichever way it is, the file is broken.
        raise wrong(Fault.DAMAGED, name) from error
    if not pages:
        raise wrong(Fault.DAMAGED, name)
    if pages > limits.pages:
        raise wrong(Fault.TOO_MANY_PAGES, name, number=pages, most=limits.pages)
    return pages


def _refuse_raw_scripts(content: IO[bytes], name: str) -> None:
    kept = b""
    while piece := content.read(_PIECE):
        if _RAW.search(kept + piece):
            raise wrong(Fault.SCRIPTED, name)
        kept = piece[-16:]


def _look_through(reader: Any, name: str, limits: Limits) -> None:
    """Every object of the file, those in compressed streams included."""
    from pypdf.errors import PyPdfError  # noqa: PLC0415 — with its library.
    from pypdf.generic import IndirectObject  # noqa: PLC0415 — the same.

    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > limits.objects:
        raise wrong(Fault.BOMB, name)
    _refuse_actors(reader.trailer, name)
    for number, generation in sorted(numbers):
        try:
            found = reader.get_object(IndirectObject(number, generation, reader))
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, AssertionError):
            continue  # Not to be read by us; its bytes were looked through above.
        _refuse_actors(found, name)


def _refuse_actors(value: Any, name: str, depth: int = 0) -> None:
    """Refuses scripts, launches and files inside, wherever in a direct object they stand."""
    if depth > _DEEP:
        raise wrong(Fault.BOMB, name)
    if isinstance(value, dict):
        if not _SCRIPT_KEYS.isdisjoint(value) or value.get("/S") in _SCRIPT_ACTIONS:
            raise wrong(Fault.SCRIPTED, name)
        if not _ATTACHED_KEYS.isdisjoint(value) or value.get("/Type") == "/EmbeddedFile":
            raise wrong(Fault.ATTACHED, name)
        parts: Any = value.values()
    elif isinstance(value, list):
        parts = value
    else:
        return
    for part in parts:
        if isinstance(part, (dict, list)):
            _refuse_actors(part, name, depth + 1)


# --- zip ---


def read_archive(content: IO[bytes], name: str, limits: Limits, depth: int = 0) -> Kind | None:
    """Which document an archive is, None for a mere archive. Raises `Malformed` for a bomb, macros, or damage.

    Sizes that an archive states may be lies, so each part is unpacked, into nothing, as far as it says it goes.
    """
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            _refuse_bombs(parts, name, limits)
            kind = kind_of_archive({part.filename for part in parts})
            if kind is None and depth == 0:
                return None
            for part in parts:
                if part.flag_bits & 1:
                    raise wrong(Fault.ENCRYPTED, name)
                if part.filename.lower().endswith("vbaproject.bin"):
                    raise wrong(Fault.MACROS, name)
                _unpack(archive, part, name, limits, depth)
    except Malformed:
        raise
    except Exception as error:
        # A broken archive makes its reader fail in any way at all; whichever way it is, the archive is broken.
        raise wrong(Fault.DAMAGED, name) from error
    return kind


def _refuse_bombs(parts: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    outside = any(part.filename.startswith("/") or ".." in part.filename.split("/") for part in parts)
    bloated = unpacked > max(packed, 1) * limits.ratio and unpacked > _PIECE
    if len(parts) > limits.entries or unpacked > limits.unpacked_bytes or bloated or outside:
        raise wrong(Fault.BOMB, name)


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, limits: Limits, depth: int) -> None:
    with archive.open(part) as file:
        first = file.read(_PIECE)
        if first.startswith(b"PK\x03\x04"):
            # A table inside a document is an archive again; nobody needs one more inside that.
            if depth:
                raise wrong(Fault.BOMB, name)
            file.seek(0)
            read_archive(file, name, limits, depth + 1)
        while file.read(_PIECE):
            pass
