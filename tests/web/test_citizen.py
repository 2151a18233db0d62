"""What everyone sees: home, search, guides, progress, verification; and what an applicant sees of her cases."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import AGENT, CLERK, DECIDER, FOOD, HYGIENE, REGION, RESTAURANT, SUSPENSION, Town
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.demo.papers import paper_pdf
from banjie.engine.cases import Stage, acts
from banjie.records import certificates

STRANGER = "zhouyibo"
"""Somebody of the town who has no mandate from anyone."""

ASKS = (
    acts.Ask("floor_plan", "平面图没有标出水池", "请标出水池的位置", "食品安全法第三十三条第一款"),
    acts.Ask("form:area", "面积与平面图不一致", "请按实际面积填写", "食品安全法第三十三条第一款"),
)


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    cache.clear()
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield
    town.clock.set(date(2026, 11, 24))


def page(path: str, client: Client | None = None, status: int = 200) -> str:
    answer = (client or browser()).get(path)
    assert answer.status_code == status, text_of(answer.content)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    html = answer.content.decode()
    assert html.count("<h1") == 1, f"{path} must have one h1"
    assert " style=" not in html
    assert "<style" not in html
    return text_of(html)


def pdf(name: str = "图.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, paper_pdf("图", ["演示"]), "application/pdf")


def correcting(town: Town) -> str:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.AskCorrection(ASKS, days=15))
    return number


# --- before an application ---


def test_everyone_finds_her_way_from_the_home_page(town: Town) -> None:
    home = page("/")
    assert "想办什么事？" in home
    assert "查办件进度" in home
    assert "食品经营许可" in home


@pytest.mark.parametrize("path", ["/help", "/accessibility", "/privacy", "/language/en", "/progress", "/verify"])
def test_public_pages_stand(town: Town, path: str) -> None:
    page(path)


def test_everyday_words_find_an_item_and_the_hit_says_why(town: Town) -> None:
    found = page("/search?q=开饭馆")
    assert "食品经营许可" in found
    assert "大家也叫它“开饭馆”" in found


def test_a_search_without_hits_says_what_to_try(town: Town) -> None:
    found = page("/search?q=造飞船")
    assert "没有找到相符的事项" in found
    assert "12345" in found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=80), number=st.text(max_size=8), for_whom=st.sampled_from(["", "person", "company", "x"]))
def test_no_search_breaks_the_page(town: Town, words: str, number: str, for_whom: str) -> None:
    answer = browser().get("/search", {"q": words, "page": number, "for": for_whom})
    assert answer.status_code == 200


def test_a_guide_says_what_article_30_asks_for(town: Town) -> None:
    guide = page(f"/items/{REGION}/{FOOD}")
    for words in ("8 个工作日", "法定 20 个工作日", "免费", "12 分钟", "有电子证照的免提交", "可容缺 5 个工作日"):
        assert words in guide
    for words in ("受理条件", "审查要点", "食品安全法", "行政复议", "0990-6010021"):
        assert words in guide


def test_an_unknown_item_is_a_page_that_helps(town: Town) -> None:
    assert "没有找到" in page(f"/items/{REGION}/nothing", status=404)


# --- progress and verification ---


def test_progress_needs_number_and_code_and_shows_no_name(town: Town) -> None:
    sent = town.submit(AGENT, FOOD, holder=RESTAURANT)
    # Typed as people type it: small letters, a space, full-width digits.
    code = f" {sent.query_code.lower()} "
    answer = browser().post("/progress", {"number": sent.number, "code": code})
    shown = text_of(answer.content)
    assert answer.status_code == 200
    assert "已提交，等待窗口预审" in shown
    assert "2026年12月1日" in shown
    assert "春禾" not in shown


def test_a_wrong_number_and_a_wrong_code_get_one_answer(town: Town) -> None:
    sent = town.submit(AGENT, FOOD)
    client = browser()
    wrong_code = client.post("/progress", {"number": sent.number, "code": "22222222"})
    wrong_number = client.post("/progress", {"number": "990100-20261124-9999999", "code": "22222222"})
    assert wrong_code.status_code == wrong_number.status_code == 422
    said = text_of(wrong_code.content).replace(sent.number, "")
    assert said == text_of(wrong_number.content).replace("990100-20261124-9999999", "")


def test_what_was_typed_stays_when_it_cannot_be_read(town: Town) -> None:
    answer = browser().post("/progress", {"number": "一二三", "code": ""})
    assert answer.status_code == 422
    assert 'value="一二三"' in answer.content.decode()
    assert "请填写查询码" in text_of(answer.content)


def test_guessing_is_slowed_down(town: Town) -> None:
    client = browser()
    codes = [client.post("/progress", {"number": "x", "code": "y"}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    assert client.get("/progress").status_code == 200


def approved(town: Town) -> str:
    number = town.submit(AGENT, SUSPENSION, holder=RESTAURANT).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.act(DECIDER, number, acts.Approve("准予备案"))
    town.settle()
    return number


def test_a_stranger_sees_that_a_certificate_is_genuine(town: Town) -> None:
    approved(town)
    row = certificates.of_parties(town.platform.database, town.who(AGENT).eyes, [RESTAURANT])[0]
    shown = page(f"/verify/{row.verify_code}")
    assert "这份证照是真的，目前有效" in shown
    for words in (row.number, row.name, "澜江春禾餐饮有限公司", "澜江市行政审批局"):
        assert words in shown


def test_a_persons_name_is_masked_for_strangers(town: Town) -> None:
    number = town.submit(AGENT, SUSPENSION, holder="p-linzhao").number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.act(DECIDER, number, acts.Approve("准予备案"))
    town.settle()
    row = certificates.of_parties(town.platform.database, town.who(AGENT).eyes, ["p-linzhao"])[0]
    shown = page(f"/verify/{row.verify_code}")
    assert "林*" in shown
    assert "林照" not in shown


@pytest.mark.parametrize("code", ["nothing", "%00", "'; --", "一二三", "x" * 300])
def test_an_unknown_code_is_told_without_blame(town: Town, code: str) -> None:
    shown = page(f"/verify/{code}", status=404)
    assert "没有查到这份证照" in shown
    assert "不一定是证照有问题" in shown


def test_a_typed_code_leads_to_its_page(town: Town) -> None:
    assert browser().get("/verify", {"code": "ＡＢ 12"}).headers["Location"] == "/verify/AB12"
    assert "请填写查验码" in page("/verify?code=")


# --- my cases ---


def test_signing_in_comes_first_and_leads_back(town: Town) -> None:
    answer = browser().get("/me")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("?next=/me")


def test_what_i_must_do_stands_on_top(town: Town) -> None:
    number = correcting(town)
    shown = page("/me", browser(AGENT))
    assert shown.index("现在要您做的") < shown.index(number)
    case = page(f"/me/cases/{REGION}/{number}", browser(AGENT))
    assert "现在要您做：补正 2 项" in case
    assert case.index("现在要您做") < case.index("办到哪一步了")
    assert "为什么是这一天" in case
    assert "补正通知书" in case


def test_others_cases_look_like_missing_ones(town: Town) -> None:
    number = correcting(town)
    for path in ("", "/correct", "/withdraw", "/clock"):
        assert browser(STRANGER).get(f"/me/cases/{REGION}/{number}{path}").status_code == 404
        # An official works at her own desk; this door is the applicant's.
        assert browser(CLERK).get(f"/me/cases/{REGION}/{number}{path}").status_code == 404
    assert browser(STRANGER).get(f"/me/cases/{REGION}/990100-20261124-9999999").status_code == 404


def test_a_correction_is_answered_point_by_point(town: Town) -> None:
    number = correcting(town)
    client, path = browser(AGENT), f"/me/cases/{REGION}/{number}/correct"
    form = client.get(path)
    shown = text_of(form.content)
    for ask in ASKS:
        assert ask.problem in shown
        assert ask.requirement in shown
    key = hidden(form.content, "key")
    wrong = client.post(path, {"key": key, "f-area": "很大", "paper-floor_plan": pdf()})
    assert wrong.status_code == 422
    assert 'value="很大"' in wrong.content.decode()
    assert "图.pdf" in text_of(wrong.content), "what was right of it is kept"
    right = client.post(path, {"key": key, "f-area": "88.5"})
    assert right.status_code == 303
    case = town.case(number)
    assert case.stage is Stage.PRECHECK
    assert case.data["area"] == 8850
    assert "补正内容已经提交" in text_of(client.get(right.headers["Location"]).content)
    assert client.get(path).headers["Location"] == f"/me/cases/{REGION}/{number}"


def test_a_kept_paper_cannot_be_forged(town: Town) -> None:
    number = correcting(town)
    answer = browser(AGENT).post(
        f"/me/cases/{REGION}/{number}/correct", {"f-area": "80", "kept-floor_plan": "someone-elses-file:sig"}
    )
    assert answer.status_code == 422
    assert town.case(number).stage is Stage.CORRECTING


def test_a_tolerated_paper_is_handed_in_later(town: Town) -> None:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT, later=("safety_rules",)).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    client, path = browser(AGENT), f"/me/cases/{REGION}/{number}/supply/safety_rules"
    assert "现在要您做：补交容缺材料" in page(f"/me/cases/{REGION}/{number}", client)
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"paper-safety_rules": pdf("制度.pdf")}).status_code == 303
    assert not town.case(number).open_tolerances
    assert client.get(path).status_code == 404


def test_a_withdrawal_asks_for_its_reason(town: Town) -> None:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    client, path = browser(AGENT), f"/me/cases/{REGION}/{number}/withdraw"
    key = hidden(client.get(path).content, "key")
    refused = client.post(path, {"key": key, "reason": "  "})
    assert refused.status_code == 422
    assert hidden(refused.content, "key") == key
    assert client.post(path, {"key": key, "reason": "暂时不开店了"}).status_code == 303
    # Pressed twice: the same key, the same answer.
    assert client.post(path, {"key": key, "reason": "暂时不开店了"}).status_code == 303
    assert town.case(number).stage is Stage.RETURNED


def test_a_refusal_names_its_rule_and_the_way_on(town: Town) -> None:
    number = approved(town)
    answer = browser(AGENT).post(f"/me/cases/{REGION}/{number}/withdraw", {"reason": "不要了"})
    shown = text_of(answer.content)
    assert answer.status_code == 422
    assert "依据：办件状态表" in shown
    assert "怎么办" in shown


def test_the_wallet_and_the_inbox(town: Town) -> None:
    approved(town)
    client = browser(AGENT)
    wallet = client.get("/me/certificates").content.decode()
    assert "下载盖章的 PDF" in wallet
    assert 'src="data:image/svg+xml' in wallet
    inbox = page("/me/messages", client)
    assert "未读" in inbox
    assert client.post("/me/messages/read").status_code == 303
    assert "未读" not in page("/me/messages", client)


def test_a_pdf_that_is_being_sealed_says_so(town: Town) -> None:
    number = town.submit(AGENT, HYGIENE, holder=RESTAURANT).number
    case = browser(AGENT).get(f"/me/cases/{REGION}/{number}").content.decode()
    path = case.split('href="/me/documents/')[1].split('"')[0]
    answer = browser(AGENT).get(f"/me/documents/{path}")
    assert answer.status_code == 202
    assert "正在加盖电子印章" in text_of(answer.content)
    assert browser(STRANGER).get(f"/me/documents/{path}").status_code == 404
