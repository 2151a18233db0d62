"""智能预审 over real papers: each is opened and read as far as a machine can, and held against its review points."""

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from banjie.actions.platform import Platform
from banjie.actions.ports import FilesAway
from banjie.engine.catalogue import Item, Material
from banjie.engine.filing import Paper, Party
from banjie.engine.papers import Kind
from banjie.engine.prechecks import Checked, PaperSeen, precheck
from banjie.records import papers

logger = logging.getLogger("banjie.prechecks")

READ_LIMIT = 20 * 1024 * 1024
"""Bytes up to which a PDF is read while somebody waits."""

_KEPT = 128
_texts: OrderedDict[str, str | None] = OrderedDict()
_lock = Lock()


def look(
    platform: Platform,
    item: Item,
    materials: Sequence[Material],
    given: Sequence[Paper],
    data: Mapping[str, Any],
    *,
    applicant: Party,
) -> tuple[Checked, ...]:
    """What can be said about the papers of an application before it is handed in. It never fails: what cannot be
    read is unclear."""
    known = papers.known(platform.database, [paper.sha256 for paper in given if paper.sha256])
    wanted = {
        material.key
        for material in materials
        if any(one.how.startswith(("文中有", "日期在")) for one in material.checks)
    }
    seen = []
    for paper in given:
        row = known.get(paper.sha256)
        kind = Kind(row.kind) if row else None
        text, readable = None, True
        if paper.sha256 and kind is Kind.PDF and paper.material in wanted and paper.size <= READ_LIMIT:
            text, readable = _text(platform, paper.sha256)
        seen.append(
            PaperSeen(
                material=paper.material,
                name=paper.name,
                sha256=paper.sha256,
                pages=row.pages if row else 0,
                readable=readable,
                text=text,
                held=paper.held,
            )
        )
    return precheck(item, materials, seen, data, applicant=applicant, today=platform.today())


def _text(platform: Platform, sha256: str) -> tuple[str | None, bool]:
    """The words of a paper, and whether it is there at all. Read once a process: people come back to the page."""
    with _lock:
        if sha256 in _texts:
            _texts.move_to_end(sha256)
            return _texts[sha256], True
    try:
        with platform.files.open(sha256) as content:
            text = platform.papers.text(content, Kind.PDF)
    except KeyError:
        return None, False
    except FilesAway:
        logger.warning("files are away, %s is not read for the pre-check", sha256)
        return None, True
    with _lock:
        _texts[sha256] = text
        while len(_texts) > _KEPT:
            _texts.popitem(last=False)
    return text, True
