"""What a process that serves makes ready before anybody asks for it, beside the pages it already answers."""

import logging
import threading

from banjie.records.catalogue_search import warm
from banjie.wiring import platform

logger = logging.getLogger("banjie.search")


def begin() -> threading.Thread:
    """Reads the catalogue for searching in a thread of its own; a search that comes meanwhile waits for the rest."""
    thread = threading.Thread(target=_read, name="warming", daemon=True)
    thread.start()
    return thread


def _read() -> None:
    try:
        warm(platform().database)
    except Exception:
        # The database may still be starting: then the first search reads the catalogue, as it would have anyway.
        logger.warning("the catalogue could not be read ahead", exc_info=True)
