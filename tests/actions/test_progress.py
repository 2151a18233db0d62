"""How far a case has come: one sentence a state, a way like a parcel's, and what a stranger with the code may see."""

from datetime import date

import pytest
from tests.town import (
    AGENT,
    CLERK,
    DECIDER,
    FOOD,
    HEAD,
    INSPECTOR,
    REGION,
    RESTAURANT,
    REVIEWER,
    SECOND_INSPECTOR,
    SOIL,
    Town,
)

from banjie.actions.progress import Moment, events_told, public_progress, shown_day, stage_text, timeline, who_acts
from banjie.engine.cases import Ask, Delivery
from banjie.engine.cases.acts import (
    Accept,
    Approve,
    AskCorrection,
    Claim,
    Deliver,
    Deny,
    EndSpecial,
    Extend,
    FindNotCompetent,
    FinishStep,
    Resubmit,
    StartReview,
    StartSpecial,
    Withdraw,
)
from banjie.records import cases, journal, people
from banjie.records.people import MACHINE


def submitted(town: Town, item: str = FOOD) -> str:
    return town.submit(AGENT, item, holder=RESTAURANT).number


def reviewed(town: Town, item: str = FOOD) -> str:
    number = submitted(town, item)
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(REVIEWER, number, StartReview())
    return number


def decision_reached(town: Town) -> str:
    number = reviewed(town)
    town.act(REVIEWER, number, FinishStep("review", "材料相互一致"))
    town.act(INSPECTOR, number, FinishStep("site_visit", "现场相符"))
    town.act(SECOND_INSPECTOR, number, FinishStep("site_visit", "现场相符"))
    return number


def text(town: Town, number: str, *, public: bool = False) -> str:
    case = town.case(number)
    return stage_text(case, town.law(case.item), town.platform.today(), public=public)


def acts_now(town: Town, number: str) -> str:
    case = town.case(number)
    return who_acts(case, town.law(case.item))


def way(town: Town, number: str) -> tuple[Moment, ...]:
    agent = town.who(AGENT)
    found = cases.find(town.platform.database, agent.eyes, REGION, number)
    assert found is not None
    entries = journal.history(town.platform.database, agent.eyes, REGION, found.id)
    return timeline(found, entries, town.law(found.case.item), town.platform.today())


def stations(moments: tuple[Moment, ...]) -> str:
    return " ".join(f"{moment.title}:{moment.state}" for moment in moments)


def test_a_case_is_followed_from_the_counter_to_the_hand(town: Town) -> None:
    town.clock.set(date(2026, 11, 24))
    number = submitted(town)
    assert text(town, number) == "已提交，等待窗口预审"
    assert acts_now(town, number) == "澜江市行政审批局受理窗口"
    assert stations(way(town, number)) == "提交申请:done 受理审查:now 受理:next 审查:next 决定:next 送达:next"

    town.act(CLERK, number, Claim())
    assert text(town, number) == "正在预审材料"

    material = next(paper.material for paper in town.case(number).papers if not paper.held)
    town.act(CLERK, number, AskCorrection((Ask(material, "看不清", "请重新上传清晰的一份", "办法第十三条"),), days=10))
    assert text(town, number) == "请补正材料（共 1 项），请于 2026年12月8日 前提交"
    assert acts_now(town, number) == "申请人"
    assert shown_day(town.case(number), town.law(FOOD), town.platform.today()) == ("补正截止日", date(2026, 12, 8))
    assert stations(way(town, number)).endswith("通知补正:done 等待补正:now 受理:next 审查:next 决定:next 送达:next")

    town.act(AGENT, number, Resubmit(papers=tuple(p for p in town.case(number).papers if p.material == material)))
    town.act(CLERK, number, Accept())
    assert text(town, number) == "已受理，等待审查"
    town.act(REVIEWER, number, StartReview())
    assert text(town, number) == "审查中（当前环节：材料审查）"
    town.act(REVIEWER, number, FinishStep("review", "材料相互一致"))
    town.act(INSPECTOR, number, FinishStep("site_visit", "现场相符"))
    assert "等待另一人签署" not in " ".join(moment.text for moment in way(town, number))
    town.act(SECOND_INSPECTOR, number, FinishStep("site_visit", "现场相符"))
    assert stations(way(town, number)).endswith("审批决定:now 送达:next")

    town.act(DECIDER, number, Approve("符合条件"))
    assert text(town, number) == "已办结：准予"
    assert acts_now(town, number) == "澜江市行政审批局出件窗口"
    town.act(CLERK, number, Deliver(Delivery.ELECTRONIC, "已推送"))
    assert text(town, number).startswith("已送达")
    assert acts_now(town, number) == ""

    told = way(town, number)
    assert {moment.state for moment in told} == {"done"}
    assert [moment.title for moment in told if moment.who == "申请人"] == ["提交申请", "补正后提交"]


def test_a_refusal_says_where_to_turn_and_its_reasons_stay_between_us(town: Town) -> None:
    number = decision_reached(town)
    town.act(DECIDER, number, Deny(("经营场所不符合布局要求",)))

    assert "理由：经营场所不符合布局要求" in text(town, number)
    assert "申请行政复议" in text(town, number)
    assert "布局" not in text(town, number, public=True)
    assert "申请行政复议" in text(town, number, public=True)


def test_special_procedure_extension_and_withdrawal_are_told(town: Town) -> None:
    number = reviewed(town, SOIL)
    special = next(one for one in town.law(SOIL).item.special if one.statutory)
    town.act(REVIEWER, number, StartSpecial(special.key, 8, "需要专门判断"))
    assert text(town, number) == f"正在进行{special.name}，所需时间不计入办理期限"
    assert f"{special.name}:now 继续审查:next" in stations(way(town, number))
    town.act(REVIEWER, number, EndSpecial("符合要求"))

    town.act(HEAD, number, Extend(5, "需要核实布局"))
    assert text(town, number).endswith("已依法延期 5 个工作日，理由：需要核实布局")
    assert text(town, number, public=True).endswith("已依法延期 5 个工作日")

    town.act(AGENT, number, Withdraw("改变计划"))
    assert text(town, number).endswith("已提出撤回申请，等待机关确认")
    assert acts_now(town, number) == "澜江市行政审批局（确认撤回）"
    assert stations(way(town, number)).endswith("要求撤回:done 等待确认撤回:now")


def test_another_organs_matter_ends_the_way(town: Town) -> None:
    number = submitted(town)
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, FindNotCompetent("流动摊贩", "澜江市城市管理局"))

    assert text(town, number) == "不属于本机关职权范围：流动摊贩（请向澜江市城市管理局申请）"
    assert stations(way(town, number)) == "提交申请:done 窗口接件:done 不予受理:done"


def test_officials_read_everything_and_who_signed(town: Town) -> None:
    number = reviewed(town)
    town.act(REVIEWER, number, FinishStep("review", "材料相互一致", findings=("租赁合同将到期",)))
    clerk = town.who(CLERK)
    found = cases.find(town.platform.database, clerk.eyes, REGION, number)
    assert found is not None
    entries = journal.history(town.platform.database, clerk.eyes, REGION, found.id)
    names = people.names_of(town.platform.database, {entry.actor for entry in entries})

    told = events_told(entries, names, town.law(FOOD))

    assert [line.title for line in told] == ["提交申请", "窗口接件", "受理", "开始审查", "办结环节：材料审查"]
    assert told[-1].text == "通过：材料相互一致。发现：租赁合同将到期。进入：现场核查"
    assert told[-1].who == "澜江市行政审批局 沈秋白"
    assert "租赁合同" not in "".join(moment.text for moment in way(town, number))


def test_silence_is_told_as_what_it_means(town: Town) -> None:
    here = town.clock.at
    try:
        town.clock.set(date(2026, 11, 2))
        number = submitted(town)
        town.clock.set(date(2026, 11, 12))
        town.settle()
        assert text(town, number) == "窗口未在期限内答复，依法自 2026年11月2日 起视为受理"
        moments = way(town, number)
        [accepted] = [moment for moment in moments if moment.title == "视为受理"]
        assert accepted.who == "系统"
    finally:
        town.clock.at = here


def test_a_stranger_with_number_and_code_sees_the_way_and_no_person(town: Town) -> None:
    number = reviewed(town)
    case = town.case(number)

    found = public_progress(town.platform, f" {number} ", case.query_code.lower())

    assert found is not None
    assert (found.stage_text, found.due_name, found.left) == ("审查中（当前环节：材料审查）", "承诺办结日", 8)
    assert (found.used, found.unit, found.phone) == (0, "工作日", town.law(FOOD).item.consult_phone)
    told = repr(found)
    party = people.party(town.platform.database, MACHINE.eyes, RESTAURANT)
    assert party is not None
    secrets = (party.name, party.code, case.query_code, AGENT, REVIEWER, CLERK, *case.data.values())
    assert [secret for secret in secrets if isinstance(secret, str) and len(secret) > 3 and secret in told] == []


@pytest.mark.parametrize("wrong", ["number", "code", "both", "malformed"])
def test_a_wrong_number_and_a_wrong_code_look_the_same(town: Town, wrong: str) -> None:
    number = submitted(town)
    code = town.case(number).query_code
    other = "00000000" if code != "00000000" else "00000001"
    asked = {
        "number": ("990100-20261124-9999999", code),
        "code": (number, other),
        "both": ("990100-20261124-9999999", other),
        "malformed": ("'; DROP TABLE cases", "\0"),
    }[wrong]

    assert public_progress(town.platform, *asked) is None
