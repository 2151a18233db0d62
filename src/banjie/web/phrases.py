"""A Chinese text in English: looked up whole, then as a sentence with places in it, then part by part.

The source language of every page is Chinese, also of what the law says when it refuses; its sentences are built from
a fixed text and values. A catalogue entry “还差 {} 份” covers them all: `{}` stands for a value, which is put into
English in its turn; `{1}` `{2}` name the places when their order changes, and `paper[s]` drops its ending after 1.
"""

import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from banjie.packs.english import english_words

CATALOGUE: Final = "web/locale/en/LC_MESSAGES/banjie.mo"
CHINESE: Final = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


class Piece(NamedTuple):
    """A stretch of text and whether it is English by now."""

    text: str
    english: bool


class _Sentence(NamedTuple):
    pattern: re.Pattern[str]
    english: str
    weight: int


_PLACE = re.compile(r"\{(\d*)\}")
_ENDING = re.compile(r"\[(\w+)\]")
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 - twelve quoted words read worse.
)
_MARKS = str.maketrans(
    {"，": ", ", "。": ". ", "；": "; ", "：": ": ", "、": ", ", "？": "? ", "！": "! ", "（": " (", "）": ") "}
)
_END = {"。": ".", "；": ";", "：": ":", "，": ",", "、": ",", "？": "?", "！": "!", "…": "…"}
_DATE = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日(?: (\d\d:\d\d))?")
_NUMBER = "([0-9]+|[零一二三四五六七八九十百]+)"
_ARTICLE = re.compile(f"第{_NUMBER}条(?:第{_NUMBER}款)?(?:第（{_NUMBER}）项)?")
_MONEY = re.compile(r"([\d,]+(?:\.\d+)?) 元")


_Known = dict[str, list[Piece]]
_LONGEST: Final = 300
"""A text of so many characters is no sentence built by us."""
_SHORTEST_REASON: Final = 4


class Phrases:
    """A catalogue of sentences, ready to be asked."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._whole = {key: text for key, text in words.items() if not _PLACE.search(key)}
        self._by_pair: dict[str, list[_Sentence]] = {}
        for key, text in words.items():
            if _PLACE.search(key):
                self._index(key, text)

    def _index(self, key: str, text: str) -> None:
        fixed = _PLACE.split(key)[::2]
        source = "([^。\n]+?)".join(re.escape(part) for part in fixed)
        sentence = _Sentence(re.compile(source), text, sum(len(part) for part in fixed))
        anchor = max(fixed, key=lambda part: len(CHINESE.findall(part)))
        pair = next((anchor[at : at + 2] for at in range(len(anchor) - 1)), anchor)
        self._by_pair.setdefault(pair, []).append(sentence)

    def pieces(self, text: str) -> list[Piece]:
        """The text in English; what is not in the catalogue stays as it is, marked so."""
        return self._said(" ".join(text.split()), {})

    def plain(self, text: str) -> str:
        """The same as one text, for attributes and titles."""
        return joined(self.pieces(text))

    def _said(self, text: str, known: _Known) -> list[Piece]:
        """Each part of a text is looked at once, however the ways to cut it cross."""
        if text not in known:
            known[text] = [Piece(text, english=False)]  # What stands inside itself is left alone.
            known[text] = self._looked_up(text, known)
        return known[text]

    def _looked_up(self, text: str, known: _Known) -> list[Piece]:
        text = text.strip()
        if not CHINESE.search(text):
            return [Piece(text.translate(_MARKS).strip(), english=True)] if text else []
        if (whole := self._whole.get(text)) is not None:
            return [Piece(whole, english=True)]
        if text[-1] in _END and (whole := self._whole.get(text[:-1])) is not None:
            return [Piece(whole + _END[text[-1]], english=True)]
        if (said := _figure(text)) is not None:
            return [Piece(said, english=True)]
        return self._sentence(text, known) or self._parts(text, known) or [Piece(text, english=False)]

    def _sentence(self, text: str, known: _Known) -> list[Piece]:
        if len(text) > _LONGEST:
            return []
        pairs = {text[at : at + 2] for at in range(len(text) - 1)} | set(text)
        found = [sentence for pair in pairs for sentence in self._by_pair.get(pair, ())]
        for sentence in sorted(found, key=lambda one: one.weight, reverse=True):
            if match := sentence.pattern.fullmatch(text):
                return self._filled(sentence.english, match.groups(), known)
        return []

    def _filled(self, english: str, values: tuple[str, ...], known: _Known) -> list[Piece]:
        one = bool(values) and values[0].strip() == "1"
        english = _ENDING.sub("" if one else r"\1", english)
        pieces: list[Piece] = []
        at, order = 0, iter(range(len(values)))
        for place in _PLACE.finditer(english):
            number = int(place[1]) - 1 if place[1] else next(order)
            pieces += [Piece(english[at : place.start()], english=True), *self._said(values[number], known)]
            at = place.end()
        return [*pieces, Piece(english[at:], english=True)]

    def _parts(self, text: str, known: _Known) -> list[Piece]:
        """Sentence by sentence, then without the marks around it, then at its colons, commas and spaces."""
        sentences = [part for part in re.split(r"(?<=[。！？；])\s*", text) if part]
        if len(sentences) > 1:
            return _spaced(self._said(part, known) for part in sentences)
        for unwrapped in (_ending, _beginning, _brackets):
            if apart := unwrapped(text):
                return [Piece(apart[0], english=True), *self._said(apart[1], known), Piece(apart[2], english=True)]
        for mark, between, loose in _SEPARATORS:
            if mark in text:
                parts = [self._said(part, known) for part in text.split(mark) if part.strip()]
                if len(parts) > 1 and (all(map(_told, parts)) or (loose and any(map(_told, parts)))):
                    return _spaced(parts, between)
        return self._label_and_reason(text, known)

    def _label_and_reason(self, text: str, known: _Known) -> list[Piece]:
        """“手机号码不是有效的手机号”: what a field is called, and straight after it what is wrong."""
        for at in range(1, len(text) - _SHORTEST_REASON + 1):
            if (reason := self._whole.get(text[at:])) is not None:
                return [*self._said(text[:at], known), Piece(" " + reason, english=True)]
            if (label := self._whole.get(text[:at])) is not None and (said := self._sentence(text[at:], known)):
                return [Piece(label + " ", english=True), *said]
        return []


_SEPARATORS: Final = (
    (" · ", " · ", True),
    ("：", ": ", True),
    (" - ", " - ", True),
    ("，", ", ", False),
    ("、", ", ", False),
    (" / ", " / ", True),
    (" ", " ", False),
)


def _ending(text: str) -> tuple[str, str, str] | None:
    return ("", text[:-1], _END[text[-1]]) if text[-1] in _END and len(text) > 1 else None


def _beginning(text: str) -> tuple[str, str, str] | None:
    if text[0] in "，、；。：" and len(text) > 1:
        return _END[text[0]] + " ", text[1:], ""
    return ("· ", text[1:], "") if text[0] == "·" and len(text) > 1 else None


def _brackets(text: str) -> tuple[str, str, str] | None:
    for opening, closing, before, after in (("（", "）", "(", ")"), ("“", "”", "“", "”"), ("《", "》", "", "")):
        if text[0] == opening and text[-1] == closing and text.count(opening) == 1:
            return before, text[1:-1], after
    return None


def _told(pieces: Iterable[Piece]) -> bool:
    return all(piece.english for piece in pieces)


def _spaced(parts: Iterable[list[Piece]], between: str = " ") -> list[Piece]:
    pieces: list[Piece] = []
    for part in parts:
        if pieces and part:
            pieces.append(Piece(between, english=True))
        pieces += part
    return pieces


def _figure(text: str) -> str | None:
    """Days, moments and amounts."""
    if match := _DATE.fullmatch(text):
        day = f"{int(match[3])} {_MONTHS[int(match[2]) - 1]} {match[1]}" if 1 <= int(match[2]) <= 12 else None
        return f"{day}, {match[4]}" if day and match[4] else day
    if match := _MONEY.fullmatch(text):
        return f"CNY {match[1]}"
    if match := _ARTICLE.fullmatch(text):
        parts = zip(("article", "paragraph", "item"), match.groups(), strict=True)
        return ", ".join(f"{name} {_number(said)}" for name, said in parts if said)
    return None


def _number(said: str) -> int:
    """A number below a thousand as the law writes it: 三十一 is 31, 一百零二 is 102."""
    if said.isdecimal():
        return int(said)
    total, digit = 0, 0
    for character in said:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = "零一二三四五六七八九".index(character)
    return total + digit


def joined(pieces: Iterable[Piece], shown: Callable[[Piece], str] = lambda piece: piece.text) -> str:
    """One text of them, with a space where a Chinese piece meets an English word."""
    text, last = "", ""
    for piece in pieces:
        if last and piece.text and _touch(last[-1], piece.text[0]):
            text += " "
        text += shown(piece)
        last = piece.text or last
    return text


def _touch(left: str, right: str) -> bool:
    return (left.isalnum() and right.isalnum()) or (left in ",.;:?!)" and right.isalnum())


def messages() -> dict[str, str]:
    """What the pages and the law say, from the compiled catalogue."""
    with files("banjie").joinpath(CATALOGUE).open("rb") as file:
        # The only way to go through a compiled catalogue; the header stands under "".
        catalogue: dict[str, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if key}


@cache
def phrases() -> Phrases:
    """The catalogue of pages and law, and that of the items. Read when the first English page is asked for."""
    return Phrases(english_words() | messages())
