"""Publishing an item takes two people, and nothing may stand against it."""

from dataclasses import replace
from datetime import date

import pytest
from tests.town import AGENT, CLERK, FOOD, REGION, Town

from banjie.actions.publishing import Stale, propose, publish, resume, withdraw
from banjie.engine import editions
from banjie.engine.catalogue import Item
from banjie.engine.codec import decode
from banjie.engine.subject import Refused, chain
from banjie.records import catalogue, journal
from banjie.records.catalogue import EditionRow, State
from banjie.records.people import MACHINE

MANAGER, OTHER_MANAGER = "wenshuyi", "gejiajun"
TODAY = date(2026, 11, 24)


def item(town: Town, serial: int, **changes: object) -> Item:
    """A copy of a published item under a code of its own."""
    code = f"1199010000BJ00016Q39901000{serial:05d}"
    return replace(town.law(FOOD).item, code=code, **changes)  # type: ignore[arg-type]  # tests name what they change


def proposed(town: Town, new: Item) -> EditionRow:
    return propose(town.platform, town.who(MANAGER), new)


def published(town: Town, row: EditionRow, by: str = OTHER_MANAGER) -> EditionRow:
    return publish(town.platform, town.who(by), row.region, row.code, row.edition)


def test_one_prepares_and_another_publishes(town: Town) -> None:
    draft = proposed(town, item(town, 1001))
    assert (draft.state, draft.edition, draft.gates, draft.prepared_by) == (State.DRAFT, 1, (), MANAGER)
    assert town.platform.laws.published(REGION, draft.code) is None

    row = published(town, draft)

    assert (row.state, row.prepared_by, row.published_by) == (State.PUBLISHED, MANAGER, OTHER_MANAGER)
    law = town.platform.laws.published(REGION, draft.code)
    assert law is not None
    assert law.item.edition == 1


def test_a_second_edition_follows_the_first(town: Town) -> None:
    first = item(town, 1002)
    published(town, proposed(town, first))

    draft = proposed(town, replace(first, minutes=5, effective_on=TODAY))
    assert draft.edition == 2
    published(town, draft)

    states = [row.state for row in catalogue.editions_of(town.platform.database, REGION, first.code)]
    assert states == [State.PUBLISHED, State.SUPERSEDED]
    law = town.platform.laws.published(REGION, first.code)
    assert law is not None
    assert (law.item.edition, law.item.minutes) == (2, 5)


def test_whoever_prepared_the_last_change_may_not_publish(town: Town) -> None:
    draft = proposed(town, item(town, 1003))
    with pytest.raises(Refused) as refused:
        published(town, draft, by=MANAGER)
    assert refused.value.rule == "事项双人发布"

    changed = propose(town.platform, town.who(OTHER_MANAGER), item(town, 1003, minutes=7))
    assert (changed.edition, changed.prepared_by) == (1, OTHER_MANAGER)
    with pytest.raises(Refused, match="双人"):
        published(town, changed, by=OTHER_MANAGER)
    assert published(town, changed, by=MANAGER).state is State.PUBLISHED


def test_what_stands_against_an_edition_keeps_it_a_draft(town: Town) -> None:
    draft = proposed(town, item(town, 1004, basis=()))
    assert [gate.field for gate in draft.gates] == ["basis"]

    with pytest.raises(Refused) as refused:
        published(town, draft)

    assert (refused.value.rule, refused.value.field) == ("发布门槛", "basis")
    assert town.platform.laws.published(REGION, draft.code) is None


def test_an_edition_of_a_later_day_switches_on_that_day(town: Town) -> None:
    town.clock.set(TODAY)
    first = item(town, 1005)
    published(town, proposed(town, first))
    draft = proposed(town, replace(first, minutes=5, effective_on=date(2026, 11, 27)))

    assert published(town, draft).state is State.SCHEDULED
    town.clock.set(date(2026, 11, 26))
    town.settle()
    law = town.platform.laws.published(REGION, first.code)
    assert law is not None
    assert law.item.edition == 1

    town.clock.set(date(2026, 11, 27))
    town.settle()
    law = town.platform.laws.published(REGION, first.code)
    assert law is not None
    assert (law.item.edition, law.item.minutes) == (2, 5)
    states = [row.state for row in catalogue.editions_of(town.platform.database, REGION, first.code)]
    assert states == [State.PUBLISHED, State.SUPERSEDED]
    assert town.platform.laws.law(REGION, first.code, 1).item.minutes == first.minutes
    town.clock.set(TODAY)


def test_the_second_of_two_who_draft_is_told(town: Town) -> None:
    row = proposed(town, item(town, 1010))
    opened = (row.edition, row.revision)
    propose(town.platform, town.who(MANAGER), item(town, 1010, minutes=6), opened=opened)
    with pytest.raises(Stale) as stale:
        propose(town.platform, town.who(OTHER_MANAGER), item(town, 1010, minutes=7), opened=opened)
    assert stale.value.by == MANAGER
    kept = catalogue.edition(town.platform.database, REGION, row.code, row.edition)
    assert kept is not None
    assert kept.minutes == 6


def test_the_basic_catalogue_and_the_register_of_materials_stand_against_a_draft(town: Town) -> None:
    base = item(town, 1011, name="饮食经营许可")
    first, *rest = base.materials
    draft = proposed(town, replace(base, materials=(replace(first, standard="std-none"), *rest)))
    faults = {fault.field: fault for fault in draft.gates}
    assert faults.keys() == {"name", "materials[0].standard"}
    assert "基本目录为“食品经营许可”" in faults["name"].reason
    with pytest.raises(Refused, match="发布门槛"):
        published(town, draft)


def test_the_row_is_the_sum_of_the_history(town: Town) -> None:
    row = published(town, proposed(town, item(town, 1012)))
    withdraw(town.platform, town.who(MANAGER), REGION, row.code, 1, "系统升级", as_=State.SUSPENDED)
    resume(town.platform, town.who(MANAGER), REGION, row.code, 1, "升级完成")
    withdraw(town.platform, town.who(MANAGER), REGION, row.code, 1, "依据废止", on=date(2027, 1, 1))
    found = catalogue.edition_row(town.platform.database, REGION, row.code, 1)
    assert found is not None
    state = editions.History()
    for entry in catalogue.history(town.platform.database, found):
        state = editions.evolve(state, decode(editions.KINDS[entry.kind], entry.data))
    assert state == found.history
    assert (state.ends_on, state.ends_as) == (date(2027, 1, 1), State.WITHDRAWN)


@pytest.mark.parametrize("who", [AGENT, CLERK, "haoqinghe"])
def test_only_managers_of_the_region(town: Town, who: str) -> None:
    draft = proposed(town, item(town, 1006))
    with pytest.raises(Refused, match="事项管理权限"):
        propose(town.platform, town.who(who), item(town, 1007))
    with pytest.raises(Refused, match="事项管理权限"):
        published(town, draft, by=who)
    with pytest.raises(Refused, match="事项管理权限"):
        withdraw(town.platform, town.who(who), REGION, draft.code, 1, "不再需要")


def test_withdrawing_takes_an_item_off_and_says_why(town: Town) -> None:
    row = published(town, proposed(town, item(town, 1008)))
    manager = town.who(MANAGER)

    with pytest.raises(Refused, match="理由"):
        withdraw(town.platform, manager, REGION, row.code, 1, "  ")
    assert withdraw(town.platform, manager, REGION, row.code, 1, "依据已废止").state is State.WITHDRAWN

    assert town.platform.laws.published(REGION, row.code) is None
    with pytest.raises(Refused, match="已停用"):
        published(town, row)
    with pytest.raises(Refused, match="没有第 9 版"):
        withdraw(town.platform, manager, REGION, row.code, 9, "没有这一版")
    assert proposed(town, item(town, 1008)).edition == 2


def test_the_history_of_an_edition_is_chained(town: Town) -> None:
    first = item(town, 1009)
    proposed(town, first)
    proposed(town, replace(first, minutes=8))
    row = published(town, proposed(town, replace(first, minutes=9)))
    withdraw(town.platform, town.who(MANAGER), REGION, row.code, 1, "依据已废止")

    subject = str(catalogue.subject_of(REGION, row.code, 1))
    entries = journal.history(town.platform.database, MACHINE.eyes, REGION, subject)

    assert [entry.kind for entry in entries] == ["EditionProposed"] * 3 + ["EditionPublished", "EditionWithdrawn"]
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.actor for entry in entries] == [MANAGER] * 3 + [OTHER_MANAGER, MANAGER]
    before = ""
    for entry in entries:
        before = chain(
            before,
            region=REGION,
            subject=subject,
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            kind=entry.kind,
            data=entry.data,
        )
        assert entry.hash == before
