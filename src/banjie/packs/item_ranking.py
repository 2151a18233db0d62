"""Which items answer a question, in which order, and why.

The law of ranking: code or name itself, everyday name, beginning, part, situation and law, organ, pinyin, nearly; of
equals first what her own district offers, then what a place above it does for her, then places within it, then
others; then what is asked for most.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from banjie.packs.item_index import ItemIndex, Matter, Offer, above, below, in_full
from banjie.packs.phrases import How, Kind, Match, squeezed
from banjie.packs.questions import pairs_of, terms_of, without_small_words

_CODE_RANK, _ORGAN_RANK = 0, 36
_CODES_READ, _ORGANS_READ = 400, 60
_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{3,}", re.ASCII)

WHY_PHRASE = {
    Kind.NAME: "名称",
    Kind.POPULAR: "俗称",
    Kind.SYNONYM: "近义",
    Kind.SITUATION: "情形",
    Kind.LAW: "依据",
}
WHY_HOW = {How.SOUND: "拼音", How.LETTERS: "首字母"}
NEAR, BY_CODE, BY_ORGAN = "相近", "编码", "机关"


class Nearness(IntEnum):
    """Whose offer it is, as seen from a place."""

    OWN = 0
    ABOVE = 1
    WITHIN = 2
    ELSEWHERE = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `place` is from where it is asked; `within` leaves only what that place itself offers."""

    words: str = ""
    place: str = ""
    within: str = ""
    audience: str = ""
    kind: str = ""
    organ: str = ""
    online: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """An item that answers a question. `why` is a word of the law of ranking, `matched` the phrase found."""

    offer: Offer
    matter: Matter
    why: str
    matched: str
    nearness: Nearness
    elsewhere: int
    """How many other places offer the same."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answers there would be for each value of a filter, the other filters standing."""

    audience: Mapping[str, int] = field(default_factory=dict)
    kind: Mapping[str, int] = field(default_factory=dict)
    organ: Mapping[str, int] = field(default_factory=dict)
    online: int = 0
    at_once: int = 0


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that was found, the best first. `place` is where the question was about, when it named a place."""

    ranked: "tuple[Found, ...]"
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A text that was found. `organs`: only their offers; `row`: only this offer."""

    rank: int
    why: str
    matched: str
    organs: frozenset[int] | None = None
    row: int | None = None


@dataclass(slots=True)
class Found:
    """An item that answers, as it is sorted and counted: numbers of the index, not yet words."""

    rank: int
    why: str
    matched: str
    matter: Matter
    number: int
    row: int
    nearness: Nearness
    elsewhere: int


class Searcher:
    """Answers questions over an index. `places` are the names of places people say, with their codes; `use` says how
    often each text is asked for."""

    def __init__(self, index: ItemIndex, places: Mapping[str, str], use: Mapping[int, int], city: str) -> None:
        self.index = index
        self._places = places
        self._longest_place = max(map(len, places), default=0)
        self._use = use
        self._city = city

    def find(self, wish: Wish) -> Answers:
        """What answers the question, the filters on texts not yet applied (see `narrowed`)."""
        words = " ".join(terms_of(wish.words))
        candidates, place = self._candidates(words)
        seen_from = place or wish.place or self._city
        found = self._offered(candidates, seen_from, wish.within)
        if words and wish.words.strip() and not found and place and not wish.within:
            found = self._offered(candidates, self._city, "")
        found.sort(key=self._order)
        return Answers(tuple(_one_of_a_name(found)), place)

    def ranked(self, found: Found) -> Ranked:
        """An answer with everything a page says of it."""
        offer = self.index.offer(found.row)
        return Ranked(offer, found.matter, found.why, found.matched, found.nearness, found.elsewhere)

    def _order(self, found: Found) -> tuple[int, int, int, bool, int, str]:
        text = found.matter.text
        use = self._use.get(found.number, 0)
        return found.rank, found.nearness, -use, not text.popular, len(text.name), text.name

    # --- which texts ---

    def _candidates(self, words: str) -> tuple[dict[int, list[_Candidate]], str]:
        """Texts that answer, by the first of these ways that finds any, and the place that was named."""
        if not words:
            return {number: [_Candidate(0, "", "")] for number in range(len(self.index.matters))}, ""
        if found := self._by_code(words):
            return found, ""
        if found := self._with_all(words.split()):
            return found, ""
        rest, place = self._without_place(words)
        if place and not rest:
            return {number: [_Candidate(0, "", "")] for number in range(len(self.index.matters))}, place
        if place and (found := self._with_all(rest.split())):
            return found, place
        plain = without_small_words(rest)
        if plain and (found := self._with_all(plain.split()) or self._with_all([plain.replace(" ", "")])):
            return found, place
        return self._nearly(rest, plain), place

    def _nearly(self, words: str, plain: str) -> dict[int, list[_Candidate]]:
        phrases, sentence = self.index.phrases, squeezed(words)
        for word in dict.fromkeys((sentence, plain.replace(" ", ""))):
            near = phrases.sounding_alike(word) if _is_latin(word) else phrases.alike(word)
            if near:
                return self._told(near)
        if not _is_latin(sentence):
            return self._told(phrases.contained(sentence) or phrases.sharing(pairs_of(plain or words)))
        return {}

    def _by_code(self, words: str) -> dict[int, list[_Candidate]]:
        code = words.replace(" ", "").upper()
        if not _CODE.fullmatch(code) or not any(sign.isdigit() for sign in code):
            return {}
        found: dict[int, list[_Candidate]] = {}
        for matter, row in self.index.by_code(code, most=_CODES_READ):
            exact = self.index.offer(row).code == code
            candidate = _Candidate(_CODE_RANK if exact else int(How.HEAD), BY_CODE, code, row=row)
            found.setdefault(matter, []).append(candidate)
        return found

    def _with_all(self, terms: list[str]) -> dict[int, list[_Candidate]]:
        """Texts in which every word is found: in what is written there, or in the name of an organ that offers it."""
        plain = [squeezed(term) for term in terms]
        plain = [term for term in plain if term]
        if plain and all(_is_latin(term) for term in plain):
            plain = ["".join(plain)]
        found: dict[int, _Candidate] | None = None
        for term in plain:
            one = self._with(term)
            found = one if found is None else _both(found, one)
            if not found:
                return {}
        return {number: [candidate] for number, candidate in (found or {}).items()}

    def _with(self, term: str) -> dict[int, _Candidate]:
        phrases = self.index.phrases
        matches = phrases.written(term)
        if _is_latin(term):
            for number, match in phrases.spoken(term).items():
                if number not in matches or match.rank < matches[number].rank:
                    matches[number] = match
        found = {number: self._candidate(match) for number, match in matches.items()}
        if len(term) > 1 and not _is_latin(term):
            organs = self.index.organs_having(term)
            if organs and len(organs) <= _ORGANS_READ:
                by_organ = _Candidate(_ORGAN_RANK, BY_ORGAN, "", organs=organs)
                for organ in organs:
                    for number in self.index.matters_of(organ):
                        found.setdefault(number, by_organ)
        return found

    def _told(self, matches: Mapping[int, Match]) -> dict[int, list[_Candidate]]:
        return {number: [self._candidate(match)] for number, match in matches.items()}

    def _candidate(self, match: Match) -> _Candidate:
        phrases = self.index.phrases
        if match.how in WHY_HOW:
            why = WHY_HOW[match.how]
        elif match.how is How.PART:
            why = WHY_PHRASE[phrases.kind(match.phrase)]
        else:
            why = NEAR
        return _Candidate(match.rank, why, phrases.phrase(match.phrase))

    def _without_place(self, words: str) -> tuple[str, str]:
        """The question without the place it names, and the code of the place; the longest name counts."""
        for length in range(min(self._longest_place, len(words)), 1, -1):
            for at in range(len(words) - length + 1):
                if code := self._places.get(words[at : at + length]):
                    return " ".join(f"{words[:at]} {words[at + length :]}".split()), code
        return words, ""

    # --- whose offer ---

    def _offered(self, candidates: Mapping[int, Iterable[_Candidate]], seen_from: str, within: str) -> list[Found]:
        place = in_full(seen_from)
        chain = tuple(above(place))
        own = below(place)
        span = span_of(within) if within else None
        found = []
        for number, several in candidates.items():
            matter = self.index.matters[number]
            if not matter.rows:
                continue
            for candidate in several:
                rows, nearness = self._rows(matter, candidate, chain, own, span)
                others = len(matter.rows) - len(rows)
                found += [
                    Found(candidate.rank, candidate.why, candidate.matched, matter, number, row, nearness, others)
                    for row in rows
                ]
        return found

    def _rows(
        self,
        matter: Matter,
        candidate: _Candidate,
        chain: tuple[int, ...],
        own: tuple[int, int],
        span: tuple[int, int] | None,
    ) -> tuple[Collection[int], Nearness]:
        """The offers of the nearest place that has any."""
        if candidate.row is not None:
            region = self.index.region_of(candidate.row)
            if span and not span[0] <= region < span[1]:
                return (), Nearness.ELSEWHERE
            near = Nearness.OWN if region == chain[0] else Nearness.ABOVE if region in chain else Nearness.ELSEWHERE
            return (candidate.row,), near
        organs = candidate.organs
        if span:
            first = matter.between(*span)
            rows = self._by_organs(matter, first, organs)
            region = matter.regions[first.start] if first else 0
            return _of_first_region(self.index, rows), Nearness.OWN if region == chain[0] else Nearness.WITHIN
        for step, region in enumerate(chain):
            if rows := self._by_organs(matter, matter.at(region), organs):
                return rows, Nearness.ABOVE if step else Nearness.OWN
        if rows := self._by_organs(matter, matter.between(*own), organs):
            return _of_first_region(self.index, rows), Nearness.WITHIN
        rows = self._by_organs(matter, range(len(matter.rows)), organs)
        return _of_first_region(self.index, rows), Nearness.ELSEWHERE

    def _by_organs(self, matter: Matter, span: range, organs: frozenset[int] | None) -> Collection[int]:
        rows = matter.rows[span.start : span.stop]
        if organs is None:
            return rows
        return [row for row in rows if self.index.organ_of(row) in organs]

    # --- filters ---

    def narrowed(self, answers: Answers, wish: Wish) -> tuple[tuple[Found, ...], Counts]:
        """The answers that stand before every filter, and the counts beside them.

        A count is over the answers that stand before all the other filters, so it says what a click would show.
        """
        audience, kind, organ = Counter[str](), Counter[str](), Counter[str]()
        online = at_once = 0
        stand = []
        for found in answers.ranked:
            text = found.matter.text
            name = self.index.organs[self.index.organ_of(found.row)]
            fails = 0
            if wish.audience and wish.audience not in text.audiences:
                fails |= 1
            if wish.kind and wish.kind != text.kind:
                fails |= 2
            if wish.organ and wish.organ != name:
                fails |= 4
            if wish.online and not text.online:
                fails |= 8
            if wish.at_once and not text.at_once:
                fails |= 16
            if not fails:
                stand.append(found)
            if not fails & ~1:
                audience.update(text.audiences)
            if not fails & ~2:
                kind[text.kind] += 1
            if not fails & ~4:
                organ[name] += 1
            online += text.online and not fails & ~8
            at_once += text.at_once and not fails & ~16
        return tuple(stand), Counts(audience, kind, organ, online, at_once)

    def offered_in(self, found: Iterable[Found], places: Iterable[str]) -> dict[str, int]:
        """In how many of these answers each place has an offer of its own."""
        spans = {place: span_of(place) for place in places}
        matters = [self.index.matters[number] for number in dict.fromkeys(each.number for each in found)]
        return {place: sum(1 for matter in matters if matter.between(*span)) for place, span in spans.items()}


def span_of(place: str) -> tuple[int, int]:
    """What counts as a place's own: of a county with its towns and villages, of a city or province itself only."""
    region = in_full(place)
    return (region, region + 1) if region % 10**8 == 0 else below(region)


def _both(one: Mapping[int, _Candidate], other: Mapping[int, _Candidate]) -> dict[int, _Candidate]:
    """Texts found by both words; the word that was found less well decides the rank, the better one gives the why."""
    found = {}
    for number, first in one.items():
        second = other.get(number)
        if second is None:
            continue
        better = first if first.rank <= second.rank else second
        organs = first.organs if second.organs is None else second.organs
        if first.organs is not None and second.organs is not None:
            organs = first.organs & second.organs
            if not organs:
                continue
        found[number] = _Candidate(max(first.rank, second.rank), better.why, better.matched, organs)
    return found


def _of_first_region(index: ItemIndex, rows: Collection[int]) -> Collection[int]:
    """Of offers in several places those of the first one: the same thing is shown once."""
    first = next((index.region_of(row) for row in rows), None)
    return [row for row in rows if index.region_of(row) == first]


def _one_of_a_name(found: Iterable[Found]) -> Iterable[Found]:
    """The same name offered in another place, in a slightly other way, is left out where her own place offers it."""
    listed = list(found)
    nearest: dict[str, Nearness] = {}
    for each in listed:
        name = each.matter.text.name
        nearest[name] = min(nearest.get(name, each.nearness), each.nearness)
    return (
        each
        for each in listed
        if each.why == BY_CODE or each.nearness <= Nearness.ABOVE or each.nearness == nearest[each.matter.text.name]
    )


def _is_latin(word: str) -> bool:
    return word.isascii() and word.isalnum()
