"""Two questions for ever: what happened? what is due? And beside them, the jobs that leave the building."""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import procrastinate

from banjie.actions import answering, calendar_rounds, dossiers, notices, paper_receiving, papers, reporting
from banjie.actions.figures import follow_figures
from banjie.actions.flow import follow_flow
from banjie.actions.platform import Platform
from banjie.actions.reactions import follow
from banjie.actions.wake import wake
from banjie.outside import jobs
from banjie.records import item_use

logger = logging.getLogger("banjie.worker")

JOBS_AT_ONCE = 4
"""A department's system that is slow to answer must not keep documents from being sealed."""

IDLE_S = 0.5
"""Seconds to wait when nothing has happened."""

WAKE_EVERY = timedelta(seconds=20)
"""How often to ask what is due."""

TROUBLE_S = 5.0
"""Seconds to wait after trouble (the database is away, a reaction failed) before trying again."""


def run(platform: Platform, url: str) -> None:
    """Runs until SIGTERM or SIGINT. Whatever is in the middle then is done again by the next worker, once."""
    stop = threading.Event()
    follower = threading.Thread(target=_loop, args=(platform, stop), name="follower")
    follower.start()
    try:
        asyncio.run(_jobs(platform, url, stop))
    finally:
        stop.set()
        follower.join()


def _loop(platform: Platform, stop: threading.Event) -> None:
    """Follows the journal and asks what is due, by turns."""
    next_wake = platform.now()
    while not stop.is_set():
        try:
            followed = follow(platform, platform.now()) + item_use.tally(platform.database)
            followed += follow_figures(platform, platform.now())
            followed += follow_flow(platform, platform.now())
            if platform.now() >= next_wake:
                wake(platform, platform.now())
                next_wake = platform.now() + WAKE_EVERY
        except Exception:
            logger.exception("the worker met trouble and tries again in %s s", TROUBLE_S)
            stop.wait(TROUBLE_S)
            continue
        if not followed:
            stop.wait(IDLE_S)


async def _jobs(platform: Platform, url: str, stop: threading.Event) -> None:
    """Carries out jobs until told to stop."""
    application = jobs.app(url, carrier_of(platform))
    loop = asyncio.get_running_loop()
    async with application.open_async():
        work = asyncio.create_task(
            application.run_worker_async(
                install_signal_handlers=False,
                concurrency=JOBS_AT_ONCE,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=jobs.HEARTBEAT_S,
                stalled_worker_timeout=jobs.STALLED_S,
            )
        )
        rescue = asyncio.create_task(_rescue(application))

        def finish() -> None:
            stop.set()
            work.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, finish)
        try:
            await work
        except asyncio.CancelledError:
            logger.info("the worker has stopped")
        finally:
            rescue.cancel()


async def _rescue(application: procrastinate.App) -> None:
    """A worker that was killed leaves its job marked as being done: somebody has to take it up again."""
    while True:
        try:
            if rescued := await jobs.rescue(application):
                logger.warning("took up %s jobs of a worker that died", rescued)
        except Exception:
            logger.exception("could not look for jobs of dead workers")
        await asyncio.sleep(jobs.HEARTBEAT_S)


def carrier_of(platform: Platform) -> Callable[..., object]:
    """What each task of `outside.jobs` does."""
    tasks: dict[str, Callable[..., object]] = {
        "seal_documents": papers.seal_documents,
        "seal_certificate": papers.seal_certificate,
        "carry_message": notices.carry,
        "ask_source": answering.put_question,
        "calendar_round": calendar_rounds.make_round,
        "send_report": reporting.send_report,
        "scan_paper": paper_receiving.scan_paper,
        "make_dossier": dossiers.make_dossier,
    }

    def carry_out(task: str, **arguments: str | int) -> object:
        return tasks[task](platform, **arguments)

    return carry_out
