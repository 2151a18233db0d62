"""How commands speak: answers to standard output, troubles as one sentence to standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Trouble(Exception):
    """Why a command cannot do its work, in a sentence with its remedy."""


@contextmanager
def told() -> Iterator[None]:
    """Turns a `Trouble` into a sentence and exit code 1."""
    try:
        yield
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        raise SystemExit(1) from None


def text_of(file: Path) -> str:
    """The text of a file, of standard input for `-`. Raises `Trouble`."""
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise Trouble(f"读不到文件 {file}（{error.strerror}）。请核对路径和权限。") from None
    except UnicodeDecodeError:
        raise Trouble(f"{file} 不是 UTF-8 文本。请使用导出的原文件。") from None


def write_text(file: Path, text: str) -> None:
    """Writes a file. Raises `Trouble`."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Trouble(f"写不了文件 {file}（{error.strerror}）。请换一个可写的路径。") from None


class Progress:
    """Says on standard error how far long work is: every two seconds, and not at all for quick work."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + 2.0

    def at(self, done: int, of: int = 0) -> None:
        """The work is at `done`, of `of` where that is known."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 2.0
        print(f"{self._what} {done}" + (f"/{of}" if of else ""), file=sys.stderr, flush=True)
