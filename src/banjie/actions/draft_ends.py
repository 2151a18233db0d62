"""The end of a draft that is not handed in: given up by whoever began it, or left lying until its days are over.

With it goes what was asked of departments for it, and every file that was not whole yet. That something was asked stays
in the history of the asks: it happened.
"""

from datetime import datetime, timedelta

from banjie.actions import paper_uploads
from banjie.actions.platform import Platform
from banjie.packs.drafts import draft_custom
from banjie.records import drafts, papers
from banjie.records.drafts import Draft
from banjie.records.people import MACHINE, Standing

MOST = 200
"""Drafts a round of the worker throws away, so that no round is long."""


def discard(platform: Platform, standing: Standing, draft: Draft) -> bool:
    """Throws a draft away with all that belongs to it. False when this account has none such."""
    for upload in papers.uploads_of(platform.database, standing.eyes, draft.region, draft.id):
        paper_uploads.give_up(platform, standing, upload)
    return drafts.discard(platform.database, standing.eyes, draft.id, draft.region)


def sweep(platform: Platform, now: datetime) -> int:
    """Throws away what nobody has touched for as long as the city sets; answers with how many drafts there were.

    Uploads that are not whole end by a rule of their own, much earlier.
    """
    before = now - timedelta(days=draft_custom().kept_days)
    return drafts.sweep(platform.database, MACHINE.eyes, before, MOST)
