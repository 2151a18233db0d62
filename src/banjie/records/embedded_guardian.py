"""Ends an embedded PostgreSQL when the program that started it is gone, however that program went.

Run as a script of its own, with the standard library only and without site packages, so it stays small:
`python -I -S embedded_guardian.py <pid of the program> <socket folder>`.

Standard input is a pipe whose other end only the program holds. A line `watch <pid>` names the server to end,
a line `rest` says that it has been ended properly. End of file means that the program has died: the kernel
closes its pipes even on kill -9. The parent-death signal of Linux would not do, for it follows the *thread*
that forked. Should some forked child keep the pipe open, the change of our own parent tells the same story.

The guardian also inherits the locked descriptor of the data folder, so the folder stays locked until the
server is really gone.
"""

import contextlib
import os
import select
import signal
import sys
import time

GRACE = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
"""Fast shutdown first, then an immediate one, then force; each with the seconds it is given."""


class Server:
    """The watched process. A pidfd, where the system has one, cannot be mistaken for a later process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def forget(self) -> None:
        if self.handle is not None:
            os.close(self.handle)

    def end(self) -> None:
        for sign, seconds in GRACE:
            try:
                if self.handle is not None:
                    signal.pidfd_send_signal(self.handle, sign)
                else:
                    os.kill(self.pid, sign)
            except ProcessLookupError:
                return
            if self._gone_within(seconds):
                return

    def _gone_within(self, seconds: float) -> bool:
        if self.handle is not None:
            return bool(select.select([self.handle], [], [], seconds)[0])
        for _ in range(int(seconds * 20)):
            time.sleep(0.05)
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return True
        return False


def main(parent: int, socket_folder: str) -> None:
    server: Server | None = None
    while True:
        ready, _, _ = select.select([0], [], [], 1.0)
        if not ready:
            if os.getppid() != parent:
                break
            continue
        told = os.read(0, 4096)
        if not told:
            break
        for line in told.decode().splitlines():
            if server is not None:
                server.forget()
                server = None
            if line.startswith("watch "):
                with contextlib.suppress(ProcessLookupError):
                    server = Server(int(line.removeprefix("watch ")))
    if server is not None:
        server.end()
        # PostgreSQL removes its socket when it ends in order; only then is the folder empty and goes too.
        with contextlib.suppress(OSError):
            os.rmdir(socket_folder)  # noqa: PTH106 - pathlib would double the memory of this small process.


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
