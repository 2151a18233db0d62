"""One process's platform, wired from the settings. Doors ask for it; nothing below knows where it comes from."""

import threading
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from django.conf import settings

from banjie.actions.platform import Platform
from banjie.actions.ports import Carrier, Files, Parts, Reporter
from banjie.engine.calendar import Calendar
from banjie.engine.notices import CHANNEL_NAMES, Channel
from banjie.engine.sharing import Sources
from banjie.outside.card_reader import DemoCardReader, NoCardReader
from banjie.outside.demo_reporting import PATH as PROVINCE
from banjie.outside.exchange import Endpoint, HttpExchange
from banjie.outside.files import FolderFiles, FolderParts
from banjie.outside.inspection import Inspector
from banjie.outside.jobs import Procrastinate
from banjie.outside.mail import SmtpMail
from banjie.outside.messages import ConsoleCarrier
from banjie.outside.object_store import Bucket, ObjectFiles, ObjectParts, storage
from banjie.outside.page_probe import PageProbe
from banjie.outside.reporting import HttpReporter
from banjie.outside.scanning import ClamdScanner, NoScanner
from banjie.outside.seals import DemoSeals
from banjie.outside.sms import HttpSms
from banjie.outside.typesetting import MissingGlyph, TypesettingFailed, qr_svg, typeset
from banjie.packs.calendars import load_calendar
from banjie.packs.clock_rules import clock_rules
from banjie.packs.sources import load_sources
from banjie.records.calendars import Calendars
from banjie.records.database import Database
from banjie.records.laws import Laws
from banjie.records.regions import Regions

_making = threading.Lock()


def platform() -> Platform:
    """The platform of this process; made on first use, so that each worker process has its own connections."""
    # Two requests may be the first at the same time: without the lock each would make a platform and its connections.
    with _making:
        return _platform()


@cache
def _platform() -> Platform:
    database = Database(settings.DATABASE_URL)
    database.open()
    sources = load_sources()
    return Platform(
        database=database,
        laws=Laws(database, Calendars(database), clock_rules()),
        regions=Regions(database),
        files=_files(),
        parts=_parts(),
        papers=Inspector(),
        scanner=ClamdScanner(settings.CLAMD) if settings.CLAMD else NoScanner(),
        seals=DemoSeals(settings.DATA / "seals"),
        typeset=typeset,
        qr_svg=qr_svg,
        unprintable=(MissingGlyph, TypesettingFailed),
        jobs=Procrastinate(),
        carriers=_carriers(),
        exchange=HttpExchange(_endpoints(sources)),
        sources=sources,
        cards=DemoCardReader() if settings.DEMO else NoCardReader(),
        reporter=_reporter(),
        clock=now,
        region=settings.REGION,
        public_url=settings.PUBLIC_URL,
        demo=settings.DEMO,
        open_page=PageProbe(settings.PROBE_URL) if settings.PROBE_URL else None,
    )


def _files() -> Files:
    """Where papers are kept: in a bucket if one is named, else in the data folder."""
    if settings.S3["bucket"]:
        return ObjectFiles(lambda: storage(_bucket(), "papers"))
    return FolderFiles(settings.FILES)


def _parts() -> Parts:
    """Where the pieces of unfinished uploads are kept: beside the papers, so that any web process finds them."""
    if settings.S3["bucket"]:
        return ObjectParts(lambda: storage(_bucket(), "uploads"))
    return FolderParts(settings.DATA / "uploads")


def _carriers() -> dict[Channel, Carrier]:
    """The channels that are set up. The demonstration has all of them, into the log where nothing else is named."""
    found: dict[Channel, Carrier] = {}
    if settings.DEMO:
        found = {channel: ConsoleCarrier(CHANNEL_NAMES[channel]) for channel in (Channel.MAIL, Channel.SMS)}
    mail, sms = settings.MAIL, settings.SMS
    if mail["host"]:
        found[Channel.MAIL] = SmtpMail(**mail)
    if sms["url"]:
        found[Channel.SMS] = HttpSms(sms["url"], sms["key"].encode(), sms["sign"])
    return found


def _reporter() -> Reporter | None:
    """Where records go; the demonstration's province stands beside its departments."""
    if settings.REPORTING_URL:
        return HttpReporter(settings.REPORTING_URL, settings.REPORTING_KEY.encode())
    if settings.DEMO and settings.SOURCES_URL and settings.SOURCES_KEY:
        return HttpReporter(f"{settings.SOURCES_URL}{PROVINCE}", settings.SOURCES_KEY.encode())
    return None


def _bucket() -> Bucket:
    given = settings.S3
    return Bucket(given["endpoint"], given["bucket"], given["key"], given["secret"], given["region"])


def _endpoints(sources: Sources) -> dict[str, Endpoint]:
    """Where each source is reached and with which key, as far as the environment says."""
    found = {}
    for source in sources.every:
        named = f"BANJIE_SOURCE_{source.key.upper()}"
        address = settings.SOURCE_OVERRIDES.get(f"{named}_URL") or (
            f"{settings.SOURCES_URL}{source.path}" if settings.SOURCES_URL and source.path else ""
        )
        key = settings.SOURCE_OVERRIDES.get(f"{named}_KEY") or settings.SOURCES_KEY
        if address and key:
            found[source.key] = Endpoint(address, key.encode())
    return found


def now() -> datetime:
    """The one clock of the process."""
    return datetime.now(UTC)  # noqa: TID251 — this is the one place that reads the time.


def calendar_of(region: str) -> Calendar:
    """The calendar that ships for a region, with all it inherits."""
    return load_calendar(files("banjie.content") / "calendars", region)
