"""The case file on the desk: meetings, visits, ticks, differences and the whole record, as forms and pages."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.actions.test_case_files import photo_with_notes
from tests.town import (
    AGENT,
    CLERK,
    FOOD,
    HEAD,
    INSPECTOR,
    REGION,
    REVIEWER,
    ROAD,
    SECOND_INSPECTOR,
    SOIL,
    Town,
)
from tests.web.visitors import at_town, browser, text_of

from banjie.engine.cases.acts import Accept, Ask, AskCorrection, Claim, FinishStep, Resubmit, StartReview
from banjie.records import case_files, cases
from banjie.records.people import MACHINE

ENGINEER, TRAFFIC = "fanhemu", "qinjianlu"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield
    town.clock.set(date(2026, 11, 24))


def address(number: str) -> str:
    return f"/office/cases/{REGION}/{number}"


def in_review(town: Town, item: str, who: str, person: str = AGENT, **wishes: object) -> str:
    number = town.submit(person, item, **wishes).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(who, number, StartReview())
    return number


def a_day(name: str, day: date) -> dict[str, str]:
    return {f"{name}-year": str(day.year), f"{name}-month": str(day.month), f"{name}-day": str(day.day)}


def test_a_panel_is_called_held_and_minuted_on_its_pages(town: Town) -> None:
    number = in_review(town, SOIL, ENGINEER, "zhouyibo")
    town.act(ENGINEER, number, FinishStep("review", "齐全"))
    engineer = browser(ENGINEER)
    form = f"{address(number)}/meeting"
    assert "专家评审至少 3 名专家" in text_of(engineer.get(form).content)
    typed = {
        "key": f"panel-{number}",
        "kind": "expert_panel",
        "subject": "方案评审",
        "agenda": "逐项评审",
        "starts": "9:00",
        "ends": "11:00",
        "place": "三楼",
        "chair": HEAD,
        "procedure": "expert_review",
        "days": "15",
        **a_day("day", date(2026, 11, 26)),
        **a_day("answer_by", date(2026, 11, 25)),
    }
    wrong = engineer.post(form, typed)
    assert wrong.status_code == 422
    assert "至少要 3 名专家" in text_of(wrong.content)
    assert 'value="方案评审"' in wrong.content.decode()
    for line, name in enumerate(("蒲听泉", "温如岫", "邬千帆"), start=1):
        typed |= {f"expert-{line}": name, f"speciality-{line}": "水土保持"}
    where = engineer.post(form, typed).headers["Location"]
    assert where == engineer.post(form, typed).headers["Location"]
    assert "特别程序" in text_of(engineer.get(address(number)).content)
    town.clock.set(date(2026, 11, 26), 11)
    engineer = browser(ENGINEER)  # The session of two days ago is over.
    row = case_files.meeting(town.platform.database, MACHINE.eyes, REGION, where.rpartition("/")[2])
    assert row is not None
    keys = [one.key for one in row.meeting.invited]
    assert engineer.post(f"{where}/act/hold", {"key": f"hold-{number}", "attended": keys}).status_code == 303
    head = browser(HEAD)
    shown = text_of(head.get(where).content)
    assert "签发纪要" in shown, shown[200:1200]
    minutes = {"key": f"minute-{number}", "passed": "yes", "conclusion": "方案可行"}
    minutes |= {f"stand:{key}": "agree" for key in keys} | {f"words:{key}": "可行" for key in keys}
    assert head.post(f"{where}/act/minute", minutes).status_code == 303
    page = text_of(head.get(where).content)
    assert "方案可行" in page
    timeline = text_of(engineer.get(f"{address(number)}/timeline?kind=meeting").content)
    assert "会议：签发纪要" in timeline
    assert "办理：受理" not in timeline
    assert "方案评审" in text_of(engineer.get("/office/meetings?view=over").content)


def test_parallel_offices_see_each_others_opinions_and_answer_invitations(town: Town) -> None:
    answers = {"work": "dig", "road_age": "old", "green": "yes", "traffic": "yes"}
    number = in_review(town, ROAD, ENGINEER, "guosuimian", holder="c-heshun", answers=answers)
    town.act(ENGINEER, number, FinishStep("review", "齐全"))
    town.act(TRAFFIC, number, FinishStep("traffic_opinion", "错峰施工，方案可行"))
    page = text_of(browser("weidongqiao").get(address(number)).content)
    assert "意见汇总" in page
    assert "错峰施工，方案可行" in page
    assert "还没有给出意见" in page
    office = next(iter(town.who(TRAFFIC).actor.offices))
    typed = {
        "key": f"joint-{number}",
        "kind": "joint_review",
        "subject": "交通组织",
        "agenda": "逐家说明",
        "starts": "14:00",
        "ends": "15:00",
        "online": "332-118",
        "chair": ENGINEER,
        "office": office,
        **a_day("day", date(2026, 11, 25)),
        **a_day("answer_by", date(2026, 11, 25)),
    }
    where = browser(ENGINEER).post(f"{address(number)}/meeting", typed).headers["Location"]
    town.settle()
    traffic = browser(TRAFFIC)
    assert "交通组织" in text_of(traffic.get("/office/meetings?view=mine").content)
    answered = traffic.post(
        f"{where}/act/answer", {"key": f"answer-{number}", "line": f"o-{office}", "reply": "written", "words": "同意"}
    )
    assert answered.status_code == 303
    assert "书面意见" in text_of(browser(ENGINEER).get(where).content)
    for stranger in ("ruanzuolan", "haoqinghe"):
        assert browser(stranger).get(where).status_code == 404
        assert browser(stranger).get(f"{address(number)}/meeting").status_code == 404


def test_a_visit_is_planned_recorded_with_photos_and_signed_by_both(town: Town) -> None:
    number = in_review(town, FOOD, REVIEWER)
    town.act(REVIEWER, number, FinishStep("review", "齐全"))
    reviewer = browser(REVIEWER)
    form = f"{address(number)}/visit"
    page = reviewer.get(form).content.decode()
    typed = {
        "key": f"visit-{number}",
        "starts": "9:30",
        "address": "澜江市江左区望江路 118 号",
        "own_points": "消毒间单独设置",
        "visitor": [INSPECTOR],
        **a_day("day", date(2026, 11, 24)),
    }
    assert "康远舟" in page
    assert "2 名以上" in text_of(reviewer.post(form, typed).content)
    where = reviewer.post(form, typed | {"visitor": [INSPECTOR, SECOND_INSPECTOR]}).headers["Location"]
    town.settle()
    assert "来现场核查" in text_of(browser(AGENT).get(f"/me/cases/{REGION}/{number}").content)
    inspector = browser(INSPECTOR)
    assert "望江路 118 号" in text_of(inspector.get("/office/visits").content)
    photo = SimpleUploadedFile("厨房.jpg", photo_with_notes().read(), "image/jpeg")
    record = {"key": f"record-{number}", "finding:own-1": "met", "photos": photo, "photo_point": "own-1"}
    assert inspector.post(f"{where}/act/record", record).status_code == 303
    page = text_of(inspector.get(where).content)
    assert "30.50000, 112.50000" in page
    row = case_files.visit(town.platform.database, MACHINE.eyes, REGION, where.rpartition("/")[2])
    assert row is not None
    sha256 = row.visit.photos[0].sha256
    assert inspector.get(f"{where}/photo/{sha256}").headers["Content-Type"] == "image/jpeg"
    assert inspector.get(f"{where}/photo/{'0' * 64}").status_code == 404
    signed = {"key": f"applicant-{number}", "person": "夏春禾", "signed": "yes"}
    assert inspector.post(f"{where}/act/applicant", signed).status_code == 303
    for who in (INSPECTOR, SECOND_INSPECTOR):
        sign = {"key": f"sign-{who}-{number}", "outcome": "pass", "opinion": "一致"}
        assert browser(who).post(f"{where}/act/sign", sign).status_code == 303
    assert town.case(number).done["site_visit"] == "pass"
    assert "现场核查记录" in text_of(reviewer.get(address(number)).content)
    assert browser("ruanzuolan").get(where).status_code == 404


def test_ticks_stand_beside_the_papers_and_fill_the_correction_notice(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, Claim())
    clerk = browser(CLERK)
    form = f"{address(number)}/checklist"
    page = clerk.get(form).content.decode()
    field = page.partition('name="verdict:')[2].partition('"')[0].replace("&#34;", '"')
    missing = clerk.post(form, {"key": f"tick-{number}", f"verdict:{field}": "not_met"})
    assert "没有写明情况" in text_of(missing.content)
    typed = {"key": f"tick-{number}", f"verdict:{field}": "not_met", f"note:{field}": "图上没有备餐间", "rest": "yes"}
    assert clerk.post(form, typed).status_code == 303
    page = text_of(clerk.get(address(number)).content)
    assert "1 条不符合" in page
    assert "写补正通知" in page
    filled = clerk.get(f"{address(number)}?act=ask-correction&from=checklist").content.decode()
    assert "图上没有备餐间" in filled
    assert "核对要点" in text_of(clerk.get(f"{address(number)}/timeline?kind=checklist").content)
    assert browser("ruanzuolan").get(form).status_code == 404


def test_what_changed_since_the_correction_and_since_the_last_application_is_said_in_words(town: Town) -> None:
    town.submit(AGENT, FOOD)
    town.clock.move(minutes=5)
    number = town.submit(AGENT, FOOD).number
    town.act(CLERK, number, Claim())
    case = town.case(number)
    paper = next(one for one in case.papers if one.sha256)
    town.act(CLERK, number, AskCorrection((Ask(paper.material, "看不清", "重新上传", "食品经营许可管理办法"),)))
    newer = town.with_content(type(paper)(paper.material, "更清楚的.pdf"))
    town.act(AGENT, number, Resubmit(papers=(newer,)))
    page = text_of(browser(CLERK).get(f"{address(number)}/differences").content)
    assert "补正以前比" in page
    assert "已更换" in page
    assert "同一申请人以前的办件" in page
    assert browser("ruanzuolan").get(f"{address(number)}/differences").status_code == 404


def test_the_applicant_asks_for_her_hearing_on_her_own_page(town: Town) -> None:
    number = in_review(town, SOIL, ENGINEER, "zhouyibo")
    offer = {"key": f"offer-{number}", "kind": "offer", "reason": "紧邻居民住宅"}
    where = browser(ENGINEER).post(f"{address(number)}/meeting", offer).headers["Location"]
    mine = f"/me/cases/{REGION}/{number}"
    applicant = browser("zhouyibo")
    assert "您有权申请听证" in text_of(applicant.get(mine).content)
    meeting = where.rpartition("/")[2]
    answer = applicant.post(f"{mine}/hearing/{meeting}/ask", {"key": f"ask-hearing-{number}"})
    assert answer.status_code == 303
    assert "您已经申请听证" in text_of(applicant.get(mine).content)
    assert browser(AGENT).post(f"{mine}/hearing/{meeting}/ask").status_code == 404
    assert "召集听证" in text_of(browser(HEAD).get(where).content)


def test_only_a_case_one_sees_has_a_file(town: Town) -> None:
    number = town.submit(AGENT, FOOD).number
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    for page in ("timeline", "differences", "checklist", "meeting", "visit"):
        assert browser(TRAFFIC).get(f"{address(number)}/{page}").status_code == 404
        assert browser(AGENT).get(f"{address(number)}/{page}").status_code in (302, 403)
