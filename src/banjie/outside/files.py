"""Papers in a folder, named by the SHA-256 of their content, and the pieces of uploads that are not whole yet."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

_HASH = re.compile(r"[0-9a-f]{64}")
_UPLOAD = re.compile(r"[0-9a-f-]{36}")
PIECE = 256 * 1024
"""Bytes read at a time."""


def is_hash(text: str) -> bool:
    """Whether a text names a content: 64 hexadecimal digits."""
    return _HASH.fullmatch(text) is not None


def is_upload(text: str) -> bool:
    """Whether a text names an upload: the 36 characters of a UUID."""
    return _UPLOAD.fullmatch(text) is not None


def copied(content: IO[bytes], write: Callable[[bytes], object]) -> str:
    """Hands a content to `write` piece by piece, from its beginning; answers with its SHA-256."""
    content.seek(0)
    digest = hashlib.sha256()
    while piece := content.read(PIECE):
        digest.update(piece)
        write(piece)
    return digest.hexdigest()


class FolderFiles:
    """Keeps each content once, in `ab/abcdef…`. A file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keeps the content and answers with its SHA-256 in hex."""
        name = hashlib.sha256(content).hexdigest()
        place = self._place(name)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(place, lambda file: file.write(content))
        return name

    def put_stream(self, content: IO[bytes]) -> str:
        """The same for a content that is read piece by piece."""
        name = copied(content, lambda piece: None)
        place = self._place(name)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            content.seek(0)
            _write_whole(place, lambda file: shutil.copyfileobj(content, file, PIECE))
        return name

    def get(self, sha256: str) -> bytes:
        """The content; KeyError when there is none or when it is no longer what its name says."""
        with self.open(sha256) as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise KeyError(sha256)
        return content

    def open(self, sha256: str) -> IO[bytes]:
        """The content to be read piece by piece; KeyError when there is none."""
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError:
            raise KeyError(sha256) from None

    def _place(self, name: str) -> Path:
        if not is_hash(name):
            raise KeyError(name)
        return self._folder / name[:2] / name


class FolderParts:
    """Keeps the pieces of an upload in a folder of their own, named by their offsets."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, upload: str, offset: int, content: bytes) -> None:
        """Keeps a piece."""
        place = self._place(upload, offset)
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(place, lambda file: file.write(content))

    def read(self, upload: str, offset: int) -> bytes:
        """A piece; KeyError when there is none."""
        try:
            return self._place(upload, offset).read_bytes()
        except FileNotFoundError:
            raise KeyError(upload) from None

    def drop(self, upload: str, offsets: Sequence[int]) -> None:
        """Throws the upload's pieces away, also one whose offset was never written down."""
        shutil.rmtree(self._place(upload, 0).parent, ignore_errors=True)

    def _place(self, upload: str, offset: int) -> Path:
        if not is_upload(upload):
            raise KeyError(upload)
        return self._folder / upload / str(offset)


def _write_whole(place: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Written beside its place and moved there, so that a crash leaves no half file under a whole name."""
    descriptor, beside = tempfile.mkstemp(dir=place.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(place)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
