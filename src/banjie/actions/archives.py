"""归档: a case that is over waits for its office to put its files into the archive, under a number without gaps."""

from typing import Final

from banjie.actions.hands import Hands
from banjie.actions.perform import NotFound
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.cases import CLOSED
from banjie.engine.subject import Refused
from banjie.packs.archive import archive_custom
from banjie.records import cases, dossiers
from banjie.records.journal import Entry
from banjie.records.people import MACHINE, Standing

RULE: Final = "归档"


def wait_for_archive(hands: Hands, entry: Entry) -> None:
    """A case is over: its files wait for the archive."""
    with hands.platform.database.seen_by(MACHINE.eyes) as cursor:
        dossiers.let_wait(cursor, entry.region, entry.subject, entry.at.astimezone(CHINA).date())


def archive(platform: Platform, standing: Standing, region: str, number: str) -> str:
    """Puts the files of a case that is over into the archive; answers with the identifier of the package to be made.

    A case that is in already stays as it is. Raises `Refused`.
    """
    found = cases.find(platform.database, standing.eyes, region, number)
    if found is None:
        raise NotFound(number)
    organ = found.case.organ
    if organ not in standing.actor.offices:
        raise Refused("归档由办理机关的工作人员进行", rule=RULE, remedy="请转交办理机关的工作人员")
    if found.case.stage not in CLOSED:
        raise Refused(
            "办件还没有办结，不能归档",
            rule=RULE,
            remedy="已经作出决定的，请先送达；其他的，办结以后再归档",
        )
    law = platform.laws.law(region, found.case.item, found.case.edition)
    today = platform.today()
    keep_until = archive_custom().keep_until(
        law.item.kind, granted=found.case.approved, ended_on=found.case.decided_on or today
    )
    with platform.database.seen_by(standing.eyes) as cursor:
        made = dossiers.archive(
            cursor,
            region=region,
            case_id=found.id,
            number=number,
            item_name=found.item_name,
            organ=organ,
            holder=found.case.holder.id,
            prefix=law.item.organ_short,
            year=today.year,
            keep_until=keep_until,
            asked_by=standing.actor.account,
            at=platform.now(),
        )
        if made is not None:
            platform.jobs.defer(cursor.connection, "make_dossier", region=region, dossier=made)
    if made is not None:
        return made
    packages = dossiers.of_case(platform.database, standing.eyes, region, found.id)
    return next(one.id for one in packages if one.purpose == dossiers.ARCHIVE)
