"""审前服务 page by page: asking, the conversation, opinions, a conclusion, one press to a case, the same measure."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.actions.advising import asked, present, ready, shown_points
from tests.town import AGENT, CLERK, FOOD, HEAD, REGION, RESTAURANT, REVIEWER, Town
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.demo.papers import paper_pdf
from banjie.engine.cases import acts
from banjie.engine.precases import PrecaseStatus
from banjie.records import drafts, messages, precases
from banjie.records.people import MACHINE
from banjie.records.precases import FoundPrecase

ASK = f"/items/{REGION}/{FOOD}/ask"
PDF = paper_pdf("门面照片", ["二楼门面"])


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield
    town.clock.set(date(2026, 11, 24))


def mine(number: str) -> str:
    return f"/me/precases/{REGION}/{number}"


def desk(number: str) -> str:
    return f"/office/precases/{REGION}/{number}"


def found(town: Town, number: str) -> FoundPrecase:
    one = precases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert one is not None
    return one


def press(client: Client, address: str, act: str, **typed: Any) -> Any:
    return client.post(f"{address}/act/{act}", {"key": hidden(client.get(address).content, "key"), **typed})


def consult(text: str, **more: Any) -> tuple[Client, Any]:
    client = browser(AGENT)
    page = client.get(ASK)
    typed = {"key": hidden(page.content, "key"), "holder": RESTAURANT, "text": text}
    return client, client.post(ASK, typed | more)


def number_in(location: str) -> str:
    return location.rstrip("/").rsplit("/", 1)[-1]


# --- asking ---


def test_a_stranger_signs_in_before_she_asks() -> None:
    answer = browser().get(ASK)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.headers["Location"]


def test_the_guide_leads_to_the_question() -> None:
    assert ASK in browser().get(f"/items/{REGION}/{FOOD}").content.decode()


def test_a_question_with_a_photo_begins_the_thread(town: Town) -> None:
    client, answer = consult("二楼能不能开饭馆？", files=SimpleUploadedFile("门面.pdf", PDF, "application/pdf"))
    assert answer.status_code == 303
    number = number_in(answer.headers["Location"])
    page = client.get(mine(number))
    said = text_of(page.content)
    assert "二楼能不能开饭馆？" in said
    assert "等工作人员答复，最迟 2026年11月24日" in said
    sha256 = found(town, number).precase.files[0].sha256
    assert client.get(f"{mine(number)}/paper/{sha256}").status_code == 200
    assert client.get(f"{mine(number)}/paper/{'0' * 64}").status_code == 404
    assert browser("zhouyibo").get(mine(number)).status_code == 404
    assert browser("zhouyibo").get(f"{mine(number)}/paper/{sha256}").status_code == 404
    assert browser("qinjianlu").get(desk(number)).status_code == 404


def test_an_empty_question_comes_back_with_its_reason() -> None:
    _, answer = consult("  ")
    assert answer.status_code == 422
    assert "没有写明想问的事" in text_of(answer.content)


def test_pressing_twice_asks_once(town: Town) -> None:
    client = browser(AGENT)
    typed = {"key": "ask-twice-00000001", "holder": RESTAURANT, "text": "一件事"}
    first, second = client.post(ASK, typed), client.post(ASK, typed)
    assert first.headers["Location"] == second.headers["Location"]


def test_a_draft_goes_along(town: Town) -> None:
    client = browser(AGENT)
    draft = present(town, asked(town)).draft
    page = client.get(f"{ASK}?draft={draft}")
    answer = client.post(f"{ASK}?draft={draft}", {"key": hidden(page.content, "key"), "text": "这样填对吗？"})
    number = number_in(answer.headers["Location"])
    assert found(town, number).precase.draft == draft
    assert "辅导" in text_of(client.get("/me/precases").content)


# --- the office ---


def test_the_list_sorts_by_time_left_and_says_so_in_words(town: Town) -> None:
    town.clock.set(date(2026, 11, 24), 16)
    first = asked(town, "昨天问的")
    town.clock.set(date(2026, 11, 25), 9)
    second = asked(town, "今天问的")
    page = text_of(browser(CLERK).get("/office/precases").content)
    assert page.index(first) < page.index(second)
    assert "今天 12:00 前答复" in page
    town.clock.set(date(2026, 11, 26))
    town.settle()
    page = text_of(browser(CLERK).get("/office/precases").content)
    assert "答复已超时" in page
    assert "曾超时" in page
    assert "没有按时答复" in text_of(browser(AGENT).get(mine(first)).content)
    for view in ("mine", "open", "over", "nonsense"):
        assert browser(CLERK).get(f"/office/precases?view={view}").status_code == 200


def test_an_answer_bears_a_name_and_reaches_the_applicant(town: Town) -> None:
    number = asked(town)
    clerk = browser(CLERK)
    assert press(clerk, desk(number), "take-up").status_code == 303
    assert press(clerk, desk(number), "reply", template="可以办理。").status_code == 303
    town.settle()
    said = text_of(browser(AGENT).get(mine(number)).content)
    assert "可以办理。" in said
    assert "罗小雨" in said
    box = messages.of_parties(town.platform.database, town.who(AGENT).eyes, [RESTAURANT], most=10_000)
    assert any(one.kind == "PrecaseReplied" and number in one.body for one in box)


def test_a_hand_over_names_a_colleague_and_no_stranger(town: Town) -> None:
    number = asked(town)
    clerk = browser(CLERK)
    answer = press(clerk, desk(number), "hand-over", to="qinjianlu", reason="归他管")
    assert answer.status_code == 422
    assert press(clerk, desk(number), "hand-over", to=REVIEWER, reason="由审查科答复").status_code == 303
    assert "沈秋白" in text_of(clerk.get(desk(number)).content)
    assert "由审查科答复" not in text_of(browser(AGENT).get(mine(number)).content)


def test_opinions_point_by_point_then_mended_then_ready(town: Town) -> None:
    number = asked(town)
    present(town, number)
    reviewer = browser(REVIEWER)
    page = reviewer.get(desk(number))
    assert page.status_code == 200
    target, point = next(one for one in shown_points(town, number) if one[0] == "floor_plan")
    typed = {f"verdict:{target}|{point}": "mend", "rest": "yes"}
    answer = press(reviewer, desk(number), "give-opinions", **typed)
    assert answer.status_code == 422
    assert "怎样修改" in text_of(answer.content)
    typed[f"remedy:{target}|{point}"] = "请标出备餐间"
    assert press(reviewer, desk(number), "give-opinions", **typed).status_code == 303
    assert found(town, number).precase.status is PrecaseStatus.MENDING
    said = text_of(browser(AGENT).get(mine(number)).content)
    assert "请标出备餐间" in said
    assert "请按意见修改" in said
    answer = press(reviewer, desk(number), "conclude", ready="yes")
    assert answer.status_code == 422
    assert "还有要修改的" in text_of(answer.content)
    present(town, number, changed="floor_plan")
    assert press(reviewer, desk(number), "give-opinions", rest="yes").status_code == 303
    assert press(reviewer, desk(number), "conclude", ready="yes").status_code == 303
    assert found(town, number).precase.status is PrecaseStatus.READY
    assert "可以申报" in text_of(browser(AGENT).get(mine(number)).content)


def test_a_visit_is_booked_recorded_and_shown(town: Town) -> None:
    number = asked(town)
    present(town, number)
    reviewer = browser(REVIEWER)
    day = {"day-year": "2026", "day-month": "11", "day-day": "25"}
    wrong = press(reviewer, desk(number), "book-visit", **(day | {"day-day": "32"}), visitors="康远舟", matter="看布局")
    assert "日期不对" in text_of(wrong.content)
    booked = press(reviewer, desk(number), "book-visit", **day, visitors="康远舟、唐霜林", matter="看操作间布局")
    assert booked.status_code == 303
    assert "康远舟、唐霜林" in text_of(browser(AGENT).get(mine(number)).content)
    town.clock.set(date(2026, 11, 25), 15)
    reviewer = browser(REVIEWER)  # A visit that lasts a day is over.
    photo = SimpleUploadedFile("现场.pdf", PDF, "application/pdf")
    assert press(reviewer, desk(number), "record-visit", findings="一致").status_code == 422
    done = press(reviewer, desk(number), "record-visit", findings="与图纸一致", met="yes", files=photo)
    assert done.status_code == 303
    said = text_of(browser(AGENT).get(mine(number)).content)
    assert "现场预勘：符合要求" in said
    assert "现场.pdf" in said


# --- one press to a case, and the same measure there ---


def handed_in(town: Town, number: str) -> str:
    """The number of the case the service becomes."""
    client = browser(AGENT)
    answer = press(client, mine(number), "apply")
    assert answer.status_code == 303
    check = client.get(answer.headers["Location"])
    assert "核对并提交" in text_of(check.content)
    assert "下面几项做完以后才能提交" not in text_of(check.content)
    address = answer.headers["Location"].replace("/check", "/submit")
    sent = client.post(address, {"key": hidden(check.content, "key")})
    assert sent.status_code == 303, text_of(sent.content)[:600]
    town.settle()
    return found(town, number).precase.case_number


def test_a_service_becomes_a_case_with_everything_it_had(town: Town) -> None:
    number = ready(town)
    case = town.case(handed_in(town, number))
    assert case.precase == number
    assert case.endorsements
    assert {paper.material for paper in case.papers if paper.sha256} == {
        paper.material for paper in found(town, number).precase.papers if paper.sha256
    }
    assert found(town, number).precase.status is PrecaseStatus.CONVERTED
    assert case.number in text_of(browser(AGENT).get(mine(number)).content)


def test_another_measure_at_the_window_is_refused_until_the_head_allows_it(town: Town) -> None:
    case_number = handed_in(town, ready(town))
    address = f"/office/cases/{REGION}/{case_number}"
    town.act(CLERK, case_number, acts.Claim())
    clerk = browser(CLERK)
    assert "审前服务已认定符合" in text_of(clerk.get(address).content)
    typed = {
        "key": "another-measure-1",
        "ask": "floor_plan",
        "problem:floor_plan": "图纸不够清楚",
        "requirement:floor_plan": "请重新画",
        "basis:floor_plan": "食品安全法第三十三条",
        "days": "5",
    }
    refused = clerk.post(f"{address}/act/ask-correction", typed)
    said = text_of(refused.content)
    assert refused.status_code == 422
    assert "审前服务结论一致" in said
    assert REVIEWER in said
    assert "由机关负责人写明理由" in said
    point = next(one for one in town.case(case_number).endorsements if one.target == "floor_plan")
    head = browser(HEAD)
    lifted = {"key": "lifted-by-head-1", "point": f"floor_plan|{point.point}", "reason": "群众举报图纸与现场不符"}
    assert "准许重新审查" in text_of(head.get(address).content)
    assert head.post(f"{address}/act/lift-endorsement", lifted).status_code == 303
    town.settle()
    typed |= {"key": "another-measure-2", "point:floor_plan": point.point}
    assert clerk.post(f"{address}/act/ask-correction", typed).status_code == 303
    watched = text_of(browser("lumingjian").get("/supervise/precases").content)
    assert "群众举报图纸与现场不符" in watched
    assert "梅岚亭" in watched
    # The town is shared, and others write to her at the same hour: the whole inbox is read, not its latest page.
    box = messages.of_parties(town.platform.database, town.who(AGENT).eyes, [RESTAURANT], most=10_000)
    assert any("群众举报图纸与现场不符" in one.body for one in box)
    assert "准许重新审查" in text_of(browser(AGENT).get(f"/me/cases/{REGION}/{case_number}").content)


def test_a_changed_paper_is_judged_anew_and_the_page_says_what_changed(town: Town) -> None:
    number = ready(town)
    draft = found(town, number).precase.draft
    who = town.who(AGENT)
    kept = drafts.find(town.platform.database, who.eyes, draft)
    assert kept is not None
    fresh = town.platform.files.put(paper_pdf("新平面图", ["标明备餐间"]))
    papers = [one | {"sha256": fresh} if one["material"] == "floor_plan" else one for one in kept.content["papers"]]
    drafts.save(town.platform.database, who.eyes, draft, REGION, {"papers": papers})
    case_number = handed_in(town, number)
    town.act(CLERK, case_number, acts.Claim())
    said = text_of(browser(CLERK).get(f"/office/cases/{REGION}/{case_number}").content)
    assert "材料已经更换" in said
    ask = acts.Ask("floor_plan", "新图没有标面积", "请标明面积", "食品安全法第三十三条")
    town.act(CLERK, case_number, acts.AskCorrection((ask,)))
    assert town.case(case_number).corrections


def test_the_applicant_may_end_it_or_begin_without_waiting(town: Town) -> None:
    number = asked(town)
    client = browser(AGENT)
    begun = press(client, mine(number), "begin")
    assert begun.headers["Location"].startswith("/apply/")
    assert "先请工作人员预审" in text_of(client.get(begun.headers["Location"]).content)
    assert press(client, mine(number), "present").status_code == 422
    assert press(client, mine(number), "add-question", text="还有").status_code == 303
    assert press(client, mine(number), "end-service", reason="不办了").status_code == 303
    assert client.post(f"{mine(number)}/act/nonsense").status_code == 404
    assert browser(CLERK).post(f"{desk(number)}/act/reply", {"text": "可以"}).status_code == 422


def test_a_review_that_fails_is_asked_on_which_points(town: Town) -> None:
    case_number = handed_in(town, ready(town))
    address = f"/office/cases/{REGION}/{case_number}"
    for who, act in ((CLERK, acts.Claim()), (CLERK, acts.Accept()), (REVIEWER, acts.StartReview())):
        town.act(who, case_number, act)
    reviewer = browser(REVIEWER)
    assert "不符合的审查要点" in text_of(reviewer.get(f"{address}?act=finish-step:review").content)
    typed = {"key": "fails-without-points-1", "step": "review", "outcome": "fail", "opinion": "图纸不行"}
    refused = reviewer.post(f"{address}/act/finish-step", typed)
    assert refused.status_code == 422
    assert "没有写明不符合的是哪一条审查要点" in text_of(refused.content)
    point = next(one for one in town.case(case_number).endorsements if one.target == "floor_plan")
    settled = reviewer.post(f"{address}/act/finish-step", typed | {"against": f"floor_plan|{point.point}"})
    assert settled.status_code == 422
    assert "不能换一个标准认定不符合" in text_of(settled.content)
