"""Small pictures of papers, and copies with a watermark."""

import io
import shutil
import subprocess
import tempfile
import zlib
from typing import IO, Any

from banjie.engine.papers import Kind
from banjie.outside import pictures
from banjie.outside.fonts import find_fonts

THUMBNAIL = 320
"""Pixels of a thumbnail's longer side: sharp at 160 on a fine screen."""
_QUALITY = 78
_POPPLER_S = 10.0
_A4 = (595, 842)
"""Points."""
_DOTS = 2
"""Dots of the watermark's stencil to a point."""
_MARK_SIZE, _SLANT, _LINES = 24, 24, 5


def thumbnail(content: IO[bytes], kind: Kind) -> bytes:
    """A small JPEG of a picture or of a PDF's first page (where poppler is installed); b"" where none can be made."""
    if kind is Kind.PDF:
        return _first_page(content)
    return _small(content) if kind.is_picture else b""


def _small(content: IO[bytes]) -> bytes:
    picture: Any = pictures.opened(content)
    picture.draft("RGB", (THUMBNAIL * 2, THUMBNAIL * 2))
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    into = io.BytesIO()
    picture.convert("RGB").save(into, "JPEG", quality=_QUALITY)
    return into.getvalue()


def _first_page(content: IO[bytes]) -> bytes:
    poppler = shutil.which("pdftoppm")
    if poppler is None:
        return b""
    content.seek(0)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        command = [poppler, "-f", "1", "-l", "1", "-singlefile", "-scale-to", str(THUMBNAIL), "-jpeg", file.name]
        try:
            drawn = subprocess.run(command, capture_output=True, timeout=_POPPLER_S, check=False)  # noqa: S603 — no shell, our own words.
        except (subprocess.TimeoutExpired, OSError):
            return b""
    return drawn.stdout if drawn.returncode == 0 else b""


def marked(content: IO[bytes], kind: Kind, words: str) -> bytes:
    """A PDF copy of a picture or a PDF with `words` across each page, pale and aslant."""
    from pypdf import PdfReader, PdfWriter, Transformation  # noqa: PLC0415 — only who marks a copy pays for it.

    content.seek(0)
    source = PdfReader(content if kind is Kind.PDF else _as_pdf(content), strict=False)
    if source.is_encrypted:
        source.decrypt("")
    mark = PdfReader(io.BytesIO(_overlay(words))).pages[0]
    writer = PdfWriter()
    for page in source.pages:
        added: Any = writer.add_page(page)
        width, height = float(added.mediabox.width), float(added.mediabox.height)
        fitted = Transformation().scale(width / _A4[0], height / _A4[1])
        added.merge_transformed_page(mark, fitted.translate(float(added.mediabox.left), float(added.mediabox.bottom)))
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def _overlay(words: str) -> bytes:
    """A PDF page that holds the words and nothing else: a stencil through which pale blue is painted.

    The words are drawn and not typeset: the typesetter weighs a hundred megabytes, which a web process does not carry.
    """
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 — with the pictures.

    font = ImageFont.truetype(str(find_fonts().regular), _MARK_SIZE)
    strip = Image.new("1", (int(font.getlength(words)) + 4, _MARK_SIZE * 2), 1)
    ImageDraw.Draw(strip).text((2, _MARK_SIZE // 3), words, font=font, fill=0)
    aslant = strip.rotate(_SLANT, expand=True, fillcolor=1)
    width, height = round(_A4[0] * _DOTS), round(_A4[1] * _DOTS)
    stencil = Image.new("1", (width, height), 1)
    for step in range(_LINES):
        middle = height * (2 * step + 1) // (2 * _LINES)
        stencil.paste(aslant, ((width - aslant.width) // 2, middle - aslant.height // 2))
    return _stencil_page(zlib.compress(stencil.tobytes()), width, height)


def _stencil_page(packed: bytes, width: int, height: int) -> bytes:
    drawn = b"q /G gs .35 .45 .6 rg %d 0 0 %d 0 0 cm /M Do Q" % _A4
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources"
        b"<</XObject<</M 5 0 R>>/ExtGState<</G 6 0 R>>>>>>" % _A4,
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/XObject/Subtype/Image/ImageMask true/BitsPerComponent 1/Width %d/Height %d/Filter/FlateDecode"
        b"/Length %d>>stream\n%s\nendstream" % (width, height, len(packed), packed),
        b"<</Type/ExtGState/ca .4/CA .4>>",
    )
    whole, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj%s\nendobj\n" % (number, one)
    start = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    whole += b"".join(b"%010d 00000 n \n" % place for place in places)
    whole += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(whole)


def _as_pdf(content: IO[bytes]) -> IO[bytes]:
    """A picture on a page as large as an A4 sheet at most."""
    picture: Any = pictures.opened(content).convert("RGB")
    resolution = max(picture.width / _A4[0], picture.height / _A4[1]) * 72
    into = io.BytesIO()
    picture.save(into, "PDF", resolution=max(72.0, resolution))
    return into
