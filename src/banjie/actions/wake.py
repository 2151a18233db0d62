"""What is due? The worker asks over an index and brings about what the passing of a day means.

Silence has legal effect: five days without an answer and the case counts as accepted (art. 32(4)); a correction or a
tolerated paper that does not come sends the case back; a clock that has run out is marked late; a certificate lapses,
or is renewed when its renewal was asked in time and not answered (art. 50).
"""

import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial

from psycopg import OperationalError

from banjie.actions import draft_ends, paper_uploads
from banjie.actions.answering import run_late
from banjie.actions.certify import end_validity
from banjie.actions.day_seals import seal_day
from banjie.actions.editions_due import switch_editions
from banjie.actions.hall_due import hall_looks
from banjie.actions.meetings import wake_meeting
from banjie.actions.perform import perform
from banjie.actions.platform import Platform
from banjie.actions.precases import wake_precase
from banjie.actions.reminders import remind
from banjie.actions.watching_due import watching_looks
from banjie.actions.worklists import give_back
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Case, Command, Law, Stage, running
from banjie.engine.cases.acts import LapseCorrection, LapseReply, LapseTolerance, MarkLate
from banjie.engine.cases.moving import MoveDeadlines
from banjie.engine.cases.state import UNDER_REVIEW
from banjie.engine.clock import TimerKind
from banjie.engine.subject import Refused
from banjie.records import case_files, cases, certificates, precases, sharing
from banjie.records.people import MACHINE

logger = logging.getLogger("banjie.worker")


def wake(platform: Platform, at: datetime) -> int:
    """Brings about everything that is due; answers with how many acts there were."""
    today = at.astimezone(CHINA).date()
    acts = switch_editions(platform, at)
    for region, number in cases.to_wake(platform.database, MACHINE.eyes, today):
        acts += _apart(number, partial(wake_case, platform, region, number, at))
    for region, meeting in case_files.meetings_to_wake(platform.database, MACHINE.eyes, today):
        acts += _apart(meeting, partial(wake_meeting, platform, region, meeting, at))
    for region, number in precases.to_wake(platform.database, MACHINE.eyes, at):
        acts += _apart(number, partial(wake_precase, platform, region, number, at))
    for region, certificate_id in certificates.ending(platform.database, MACHINE.eyes, today, 200):
        acts += _apart(certificate_id, partial(wake_certificate, platform, region, certificate_id, at))
    for region, ask in sharing.overdue(platform.database, MACHINE.eyes, at):
        acts += _apart(ask, partial(run_late, platform, region, ask, at))
    acts += _apart("worklists", partial(give_back, platform, at))
    for look in hall_looks(platform, at):
        acts += _apart("hall", look)
    acts += _apart("reminders", partial(remind, platform, at))
    acts += _apart("uploads", partial(paper_uploads.sweep, platform, at))
    acts += _apart("drafts", partial(draft_ends.sweep, platform, at))
    for look in watching_looks(platform, at):
        acts += _apart("watching", look)
    _apart("day seal", partial(seal_day, platform, at))
    return acts


def _apart(subject: str, look: Callable[[], int]) -> int:
    """Looks at one subject. Trouble with it must not keep the law from all the others."""
    try:
        return look()
    except OperationalError:
        raise  # The database is away: there is nothing to be done for the others either.
    except Exception:
        logger.exception("%s could not be woken", subject)
        return 0


def wake_certificate(platform: Platform, region: str, certificate_id: str, at: datetime) -> int:
    """The end of a certificate's validity."""
    try:
        end_validity(platform, region, certificate_id, at)
    except Refused as refused:
        # Somebody acted on it between the look and the act; the next round sees it as it is then.
        logger.info("%s: %s", certificate_id, refused)
        return 0
    return 1


def wake_case(platform: Platform, region: str, number: str, at: datetime) -> int:
    """Everything due on one case. An act may bring the next one about, so the case is looked at until it is quiet."""
    today = at.astimezone(CHINA).date()
    acts = 0
    while acts < 50:
        found = cases.find(platform.database, MACHINE.eyes, region, number)
        if found is None:
            return acts
        law = platform.laws.law(region, found.case.item, found.case.edition)
        command = next(due_acts(found.case, law, today), None)
        if command is None:
            return acts
        key = f"wake:{number}:{found.version}:{type(command).__name__}"
        try:
            perform(platform, command, actor=MACHINE, region=region, number=number, key=key, now=at)
        except Refused as refused:
            # Somebody acted between the look and the act; the next round sees the case as it is then.
            logger.info("%s: %s", number, refused)
            return acts
        acts += 1
    return acts


def due_acts(case: Case, law: Law, today: date) -> Iterator[Command]:
    """The acts that the passing of days calls for, those with legal effect before the mere marks.

    What a case comes to under an older calendar is not what the law says today, so it is brought under the new one.
    """
    if case.is_open and case.calendar < law.serial:
        yield MoveDeadlines()
    late = [clock for clock in running(case, law, today) if clock.reckoning.late and not clock.reckoning.paused]
    kinds = {clock.timer.kind for clock in late}
    if TimerKind.REPLY in kinds and case.stage in (Stage.SUBMITTED, Stage.PRECHECK):
        yield LapseReply()
    if TimerKind.CORRECTION in kinds:
        yield LapseCorrection()
    if case.stage in UNDER_REVIEW:
        for tolerance in case.open_tolerances:
            if tolerance.due_on < today:
                yield LapseTolerance(tolerance.material)
    for clock in late:
        if clock.mark not in case.late and clock.timer.kind not in (TimerKind.REPLY, TimerKind.CORRECTION):
            yield MarkLate(clock.timer.kind.value, clock.step)
