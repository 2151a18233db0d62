"""Finding and understanding: search with filters, suggestions, the district, places, comparison, the guide."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import AGENT, DRUG, FOOD, REGION, SUSPENSION, Town
from tests.web.visitors import at_town, browser, text_of


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield
    town.clock.set(date(2026, 11, 24))


def page(path: str, username: str = "", status: int = 200, **cookies: str) -> str:
    client = browser(username)
    for name, value in cookies.items():
        client.cookies[name] = value
    answer = client.get(path)
    assert answer.status_code == status, text_of(answer.content)
    html = answer.content.decode()
    assert " style=" not in html
    return text_of(html)


# --- search ---


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("开饭馆", "大家也叫它“开饭馆”"),
        ("kfg", "拼音首字母：开饭馆"),
        ("kaifanguan", "拼音：开饭馆"),
        ("开饭管", "相近：开饭馆"),
        ("开餐厅", "意思相近：开餐厅"),
        ("裱花蛋糕", "有这种情形"),
    ],
)
def test_a_hit_says_why_it_is_one(town: Town, words: str, why: str) -> None:
    found = page(f"/search?q={words}")
    assert "食品经营许可" in found
    assert why in found


def test_every_filter_stands_in_the_address(town: Town) -> None:
    html = browser().get("/search?q=许可&for=company&online=1").content.decode()
    assert "取消全部筛选" in html
    assert 'href="/search?q=%E8%AE%B8%E5%8F%AF&amp;for=company"' in html  # Lifts one of the two.
    assert "当场办结" in html


def test_a_filter_that_leaves_nothing_says_how_to_lift_it(town: Town) -> None:
    found = page("/search?q=饭店&kind=20")
    assert "没有找到相符的事项" in found
    assert "取消筛选，在全部事项里找" in found


@pytest.mark.parametrize(
    "path", ["/search?for=x&kind=zz&within=1&organ=无&page=-3", "/search?q=%00%01", "/search?page=9999"]
)
def test_an_address_that_means_nothing_is_still_a_page(town: Town, path: str) -> None:
    page(path)


def test_suggestions_are_a_part_of_a_page_with_links(town: Town) -> None:
    answer = browser().get("/search/suggest?q=kf")
    html = answer.content.decode()
    assert "<html" not in html
    assert f'href="/items/{REGION}/{FOOD}"' in html
    assert "没有找到" in text_of(browser().get("/search/suggest?q=造飞船").content)
    assert text_of(browser().get("/search/suggest?q=").content).strip() == ""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=80))
def test_no_words_break_the_suggestions(town: Town, words: str) -> None:
    assert browser().get("/search/suggest", {"q": words}).status_code == 200


# --- the district ---


def test_a_district_is_chosen_without_an_account_and_kept(town: Town) -> None:
    client = browser()
    answer = client.post("/place", {"place": "990104", "back": "/search?q=食品"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/search?q=%E9%A3%9F%E5%93%81")
    assert client.cookies["bj_place"].value == "990104"
    assert "江右区的排在前面" in text_of(client.get("/search?q=食品").content)


@pytest.mark.parametrize("place", ["", "110000", "x", "990104; a=b"])
def test_a_district_that_is_none_is_not_kept(town: Town, place: str) -> None:
    client = browser()
    assert client.post("/place", {"place": place, "back": "https://elsewhere.example/"}).headers["Location"] == "/"
    assert "bj_place" not in client.cookies


def test_whoever_is_signed_in_looks_from_her_own_address(town: Town) -> None:
    assert "江左区的排在前面" in page("/search?q=食品", AGENT)
    assert "江右区的排在前面" in page("/search?q=食品", AGENT, bj_place="990104")


def test_the_citys_item_serves_where_a_district_has_none(town: Town) -> None:
    answer = browser().get(f"/items/990121/{FOOD}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/items/{REGION}/{FOOD}")
    assert browser().get(f"/items/x/{FOOD}").status_code == 404
    # Other tests let the county claim the item for restaurants, never the one for medicines.
    assert "由澜江市统一办理" in page("/search?q=药品经营许可", bj_place="990121")


def test_a_place_that_is_named_counts_for_this_question(town: Town) -> None:
    assert "按您说的“青禾县”排在前面" in page("/search?q=青禾县开饭馆", bj_place="990104")


# --- places ---


def test_a_place_says_whether_it_is_open_now(town: Town) -> None:
    town.clock.set(date(2026, 11, 24), hour=10)
    assert "正在办公，到 12:00" in page("/places")
    town.clock.set(date(2026, 11, 28), hour=10)
    assert "现在不办公，11月30日（周一） 9:00 开门" in page("/places")


def test_a_guide_leads_to_the_page_of_its_place(town: Town) -> None:
    town.clock.set(date(2026, 11, 24), hour=10)
    html = browser().get(f"/items/{REGION}/{FOOD}").content.decode()
    assert "正在办公，到 12:00" in html
    address = html.partition('href="/places/')[2].partition('"')[0]
    shown = page(f"/places/{address}")
    for words in ("地址", "办公时间", "电话", "窗口", "食品经营许可"):
        assert words in shown
    page("/places/nowhere", status=404)


# --- comparing ---


def test_three_items_are_compared_side_by_side(town: Town) -> None:
    found = page(f"/compare?item={REGION}/{FOOD}&item={REGION}/{DRUG}&item={REGION}/{SUSPENSION}")
    for words in ("承诺办结", "法定办结", "收费", "要上传的材料", "到现场", "网上办理", "不同", "8 个工作日"):
        assert words in found
    assert "再加一个" not in found


def test_more_than_three_and_unknown_ones_are_told(town: Town) -> None:
    four = "&".join(f"item={REGION}/{code}" for code in (FOOD, DRUG, SUSPENSION, "nothing"))
    assert "有 1 个事项没有找到" in page(f"/compare?{four}")
    for asked in ("", "?item=", "?item=x/y/z", "?item=" + "1" * 3000):
        assert "还没有选要比的事项" in page(f"/compare{asked}")


def test_another_item_is_found_and_put_beside(town: Town) -> None:
    html = browser().get(f"/compare?item={REGION}/{FOOD}&q=药店").content.decode()
    assert f"item={REGION}%2F{FOOD}&amp;item={REGION}%2F{DRUG}" in html


# --- home ---


def test_the_home_page_leads_by_words_events_and_departments(town: Town) -> None:
    home = page("/")
    assert home.index("想办什么事？") < home.index("人生大事") < home.index("按部门找")
    assert "开饭馆" in home
    assert "收养" not in home
