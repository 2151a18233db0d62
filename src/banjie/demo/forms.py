"""A form left half filled, with rows: what a group looks like when one comes back to it."""

from typing import Any

from banjie.actions.platform import Platform
from banjie.demo.acts import DRUG, ROAD
from banjie.demo.stories_shops import PHARMACISTS
from banjie.records import drafts, people

_LEFT: tuple[tuple[str, str, str, dict[str, str], dict[str, dict[str, Any]], dict[str, Any]], ...] = (
    (
        "niejiangan",
        "c-jiangan",
        DRUG,
        {"apply_type": "new", "scope": "otc", "chilled": "no"},
        {f"pharmacists.{place:05d}0000": row for place, row in enumerate(PHARMACISTS[:2], 1)},
        {"staff.pharmacists.000030000": {"staff_name": PHARMACISTS[2]["staff_name"]}},
    ),
    (
        "guosuimian",
        "c-heshun",
        ROAD,
        {"work": "occupy", "green": "no", "traffic": "no"},
        {
            f"segments.{place:05d}0000": {
                "segment_road": "望江路",
                "segment_part": f"{place * 20} 号至 {place * 20 + 20} 号",
                "segment_length": 2050,
                "segment_width": 180,
            }
            for place in range(1, 31)
        },
        {},
    ),
)


def leave_forms(platform: Platform) -> int:
    """Begins them; answers with how many."""
    begun = 0
    for account, holder, item, answers, rows, typed in _LEFT:
        standing = people.standing(platform.database, account, platform.today())
        law = platform.laws.published(platform.region, item)
        if law is None or not any(party.id == holder for party in standing.parties):
            continue
        region = platform.region
        draft = drafts.start(
            platform.database, standing.eyes, region=region, holder=holder, item=item, edition=law.item.edition
        )
        kept = {
            key: {name: f"citizen {value}" if name == "staff_id" else value for name, value in row.items()}
            for key, row in rows.items()
        }
        parts: dict[str, dict[str, Any]] = {"answers": answers, "rows": kept, "typed": typed}
        drafts.save_parts(platform.database, standing.eyes, draft, region, parts)
        drafts.save(platform.database, standing.eyes, draft, region, {"key": draft})
        begun += 1
    return begun
