"""The pages of staff: appointing by two, leave with a deputy, practice up to the certification, the duty roster."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.town import CLERK, HYGIENE, RESTAURANT, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.packs.sandbox import exercises
from banjie.records import staff

BUREAU = "1199010000BJ00016Q"
MANAGER, SECOND_MANAGER, NEWCOMER, HEAD = "wenshuyi", "gejiajun", "xinyaqing", "meilanting"


@pytest.fixture(autouse=True)
def _pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


def test_everyone_of_the_region_is_listed_and_a_clerk_is_not_let_in(town: Town) -> None:
    page = browser(MANAGER).get("/manage/staff")
    assert page.status_code == 200
    words = text_of(page.content)
    assert "罗小雨" in words
    assert "澜江市行政审批局" in words
    assert "没有等待批准的事" in words
    assert browser(CLERK).get("/manage/staff").status_code == 403
    assert "换个单位" in text_of(browser(MANAGER).get("/manage/staff?q=没有这个人").content)


def test_an_appointment_waits_for_a_second_person(town: Town) -> None:
    today = town.platform.today().isoformat()
    first = browser(MANAGER)
    wrong = first.post(
        "/manage/staff/appoint",
        {"account": "nobody", "office": BUREAU, "role": "reviewer", "from_day": today, "reason": "文"},
    )
    assert wrong.status_code in {409, 422}
    assert "没有“nobody”这个账号" in text_of(wrong.content)
    form = {
        "account": NEWCOMER,
        "office": BUREAU,
        "role": "reviewer",
        "duty": "审查员",
        "from_day": today,
        "reason": "澜审人〔2026〕9号",
    }
    sent = first.post("/manage/staff/appoint", form, follow=True)
    assert "请另一名人员管理岗" in text_of(sent.content)
    assert "提请的人不能自己批准" in text_of(sent.content)
    key = _member(town).wishes[0].key
    refused = first.post(f"/manage/staff/of/{NEWCOMER}/grant", {"wish": key})
    assert "两人原则" in text_of(refused.content)
    granted = browser(SECOND_MANAGER).post(f"/manage/staff/of/{NEWCOMER}/grant", {"wish": key}, follow=True)
    assert "已批准" in text_of(granted.content)
    assert {post.role.value for post in _member(town).posts} == {"window", "reviewer"}
    ended = browser(HEAD).post(
        f"/manage/staff/of/{NEWCOMER}/end-post",
        {"post": f"reviewer|{BUREAU}", "on": today, "reason": "回窗口"},
        follow=True,
    )
    assert "已登记离岗" in text_of(ended.content)


def test_a_stranger_to_the_office_finds_nobody(town: Town) -> None:
    assert browser("miaoqinglu").get(f"/manage/staff/of/{NEWCOMER}").status_code == 404


def test_leave_is_taken_with_a_deputy_and_ended(town: Town) -> None:
    today = town.platform.today()
    clerk = browser(CLERK)
    assert clerk.get("/office/leave").status_code == 200
    wrong = clerk.post("/office/leave/ask", {"from_day": "2026-13-01", "until_day": "", "deputy": "huangshiqi"})
    assert "日期不是有效的日期" in text_of(wrong.content)
    form = {
        "from_day": today.isoformat(),
        "until_day": (today + timedelta(days=2)).isoformat(),
        "deputy": "huangshiqi",
        "reason": "事假",
    }
    done = clerk.post("/office/leave/ask", form, follow=True)
    assert "已登记请假" in text_of(done.content)
    assert "罗小雨" in text_of(browser("huangshiqi").get("/office/leave").content)
    back = clerk.post("/office/leave/end", {"key": "1"}, follow=True)
    assert "已销假" in text_of(back.content)


def test_a_newcomer_is_not_offered_what_would_be_refused_until_practice_has_paid(town: Town) -> None:
    number = town.submit("xiachunhe", HYGIENE, holder=RESTAURANT).number
    newcomer = browser(NEWCOMER)
    case = f"/office/cases/990100/{number}"
    newcomer.post(f"{case}/act/claim", {"key": "practice-claim-1"})
    assert f"{case}/act/accept" not in newcomer.get(case).content.decode()
    refused = newcomer.post(f"{case}/act/accept", {"key": "practice-accept-1"})
    assert "持证上岗规定" in text_of(refused.content)

    for key in ("hygiene_hair", "hygiene_shop"):
        _practise(newcomer, key)
    assert "已通过 2 题" in text_of(newcomer.get("/office/practice").content)
    wish = _member(town).wishes[0]
    assert "练习办件通过 2 次" in text_of(browser(HEAD).get(f"/manage/staff/of/{NEWCOMER}").content)
    browser(HEAD).post(f"/manage/staff/of/{NEWCOMER}/grant", {"wish": wish.key})
    assert f"{case}/act/accept" in newcomer.get(case).content.decode()


def _practise(client, key: str) -> None:  # type: ignore[no-untyped-def]  # Django's test client
    task = exercises()[key]
    begun = client.post("/office/practice/begin", {"exercise": key})
    address = begun.headers["Location"]
    page = client.get(address)
    assert page.status_code == 200
    assert "练习办件（不算办件）" in text_of(page.content)
    marks = {f"mark:{fault.target}": fault.error.value for fault in task.faults}
    client.post(f"{address}/work", marks | {"do": "claim"})
    act = "accept" if task.expected == ("Accept",) else "ask-correction"
    client.post(f"{address}/work", marks | {"do": act})
    assert "100 分" in text_of(client.get(address).content)
    assert browser(CLERK).get(address).status_code == 404


def test_practice_that_goes_wrong_says_what_was_missed(town: Town) -> None:
    clerk = browser(CLERK)
    address = clerk.post("/office/practice/begin", {"exercise": "hygiene_lodging"}).headers["Location"]
    nothing = clerk.post(f"{address}/work", {"do": "ask-correction"})
    assert nothing.status_code != 302
    assert "依据" in text_of(nothing.content)
    clerk.post(f"{address}/work", {"do": "claim"})
    clerk.post(f"{address}/work", {"do": "accept", "mark:form:area": "entry"})
    words = text_of(clerk.get(address).content)
    assert "没有通过" in words
    assert "漏掉了" in words
    assert "没有问题，标错了" in words
    assert "应当的处理 一次性告知补正" in words or "应当的处理" in words


def test_a_roster_is_made_by_turn_and_changed_by_hand(town: Town) -> None:
    head = browser(HEAD)
    empty = head.get("/manage/rosters?hall=city_hall")
    assert "这个月还没有排班" in text_of(empty.content)
    filled = head.post("/manage/rosters/fill", {"hall": "city_hall", "month": "2026-12"}, follow=True)
    assert "个半天" in text_of(filled.content)
    form = {
        "hall": "city_hall",
        "month": "2026-12",
        "day": "2026-12-01",
        "half": "am",
        "window": "一楼企业服务专区 1 号",
        "account": NEWCOMER,
    }
    changed = head.post("/manage/rosters/seat", form, follow=True)
    assert "有冲突" in text_of(changed.content)
    assert "没有这个窗口事项的上岗资格" in text_of(changed.content)
    assert "2026-12-01" in text_of(browser(NEWCOMER).get("/office/leave").content)
    wrong = head.post("/manage/rosters/seat", form | {"window": "没有的窗口"})
    assert "大厅没有这个窗口" in text_of(wrong.content)
    assert browser("haoqinghe").get("/manage/rosters").status_code == 403


def test_who_is_on_duty_today_stands_on_the_desk_of_the_window(town: Town) -> None:
    today = town.platform.today().isoformat()
    seat = {
        "hall": "city_hall",
        "month": today[:7],
        "day": today,
        "half": "am",
        "window": "二楼综合窗口 1 号",
        "account": NEWCOMER,
    }
    browser(HEAD).post("/manage/rosters/seat", seat)
    clerk = browser(NEWCOMER)
    clerk.post("/office/window", {"window": "city_hall|二楼综合窗口 1 号"})
    assert "今天值班：上午 辛雅青" in text_of(clerk.get("/office/queue").content)
    clerk.post("/office/window", {"window": "city_hall|二楼综合窗口 2 号"})
    assert "今天值班" not in text_of(clerk.get("/office/queue").content)


def _member(town: Town):  # type: ignore[no-untyped-def]  # a shorthand of this file
    row = staff.find(town.platform.database, NEWCOMER)
    assert row is not None
    return row.member
