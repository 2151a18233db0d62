"""Serving the pages and the API: granian over the WSGI application."""

import logging
import os

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

THREADS = 8
"""Requests a worker process handles at once. Pages wait for the database, so a few threads keep one core busy."""


def serve(host: str, port: int, *, workers: int = 1, threads: int = THREADS) -> None:
    """Serves until SIGTERM or SIGINT; requests that have begun are answered first.

    `banjie.settings` reads the environment in each worker process; this one stays light. A worker process that has
    died is replaced.
    """
    from granian import Granian  # noqa: PLC0415 — only who serves carries the server.
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415 — the same.

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.settings")
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    Granian(
        "banjie.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        blocking_threads_idle_timeout=600,
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        log_access=False,
    ).serve()
