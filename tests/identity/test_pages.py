"""The pages of sign-in and mandates as people meet them: by phone, in the edition for the elderly, without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.journeys.served import chromium, signed_in, site, troubles_of, width_over
from tests.town import RESTAURANT, Town

from banjie.actions.mandates import act_on_mandate
from banjie.demo.mandates import give_mandates
from banjie.engine.mandates import Revoke

OWNER = "xiachunhe"
GIVEN = (
    ("guosuimian", "p-guosuimian", "zhouyibo"),
    ("xiachunhe", RESTAURANT, "guosuimian"),
    ("niejiangan", "c-jiangan", "linzhao"),
)
PAGES = (
    "/me/mandates",
    "/me/mandates/new",
    "/me/mandates/claim",
    "/accounts/security/",
    "/accounts/security/webauthn/",
    "/accounts/password/reset/",
    "/accounts/session/kept",
)


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    assert give_mandates(town.platform) == 3
    with site(town) as found:
        yield found.replace("127.0.0.1", "localhost")
    # The town is shared by all tests, and they count on who may see what.
    for giver, party, agent in GIVEN:
        act_on_mandate(town.platform, Revoke("看完了"), actor=town.who(giver), party=party, agent=agent)


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.mark.parametrize("scripts", [True, False], ids=["有脚本", "无脚本"])
def test_every_page_fits_a_phone_and_axe_finds_nothing(window: Browser, address: str, scripts: bool) -> None:
    context = window.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, java_script_enabled=scripts)
    context.set_default_timeout(60_000)
    page = signed_in(context, address, OWNER)
    for path in PAGES:
        page.goto(address + path)
        assert width_over(page) == 0, path
        # What axe promises, a page without scripts never keeps.
        assert not scripts or troubles_of(page) == [], path
    if not scripts:
        assert "登录将在" in page.inner_text("body")
    page.goto(f"{address}/elder?on=1&back=/me/mandates")
    assert width_over(page) == 0
    assert not scripts or troubles_of(page) == []
    context.close()


def test_for_whom_one_acts_stands_on_every_page(window: Browser, address: str) -> None:
    context = window.new_context(locale="zh-CN", java_script_enabled=False)
    context.set_default_timeout(60_000)
    page = signed_in(context, address, OWNER)
    page.goto(f"{address}/me/mandates")
    page.check(f"input[name=party][value={RESTAURANT}]")
    page.get_by_role("button", name="就代这一个办").click()
    for path in ("/", "/me", "/search?q=食品", "/help"):
        page.goto(address + path)
        assert "您正在代 澜江春禾餐饮有限公司 办理" in page.inner_text(".bj-acting")
    context.close()
