"""提醒: what is about to end and lies with the applicant, looked for once a day (domain §17.6)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from banjie.actions.hands import Hands
from banjie.actions.notices import message_of, send, written
from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.cases import UNDER_REVIEW, Case, Law, Stage
from banjie.engine.cases.documents import material_name
from banjie.engine.notices import Letter, Policy
from banjie.packs.notices import policy
from banjie.records import cases, notices
from banjie.records.people import MACHINE

_LOOK_AHEAD = 14
"""Days within which the two or three working days of a reminder lie, however long the holidays."""


def remind(platform: Platform, at: datetime) -> int:
    """Sends the day's reminders, if they have not been sent; answers with how many were due.

    Each is sent once for its day of ending, whatever is done again after an interruption.
    """
    today, database = at.astimezone(CHINA).date(), platform.database
    if notices.round_done(database, platform.region, "all", today):
        return 0
    with database.seen_by(MACHINE.eyes) as cursor:
        hands = Hands(platform, at, partial(platform.jobs.defer, cursor.connection))
        sent = sum(
            _case(hands, region, number, today)
            for region, number in notices.ending_soon(database, today + timedelta(days=_LOOK_AHEAD))
        )
        sent += _certificates(hands, today)
    notices.keep_round(database, platform.region, "all", today)
    return sent


def _case(hands: Hands, region: str, number: str, today: date) -> int:
    found = cases.find(hands.platform.database, MACHINE.eyes, region, number)
    if found is None:
        return 0
    law = hands.platform.laws.law(region, found.case.item, found.case.edition)
    sent = 0
    for what, letter in due_reminders(found.case, law, number, today, policy()):
        send(
            hands,
            letter,
            region=region,
            message_id=message_of(found.id, what),
            party=found.case.holder.id,
            item=found.case.item,
            case_id=found.id,
            kind="Reminder",
        )
        sent += 1
    return sent


def due_reminders(case: Case, law: Law, number: str, today: date, custom: Policy) -> Iterator[tuple[str, Letter]]:
    """What a case has to be reminded of today: what names it once for all, and the notice."""
    if case.stage is Stage.CORRECTING:
        notice = case.corrections[-1]
        if 0 <= _working_days(law, today, notice.due_on) <= custom.correction_days:
            day = chinese_date(notice.due_on)
            letter = written("correction_reminder", 事项=law.item.heading, 编号=number, 截止日=day)
            yield f"correction:{notice.due_on}", letter
    if case.stage in UNDER_REVIEW:
        for one in case.open_tolerances:
            if 0 <= _working_days(law, today, one.due_on) <= custom.tolerance_days:
                letter = written(
                    "tolerance_reminder",
                    事项=law.item.heading,
                    编号=number,
                    材料=material_name(law, one.material),
                    截止日=chinese_date(one.due_on),
                )
                yield f"tolerance:{one.material}:{one.due_on}", letter


def _working_days(law: Law, today: date, until: date) -> int:
    return -1 if until < today else law.calendar.count_working(today, until)


def _certificates(hands: Hands, today: date) -> int:
    """Each certificate once for each of the policy's days before its end; a missed day is made up for."""
    thresholds = sorted(policy().certificate_days)
    sent = 0
    for index, days in enumerate(thresholds):
        nearer = thresholds[index - 1] if index else 0
        ending = notices.certificates_ending(
            hands.platform.database, today + timedelta(days=nearer), today + timedelta(days=days)
        )
        for region, certificate, holder, name, number, last in ending:
            letter = written("certificate_ending", 证照=name, 证号=number, 到期日=chinese_date(last))
            message_id = message_of(certificate, f"ending:{last}:{days}")
            send(hands, letter, region=region, message_id=message_id, party=holder, case_id=None, kind="Reminder")
            sent += 1
    return sent
