"""A citizen who knows nothing finds a matter that came from another system's table, and is told the truth about it."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, FilePayload, Page, expect
from tests.chromium import CHROMIUM
from tests.journeys.served import WALKING, chromium, signed_in, site, troubles_of, width_over
from tests.town import CLERK, DECIDER, REGION, REVIEWER, Town

from banjie.actions.importing import keep
from banjie.demo.papers import paper_pdf
from banjie.engine.cases import Stage, acts
from banjie.packs.imports import Taken, read_items
from banjie.packs.mapping import load_mapping

pytestmark = pytest.mark.slow

CITIZEN = "zhouyibo"
PDF = paper_pdf("材料", ["演示"])
OURS = "1199010000BJ00016Q"
ELSEWHERE = "11990100MB0000012Y"
READER, STAGE, GRAVES = "2990100900001", "2990100900002", "2990100900003"

ROW: Mapping[str, Any] = {
    "matter_type": "公共服务",
    "handle_time": "20(工作日)",
    "handle_time_limit": "5(工作日)",
    "service_object_name": ["自然人"],
    "material_intro": ["居民身份证"],
    "matter_short": "无",
    "accept_standard": "无条件受理",
    "visit_number": "0",
    "LIMIT_SCENE_NUM": "0",
    "ONLINECHECK": "1",
    "courier_service": "是",
    "handle_location": "办理地点：澜江市书院路1号一楼",
    "consult_phone": "0990-6012345",
    "complain_phone": "0990-6012346",
}


def row(organ: str, name: str, tail: str, title: str, daily: str, **changed: str) -> dict[str, Any]:
    own = {"TASK_CODE": f"{organ}{tail}", "CATAID": tail[1:], "TASK_NAME": title}
    return {**ROW, **own, "DEPT_NAME": name, "matter_daily": daily, **changed}


ROWS = [
    row(OURS, "澜江市行政审批局", READER, "澜江市民书屋读者证办理", "办书屋读者证"),
    row(ELSEWHERE, "澜江市文化和旅游局", STAGE, "江边露天舞台使用登记", "借江边舞台"),
    row(OURS, "澜江市行政审批局", GRAVES, "公益墓地选址咨询", "墓地咨询", ONLINECHECK="0"),
]


@pytest.fixture(scope="module")
def imported(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    town.clock.set(date(2026, 11, 24))
    table = tmp_path_factory.mktemp("table") / "事项.jsonl"
    table.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in ROWS), encoding="utf-8")
    found = read_items(table, load_mapping("guangdong"), today=town.platform.today(), region=REGION)
    counts = keep(town.platform, [one for one in found if isinstance(one, Taken)])
    assert counts["published"] == len(ROWS)
    return town


@pytest.fixture(scope="module")
def served(imported: Town) -> Iterator[str]:
    with site(imported) as address:
        yield address


@pytest.fixture(scope="module")
def browser_() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("没有 /usr/bin/chromium；请安装 chromium 与 fonts-noto-cjk")
    with chromium() as browser:
        yield browser


@pytest.fixture(autouse=True)
def morning() -> None:
    cache.clear()


def looked_at(page: Page) -> Page:
    page.wait_for_load_state()
    assert width_over(page) <= 0, page.url
    assert troubles_of(page) == [], page.url
    return page


def found_by(page: Page, served: str, words: str, title: str) -> str:
    """Searches like anybody, opens the guide, and gives what it says."""
    page.goto(served + "/")
    page.locator("main input[name=q]").first.fill(words)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return " ".join(looked_at(page).locator("main, aside").all_inner_texts())


@pytest.mark.parametrize("width", [1280, 390] if WALKING else [390])
def test_a_matter_with_the_standard_form_is_applied_for_to_its_end(
    browser_: Browser, served: str, imported: Town, width: int
) -> None:
    context = browser_.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
    page = signed_in(context, served, CITIZEN)
    said = found_by(page, served, "书屋读者证", "澜江市民书屋读者证办理")
    assert "这个事项用通用申请表" in said
    page.locator("main a:visible, aside a:visible").filter(has_text="在线办理").first.click()
    page.get_by_role("button", name="开始", exact=True).click()
    looked_at(page)
    page.get_by_role("link", name="申请内容").first.click()
    looked_at(page)
    assert page.input_value("[name=f-contact_name]") == "周一帛"
    assert page.input_value("[name=f-contact_phone]") == "13900000003"
    page.fill("[name=f-purpose]", "想在书屋借书")
    page.get_by_role("button", name="保存并继续").first.click()
    looked_at(page)
    upload = page.locator("input[type=file]").first
    upload.set_input_files(FilePayload(name="身份证.pdf", mimeType="application/pdf", buffer=PDF))
    page.get_by_role("button", name="保存并继续").first.click()
    looked_at(page)
    page.get_by_role("button", name="确认提交").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("申请已提交")
    number = page.locator(".bj-panel__number code").first.inner_text()
    context.close()

    imported.act(CLERK, number, acts.Claim())
    imported.act(CLERK, number, acts.Accept())
    imported.act(REVIEWER, number, acts.StartReview())
    imported.act(REVIEWER, number, acts.FinishStep("review", "齐全"))
    imported.act(DECIDER, number, acts.Approve("同意"))
    assert imported.case(number).stage is Stage.APPROVED


@pytest.mark.parametrize(
    ("words", "title", "code", "reason"),
    [
        ("江边舞台", "江边露天舞台使用登记", ELSEWHERE + STAGE, "澜江市文化和旅游局还没有在本平台受理申请"),
        ("墓地", "公益墓地选址咨询", OURS + GRAVES, "这个事项只提供网上咨询，申请要到窗口提交"),
    ],
)
@pytest.mark.parametrize("width", [390])
def test_what_nobody_here_can_take_says_so_and_where_to_go(
    browser_: Browser, served: str, width: int, words: str, title: str, code: str, reason: str
) -> None:
    context = browser_.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
    page = signed_in(context, served, CITIZEN)
    said = found_by(page, served, words, title)
    assert reason in said
    assert "澜江市书院路1号一楼" in said
    assert "0990-6012345" in said
    expect(page.get_by_role("link", name="在线办理")).to_have_count(0)
    # The address of the form, kept from elsewhere, gives the same answer.
    answer = page.goto(f"{served}/items/{REGION}/{code}/start")
    assert answer is not None
    assert answer.status in (403, 409, 422)
    expect(page.locator("main")).to_contain_text(reason)
    context.close()
