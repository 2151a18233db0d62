"""The pages of mandates: giving, accepting, ending, coming in as the representative, and the counter."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.town import AGENT, CLERK, RESTAURANT, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions.joining import Verified, join
from banjie.engine.ids import citizen_check_character
from banjie.engine.scopes import Scope
from banjie.packs.identity import identity

OWNER = "xiachunhe"
serial = iter(range(1, 999))


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


def newcomer(town: Town, name: str) -> tuple[str, str]:
    """Somebody who has signed in once: her account and citizen number."""
    first = f"99012119960606{next(serial):03d}"
    code = first + citizen_check_character(first)
    return join(town.platform, Verified(name, code, 3)).username, code


def offer_form(town: Town, name: str, code: str, **other: object) -> dict[str, object]:
    today = town.platform.today()
    return {
        "party": RESTAURANT,
        "agent_name": name,
        "agent_code": code,
        "relation": "",
        "deeds": ["apply", "correct", "withdraw", "collect"],
        "valid_from": today.isoformat(),
        "valid_until": (today + timedelta(days=90)).isoformat(),
        "other_items": "",
        **other,
    }


def test_a_mandate_is_given_accepted_used_and_taken_back(town: Town) -> None:
    username, code = newcomer(town, "苗小米")
    owner, agent = browser(OWNER), browser(username)
    assert "还没有人授权给您" in text_of(agent.get("/me/mandates").content)
    assert "发出授权" in text_of(owner.get("/me/mandates/new").content)
    sent = owner.post("/me/mandates/new", offer_form(town, "苗小米", code))
    assert sent.status_code == 303
    assert "苗小米" in text_of(owner.get("/me/mandates").content)
    page = agent.get("/me/mandates").content.decode()
    assert "等您接受" in page
    found = re.search(r"/me/mandates/[0-9a-f-]{36}", page)
    assert found is not None
    address = found[0]
    assert "全部事项：全部权限" in text_of(agent.get(address).content)
    assert agent.post(f"{address}/accept").status_code == 303
    agent.post("/me/act-for", {"party": RESTAURANT, "back": "/me"})
    assert "您正在代 澜江春禾餐饮有限公司 办理" in text_of(agent.get("/me").content)
    again = agent.post(f"{address}/accept")
    assert again.status_code == 422
    assert "授权目前是“有效”" in text_of(again.content)
    bare = owner.post(f"{address}/revoke", {"reason": ""})
    assert "要写明原因" in text_of(bare.content)
    assert owner.post(f"{address}/revoke", {"reason": "忙完了"}).status_code == 303
    told = text_of(agent.get(address).content)
    assert "忙完了" in told
    assert "撤回授权" in told
    refused = agent.post("/me/act-for", {"party": RESTAURANT})
    assert refused.status_code == 403


def test_what_is_wrong_is_told_beside_the_field_and_what_was_typed_stays(town: Town) -> None:
    owner = browser(OWNER)
    today = town.platform.today()
    wrong = offer_form(
        town, "谁呢", "123", deeds=[], other_items="没有这个", valid_until=(today - timedelta(days=1)).isoformat()
    )
    answer = owner.post("/me/mandates/new", wrong)
    page = text_of(answer.content)
    assert answer.status_code == 422
    assert "请至少选一项" in page
    assert "没有编码为“没有这个”的事项" in page
    assert 'value="谁呢"' in answer.content.decode()
    stranger = owner.post("/me/mandates/new", offer_form(town, "谁呢", "990102198804120010"))
    assert "没有找到这个人" in text_of(stranger.content)
    long = offer_form(town, "聂江岸", "990104197902250052", valid_until=(today + timedelta(days=4000)).isoformat())
    assert "授权最长 1095 天" in text_of(owner.post("/me/mandates/new", long).content)


def test_looking_people_up_by_number_is_limited(town: Town) -> None:
    owner = browser(OWNER)
    most = identity().limit("找人授权").by_account
    form = offer_form(town, "谁呢", "990102198804120010")
    codes = [owner.post("/me/mandates/new", form).status_code for _ in range(most + 1)]
    assert codes == [422] * most + [429]
    answer = owner.post("/me/mandates/new", form)
    assert answer.headers["Retry-After"] == "600"
    assert "10 分钟" in text_of(answer.content)


def test_nobody_sees_or_acts_on_anothers_mandate(town: Town) -> None:
    username, code = newcomer(town, "宋来往")
    browser(OWNER).post("/me/mandates/new", offer_form(town, "宋来往", code))
    found = re.search(r"/me/mandates/[0-9a-f-]{36}", browser(username).get("/me/mandates").content.decode())
    assert found is not None
    stranger = browser("niejiangan")
    assert stranger.get(found[0]).status_code == 404
    assert stranger.post(f"{found[0]}/accept").status_code == 404
    assert browser(OWNER).post(f"{found[0]}/accept").status_code == 422
    assert browser(OWNER).post(f"{found[0]}/fly").status_code == 404


def test_only_the_registered_representative_takes_a_company_over() -> None:
    client = browser(AGENT)
    assert "统一社会信用代码" in text_of(client.get("/me/mandates/claim").content)
    answer = client.post("/me/mandates/claim", {"code": "91990104MA00RC023T"})
    assert answer.status_code == 422
    assert "登记的法定代表人不是您" in text_of(answer.content)
    assert "有" in text_of(client.post("/me/mandates/claim", {"code": "123"}).content)
    owner = browser("niejiangan")
    assert owner.post("/me/mandates/claim", {"code": "91990104MA00RC023T"}).status_code == 303


def test_a_clerk_registers_what_she_has_seen(town: Town) -> None:
    username, code = newcomer(town, "卫跑腿")
    clerk = browser(CLERK)
    assert "登记代理关系" in text_of(clerk.get("/office/mandates").content)
    form = {
        "relation": "family",
        "code": "990104197511300024",
        "agent_name": "卫跑腿",
        "agent_code": code,
        "evidence": "",
        "until": (town.platform.today() + timedelta(days=30)).isoformat(),
    }
    bare = clerk.post("/office/mandates", form)
    assert bare.status_code == 422
    assert "要写明看过什么证件" in text_of(bare.content)
    done = clerk.post("/office/mandates", form | {"evidence": "双方身份证、授权委托书原件"})
    assert done.status_code == 303
    found = town.who(username)
    assert any(party.id == "p-guosuimian" and party.scope == Scope() for party in found.parties)
    assert browser(AGENT).get("/office/mandates").status_code == 403
    unknown = clerk.post(
        "/office/mandates", form | {"relation": "agent", "code": "91990121MA00RC0319", "until": "没填"}
    )
    assert "请按 2026-11-24 的格式填写" in text_of(unknown.content)
    nobody = clerk.post("/office/mandates", form | {"code": "990121199507060035"[:17] + "X"})
    assert "校验" in text_of(nobody.content)
