"""Before and after handing in, in a real browser without scripts and with them: changed within ten minutes, corrected
point by point, urged once and refused the second time, and what the inbox says of it all."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from tests.chromium import CHROMIUM
from tests.journeys.served import chromium, signed_in, site, troubles_of, width_over
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town

from banjie.demo.papers import paper_pdf
from banjie.engine.cases import Ask, Stage
from banjie.engine.cases.acts import Accept, AskCorrection, Claim
from banjie.records import drafts

pytestmark = pytest.mark.slow
ASKS = (
    Ask("floor_plan", "没有标出水池", "请补标水池后重新上传", "食品安全法第三十三条"),
    Ask("safety_rules", "没有写明职责", "请补写后重新上传", "食品安全法第三十三条"),
)


@pytest.fixture(scope="module")
def browser_() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("没有 /usr/bin/chromium；请安装 chromium 与 fonts-noto-cjk")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def served(town: Town) -> Iterator[str]:
    with site(town) as address:
        yield address


@pytest.fixture(autouse=True)
def morning(town: Town) -> None:
    cache.clear()
    town.clock.set(date(2026, 11, 24))


def opened(browser: Browser, served: str, username: str, *, scripts: bool) -> Page:
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, java_script_enabled=scripts)
    return signed_in(context, served, username)


def fits(page: Page, *, scripts: bool) -> None:
    """Nothing runs over the edge, and axe finds nothing (it needs scripts to look)."""
    assert not scripts or width_over(page) <= 0
    assert not scripts or troubles_of(page) == []


def latest_number(town: Town, draft: str) -> str:
    found = drafts.find(town.platform.database, town.who(AGENT).eyes, draft)
    assert found is not None
    return str(found.content["sent"]["number"])


@pytest.mark.parametrize("scripts", [True, False], ids=["有脚本", "没有脚本"])
def test_changed_corrected_urged_and_told(
    browser_: Browser, served: str, town: Town, tmp_path: Path, scripts: bool
) -> None:
    # The inbox shows the latest hundred; the town is shared, and most of it writes to her at nine o'clock sharp.
    town.clock.move(minutes=30)
    number = town.submit(AGENT, FOOD, holder=RESTAURANT, answers={"apply_type": "new", "business": "sale"}).number
    phone = opened(browser_, served, AGENT, scripts=scripts)
    # She has made a mistake, and takes it back within ten minutes.
    phone.goto(f"{served}/me/cases/{REGION}/{number}")
    fits(phone, scripts=scripts)
    phone.get_by_role("link", name="收回修改").click()
    fits(phone, scripts=scripts)
    phone.get_by_role("button", name="收回修改").click()
    expect(phone.get_by_role("heading", name="核对并提交")).to_be_visible()
    expect(phone.get_by_role("heading", name="提交前预审")).to_be_visible()
    fits(phone, scripts=scripts)
    draft = phone.url.split("/apply/")[1].split("/")[0]
    phone.get_by_label("我已对照").first.check()
    if phone.get_by_label("仍然提交").count():
        phone.get_by_label("仍然提交").check()
    phone.get_by_role("button", name="确认提交").click()
    expect(phone.get_by_text("申请已提交").first).to_be_visible()
    fits(phone, scripts=scripts)
    renewed = latest_number(town, draft)
    assert town.case(number).stage is Stage.RETURNED
    assert any(one.by_self for one in town.case(renewed).prechecked)
    # The window takes it up and asks for two corrections; she saves one, and the other one later.
    town.act(CLERK, renewed, Claim())
    town.act(CLERK, renewed, AskCorrection(ASKS, 5))
    phone.goto(f"{served}/me/cases/{REGION}/{renewed}")
    phone.get_by_role("link", name="现在补正").click()
    fits(phone, scripts=scripts)
    for place, ask in enumerate(ASKS):
        file = tmp_path / f"补正{place}.pdf"
        file.write_bytes(paper_pdf(f"补正{place}", [f"第 {place} 项，{scripts}"]))
        phone.set_input_files(f"#paper-{ask.material}", str(file))
        phone.locator(f"[id='point-{ask.material}']").get_by_role("button", name="保存这一项").click()
        expect(phone.get_by_text(f"已保存 {place + 1} 项，共 2 项")).to_be_visible()
    phone.get_by_role("button", name="提交补正").click()
    expect(phone.get_by_text("补正内容已经提交")).to_be_visible()
    # Accepted. She urges once, and is refused the second time.
    town.act(CLERK, renewed, Accept())
    phone.goto(f"{served}/me/cases/{REGION}/{renewed}")
    phone.get_by_role("button", name="催办").click()
    expect(phone.get_by_text("已经催办").first).to_be_visible()
    expect(phone.get_by_text("今天已经催办过了")).to_be_visible()
    fits(phone, scripts=scripts)
    # What the inbox says, and where she wants to be told besides.
    town.settle()
    phone.goto(f"{served}/me/messages")
    expect(phone.get_by_text(f"办件 {number} 已按您的要求收回").first).to_be_visible()
    expect(phone.get_by_text("请补正材料：食品经营许可").first).to_be_visible()
    fits(phone, scripts=scripts)
    phone.get_by_role("link", name="设置用手机短信或者邮箱通知我").click()
    fits(phone, scripts=scripts)


def test_the_desk_and_the_supervisor_find_the_urging(browser_: Browser, served: str, town: Town) -> None:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    phone = opened(browser_, served, AGENT, scripts=False)
    phone.goto(f"{served}/me/cases/{REGION}/{number}")
    phone.get_by_role("button", name="催办").click()
    town.settle()
    clerk = opened(browser_, served, CLERK, scripts=True)
    clerk.goto(f"{served}/office/")
    clerk.get_by_role("link", name=number).first.click()
    fits(clerk, scripts=True)
    clerk.get_by_role("link", name="现在答复").click()
    clerk.get_by_label("答复申请人").fill("今天下午受理")
    clerk.locator("#act-form").get_by_role("button", name="答复催办").click()
    expect(clerk.get_by_text("已答复催办").first).to_be_visible()
    town.settle()
    watching = opened(browser_, served, "lumingjian", scripts=True)
    watching.goto(f"{served}/supervise/notices")
    expect(watching.get_by_text("今天下午受理")).to_be_visible()
    fits(watching, scripts=True)
