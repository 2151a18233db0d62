"""An application from the first question to the receipt, by Django's test client."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import AGENT, FOOD, HYGIENE, REGION, RESTAURANT, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.demo.papers import paper_pdf
from banjie.engine.cases import Stage
from banjie.records import drafts

CATERING = {"apply_type": "new", "business": "catering", "cold_or_raw": "none"}
PREMISES = {"f-district": "990102", "f-address": "望江路 118 号", "f-area": "１２０．５", "f-kitchen_area": "40"}
OPERATION = {"f-business_items": ["hot", "drinks"], "f-safety_officer": "林照", "f-online": "no", "f-remarks": ""}


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


class Applicant:
    """Someone before the pages of one application."""

    def __init__(self, username: str = AGENT, item: str = FOOD, holder: str = RESTAURANT) -> None:
        self.client: Client = browser(username)
        answer = self.client.post(f"/items/{REGION}/{item}/start", {"party": holder})
        assert answer.status_code == 303, text_of(answer.content)
        self.path = re.sub(r"/guide$", "", answer.headers["Location"])

    @property
    def draft(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    def get(self, page: str = "", status: int = 200) -> str:
        answer = self.client.get(self.path + page)
        assert answer.status_code == status, text_of(answer.content)
        return text_of(answer.content)

    def post(self, page: str, typed: Mapping[str, object], status: int = 303) -> str:
        answer = self.client.post(self.path + page, typed)
        assert answer.status_code == status, text_of(answer.content)
        return answer.headers["Location"] if status == 303 else text_of(answer.content)

    def answer(self, answers: Mapping[str, str]) -> None:
        for key, value in answers.items():
            self.post("/guide", {"question": key, "answer": value})

    def applicant_page(self) -> dict[str, str]:
        html = self.client.get(self.path + "/section/applicant").content.decode()
        return dict(re.findall(r'name="(f-[a-z_]+)"[^>]*value="([^"]*)"', html))

    def fill(self) -> None:
        self.answer(CATERING)
        self.post("/section/applicant", self.applicant_page())
        self.post("/section/premises", PREMISES)
        self.post("/section/operation", OPERATION)
        later = {"later-safety_rules": "yes", "later-name": "林照"}
        self.post("/papers", {"paper-floor_plan": pdf(), **later, "then": "continue"})


def pdf(name: str = "平面图.pdf", content: bytes = paper_pdf("平面图", ["演示"])) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_one_signs_in_first_and_comes_back(town: Town) -> None:
    answer = browser().get(f"/items/{REGION}/{FOOD}/start")
    assert answer.status_code == 302
    assert f"/items/{REGION}/{FOOD}/start" in answer.headers["Location"]


def test_for_whom_is_asked_and_must_be_answered(town: Town) -> None:
    client, path = browser(AGENT), f"/items/{REGION}/{FOOD}/start"
    assert "澜江春禾餐饮有限公司" in text_of(client.get(path).content)
    for wrong in ({}, {"party": "c-jiangan"}, {"party": "\x00"}):
        answer = client.post(path, wrong)
        assert answer.status_code == 422
        assert "请选择为谁办理" in text_of(answer.content)


def test_one_question_a_page_and_the_way_back(town: Town) -> None:
    mine = Applicant()
    assert "您正在为 澜江春禾餐饮有限公司 办理" in mine.get("/guide")
    assert "请选择一项" in mine.post("/guide", {"question": "apply_type"}, status=422)
    assert "请选择" in mine.post("/guide", {"question": "apply_type", "answer": "nothing"}, status=422)
    mine.answer({"apply_type": "new"})
    assert "您主要做什么？" in mine.get("/guide")
    assert "您要办哪一种？" in mine.get("/guide?q=apply_type")


def test_who_cannot_apply_is_told_what_to_do_instead(town: Town) -> None:
    mine = Applicant()
    mine.answer({"apply_type": "new", "business": "prepackaged"})
    shown = mine.get("/guide")
    assert "仅销售预包装食品备案" in shown
    assert "改选其他情形" in shown
    mine.answer({"business": "catering"})
    assert "做不做冷食" in mine.get("/guide")


def test_a_changed_answer_drops_what_hung_on_it(town: Town) -> None:
    mine = Applicant()
    mine.answer({**CATERING, "cold_or_raw": "raw"})
    assert "还差 4 份" in mine.get()
    mine.answer({"business": "sale"})
    kept = drafts.find(town.platform.database, town.who(AGENT).eyes, mine.draft)
    assert kept is not None
    assert kept.content["answers"] == {"apply_type": "new", "business": "sale"}


def test_what_is_known_is_filled_in_with_its_source(town: Town) -> None:
    mine = Applicant()
    mine.answer(CATERING)
    assert "已为您填好" in mine.get()
    shown = mine.get("/section/applicant")
    assert "来自您的企业登记信息" in shown
    filled = mine.applicant_page()
    assert filled["f-credit_code"] == "91990102MA00RC0153"
    agent = next(person for person in town.city.people if person.username == AGENT)
    # The contact is who is applying, not the company.
    assert (filled["f-contact_name"], filled["f-contact_phone"]) == (agent.name, agent.phone)


def test_nothing_typed_is_lost_when_something_is_wrong(town: Town) -> None:
    mine = Applicant()
    mine.answer(CATERING)
    shown = mine.post("/section/premises", {**PREMISES, "f-area": "很大", "f-address": ""}, status=422)
    assert "有 2 处需要修改" in shown
    assert "请填写经营场所地址" in shown
    later = mine.client.get(mine.path + "/section/premises").content.decode()
    assert 'value="很大"' in later
    assert "填了一部分" in mine.get()


def test_what_is_typed_is_kept_while_typing(town: Town) -> None:
    mine = Applicant()
    mine.answer(CATERING)
    answer = mine.client.post(
        mine.path + "/section/premises", {"f-address": "望江路"}, headers={"X-Requested-With": "autosave"}
    )
    assert answer.content.decode() == "已暂存 09:00"
    assert 'value="望江路"' in mine.client.get(mine.path + "/section/premises").content.decode()


def test_a_field_that_an_answer_calls_for_is_asked_and_no_error(town: Town) -> None:
    mine = Applicant()
    mine.answer(CATERING)
    shown = mine.post("/section/operation", {**OPERATION, "f-online": "yes"}, status=200)
    assert "请再填几项" in shown
    assert "网店名称和平台" in shown
    assert "处需要修改" not in shown
    assert "网店名称和平台" in mine.get("/section/operation")
    mine.post("/section/operation", {**OPERATION, "f-online": "yes", "f-website": "春禾小馆"})
    assert "网店名称和平台" not in mine.post("/section/operation", OPERATION)


def test_papers_are_taken_by_their_content(town: Town) -> None:
    mine = Applicant()
    mine.answer(CATERING)
    assert "免提交" in mine.get("/papers")
    shown = mine.post("/papers", {"paper-floor_plan": pdf("图.pdf", b"MZ not a pdf"), "then": "continue"}, status=422)
    assert "不是可以接受的格式" in shown
    assert "还没有上传“食品安全管理制度”" in shown
    mine.post("/papers", {"paper-floor_plan": pdf(), "then": "later"})
    assert "平面图.pdf" in mine.get("/papers")
    assert "还差 1 份" in mine.get()
    mine.post("/papers", {"remove": "floor_plan"})
    assert "还差 2 份" in mine.get()


def test_an_uploaded_paper_is_seen_by_its_owner_only(town: Town) -> None:
    mine = Applicant()
    mine.answer(CATERING)
    mine.post("/papers", {"paper-floor_plan": pdf(), "then": "later"})
    address = re.search(
        r'href="(/apply/[^"]+/papers/[0-9a-f]{64})"', mine.client.get(mine.path + "/papers").content.decode()
    )
    assert address is not None
    answer = mine.client.get(address.group(1))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert browser("zhouyibo").get(address.group(1)).status_code == 404
    assert mine.client.get(mine.path + "/papers/" + "0" * 64).status_code == 404


def test_the_whole_way_ends_with_a_number_a_code_and_a_day(town: Town) -> None:
    mine = Applicant()
    assert "还没有完成" in mine.get("/check")
    mine.fill()
    shown = mine.get("/check")
    assert "120.50 平方米" in shown
    assert "热食类食品制售、自制饮品制售" in shown
    assert "稍后补交" in shown
    mine.post("/submit", {})
    done = mine.get("/done")
    number = re.search(r"990100-20261124-[0-9]{7,}", done)
    assert number is not None
    assert "2026年12月1日" in done
    assert "下载收件凭证" in done
    case = town.case(number.group())
    assert case.stage is Stage.SUBMITTED
    assert case.holder.id == RESTAURANT
    assert case.agent is not None
    assert case.agent.id == AGENT
    assert case.later == ("safety_rules",)
    # Pressed twice, or come back to: the receipt again, and no second case.
    assert mine.post("/submit", {}).endswith("/done")
    assert mine.client.get(mine.path).headers["Location"].endswith("/done")
    assert number.group() in mine.get("/done")
    kept = drafts.find(town.platform.database, town.who(AGENT).eyes, mine.draft)
    assert kept is not None
    assert set(kept.content) == {"sent"}


def test_a_promise_must_be_ticked(town: Town) -> None:
    mine = Applicant(item=HYGIENE)
    law = town.law(HYGIENE)
    sample = town.application(HYGIENE, RESTAURANT)
    mine.answer(sample.answers)
    papers = [
        {"material": one.material, "name": one.name, "sha256": one.sha256, "size": one.size} for one in sample.papers
    ]
    drafts.save(
        town.platform.database,
        town.who(AGENT).eyes,
        mine.draft,
        REGION,
        {
            "data": dict(sample.data),
            "seen": {section.key: True for section in law.item.form.sections},
            "papers": [one for one in papers if one["sha256"]],
        },
    )
    assert "我已经读过并同意上面的承诺" in mine.get("/check")
    refused = mine.post("/submit", {}, status=422)
    assert "尚未签署告知承诺书" in refused
    mine.post("/submit", {"promised": "yes"})
    assert "申请已提交" in mine.get("/done")


def test_a_draft_is_found_again_and_thrown_away(town: Town) -> None:
    mine = Applicant()
    assert mine.path in mine.client.get("/").content.decode()
    assert mine.path in mine.client.get("/me").content.decode()
    assert mine.path in mine.client.get(f"/items/{REGION}/{FOOD}/start").content.decode()
    assert "不能恢复" in mine.get("/discard")
    assert mine.post("/discard", {}) == "/me"
    mine.get("", status=404)


def test_a_draft_is_nobody_elses(town: Town) -> None:
    mine = Applicant()
    for page in ("", "/guide", "/section/applicant", "/papers", "/check", "/done"):
        assert browser("zhouyibo").get(mine.path + page).status_code == 404


NAMES = st.sampled_from(
    ["f-area", "f-address", "f-district", "f-kitchen_area", "f-online", "f-business_items", "question", "answer",
     "then", "remove", "promised", "later-safety_rules", "paper-floor_plan", "party", "f-website"]
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    page=st.sampled_from(["/guide", "/section/premises", "/section/operation", "/section/x", "/papers", "/submit"]),
    typed=st.dictionaries(NAMES, st.lists(st.text(max_size=40), max_size=3), max_size=6),
)
def test_no_post_breaks_a_page(town: Town, page: str, typed: dict[str, list[str]]) -> None:
    mine = _shared()
    answer = mine.client.post(mine.path + page, typed)
    assert answer.status_code in (200, 303, 404, 422), answer.content.decode()
    assert mine.client.get(mine.path).status_code == 200


_APPLICANTS: list[Applicant] = []


def _shared() -> Applicant:
    """One application for all the examples; it can never be handed in, because its form is never complete."""
    if not _APPLICANTS:
        mine = Applicant()
        mine.answer(CATERING)
        _APPLICANTS.append(mine)
    return _APPLICANTS[0]
