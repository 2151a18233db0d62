"""Drafts: whose they are, and that two tabs do not overwrite each other."""

from concurrent.futures import ThreadPoolExecutor

from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town

from banjie.records import drafts
from banjie.records.database import NOBODY


def begun(town: Town) -> str:
    return drafts.start(
        town.platform.database, town.who(AGENT).eyes, region=REGION, holder=RESTAURANT, item=FOOD, edition=1
    )


def content(town: Town, draft_id: str) -> dict[str, object]:
    draft = drafts.get(town.platform.database, town.who(AGENT).eyes, REGION, draft_id)
    assert draft is not None
    return dict(draft.content)


def test_a_draft_is_its_accounts_own(town: Town) -> None:
    database, draft_id = town.platform.database, begun(town)

    for eyes in (town.who(CLERK).eyes, NOBODY):
        assert drafts.get(database, eyes, REGION, draft_id) is None
        assert drafts.find(database, eyes, draft_id) is None
        assert draft_id not in {draft.id for draft in drafts.of_account(database, eyes)}
        assert drafts.save(database, eyes, draft_id, REGION, {"data": {}}) is None
        assert not drafts.discard(database, eyes, draft_id, REGION)

    mine = drafts.find(database, town.who(AGENT).eyes, draft_id)
    assert mine is not None
    assert (mine.account, mine.holder, mine.item, mine.content) == (AGENT, RESTAURANT, FOOD, {})
    assert drafts.discard(database, town.who(AGENT).eyes, draft_id, REGION)
    assert drafts.find(database, town.who(AGENT).eyes, draft_id) is None


def test_saving_a_section_leaves_the_others(town: Town) -> None:
    database, eyes, draft_id = town.platform.database, town.who(AGENT).eyes, begun(town)

    first = drafts.save(database, eyes, draft_id, REGION, {"answers": {"apply_type": "new"}, "key": "k-1"})
    second = drafts.save(database, eyes, draft_id, REGION, {"answers": {"apply_type": "renewal"}, "later": ["lease"]})

    assert first is not None
    assert second is not None
    assert first < second
    assert content(town, draft_id) == {"answers": {"apply_type": "renewal"}, "key": "k-1", "later": ["lease"]}


def test_two_tabs_fill_in_two_pages_of_one_form(town: Town) -> None:
    database, eyes, draft_id = town.platform.database, town.who(AGENT).eyes, begun(town)
    pages = [{f"field_{letter}": letter, "shared": letter} for letter in "abcdefgh"]

    with ThreadPoolExecutor(4) as tabs:
        list(
            tabs.map(
                lambda page: drafts.save_within(database, eyes, draft_id, REGION, section="data", values=page), pages
            )
        )

    data = content(town, draft_id)["data"]
    assert isinstance(data, dict)
    assert {key for key in data if key != "shared"} == {f"field_{letter}" for letter in "abcdefgh"}

    drafts.save_within(database, eyes, draft_id, REGION, section="data", values={"field_a": None, "field_b": "改"})
    data = content(town, draft_id)["data"]
    assert isinstance(data, dict)
    assert "field_a" not in data
    assert data["field_b"] == "改"


def test_replacing_keeps_nothing_of_before(town: Town) -> None:
    database, eyes, draft_id = town.platform.database, town.who(AGENT).eyes, begun(town)
    drafts.save(database, eyes, draft_id, REGION, {"data": {"phone": "13900001111"}})

    drafts.replace(database, eyes, draft_id, REGION, {"sent": {"number": "990100-20261124-0000001"}})

    assert content(town, draft_id) == {"sent": {"number": "990100-20261124-0000001"}}


def test_the_holder_may_change_and_the_latest_touched_stands_first(town: Town) -> None:
    database, eyes = town.platform.database, town.who(AGENT).eyes
    older, newer = begun(town), begun(town)

    drafts.change_holder(database, eyes, older, REGION, "c-qinghe")

    listed = drafts.of_account(database, eyes)
    assert [draft.id for draft in listed[:2]] == [older, newer]
    assert listed[0].holder == "c-qinghe"


def test_what_a_broken_paste_brings_is_dropped(town: Town) -> None:
    database, eyes, draft_id = town.platform.database, town.who(AGENT).eyes, begun(town)

    drafts.save(database, eyes, draft_id, REGION, {"typed": {"name\0": ["春\0禾", {"deep": "\0"}]}})

    assert content(town, draft_id) == {"typed": {"name": ["春禾", {"deep": ""}]}}


def test_several_parts_are_merged_at_once_and_none_takes_a_key_out(town: Town) -> None:
    who, database = town.who(AGENT), town.platform.database
    draft = drafts.start(database, who.eyes, region=REGION, holder=RESTAURANT, item=FOOD, edition=1)
    drafts.save_parts(database, who.eyes, draft, REGION, {"data": {"a": 1, "b": 2}, "rows": {"g.1": {"x": "甲"}}})
    drafts.save_parts(database, who.eyes, draft, REGION, {"data": {"a": None, "c": 3}, "seen": {"page": True}})
    kept = drafts.find(database, who.eyes, draft)
    assert kept is not None
    assert kept.content == {"data": {"b": 2, "c": 3}, "rows": {"g.1": {"x": "甲"}}, "seen": {"page": True}}


def test_a_draft_is_opened_with_what_its_page_asks_and_by_its_account_alone(town: Town) -> None:
    who, database = town.who(AGENT), town.platform.database
    draft = drafts.start(database, who.eyes, region=REGION, holder=RESTAURANT, item=FOOD, edition=1)
    opened = drafts.open_draft(database, who.eyes, draft, "")
    assert opened is not None
    assert opened.draft == drafts.find(database, who.eyes, draft)
    assert opened.facts[RESTAURANT]["company.name"] == "澜江春禾餐饮有限公司"
    stranger = town.who("zhouyibo")
    assert drafts.open_draft(database, stranger.eyes, draft, RESTAURANT) is None


def test_of_drafts_an_official_learns_numbers_only(town: Town) -> None:
    who, database = town.who(AGENT), town.platform.database
    before = drafts.answers_kept(database, REGION, FOOD)
    draft = drafts.start(database, who.eyes, region=REGION, holder=RESTAURANT, item=FOOD, edition=1)
    drafts.save_parts(database, who.eyes, draft, REGION, {"data": {"area": 100}, "rows": {"g.1": {}, "g.2": {}}})
    after = drafts.answers_kept(database, REGION, FOOD)
    assert after.drafts == before.drafts + 1
    assert after.fields["area"] == before.fields.get("area", 0) + 1
    assert after.fields["g"] == before.fields.get("g", 0) + 1
    drafts.replace(database, who.eyes, draft, REGION, {"sent": {}})
    assert drafts.answers_kept(database, REGION, FOOD).drafts == before.drafts
