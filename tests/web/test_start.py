"""为谁办理: only those are offered for whom she may apply for this item, and a level too low is told at once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.town import FOOD, HYGIENE, REGION, RESTAURANT, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions import mandates
from banjie.actions.joining import Verified, join
from banjie.engine.ids import citizen_check_character
from banjie.engine.mandates import Accept, Kind, Offer, Revoke
from banjie.engine.scopes import Deed, Scope
from banjie.records.models import Account

OWNER = "xiachunhe"
NAME = "澜江春禾餐饮有限公司"
serial = iter(range(1, 99))


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


def newcomer(town: Town, name: str, level: int = 3) -> Account:
    first = f"99012119920808{next(serial):03d}"
    return join(town.platform, Verified(name, first + citizen_check_character(first), level))


def give(town: Town, agent: Account, scope: Scope) -> None:
    today = town.platform.today()
    act = Offer(Kind.AGENT, RESTAURANT, NAME, agent.key, agent.display_name, today, today + timedelta(days=30), scope)
    mandates.offer(town.platform, act, actor=town.who(OWNER))
    mandates.act_on_mandate(town.platform, Accept(), actor=town.who(agent.key), party=RESTAURANT, agent=agent.key)


def take(town: Town, agent: Account) -> None:
    mandates.act_on_mandate(
        town.platform, Revoke("换一种授权"), actor=town.who(OWNER), party=RESTAURANT, agent=agent.key
    )


@pytest.mark.parametrize(
    ("scope", "item", "offered"),
    [
        (Scope(), FOOD, True),
        (Scope(items=frozenset({HYGIENE})), HYGIENE, True),
        (Scope(items=frozenset({HYGIENE})), FOOD, False),
        (Scope(deeds=frozenset({Deed.APPLY})), FOOD, True),
        (Scope(deeds=frozenset({Deed.CORRECT})), FOOD, False),
    ],
)
def test_only_what_the_mandate_covers_is_offered(town: Town, scope: Scope, item: str, offered: bool) -> None:
    agent = newcomer(town, "支小寒")
    give(town, agent, scope)
    client, path = browser(agent.username), f"/items/{REGION}/{item}/start"
    page = client.get(path).content.decode()
    assert (f'value="{RESTAURANT}"' in page) is offered
    assert (f"给您的授权不包括申请这个事项：{NAME}" in text_of(page)) is not offered
    assert client.post(path, {"party": RESTAURANT}).status_code == (303 if offered else 422)


def test_a_draft_begun_under_a_wider_mandate_says_who_may_go_on(town: Town) -> None:
    agent = newcomer(town, "应大寒")
    give(town, agent, Scope())
    client = browser(agent.username)
    draft = client.post(f"/items/{REGION}/{FOOD}/start", {"party": RESTAURANT}).headers["Location"]
    assert client.get(draft).status_code == 200
    take(town, agent)
    give(town, agent, Scope(items=frozenset({HYGIENE})))
    answer = client.get(draft)
    assert answer.status_code in (403, 422)
    assert "授权不包括" in text_of(answer.content)
    assert "重新授权" in text_of(answer.content)


def test_a_level_too_low_is_told_at_the_start_and_on_the_list(town: Town) -> None:
    low, high = newcomer(town, "宣清明"), newcomer(town, "丁谷雨")
    Account.objects.filter(key=low.key).update(level=1)
    path = f"/items/{REGION}/{FOOD}/start"
    assert "实名等级还不够" not in text_of(browser(high.username).get(path).content)
    client = browser(low.username)
    page = text_of(client.get(path).content)
    assert "您的实名等级还不够" in page
    assert "L1 手机号注册" in page
    assert "请用“统一身份认证”重新登录" in page
    own = town.who(low.key).parties[0].id
    begun = client.post(path, {"party": own}).headers["Location"]
    draft = begun.split("/")[2]
    assert "您的实名等级还不够" in text_of(client.get(f"/apply/{draft}").content)
    assert "您的实名等级还不够" in text_of(client.get(f"/apply/{draft}/check").content)
