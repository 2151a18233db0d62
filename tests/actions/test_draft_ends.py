"""The end of a draft that is not handed in: what belongs to it goes with it, what happened stays."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town

from banjie.actions import draft_ends
from banjie.actions.paper_uploads import begin
from banjie.engine.papers import STANDARD
from banjie.packs.drafts import draft_custom, read_draft_custom
from banjie.packs.reading import PackError
from banjie.records import drafts, papers
from banjie.records.database import Eyes
from banjie.records.drafts import Draft
from banjie.records.people import MACHINE


def begun(town: Town) -> Draft:
    """A draft for which something was asked and answered, with an upload under way."""
    who = town.who(AGENT)
    draft_id = drafts.start(town.platform.database, who.eyes, region=REGION, holder=RESTAURANT, item=FOOD, edition=1)
    draft = drafts.get(town.platform.database, who.eyes, REGION, draft_id)
    assert draft is not None
    begin(town.platform, who, draft, "floor_plan", STANDARD, "平面图.pdf", 5_000)
    with town.platform.database.seen_by(who.eyes) as cursor:
        cursor.execute(
            "INSERT INTO ask_values (region, ask, account, draft, held) VALUES (%s, gen_random_uuid(), %s, %s, %s)",
            (REGION, AGENT, draft_id, '{"company.name": "澜江春禾餐饮有限公司"}'),
        )
    return draft


def values(town: Town, draft: Draft) -> int:
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute("SELECT count(*) AS number FROM ask_values WHERE draft = %s", (draft.id,)).fetchone()
    return int(row["number"]) if row else 0


def test_giving_up_a_draft_takes_what_was_asked_for_it_along(town: Town) -> None:
    draft, who = begun(town), town.who(AGENT)
    assert values(town, draft) == 1

    assert not draft_ends.discard(town.platform, town.who(CLERK), draft), "别人的草稿删不了"
    assert values(town, draft) == 1
    assert draft_ends.discard(town.platform, who, draft)

    assert values(town, draft) == 0
    assert papers.uploads_of(town.platform.database, who.eyes, REGION, draft.id) == ()
    assert not draft_ends.discard(town.platform, who, draft), "第二次没有可删的"


def test_what_nobody_touches_is_swept_after_the_days_of_the_city(town: Town) -> None:
    draft, who = begun(town), town.who(AGENT)
    kept = timedelta(days=draft_custom().kept_days)

    draft_ends.sweep(town.platform, draft.changed_at + kept - timedelta(minutes=1))
    assert drafts.get(town.platform.database, who.eyes, REGION, draft.id) is not None

    assert draft_ends.sweep(town.platform, draft.changed_at + kept + timedelta(minutes=1)) >= 1
    assert drafts.get(town.platform.database, who.eyes, REGION, draft.id) is None
    assert values(town, draft) == 0


def test_only_the_platform_sweeps(town: Town) -> None:
    draft = begun(town)
    later = draft.changed_at + timedelta(days=9_999)
    eyes: Eyes
    for eyes in (town.who(AGENT).eyes, town.who(CLERK).eyes, Eyes()):
        assert drafts.sweep(town.platform.database, eyes, later, 10) == 0
    assert drafts.get(town.platform.database, town.who(AGENT).eyes, REGION, draft.id) is not None


@pytest.mark.parametrize("text", ["保留天数: 0", "保留天数: 半年", "天数: 3"])
def test_days_that_make_no_sense_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "drafts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError):
        read_draft_custom(tmp_path / "drafts.yaml")
