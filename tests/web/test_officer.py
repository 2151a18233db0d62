"""The officials' desk: the worklist, a case with its papers and clocks, and every act as a form."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.town import (
    AGENT,
    CLERK,
    DECIDER,
    FOOD,
    HEAD,
    INSPECTOR,
    REGION,
    REVIEWER,
    ROAD,
    SECOND_INSPECTOR,
    SOIL,
    Town,
)
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.engine.cases import NAMES, Stage, acts, handing
from banjie.engine.cases.acts import path_of
from banjie.engine.cases.moving import MoveDeadlines
from banjie.web import desk_acts, worklist

TRAFFIC = "qinjianlu"
OPINION = "材料齐全，符合要求"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield
    town.clock.set(date(2026, 11, 24))


def address(number: str) -> str:
    return f"/office/cases/{REGION}/{number}"


def press(username: str, number: str, act: str, **typed: object) -> Any:
    """Opens the case, takes the form's key and sends the form."""
    client = browser(username)
    typed.setdefault("key", f"{act}-{username}-{number}"[:64])
    return client.post(f"{address(number)}/act/{act}", typed)


def banner(client: Client, number: str) -> str:
    return text_of(client.get(address(number)).content)


def accepted(town: Town, item: str = FOOD) -> str:
    number = town.submit(AGENT, item).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    return number


def in_review(town: Town, item: str = FOOD) -> str:
    number = accepted(town, item)
    town.act(REVIEWER, number, acts.StartReview())
    return number


# --- the worklist ---


def test_the_worklist_says_in_words_how_much_time_is_left(town: Town) -> None:
    town.clock.set(date(2026, 11, 2))
    late = in_review(town)
    town.clock.set(date(2026, 11, 24))
    soon = town.submit(AGENT, FOOD).number
    page = text_of(browser(REVIEWER).get("/office/?view=late").content)
    assert late in page
    assert "超期" in page
    assert soon not in page
    page = text_of(browser(CLERK).get("/office/").content)
    assert soon in page
    assert "剩 5 个工作日" in page
    town.clock.set(date(2026, 12, 1))
    assert "今天到期" in text_of(browser(CLERK).get("/office/?view=today").content)


def test_the_worklist_is_continued_without_a_gap(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "PAGE", 3)
    numbers = {town.submit(AGENT, FOOD).number for _ in range(7)}
    client, seen, where = browser(CLERK), [], f"/office/?item={FOOD}"
    while where:
        answer = client.get(where)
        page = answer.content.decode()
        seen += [number for number in numbers if f"open={number}" in page]
        following = page.partition('rel="next"')[0].rpartition('href="')[2] if 'rel="next"' in page else ""
        where = following.partition('"')[0].replace("&amp;", "&")
    assert sorted(seen) == sorted(numbers)


def test_a_case_opens_beside_the_list_at_an_address_of_its_own(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    page = browser(CLERK).get(f"/office/?open={number}").content.decode()
    assert 'class="bj-panel-side' in page
    assert address(number) in page
    assert "bj-panel-side" not in browser(CLERK).get("/office/?open=990100-20261124-9999999").content.decode()


def test_a_typed_number_opens_its_case(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    assert browser(CLERK).get("/office/", {"number": f" {number} "}).headers["Location"] == address(number)
    missing = browser(CLERK).get("/office/", {"number": "990100-20261124-9999999"})
    assert missing.status_code == 404
    assert "没有找到办件" in missing.content.decode()


def test_another_organ_sees_nothing(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    for stranger in ("ruanzuolan", "haoqinghe"):
        assert number not in browser(stranger).get("/office/?desk=all").content.decode()
        assert browser(stranger).get(address(number)).status_code == 404
        assert browser(stranger).post(f"{address(number)}/act/claim", {"key": "stranger-1"}).status_code == 404
    assert town.case(number).stage is Stage.SUBMITTED


# --- one case ---


def test_personal_data_is_shown_to_those_who_handle_the_case_only(town: Town) -> None:
    number = in_review(town, ROAD)
    code = town.case(number).holder.code
    assert code in browser(REVIEWER).get(address(number)).content.decode()
    page = browser(TRAFFIC).get(address(number)).content.decode()
    assert code not in page
    assert "个人信息已隐去" in page


def test_papers_are_read_in_a_frame_by_those_who_handle_the_case(town: Town) -> None:
    number = in_review(town, ROAD)
    paper = next(paper for paper in town.case(number).papers if paper.sha256)
    page = browser(REVIEWER).get(address(number))
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert f"/paper/{paper.sha256}" in page.content.decode()
    answer = browser(REVIEWER).get(f"{address(number)}/paper/{paper.sha256}")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert browser(TRAFFIC).get(f"{address(number)}/paper/{paper.sha256}").status_code == 404
    assert browser(REVIEWER).get(f"{address(number)}/paper/{'0' * 64}").status_code == 404


def test_only_what_is_possible_is_offered(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    page = text_of(browser(CLERK).get(address(number)).content)
    assert "预审" in page
    page = browser(DECIDER).get(f"{address(number)}?act=approve").content.decode()
    assert "作出准予决定" not in page


def test_a_case_goes_from_the_window_to_the_certificate_by_forms_alone(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    for who, act, typed in (
        (CLERK, "claim", {}),
        (CLERK, "accept", {}),
        (REVIEWER, "start-review", {}),
        (REVIEWER, "finish-step", {"step": "review", "outcome": "pass", "opinion": OPINION}),
        (INSPECTOR, "finish-step", {"step": "site_visit", "outcome": "pass", "template": OPINION}),
        (SECOND_INSPECTOR, "finish-step", {"step": "site_visit", "outcome": "pass", "opinion": OPINION}),
        (DECIDER, "approve", {"opinion": "准予"}),
        (CLERK, "deliver", {"way": "electronic", "evidence": "已推送到申请人账号"}),
    ):
        answer = press(who, number, act, **typed)
        assert answer.status_code == 303, f"{act}: {text_of(answer.content)[:400]}"
    assert town.case(number).stage is Stage.DELIVERED
    page = text_of(browser(CLERK).get(address(number)).content)
    assert "已送达" in page
    assert "受理通知书" in page
    assert "罗小雨" in page


def test_what_happened_is_said_and_pressing_twice_acts_once(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    client = browser(CLERK)
    key = hidden(client.get(address(number)).content, "key")
    first = client.post(f"{address(number)}/act/claim", {"key": key})
    second = client.post(f"{address(number)}/act/claim", {"key": key})
    assert (first.status_code, second.status_code) == (303, 303)
    page = banner(client, number)
    assert "已接件" in page
    assert "没有重复办理" in page


def test_a_refusal_names_its_rule_and_keeps_what_was_typed(town: Town) -> None:
    number = in_review(town)
    answer = press(
        REVIEWER, number, "finish-step", step="review", outcome="fail", opinion=" ", finding="营业执照：一致——符合"
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "必须写明内容或理由" in page
    assert "环节意见" in page
    assert "<title>错误：" in page
    assert 'value="fail" checked' in page
    assert town.case(number).signed == {}


def test_one_person_does_not_sign_twice(town: Town) -> None:
    number = in_review(town)
    town.act(REVIEWER, number, acts.FinishStep("review", OPINION))
    typed = {"step": "site_visit", "outcome": "pass", "opinion": OPINION}
    assert press(INSPECTOR, number, "finish-step", **typed).status_code == 303
    again = press(INSPECTOR, number, "finish-step", **typed, key="another-key-1")
    assert again.status_code == 422
    assert "第三十四条" in again.content.decode()


def test_whoever_may_not_is_told_who_may(town: Town) -> None:
    number = in_review(town, ROAD)
    running = town.case(number).active[0]
    answer = press(TRAFFIC, number, "finish-step", step=running, outcome="pass", opinion=OPINION)
    assert answer.status_code == 403
    assert "办件权限表" in answer.content.decode()


def test_everything_to_be_corrected_is_told_at_once(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, acts.Claim())
    page = browser(CLERK).get(f"{address(number)}?act=ask-correction").content.decode()
    assert "请一次写全" in page
    material = next(paper.material for paper in town.case(number).papers if paper.sha256)
    assert f'name="basis:{material}"' in page
    nothing = press(CLERK, number, "ask-correction", days="10")
    assert nothing.status_code == 422
    assert "没有列出任何内容" in nothing.content.decode()
    unsaid = press(CLERK, number, "ask-correction", ask=material, days="10", **{f"requirement:{material}": "请重画"})
    assert unsaid.status_code == 422
    assert f'href="#problem:{material}"' in unsaid.content.decode()
    assert 'value="请重画"' in unsaid.content.decode()
    wrong = press(CLERK, number, "ask-correction", ask=material, days="很多")
    assert wrong.status_code == 422
    assert "天数应为整数" in wrong.content.decode()
    asked = {
        f"problem:{material}": "没有比例",
        f"requirement:{material}": "请重画",
        f"basis:{material}": "办法第十一条",
    }
    assert (
        press(CLERK, number, "ask-correction", ask=[material, "form:contact_phone"], days="10", **asked).status_code
        == 422
    )
    assert press(CLERK, number, "ask-correction", ask=material, days="１０", **asked).status_code == 303
    assert town.case(number).stage is Stage.CORRECTING


def test_a_second_notice_offers_only_what_the_first_one_asked(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, acts.Claim())
    first, second = [paper for paper in town.case(number).papers if paper.sha256][:2]
    ask = acts.Ask(first.material, "没有比例", "请重画", "办法第十一条")
    town.act(CLERK, number, acts.AskCorrection((ask,)))
    town.act(AGENT, number, acts.Resubmit(papers=(first,)))
    page = browser(CLERK).get(f"{address(number)}?act=ask-correction").content.decode()
    assert f'value="{first.material}"' in page
    assert f'name="problem:{second.material}"' not in page
    assert "只能列出首次通知中仍未改正的内容" in page


def test_expert_review_stops_the_clock_and_says_so(town: Town) -> None:
    number = in_review(town, SOIL)
    item = town.law(SOIL).item
    who = next(
        username
        for username in (REVIEWER, "fanhemu", HEAD)
        if "start-special"
        in {offer.path for offer in desk_acts.offers(town.case(number), town.who(username).actor, town.law(SOIL))}
    )
    typed = {"procedure": item.special[0].key, "days": "20", "reason": "需要组织技术评审"}
    assert press(who, number, "start-special", **typed).status_code == 303
    page = text_of(browser(who).get(address(number)).content)
    assert "暂停计时" in page
    assert "特别程序结束" in page


def test_refusing_an_application_needs_reasons_line_by_line(town: Town) -> None:
    number = in_review(town)
    town.act(REVIEWER, number, acts.FinishStep("review", OPINION))
    for inspector in (INSPECTOR, SECOND_INSPECTOR):
        town.act(inspector, number, acts.FinishStep("site_visit", OPINION))
    assert press(DECIDER, number, "deny", reasons=" \n ").status_code == 422
    assert press(DECIDER, number, "deny", reasons="布局不符合要求\n没有消毒设施\n").status_code == 303
    assert town.case(number).reasons == ("布局不符合要求", "没有消毒设施")


def test_every_act_done_at_a_desk_has_a_form_or_one_press(town: Town) -> None:
    by_machine_or_applicant = {
        acts.Submit,
        acts.Resubmit,
        acts.Withdraw,
        acts.TakeBack,
        acts.Urge,
        acts.SupplyTolerated,
        acts.LapseReply,
        acts.LapseCorrection,
        acts.LapseTolerance,
        acts.MarkLate,
        MoveDeadlines,
        *(handing.TakeOn, handing.Release, handing.PassOn, handing.Assign),  # Done on the line: see worklist_lines.
    }
    number = accepted(town)
    for command in NAMES:
        answer = press(HEAD, number, path_of(command))
        if command in by_machine_or_applicant:
            assert answer.status_code == 404, command.__name__
        else:
            assert answer.status_code in (303, 403, 422), command.__name__


def test_the_organs_cases_are_listed_the_newest_first(town: Town) -> None:
    today = town.clock.at
    town.clock.set(date(2040, 1, 4))  # Later than any case that another test has left in the town.
    number = town.submit(AGENT, FOOD).number
    page = browser(CLERK).get("/office/done").content.decode()
    town.clock.at = today
    assert number in page


def test_a_document_still_being_sealed_says_so(town: Town) -> None:
    number = accepted(town)
    page = browser(CLERK).get(address(number)).content.decode()
    where = page.partition('.pdf"')[0].rpartition('href="')[2] + ".pdf"
    assert where.startswith(address(number))
    answer = browser(CLERK).get(where)
    assert answer.status_code in (200, 404)
    if answer.status_code == 404:
        assert "文件还没有制成" in answer.content.decode()
