"""Ask once, as pure law: who is asked for what, what an answer is worth, what stands when two sources differ."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine import sharing_asks, sharing_consents, sharing_contests, sharing_repeats
from banjie.engine.catalogue import Material
from banjie.engine.codec import decode, encode
from banjie.engine.forms import Fault
from banjie.engine.ids import Malformed
from banjie.engine.permissions import SYSTEM, Actor, Role
from banjie.engine.sharing import (
    Cost,
    Need,
    Plan,
    Proof,
    Source,
    SourceAnswer,
    SourceKind,
    Sources,
    Supplied,
    Value,
    ValueKind,
    judge,
    plainly,
    plan,
    require_reason,
    settle,
)
from banjie.engine.sharing_asks import (
    AnswerAsk,
    Ask,
    AskSource,
    AskStatus,
    EndAsk,
    FailAsk,
    RefuseAsk,
    RunLate,
    Trouble,
    UseAnswer,
)
from banjie.engine.standards import StandardMaterial
from banjie.engine.subject import Refused
from banjie.packs.load import load_items

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
APPLICANT = Actor("linzhao", "林照", frozenset({Role.APPLICANT}), parties=frozenset({"c-chunhe"}))
STRANGER = Actor("zhouyibo", "周一帛", frozenset({Role.APPLICANT}), parties=frozenset({"c-qinghe"}))


def source(key: str, *supplies: Supplied, order: int = 50, **more: object) -> Source:
    given_: dict[str, object] = {
        "key": key,
        "name": key,
        "kind": SourceKind.DEPARTMENT,
        "organ": "1199010000BJ00024K",
        "organ_name": "澜江市市场监督管理局",
        "audience": "company",
        "purpose": "核对",
        "supplies": supplies,
        "order": order,
        "ground": "行政许可法第三十三条",
    }
    return Source(**(given_ | more))  # type: ignore[arg-type]  # tests name what they change


NAME = Supplied("company.name", "名称", cost=Cost.HIGH)
STAFF = Supplied("company.staff", "人数", ValueKind.NUMBER)
MARKET = source(
    "market",
    NAME,
    Supplied("company.code", "代码", ValueKind.CREDIT_CODE),
    order=10,
    proves=(Proof("business_licence", "company.code"),),
)
INSURANCE = source("insurance", STAFF, order=20)
EARLIER = source("earlier", STAFF, Supplied("company.name", "名称"), order=80, kind=SourceKind.EARLIER)
POLICE = source("police", Supplied("person.name", "姓名", personal=True), audience="person", ground="", order=30)
ALL = Sources((EARLIER, INSURANCE, MARKET, POLICE))


def planned(*facts: str, **more: object) -> dict[str, tuple[str, ...]]:
    made: Plan = plan(ALL, Need(frozenset(facts)), audiences={"company", "person"}, today=DAY, **more)  # type: ignore[arg-type]  # tests name what they change
    return {one.source.key: one.facts for one in made.asks}


def test_each_fact_is_asked_of_one_source_in_order() -> None:
    assert planned("company.staff", "company.name") == {"market": ("company.name",), "insurance": ("company.staff",)}


def test_what_nobody_needs_nobody_is_asked_for() -> None:
    assert planned() == {}
    assert planned("somebody.else") == {}


def test_what_the_first_source_could_not_say_falls_to_the_next() -> None:
    assert planned("company.staff", tried={"insurance"}) == {"earlier": ("company.staff",)}
    assert planned("company.staff", tried={"insurance", "earlier"}) == {}


def test_what_is_held_and_fresh_is_not_asked_again() -> None:
    held = Value("company.staff", "12", "insurance", "社保", as_of=DAY)
    assert planned("company.staff", held=[held]) == {}
    old = Value("company.staff", "12", "insurance", "社保", as_of=DAY - timedelta(days=31))
    assert planned("company.staff", held=[old]) == {"insurance": ("company.staff",)}


def test_a_costly_fact_is_confirmed_by_a_register_and_never_taken_from_an_earlier_case() -> None:
    copied = Value("company.name", "春禾", "", "登记信息")
    assert planned("company.name", held=[copied]) == {"market": ("company.name",)}
    assert planned("company.name", tried={"market"}) == {"earlier": ("company.name",)}, "这个来源自己说代价低"


def test_whoever_did_not_consent_is_not_asked_about() -> None:
    need = Need(frozenset({"person.name"}))
    without = plan(ALL, need, audiences={"person"}, today=DAY)
    assert without.asks == ()
    assert [one.source.key for one in without.consents] == ["police"]
    agreed = plan(ALL, need, audiences={"person"}, consents={"police"}, today=DAY)
    assert [one.source.key for one in agreed.asks] == ["police"]


def test_nobody_is_asked_about_whom_he_does_not_know() -> None:
    assert plan(ALL, Need(frozenset({"company.name"})), audiences={"person"}, today=DAY) == Plan()


def test_a_licence_that_is_not_held_is_looked_for_by_its_number() -> None:
    need = Need(frozenset(), frozenset({"business_licence"}))
    made = plan(ALL, need, audiences={"company"}, today=DAY)
    assert [(one.source.key, one.facts) for one in made.asks] == [("market", ("company.code",))]
    held = plan(ALL, need, audiences={"company"}, certificates={"business_licence"}, today=DAY)
    assert held == Plan()
    assert ALL.numbers({"company.code": "91990102MA00RC0153"}) == {"business_licence": "91990102MA00RC0153"}
    assert ALL.numbers({}) == {}
    assert ALL.can_prove("business_licence") == (MARKET,)


FACTS = st.sets(st.sampled_from(["company.name", "company.staff", "company.code", "person.name", "x.y"]))


@given(FACTS, st.sets(st.sampled_from(["market", "insurance", "police", "earlier"])), st.booleans())
def test_a_plan_never_asks_more_than_it_may(facts: set[str], tried: set[str], agreed: bool) -> None:
    made = plan(
        ALL,
        Need(frozenset(facts)),
        audiences={"company", "person"},
        consents={"police"} if agreed else (),
        tried=tried,
        today=DAY,
    )
    told = [fact for one in made.asks for fact in one.facts]
    assert len(told) == len(set(told)), "一项只问一处"
    assert set(told) <= facts
    assert not {one.source.key for one in (*made.asks, *made.consents)} & tried
    assert agreed or not any(one.source.needs_consent for one in made.asks)


# --- what an answer is worth ---


def answer(**values: str) -> SourceAnswer:
    return SourceAnswer("a", "s", DAY, {name.replace("__", "."): value for name, value in values.items()})


def test_only_what_was_asked_for_is_kept() -> None:
    told = answer(company__name="春禾", company__code="91990102MA00RC0153")
    assert judge(MARKET, ("company.name",), told, today=DAY) == {"company.name": "春禾"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ValueKind.CREDIT_CODE, "91990102MA00RC0154"),
        (ValueKind.CITIZEN_ID, "990102198804120011"),
        (ValueKind.DATE, "2026-02-30"),
        (ValueKind.NUMBER, "-3"),
        (ValueKind.NUMBER, "很多"),
        (ValueKind.PHONE, "12"),
        (ValueKind.TEXT, "x" * 401),
        (ValueKind.TEXT, "a\x00b"),
    ],
)
def test_a_value_that_cannot_be_right_is_named(kind: ValueKind, value: str) -> None:
    told = source("one", Supplied("company.fact", "某项", kind))
    with pytest.raises(Malformed) as malformed:
        judge(told, ("company.fact",), answer(company__fact=value), today=DAY)
    assert malformed.value.field == "values.company.fact"
    assert malformed.value.remedy


@given(st.dictionaries(st.sampled_from(["company.name", "company.code", "x"]), st.text(max_size=500)))
def test_an_answer_is_either_types_or_a_refusal(values: dict[str, str]) -> None:
    try:
        kept = judge(MARKET, ("company.name", "company.code"), SourceAnswer("a", "s", DAY, values), today=DAY)
    except Malformed:
        return
    assert kept
    assert all(one.isprintable() and one.strip() == one for one in kept.values())


# --- two sources that differ ---


def value(words: str, key: str, order: int) -> Value:
    return Value("company.name", words, key, key, order)


def test_width_and_spaces_are_no_difference() -> None:
    settled = settle("company.name", [value("春 禾（Ａ）", "b", 2), value("春禾(a)", "a", 1)], Cost.HIGH)
    assert not settled.in_conflict
    assert settled.filled is not None
    assert settled.filled.source == "a"


def test_over_something_costly_she_chooses_over_something_cheap_the_first_stands() -> None:
    two = [value("甲", "a", 1), value("乙", "b", 2)]
    assert settle("company.name", two, Cost.HIGH).filled is None
    assert settle("company.name", two, Cost.LOW).filled == two[0]
    assert settle("company.name", two, Cost.HIGH, chosen="乙").filled == two[1]
    assert settle("company.name", two, Cost.HIGH, chosen="丙").filled is None
    assert settle("company.name", [], Cost.HIGH).values == ()


@given(st.lists(st.tuples(st.text(max_size=6), st.integers(0, 9)), max_size=6), st.sampled_from(Cost))
def test_what_stands_is_always_one_of_what_was_said(said: list[tuple[str, int]], cost: Cost) -> None:
    values = [value(words, str(index), order) for index, (words, order) in enumerate(said)]
    settled = settle("company.name", values, cost)
    assert {plainly(one.value) for one in settled.values} == {plainly(words) for words, _ in said}
    assert settled.filled is None or settled.filled in values
    assert settled == settle("company.name", list(reversed(values)), cost) or len({order for _, order in said}) < len(
        said
    )


# --- the life of an ask ---

BEGIN = AskSource(
    source="market",
    source_name="登记库",
    organ="1199010000BJ00024K",
    organ_name="澜江市市场监督管理局",
    party="c-chunhe",
    draft="0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c12",
    item="item",
    item_name="食品经营许可",
    purpose="核对",
    facts=("company.name",),
    labels=("名称",),
    ground="行政许可法第三十三条",
)
ANSWER = AnswerAsk({"company.name": "春禾"}, DAY)
ACTS: dict[str, tuple[Actor, sharing_asks.Command]] = {
    "AskSource": (APPLICANT, BEGIN),
    "AnswerAsk": (SYSTEM, ANSWER),
    "RefuseAsk": (SYSTEM, RefuseAsk("没有登记")),
    "FailAsk": (SYSTEM, FailAsk(Trouble.DOWN)),
    "RunLate": (SYSTEM, RunLate()),
    "UseAnswer": (APPLICANT, UseAnswer("0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c13", "990100-20261124-0000001")),
    "EndAsk": (APPLICANT, EndAsk()),
}


def after(*names: str, now: datetime = NOW) -> Ask:
    ask = Ask()
    for name in names:
        actor, command = ACTS[name]
        at = now + timedelta(hours=1) if name == "RunLate" else now
        for event in sharing_asks.decide(ask, command, actor=actor, now=at):
            ask = sharing_asks.evolve(ask, decode(type(event), encode(event)))
    return ask


STATES = {
    AskStatus.NONE: (),
    AskStatus.ASKED: ("AskSource",),
    AskStatus.ANSWERED: ("AskSource", "AnswerAsk"),
    AskStatus.REFUSED: ("AskSource", "RefuseAsk"),
    AskStatus.UNAVAILABLE: ("AskSource", "FailAsk"),
    AskStatus.LATE: ("AskSource", "RunLate"),
    AskStatus.ENDED: ("AskSource", "EndAsk"),
}


@pytest.mark.parametrize("status", AskStatus)
@pytest.mark.parametrize("name", ACTS)
def test_the_whole_table_of_an_ask(status: AskStatus, name: str) -> None:
    ask = after(*STATES[status])
    assert ask.status is status
    actor, command = ACTS[name]
    if status in sharing_asks.STATUSES[name]:
        sharing_asks.decide(ask, command, actor=actor, now=NOW + timedelta(hours=1))
    else:
        with pytest.raises(Refused, match="不能") as refused:
            sharing_asks.decide(ask, command, actor=actor, now=NOW)
        assert refused.value.remedy


def test_an_ask_needs_a_purpose_and_a_right() -> None:
    for wrong in (
        {"purpose": " "},
        {"facts": ()},
        {"ground": "", "consent": ""},
    ):
        command = replace(BEGIN, **wrong)
        with pytest.raises(Refused):
            sharing_asks.decide(Ask(), command, actor=APPLICANT, now=NOW)


def test_nobody_asks_about_others_and_nobody_but_the_platform_answers() -> None:
    with pytest.raises(Refused):
        sharing_asks.decide(Ask(), BEGIN, actor=STRANGER, now=NOW)
    for name in ("AnswerAsk", "RefuseAsk", "FailAsk", "RunLate"):
        with pytest.raises(Refused):
            sharing_asks.decide(after("AskSource"), ACTS[name][1], actor=APPLICANT, now=NOW)


def test_an_answer_after_the_time_is_noted_and_not_taken() -> None:
    ask = after("AskSource")
    [event] = sharing_asks.decide(ask, ANSWER, actor=SYSTEM, now=NOW + timedelta(minutes=2))
    assert isinstance(event, sharing_asks.CameTooLate)
    assert sharing_asks.evolve(ask, event).answered == ()


def test_the_history_says_which_facts_and_never_what_they_are() -> None:
    [event] = sharing_asks.decide(after("AskSource"), ANSWER, actor=SYSTEM, now=NOW)
    assert "春禾" not in str(encode(event))
    assert "company.name" in str(encode(event))


@given(st.lists(st.sampled_from(list(ACTS)), max_size=8))
def test_any_order_of_acts_ends_in_a_state_that_its_history_makes(names: list[str]) -> None:
    ask, history = Ask(), []
    for name in names:
        actor, command = ACTS[name]
        try:
            events = sharing_asks.decide(ask, command, actor=actor, now=NOW)
        except Refused:
            continue
        for event in events:
            history.append(event)
            ask = sharing_asks.evolve(ask, event)
    again = Ask()
    for event in history:
        kind = sharing_asks.KINDS[type(event).__name__]
        again = sharing_asks.evolve(again, decode(kind, encode(event)))
    assert again == ask
    assert decode(Ask, encode(ask)) == ask


# --- consent, contest, repeated ask ---


def test_consent_is_taken_back_as_easily_as_it_is_given() -> None:
    give = sharing_consents.GiveConsent(
        "p", "库", "公安局", "c-chunhe", "d", "i", "事项", ("姓名",), "我同意查询姓名。"
    )
    consent = sharing_consents.Consent()
    with pytest.raises(Refused):
        sharing_consents.decide(consent, give, actor=STRANGER, now=NOW)
    for command, status in (
        (give, sharing_consents.ConsentStatus.GIVEN),
        (sharing_consents.WithdrawConsent(), sharing_consents.ConsentStatus.WITHDRAWN),
        (give, sharing_consents.ConsentStatus.GIVEN),
    ):
        for event in sharing_consents.decide(consent, command, actor=APPLICANT, now=NOW):
            consent = sharing_consents.evolve(consent, event)
        assert consent.status is status
        assert sharing_consents.decide(consent, command, actor=APPLICANT, now=NOW) == ()


def test_a_contest_is_settled_once_by_the_office_that_keeps_the_value() -> None:
    raise_ = sharing_contests.ContestValue(
        *("c-chunhe", "d", "i", "事项", "company.name", "名称", "market", "登记库", "1199010000BJ00024K", "市监局"),
        *("甲", "乙", "改名了", DAY),
    )
    contest = sharing_contests.Contest()
    [event] = sharing_contests.decide(contest, raise_, actor=APPLICANT, now=NOW)
    contest = sharing_contests.evolve(contest, event)
    official = Actor("shi", "史", frozenset({Role.REVIEWER}), offices=frozenset({"1199010000BJ00024K"}))
    other = Actor("luo", "罗", frozenset({Role.WINDOW}), offices=frozenset({"1199010000BJ00016Q"}))
    settle_ = sharing_contests.SettleContest(upheld=True, words="已更正")
    for nobody in (APPLICANT, other):
        with pytest.raises(Refused):
            sharing_contests.decide(contest, settle_, actor=nobody, now=NOW)
    [event] = sharing_contests.decide(contest, settle_, actor=official, now=NOW)
    contest = sharing_contests.evolve(contest, event)
    assert contest.status is sharing_contests.ContestStatus.UPHELD
    with pytest.raises(Refused, match="已经答复过"):
        sharing_contests.decide(contest, settle_, actor=official, now=NOW)


def test_a_repeated_ask_has_a_reason_and_is_recorded_once() -> None:
    with pytest.raises(Refused, match="政府已经掌握") as refused:
        require_reason("营业执照", "91990102MA00RC0153", "  ", field="insist")
    assert refused.value.field == "insist"
    record = sharing_repeats.RecordRepeat("o", "局", "luo", "i", "事项", "m", "营业执照", "证照", "系统缺经营范围")
    [event] = sharing_repeats.decide(sharing_repeats.Repeat(), record, actor=SYSTEM, now=NOW)
    repeat = sharing_repeats.evolve(sharing_repeats.Repeat(), event)
    assert sharing_repeats.decide(repeat, record, actor=SYSTEM, now=NOW) == ()
    assert decode(sharing_repeats.Repeat, encode(repeat)) == repeat


def test_an_item_may_not_ask_everybody_for_what_the_register_says_is_held() -> None:
    item = next(one for one in load_items() if any(material.held for material in one.materials))
    standard = StandardMaterial("std-licence", "营业执照", held="business_licence")
    known = {standard.key: standard}
    asking = Material("licence", "营业执照复印件", "依据", standard=standard.key)

    def faults(material: Material) -> tuple[Fault, ...]:
        return sharing_repeats.forced_materials(replace(item, materials=(material,)), known)

    [fault] = faults(asking)
    assert fault.label == "营业执照复印件"
    assert "坚持要求的理由" in fault.remedy
    assert faults(replace(asking, held="business_licence")) == ()
    assert faults(replace(asking, insist="登记库尚未覆盖外地企业")) == ()
    assert faults(replace(asking, standard="")) == ()
