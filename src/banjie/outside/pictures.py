"""Photos and scans: looked at within bounds, turned upright, and freed of what a camera writes beside the picture.

A photo tells where it was taken, with which machine and when. None of that belongs into an application, so it is
taken out; the picture itself is left as it is wherever that is possible, bit by bit.
"""

import io
import re
import struct
import threading
import warnings
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from banjie.actions.ports import PaperRead
from banjie.engine.ids import Malformed
from banjie.engine.papers import Fault, Kind, Limits, wrong

if TYPE_CHECKING:
    from PIL import Image

_ORIENTATION = 0x0112
_UPRIGHT = (None, 0, 1)
_FORMATS = {Kind.JPEG: ("JPEG", "MPO"), Kind.PNG: ("PNG",), Kind.WEBP: ("WEBP",), Kind.HEIC: ("HEIF", "AVIF")}
_QUALITY = 92
_PNG_TELLTALES = frozenset({b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"})
_WEBP_TELLTALES = frozenset({b"EXIF", b"XMP "})
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")

_ONE_LARGE = threading.Lock()
"""One picture at a time is unfolded in full: a large one takes 200 MB while it is looked at."""


def opened(content: IO[bytes]) -> "Image.Image":
    """The picture, not yet unfolded. Raises whatever the library raises for what it cannot read."""
    from PIL import Image  # noqa: PLC0415 — only who looks at a picture pays for its library.

    Image.MAX_IMAGE_PIXELS = None  # Sizes are held against the limits below, which say so in words.
    content.seek(0)
    if content.read(12)[4:8] == b"ftyp":
        import pillow_heif  # noqa: PLC0415 — the same.

        pillow_heif.register_heif_opener()
    content.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(content)


def cleaned(content: IO[bytes], kind: Kind, name: str, limits: Limits) -> PaperRead:
    """The picture upright and without telltales; HEIC, which few machines can show, as JPEG. Raises `Malformed`."""
    try:
        picture = opened(content)
        number = picture.width * picture.height
        if number > limits.pixels:
            raise wrong(Fault.TOO_MANY_PIXELS, name, number=number // 10_000, most=limits.pixels // 10_000)
        if picture.format not in _FORMATS[kind]:
            raise wrong(Fault.DAMAGED, name)
        turned = kind is Kind.HEIC or _orientation(picture) not in _UPRIGHT
        if turned:
            with _ONE_LARGE:
                return PaperRead(Kind.JPEG if kind is Kind.HEIC else kind, _drawn_again(picture, kind), 1, changed=True)
        with _ONE_LARGE:
            _looked_at(picture, kind, content)
        kept = _without_telltales(content, kind)
    except Malformed:
        raise
    except Exception as error:
        # A broken picture makes its reader fail in any way at all; whichever way it is, the picture is broken.
        raise wrong(Fault.DAMAGED, name) from error
    return PaperRead(kind, kept or content, 1, changed=kept is not None)


def _orientation(picture: Any) -> int | None:
    """How the camera was held. A PNG that says nothing of it at its beginning would be unfolded to look at its end."""
    if picture.format == "PNG" and not {"exif", "Raw profile type exif"} & set(picture.info):
        return None
    said = picture.getexif().get(_ORIENTATION)
    return said if isinstance(said, int) else None


def _looked_at(picture: Any, kind: Kind, content: IO[bytes]) -> None:
    """Reads the whole picture, so that one that breaks off in the middle is found here and not on a desk."""
    if kind is Kind.JPEG:
        # An eighth of each side: every byte is read, a sixty-fourth of the memory is used.
        picture.draft("RGB", (picture.width // 8, picture.height // 8))
        picture.load()
    elif kind is Kind.PNG:
        opened(content).verify()  # Each part is held against its checksum; nothing is unfolded.
    else:
        picture.load()


def _drawn_again(picture: Any, kind: Kind) -> IO[bytes]:
    from PIL import ImageOps  # noqa: PLC0415 — with its library.

    upright = ImageOps.exif_transpose(picture)
    into = io.BytesIO()
    profile = picture.info.get("icc_profile")
    more = {"icc_profile": profile} if profile else {}
    if kind in (Kind.JPEG, Kind.HEIC):
        upright.convert("RGB").save(into, "JPEG", quality=_QUALITY, **more)
    else:
        upright.save(into, _FORMATS[kind][0], **more)
    return into


# --- the picture as it is, without what stands beside it ---


def _without_telltales(content: IO[bytes], kind: Kind) -> IO[bytes] | None:
    """The same picture without camera, place and time; None when there is nothing to take out."""
    content.seek(0)
    whole = content.read()
    pieces = list({Kind.JPEG: _jpeg_pieces, Kind.PNG: _png_pieces, Kind.WEBP: _webp_pieces}[kind](whole))
    left = b"".join(piece for piece, telltale in pieces if not telltale)
    if len(left) == len(whole):
        return None
    return io.BytesIO(_webp_head(left) if kind is Kind.WEBP else left)


def _jpeg_pieces(whole: bytes) -> Iterator[tuple[bytes, bool]]:
    """The segments, each with whether it tells of more than the picture; what stands behind the end is telling too."""
    yield whole[:2], False
    at = 2
    while at + 4 <= len(whole):
        marker = whole[at + 1]
        if marker == 0xD9:
            yield whole[at : at + 2], False
            yield whole[at + 2 :], True
            return
        end = at + 2 + int.from_bytes(whole[at + 2 : at + 4], "big")
        segment = whole[at:end]
        yield segment, _tells(marker, segment)
        at = end
        if marker == 0xDA:
            found = _MARKER.search(whole, at)
            stop = found.start() if found else len(whole)
            yield whole[at:stop], False
            at = stop
    yield whole[at:], False


def _tells(marker: int, segment: bytes) -> bool:
    if marker == 0xE2:
        return not segment[4:].startswith(b"ICC_PROFILE")
    # APP0 says JFIF, APP14 says how colours are meant; the other APPs and comments say who, where and when.
    return (0xE1 <= marker <= 0xEF and marker != 0xEE) or marker == 0xFE


def _png_pieces(whole: bytes) -> Iterator[tuple[bytes, bool]]:
    yield whole[:8], False
    at = 8
    while at + 12 <= len(whole):
        name = whole[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(whole[at : at + 4], "big")
        yield whole[at:end], name in _PNG_TELLTALES
        at = end
        if name == b"IEND":
            yield whole[at:], True
            return
    yield whole[at:], False


def _webp_pieces(whole: bytes) -> Iterator[tuple[bytes, bool]]:
    yield whole[:12], False
    at = 12
    while at + 8 <= len(whole):
        size = int.from_bytes(whole[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        yield whole[at:end], whole[at : at + 4] in _WEBP_TELLTALES
        at = end
    yield whole[at:], False


def _webp_head(left: bytes) -> bytes:
    """The container's length and flags set right again after parts of it went."""
    made = bytearray(left)
    made[4:8] = struct.pack("<I", len(made) - 8)
    if made[12:16] == b"VP8X":
        made[20] &= ~0b00001100 & 0xFF
    return bytes(made)
