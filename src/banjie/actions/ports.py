"""What we ask of the outside, as Protocols. The fakes that ship are named so; see `banjie.outside`."""

from collections.abc import Mapping
from typing import Any, Protocol

import psycopg


class Seals(Protocol):
    """An authority that seals documents in an organ's name."""

    def sign(self, pdf: bytes, *, organ: str, reason: str) -> bytes:
        """The PDF with the organ's signature (PAdES)."""
        ...


class Typesetter(Protocol):
    """Makes a PDF of a document's contents."""

    def __call__(self, template: str, data: Mapping[str, object]) -> bytes:
        """The PDF/A of a template filled with data; raises when a name has a character no font can draw."""
        ...


class Carrier(Protocol):
    """Carries a message out of the building."""

    def carry(self, *, to: str, subject: str, body: str) -> str:
        """Sends, and answers with the carrier's receipt."""
        ...


class Jobs(Protocol):
    """Work that leaves the building: retried until it is done, and never lost."""

    def defer(self, connection: psycopg.Connection[Any], task: str, **arguments: str | int) -> None:
        """Writes the job down in the transaction of `connection`: it exists if and only if that one commits."""
        ...


class Files(Protocol):
    """Papers, kept by the SHA-256 of their content."""

    def put(self, content: bytes) -> str:
        """Keeps the content and answers with its SHA-256 in hex. The same content twice is kept once."""
        ...

    def get(self, sha256: str) -> bytes:
        """The content; KeyError when there is none."""
        ...
