"""What of the watching is due: looks, calls, escalations, urged causes, the nightly search, grades, the probe."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from banjie.actions.clock_abuse import FINDING, search_nights
from banjie.actions.delays import DELAY, urge_causes
from banjie.actions.grades import GRADE, grade_officials
from banjie.actions.incidents import INCIDENT, probe
from banjie.actions.platform import Platform
from banjie.actions.supervision import ORDER, escalate
from banjie.actions.watching import CARD, watch

KINDS = (CARD, DELAY, ORDER, INCIDENT, FINDING, GRADE)
"""The subjects of watching, as they are kept and replayed."""


def watching_looks(platform: Platform, at: datetime) -> Iterator[Callable[[], int]]:
    """Each by itself: trouble with one must not keep the worker from the others."""
    for look in (probe, watch, escalate, urge_causes, search_nights, grade_officials):
        yield partial(look, platform, at)
