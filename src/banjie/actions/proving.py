"""The proof of a case's due date for people: whoever paused or extended it stands there by name.

The history holds accounts. A login name is nobody else's business and tells a reader nothing, so names take their
place before a proof leaves the building; no day depends on them.
"""

from dataclasses import replace
from datetime import date

from banjie.actions.platform import Platform
from banjie.engine.cases import Case, Law
from banjie.engine.clock import Proof, Timer
from banjie.engine.permissions import SYSTEM
from banjie.engine.proof import prove
from banjie.records import people


def proof_of(platform: Platform, timer: Timer, case: Case, law: Law, today: date) -> Proof:
    """Why a clock of a case is due when it is, as of `today`."""
    accounts = {pause.by for pause in case.pauses} | {extension.by for extension in timer.extensions}
    names = {SYSTEM.account: SYSTEM.name}
    if accounts:
        names |= people.names_of(platform.database, accounts)
    named = replace(timer, extensions=tuple(replace(one, by=names.get(one.by) or one.by) for one in timer.extensions))
    pauses = tuple(replace(one, by=names.get(one.by) or one.by) for one in case.pauses)
    return prove(named, pauses, law.calendar_of(case), today, law.rules)
