"""What everybody may ask without a token."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from tests.api.calling import Callers, assert_problem
from tests.town import AGENT, FOOD, RESTAURANT, SUSPENSION, Town

from banjie.engine.catalogue import Item
from banjie.engine.codec import decode
from banjie.records import catalogue

PARROTS = "1199010000BJ00016Q3990300000021"


@pytest.fixture(scope="module")
def parrots(town: Town) -> str:
    """An item with words that no other test uses, so that nothing published elsewhere can stand before it."""
    item = replace(town.law(FOOD).item, code=PARROTS, name="鹦鹉驯养登记", title="", popular_names=("养鹦鹉",))
    catalogue.save_edition(town.platform.database, item, state="published")
    return PARROTS


def test_items_are_found_and_read(town: Town, callers: Callers) -> None:
    found = callers().get("/items?q=食品").json
    assert FOOD in [item["code"] for item in found["items"]]
    item = callers().get(found["items"][0]["url"].removeprefix("/api/v1"))
    assert item.status == 200
    assert decode(Item, item.json) == town.law(found["items"][0]["code"]).item


def test_items_are_read_page_by_page(callers: Callers) -> None:
    whole = [item["code"] for item in callers().get("/items?limit=100").json["items"]]
    read: list[str] = []
    link = "/api/v1/items?limit=2"
    while link:
        page = callers().get(link.removeprefix("/api/v1")).json
        read.extend(item["code"] for item in page["items"])
        link = page["next"]
    # The longest page there is holds the beginning of what other tests may have published by the hundred.
    assert read[: len(whole)] == whole
    assert len(whole) == min(100, len(read))
    assert len(whole) >= 6


@pytest.mark.parametrize(
    "path", ["/items/nothing", "/items/%00", f"/items/{FOOD}?region=990121", "/verify/nothing", "/verify/%00"]
)
def test_what_is_not_there_is_told(callers: Callers, path: str) -> None:
    answer = callers().get(path)
    assert_problem(answer, 400 if "%00" in path else 404)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "offset=-1", "offset=10001", "region=99", "audience=7", "q=" + "x" * 101]
)
def test_a_search_is_asked_for_rightly(callers: Callers, query: str) -> None:
    problem = assert_problem(callers().get(f"/items?{query}"), 400)
    assert problem["field"] == query.partition("=")[0]


def test_progress_by_number_and_code(town: Town, callers: Callers) -> None:
    filed = town.submit(AGENT, SUSPENSION, holder=RESTAURANT)
    found = callers().get(f"/progress?number={filed.number}&query_code={filed.query_code}")
    assert found.status == 200, found.content.decode()
    assert found.json["number"] == filed.number
    wrong = callers().get(f"/progress?number={filed.number}&query_code=00000000")
    none = callers().get(f"/progress?number=990100-20261124-9999999&query_code={filed.query_code}")
    malformed = callers().get("/progress?number=x&query_code=y")
    assert_problem(wrong, 404)
    assert wrong.content == none.content == malformed.content
    assert assert_problem(callers().get("/progress"), 400)["field"] == "number"


def test_codes_cannot_be_guessed_quickly(callers: Callers) -> None:
    statuses = [callers().get("/progress?number=x&query_code=y").status for _ in range(11)]
    assert statuses == [404] * 10 + [429]
    answer = callers().get("/progress?number=x&query_code=y")
    assert_problem(answer, 429)
    assert answer.headers["Retry-After"] == "60"


@pytest.mark.parametrize(("words", "why"), [("yyw", "首字母"), ("yangyingwu", "拼音"), ("养英鹉", "相近")])
def test_items_are_suggested_while_somebody_types(callers: Callers, parrots: str, words: str, why: str) -> None:
    [first, *_] = callers().get(f"/items/suggest?q={quote(words)}").json["items"]
    assert (first["code"], first["why"], first["matched"]) == (parrots, why, "养鹦鹉")
    assert callers().get("/items/suggest?q=").json == {"items": [], "next": None}


def test_items_are_narrowed_by_everything_at_once(callers: Callers, parrots: str) -> None:
    asked = f"/items?q={quote('鹦鹉')}"
    found = callers().get(f"{asked}&place=990121&kind=01&audience=2&online=true").json["items"]
    assert [item["code"] for item in found] == [parrots]
    assert callers().get(f"{asked}&kind=20").json["items"] == []
