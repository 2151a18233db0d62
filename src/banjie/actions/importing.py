"""Keeping imported items: each as an edition, published where nothing stands against it, a draft otherwise.

Taking the same file in twice changes nothing: an item whose fingerprint is that of its newest edition stays as it is.
A file is kept in one transaction, so that one broken off half-way leaves nothing behind.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from banjie.actions.platform import Platform
from banjie.engine.catalogue import Item
from banjie.engine.editions import State
from banjie.engine.forms import Fault
from banjie.engine.gates import gates
from banjie.engine.inheritance import Upper, own_values, require_above, require_allowed, resolve
from banjie.engine.subject import Refused
from banjie.packs.exchange import Offered
from banjie.packs.import_report import Line
from banjie.packs.imports import Taken
from banjie.packs.inherited import own_document
from banjie.packs.publish import Unpublishable, prepare
from banjie.packs.stored import Texts
from banjie.packs.templates import TEMPLATES
from banjie.packs.words import key_words
from banjie.records import catalogue
from banjie.records.catalogue import Edition, EditionRow
from banjie.records.database import Cursor

SOURCE = "import"

_WORDS = key_words(Item)
_FROM_TEMPLATE = {"workflow": TEMPLATES["standard"].workflow, "form": TEMPLATES["standard"].form}
_NEEDED = ("name", "kind", "organ", "organ_name", "organ_short", "handling", "audiences", "basis")


_OUT = (State.PUBLISHED, State.SCHEDULED)


def keep(platform: Platform, taken: Sequence[Taken]) -> dict[str, int]:
    """Keeps these items in one transaction; how many are new, changed, unchanged, and published by now."""
    with keeping(platform) as keeper:
        keeper.take(taken)
    return keeper.counts


@contextmanager
def keeping(platform: Platform) -> "Iterator[Keeper]":
    """One transaction in which items are kept, batch by batch; an error leaves nothing of them behind."""
    with platform.database.call() as cursor, cursor.connection.transaction():
        yield Keeper(cursor, platform.today())
    platform.laws.forget()


@dataclass(slots=True)
class Keeper:
    """Keeps items within a transaction and counts what became of them."""

    cursor: Cursor
    today: date
    counts: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0, "published": 0})
    texts: Texts = field(default_factory=Texts)
    numbered: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """Under which number an edition stands here, by region, code and the number it had in the file."""

    def take(self, taken: Sequence[Taken]) -> None:
        """Keeps items read from another system's table."""
        self._keep([(one, None, {}) for one in taken])

    def offer(self, offered: Sequence[Offered]) -> list[Line]:
        """Keeps items in our own form; answers with a line for each that cannot be one."""
        refused: list[Line] = []
        found = catalogue.newest_of(self.cursor, [one.key for one in offered])
        waiting: dict[tuple[str, str], tuple[Taken, Upper | None, dict[str, Any]]] = {}
        for one in offered:
            if one.upper is not None and (one.upper.region, one.upper.code) in waiting:
                self._keep(list(waiting.values()), found)  # What is inherited from is kept first.
                waiting.clear()
            rows = found.get(one.key, ())
            try:
                item, upper, own = self._whole(one, rows)
            except Refused as wrong:
                refused.append(one.refused(_words(wrong.field), "", wrong.reason, wrong.remedy))
                continue
            faults = gates(item, self.today)
            taken = Taken(one.row, replace(item, edition=one.edition or 1), not faults, faults, self.texts.digest(item))
            waiting[one.key] = (taken, upper, own)
        self._keep(list(waiting.values()), found)
        return refused

    def _whole(self, one: Offered, rows: tuple[EditionRow, ...]) -> tuple[Item, Upper | None, dict[str, Any]]:
        """The item a record means, beside what is kept: whole by itself, on its upper edition, or on the newest."""
        if one.whole:
            item = Item(**one.said)
            if one.upper is None or _same(rows, self.texts.digest(item)) is not None:
                return item, one.upper, {}
            upper, above = self._above(one.upper, item.region, item.code)
            require_allowed(above, item)
            own = own_values(above, item)
            return resolve(above, item, own), upper, own
        if one.upper is not None:
            upper, above = self._above(one.upper, *one.key)
            said = replace(above, **{"closed_on": None, "effective_on": self.today} | dict(one.said))
            own = own_values(above, said)
            return resolve(above, said, own), upper, own
        if rows:
            return replace(catalogue.item_seen(self.cursor, rows[0]), **one.said), None, {}
        return self._new(one), None, {}

    def _new(self, one: Offered) -> Item:
        for name in (*_NEEDED, "statutory", "promised"):
            if name not in one.said:
                words = _WORDS[name]
                raise Refused("没有填写，不成其为事项", rule="导入", remedy=f"请补上{words}", field=name)
        values: dict[str, Any] = {**_FROM_TEMPLATE, "edition": 1, "effective_on": self.today, **one.said}
        return Item(**values)

    def _above(self, upper: Upper, region: str, code: str) -> tuple[Upper, Item]:
        require_above(upper, region, code)
        number = self.numbered.get((upper.region, upper.code, upper.edition), upper.edition)
        above = catalogue.edition_seen(self.cursor, upper.region, upper.code, number)
        if above is None:
            raise Refused(
                f"没有上级事项 {upper.region} {upper.code} 第 {upper.edition} 版",
                rule="逐级认领",
                remedy="请先导入上级的事项，或核对区划、编码和版次",
                field="upper",
            )
        return replace(upper, edition=number), above

    def _keep(
        self,
        whole: Sequence[tuple[Taken, Upper | None, dict[str, Any]]],
        found: dict[tuple[str, str], tuple[EditionRow, ...]] | None = None,
    ) -> None:
        if found is None:
            found = catalogue.newest_of(self.cursor, [(one.item.region, one.item.code) for one, _, _ in whole])
        editions = []
        for one, upper, own in whole:
            rows = found.get((one.item.region, one.item.code), ())
            newest = rows[0] if rows else None
            there = (one.item.region, one.item.code, one.item.edition)
            same = _same(rows, one.digest)
            if same is not None:
                self.numbered[there] = same.edition
                self.counts["unchanged"] += 1
                self.counts["published"] += same.state in _OUT
                continue
            edition = replace(self._edition(one, rows), upper=upper, own=own_document(own))
            editions.append(edition)
            self.numbered[there] = edition.item.edition
            self.counts["new" if newest is None else "changed"] += 1
            self.counts["published"] += edition.state in _OUT
        catalogue.write(self.cursor, editions, self.texts)

    def _edition(self, one: Taken, rows: tuple[EditionRow, ...]) -> Edition:
        """The edition an item becomes beside those there are; an import's own draft is replaced, nobody else's is."""
        newest = rows[0] if rows else None
        number = 1
        if newest is not None:
            number = newest.edition + (newest.state is not State.DRAFT or newest.source != SOURCE)
        item = replace(one.item, edition=number)
        in_force = next((row for row in rows if row.state is State.PUBLISHED), None)
        faults = one.gates
        if in_force is not None:
            faults = self._against(item, catalogue.item_seen(self.cursor, in_force)) or faults
        published = one.publishable and not faults
        later = State.SCHEDULED if item.effective_on > self.today else State.PUBLISHED
        return Edition(
            item,
            later if published else State.DRAFT,
            source=SOURCE,
            gates=faults,
            prepared_by=SOURCE,
            published_by=SOURCE if published else "",
            digest=one.digest,
        )

    def _against(self, item: Item, previous: Item) -> tuple[Fault, ...]:
        prepared = prepare(item, previous, self.today)
        return prepared.faults if isinstance(prepared, Unpublishable) else ()


def _same(rows: tuple[EditionRow, ...], mark: str) -> EditionRow | None:
    """The newest edition, or the one in force, if it says the same already."""
    return next((row for row in rows if (row is rows[0] or row.state in _OUT) and row.digest == mark), None)


def _words(field: str | None) -> str:
    """The words of the field a refusal names."""
    top = (field or "").split("[", maxsplit=1)[0]
    return "继承" if top == "upper" else _WORDS.get(top, top)
