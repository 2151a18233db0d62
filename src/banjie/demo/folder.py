"""The demo's data folder, and what it says of a demo that runs: so that other commands find it.

Inside:
    city.json       the stamp of a finished city: the day it was founded and the tables it was founded with
    running.json    addresses and number of the process, while a demo runs
    database/       the embedded PostgreSQL
    files/, seals/, secret-key, web.log, worker.log
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STAMP, RUNNING, MARK = "city.json", "running.json", ".banjie-demo"


class NotOurs(Exception):
    """The folder holds something else; the message says so in a sentence with its remedy."""


def usual_folder() -> Path:
    """./.demo, or a folder of the user's own where the current one cannot be written."""
    here = Path.cwd()
    if (here / ".demo").is_dir() or os.access(here, os.W_OK | os.X_OK):
        return here / ".demo"
    return Path.home() / ".local" / "share" / "banjie-demo"


def open_folder(folder: Path) -> None:
    """Creates the folder, marked as ours. Raises `NotOurs` for a folder with other contents."""
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            # The database runs under a number of its own and must pass through to its subfolder.
            folder.chmod(0o711)
        if not (folder / MARK).exists():
            if any(folder.iterdir()):
                raise NotOurs(f"{folder} 里有别的内容，不是演示数据目录。请用 --data 另选一个空目录。")
            (folder / MARK).write_text("办结演示数据，可用 banjie demo --reset 清空。\n", encoding="utf-8")
    except OSError as error:
        raise NotOurs(f"数据目录 {folder} 不能使用（{error.strerror}）。请用 --data 另选一个可写的目录。") from error


def wipe(folder: Path) -> None:
    """Empties the folder. Raises `NotOurs` unless it is a demo's."""
    if not folder.exists():
        return
    if not (folder / MARK).is_file():
        raise NotOurs(f"{folder} 不是演示数据目录，没有清空它。请核对 --data。")
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != MARK:
            entry.unlink()


def read(folder: Path, name: str) -> Mapping[str, Any] | None:
    """What a file of the folder says, None when it is not there or not whole."""
    try:
        said = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def write(folder: Path, name: str, content: Mapping[str, Any]) -> None:
    """Writes a file of the folder, whole or not at all."""
    beside = folder / f"{name}.new"
    beside.touch(mode=0o600)
    beside.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    beside.replace(folder / name)


def forget_running(folder: Path) -> None:
    """Takes running.json away."""
    with contextlib.suppress(OSError):
        (folder / RUNNING).unlink()


def running(folder: Path) -> Mapping[str, Any] | None:
    """The demo that runs over this folder, None when none does: what a killed one has left does not count."""
    said = read(folder, RUNNING)
    if said is None or not isinstance(said.get("pid"), int) or not in_use(folder):
        return None
    try:
        os.kill(said["pid"], 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return said


def in_use(folder: Path) -> bool:
    """Whether somebody holds the lock of the folder's database: a demo, or the guardian ending a dead one's server."""
    try:
        with (folder / "database" / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
