"""The catalogue in the memory of a process, as searches look through it (see `packs.item_index`).

One small query before each search says whether anything was published since. What changed by a few is put in place at
once. What changed by many is read anew beside the answers, and so it is when other synonyms hold: until the new index
is whole, the one there was goes on answering.
"""

import logging
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from time import monotonic
from typing import Any, LiteralString

from psycopg.rows import tuple_row

from banjie.packs.item_index import ItemIndex, ItemText, Offer
from banjie.packs.item_ranking import Searcher
from banjie.packs.reading import PackError
from banjie.packs.synonyms import Synonyms, changed_files, load_synonyms
from banjie.records.database import Cursor, Database
from banjie.records.item_use import most_used

logger = logging.getLogger("banjie.search")

PATCHED_MOST = 2_000
"""Changed offers after which everything is read anew, so that what was taken out does not pile up."""

USE_FRESH_FOR = 200
"""Searches after which the counts of use are read again: they order hits of equal worth, and grow slowly."""

SOON_S = 0.25
"""How long a search waits for a catalogue that is read anew before it answers from what there was."""

AGAIN_S = 5.0
"""After how many seconds it is tried again when that did not come to an end."""


class Keeper:
    """The index of one process over one database, and how far it has followed. Held by its lock while it is read.

    What changes by a few is put in place at once. What changes by many is read anew beside the answers, and the index
    as it was goes on answering until the new one is whole.
    """

    def __init__(self, database: Database) -> None:
        self.lock = threading.RLock()
        self.version = 0
        """How often what is found may have changed; 0 before anything has been read."""
        self._database = database
        self._seen = -1
        self._asked = count(1)
        self._searcher: Searcher | None = None
        self._words = Synonyms()
        self._words_of: tuple[object, ...] = ()
        self._reading: _Reading | None = None
        self._not_before = 0.0
        self.pages: dict[Hashable, Any] = {}
        self.names: dict[str, str] = {}
        self._city = ""

    def fresh(self) -> Searcher:
        """The index as the catalogue is now, or as it was while too much is new to be waited for."""
        last, today = self._state()
        if self._searcher is None:
            return self._take(self._read(self._words_on(today)))
        if self._reading is not None:
            self._taken()
            if self._reading is not None:
                return self._searcher
        words, index = self._words_on(today), self._searcher.index
        if words != self._words or (last > self._seen and not self._followed(index, last)):
            self._read_beside(words)
        elif next(self._asked) % USE_FRESH_FOR == 0:
            self._search_in(index)
        return self._searcher

    def settle(self) -> None:
        """Waits until nothing is being read anew: what is answered then is what the catalogue is."""
        self.fresh()
        while self._reading is not None:
            self._reading.thread.join()
            self._taken()
            self.fresh()

    def _state(self) -> tuple[int, date]:
        """The last change of what is offered, and the day, by the database's clock: the index is what it says."""
        with self._database.call() as cursor:
            row = cursor.execute(
                "SELECT coalesce(max(generation), 0) AS last, (now() AT TIME ZONE 'Asia/Shanghai')::date AS today"
                " FROM offer_changes"
            ).fetchone()
        return (int(row["last"]), row["today"]) if row else (0, date.max)

    def _words_on(self, today: date) -> Synonyms:
        """The synonyms of that day, read again when their files or the day are others than before."""
        of = (today, *changed_files())
        if of == self._words_of:
            return self._words
        try:
            found = load_synonyms(today)
        except PackError:
            # A mistake in a file must not take the search down: what was read before goes on being used.
            logger.exception("the synonyms cannot be read")
            found = self._words
        if found == self._words:
            self._words_of = of
        return found

    def _read_beside(self, words: Synonyms) -> None:
        """Begins to read everything anew in a thread of its own; a catalogue that is small is waited for."""
        if monotonic() < self._not_before:
            return
        self._reading = _Reading(self._read, words)
        self._reading.thread.join(SOON_S)
        self._taken()

    def _taken(self) -> None:
        """Puts what was read anew in the place of what there was, if it is whole."""
        reading = self._reading
        if reading is None or reading.thread.is_alive():
            return
        self._reading = None
        if reading.found is None:
            self._not_before = monotonic() + AGAIN_S
        else:
            self._take(reading.found)

    def _take(self, read: "_Read") -> Searcher:
        self._seen, self._words, self._city = read.seen, read.words, read.city
        self._words_of = (read.today, *read.files)
        self.version += 1
        return self._search_in(read.index)

    def _read(self, words: Synonyms) -> "_Read":
        """Everything anew, in a transaction that sees one state of the catalogue. Touches nothing of the keeper's."""
        files = changed_files()
        with self._database.call() as cursor, cursor.connection.transaction():
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            row = cursor.execute("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS today").fetchone()
            seen = last_change(cursor)
            index = ItemIndex(words)
            index.build(map(_text, _stream(cursor, _TEXTS)), map(_offer, _stream(cursor, _OFFERS)))
        return _Read(index, seen, words, index.city(), row["today"] if row else date.max, files)

    def _followed(self, index: ItemIndex, last: int) -> bool:
        """Puts in place what has changed since; False when that is so much that all is to be read anew."""
        with self._database.call() as cursor:
            changes = cursor.execute(_CHANGES, (self._seen, last)).fetchall()
            if any(change["keys"] is None for change in changes):
                return False
            keys = sorted({key for change in changes for key in change["keys"]})
            if index.patched + len(keys) > PATCHED_MOST:
                return False
            changed = [(region, code) for region, _, code in (key.partition("/") for key in keys)]
            wanted = [region for region, _ in changed], [code for _, code in changed]
            offered = [_offer(tuple(row.values())) for row in cursor.execute(_CHANGED, wanted)]
            named = sorted({offer.text for offer in offered})
            texts = [_text(tuple(row.values())) for row in cursor.execute(_NAMED, (named,))]
        index.patch(texts, changed, offered)
        self._seen = last
        self.version += 1
        # A text that is new may be one that is often asked for: its use is looked up too.
        self._search_in(index)
        return True

    def _search_in(self, index: ItemIndex) -> Searcher:
        """From now on this index is searched, with the names of places and the use of items as they are."""
        self.pages.clear()
        with self._database.call() as cursor:
            rows = cursor.execute("SELECT code, name, level FROM regions WHERE valid_until IS NULL").fetchall()
        self.names = {row["code"]: row["name"] for row in rows}
        use: dict[int, int] = {}
        for region, code, filed in most_used(self._database):
            number = index.number_of(region, code)
            if number is not None:
                use[number] = use.get(number, 0) + filed
        self._searcher = Searcher(index, _said(rows), use, self._city)
        return self._searcher


@dataclass(frozen=True, slots=True)
class _Read:
    """The catalogue as it was read: up to which change, with which synonyms, on which day, from which files."""

    index: ItemIndex
    seen: int
    words: Synonyms
    city: str
    today: date
    files: tuple[tuple[str, int, int], ...]


class _Reading:
    """The catalogue being read anew beside the answers. `found` stays None when that did not come to an end."""

    def __init__(self, read: Callable[[Synonyms], _Read], words: Synonyms) -> None:
        self.found: _Read | None = None
        self._read = read
        self._words = words
        self.thread = threading.Thread(target=self._run, name="catalogue", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.found = self._read(self._words)
        except Exception:
            logger.exception("the catalogue could not be read anew; what was read before goes on answering")


def _said(rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """The names of places as people say them: 江左区 and 江左. A name that two places have means neither."""
    said: dict[str, str] = {}
    twice: set[str] = set()
    for row in rows:
        name, code, level = str(row["name"]), str(row["code"]), int(str(row["level"]))
        if level < 3:
            continue
        short = name[:-1] if level <= 4 and len(name) > 2 and name[-1] in "市区县旗" else ""
        for each in filter(None, (name, short)):
            if said.setdefault(each, code) != code:
                twice.add(each)
    return {name: code for name, code in said.items() if name not in twice}


_TEXTS: LiteralString = """
    SELECT key, name, official, popular, situations, laws, kind, audiences, online, at_once FROM item_texts t
    WHERE EXISTS (SELECT 1 FROM item_offers WHERE text_key = t.key)
"""
_NAMED: LiteralString = """
    SELECT key, name, official, popular, situations, laws, kind, audiences, online, at_once FROM item_texts
    WHERE key = ANY (%s)
"""
# In the order of their codes in full, so that the places within a place follow it.
_OFFERS: LiteralString = """
    SELECT region, code, edition, organ_name, text_key FROM item_offers ORDER BY rpad(region, 12, '0'), code
"""
_CHANGES: LiteralString = """
    SELECT generation, keys FROM offer_changes WHERE generation > %s AND generation <= %s
"""
_CHANGED: LiteralString = """
    SELECT region, code, edition, organ_name, text_key FROM item_offers
    JOIN unnest(%s::text[], %s::text[]) AS wanted(region, code) USING (region, code)
"""


def _stream(cursor: Cursor, query: LiteralString) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, some thousands at a time."""
    with cursor.connection.cursor("catalogue_search", row_factory=tuple_row) as reader:
        reader.itersize = 5_000
        yield from reader.execute(query)


def _text(row: tuple[Any, ...]) -> ItemText:
    key, name, official, popular, situations, laws, kind, audiences, online, at_once = row
    return ItemText(
        key, name, official, tuple(popular), tuple(situations), tuple(laws), kind, tuple(audiences), online, at_once
    )


def _offer(row: tuple[Any, ...]) -> Offer:
    return Offer(*row)


def last_change(cursor: Cursor) -> int:
    """The number of the last change of what is offered; 0 before the first."""
    row = cursor.execute("SELECT coalesce(max(generation), 0) AS last FROM offer_changes").fetchone()
    return int(row["last"]) if row else 0
