"""What the passing of a day means for editions: a published one takes force, one with a last day ends."""

import logging
from datetime import datetime

from banjie.actions.platform import Platform
from banjie.actions.publishing import changing, give_way
from banjie.engine import editions
from banjie.engine.calendar import CHINA
from banjie.engine.editions import State
from banjie.engine.subject import Refused
from banjie.records import catalogue
from banjie.records.catalogue import EditionRow
from banjie.records.people import MACHINE

logger = logging.getLogger("banjie.worker")


def switch_editions(platform: Platform, at: datetime) -> int:
    """Brings about everything that is due for editions of items; answers with how many acts there were."""
    acts = 0
    for row in catalogue.due(platform.database, at.astimezone(CHINA).date()):
        try:
            switch(platform, row, at)
        except Refused as refused:
            # Somebody acted on it between the look and the act; the next round sees it as it is then.
            logger.info("%s %s: %s", row.region, row.code, refused)
        else:
            acts += 1
    if acts:
        platform.laws.forget()
    return acts


def switch(platform: Platform, row: EditionRow, at: datetime) -> None:
    """One edition whose day has come. Raises `Refused` if it is no longer due."""
    with changing(platform, MACHINE, row.region, row.code, at) as change:
        found = change.one(row.edition)
        if found.state is State.SCHEDULED:
            command: editions.Command = editions.TakeForce(row.code, row.edition)
            editions.decide(found.history, command, by=change.account, today=change.today)
            give_way(change, found)
        else:
            command = editions.ComeToEnd()
        change.act(found, command)
