"""Made-up papers as real PDF files: one page of text, for plans a drawing, and a line that says it is made up.

Written by hand and not typeset, because a city's worth of them must be there within a second. The typeface is one
of the standard ones every reader replaces with what its system has, so that a page weighs one kilobyte.
"""

from collections.abc import Sequence

MEDIA_TYPE = "application/pdf"

_PLAN = (
    "1.2 w 90 250 415 330 re S 90 420 200 160 re S 290 420 215 160 re S 90 250 130 170 re S "
    "0.8 w 220 250 140 170 re S 300 600 m 300 580 l S 320 600 m 320 580 l S "
    "0.5 w [3 3] 0 d 110 330 m 480 330 l S 350 270 m 350 560 l S [] 0 d "
    "1 w 120 520 40 30 re S 180 520 40 30 re S 240 470 30 60 re S 380 510 60 25 re S 400 300 70 40 re S"
)

_FIRST, _LAST = 730, 90
"""Points above the page's foot: where the first line of text stands, and down to where there is room."""

_METRICS = b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93"


def paper_pdf(title: str, lines: Sequence[str], *, plan: bool = False) -> bytes:
    """A one-page A4 PDF with a title and lines of Chinese; with a floor plan below them where `plan` is set."""
    rows = [row for line in lines for row in _rows(line)]
    # With a plan below it the text stands closer, so that the drawing keeps half the page.
    step = min(22, (_FIRST - _LAST - 290) // max(1, len(rows))) if plan else 22
    text = [_line(90, 770, min(20, 415 // max(1, len(title))), title)]
    text.extend(_line(90, _FIRST - step * index, min(12, step - 2), row) for index, row in enumerate(rows))
    text.append(_line(90, 60, 9, "演示材料：内容、人员和单位均为编造，不具有任何效力。"))
    if plan:
        text.append(_drawing(_FIRST - step * len(rows)))
    content = "\n".join(text).encode("ascii")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 7 0 R/CIDSystemInfo 8 0 R>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]%s>>" % _METRICS,
        b"<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>",
    )
    whole = bytearray(b"%PDF-1.4\n")
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj%s\nendobj\n" % (number, one)
    start = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    whole += b"".join(b"%010d 00000 n \n" % place for place in places)
    whole += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(whole)


def _rows(line: str) -> list[str]:
    """A line in pieces that fit between the margins."""
    return [line[start : start + 34] for start in range(0, len(line), 34)] or [""]


def _drawing(top: int) -> str:
    """The floor plan between `top` and the last line of the page, as large as fits. It is drawn 350 points high."""
    size = max(0.1, min(1.0, (top - _LAST) / 350))
    return f"q {size:.3f} 0 0 {size:.3f} {90 - 90 * size:.1f} {top - 600 * size:.1f} cm {_PLAN} Q"


def _line(left: int, bottom: int, size: int, text: str) -> str:
    return f"BT /F {size} Tf {left} {bottom} Td <{text.encode('utf-16-be').hex()}> Tj ET"
