"""Asking government first: who is asked, what comes back, what never comes, consent, contest, and the meter."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.actions.asked import ANSWERS, CODE, DAY, TOKEN, Scene, says, scene
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town

from banjie.actions import asking, contesting
from banjie.actions.answering import NotRecognised, receive, run_late
from banjie.actions.asking import use_answers, withdraw_consent
from banjie.actions.ports import Reply
from banjie.actions.replay import replay
from banjie.engine.cases import Ask
from banjie.engine.cases.acts import AskCorrection, Claim
from banjie.engine.sharing import SourceAnswer
from banjie.engine.sharing_asks import AskStatus, Trouble
from banjie.engine.sharing_contests import ContestStatus
from banjie.engine.subject import Refused
from banjie.records import ask_figures, cases, journal, messages, sharing
from banjie.records.database import NOBODY
from banjie.records.people import MACHINE

OTHER = "zhouyibo"
MARKET = "shizhengping"


@pytest.fixture
def here(town: Town) -> Scene:
    return scene(town)


def test_by_law_at_once_by_consent_only_when_given(here: Scene) -> None:
    assert {one.source.key for one in here.plan.asks} >= {"market_register"}
    assert {one.source.key for one in here.plan.consents} == {"person_register"}

    here.begin()
    assert "person_register" not in here.asked.latest
    here.begin(agreed=("person_register",))

    row = here.row("person_register")
    assert row.ask.consent
    [consent] = here.asked.consents
    assert "林照" not in consent.consent.words
    assert "只用于这一次申请" in consent.consent.words


def test_an_ask_is_bound_to_its_application_and_purpose_and_tells_its_owner(here: Scene) -> None:
    here.begin()
    here.put("market_register")

    row = here.row("market_register")
    assert row.ask.status is AskStatus.ANSWERED
    assert row.held["company.address"] == ANSWERS["company.address"]
    [question] = [question for key, question in here.exchange.asked if key == "market_register"]
    assert question.subject == CODE
    assert question.purpose
    assert question.ground
    assert question.draft == here.applying.draft
    entries = journal.history(here.town.platform.database, here.who.eyes, REGION, row.id)
    assert [entry.kind for entry in entries] == ["Asked", "Answered"]
    told = str([entry.data for entry in entries])
    assert "二层" not in told, "查到的内容不进日志"
    owner = here.town.who("xiachunhe")
    seen = sharing.asks_of_parties(here.town.platform.database, owner.eyes, [RESTAURANT])
    assert row.id in {one.id for one in seen}
    assert all(not one.held for one in seen)


def test_what_was_asked_for_one_application_is_not_there_for_another(here: Scene, town: Town) -> None:
    here.begin()
    here.put("market_register")
    other = scene(town)

    assert other.asked.asks == ()
    assert {one.source.key for one in other.plan.asks} >= {"market_register"}, "另一次申请要另查"


def test_pressing_twice_asks_once(here: Scene) -> None:
    asked, wanted = here.asked, here.plan
    platform = here.town.platform
    for _ in range(2):
        asking.begin(platform, here.who, here.applying, asked, wanted)
    threads = [
        threading.Thread(target=asking.begin, args=(platform, here.who, here.applying, asked, wanted)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    keys = [row.ask.source for row in here.asked.asks]
    assert len(keys) == len(set(keys))


def test_a_job_that_runs_twice_asks_the_department_once(here: Scene) -> None:
    here.begin()
    here.put("market_register")
    here.put("market_register")

    assert [key for key, _ in here.exchange.asked].count("market_register") == 1


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"subject": "91990104MA00RC023T"}, Trouble.WRONG_SUBJECT),
        ({"ask": "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c99"}, Trouble.WRONG_SUBJECT),
        ({"values": {"company.credit_code": "91990102MA00RC0154"}}, Trouble.MALFORMED),
        ({"values": {"company.name": "x" * 500}}, Trouble.MALFORMED),
        ({"values": {"company.name": "春\x00禾"}}, Trouble.MALFORMED),
        ({"values": {"somebody.else": "x"}}, Trouble.MALFORMED),
        ({"values": {}}, Trouble.MALFORMED),
        ({"as_of": DAY + timedelta(days=2)}, Trouble.MALFORMED),
    ],
    ids=["别人的数据", "别的查询", "错的代码", "过长", "控制字符", "没问的", "空的", "将来的数据"],
)
def test_a_lying_answer_is_trouble_and_leaves_no_data(
    here: Scene, changes: dict[str, object], trouble: Trouble
) -> None:
    here.exchange.replies["market_register"] = says(ANSWERS, **changes)
    here.begin()
    here.put("market_register")

    row = here.row("market_register")
    assert row.ask.status is AskStatus.UNAVAILABLE
    assert row.ask.trouble is trouble
    assert not row.held
    assert "请您自己填写" in row.ask.words


def test_what_was_not_asked_for_is_left_behind(here: Scene) -> None:
    here.exchange.replies["market_register"] = says({}, values={**ANSWERS, "company.established_on": "2021-05-18"})
    here.begin()
    here.put("market_register")

    assert "company.established_on" not in here.row("market_register").held


def test_a_department_that_is_down_can_be_asked_again_by_her(here: Scene) -> None:
    here.exchange.replies["market_register"] = lambda _: Reply(trouble=Trouble.DOWN)
    here.begin()
    here.put("market_register")
    assert here.row("market_register").ask.status is AskStatus.UNAVAILABLE
    assert here.begin() == 0, "不会自己反复去问"

    here.exchange.replies["market_register"] = says(ANSWERS)
    assert here.begin(again=("market_register",)) == 1
    here.put("market_register")
    assert here.row("market_register").ask.status is AskStatus.ANSWERED


def later(here: Scene) -> str:
    here.exchange.replies["market_register"] = lambda _: Reply()
    here.begin()
    here.put("market_register")
    assert here.row("market_register").ask.status is AskStatus.ASKED
    return here.row("market_register").id


def answer(ask: str, **changes: object) -> SourceAnswer:
    return replace(SourceAnswer(ask, CODE, DAY, ANSWERS), **changes)  # type: ignore[arg-type]  # tests name what they change


def test_an_answer_that_comes_later_is_an_act_of_its_own_and_taken_once(here: Scene) -> None:
    ask = later(here)
    platform = here.town.platform
    for _ in range(2):
        assert receive(platform, REGION, ask, TOKEN, answer(ask)) is AskStatus.ANSWERED

    entries = journal.history(platform.database, here.who.eyes, REGION, ask)
    assert [entry.kind for entry in entries] == ["Asked", "Answered"]
    with pytest.raises(Refused, match="不同的答复"):
        receive(platform, REGION, ask, TOKEN, answer(ask, values={"company.name": "另一家公司"}))
    assert here.row("market_register").held["company.name"] == ANSWERS["company.name"]


def test_only_whoever_holds_the_token_answers(here: Scene) -> None:
    ask = later(here)
    for region, subject, token in (
        (REGION, ask, "a wrong one"),
        (REGION, "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c99", TOKEN),
        ("990102", ask, TOKEN),
    ):
        with pytest.raises(NotRecognised):
            receive(here.town.platform, region, subject, token, answer(ask))
    assert here.row("market_register").ask.status is AskStatus.ASKED


def test_a_lying_answer_that_comes_later_ends_the_ask(here: Scene) -> None:
    ask = later(here)
    with pytest.raises(Refused, match="不是您的数据"):
        receive(here.town.platform, REGION, ask, TOKEN, answer(ask, subject="91990104MA00RC023T"))
    assert here.row("market_register").ask.trouble is Trouble.WRONG_SUBJECT


def test_what_comes_after_the_time_is_told_so_and_not_kept(here: Scene) -> None:
    ask = later(here)
    platform = here.town.platform
    assert run_late(platform, REGION, ask, platform.now()) == 0
    after = platform.now() + timedelta(minutes=10)
    assert (REGION, ask) in sharing.overdue(platform.database, MACHINE.eyes, after)
    assert run_late(platform, REGION, ask, after) == 1
    with pytest.raises(Refused, match="来晚了"):
        receive(platform, REGION, ask, TOKEN, answer(ask))

    row = here.row("market_register")
    assert row.ask.status is AskStatus.LATE
    assert not row.held
    entries = journal.history(platform.database, here.who.eyes, REGION, ask)
    assert [entry.kind for entry in entries] == ["Asked", "WentLate", "CameTooLate"]


def test_consent_taken_back_takes_the_data_with_it(here: Scene) -> None:
    here.begin(agreed=("person_register",))
    here.put("person_register")
    assert here.row("person_register").held
    [consent] = here.asked.consents
    for _ in range(2):
        withdraw_consent(here.town.platform, here.who, REGION, consent.id)

    row = here.row("person_register")
    assert row.ask.status is AskStatus.ENDED
    assert not row.held
    assert here.begin(agreed=()) == 0
    assert "person_register" not in here.asked.agreed


def test_an_answer_on_its_way_is_not_taken_after_consent_was_taken_back(here: Scene) -> None:
    here.exchange.replies["person_register"] = lambda _: Reply()
    here.begin(agreed=("person_register",))
    here.put("person_register")
    ask = here.row("person_register").id
    withdraw_consent(here.town.platform, here.who, REGION, here.asked.consents[0].id)
    with pytest.raises(Refused):
        receive(
            here.town.platform,
            REGION,
            ask,
            TOKEN,
            SourceAnswer(ask, here.applying.person.code, DAY, {"person.name": "林照"}),  # type: ignore[union-attr]  # she is a party
        )
    assert not here.row("person_register").held


def test_nobody_else_sees_asks_values_consents_or_contests(here: Scene) -> None:
    here.begin(agreed=("person_register",))
    here.put("market_register")
    row = here.row("market_register")
    database = here.town.platform.database
    value = asking.known_values(here.town.platform, here.asked, here.registered)["company.address"][1]
    contest = contesting.contest(
        here.town.platform, here.who, here.applying, value, "住所", own="澜江市江左区望江路 120 号", reason="门牌变更"
    )
    for eyes in (NOBODY, here.town.who(OTHER).eyes, here.town.who(CLERK).eyes, here.town.who("lumingjian").eyes):
        assert sharing.find_ask(database, eyes, REGION, row.id) is None
        assert sharing.of_draft(database, eyes, REGION, here.applying.draft) == ((), (), ())
        assert sharing.find_contest(database, eyes, REGION, contest) is None
        assert journal.history(database, eyes, REGION, row.id) == ()
        with database.seen_by(eyes) as cursor:
            assert cursor.execute("SELECT 1 FROM ask_values WHERE ask = %s", (row.id,)).fetchall() == []
    owner = here.town.who("xiachunhe").eyes
    seen = sharing.find_ask(database, owner, REGION, row.id)
    assert seen is not None
    assert not seen.held, "内容只有查询的人在这次申请里看得到"
    keeper = here.town.who(MARKET).eyes
    assert sharing.find_contest(database, keeper, REGION, contest) is not None
    assert sharing.find_ask(database, keeper, REGION, row.id) is None


def test_nobody_asks_about_a_stranger(here: Scene) -> None:
    stranger = here.town.who(OTHER)
    with pytest.raises(Refused, match="不能办理"):
        asking.begin(here.town.platform, stranger, here.applying, here.asked, here.plan)


# --- contest ---


def test_a_contested_value_goes_to_its_keeper_and_the_answer_comes_back(here: Scene) -> None:
    platform = here.town.platform
    here.begin()
    here.put("market_register")
    value = asking.known_values(platform, here.asked, here.registered)["company.address"][1]
    with pytest.raises(Refused, match="没有写明理由"):
        contesting.contest(platform, here.who, here.applying, value, "住所", own="别处", reason=" ")
    with pytest.raises(Refused, match="与登记的相同"):
        contesting.contest(platform, here.who, here.applying, value, "住所", own=value.value + " ", reason="不对")
    contest = contesting.contest(platform, here.who, here.applying, value, "住所", own="望江路 120 号", reason="搬了")
    market = here.town.who(MARKET)
    assert contest in {
        row.id for row in sharing.contests_of_organs(platform.database, market.eyes, sorted(market.actor.offices))
    }
    for username in (CLERK, AGENT):
        with pytest.raises(Refused):
            contesting.settle(platform, here.town.who(username), REGION, contest, upheld=True, words="已更正")
    with pytest.raises(Refused, match="没有写明核查的结果"):
        contesting.settle(platform, market, REGION, contest, upheld=True, words="")
    contesting.settle(platform, market, REGION, contest, upheld=True, words="已核对变更材料，登记已更正。")
    here.town.settle()

    row = sharing.find_contest(platform.database, here.who.eyes, REGION, contest)
    assert row is not None
    assert row.contest.status is ContestStatus.UPHELD
    told = messages.of_parties(platform.database, here.who.eyes, [RESTAURANT], 999)
    assert any("数据异议已答复：住所" in one.subject and "登记已更正" in one.body for one in told)


# --- the case, and the meter ---


def figures(town: Town) -> ask_figures.Figure:
    found = ask_figures.of_month(town.platform.database, MACHINE.eyes, REGION, DAY.replace(day=1))
    return next(one for one in found if one.item == FOOD)


def test_the_meter_counts_what_was_not_asked_and_opens_into_its_cases(here: Scene) -> None:
    town = here.town
    town.settle()
    town.submit(AGENT, FOOD, holder=RESTAURANT)
    town.settle()
    before = figures(town)
    here.begin()
    here.put("market_register")
    asked = here.asked
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    case = cases.find(town.platform.database, here.who.eyes, REGION, number)
    assert case is not None
    for _ in range(2):
        use_answers(
            town.platform,
            here.who,
            asked,
            case_id=case.id,
            number=number,
            used={"company.name": ANSWERS["company.name"], "company.address": "别处"},
        )
    town.settle()

    after = figures(town)
    assert after.cases == before.cases + 1
    assert after.required > before.required
    assert after.satisfied == before.satisfied + 1, "营业执照免提交"
    assert after.filled == before.filled + 1, "照查到的填的只有一项"
    row = here.row("market_register")
    assert row.ask.number == number
    assert row.ask.used == ("company.name",)
    assert not row.held, "提交以后，查到的内容不再另存"
    listed = ask_figures.cases_of(town.platform.database, MACHINE.eyes, REGION, DAY.replace(day=1), item=FOOD, most=999)
    assert sum(one.required for one in listed) == after.required
    assert sum(one.satisfied for one in listed) == after.satisfied
    assert sum(one.filled for one in listed) == after.filled
    desk = town.who(CLERK)
    assert sharing.find_ask(town.platform.database, desk.eyes, REGION, row.id) is not None, "办件的窗口看得到查询记录"


def test_asking_again_for_what_the_city_holds_needs_a_reason_and_has_a_name_on_it(here: Scene) -> None:
    town = here.town
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    assert any(paper.material == "business_licence" and paper.held for paper in town.case(number).papers)
    town.act(CLERK, number, Claim())
    plain = Ask("business_licence", "要看纸质的", "请上传照片", "受理要求")
    with pytest.raises(Refused, match="政府已经掌握") as refused:
        town.act(CLERK, number, AskCorrection((plain,)))
    assert refused.value.field == "asks[0].insist"
    town.settle()
    before = figures(town).repeated

    town.act(CLERK, number, AskCorrection((replace(plain, insist="系统显示的经营范围为空，需要核对原件"),)))
    town.settle()

    assert figures(town).repeated == before + 1
    told = ask_figures.repeats_of(
        town.platform.database, town.who("lumingjian").eyes, REGION, DAY.replace(day=1), item=FOOD
    )
    [(region, said)] = [(region, one) for region, one in told if one.number == number]
    assert region == REGION
    assert said.by == CLERK
    assert "经营范围为空" in said.reason
    for username in (AGENT, OTHER):
        seen = ask_figures.repeats_of(town.platform.database, town.who(username).eyes, REGION, DAY.replace(day=1))
        assert list(seen) == []


def test_a_paper_the_city_does_not_hold_may_be_asked_for_as_ever(here: Scene) -> None:
    town = here.town
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, AskCorrection((Ask("floor_plan", "看不清", "重新上传", "食品安全法第三十三条"),)))


def test_the_stored_subjects_are_what_their_histories_make_of_them(here: Scene) -> None:
    here.begin(agreed=("person_register",))
    here.put("market_register")
    found: list[str] = []
    replay(here.town.platform, lambda difference: found.append(str(difference)))
    assert [
        line for line in found if " ask " in line or " consent " in line or " contest " in line or " repeat " in line
    ] == []
