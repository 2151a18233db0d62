"""Texts that hold several things glued together, taken apart at their numbering or their separators."""

import re
from collections.abc import Sequence

_HAN = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

# Ways of numbering, each followed by itself. None may stand inside a larger number (3.2, 第二十一、) or name an
# article (第一条).
_STYLES = tuple(
    re.compile(style)
    for style in (
        rf"[（(]\s*(?P<number>[{_HAN}]{{1,3}})\s*[）)]",
        rf"(?<![第{_HAN}百、])(?P<number>[{_HAN}]{{1,3}})、",
        r"[（(]\s*(?P<number>\d{1,2})\s*[）)]",
        r"(?<![\d.．第])(?P<number>\d{1,2})\s*(?:[、．]|\.(?!\d))",
        r"(?<![\d.．第（(])(?P<number>\d{1,2})\s*[）)]",
        rf"(?P<number>[{_CIRCLED}])",
    )
)


def split(text: str, separators: Sequence[str] = (), *, numbered: bool = False) -> tuple[str, ...]:
    """The pieces of a text, in order, without their numbers, blank ones left out.

    With `numbered`, the numbering that begins first is followed, if it runs 1, 2 at least; what stands before
    its 1 is a piece of its own. Numbers out of turn (a year, a quoted article) are left where they are.
    """
    pieces = _by_number(text) if numbered else (text,)
    for separator in separators:
        pieces = tuple(part for piece in pieces for part in piece.split(separator))
    return tuple(piece for piece in (piece.strip() for piece in pieces) if piece)


def _by_number(text: str) -> tuple[str, ...]:
    runs = [run for run in (_run(style, text) for style in _STYLES) if len(run) > 1]
    if not runs:
        return (text,)
    marks = min(runs, key=lambda run: run[0][0])
    starts = [0, *(end for _, end in marks)]
    ends = [*(start for start, _ in marks), len(text)]
    return tuple(text[start:end] for start, end in zip(starts, ends, strict=True))


def _run(style: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Where the numbers 1, 2, 3 … stand in turn, as spans."""
    marks: list[tuple[int, int]] = []
    for found in style.finditer(text):
        if _value(found["number"]) == len(marks) + 1:
            marks.append(found.span())
    return marks


def _value(number: str) -> int:
    if number.isdigit() and number.isascii():
        return int(number)
    if number in _CIRCLED:
        return _CIRCLED.index(number) + 1
    tens, ten, ones = number.rpartition("十")
    if not ten:
        return _HAN.index(number) + 1 if len(number) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return 10 * (_HAN.index(tens) + 1 if tens else 1) + (_HAN.index(ones) + 1 if ones else 0)
