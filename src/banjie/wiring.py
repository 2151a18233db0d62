"""One process's platform, wired from the settings. Doors ask for it; nothing below knows where it comes from."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from django.conf import settings

from banjie.actions.platform import Platform
from banjie.engine.calendar import Calendar
from banjie.outside.files import FolderFiles
from banjie.outside.jobs import Procrastinate
from banjie.outside.messages import ConsoleCarrier
from banjie.outside.seals import DemoSeals
from banjie.outside.typesetting import MissingGlyph, TypesettingFailed, qr_svg, typeset
from banjie.packs.calendars import load_calendar
from banjie.records.database import Database
from banjie.records.laws import Laws


@cache
def platform() -> Platform:
    """The platform of this process; made on first use, so that each worker process has its own connections."""
    database = Database(settings.DATABASE_URL)
    database.open()
    return Platform(
        database=database,
        laws=Laws(database, calendar_of),
        files=FolderFiles(settings.FILES),
        seals=DemoSeals(settings.DATA / "seals"),
        typeset=typeset,
        qr_svg=qr_svg,
        unprintable=(MissingGlyph, TypesettingFailed),
        jobs=Procrastinate(),
        carrier=ConsoleCarrier(),
        clock=now,
        region=settings.REGION,
        public_url=settings.PUBLIC_URL,
        demo=settings.DEMO,
    )


def now() -> datetime:
    """The one clock of the process."""
    return datetime.now(UTC)  # noqa: TID251 — this is the one place that reads the time.


def calendar_of(region: str) -> Calendar:
    """The calendar that ships for a region, with all it inherits."""
    return load_calendar(files("banjie.content") / "calendars", region)
