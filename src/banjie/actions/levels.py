"""Real-name levels beside what is done: told before an application is begun, and held where a certificate is read."""

from banjie.actions.platform import Platform
from banjie.engine.catalogue import Item, ItemKind
from banjie.engine.real_names import require_level, shortfall
from banjie.engine.scopes import Deed
from banjie.engine.subject import Refused
from banjie.packs.identity import identity
from banjie.records import cases
from banjie.records.certificates import CertificateRow
from banjie.records.people import MACHINE, Standing


def lacking_to_apply(standing: Standing, item: Item) -> Refused | None:
    """What the person's level lacks for handing in an application for this item; None when it is enough.

    Told while she can still do something about it; handing in asks the same once more.
    """
    return shortfall(standing.actor, identity().levels, Deed.APPLY, item.kind.value)


def require_to_collect(platform: Platform, standing: Standing, row: CertificateRow) -> None:
    """Holds a holder's or agent's level against the certificate's kind of item; a certificate from before the platform
    counts as a licence. Officials look by their posts. Raises `Refused` with how to raise the level."""
    if row.holder not in standing.actor.parties:
        return
    found = cases.find_by_id(platform.database, MACHINE.eyes, row.region, row.case_id) if row.case_id else None
    kind = ItemKind.LICENCE
    if found is not None:
        kind = platform.laws.law(row.region, found.case.item, found.case.edition).item.kind
    require_level(standing.actor, identity().levels, Deed.COLLECT, kind.value)
