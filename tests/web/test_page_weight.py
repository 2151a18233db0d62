"""How much a citizen's browser has to load: every page of an application, with all its style sheets and scripts.

Bytes as they are before compression, images left out: what an old telephone has to read and to understand.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.town import FOOD, HYGIENE, REGION, Town
from tests.web.test_apply import Applicant
from tests.web.visitors import at_town, browser

from banjie.web import assets

LIMIT = 200 * 1024
WEB = Path(assets.__file__).parent


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


def weight(client: Client, path: str) -> int:
    """The bytes of a page with everything it names that is no image."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    html = answer.content.decode()
    named = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html) + re.findall(r'<script src="([^"]+)"', html)
    assert named
    return len(answer.content) + sum(len(client.get(address).content) for address in set(named))


def test_every_page_of_an_application_stays_light(town: Town) -> None:
    stranger, mine = browser(), Applicant()
    found = {
        "首页": weight(stranger, "/"),
        "搜索": weight(stranger, "/items?q=开饭馆"),
        "指南": weight(stranger, f"/items/{REGION}/{FOOD}"),
        "进度": weight(stranger, "/progress"),
    }
    found["情形"] = weight(mine.client, mine.path + "/guide")
    mine.fill()
    found["清单"] = weight(mine.client, mine.path)
    for section in ("applicant", "premises", "operation"):
        found[section] = weight(mine.client, f"{mine.path}/section/{section}")
    found["材料"] = weight(mine.client, mine.path + "/papers")
    found["核对"] = weight(mine.client, mine.path + "/check")
    mine.post("/submit", {"promised": "yes"})
    found["回执"] = weight(mine.client, mine.path + "/done")
    number = re.search(r"990100-\d{8}-\d{7,}", mine.client.get(mine.path + "/done").content.decode())
    assert number is not None
    found["状态"] = weight(mine.client, f"/me/cases/{REGION}/{number.group()}")
    found["我的"] = weight(mine.client, "/me")
    heavy = {name: f"{size / 1024:.0f} KB" for name, size in found.items() if size > LIMIT}
    assert not heavy


def test_a_stranger_who_reads_a_guide_is_given_no_cookie(town: Town) -> None:
    assert not browser().get(f"/items/{REGION}/{HYGIENE}").cookies


def test_every_class_of_the_style_sheet_that_pages_name_is_in_it() -> None:
    """The vendored sheet keeps only what was named when it was made: a new name asks for `npm run vendor`."""
    unstyled = {"govuk-file-upload--error", "govuk-table__body", "govuk-table__caption--s", "govuk-table__head"}
    named = set()
    for file in WEB.rglob("*"):
        if file.suffix in (".html", ".py", ".js", ".css") and "vendor" not in file.parts:
            named |= set(re.findall(r"govuk-[\w-]*\w(?![\w-])", file.read_text(encoding="utf-8")))
    sheet = assets.get("govuk.css").body.decode().replace("\\", "")
    kept = set(re.findall(r"\.(govuk-[\w-]+)", sheet))
    begun = {"govuk-fieldset__legend", "govuk-label", "govuk-input--width", "govuk-heading"}
    missing = named - kept - unstyled - begun - {"govuk-table__row", "govuk-frontend"}
    assert not missing, f"请在 frontend 目录运行 npm run vendor：{sorted(missing)}"


def test_a_guide_asks_no_more_than_whether_it_still_holds(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/items/{REGION}/{FOOD}"
    client = browser()
    assert client.get(path).status_code == 200
    asked = _counted(town, monkeypatch)
    calls = []
    for _ in range(3):  # A search index that another thread rebuilds meanwhile asks too; it does not ask three times.
        asked.clear()
        assert client.get(path).status_code == 200
        calls.append(len(asked))
    assert min(calls) <= 2


def test_a_page_of_the_form_makes_three_calls_and_no_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session, who that is, the draft with all it needs."""
    mine = Applicant()
    mine.fill()
    path = mine.path + "/section/premises"
    assert mine.client.get(path).status_code == 200
    asked = _counted(town, monkeypatch)
    assert mine.client.get(path).status_code == 200
    assert asked == ["session_data", "visit", "cursor"]


def _counted(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fills with every call to the database by its name, from now on."""
    asked: list[str] = []
    database = town.platform.database

    def told(of: object, name: str, words: Callable[..., str]) -> None:
        way = getattr(of, name)

        def noted(*given: Any) -> Any:
            asked.append(words(*given))
            return way(*given)

        monkeypatch.setattr(of, name, noted)

    told(database.hotline, "ask", lambda statement, _: statement.name.decode())
    told(database, "call", lambda: "cursor")
    told(database, "seen_by", lambda _: "transaction")
    return asked
