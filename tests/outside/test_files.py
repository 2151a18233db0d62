"""Papers in a folder: whole or not at all, in pieces, by the hash of their content."""

import hashlib
import io
import tempfile
from pathlib import Path

import pytest

from banjie.outside.files import PIECE, FolderFiles, FolderParts

UPLOAD = "0b6f1c1e-7b8a-4c0a-9d55-3a1f6f2f9b10"


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    return FolderFiles(tmp_path)


@pytest.mark.parametrize("content", [b"x", b"y" * (3 * PIECE + 17)])
def test_a_content_is_kept_once_under_its_hash(files: FolderFiles, tmp_path: Path, content: bytes) -> None:
    name = hashlib.sha256(content).hexdigest()
    assert files.put_stream(io.BytesIO(content)) == files.put(content) == name
    assert files.get(name) == content
    with files.open(name) as file:
        assert file.read() == content
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [name]


def test_a_stream_is_read_from_its_beginning(files: FolderFiles) -> None:
    with tempfile.SpooledTemporaryFile() as spool:
        spool.write(b"whole")
        assert files.get(files.put_stream(spool)) == b"whole"


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "ABC"])
def test_what_is_not_there_is_no_file(files: FolderFiles, name: str) -> None:
    with pytest.raises(KeyError):
        files.get(name)
    with pytest.raises(KeyError):
        files.open(name)


def test_a_content_that_has_changed_is_not_handed_out(files: FolderFiles, tmp_path: Path) -> None:
    name = files.put(b"true")
    (tmp_path / name[:2] / name).write_bytes(b"false")
    with pytest.raises(KeyError):
        files.get(name)


class Broken(io.BytesIO):
    """A stream that breaks off when it is read for the second time."""

    def __init__(self) -> None:
        super().__init__(b"z" * (2 * PIECE))
        self.starts = 0

    def seek(self, at: int, whence: int = 0) -> int:
        self.starts += 1
        return super().seek(at, whence)

    def read(self, size: int | None = -1) -> bytes:
        if self.starts > 1 and self.tell() >= PIECE:
            raise OSError("the line is cut")
        return super().read(size)


def test_a_file_that_breaks_off_leaves_nothing_behind(files: FolderFiles, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cut"):
        files.put_stream(Broken())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_pieces_are_kept_until_they_are_dropped(tmp_path: Path) -> None:
    parts = FolderParts(tmp_path)
    parts.write(UPLOAD, 0, b"one")
    parts.write(UPLOAD, 3, b"two")
    parts.write(UPLOAD, 3, b"TWO")
    assert (parts.read(UPLOAD, 0), parts.read(UPLOAD, 3)) == (b"one", b"TWO")
    parts.drop(UPLOAD, [0, 3])
    parts.drop(UPLOAD, [0, 3])
    with pytest.raises(KeyError):
        parts.read(UPLOAD, 0)
    with pytest.raises(KeyError):
        parts.write("../x", 0, b"x")
