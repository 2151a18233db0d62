"""The pages and the API served for a measurement: granian with as many processes as asked for, on this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

PORT = 18765


@contextmanager
def served(*, workers: int, threads: int) -> Iterator[int]:
    """Serves on 127.0.0.1 at PORT over the database that the environment names; the server's process id."""
    server = subprocess.Popen(  # noqa: S603 — granian with arguments of ours.
        [
            sys.executable,
            "-m",
            "granian",
            "--interface=wsgi",
            f"--port={PORT}",
            "--host=127.0.0.1",
            f"--workers={workers}",
            f"--blocking-threads={threads}",
            "--backpressure=64",
            "--http=1",
            "--no-ws",
            "--log-level=error",
            "banjie.web.wsgi:application",
        ],
        env=os.environ | {"BANJIE_PUBLIC_URL": f"http://127.0.0.1:{PORT}"},
    )
    try:
        _wait_until_open()
        yield server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_open() -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=0.5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the web server did not open its port")
