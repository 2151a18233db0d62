"""A child of the demo, which lives no longer than its parent: `python -m banjie.demo.children web PORT`, `worker`,
`departments PORT`, or `step MODULE …` for a step of the founding.

Standard input is a pipe whose other end only the parent holds. Its end of file means that the parent is gone,
however it went, for the kernel closes a dead process's pipes. The child leads its own group of processes, so its
own children end with it. A parent-death signal would not do: it follows the thread that forked, and does not reach
grandchildren.
"""

import logging
import os
import signal
import sys
import threading
import time

PATIENCE_S = 8.0
"""Seconds from the polite word to the end by force."""


def main(arguments: list[str]) -> int:
    """Serves pages, or follows the journal and asks what is due, until told to stop or left alone."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    if arguments[0] == "web":
        from banjie.web.serving import serve  # noqa: PLC0415 — each child loads only what it runs.

        serve("127.0.0.1", int(arguments[1]), workers=1, threads=3)
    elif arguments[0] == "departments":
        from banjie.outside.demo_departments import serve as answer  # noqa: PLC0415 — the same.

        answer(int(arguments[1]), os.environ["BANJIE_SOURCES_KEY"].encode())
    elif arguments[0] == "step":
        from importlib import import_module  # noqa: PLC0415 — the same.

        return int(import_module(arguments[1]).main(arguments[2:]))
    else:
        work()
    return 0


def work() -> None:
    """Runs the worker over the database of the environment, until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.settings")
    import django  # noqa: PLC0415 — each child loads only what it runs.

    django.setup()
    from django.conf import settings  # noqa: PLC0415 — Django must be set up before anything that has tables.

    from banjie import worker  # noqa: PLC0415 — the same.
    from banjie.web.serving import LOG_FORMAT  # noqa: PLC0415 — the same.
    from banjie.wiring import platform  # noqa: PLC0415 — the same.

    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # Two lines a job would drown everything else.
    worker.run(platform(), settings.DATABASE_URL)


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
