"""`banjie demo`: the database, the city, the worker and the pages, under one light process that ends them all.

The parent carries no Django: the city is built by a process that is gone when it is done, and web and worker are
children. Whichever of them dies is started again; when the parent dies, however it dies, they end (children.py).
"""

import contextlib
import hashlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from banjie.demo import folder as folders
from banjie.demo.folder import RUNNING, STAMP, NotOurs
from banjie.records.embedded import CannotStart, EmbeddedPostgres

HOST = "127.0.0.1"
READY_WITHIN_S = 60.0
"""Seconds the pages may take to answer for the first time."""
STOP_WITHIN_S = 10.0
FREE_WITHIN_S = 30.0
"""Seconds the server of a demo that was killed may take to end."""
LARGEST_LOG = 8 * 1024 * 1024
PASSWORD = "lanjiang-2026"  # noqa: S105 — of made-up people in a made-up city; it is printed at every start.

_SPARING = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""glibc keeps a heap for each thread and holds on to what was freed; the children have threads that mostly wait."""

ACCOUNTS = (
    ("linzhao", "林照", "办事人，代办两家企业"),
    ("xiachunhe", "夏春禾", "餐饮公司法定代表人"),
    ("luoxiaoyu", "罗小雨", "综合窗口"),
    ("shenqiubai", "沈秋白", "审查人员"),
    ("yuezhiheng", "岳知衡", "决定人"),
    ("meilanting", "梅岚亭", "机关负责人"),
    ("lumingjian", "陆明鉴", "督查人员"),
    ("fangjiangyue", "方江月", "分管领导"),
    ("wenshuyi", "温书仪", "事项管理"),
)
"""Accounts to begin with; the sign-in page shows all."""


class CannotRun(Exception):
    """Why the demo does not start, in a sentence with its remedy."""


def run(port: int, data: Path | None, *, reset: bool) -> int:
    """Runs the demo until Ctrl-C or SIGTERM. 0 when it has ended in order, 1 when it could not start."""
    began = time.monotonic()
    folder = (data or folders.usual_folder()).expanduser().absolute()
    ended = threading.Event()
    try:
        with _told_to_stop(ended), ExitStack() as stack:
            if reset:
                _nobody_runs(folder)
                folders.wipe(folder)
            folders.open_folder(folder)
            database = _database(folder, stack)
            port = free_port(port)
            departments = _any_port()
            environment = _environment(folder, database, port) | {
                "BANJIE_SOURCES_URL": f"http://{HOST}:{departments}",
                "BANJIE_SOURCES_KEY": secrets.token_hex(32),
            }
            _city(folder, environment, database, ended)
            children = [
                Child("web", "网页", ("web", str(port)), environment, folder),
                Child("worker", "后台", ("worker",), environment, folder),
                Child("departments", "部门数据", ("departments", str(departments)), environment, folder),
            ]
            for child in children:
                stack.callback(child.stop)
            stack.callback(_say, "正在停止……")
            _open_doors(port, children[0], ended)
            if not ended.is_set():
                # Only now, for on a small machine the two would hold each other up.
                for child in children[1:]:
                    child.start()
                _remember(folder, database, port)
                stack.callback(folders.forget_running, folder)
                _tell(folder, port, time.monotonic() - began)
                _watch(children, ended)
    except (CannotStart, CannotRun, NotOurs) as error:
        print(f"演示没有启动：{error}", file=sys.stderr, flush=True)
        return 1
    _say("已停止。数据留在 " + str(folder))
    return 0


# --- the parts ---


def _database(folder: Path, stack: ExitStack) -> EmbeddedPostgres:
    _nobody_runs(folder)
    if (folder / "database").exists() and folders.read(folder, STAMP) is None:
        _say("上次没有建完城市，重新开始")
        folders.wipe(folder)
    _say("启动数据库")
    database = EmbeddedPostgres(folder / "database")
    database.start()
    stack.callback(database.stop)
    database.keep_alive()
    return database


def _nobody_runs(folder: Path) -> None:
    """Raises `CannotRun` while a demo runs; waits for the server of one that was killed to end."""
    until = time.monotonic() + FREE_WITHIN_S
    while True:
        known = folders.running(folder)
        if known is not None:
            address, pid = known.get("address", ""), known["pid"]
            raise CannotRun(
                f"演示已经在运行：{address}（进程 {pid}）。请直接打开它，或先停止它，或用 --data 另选一个目录。"
            )
        if not folders.in_use(folder):
            return
        if time.monotonic() > until:
            raise CannotRun(f"{folder} 正在被另一个进程使用（正在启动或停止）。请稍后再试，或用 --data 另选一个目录。")
        time.sleep(0.05)


def _environment(folder: Path, database: EmbeddedPostgres, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BANJIE_", "PG", "DJANGO_"))}
    fonts = {name: value for name, value in os.environ.items() if name == "BANJIE_FONTS"}
    return {
        **kept,
        **fonts,
        **_SPARING,
        "PYTHONSAFEPATH": "1",  # A folder named like a module beside the caller must not be taken for it.
        "DJANGO_SETTINGS_MODULE": "banjie.settings",
        "BANJIE_DATABASE_URL": database.url("banjie_app"),
        "BANJIE_DATA": str(folder),
        "BANJIE_PUBLIC_URL": f"http://{HOST}:{port}",
        "BANJIE_PROBE_URL": f"http://{HOST}:{port}/",
        "BANJIE_DEMO": "1",
    }


def _city(folder: Path, environment: Mapping[str, str], database: EmbeddedPostgres, ended: threading.Event) -> None:
    """Builds the city where there is none, and brings its tables up to date where they have changed."""
    tables = _tables_digest()
    stamp = folders.read(folder, STAMP)
    if stamp is not None and stamp.get("tables") == tables:
        return
    owner = {"BANJIE_OWNER_URL": database.url("banjie_owner")}
    if stamp is None:
        _say("第一次启动，建立澜江市（一般不到一分钟，做到哪里都会写出来）")
        quick = f"{environment['BANJIE_DATABASE_URL']}&options=-csynchronous_commit%3Doff"
        _do("banjie.demo.seed", (), {**environment, **owner, "BANJIE_DATABASE_URL": quick}, ended)
    else:
        _say("数据库表有变化，正在更新")
        _do("banjie.demo.seed", ("tables",), {**environment, **owner}, ended)
    day = time.strftime("%Y-%m-%d")
    folders.write(folder, STAMP, {"founded_on": (stamp or {}).get("founded_on", day), "tables": tables})


def _do(module: str, arguments: tuple[str, ...], environment: Mapping[str, str], ended: threading.Event) -> None:
    """A step in a process of its own, which ends with us."""
    step = subprocess.Popen(  # noqa: S603 — a list of our own, no shell.
        [sys.executable, "-m", "banjie.demo.children", "step", module, *arguments],
        env=dict(environment),
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    while step.poll() is None:
        if ended.wait(0.05):
            _end_group(step, STOP_WITHIN_S)
            raise CannotRun("建城途中被中断。下次启动会重新开始。")
    if step.returncode:
        raise CannotRun("城市没有建成，原因见上。请用 --reset 重试；仍不成功请报告问题。")


def _tables_digest() -> str:
    """A mark of the tables this version works with."""
    mark = hashlib.sha256()
    for room in (files("banjie.records") / "migrations", files("banjie.records") / "sql"):
        for entry in sorted(room.iterdir(), key=lambda one: one.name):
            if entry.is_file() and entry.name.endswith((".py", ".sql")):
                mark.update(entry.read_bytes())
    return mark.hexdigest()


@dataclass(slots=True)
class Child:
    """Web or worker: started, watched, started again, ended with everything it has started itself."""

    key: str
    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = field(default=0.5)

    @property
    def log(self) -> Path:
        """Where the child's words go."""
        return self.folder / f"{self.key}.log"

    def start(self) -> None:
        """Starts it."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 — a list of our own, no shell.
                [sys.executable, "-m", "banjie.demo.children", *self.arguments],
                env=dict(self.environment),
                stdin=subprocess.PIPE,  # Its end of file tells the child that we are gone.
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C reaches us only, and we end it in order.
            )
        self.started = time.monotonic()

    def keep(self, ended: threading.Event) -> None:
        """Starts it again if it has died; waits longer each time it dies young."""
        if self.process is None or self.process.poll() is None:
            return
        code = self.process.returncode
        _end_group(self.process, 0.0)  # What it had started itself is left over.
        self.pause = 0.5 if time.monotonic() - self.started > 30 else min(self.pause * 2, 15.0)
        _say(f"{self.name}进程意外结束（{code}），{self.pause:.0f} 秒后重新启动；日志在 {self.log}")
        if not ended.wait(self.pause):
            self.start()

    def stop(self) -> None:
        """Ends it in order, by force if it takes too long."""
        if self.process is not None:
            _end_group(self.process, STOP_WITHIN_S)


def _end_group(process: "subprocess.Popen[bytes]", patience: float) -> None:
    """Ends a child that leads a group: first the child in order, then whatever is left of the group."""
    if patience and process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


# --- the address ---


def free_port(wanted: int) -> int:
    """The wanted port, or the next free one, said aloud."""
    for port in range(wanted, min(wanted + 50, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        if port != wanted:
            _say(f"端口 {wanted} 已被占用，改用 {port}")
        return port
    raise CannotRun(f"端口 {wanted} 起的 50 个端口都被占用。请用 --port 另选一个。")


def _any_port() -> int:
    """A free port for what nobody types into a browser."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _open_doors(port: int, web: Child, ended: threading.Event) -> None:
    """Starts the pages and waits until they answer."""
    _say("启动网页")
    web.start()
    until = time.monotonic() + READY_WITHIN_S
    while not ended.is_set() and time.monotonic() < until:
        if _answers(port):
            return
        web.keep(ended)
        ended.wait(0.05)
    if not ended.is_set():
        raise CannotRun(f"网页 {READY_WITHIN_S:.0f} 秒内没有应答。原因在 {web.log}。")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _remember(folder: Path, database: EmbeddedPostgres, port: int) -> None:
    folders.write(
        folder,
        RUNNING,
        {
            "pid": os.getpid(),
            "address": f"http://{HOST}:{port}",
            "database_url": database.url("banjie_app"),
            "owner_url": database.url("banjie_owner"),
        },
    )


def _tell(folder: Path, port: int, seconds: float) -> None:
    founded = (folders.read(folder, STAMP) or {}).get("founded_on", "")
    print(f"\n澜江市已经开门（{seconds:.1f} 秒）：http://{HOST}:{port}\n", flush=True)
    print(f"演示账号，密码都是 {PASSWORD}：")
    for account, name, what in ACCOUNTS:
        print(f"  {account:<14}{name}　{what}")
    print("更多账号见登录页。城市、人员、单位和办件都是编造的。")
    if founded != time.strftime("%Y-%m-%d"):
        print(f"城市建于 {founded}，时间一直在走；想回到起点请用 banjie demo --reset。")
    print(f"数据在 {folder}，按 Ctrl-C 停止。", flush=True)


def _watch(children: list[Child], ended: threading.Event) -> None:
    while not ended.wait(0.5):
        for child in children:
            child.keep(ended)


@contextmanager
def _told_to_stop(ended: threading.Event) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP set `ended` for as long as this lasts."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(words: str) -> None:
    print(words, flush=True)
