"""Mandates at work: what an agent may do and see, from the day one is accepted until the day it ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.actions.ways import OWNER, RENEWAL, approve, issue
from tests.town import CLERK, FOOD, HYGIENE, REGION, RESTAURANT, Town

from banjie.actions import mandates as acts
from banjie.actions.joining import Verified, join
from banjie.actions.levels import require_to_collect
from banjie.actions.papers import certificate_pdf
from banjie.actions.replay import Difference, replay
from banjie.engine.cases.acts import Withdraw
from banjie.engine.ids import citizen_check_character
from banjie.engine.mandates import Accept, Kind, Mandate, MandateStatus, Offer, Resign, Revoke
from banjie.engine.scopes import WHOLE, Deed, Scope
from banjie.engine.subject import Refused
from banjie.records import cases, certificates, documents, drafts, journal, messages, people
from banjie.records import mandates as kept
from banjie.records.models import Account
from banjie.records.people import MACHINE, Standing

numbers = iter(range(1, 999))


@pytest.fixture
def helper(town: Town) -> str:
    """Somebody new in town, known by the identity service and acting for nobody yet."""
    return newcomer(town).key


def newcomer(town: Town, name: str = "何小满", level: int = 3) -> Account:
    first = f"99010219950101{next(numbers):03d}"
    return join(town.platform, Verified(name, first + citizen_check_character(first), level))


@pytest.fixture(autouse=True)
def _the_clock_goes_back(town: Town) -> Iterator[None]:
    before = town.clock.at
    yield
    town.clock.at = before


def give(town: Town, agent: str, scope: Scope = WHOLE, *, days: int = 30, accept: bool = True) -> Mandate:
    """The restaurant's representative gives a mandate, and it is accepted."""
    today = town.platform.today()
    act = Offer(
        Kind.AGENT, RESTAURANT, "澜江春禾餐饮有限公司", agent, "何小满", today, today + timedelta(days=days), scope
    )
    made = acts.offer(town.platform, act, actor=town.who(OWNER))
    if accept:
        made = acts.act_on_mandate(town.platform, Accept(), actor=town.who(agent), party=RESTAURANT, agent=agent)
    return made


def parties(who: Standing) -> list[str]:
    return [party.id for party in who.parties]


def test_a_mandate_is_worth_something_only_once_it_is_accepted(town: Town, helper: str) -> None:
    give(town, helper, accept=False)
    assert RESTAURANT not in parties(town.who(helper))
    acts.act_on_mandate(town.platform, Accept(), actor=town.who(helper), party=RESTAURANT, agent=helper)
    found = next(party for party in town.who(helper).parties if party.id == RESTAURANT)
    assert (found.relation, found.is_mine, found.scope) == (Kind.AGENT, False, WHOLE)
    number = town.submit(helper, HYGIENE, holder=RESTAURANT).number
    agent = town.case(number).agent
    assert agent is not None
    assert agent.id == helper


def test_what_ended_yesterday_is_refused_with_the_rule_and_the_draft_is_kept(town: Town, helper: str) -> None:
    give(town, helper, days=5)
    who = town.who(helper)
    draft = drafts.start(town.platform.database, who.eyes, region=REGION, holder=RESTAURANT, item=HYGIENE, edition=1)
    town.clock.set(town.platform.today() + timedelta(days=6))
    who = town.who(helper)
    assert RESTAURANT not in who.actor.parties
    assert [one.party for one in who.ended] == [RESTAURANT]
    with pytest.raises(Refused, match="民法典第一百七十三条") as refused:
        town.submit(helper, HYGIENE, holder=RESTAURANT)
    assert "草稿" in refused.value.remedy
    assert drafts.find(town.platform.database, who.eyes, draft) is not None


def test_a_scope_holds_for_acts(town: Town, helper: str) -> None:
    give(town, helper, Scope(frozenset({Deed.APPLY}), frozenset({HYGIENE})))
    number = town.submit(helper, HYGIENE, holder=RESTAURANT).number
    with pytest.raises(Refused, match="民法典第一百六十五条"):
        town.submit(helper, FOOD, holder=RESTAURANT)
    with pytest.raises(Refused, match="民法典第一百六十五条"):
        town.act(helper, number, Withdraw("不办了"))
    assert town.act(OWNER, number, Withdraw("不办了")).events


def test_a_scope_holds_for_whatever_is_read(town: Town, helper: str) -> None:
    """The database itself shows no more than the mandate: cases, papers, journal, documents, certificates, messages."""
    shown = town.submit(OWNER, HYGIENE, holder=RESTAURANT).number
    hidden = town.submit(
        OWNER,
        FOOD,
        holder=RESTAURANT,
        answers={"apply_type": "renewal", "business": "catering", "unchanged": "unchanged"},
    ).number
    approve(town, hidden)
    certificate = issue(town, hidden)
    town.settle()
    give(town, helper, Scope(frozenset({Deed.SEE}), frozenset({HYGIENE})))
    database, eyes = town.platform.database, town.who(helper).eyes
    seen = {one.number for one in cases.of_parties(database, eyes, [RESTAURANT], most=500)}
    assert shown in seen
    assert hidden not in seen
    assert cases.find(database, eyes, REGION, shown) is not None
    assert cases.find(database, eyes, REGION, hidden) is None
    whole = cases.find(database, MACHINE.eyes, REGION, hidden)
    part = cases.find(database, MACHINE.eyes, REGION, shown)
    assert whole is not None
    assert part is not None
    assert journal.history(database, eyes, REGION, part.id)
    assert not journal.history(database, eyes, REGION, whole.id)
    assert not documents.of_case(database, eyes, REGION, whole.id)
    assert not certificates.of_parties(database, eyes, [RESTAURANT])
    if certificate is not None:
        assert certificates.find(database, eyes, REGION, certificate.id) is None
    told = messages.of_parties(database, eyes, [RESTAURANT], most=500)
    assert {message.case_id for message in told} <= {
        one.id for one in cases.of_parties(database, eyes, [RESTAURANT], most=500)
    }
    assert people.party(database, eyes, RESTAURANT) is None


def test_collecting_shows_certificates_and_applying_shows_what_is_known(town: Town, helper: str) -> None:
    database = town.platform.database
    give(town, helper, Scope(frozenset({Deed.COLLECT})))
    expected = {one.id for one in certificates.of_parties(database, town.who(OWNER).eyes, [RESTAURANT])}
    eyes = town.who(helper).eyes
    assert {one.id for one in certificates.of_parties(database, eyes, [RESTAURANT])} == expected
    assert people.party(database, eyes, RESTAURANT) is None
    acts.act_on_mandate(town.platform, Resign("换人"), actor=town.who(helper), party=RESTAURANT, agent=helper)
    give(town, helper, Scope(frozenset({Deed.APPLY})))
    eyes = town.who(helper).eyes
    assert not certificates.of_parties(database, eyes, [RESTAURANT])
    assert people.party(database, eyes, RESTAURANT) is not None


def test_whoever_is_not_the_principal_gives_nothing(town: Town, helper: str) -> None:
    today = town.platform.today()
    act = Offer(Kind.AGENT, RESTAURANT, "澜江春禾餐饮有限公司", helper, "何小满", today, today)
    with pytest.raises(Refused, match="民法典第一百六十九条"):
        acts.offer(town.platform, act, actor=town.who("linzhao"))
    with pytest.raises(Refused, match="授权权限表"):
        acts.offer(town.platform, act, actor=town.who("niejiangan"))
    with pytest.raises(Refused, match="授权权限表"):
        acts.offer(town.platform, act, actor=town.who(helper))


def test_the_database_itself_refuses_a_mandate_from_nobody(town: Town, helper: str) -> None:
    """Behind the law stands the function that writes: it looks again at who acts."""
    row = acts.read_row(Mandate(status=MandateStatus.IN_FORCE, party=RESTAURANT, agent=helper), RESTAURANT, REGION)
    row["id"] = "00000000-0000-0000-0000-00000000aaaa"
    with pytest.raises(Exception, match="no say"):
        kept.save(
            town.platform.database,
            town.who(helper).eyes,
            today=town.platform.today(),
            expected=0,
            row=row | {"version": 1, "last_hash": ""},
            state={},
            at=town.platform.now(),
            entries=[],
        )


def test_a_representative_comes_in_whoever_was_first_and_the_former_one_is_out(town: Town) -> None:
    first = newcomer(town, "顾先到")
    after = newcomer(town, "方新任")
    own = next(party for party in town.who(after.key).parties if party.relation is Kind.OWN)
    code = "91990102MA00RC0153"
    company = people.party(town.platform.database, MACHINE.eyes, "c-chunhe")
    assert company is not None
    acts.register(
        town.platform,
        kind=Kind.AGENT,
        party=RESTAURANT,
        party_name=company.name,
        agent=first.key,
        agent_name="顾先到",
        evidence="首次登记",
    )
    with pytest.raises(Refused, match="民法典第六十一条"):
        acts.claim_company(town.platform, code, actor=town.who(first.key))
    facts = dict(company.facts)
    try:
        people.keep_party(
            town.platform.database,
            REGION,
            replace(company, facts=facts | {"company.legal_representative_id": own.code}),
        )
        acts.claim_company(town.platform, code, actor=town.who(after.key))
        assert next(party for party in town.who(after.key).parties if party.id == RESTAURANT).is_mine
        assert RESTAURANT not in parties(town.who(OWNER))
        acts.act_on_mandate(
            town.platform, Revoke("不再经办"), actor=town.who(after.key), party=RESTAURANT, agent=first.key
        )
        assert RESTAURANT not in parties(town.who(first.key))
    finally:
        people.keep_party(town.platform.database, REGION, replace(company, facts=facts))
        acts.install_representative(
            town.platform,
            party=RESTAURANT,
            party_name=company.name,
            agent=OWNER,
            agent_name="夏春禾",
            evidence="营业执照和身份证原件",
            actor=town.who(CLERK),
        )
    assert next(party for party in town.who(OWNER).parties if party.id == RESTAURANT).is_mine
    assert RESTAURANT not in parties(town.who(after.key))


def test_a_history_of_mandates_makes_what_is_stored(town: Town, helper: str) -> None:
    give(town, helper, Scope(frozenset({Deed.APPLY}), frozenset({HYGIENE})))
    acts.act_on_mandate(town.platform, Revoke("改范围"), actor=town.who(OWNER), party=RESTAURANT, agent=helper)
    give(town, helper)
    differences: list[Difference] = []
    replay(town.platform, differences.append)
    assert [one for one in differences if one.kind == "mandate"] == []
    row = kept.load(town.platform.database, MACHINE.eyes, REGION, RESTAURANT, helper)
    assert row.version == 5


# --- joining by a verified identity ---


def test_the_same_person_comes_back_to_the_same_account(town: Town) -> None:
    known = join(town.platform, Verified("林照", "990102198804120010", 2))
    assert known.username == "linzhao"
    assert known.level == 3, "what was proven before is not forgotten"


@pytest.mark.parametrize(
    ("verified", "rule"),
    [
        (Verified("林昭", "990102198804120010", 3), "姓名和公民身份号码须一致"),
        (Verified("林照", "990102198804120010", 1), "实名等级规定"),
    ],
)
def test_whoever_does_not_fit_is_told_how_to_mend_it(town: Town, verified: Verified, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        join(town.platform, verified)
    assert refused.value.rule == rule
    assert "窗口" in refused.value.remedy or "统一身份认证" in refused.value.remedy


def test_a_level_too_low_may_not_apply_and_is_told_how_to_raise_it(town: Town) -> None:
    account = newcomer(town, "秦初来", level=2)
    Account.objects.filter(pk=account.pk).update(level=1)
    who = town.who(account.key)
    with pytest.raises(Refused, match="实名等级") as refused:
        town.submit(account.key, HYGIENE, holder=who.parties[0].id)
    assert "统一身份认证" in refused.value.remedy
    assert date(2026, 1, 1) < town.platform.today()


def test_a_certificate_is_handed_to_a_person_surely_known(town: Town) -> None:
    number = town.submit(OWNER, FOOD, holder=RESTAURANT, answers=RENEWAL).number
    approve(town, number)
    issue(town, number)
    town.settle()
    rows = certificates.of_parties(town.platform.database, town.who(OWNER).eyes, [RESTAURANT])
    made = next((row for row in rows if row.sha256), None)
    row = made or rows[0]
    require_to_collect(town.platform, town.who(OWNER), row)
    Account.objects.filter(username=OWNER).update(level=2)
    try:
        with pytest.raises(Refused, match="实名等级") as refused:
            certificate_pdf(town.platform, town.who(OWNER), REGION, row.id)
        assert "刷脸" in refused.value.remedy
    finally:
        Account.objects.filter(username=OWNER).update(level=3)
    require_to_collect(town.platform, town.who(CLERK), row)
