"""What she may do with a case besides waiting, by its pages: take it back, urge, mute, correct point by point."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from tests.actions.ways import found
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.demo.papers import paper_pdf
from banjie.engine.cases import Ask, Stage
from banjie.engine.cases.acts import AnswerUrge, AskCorrection, Claim
from banjie.records import drafts, notices
from banjie.web import my

OTHER = "guosuimian"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


@pytest.fixture
def agent() -> Client:
    return browser(AGENT)


def handed_in(town: Town) -> str:
    return town.submit(AGENT, FOOD, holder=RESTAURANT, answers={"apply_type": "new", "business": "sale"}).number


def address(number: str, page: str = "") -> str:
    return f"/me/cases/{REGION}/{number}{page}"


# --- ten minutes ---


def test_taken_back_everything_lies_in_a_draft_and_can_be_handed_in_again(town: Town, agent: Client) -> None:
    number = handed_in(town)
    before = town.case(number)
    town.clock.move(minutes=9)
    page = agent.get(address(number))
    assert "收回修改" in text_of(page.content)
    asked = agent.get(address(number, "/change"))
    assert "新的办件编号" in text_of(asked.content)
    answer = agent.post(address(number, "/change"), {"key": hidden(asked.content, "key")})
    assert answer.status_code == 303
    check = agent.get(answer["Location"])
    assert check.status_code == 200, text_of(check.content)
    assert "还没有完成" not in text_of(check.content), text_of(check.content)
    assert town.case(number).stage is Stage.RETURNED
    [draft] = [
        one for one in drafts.of_account(town.platform.database, town.who(AGENT).eyes) if one.id in answer["Location"]
    ]
    assert {one["sha256"] for one in draft.content["papers"]} == {one.sha256 for one in before.papers if one.sha256}
    sent = agent.post(f"/apply/{draft.id}/submit", {"anyway": "yes"})
    assert sent.status_code == 303, text_of(sent.content)
    again = drafts.find(town.platform.database, town.who(AGENT).eyes, draft.id)
    assert again is not None
    renewed = town.case(again.content["sent"]["number"])
    assert renewed.number != number
    assert (renewed.data, renewed.answers, renewed.later) == (before.data, before.answers, before.later)


def test_taken_back_twice_it_is_the_same_draft(town: Town, agent: Client) -> None:
    number = handed_in(town)
    first = agent.post(address(number, "/change"))
    second = agent.post(address(number, "/change"))
    assert first["Location"] == second["Location"]
    assert "继续修改并重新提交" in text_of(agent.get(address(number)).content)


def test_after_ten_minutes_or_once_taken_up_it_says_what_to_do(town: Town, agent: Client) -> None:
    number = handed_in(town)
    town.clock.move(minutes=11)
    assert "填错了？还可以改" not in text_of(agent.get(address(number)).content)
    late = agent.post(address(number, "/change"))
    assert late.status_code in (409, 422)
    assert "已经过了" in text_of(late.content)
    town.clock.set(date(2026, 11, 24))
    taken = handed_in(town)
    town.act(CLERK, taken, Claim())
    refused = agent.post(address(taken, "/change"))
    assert "窗口已经接件" in text_of(refused.content)
    assert town.case(taken).stage is Stage.PRECHECK


def test_the_desk_sees_that_it_may_still_be_taken_back(town: Town) -> None:
    number = handed_in(town)
    clerk = browser(CLERK)
    assert "申请人 09:10 前可收回" in text_of(clerk.get("/office/?desk=all").content)
    assert "以前申请人还可以收回修改" in text_of(clerk.get(f"/office/cases/{REGION}/{number}").content)
    town.clock.move(minutes=60)
    assert "前可收回" not in text_of(clerk.get("/office/?desk=all").content)


def test_nobody_takes_back_urges_or_mutes_anothers_case(town: Town) -> None:
    number = handed_in(town)
    stranger = browser(OTHER)
    for page in ("/change", "/urge", "/mute"):
        assert stranger.post(address(number, page), {"muted": "yes"}).status_code == 404, page
    assert town.case(number).stage is Stage.SUBMITTED


# --- urging and muting ---


def test_urged_once_a_day_and_the_answer_is_read(town: Town, agent: Client) -> None:
    number = handed_in(town)
    page = agent.get(address(number))
    agent.post(address(number, "/urge"), {"key": hidden(page.content, "key")})
    assert "今天已经催办过了" in text_of(agent.get(address(number)).content)
    again = agent.post(address(number, "/urge"), {"key": "another-key-1"}, follow=True)
    assert "正在答复" in text_of(again.content)
    town.settle()
    clerk = browser(CLERK)
    assert number in text_of(clerk.get("/office/").content)
    desk = clerk.get(f"/office/cases/{REGION}/{number}?act=answer-urge")
    assert "答复申请人" in text_of(desk.content)
    assert "最迟 2026年11月25日 答复" in text_of(desk.content)
    watching = browser("lumingjian")
    assert number in text_of(watching.get("/supervise/notices").content)
    town.act(CLERK, number, Claim())
    town.clock.move(minutes=25)  # Later than the mail of everybody else in town: the inbox lists the latest.
    town.act(CLERK, number, AnswerUrge("明天上午受理"))
    town.settle()
    assert "明天上午受理" in text_of(watching.get("/supervise/notices").content)
    assert "明天上午受理" in text_of(agent.get("/me/messages").content)
    town.clock.set(date(2026, 11, 24))


def test_a_case_is_muted_and_unmuted(town: Town, agent: Client) -> None:
    number = handed_in(town)
    who, case = town.who(AGENT), found(town, number).id
    agent.post(address(number, "/mute"), {"muted": "yes"})
    assert notices.is_muted(town.platform.database, who.eyes, REGION, case)
    assert "恢复短信和邮件通知" in text_of(agent.get(address(number)).content)
    agent.post(address(number, "/mute"), {"muted": "no"})
    assert not notices.is_muted(town.platform.database, who.eyes, REGION, case)


def test_only_supervisors_see_urgings_and_dead_letters(agent: Client) -> None:
    assert agent.get("/supervise/notices").status_code in (302, 403)
    assert browser(CLERK).get("/supervise/notices").status_code == 403


# --- correcting point by point ---

ASKS = (
    Ask("floor_plan", "没有标出水池", "请补标水池后重新上传", "食品安全法第三十三条"),
    Ask("safety_rules", "没有写明职责", "请补写后重新上传", "食品安全法第三十三条"),
    Ask("form:area", "面积与图纸不一致", "请改成一致", "食品安全法第三十三条"),
)


def asked_to_correct(town: Town) -> str:
    number = handed_in(town)
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, AskCorrection(ASKS, 5))
    return number


def pdf(name: str) -> BytesIO:
    file = BytesIO(paper_pdf(name, [name]))
    file.name = f"{name}.pdf"
    return file


def test_each_point_is_saved_by_itself_and_all_are_handed_in_at_once(town: Town, agent: Client) -> None:
    number = asked_to_correct(town)
    page = address(number, "/correct")
    assert "机关的答复期限已暂停" in text_of(agent.get(page).content)
    area = "120"  # As it was handed in.
    first = agent.post(page, {"save": "floor_plan", "paper-floor_plan": pdf("新平面图"), "f-area": area})
    assert first.status_code == 303, text_of(first.content)
    assert first["Location"].endswith("#point-floor_plan")
    elsewhere = browser(AGENT).get(page)
    assert "已保存 1 项，共 3 项" in text_of(elsewhere.content)
    assert "新平面图.pdf" in text_of(elsewhere.content)
    too_soon = agent.post(page, {"f-area": area})
    assert too_soon.status_code == 422
    assert "还没有上传" in text_of(too_soon.content)
    assert "新平面图.pdf" in text_of(too_soon.content)
    done = agent.post(page, {"paper-safety_rules": pdf("新制度"), "f-area": "170"})
    assert done.status_code == 303, text_of(done.content)
    case = town.case(number)
    assert case.stage is Stage.PRECHECK
    assert case.data["area"] == 17000
    assert {one.name for one in case.papers if one.material in ("floor_plan", "safety_rules")} == {
        "新平面图.pdf",
        "新制度.pdf",
    }


def test_a_saved_file_is_taken_out_again_and_a_wrong_field_is_not_saved(town: Town, agent: Client) -> None:
    number = asked_to_correct(town)
    page = address(number, "/correct")
    area = "120"  # As it was handed in.
    agent.post(page, {"save": "floor_plan", "paper-floor_plan": pdf("错的图"), "f-area": area})
    shown = agent.get(page).content.decode()
    removed = shown.split('name="remove" value="')[1].split('"')[0]
    assert agent.post(page, {"remove": removed}).status_code == 303
    assert "错的图" not in text_of(agent.get(page).content)
    wrong = agent.post(page, {"save": "form:area", "f-area": "很大"})
    assert wrong.status_code == 422
    assert "已保存 0 项" in text_of(agent.get(page).content)


# --- following ---


def test_who_has_it_by_when_and_how_fresh_it_is_stands_on_both_pages(town: Town, agent: Client) -> None:
    number = handed_in(town)
    case = town.case(number)
    mine = text_of(agent.get(address(number)).content)
    public = text_of(browser().post("/progress", {"number": number, "code": case.query_code}).content)
    for page in (mine, public):
        assert "窗口人员" in page
        assert "上次更新" in page
        assert town.law(FOOD).item.organ_name in page
    assert case.holder.name in mine
    assert case.holder.name not in public


def test_what_waits_for_her_is_never_pushed_off_the_overview(
    town: Town, agent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(my, "MOST_LATEST", 1)
    monkeypatch.setattr(my, "MOST_WAITING", 10_000)  # Others in town may have left her much to do.
    town.clock.move(minutes=25)
    waiting, plain, newest = (handed_in(town) for _ in range(3))
    town.act(CLERK, waiting, Claim())
    asked = Ask("floor_plan", "没有标出水池", "请标出水池的位置", "食品安全法第三十三条第一款")
    town.act(CLERK, waiting, AskCorrection((asked,), days=15))
    page = text_of(agent.get("/me").content)
    assert page.index("现在要您做的") < page.index(waiting) < page.index(newest)
    assert plain not in page
    assert "只列最近提交的 1 件" in page
    town.clock.set(date(2026, 11, 24))
