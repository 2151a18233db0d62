"""窗口代办, 叫号 and 预约 as pages: doors, what stands on them, what is left when a session ends."""

import re
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from tests.actions.at_hall import ELDER_CODE, HALL, WINDOW
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, REVIEWER, Town
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.actions import counter
from banjie.records import bookings as kept

OPEN = {"name": "林照", "code": "990102198804120010", "identified": "sight", "phone": "", "ticket": ""}
SECOND = "huangshiqi"


@pytest.fixture(autouse=True)
def at_the_hall(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield
        for clerk in (CLERK, SECOND):
            counter.end_run_out(town.platform, town.who(clerk), town.platform.now())
            row = counter.current(town.platform, clerk)
            if row is not None:
                counter.end(town.platform, row, actor=town.who(clerk))


def seated(username: str = CLERK, window: str = WINDOW) -> Client:
    client = browser(username)
    client.post("/office/window", {"window": f"{HALL}|{window}", "back": "/office/counter"})
    return client


def serving(party: str = RESTAURANT) -> Client:
    client = seated()
    answer = client.post("/office/counter/open", OPEN | {"party": party, "key": str(uuid.uuid4())})
    assert answer.status_code == 303, text_of(answer.content)
    return client


def begun(client: Client, item: str = FOOD) -> str:
    answer = client.post("/office/counter/begin", {"region": REGION, "code": item})
    assert answer.status_code == 303, text_of(answer.content)
    return answer.headers["Location"].split("/")[2]


@pytest.mark.parametrize("path", ["/office/counter", "/office/queue", "/office/counter/over", "/office/counter/show"])
def test_the_doors_open_to_windows_alone(path: str) -> None:
    assert browser().get(path).status_code == 302
    for username in (AGENT, REVIEWER):
        assert browser(username).get(path).status_code == 403
    assert browser(CLERK).get(path).status_code in (200, 303)


def test_a_clerk_first_says_where_she_sits_and_only_in_her_own_halls() -> None:
    client = browser(CLERK)
    page = text_of(client.get("/office/counter").content)
    assert "今天坐哪个窗口" in page
    assert "青禾县政务服务中心" not in page
    client.post("/office/window", {"window": "qinghe_hall|综合窗口"})
    assert "今天坐哪个窗口" in text_of(client.get("/office/counter").content)
    assert "没有登记办事大厅" in text_of(browser("ruanzuolan").get("/office/counter").content)


def test_identity_by_card_or_by_hand_with_what_is_wrong_beside_it() -> None:
    client = seated()
    wrong = client.post("/office/counter/identify", OPEN | {"code": "990102198804120011"})
    assert wrong.status_code == 422
    assert "校验" in text_of(wrong.content)
    assert 'value="林照"' in wrong.content.decode(), "写过的还在"
    read = client.post("/office/counter/identify", {"read": "1"})
    assert "公民身份号码" in text_of(read.content)
    assert hidden(read.content, "identified") == "card"
    found = client.post("/office/counter/identify", OPEN)
    page = text_of(found.content)
    assert "澜江春禾餐饮有限公司" in page
    assert "990102198804120010" not in page, "屏幕上号码是遮住的"


def test_the_same_pages_with_a_bar_and_the_channel_of_a_counter(town: Town) -> None:
    client = serving()
    draft = begun(client)
    for path in (f"/apply/{draft}", f"/apply/{draft}/guide", "/office/counter", "/office/counter/show"):
        answer = client.get(path)
        page = text_of(answer.content)
        assert answer.status_code == 200, path
        assert "正在窗口为 澜江春禾餐饮有限公司 办理 （来办的人：林照）" in page.replace("办理（", "办理 （"), path
        assert re.match(r"\d+; url=/office/counter/over", answer.headers["Refresh"])
        assert answer.headers["Cache-Control"].startswith(("no-store", "max-age=0"))
    assert "林照" in text_of(client.get(f"/office/counter/draft/{draft}/papers").content)
    pdf = client.get(f"/office/counter/draft/{draft}/application.pdf")
    assert pdf.content.startswith(b"%PDF")


def test_when_it_ends_nothing_of_hers_opens_any_more() -> None:
    client = serving()
    draft = begun(client)
    ended = client.post("/office/counter/end")
    assert ended.headers["Clear-Site-Data"] == '"cache"'
    assert "这一位办完了" in text_of(client.get("/office/counter/over").content)
    for path in (
        f"/apply/{draft}",
        f"/apply/{draft}/check",
        f"/office/counter/draft/{draft}/papers",
        f"/office/counter/draft/{draft}/receipt",
    ):
        answer = client.get(path)
        assert answer.status_code in (303, 404), path
        assert "春禾" not in text_of(answer.content), path
    assert browser(AGENT).get(f"/apply/{draft}").status_code == 200, "没办完的回到她自己的账号"


def test_when_its_time_is_over_the_next_press_leads_out(town: Town) -> None:
    client = serving()
    draft = begun(client)
    town.clock.move(minutes=41)
    assert client.get(f"/apply/{draft}").status_code == 404
    assert client.get("/office/counter/show").headers["Location"] == "/office/counter/over"
    client.get("/office/counter/over")
    assert browser(AGENT).get(f"/apply/{draft}").status_code == 200
    assert "窗口代办" in text_of(client.get("/office/counter").content)


def test_another_clerk_has_no_part_in_it() -> None:
    draft = begun(serving())
    other = seated(SECOND)
    assert other.get(f"/apply/{draft}").status_code == 404
    assert other.get(f"/office/counter/draft/{draft}/application.pdf").status_code == 303


def test_an_item_for_companies_alone_is_not_begun_for_a_person(town: Town) -> None:
    client = serving("p-linzhao")
    closed = [code for code in (FOOD, *town_items(town)) if "1" not in {a.value for a in town.law(code).item.audiences}]
    if closed:
        answer = client.post("/office/counter/begin", {"region": REGION, "code": closed[0]})
        assert answer.status_code in (409, 422, 403)


def town_items(town: Town) -> list[str]:
    from tests.town import DRUG, HYGIENE, ROAD, SOIL, SUSPENSION  # noqa: PLC0415 — only here.

    return [DRUG, HYGIENE, ROAD, SOIL, SUSPENSION]


def test_she_finds_afterwards_who_worked_for_her() -> None:
    client = serving()
    begun(client)
    client.post("/office/counter/end")
    page = text_of(browser(AGENT).get("/me/data").content)
    assert "窗口" in page
    assert WINDOW in page


# --- the queue ---


def number(client: Client, group: str = "general", **more: str) -> str:
    answer = client.post(f"/places/{HALL}/queue", {"group": group, **more})
    assert answer.status_code == 303, text_of(answer.content)
    return answer.headers["Location"]


def test_a_number_without_a_name_and_how_long_it_takes() -> None:
    stranger = browser()
    page = text_of(stranger.get(f"/places/{HALL}/queue").content)
    assert "不用登录" in page
    slip = stranger.get(number(stranger))
    assert re.search(r"B\d{3}", text_of(slip.content))
    assert "前面还有" in text_of(slip.content) or "下一个就是您" in text_of(slip.content)
    assert stranger.post(f"/places/{HALL}/queue", {}).status_code == 422
    assert stranger.post(f"/places/{HALL}/queue", {"code": "1234"}).status_code == 422
    assert stranger.get("/places/nowhere/queue").status_code == 404
    assert "人在等" in text_of(stranger.get(f"/places/{HALL}").content)


def test_the_screen_shows_numbers_and_windows_and_nobodys_name() -> None:
    stranger, clerk = browser(), seated()
    number(stranger)
    assert clerk.post("/office/queue/next").status_code == 303
    desk = clerk.get("/office/queue")
    called = re.search(r"([BCD]\d{3})", text_of(desk.content))
    assert called
    screen = text_of(stranger.get(f"/places/{HALL}/line").content)
    assert called[1] in screen
    assert WINDOW in screen
    assert "罗小雨" not in screen
    ticket = re.search(r"/office/queue/([0-9a-f-]{36})/serve", desk.content.decode())
    assert ticket
    assert clerk.post("/office/queue/next").status_code == 422, "还没有办完"
    assert clerk.post(f"/office/queue/{ticket[1]}/transfer", {"group": "delivery", "reason": ""}).status_code == 422
    served = clerk.post(f"/office/queue/{ticket[1]}/serve")
    assert served.headers["Location"] == f"/office/counter?ticket={called[1]}"
    assert clerk.post(f"/office/queue/{ticket[1]}/finish").status_code == 303
    assert clerk.post(f"/office/queue/{ticket[1]}/dance").status_code == 404


# --- bookings ---


def test_a_time_is_kept_moved_and_cancelled(town: Town) -> None:
    client = browser(AGENT)
    page = client.get(f"/places/{HALL}/book?group=construction&day=2026-11-26")
    assert "预约时间" in text_of(page.content)
    times = re.findall(r'name="slot" value="([^"]+)"', page.content.decode())
    form = {"group": "construction", "day": "2026-11-26", "party": "p-linzhao", "key": hidden(page.content, "key")}
    assert client.post(f"/places/{HALL}/book", form).status_code == 422
    assert client.post(f"/places/{HALL}/book", form | {"slot": times[0]}).status_code == 303
    mine = client.get("/me/bookings")
    assert "预约好了" in text_of(mine.content)
    row = kept.of_parties(town.platform.database, town.who(AGENT).eyes, ["p-linzhao"])[0]
    assert row.booking.code in text_of(mine.content)
    full = browser("zhouyibo").get(f"/places/{HALL}/book?group=construction&day=2026-11-26")
    assert times[0] not in full.content.decode(), "工程建设每个时段只约一个人"
    address = f"/me/bookings/{REGION}/{row.id}"
    assert browser("zhouyibo").get(f"{address}/move").status_code == 404
    assert client.post(f"{address}/move", {"day": "2026-11-26", "slot": times[1]}).status_code == 303
    assert "取消预约" in text_of(client.get(f"{address}/cancel").content)
    assert client.post(f"{address}/cancel").status_code == 303
    assert "已取消" in text_of(client.get("/me/bookings").content)
    assert browser().get(f"/places/{HALL}/book").status_code == 302


def test_a_booking_of_today_takes_its_number_at_the_machine(town: Town) -> None:
    client = browser("zhouyibo")
    page = client.get(f"/places/{HALL}/book?group=delivery&day=2026-11-24")
    times = re.findall(r'name="slot" value="([^"]+)"', page.content.decode())
    form = {"group": "delivery", "day": "2026-11-24", "party": "p-zhouyibo", "slot": times[0], "key": "zyb-delivery"}
    assert client.post(f"/places/{HALL}/book", form).status_code == 303
    row = kept.of_parties(town.platform.database, town.who("zhouyibo").eyes, ["p-zhouyibo"])[0]
    town.clock.move(minutes=45)
    slip = browser().post(f"/places/{HALL}/queue", {"code": row.booking.code})
    assert slip.status_code == 303, text_of(slip.content)
    assert ELDER_CODE not in text_of(browser().get(slip.headers["Location"]).content)
