"""What an act needs around it: the database, the law in force, the files, the seals and the time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from banjie.actions.ports import (
    Carrier,
    Exchange,
    Files,
    IdCardReader,
    Jobs,
    Papers,
    Parts,
    Reporter,
    Scanner,
    Seals,
    Typesetter,
)
from banjie.engine.calendar import CHINA
from banjie.engine.notices import Channel
from banjie.engine.sharing import Sources
from banjie.records.database import Database
from banjie.records.laws import Laws
from banjie.records.regions import Regions


@dataclass(frozen=True, slots=True)
class Platform:
    """One process's view of Banjie. `clock` is the only place that knows what time it is."""

    database: Database
    laws: Laws
    regions: Regions
    files: Files
    parts: Parts
    papers: Papers
    scanner: Scanner
    seals: Seals
    typeset: Typesetter
    qr_svg: Callable[[str], str]
    unprintable: tuple[type[Exception], ...]
    """What `typeset` raises when only a person can mend it: a missing glyph, a licence too long for its page."""
    jobs: Jobs
    carriers: Mapping[Channel, Carrier]
    """By which channels messages leave the building, besides the inbox; those that are not set up are missing."""
    exchange: Exchange
    sources: Sources
    cards: IdCardReader
    clock: Callable[[], datetime]
    region: str
    public_url: str
    demo: bool = False
    reporter: Reporter | None = None
    """Where national reporting records go; None: this city does not report."""
    open_page: Callable[[], object] | None = None
    """Opens one of our own pages as a visitor would, for the probe; OSError when it cannot be reached."""

    def now(self) -> datetime:
        """The moment, with its time zone."""
        return self.clock()

    def today(self) -> date:
        """The city's day."""
        return self.clock().astimezone(CHINA).date()
