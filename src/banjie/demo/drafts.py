"""Applications people have begun and left lying: what they find again when they come back."""

from banjie.actions.platform import Platform
from banjie.demo.acts import FOOD, HYGIENE
from banjie.records import drafts, people

_BEGUN = (
    ("linzhao", "c-chunhe", FOOD, {"apply_type": "renewal", "business": "catering"}),
    ("xiachunhe", "c-chunhe", HYGIENE, {"apply_type": "new", "place": "shop"}),
    ("niejiangan", "c-jiangan", FOOD, {"apply_type": "new"}),
)


def leave_lying(platform: Platform) -> int:
    """Begins them; answers with how many."""
    begun = 0
    for account, holder, item, answers in _BEGUN:
        standing = people.standing(platform.database, account, platform.today())
        law = platform.laws.published(platform.region, item)
        if law is None or not any(party.id == holder for party in standing.parties):
            continue
        region, edition = platform.region, law.item.edition
        draft = drafts.start(platform.database, standing.eyes, region=region, holder=holder, item=item, edition=edition)
        drafts.save(platform.database, standing.eyes, draft, region, {"answers": answers})
        begun += 1
    return begun
