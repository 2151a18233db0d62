"""Ask once, on the pages: what she is asked before anything is looked up, what stands in the form, who saw her data."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from tests.actions.asked import ANSWERS, Exchange, says
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, SOIL, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions.answering import put_question
from banjie.actions.ports import Reply
from banjie.engine.cases.acts import Claim
from banjie.engine.sharing_asks import Trouble
from banjie.records import cases, drafts, sharing
from banjie.records.people import MACHINE, Standing
from banjie.web import ask_meter

ADDRESS = "address"


@pytest.fixture
def exchange() -> Exchange:
    return Exchange({"market_register": says(ANSWERS), "person_register": says({"person.name": "林照"})})


@pytest.fixture
def here(town: Town, exchange: Exchange) -> Iterator[Town]:
    there = replace(town, platform=replace(town.platform, exchange=exchange))
    with at_town(there):
        yield there


def begun(town: Town, username: str, item: str, holder: str, answers: dict[str, str]) -> str:
    who = town.who(username)
    draft = drafts.start(town.platform.database, who.eyes, region=REGION, holder=holder, item=item, edition=1)
    drafts.save(town.platform.database, who.eyes, draft, REGION, {"answers": answers, "key": town.key()})
    return draft


@pytest.fixture
def draft(here: Town) -> str:
    return begun(here, AGENT, FOOD, RESTAURANT, {"apply_type": "new", "business": "catering", "cold_or_raw": "none"})


def answered(town: Town, who: Standing, draft: str) -> None:
    """The worker does its round."""
    for row in sharing.of_draft(town.platform.database, who.eyes, REGION, draft)[0]:
        put_question(town.platform, REGION, row.id)


def asked(town: Town, client: Client, draft: str, *agreed: str) -> bytes:
    response = client.post(f"/apply/{draft}/data", {"agree": list(agreed)})
    assert response.status_code == 303, text_of(response.content)
    answered(town, town.who(AGENT), draft)
    return client.get(f"/apply/{draft}/data").content


def test_she_is_told_who_would_be_asked_why_and_by_which_right(here: Town, draft: str, exchange: Exchange) -> None:
    page = text_of(browser(AGENT).get(f"/apply/{draft}/data").content)

    assert "澜江市市场监督管理局" in page
    assert "行政许可法第三十三条" in page
    assert "我同意为办理" in page
    assert "只用于这一次申请" in page
    assert exchange.asked == [], "没有按下按钮，什么也不查"


def test_what_was_found_stands_in_the_form_with_its_source(here: Town, draft: str) -> None:
    client = browser(AGENT)
    page = text_of(asked(here, client, draft, "person_register"))
    assert "已查到" in page
    assert "2026年11月24日的数据" in page

    form = client.get(f"/apply/{draft}/section/applicant").content
    assert "来自" in text_of(form)
    assert f"/apply/{draft}/value/company.name" in form.decode()


def test_two_registers_that_differ_leave_the_choice_to_her(here: Town, draft: str) -> None:
    client = browser(AGENT)
    asked(here, client, draft)
    page = client.get(f"/apply/{draft}/section/premises")
    told = text_of(page.content)
    assert "两处登记不一致" in told
    assert "118 号一层、二层" in told

    choose = client.get(f"/apply/{draft}/value/company.address")
    words = text_of(choose.content)
    assert "118 号一层" in words
    assert "都不对，我要提出异议" in words
    response = client.post(f"/apply/{draft}/value/company.address", {"answer": "1"})
    assert response.status_code == 303
    form = client.get(f"/apply/{draft}/section/premises").content.decode()
    assert f'value="{ANSWERS["company.address"]}"' in form
    assert "两处登记不一致" not in form


def test_a_contested_value_goes_into_the_form_the_case_and_its_keepers_list(here: Town, draft: str) -> None:
    client = browser(AGENT)
    asked(here, client, draft)
    address = f"/apply/{draft}/value/company.address"
    wrong = client.post(address, {"answer": "wrong", "own": "澜江市江左区望江路 120 号", "reason": ""})
    assert wrong.status_code == 422
    assert "没有写明理由" in text_of(wrong.content)
    assert "望江路 120 号" in wrong.content.decode(), "填过的还在"
    done = client.post(address, {"answer": "wrong", "own": "澜江市江左区望江路 120 号", "reason": "上个月门牌变更"})
    assert done.status_code == 303
    form = client.get(f"/apply/{draft}/section/premises").content
    assert 'value="澜江市江左区望江路 120 号"' in form.decode()
    assert "您已提出异议" in text_of(form)

    keeper = browser("shizhengping")
    page = text_of(keeper.get("/office/contests").content)
    assert "上个月门牌变更" in page
    assert "望江路 120 号" in page
    assert "上个月门牌变更" not in text_of(browser("yukangning").get("/office/contests").content)
    mine = text_of(client.get("/me/data").content)
    assert "应在" in mine
    row = sharing.of_draft(here.platform.database, here.who(AGENT).eyes, REGION, draft)[2][0]
    missing = keeper.post("/office/contests", {"region": REGION, "contest": row.id, "words": "x"})
    assert missing.status_code == 422
    settled = keeper.post(
        "/office/contests", {"region": REGION, "contest": row.id, "answer": "dismissed", "words": "门牌没有变更。"}
    )
    assert settled.status_code == 303
    assert "门牌没有变更" in text_of(client.get("/me/data").content)


def test_a_department_that_is_down_says_so_and_she_goes_on_by_herself(
    here: Town, draft: str, exchange: Exchange
) -> None:
    exchange.replies["market_register"] = lambda _: Reply(trouble=Trouble.DOWN)
    client = browser(AGENT)
    page = text_of(asked(here, client, draft))
    assert "对方系统连接不上，请您自己填写" in page
    assert "再查一次" in page
    assert client.get(f"/apply/{draft}/section/applicant").status_code == 200

    exchange.replies["market_register"] = says(ANSWERS)
    client.post(f"/apply/{draft}/data", {"again": "market_register"})
    answered(here, here.who(AGENT), draft)
    assert "澜江春禾餐饮有限公司" in text_of(client.get(f"/apply/{draft}/data").content)


def test_a_slow_department_keeps_nobody_waiting(here: Town, draft: str, exchange: Exchange) -> None:
    exchange.replies["market_register"] = lambda _: Reply()
    client = browser(AGENT)
    page = asked(here, client, draft)
    assert "正在查询" in text_of(page)
    assert b'http-equiv="refresh"' in page
    later = replace(here, platform=replace(here.platform, clock=lambda: here.clock.at + timedelta(minutes=1)))
    with at_town(later):
        assert b'http-equiv="refresh"' not in client.get(f"/apply/{draft}/data").content
    assert client.get(f"/apply/{draft}/section/applicant").status_code == 200


def test_consent_is_taken_back_where_it_was_given_and_on_her_data_page(here: Town, draft: str) -> None:
    client = browser(AGENT)
    asked(here, client, draft, "person_register")
    row = sharing.of_draft(here.platform.database, here.who(AGENT).eyes, REGION, draft)[1][0]
    address = f"/me/data/consents/{REGION}/{row.id}/withdraw"
    assert client.get(address).status_code == 405
    refused = browser("zhouyibo").post(address)
    assert refused.status_code in (403, 404, 422)
    response = client.post(address, {"back": f"/apply/{draft}/data"})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/apply/{draft}/data"
    assert "已撤回" in text_of(client.get("/me/data").content)
    assert client.post(address, {"back": "https://elsewhere.invalid/"}).headers["Location"] == "/me/data"


def test_who_saw_my_data_is_listed_filtered_and_printed_without_the_data(here: Town, draft: str) -> None:
    client = browser(AGENT)
    asked(here, client, draft)
    owner = browser("xiachunhe")
    page = owner.get("/me/data").content
    told = text_of(page)
    assert "市场主体登记库" in told
    assert "住所" in told
    assert "二层" not in told.partition("我给过的同意")[0], "记录里只有查了什么，没有查到的内容"
    assert "打印本页" in told
    filtered = text_of(owner.get(f"/me/data?party={RESTAURANT}&source=person_register").content)
    assert "市场主体登记库（" not in filtered
    for odd in ("?party=c-jiangan", "?source=%00", "?before=yesterday", "?before=2026-11-24", "?before=%00"):
        assert owner.get(f"/me/data{odd}").status_code == 200
    assert browser().get("/me/data").status_code == 302
    stranger = text_of(browser("zhouyibo").get("/me/data").content)
    assert "澜江春禾" not in stranger


def test_a_project_register_stands_in_for_the_approval(here: Town, exchange: Exchange) -> None:
    exchange.replies["project_register"] = says(
        {"project.approval_number": "青发改审〔2026〕12号", "project.name": "麦田光伏项目"}
    )
    item = here.law(SOIL).item
    answers = {question.key: question.options[0].value for question in item.questions}
    draft = begun(here, "zhouyibo", SOIL, "c-qinghe", answers)
    client = browser("zhouyibo")
    before = text_of(client.get(f"/apply/{draft}/papers").content)
    client.post(f"/apply/{draft}/data", {})
    answered(here, here.who("zhouyibo"), draft)
    after = text_of(client.get(f"/apply/{draft}/papers").content)

    assert "青发改审〔2026〕12号" not in before
    assert "青发改审〔2026〕12号" in after
    assert "免提交" in after


@pytest.mark.parametrize("fact", ["company.unknown", "..", "person.phone%00", "业务"])
def test_a_value_that_is_not_asked_for_has_no_page(here: Town, draft: str, fact: str) -> None:
    assert browser(AGENT).get(f"/apply/{draft}/value/{fact}").status_code == 404


def test_others_drafts_have_no_data_page(here: Town, draft: str) -> None:
    for username in ("zhouyibo", "xiachunhe", CLERK):
        assert browser(username).get(f"/apply/{draft}/data").status_code == 404


def test_the_meter_shows_the_months_counts_and_opens_into_cases(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    number = here.submit(AGENT, FOOD, holder=RESTAURANT).number
    here.settle()
    client = browser("lumingjian")
    page = client.get("/supervise/asks")
    assert page.status_code == 200
    told = text_of(page.content)
    assert "免提交率" in told
    assert "重复索要" in told
    monkeypatch.setattr(ask_meter, "PAGE", 10_000)  # Others in town have cases this month too.
    assert number in text_of(client.get(f"/supervise/asks?month=2026-11&item={FOOD}").content)
    for odd in ("?month=x", "?office=x&item=y", "?after=%00", "?month=1999-01"):
        assert client.get(f"/supervise/asks{odd}").status_code == 200
    assert browser(AGENT).get("/supervise/asks").status_code == 403
    assert cases.find(here.platform.database, MACHINE.eyes, REGION, number) is not None


def test_the_desk_must_say_why_it_asks_again(here: Town) -> None:
    number = here.submit(AGENT, FOOD, holder=RESTAURANT).number
    here.act(CLERK, number, Claim())
    client = browser(CLERK)
    form = client.get(f"/office/cases/{REGION}/{number}?act=ask-correction").content.decode()
    assert 'name="insist:business_licence"' in form
    assert 'name="insist:floor_plan"' not in form
    sent = {
        "ask": "business_licence",
        "problem:business_licence": "看不清",
        "requirement:business_licence": "重新上传",
        "basis:business_licence": "受理要求",
        "insist:business_licence": "",
    }
    refused = client.post(f"/office/cases/{REGION}/{number}/act/ask-correction", sent)
    assert refused.status_code == 422
    assert "政府已经掌握" in text_of(refused.content)
    done = client.post(
        f"/office/cases/{REGION}/{number}/act/ask-correction",
        sent | {"insist:business_licence": "系统中的照面信息缺经营范围"},
    )
    assert done.status_code == 303
    here.settle()
    assert "系统中的照面信息缺经营范围" in text_of(browser("lumingjian").get("/supervise/asks").content)
