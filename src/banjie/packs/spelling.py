"""How Chinese is read aloud: pinyin without tones, for finding words by their sound and their first letters.

The tables stand in content/pinyin as text an official can read and add to. They are small on purpose: every
process that searches keeps them, so they hold one common reading a sign and the words in which it is read
otherwise, and not a whole dictionary.
"""

from functools import cache
from importlib.resources import files

PINYIN = files("banjie") / "content" / "pinyin"
"""Where the readings are."""

LONGEST_WORD = 3
"""Signs of the longest word with a reading of its own."""


def syllables(text: str) -> tuple[str, ...]:
    """The reading of each sign: 食品 A 级 → shi, pin, a, ji. A sign without a reading stands for itself."""
    signs, words = _tables()
    read: list[str] = []
    at = 0
    while at < len(text):
        for length in range(LONGEST_WORD, 1, -1):
            if known := words.get(text[at : at + length]):
                read += known
                at += length
                break
        else:
            read.append(signs.get(text[at], text[at]))
            at += 1
    return tuple(read)


@cache
def _tables() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    signs: dict[str, str] = {}
    for line in _lines("characters.txt"):
        reading, together = line.split()
        signs.update(dict.fromkeys(together, reading))
    words = {}
    for line in _lines("words.txt"):
        word, *readings = line.split()
        if len(word) == len(readings) and 2 <= len(word) <= LONGEST_WORD:
            words[word] = tuple(readings)
    return signs, words


def _lines(name: str) -> list[str]:
    lines = (PINYIN / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
