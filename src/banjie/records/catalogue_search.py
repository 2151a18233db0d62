"""Finding published items by the words people use, among all that a city, its counties and its villages offer.

Each process keeps the texts of the catalogue in memory and follows its changes: see `records.catalogue_index`.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from banjie.packs.item_index import in_full
from banjie.packs.item_ranking import Counts, Nearness, Ranked, Searcher, Wish
from banjie.records.catalogue_index import Keeper, last_change
from banjie.records.database import Database

__all__ = [
    "Counts",
    "Hit",
    "Nearness",
    "Page",
    "Wish",
    "elsewhere",
    "generation",
    "look_up",
    "search",
    "suggest",
    "version",
    "warm",
]

PAGES_KEPT = 512
"""Pages of lists without words that are kept until something changes: the home page and the whole catalogue."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A published item that a search found.

    `why` says by what: 编码, 名称, 俗称, 近义, 情形, 依据, 机关, 拼音, 首字母 or 相近; "" without words. `matched` is
    the phrase that was found. `elsewhere` counts the other places that offer the same.
    """

    code: str
    region: str
    edition: int
    name: str
    organ_name: str
    kind: str
    popular: str
    why: str
    published: bool = True
    matched: str = ""
    region_name: str = ""
    nearness: Nearness = Nearness.OWN
    elsewhere: int = 0
    online: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of hits, with how many there are in all, what each filter would leave, and the place that was named."""

    hits: tuple[Hit, ...]
    total: int
    counts: Counts = field(default_factory=Counts)
    places: Mapping[str, int] = field(default_factory=dict)
    """How many of them each district offers itself, by the districts asked for."""
    place: str = ""


def search(
    database: Database,
    words: str,
    *,
    region: str | None = None,
    audience: str | None = None,
    most: int = 20,
    offset: int = 0,
) -> tuple[Hit, ...]:
    """Published items by their words, the best first; `region` leaves only what is offered there.

    Seen from nowhere in particular: what the place above all others offers comes before what its districts offer.
    """
    wish = Wish(words, place=region or "", within=region or "", audience=audience or "")
    return look_up(database, wish, most=most, offset=offset).hits


def look_up(database: Database, wish: Wish, *, most: int = 20, offset: int = 0, districts: Iterable[str] = ()) -> Page:
    """A page of what answers a wish. `districts` are those for which `places` is counted."""
    keeper = _keeper(database)
    asked = (wish, most, offset, tuple(districts))
    with keeper.lock:
        searcher = keeper.fresh()
        known: Page | None = keeper.pages.get(asked)
        if known is not None:
            return known
        page = _page(keeper, searcher, wish, most, offset, asked[3])
        if not wish.words and len(keeper.pages) < PAGES_KEPT:
            keeper.pages[asked] = page
        return page


def _page(keeper: Keeper, searcher: Searcher, wish: Wish, most: int, offset: int, districts: tuple[str, ...]) -> Page:
    answers = searcher.find(wish)
    found, counts = searcher.narrowed(answers, wish)
    hits = tuple(_hit(keeper, searcher.ranked(one)) for one in found[offset : offset + most])
    wide = found
    if wish.within and districts:
        # Districts are counted over what would be there without the choice of one.
        everywhere = replace(wish, within="")
        wide, _ = searcher.narrowed(searcher.find(everywhere), everywhere)
    return Page(hits, len(found), counts, searcher.offered_in(wide, districts), answers.place)


def suggest(database: Database, words: str, *, place: str = "", most: int = 8) -> tuple[Hit, ...]:
    """What she may mean while she is still typing."""
    keeper = _keeper(database)
    with keeper.lock:
        searcher = keeper.fresh()
        return tuple(_hit(keeper, searcher.ranked(one)) for one in searcher.find(Wish(words, place)).ranked[:most])


def elsewhere(database: Database, region: str, code: str, *, most: int = 12) -> tuple[Hit, ...]:
    """The same item as other places offer it."""
    keeper = _keeper(database)
    with keeper.lock:
        index = keeper.fresh().index
        number = index.number_of(region, code)
        if number is None:
            return ()
        matter, own = index.matters[number], in_full(region)
        rows = [row for row in matter.rows[: most * 4] if index.region_of(row) != own][:most]
        return tuple(
            _hit(keeper, Ranked(index.offer(row), matter, "", "", Nearness.ELSEWHERE, len(matter.rows) - 1))
            for row in rows
        )


def warm(database: Database) -> None:
    """Reads the catalogue into this process and waits until what it answers is the catalogue as it is.

    A process that serves does so in a thread of its own, so that nobody's first search has to wait for it.
    """
    keeper = _keeper(database)
    with keeper.lock:
        keeper.settle()


def version(database: Database) -> int:
    """A number that is another one whenever what this process finds may be something else."""
    keeper = _keeper(database)
    with keeper.lock:
        keeper.fresh()
        return keeper.version


def generation(database: Database) -> int:
    """The number of the last change of what is offered; 0 before the first."""
    with database.call() as cursor:
        return last_change(cursor)


def _hit(keeper: Keeper, ranked: Ranked) -> Hit:
    """An answer as pages and the API show it."""
    text, offer = ranked.matter.text, ranked.offer
    return Hit(
        code=offer.code,
        region=offer.region,
        edition=offer.edition,
        name=text.name,
        organ_name=offer.organ_name,
        kind=text.kind,
        popular=" ".join(text.popular),
        why=ranked.why,
        matched=ranked.matched,
        region_name=keeper.names.get(offer.region, ""),
        nearness=ranked.nearness,
        elsewhere=ranked.elsewhere,
        online=text.online,
        at_once=text.at_once,
    )


_keepers: WeakKeyDictionary[Database, Keeper] = WeakKeyDictionary()
_making = threading.Lock()


def _keeper(database: Database) -> Keeper:
    """The process's index over a database."""
    with _making:
        return _keepers.setdefault(database, Keeper(database))
