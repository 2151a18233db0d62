"""Papers in an object store that speaks S3 (SeaweedFS, MinIO, OSS …), through django-storages.

An object's name is the hash of its content, so writing it twice changes nothing, and one that was cut off in the
middle does not exist: the store shows an object when it is whole. What the store answers is never believed to be the
right content before its hash was reckoned again.
"""

import functools
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TypeVar

from banjie.actions.ports import FilesAway
from banjie.outside.files import copied, is_hash, is_upload

if TYPE_CHECKING:
    from storages.backends.s3 import S3Storage

logger = logging.getLogger("banjie.files")

T = TypeVar("T")

_IN_MEMORY = 1024 * 1024
"""Bytes of an object that are held in memory while it is read; what is beyond lies in a temporary file."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the store is and how it is entered. Seconds are those one call may wait."""

    endpoint: str
    name: str
    key: str
    secret: str
    region: str = "us-east-1"
    connect_s: float = 3.0
    read_s: float = 30.0
    tries: int = 3


def storage(bucket: Bucket, folder: str) -> "S3Storage":
    """The storage of one folder of a bucket."""
    # The client library takes a third of a second and 30 MB: only those pay who keep files in a store.
    from botocore.config import Config  # noqa: PLC0415 — see above.
    from storages.backends.s3 import S3Storage  # noqa: PLC0415 — see above.

    return S3Storage(
        bucket_name=bucket.name,
        endpoint_url=bucket.endpoint,
        access_key=bucket.key,
        secret_key=bucket.secret,
        region_name=bucket.region,
        location=folder,
        default_acl=None,
        file_overwrite=True,
        max_memory_size=_IN_MEMORY,
        client_config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=bucket.connect_s,
            read_timeout=bucket.read_s,
            retries={"total_max_attempts": bucket.tries, "mode": "standard"},
        ),
    )


class _Objects:
    """What files and parts have in common: a storage made when it is first needed, and troubles in one form."""

    def __init__(self, make: "Callable[[], S3Storage]") -> None:
        self._make = make

    @functools.cached_property
    def _storage(self) -> "S3Storage":
        return self._make()

    def _read(self, name: str) -> bytes:
        with _reached(), self._storage.open(name, "rb") as file:
            return bytes(file.read())

    def _save(self, name: str, content: bytes | IO[bytes]) -> None:
        from django.core.files.base import ContentFile, File  # noqa: PLC0415 — with the storage, not before.

        wrapped: Any = ContentFile(content) if isinstance(content, bytes) else File(content)
        with _reached():
            self._storage.save(name, wrapped)


class ObjectFiles(_Objects):
    """Files by the hash of their content, as `ab/abcdef…`."""

    def put(self, content: bytes) -> str:
        """Keeps the content and answers with its SHA-256 in hex."""
        name = hashlib.sha256(content).hexdigest()
        if not self._has(name):
            self._save(_place(name), content)
        return name

    def put_stream(self, content: IO[bytes]) -> str:
        """The same for a content that is read piece by piece."""
        name = copied(content, lambda piece: None)
        if not self._has(name):
            content.seek(0)
            self._save(_place(name), content)
        return name

    def get(self, sha256: str) -> bytes:
        """The content; KeyError when there is none or when it is not what its name says."""
        content = self._read(_place(sha256))
        if hashlib.sha256(content).hexdigest() != sha256:
            raise KeyError(sha256)
        return content

    def open(self, sha256: str) -> IO[bytes]:
        """The content to be read piece by piece; KeyError when there is none."""
        with _reached():
            file: Any = self._storage.open(_place(sha256), "rb")
            # Fetched now and not at the first reading, so that a store that is away is told of here.
            file.read(0)
            return file  # type: ignore[no-any-return]  # django's files read like any other.

    def _has(self, name: str) -> bool:
        with _reached():
            return bool(self._storage.exists(_place(name)))


class ObjectParts(_Objects):
    """The pieces of uploads, as `upload/offset`."""

    def write(self, upload: str, offset: int, content: bytes) -> None:
        """Keeps a piece."""
        self._save(_piece(upload, offset), content)

    def read(self, upload: str, offset: int) -> bytes:
        """A piece; KeyError when there is none."""
        return self._read(_piece(upload, offset))

    def drop(self, upload: str, offsets: Sequence[int]) -> None:
        """Throws pieces away."""
        for offset in offsets:
            with _reached():
                self._storage.delete(_piece(upload, offset))


def _place(name: str) -> str:
    if not is_hash(name):
        raise KeyError(name)
    return f"{name[:2]}/{name}"


def _piece(upload: str, offset: int) -> str:
    if not is_upload(upload):
        raise KeyError(upload)
    return f"{upload}/{offset}"


@contextmanager
def _reached() -> Iterator[None]:
    """Missing objects become KeyError; a store that is away, slow or says no becomes `FilesAway`."""
    from boto3.exceptions import Boto3Error  # noqa: PLC0415 — with the storage, not before.
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 — the same.

    try:
        yield
    except FileNotFoundError as missing:
        raise KeyError(str(missing)) from None
    except (BotoCoreError, ClientError, Boto3Error) as error:
        logger.exception("the object store did not do what it was asked")
        raise FilesAway(f"object store: {type(error).__name__}") from error
