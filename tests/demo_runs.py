"""Running `banjie demo` as a process of its own, for the tests that look at a whole city."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # psutil ships no types

READY_WITHIN_S = 240.0
"""Seconds. Alone it takes a tenth of it; other tests may keep the machine busy."""


@dataclass
class Demo:
    """A demo over a data folder of its own. `command` is what starts it."""

    command: Sequence[str | Path]
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="banjie-demo-")))
    process: "subprocess.Popen[str] | None" = None
    said: str = ""

    @property
    def log(self) -> Path:
        """Where its words go."""
        return self.folder.with_suffix(".out")

    def start(self, *arguments: str) -> float:
        """Starts it and waits for its word that the doors are open; the seconds it took."""
        began = time.monotonic()
        self.begin(*arguments)
        self.wait_for("已经开门")
        return time.monotonic() - began

    def begin(self, *arguments: str) -> None:
        """Starts it and waits for nothing."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BANJIE_", "PYTHON"))}
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [*(str(one) for one in self.command), "demo", "--data", str(self.folder), *arguments],
                env={name: value for name, value in kept.items() if not name.startswith("DJANGO_")},
                cwd="/",
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def wait_for(self, words: str, times: int = 1) -> None:
        """Waits until it has said these words so many times."""
        until = time.monotonic() + READY_WITHIN_S
        while self.words().count(words) < times:
            assert self.process is not None
            assert self.process.poll() is None, self.words()
            assert time.monotonic() < until, self.words()
            time.sleep(0.1)

    def words(self) -> str:
        """Everything it has said since its start."""
        return self.log.read_text("utf-8")

    @property
    def port(self) -> int:
        """The port it serves at."""
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.words())
        assert found, self.words()
        return int(found[1])

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this demo: its parent, what that has started, and what stands over its folder."""
        found = []
        for one in psutil.process_iter():
            try:
                ours = str(self.folder) in " ".join(one.cmdline()) or one.environ().get("BANJIE_DATA") == str(
                    self.folder
                )
            except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
                continue
            if ours and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
        return found

    def gone_within(self, seconds: float) -> list[psutil.Process]:
        """What is still there after so many seconds."""
        until = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < until:
            time.sleep(0.1)
        return left

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ends it by a signal; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def close(self) -> None:
        """Ends it, whatever state it is in, and takes its folder away."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.gone_within(30)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)
