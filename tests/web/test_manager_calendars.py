"""The pages of the calendar: a draft is filled, previewed, published by another, and its days are seen everywhere."""

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from tests.town import CLERK, FOOD, HEAD, REGION, RESTAURANT, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions import calendar_rounds
from banjie.engine.cases.acts import Accept, Claim
from banjie.engine.proof import verify
from banjie.records import calendars

KEEPER = "wenshuyi"
NATION = "000000"
TODAY = date(2026, 12, 24)
LIST = "/manage/calendars"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(TODAY)
    with at_town(town):
        yield


def begun(town: Town, region: str) -> str:
    answer = browser(KEEPER).post(f"{LIST}/{region}/draft")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def uploaded(address: str, document: object) -> tuple[int, str]:
    file = BytesIO(json.dumps(document, ensure_ascii=False, indent=1).encode())
    file.name = "2027.json"
    answer = browser(KEEPER).post(f"{address}/upload", {"file": file})
    return answer.status_code, text_of(answer.content)


def rounds_made(town: Town, address: str, kind: str) -> None:
    region, edition = address.split("/")[-2:]
    for _ in range(2):
        found = calendars.latest_round(town.platform.database, region, edition, kind)
        assert found is not None
        calendar_rounds.make_round(town.platform, region, found.id)


YEAR: dict[str, Any] = {
    "year": 2027,
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "春节", "date": "2027-02-08", "isOffDay": True},
        {"name": "春节", "date": "2027-02-20", "isOffDay": False},
    ],
}


def test_a_year_is_uploaded_previewed_and_published_by_somebody_else(town: Town) -> None:
    number = town.submit("linzhao", FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    before = text_of(browser(CLERK).get(f"/clock/{REGION}/{number}?timer=TL").content)
    assert "暂定" in before
    page = text_of(browser(KEEPER).get(LIST).content)
    assert "全国" in page
    assert "澜江市" in page
    assert "还没有在这里公布过日历" in page
    address = begun(town, NATION)
    code, said = uploaded(
        address, {**YEAR, "days": [*YEAR["days"], {"name": "春节", "date": "2027-02-30", "isOffDay": True}]}
    )
    assert code == 422
    assert "第" in said
    assert "不是有效的日期（2027-02-30）" in said
    assert uploaded(address, YEAR)[0] == 303
    drafted = text_of(browser(KEEPER).get(address).content)
    assert "与现行日历相比" in drafted
    assert "元旦放假" in drafted
    assert browser(KEEPER).post(f"{address}/publish").status_code == 422
    assert browser(KEEPER).post(f"{address}/preview").status_code == 303
    under_way = browser(KEEPER).get(address)
    assert "正在预览" in text_of(under_way.content)
    assert under_way.headers["Refresh"].endswith(address)
    rounds_made(town, address, "preview")
    seen = text_of(browser(KEEPER).get(address).content)
    assert "个期限会变" in seen
    assert number in seen
    assert "请另一位机关负责人或事项管理人员核对预览后公布" in seen
    refused = browser(KEEPER).post(f"{address}/publish")
    assert refused.status_code == 422
    assert "不能由起草人自己公布" in text_of(refused.content)
    assert browser(HEAD).post(f"{address}/publish").status_code == 303
    rounds_made(town, address, "move")
    done = text_of(browser(HEAD).get(address).content)
    assert "个期限已经变" in done
    after = text_of(browser(CLERK).get(f"/clock/{REGION}/{number}?timer=TL").content)
    assert "原来是" in after
    assert "改为" in after
    assert "暂定" not in after.split("期限怎样变过")[0].split("逐日计算")[0]
    newer = browser(CLERK).get(f"/clock/{REGION}/{number}.json?timer=TL").json()
    href = re.search(
        r'href="([^"]+calendar=\d+)"', browser(CLERK).get(f"/clock/{REGION}/{number}?timer=TL").content.decode()
    )
    assert href is not None
    older = browser(CLERK).get(unescape(href[1])).json()
    assert verify(older).ok
    assert verify(newer).ok
    assert older["due_on"] < newer["due_on"]
    assert (older["provisional"], newer["provisional"]) == (True, False)
    year = text_of(browser(KEEPER).get(f"{LIST}/{NATION}/year/2027").content)
    assert "2027 年工作日历" in year
    assert "元旦放假" in year


def test_a_day_is_closed_and_taken_back_in_a_draft(town: Town) -> None:
    address = begun(town, REGION)
    post = browser(KEEPER).post
    wrong = post(f"{address}/day", {"day": "2026-02-30", "kind": "closed", "name": "停电"})
    assert "不是有效的日期" in text_of(wrong.content)
    assert "没有填写" in text_of(post(f"{address}/day", {"day": "2026-12-28", "kind": "closed"}).content)
    assert "没有选择怎么安排" in text_of(post(f"{address}/day", {"day": "2026-12-28", "name": "停电"}).content)
    half = {"day": "2026-12-28", "kind": "half", "name": "年终盘点", "closes": "12点"}
    assert "不是有效的时间" in text_of(post(f"{address}/day", half).content)
    assert post(f"{address}/day", {**half, "closes": "11:30"}).status_code == 303
    page = text_of(browser(KEEPER).get(address).content)
    assert "半天办公（年终盘点，11:30停止办公），仍计为工作日" in page
    region, edition = address.split("/")[-2:]
    shown = browser(KEEPER).get(f"{LIST}/{region}/year/2026?edition={edition}")
    assert "bj-months__half" in shown.content.decode()
    assert post(f"{address}/day", {"day": "2026-12-27", "kind": "closed", "name": "周日"}).status_code == 303
    assert "本来就不上班" in text_of(browser(KEEPER).get(address).content)
    assert post(f"{address}/preview").status_code == 422
    assert post(f"{address}/day", {"day": "2026-12-27", "kind": "none"}).status_code == 303
    assert "本来就不上班" not in text_of(browser(KEEPER).get(address).content)
    assert post(f"{address}/preview").status_code == 303
    assert post(f"{address}/cancel").status_code == 303
    assert "预览已停止" in text_of(browser(KEEPER).get(address).content)
    assert post(f"{address}/drop", {"reason": ""}).status_code == 422
    assert post(f"{address}/drop", {"reason": "不做了"}).status_code == 303
    assert "已作废" in text_of(browser(KEEPER).get(LIST).content)


def test_who_keeps_no_calendar_finds_the_door_shut(town: Town) -> None:
    assert browser().get(LIST).status_code == 302
    assert browser(CLERK).get(LIST).status_code == 403
    assert browser("miaoqinglu").post(f"{LIST}/{REGION}/draft").status_code == 403
    assert browser(KEEPER).get(f"{LIST}/{REGION}/year/1800").status_code == 404
    assert browser(KEEPER).get(f"{LIST}/999/year/2026").status_code == 404
    assert browser(KEEPER).get(f"{LIST}/{REGION}/year/2026?edition=x").status_code == 404
    missing = f"{LIST}/{REGION}/00000000-0000-0000-0000-000000000000"
    assert browser(KEEPER).get(missing).status_code == 404
    assert browser(KEEPER).post(f"{missing}/preview").status_code == 404
