"""A package of files (engine.dossiers) as one ZIP file. Nothing is compressed: the same files give the same bytes."""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Final

from banjie.engine.dossiers import MOST_MEMBERS, Member

MOST_BYTES: Final = 2 * 1024**3
PIECE: Final = 256 * 1024
_FIXED = (1980, 1, 1, 0, 0, 0)


class BadPackage(Exception):
    """A file that is no package; `str()` of it says why, in Chinese."""


def write(
    target: IO[bytes], members: Sequence[Member], frame: Mapping[str, bytes], opened: Callable[[str], IO[bytes]]
) -> None:
    """Writes the package; `opened` gives the content of a paper by its SHA-256, to be read and closed."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as whole:
        for one in members:
            if one.content is not None:
                whole.writestr(_entry(one.name), one.content)
                continue
            with opened(one.sha256) as content, whole.open(_entry(one.name), "w") as into:
                while piece := content.read(PIECE):
                    into.write(piece)
        for name, content_ in frame.items():
            whole.writestr(_entry(name), content_)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIXED)
    entry.external_attr = 0o644 << 16
    return entry


def read(source: IO[bytes]) -> dict[str, bytes]:
    """The files of a package. Raises `BadPackage`, naming the member that is damaged."""
    try:
        with zipfile.ZipFile(source) as whole:
            entries = whole.infolist()
            if len(entries) > MOST_MEMBERS or sum(one.file_size for one in entries) > MOST_BYTES:
                raise BadPackage("文件过多或过大，不是系统导出的案卷。")
            files: dict[str, bytes] = {}
            for one in entries:
                if one.filename in files:
                    raise BadPackage(f"“{one.filename[:80]}”出现了两次，案卷被改动。")
                try:
                    files[one.filename] = whole.read(one)
                except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
                    raise BadPackage(f"“{one.filename[:80]}”被改动或已损坏：内容与压缩包里的校验值不符。") from None
            return files
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise BadPackage("不是完整的案卷文件（ZIP），可能在传送中损坏。请重新下载。") from None
