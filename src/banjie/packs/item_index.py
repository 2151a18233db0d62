"""The items of a city as a search sees them: a few thousand different texts, and who offers each of them where.

A city's counties, towns and villages publish the same items under the same names. Each text is kept once, with the
places and organs that offer it, so that a hundred and seventy thousand editions are a few thousand texts to look
through and some numbers to look up.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from banjie.packs.phrases import Kind, Phrases
from banjie.packs.synonyms import Synonyms

_DIGITS = 12
"""Digits of a region code in full; shorter ones are filled with zeros, which names the same place."""


@dataclass(frozen=True, slots=True)
class ItemText:
    """What is the same about an item wherever it is offered."""

    key: str
    name: str
    official: str
    popular: tuple[str, ...]
    situations: tuple[str, ...]
    laws: tuple[str, ...]
    kind: str
    audiences: tuple[str, ...]
    online: bool
    at_once: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """Who offers a text, and under which code and edition."""

    region: str
    code: str
    edition: int
    organ_name: str
    text: str


@dataclass(slots=True)
class Matter:
    """A text with its offers, in the order of their regions: `regions[i]` offers by row `rows[i]`."""

    text: ItemText
    regions: "array[int]" = field(default_factory=lambda: array("Q"))
    rows: "array[int]" = field(default_factory=lambda: array("I"))

    def at(self, region: int) -> range:
        """Where the offers of exactly this region stand."""
        return self.between(region, region + 1)

    def between(self, low: int, high: int) -> range:
        """Where the offers of regions from `low` to below `high` stand."""
        return range(bisect_left(self.regions, low), bisect_left(self.regions, high))


class ItemIndex:
    """Texts, offers and phrases. Whoever changes or reads it holds the keeper's lock."""

    def __init__(self, synonyms: Synonyms) -> None:
        self._synonyms = synonyms
        self.phrases = Phrases()
        self.matters: list[Matter] = []
        self.organs: list[str] = []
        self.patched = 0
        """How many offers have been changed since it was built."""
        self._by_key: dict[str, int] = {}
        self._organ_numbers: dict[str, int] = {}
        self._organs_of: dict[int, set[int]] = {}
        self._row_matter = array("I")
        self._row_organ = array("I")
        self._row_edition = array("H")
        self._row_region = array("Q")
        self._codes = bytearray(b"\n")
        self._code_starts = array("I")
        self._row_of: dict[tuple[int, bytes], int] | None = None

    def __len__(self) -> int:
        """How many items are offered."""
        return sum(len(matter.rows) for matter in self.matters)

    def build(self, texts: Iterable[ItemText], offers: Iterable[Offer]) -> None:
        """Fills an empty index. `offers` come in the order of their region codes in full."""
        self._add_texts(texts)
        for offer in offers:
            matter = self._by_key.get(offer.text)
            if matter is not None:
                row = self._add_row(offer, matter)
                self.matters[matter].regions.append(self._row_region[row])
                self.matters[matter].rows.append(row)

    def patch(self, texts: Iterable[ItemText], changed: Iterable[tuple[str, str]], offers: Iterable[Offer]) -> None:
        """Takes out what `changed` (region, code) offered, and puts in what is offered there now."""
        self._add_texts(text for text in texts if text.key not in self._by_key)
        rows = self._rows()
        for region, code in changed:
            self.patched += 1
            place = (in_full(region), code.encode())
            row = rows.pop(place, None)
            if row is not None:
                matter = self.matters[self._row_matter[row]]
                at = matter.rows.index(row)
                del matter.rows[at], matter.regions[at]
        for offer in offers:
            number = self._by_key.get(offer.text)
            if number is not None:
                row = self._add_row(offer, number)
                rows[self._row_region[row], offer.code.encode()] = row
                matter = self.matters[number]
                at = bisect_left(matter.regions, self._row_region[row])
                matter.regions.insert(at, self._row_region[row])
                matter.rows.insert(at, row)

    def _rows(self) -> dict[tuple[int, bytes], int]:
        """Which row stands for a region and a code. Made for the first change only: it is the largest part of all."""
        if self._row_of is None:
            self._row_of = {
                (self._row_region[row], self._code(row)): row for matter in self.matters for row in matter.rows
            }
        return self._row_of

    def _add_texts(self, texts: Iterable[ItemText]) -> None:
        first = len(self.matters)
        for text in texts:
            self._by_key[text.key] = len(self.matters)
            self.matters.append(Matter(text))
        self.phrases.add(self._phrases(first))

    def _phrases(self, first: int) -> Iterator[tuple[int, Kind, str]]:
        for number in range(first, len(self.matters)):
            text = self.matters[number].text
            known = {text.name, text.official, *text.popular}
            yield number, Kind.NAME, text.name
            if text.official != text.name:
                yield number, Kind.NAME, text.official
            for popular in dict.fromkeys(text.popular):
                yield number, Kind.POPULAR, popular
            for phrase in dict.fromkeys((text.name, *text.popular)):
                for other in self._synonyms.reworded(phrase):
                    if other not in known:
                        known.add(other)
                        yield number, Kind.SYNONYM, other
            for situation in dict.fromkeys(text.situations):
                yield number, Kind.SITUATION, situation
            for law in dict.fromkeys(text.laws):
                yield number, Kind.LAW, law

    def _add_row(self, offer: Offer, matter: int) -> int:
        organ = self._organ_numbers.get(offer.organ_name)
        if organ is None:
            organ = self._organ_numbers[offer.organ_name] = len(self.organs)
            self.organs.append(offer.organ_name)
            self._organs_of[organ] = set()
        self._organs_of[organ].add(matter)
        self._row_matter.append(matter)
        self._row_organ.append(organ)
        self._row_edition.append(min(offer.edition, 0xFFFF))
        self._row_region.append(in_full(offer.region))
        self._code_starts.append(len(self._codes))
        self._codes += offer.code.encode() + b"\n"
        return len(self._row_matter) - 1

    # --- reading ---

    def offer(self, row: int) -> Offer:
        """An offer again."""
        return Offer(
            region=in_short(self._row_region[row]),
            code=self._code(row).decode(),
            edition=self._row_edition[row],
            organ_name=self.organs[self._row_organ[row]],
            text=self.matters[self._row_matter[row]].text.key,
        )

    def organ_of(self, row: int) -> int:
        """The number of the organ that offers."""
        return self._row_organ[row]

    def region_of(self, row: int) -> int:
        """The region of an offer, in full."""
        return self._row_region[row]

    def city(self) -> str:
        """The city in which most is offered: from there is seen what is asked from nowhere in particular."""
        cities = Counter(region // _CITY_SPAN for region in self._row_region)
        return in_short(cities.most_common(1)[0][0] * _CITY_SPAN) if cities else ""

    def organs_having(self, word: str) -> frozenset[int]:
        """The organs whose name has the word."""
        return frozenset(number for number, name in enumerate(self.organs) if word in name)

    def matters_of(self, organ: int) -> set[int]:
        """The texts an organ offers or has offered."""
        return self._organs_of[organ]

    def by_code(self, code: str, *, most: int) -> list[tuple[int, int]]:
        """Offers by the beginning of their code, or of the basic code of twelve digits within it: (matter, row).

        The whole code comes first; of the others no more than `most`.
        """
        wanted = code.encode()
        found: list[tuple[int, int]] = []
        whole: list[tuple[int, int]] = []
        at = self._codes.find(wanted)
        while at >= 0 and len(found) < most:
            row = bisect_left(self._code_starts, at + 1) - 1
            inside = at - self._code_starts[row]
            if inside not in (0, _BASIC_CODE_AT):
                at = self._codes.find(wanted, at + 1)
                continue
            if self._stands(row):
                (whole if self._code(row) == wanted else found).append((self._row_matter[row], row))
            at = self._codes.find(wanted, self._code_starts[row] + len(self._code(row)))
        return whole + found

    def _stands(self, row: int) -> bool:
        """Whether an offer has not been taken out since."""
        matter = self.matters[self._row_matter[row]]
        return any(matter.rows[at] == row for at in matter.at(self._row_region[row]))

    def _code(self, row: int) -> bytes:
        end = self._code_starts[row + 1] if row + 1 < len(self._code_starts) else len(self._codes)
        return bytes(self._codes[self._code_starts[row] : end - 1])

    def number_of(self, region: str, code: str) -> int | None:
        """The matter a published item belongs to; looked up by its code."""
        for matter, row in self.by_code(code, most=50):
            if self._row_region[row] == in_full(region) and self._code(row) == code.encode():
                return matter
        return None


_CITY_SPAN = 10**8
"""Region codes in full within a city."""

_BASIC_CODE_AT = 19
"""Where the basic code of twelve digits begins within the code of an implementation: behind organ and level."""


def in_full(region: str) -> int:
    """A region code as a number of twelve digits: towns and villages of a county follow it."""
    return int(region.ljust(_DIGITS, "0")) if region.isascii() and region.isdigit() else 0


def in_short(region: int) -> str:
    """The code again, six digits where these say all."""
    code = str(region).rjust(_DIGITS, "0")
    return code[:6] if code.endswith("000000") else code


def below(region: int) -> tuple[int, int]:
    """The span of a place's own code and those of the places in it: of a county, its towns and villages."""
    for size in (10**10, 10**8, 10**6, 10**3):
        if region % size == 0:
            return region, region + size
    return region, region + 1


def above(region: int) -> Iterator[int]:
    """The place itself, and the ones it lies in, up to the province."""
    yield region
    for size in (10**3, 10**6, 10**8, 10**10):
        if region % size:
            region -= region % size
            yield region
