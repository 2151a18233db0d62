"""What is due at halls: reminders of tomorrow's bookings, who did not come, numbers of yesterday, sessions run out."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from banjie.actions.bookings import miss, not_come_before, remind
from banjie.actions.counter import end_by_time
from banjie.actions.platform import Platform
from banjie.actions.queues import lapse
from banjie.engine.calendar import CHINA
from banjie.records import bookings, counter, queues
from banjie.records.people import MACHINE


def hall_looks(platform: Platform, at: datetime) -> Iterator[Callable[[], int]]:
    """One look for each subject that is due; each answers with how many acts it came to."""
    database, eyes = platform.database, MACHINE.eyes
    for region, booking in bookings.to_remind(database, eyes, at):
        yield partial(remind, platform, region, booking, at)
    for region, booking in bookings.not_come(database, eyes, not_come_before(at)):
        yield partial(miss, platform, region, booking, at)
    for region, ticket in queues.left_over(database, eyes, at.astimezone(CHINA).date()):
        yield partial(lapse, platform, region, ticket, at)
    for region, session in counter.run_out(database, eyes, at):
        yield partial(end_by_time, platform, region, session, at)
