"""Papers people meet when they come to the demo: one in a draft with several files, one whose original was seen."""

from io import BytesIO

from banjie.actions import paper_drafts, paper_library
from banjie.actions.paper_receiving import Stored, keep_uploads
from banjie.actions.platform import Platform
from banjie.demo.acts import FOOD
from banjie.demo.papers import paper_pdf
from banjie.engine.papers import STANDARD
from banjie.engine.subject import Refused
from banjie.records import cases, drafts, people

_AUTHOR, _HOLDER, _CLERK = "linzhao", "c-chunhe", "luoxiaoyu"
_FLOORS = (("一层平面图.pdf", "一层"), ("二层平面图.pdf", "二层"))


def lay_out(platform: Platform) -> int:
    """Puts a plan of two floors into 林照's draft, and has the clerk see an original; answers with how many papers."""
    return _two_floors(platform) + _one_original(platform)


def _two_floors(platform: Platform) -> int:
    author = people.standing(platform.database, _AUTHOR, platform.today())
    begun = drafts.of_account(platform.database, author.eyes)
    draft = next((one for one in begun if one.item == FOOD and not one.content.get("sent")), None)
    if draft is None:
        return 0
    files = [(name, BytesIO(paper_pdf(words, [f"经营场所{words}"], plan=True))) for name, words in _FLOORS]
    kept = [one for one in keep_uploads(platform, files) if isinstance(one, Stored)]
    papers, _ = paper_drafts.add(platform, author, draft, "floor_plan", STANDARD, kept)
    plans = [one for one in papers if one["material"] == "floor_plan"]
    captions = {str(one["id"]): f"{words}平面" for one, (_, words) in zip(plans, _FLOORS, strict=False)}
    paper_drafts.caption(platform, author, draft, captions)
    return len(kept)


def _one_original(platform: Platform) -> int:
    clerk = people.standing(platform.database, _CLERK, platform.today())
    for found in cases.of_parties(platform.database, clerk.eyes, [_HOLDER]):
        paper = next((one for one in found.case.papers if one.sha256), None)
        if paper is None or not found.case.decided_on:
            continue
        try:
            paper_library.verify(platform, clerk, found.region, found.number, paper.sha256)
        except Refused:
            continue  # Decided by an office of somebody else's.
        return 1
    return 0
