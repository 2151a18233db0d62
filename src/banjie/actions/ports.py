"""What we ask of the outside, as Protocols. The fakes that ship are named so; see `banjie.outside`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Protocol

import psycopg

from banjie.engine.papers import Kind, Limits
from banjie.engine.reporting import Record
from banjie.engine.sharing import Source, SourceAnswer
from banjie.engine.sharing_asks import Trouble


class Seals(Protocol):
    """An authority that seals documents in an organ's name."""

    def sign(self, pdf: bytes, *, organ: str, reason: str) -> bytes:
        """The PDF with the organ's signature (PAdES)."""
        ...

    def sign_bytes(self, content: bytes) -> bytes:
        """A detached signature (CMS, DER) of the platform itself over any content."""
        ...

    def trust_root_pem(self) -> bytes:
        """The certificate from which those of the organs and the platform come."""
        ...


class Typesetter(Protocol):
    """Makes a PDF of a document's contents."""

    def __call__(self, template: str, data: Mapping[str, object]) -> bytes:
        """The PDF/A of a template filled with data; raises when a name has a character no font can draw."""
        ...


class NotCarried(Exception):
    """A message could not be carried. `final`: it never will be, as with a number that does not exist."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.final = reason, final


class NotReported(Exception):
    """A record was not taken: which field, why, how to mend it. `final`: not as it is, however often tried."""

    def __init__(self, label: str, reason: str, remedy: str, *, final: bool = False) -> None:
        super().__init__(f"{label}：{reason}")
        self.label, self.reason, self.remedy, self.final = label, reason, remedy, final


class Reporter(Protocol):
    """Sends national reporting records to the level above."""

    def send(self, record: Record) -> str:
        """Sends a record; the receiver keeps it once for its key. Answers with the receipt. Raises `NotReported`."""
        ...


class Carrier(Protocol):
    """Carries messages out of the building over one channel: a mail server, a gateway for text messages."""

    def carry(self, *, to: str, subject: str, body: str, reference: str) -> str:
        """Sends, and answers with the carrier's receipt. Raises `NotCarried`.

        The same `reference` is the same message, should it come twice.
        """
        ...


class Jobs(Protocol):
    """Work that leaves the building: retried until it is done, and never lost."""

    def defer(
        self,
        connection: psycopg.Connection[Any],
        task: str,
        scheduled_at: datetime | None = None,
        **arguments: str | int,
    ) -> None:
        """Writes the job down in the transaction of `connection`: it exists if and only if that one commits.

        It is not begun before `scheduled_at`.
        """
        ...


class FilesAway(OSError):
    """Where files are kept cannot be reached at the moment. Nothing has been kept, and nothing is lost."""


class Files(Protocol):
    """Papers, kept by the SHA-256 of their content. Every method may raise `FilesAway`."""

    def put(self, content: bytes) -> str:
        """Keeps the content and answers with its SHA-256 in hex. The same content twice is kept once."""
        ...

    def put_stream(self, content: IO[bytes]) -> str:
        """The same for a content read from its beginning, piece by piece; it need not fit into memory."""
        ...

    def get(self, sha256: str) -> bytes:
        """The content; KeyError when there is none."""
        ...

    def open(self, sha256: str) -> IO[bytes]:
        """The content to be read piece by piece and closed by the caller; KeyError when there is none."""
        ...


class Parts(Protocol):
    """The pieces of uploads that are not whole yet, by upload and offset. May raise `FilesAway`."""

    def write(self, upload: str, offset: int, content: bytes) -> None:
        """Keeps a piece; one that is already there is replaced."""
        ...

    def read(self, upload: str, offset: int) -> bytes:
        """A piece; KeyError when there is none."""
        ...

    def drop(self, upload: str, offsets: Sequence[int]) -> None:
        """Throws pieces away; what is not there is no error."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a virus scanner says: `clean`, `infected` with what it found, or `unscanned`. `by` names the scanner."""

    state: str
    by: str
    finding: str = ""


class ScannerAway(OSError):
    """The scanner cannot be reached: what it should have looked at waits in quarantine."""


class Scanner(Protocol):
    """Looks for viruses."""

    def scan(self, content: IO[bytes]) -> Verdict:
        """The verdict over a content read from its beginning. Raises `ScannerAway`."""
        ...


@dataclass(frozen=True, slots=True)
class PaperRead:
    """A file that has been looked at: what it is, and its content as it is to be kept.

    `content` differs from what was handed in (`changed`) when a photo lost its place and camera data, was turned
    upright, or was made a JPEG of.
    """

    kind: Kind
    content: IO[bytes]
    pages: int = 0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """When and where a photograph was taken (degrees, WGS 84), as the camera wrote it; None where it wrote nothing."""

    at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


class Papers(Protocol):
    """Looks into files of any kind, without trusting them."""

    def taken(self, content: IO[bytes]) -> Taken:
        """When and where a photograph was taken; nothing for what is none. Never raises."""
        ...

    def read(self, content: IO[bytes], name: str, limits: Limits) -> PaperRead:
        """What a file is. Raises `Malformed` saying what is wrong with it and how to mend it."""
        ...

    def text(self, content: IO[bytes], kind: Kind) -> str | None:
        """The words of a PDF that has them as words; None for what a machine cannot read (a picture, a scan)."""
        ...

    def thumbnail(self, content: IO[bytes], kind: Kind) -> bytes:
        """A small JPEG of a picture or of a PDF's first page; b"" where none can be made."""
        ...

    def marked(self, content: IO[bytes], kind: Kind, words: str) -> bytes:
        """A PDF copy of a picture or PDF with a watermark of these words across each page."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a source is asked: about whom (credit code or citizen number), for what, by which right.

    `answer_to` is where an answer may be sent later; `consent` the consent it rests on, "" where `ground` is enough.
    """

    ask: str
    subject: str
    facts: tuple[str, ...]
    purpose: str
    item: str
    draft: str
    ground: str
    consent: str
    answer_to: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: an answer, or what went wrong. Neither: the answer comes later, as an act of its own."""

    answer: SourceAnswer | None = None
    trouble: Trouble | None = None
    detail: str = ""


class Exchange(Protocol):
    """Asks departments' systems. Never raises for what the other side does: trouble is a reply too."""

    def ask(self, source: Source, question: Question) -> Reply:
        """Puts the question, within the source's time."""
        ...

    def recognises(self, source: Source, ask: str, token: str) -> bool:
        """Whether whoever brings an answer later holds the token that was sent with the question."""
        ...


@dataclass(frozen=True, slots=True)
class CardRead:
    """What stands on a resident's identity card."""

    name: str
    code: str
    address: str = ""


class CardReaderAway(OSError):
    """There is no reader, or no card on it. `str()` of it is what the clerk is told."""


class IdCardReader(Protocol):
    """A reader of identity cards at a window."""

    def read(self, window: str) -> CardRead:
        """The card that lies on the window's reader. Raises `CardReaderAway`."""
        ...
