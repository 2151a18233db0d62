"""Keeping imported items: each as an edition, published where nothing stands against it, a draft otherwise.

Taking the same file in twice changes nothing: an item whose fingerprint is that of its newest edition stays as it is.
"""

from collections.abc import Sequence
from dataclasses import replace

from banjie.actions.platform import Platform
from banjie.engine.catalogue import Item
from banjie.engine.forms import Fault
from banjie.packs.imports import Taken
from banjie.packs.publish import Unpublishable, prepare
from banjie.records import catalogue
from banjie.records.catalogue import Edition, EditionRow, State

SOURCE = "import"


def keep(platform: Platform, taken: Sequence[Taken]) -> dict[str, int]:
    """Keeps these items in one transaction; how many are new, changed, unchanged, and published by now."""
    counts = {"new": 0, "changed": 0, "unchanged": 0, "published": 0}
    editions = []
    for one in taken:
        rows = catalogue.editions_of(platform.database, one.item.region, one.item.code)
        newest = rows[0] if rows else None
        if newest is not None and newest.digest == one.digest:
            counts["unchanged"] += 1
            counts["published"] += newest.state is State.PUBLISHED
            continue
        edition = _edition(platform, one, rows)
        editions.append(edition)
        counts["new" if newest is None else "changed"] += 1
        counts["published"] += edition.state is State.PUBLISHED
    if editions:
        catalogue.save_editions(platform.database, editions)
        platform.laws.forget()
    return counts


def _edition(platform: Platform, one: Taken, rows: tuple[EditionRow, ...]) -> Edition:
    """The edition an item becomes beside those there are; an import's own draft is replaced, anybody else's is not."""
    newest = rows[0] if rows else None
    number = 1
    if newest is not None:
        number = newest.edition + (newest.state is not State.DRAFT or newest.source != SOURCE)
    item = replace(one.item, edition=number)
    in_force = next((row for row in rows if row.state is State.PUBLISHED), None)
    faults = one.gates
    if in_force is not None:
        previous = catalogue.edition(platform.database, in_force.region, in_force.code, in_force.edition)
        faults = _against(platform, item, previous) or faults
    published = one.publishable and not faults
    return Edition(
        item,
        State.PUBLISHED if published else State.DRAFT,
        source=SOURCE,
        gates=faults,
        prepared_by=SOURCE,
        published_by=SOURCE if published else "",
        digest=one.digest,
    )


def _against(platform: Platform, item: Item, previous: Item | None) -> tuple[Fault, ...]:
    prepared = prepare(item, previous, platform.today())
    return prepared.faults if isinstance(prepared, Unpublishable) else ()
