"""Phrases that can be found by how they are written, how they sound, and how they are nearly written.

All phrases stand in one long text, one a line, and once more as pinyin and as first letters. Looking a word up is
then one pass of the string search of the interpreter, which reads a city's phrases in under a millisecond, takes
no more memory than the phrases themselves, and needs no rule about how long a word must be.

A phrase belongs to an owner (a number). Answers say for each owner how well and by which phrase it was found.
"""

import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from banjie.packs.spelling import syllables


class Kind(IntEnum):
    """What a phrase is to its owner."""

    NAME = 0
    POPULAR = 1
    SYNONYM = 2
    SITUATION = 3
    LAW = 4


class How(IntEnum):
    """How a phrase was found, the best way first; the number is its rank among matches, before kind is looked at."""

    WHOLE = 0
    HEAD = 10
    PART = 20
    SOUND = 40
    LETTERS = 50
    SAME_SOUND = 60
    CONTAINED = 64
    NEAR = 68
    NEAR_SOUND = 72
    SHARED = 76


_ASIDE = {Kind.NAME: 0, Kind.POPULAR: 1, Kind.SYNONYM: 12, Kind.SITUATION: 24, Kind.LAW: 28}
"""Added to the rank of what is written: a situation or a law that has the words says less than a name that has them."""

_SHIFT = 24
_MASK = (1 << _SHIFT) - 1

NEAR_FROM_SIGNS, NEAR_FROM_LETTERS = 3, 5
"""Shorter words have no typos: nearly everything would be near them."""

LAW_FROM_SIGNS = 4
"""Shorter words stand in the names of too many laws: whoever types 许可 does not mean 行政许可法."""


@dataclass(frozen=True, slots=True)
class Match:
    """How an owner was found. `rank` orders matches, the smallest first; `phrase` is the line that was found."""

    rank: int
    phrase: int
    how: How


Matches = dict[int, Match]


class Strand:
    """Lines of text one below another, each found by its parts."""

    def __init__(self) -> None:
        self.text = "\n"
        self.starts = array("I")

    def extend(self, lines: Iterable[str]) -> None:
        """Adds lines at the end."""
        parts = [self.text]
        end = len(self.text)
        for line in lines:
            self.starts.append(end)
            parts += (line, "\n")
            end += len(line) + 1
        self.text = "".join(parts)

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, number: int) -> str:
        """A line as it was added."""
        return self.text[self.starts[number] : self.end(number)]

    def end(self, number: int) -> int:
        """Where a line ends."""
        return (self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)) - 1

    def having(self, words: str) -> Iterator[tuple[int, int]]:
        """Every line that has these words, once, with the place in the text where they begin."""
        text, starts = self.text, self.starts
        at = text.find(words)
        while at >= 0:
            number = bisect_right(starts, at) - 1
            yield number, at
            at = text.find(words, self.end(number))

    def everywhere(self, words: str) -> Iterator[tuple[int, int]]:
        """Every place where these words stand, with its line."""
        text, starts = self.text, self.starts
        at = text.find(words)
        while at >= 0:
            yield bisect_right(starts, at) - 1, at
            at = text.find(words, at + 1)


class Phrases:
    """Phrases with their owners. Not safe against being changed while it is read: the keeper of it holds a lock."""

    def __init__(self) -> None:
        self._written = Strand()
        self._sounds = Strand()
        self._letters = Strand()
        self._begins = bytearray(b"\0")
        self._owners = array("I")
        self._kinds = bytearray()
        self._whole: dict[str, array[int]] = {}

    def __len__(self) -> int:
        return len(self._owners)

    def add(self, phrases: Iterable[tuple[int, Kind, str]]) -> None:
        """Adds (owner, kind, phrase). Names and everyday names are found by their sound too."""
        written, sounds, letters = [], [], []
        for owner, kind, phrase in phrases:
            plain = squeezed(phrase)
            if not plain:
                continue
            spoken = syllables(plain) if kind <= Kind.SYNONYM else ()
            if kind <= Kind.SYNONYM:
                self._whole.setdefault(plain, array("I")).append(len(self._owners))
            self._owners.append(owner)
            self._kinds.append(kind)
            written.append(plain)
            sounds.append("".join(spoken))
            letters.append("".join(syllable[0] for syllable in spoken))
            for syllable in spoken:
                self._begins += b"\1" + bytes(len(syllable) - 1)
            self._begins.append(0)
        self._written.extend(written)
        self._sounds.extend(sounds)
        self._letters.extend(letters)

    def phrase(self, number: int) -> str:
        """A phrase as it is kept: without spaces and signs."""
        return self._written.line(number)

    def kind(self, number: int) -> Kind:
        """What the phrase is to its owner."""
        return Kind(self._kinds[number])

    # --- one word ---

    def written(self, word: str) -> Matches:
        """Owners with a phrase that has the word."""
        best: dict[int, int] = {}
        starts, owners, kinds, end = self._written.starts, self._owners, self._kinds, self._written.end
        for number, at in self._written.having(word):
            if kinds[number] == Kind.LAW and len(word) < LAW_FROM_SIGNS:
                continue
            rank = How.PART
            if at == starts[number]:
                rank = How.WHOLE if at + len(word) == end(number) else How.HEAD
            _note(best, owners[number], rank + _ASIDE_OF[kinds[number]], number)
        # A situation that has the word ranks among the sounds, and is written all the same.
        return {owner: Match(value >> _SHIFT, value & _MASK, How.PART) for owner, value in best.items()}

    def spoken(self, letters: str) -> Matches:
        """Owners with a phrase whose pinyin has these letters from the beginning of a syllable on, or whose first
        letters have them."""
        best: dict[int, int] = {}
        owners, kinds = self._owners, self._kinds
        # One letter is the first of too many syllables: it is taken as the first letter of a phrase.
        for strand, how in ((self._letters, How.LETTERS), (self._sounds, How.SOUND)):
            begins = self._begins if strand is self._sounds else None
            places = strand.having(letters) if len(letters) > 1 else _heads(strand, letters)
            for number, at in places if begins is None else self._on_syllables(letters, places):
                first = at == strand.starts[number]
                rank = how + (0 if first and at + len(letters) == strand.end(number) else 3 if first else 6)
                _note(best, owners[number], rank + kinds[number], number)
        return _told(best)

    def _on_syllables(self, letters: str, places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Of places in the sounds those that begin a syllable; in each line the first such."""
        text = self._sounds.text
        for number, place in places:
            at, end = place, self._sounds.end(number)
            while at >= 0 and not self._begins[at]:
                at = text.find(letters, at + 1, end)
            if at >= 0:
                yield number, at

    # --- nearly one word ---

    def alike(self, word: str) -> Matches:
        """Owners with a phrase that sounds like the word, or has it with one sign wrong, missing, too many or
        in its neighbour's place."""
        best: dict[int, int] = {}
        spoken = syllables(word)
        if len(spoken) > 1:
            sound = "".join(spoken)
            for number, at in self._on_syllables(sound, self._sounds.having(sound)):
                after = at + len(sound)
                if after == self._sounds.end(number) or self._begins[after]:
                    self._keep(best, number, How.SAME_SOUND)
        if len(word) >= NEAR_FROM_SIGNS:
            for number in _nearly(self._written, word):
                self._keep(best, number, How.NEAR)
        return _told(best)

    def sounding_alike(self, letters: str) -> Matches:
        """Owners whose pinyin has these letters with one of them wrong, missing, too many or in the wrong place."""
        best: dict[int, int] = {}
        if len(letters) >= NEAR_FROM_LETTERS:
            for number in _nearly(self._sounds, letters):
                self._keep(best, number, How.NEAR_SOUND)
        return _told(best)

    # --- a sentence ---

    def contained(self, sentence: str, *, most: int = 10) -> Matches:
        """Owners one of whose names stands whole in the sentence, the longer the better."""
        best: dict[int, int] = {}
        for length in range(min(most, len(sentence)), 1, -1):
            for at in range(len(sentence) - length + 1):
                for number in self._whole.get(sentence[at : at + length], ()):
                    self._keep(best, number, How.CONTAINED)
            if best:
                break
        return _told(best)

    def sharing(self, pairs: Iterable[str]) -> Matches:
        """Owners that share the most pairs of neighbouring signs with a sentence; at least a third of them."""
        wanted = tuple(dict.fromkeys(pairs))
        shared: dict[int, int] = {}
        found_by: dict[int, int] = {}
        for pair in wanted:
            seen: set[int] = set()
            for number, _ in self._written.having(pair):
                owner = self._owners[number]
                if owner not in seen and self._kinds[number] <= Kind.SYNONYM:
                    seen.add(owner)
                    shared[owner] = shared.get(owner, 0) + 1
                    found_by.setdefault(owner, number)
        least = max(1, -(-len(wanted) // 3))
        return {
            owner: Match(How.SHARED + len(wanted) - number, found_by[owner], How.SHARED)
            for owner, number in shared.items()
            if number >= least
        }

    def _keep(self, best: dict[int, int], number: int, how: How) -> None:
        _note(best, self._owners[number], how + min(self._kinds[number], 3), number)


_ASIDE_OF = tuple(_ASIDE[kind] for kind in Kind)


def squeezed(text: str) -> str:
    """A phrase as it is looked up: composed, half-width, small letters, nothing but letters, signs and digits."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _heads(strand: Strand, words: str) -> Iterator[tuple[int, int]]:
    """The lines that begin with these words."""
    at = strand.text.find("\n" + words)
    while at >= 0:
        # The end of the line before belongs to that line.
        yield bisect_right(strand.starts, at + 1) - 1, at + 1
        at = strand.text.find("\n" + words, at + 1)


def _note(best: dict[int, int], owner: int, rank: int, number: int) -> None:
    value = rank << _SHIFT | number
    if value < best.get(owner, value + 1):
        best[owner] = value


def _told(best: dict[int, int]) -> Matches:
    return {owner: Match(value >> _SHIFT, value & _MASK, _how(value >> _SHIFT)) for owner, value in best.items()}


def _how(rank: int) -> How:
    return _HOWS[bisect_right(_RANKS, rank) - 1]


_HOWS = tuple(How)
_RANKS = tuple(int(how) for how in _HOWS)


def _nearly(strand: Strand, word: str) -> Iterator[int]:
    """Lines that have the word with one sign wrong, missing, too many, or with two neighbours exchanged.

    One change touches one half of the word only, so the other half stands there as it is: it is looked up, and
    what stands beside it is compared. An exchange across the middle is looked up by itself.
    """
    half = len(word) // 2
    left, right = word[:half], word[half:]
    text, seen = strand.text, set[int]()
    for number, at in strand.everywhere(left):
        if number not in seen and _one_off(right, text[at + half : min(at + len(word) + 1, strand.end(number))]):
            seen.add(number)
            yield number
    backwards = left[::-1]
    for number, at in strand.everywhere(right):
        if number not in seen:
            begin = max(at - half - 1, strand.starts[number])
            if _one_off(backwards, text[begin:at][::-1]):
                seen.add(number)
                yield number
    crossed = word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
    for number, _ in strand.having(crossed):
        if number not in seen:
            seen.add(number)
            yield number


def _one_off(word: str, beside: str) -> bool:
    """Whether `beside` begins with the word after at most one change."""
    at = 0
    longest = min(len(word), len(beside))
    while at < longest and word[at] == beside[at]:
        at += 1
    if at == len(word):
        return True
    rest = word[at + 1 :]
    return (
        (at < len(beside) and beside.startswith(rest, at + 1))  # one sign is wrong
        or beside.startswith(rest, at)  # one too many was typed
        or beside.startswith(word[at:], at + 1)  # one was left out
        or (len(rest) > 0 and beside[at : at + 2] == rest[0] + word[at] and beside.startswith(rest[1:], at + 2))
    )
