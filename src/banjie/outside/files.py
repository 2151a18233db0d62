"""Papers in a folder, named by the SHA-256 of their content."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{64}")


class FolderFiles:
    """Keeps each content once, in `ab/abcdef…`. A file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keeps the content and answers with its SHA-256 in hex."""
        name = hashlib.sha256(content).hexdigest()
        place = self._place(name)
        if place.exists():
            return name
        place.parent.mkdir(parents=True, exist_ok=True)
        # Written beside its place and moved there, so that a crash leaves no half paper under a whole name.
        descriptor, beside = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(place)
        return name

    def get(self, sha256: str) -> bytes:
        """The content; KeyError when there is none or when it is no longer what its name says."""
        place = self._place(sha256)
        if not place.exists():
            raise KeyError(sha256)
        content = place.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise KeyError(sha256)
        return content

    def _place(self, name: str) -> Path:
        if not _HASH.fullmatch(name):
            raise KeyError(name)
        return self._folder / name[:2] / name
