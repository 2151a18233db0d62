"""审前服务 in a real browser, with and without scripts: asked, shown, mended, concluded, a case by one press, and the
same measure at the desk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from tests.actions.advising import asked, precase, present, ready, shown_points
from tests.chromium import CHROMIUM
from tests.journeys.served import WALKING, chromium, let_in, site, troubles_of, width_over
from tests.town import AGENT, CLERK, FOOD, HEAD, REGION, REVIEWER, Town

from banjie.actions.submissions import submit
from banjie.demo.papers import paper_pdf
from banjie.engine.cases import acts

pytestmark = pytest.mark.slow
ASK = f"/items/{REGION}/{FOOD}/ask"


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


def opened(browser: Browser, served: str, username: str, *, width: int = 390, scripts: bool = True) -> Page:
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": 844}, java_script_enabled=scripts)
    return let_in(context, served, username)


@pytest.mark.parametrize("scripts", [True, False], ids=["有脚本", "没有脚本"])
def test_from_a_question_to_a_case(browser_: Browser, served: str, town: Town, tmp_path: Path, scripts: bool) -> None:
    photo = tmp_path / "门面.pdf"
    photo.write_bytes(paper_pdf("门面照片", [f"二楼门面，{scripts}"]))
    # She asks on a phone.
    phone = opened(browser_, served, AGENT, scripts=scripts)
    phone.goto(served + ASK)
    if phone.get_by_label("澜江春禾餐饮有限公司").count():
        phone.get_by_label("澜江春禾餐饮有限公司").check()
    phone.get_by_label("您想问什么").fill("店在二楼，以前是服装店，能不能开饭馆？")
    phone.set_input_files("#files", str(photo))
    phone.get_by_role("button", name="发给工作人员").click()
    expect(phone.get_by_text("等工作人员答复")).to_be_visible()
    number = phone.url.rsplit("/", 1)[-1]
    # The window takes it up and answers.
    clerk = opened(browser_, served, CLERK, width=1280, scripts=scripts)
    clerk.goto(f"{served}/office/precases")
    clerk.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    clerk.get_by_role("button", name="接单").click()
    clerk.get_by_label("答复", exact=True).fill("可以，请填好以后请人预审。")
    clerk.get_by_role("button", name="发出答复").click()
    expect(clerk.locator(".bj-talk")).to_contain_text("请填好以后请人预审")
    phone.reload()
    expect(phone.locator(".bj-talk")).to_contain_text("罗小雨")
    # She fills in (the form has its own journey) and asks for a pre-review.
    phone.get_by_role("button", name="开始填写").click()
    expect(phone.get_by_role("link", name="先请工作人员预审")).to_be_visible()
    present(town, number)
    # The reviewer finds one point to mend.
    reviewer = opened(browser_, served, REVIEWER, width=1280, scripts=scripts)
    reviewer.goto(f"{served}/office/precases/{REGION}/{number}")
    target, point = next(one for one in shown_points(town, number) if one[0] == "floor_plan")
    reviewer.locator(f'[name="verdict:{target}|{point}"][value=mend]').check()
    reviewer.locator(f'[name="remedy:{target}|{point}"]').fill("请标出备餐间")
    reviewer.locator("#rest").check()
    reviewer.get_by_role("button", name="发出预审意见").click()
    expect(reviewer.locator(".bj-notice--success")).to_contain_text("预审意见已发给申请人")
    phone.goto(f"{served}/me/precases/{REGION}/{number}")
    expect(phone.locator("#next")).to_contain_text("请标出备餐间")
    # Mended, shown again by one press, judged and concluded.
    present(town, number, changed="floor_plan")
    phone.reload()
    phone.get_by_role("button", name="改好了，再请预审").click()
    expect(phone.locator(".bj-notice--success")).to_contain_text("已经交给工作人员预审")
    reviewer.reload()
    reviewer.locator("#rest").check()
    reviewer.get_by_role("button", name="发出预审意见").click()
    reviewer.get_by_text("作出结论").click()
    reviewer.locator("#conclude").get_by_label("可以申报").check()
    reviewer.get_by_role("button", name="发出结论").click()
    expect(reviewer.locator(".bj-notice--success")).to_contain_text("结论已发给申请人")
    # One press to a case.
    phone.goto(f"{served}/me/precases/{REGION}/{number}")
    phone.get_by_role("button", name="转为正式申请").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("核对并提交")
    phone.get_by_role("button", name="确认提交").click()
    expect(phone.locator(".bj-panel")).to_be_visible()
    town.settle()
    phone.goto(f"{served}/me/precases/{REGION}/{number}")
    phone.get_by_role("link", name="查看办件").click()
    case_number = phone.url.rsplit("/", 1)[-1]
    assert town.case(case_number).precase == number
    # The window tries another measure, and is refused.
    clerk.goto(f"{served}/office/cases/{REGION}/{case_number}")
    clerk.get_by_role("button", name="预审", exact=True).click()
    clerk.goto(f"{served}/office/cases/{REGION}/{case_number}?act=ask-correction")
    clerk.locator("#ask-floor_plan").check()
    clerk.locator('[name="problem:floor_plan"]').fill("图纸不够漂亮")
    clerk.get_by_role("button", name="发出补正通知书").click()
    expect(clerk.locator(".govuk-error-summary")).to_contain_text("不能换一个标准要求补正")
    expect(clerk.locator("main")).to_contain_text("审前服务结论一致")
    # Only the head may let it be judged again, in writing.
    head = opened(browser_, served, HEAD, width=1280, scripts=scripts)
    head.goto(f"{served}/office/cases/{REGION}/{case_number}?act=lift-endorsement")
    head.locator("#act").get_by_label(point, exact=False).check()
    head.get_by_label("理由").fill("群众举报图纸与现场不符")
    head.locator("#act").get_by_role("button").click()
    expect(head.locator(".bj-notice--success")).to_contain_text("已准许重新审查")
    for page in (phone, clerk, reviewer, head):
        page.context.close()


@pytest.mark.parametrize("width", [1280, 320] if WALKING else [320])
def test_axe_finds_nothing_on_the_pages_of_the_service(browser_: Browser, served: str, town: Town, width: int) -> None:
    waiting, shown, concluded = asked(town), asked(town), ready(town)
    present(town, shown)
    case_number = ready_case(town)
    mine, desk = f"/me/precases/{REGION}", f"/office/precases/{REGION}"
    pages = {
        AGENT: [ASK, "/me/precases", f"{mine}/{waiting}", f"{mine}/{shown}", f"{mine}/{concluded}"],
        CLERK: ["/office/precases", f"{desk}/{waiting}", f"/office/cases/{REGION}/{case_number}?act=ask-correction"],
        REVIEWER: [f"{desk}/{shown}", f"{desk}/{concluded}"],
        HEAD: [f"/office/cases/{REGION}/{case_number}?act=lift-endorsement"],
        "lumingjian": ["/supervise/precases"],
    }
    faults: list[str] = []
    for username, addresses in pages.items():
        page = opened(browser_, served, username, width=width)
        for address in addresses:
            page.goto(served + address)
            page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
            faults += [f"{address} {trouble}" for trouble in troubles_of(page)]
            if width_over(page) > 0:
                faults.append(f"{address} 超出页面 {width_over(page)} 像素")
        page.context.close()
    assert faults == []


def ready_case(town: Town) -> str:
    """A case that came of a service, taken up by the window."""
    number = ready(town)
    shown = precase(town, number)
    whole = town.application(FOOD, shown.holder.id, answers=dict(shown.answers))
    filed = replace(whole, data=shown.data, papers=shown.papers, precase=number)
    sent = submit(town.platform, filed, actor=town.who(AGENT), key=town.key())
    town.act(CLERK, sent.number, acts.Claim())
    return sent.number
