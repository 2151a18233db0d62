"""Documents: every event that needs its paper issues one, with all that the law wants on it."""

import json
from dataclasses import replace
from datetime import date

import pytest
from tests.engine.casework import CONTENT, HOLDER, LAWS, ORGAN, in_review, opened
from tests.town import FOOD, HYGIENE, ROAD

from banjie.engine.calendar import chinese_date
from banjie.engine.cases import KINDS, Ask, Delivery, Event, Law, Paper, Party, evolve, fold
from banjie.engine.cases import documents as law_of_documents
from banjie.engine.cases import events as e
from banjie.engine.cases.documents import NAMES, Document, documents
from banjie.engine.cases.handing import Assigned, PassedOn, Released, TakenOn
from banjie.engine.cases.moving import DeadlinesMoved, Moved

LAW = LAWS[FOOD]
ON, LATER = date(2026, 11, 9), date(2026, 11, 20)
PAPER = Paper("floor_plan", "平面图.pdf")

# What each event issues. An event that issues nothing stands here too, so that a new one must be thought about.
ISSUES: dict[str, tuple[str, ...]] = {
    "Submitted": ("receipt",),
    "Claimed": (),
    "CorrectionAsked": ("correction",),
    "EndorsementLifted": (),
    "Resubmitted": (),
    "FoundNotRequired": ("non_acceptance",),
    "FoundNotCompetent": ("non_acceptance",),
    "Accepted": ("acceptance",),
    "Tolerated": ("tolerance",),
    "ToleratedSupplied": (),
    "ToleranceLapsed": ("termination",),
    "ReviewStarted": (),
    "StepSigned": (),
    "StepFinished": (),
    "StepReturned": (),
    "SpecialStarted": ("special_procedure",),
    "SpecialEnded": (),
    "Extended": ("extension",),
    "Approved": ("approval",),
    "Denied": ("denial",),
    "Delivered": ("delivery",),
    "Returned": ("termination",),
    "TakenBack": (),
    "Urged": (),
    "UrgeAnswered": (),
    "WithdrawalAsked": (),
    "Withdrawn": ("withdrawal",),
    "Terminated": ("termination",),
    "MarkedLate": (),
    "TakenOn": (),
    "Released": (),
    "PassedOn": (),
    "Assigned": (),
    "DeadlinesMoved": (),
}
# What meetings and site visits issue, which have histories of their own beside the case.
BESIDE = {"hearing_rights", "hearing_notice", "expert_opinion", "meeting_minutes", "site_visit"}
HAPPENED: list[Event] = [
    e.Submitted(ON, "990100-20261109-0000001", "K7Q2M4", FOOD, 1, "990100", ORGAN, HOLDER, LATER, papers=(PAPER,)),
    e.Claimed(ON, "luoxiaoyu"),
    e.CorrectionAsked(ON, "luoxiaoyu", (Ask("floor_plan", "看不清", "重新上传", "第三十三条"),), LATER),
    e.EndorsementLifted(ON, "meilanting", "floor_plan", "标出各操作间", "现场与图纸不一致"),
    e.Resubmitted(ON, LATER),
    e.FoundNotRequired(ON, "luoxiaoyu", "只卖预包装食品"),
    e.FoundNotCompetent(ON, "luoxiaoyu", "不在本市", "青禾县行政审批局"),
    e.Accepted(ON, ON, "luoxiaoyu", LATER, LATER),
    e.Tolerated(ON, "luoxiaoyu", "safety_rules", LATER),
    e.ToleratedSupplied(ON, PAPER),
    e.ToleranceLapsed(ON, "safety_rules"),
    e.ReviewStarted(ON, "shenqiubai", ("review",)),
    e.StepSigned(ON, "shenqiubai", "review", "pass", "符合"),
    e.StepFinished(ON, "shenqiubai", "review", "pass", "符合", ("decision",)),
    e.StepReturned(ON, "yuezhiheng", "decision", "review", "不全", ("review",), {}),
    e.SpecialStarted(ON, "shenqiubai", "hearing", "听证", True, "第四十五条", 20, LATER, "利害关系人要求"),
    e.SpecialEnded(ON, "shenqiubai", "已听证"),
    e.Extended(ON, "meilanting", 10, "案情复杂", LATER),
    e.Approved(ON, "yuezhiheng", "符合条件", LATER),
    e.Denied(ON, "yuezhiheng", ("布局不符合要求",), LATER),
    e.Delivered(ON, "luoxiaoyu", Delivery.ELECTRONIC, "电子送达回执"),
    e.Returned(ON, "linzhao", "申请人撤回"),
    e.TakenBack(ON),
    e.Urged(ON, LATER),
    e.UrgeAnswered(ON, "shenqiubai", "正在核对图纸"),
    e.WithdrawalAsked(ON, "店不开了"),
    e.Withdrawn(ON, "luoxiaoyu"),
    e.Terminated(ON, "meilanting", "申请人死亡"),
    e.MarkedLate(ON, "TL", LATER),
    TakenOn(ON, "shenqiubai", "review"),
    Released(ON, "shenqiubai", "shenqiubai", "review", "请假"),
    PassedOn(ON, "shenqiubai", "shenqiubai", "fanhemu", "出差", "review"),
    Assigned(ON, "meilanting", "shenqiubai"),
    DeadlinesMoved(ON, 2, "2026-2", (Moved("TP", LATER, date(2026, 11, 23)),)),
]


def issued(event: Event, law: Law = LAW) -> tuple[Document, ...]:
    """What an event on an ordinary case in review issues."""
    before = in_review(law).case
    return documents(before, event, evolve(before, event) if not isinstance(event, e.Resubmitted) else before, law)


def content(event: Event, law: Law = LAW) -> dict[str, object]:
    [document] = issued(event, law)
    return dict(document.content)


@pytest.mark.parametrize("event", HAPPENED, ids=lambda event: type(event).__name__)
def test_every_event_that_needs_its_paper_issues_it(event: Event) -> None:
    found = issued(event)

    assert tuple(document.kind for document in found) == ISSUES[type(event).__name__]
    for document in found:
        assert document.series
        json.dumps(document.content, allow_nan=False)
        # 第三十二条末款: the organ whose seal it bears, and the date.
        assert document.content["organ"] == LAW.item.organ_name
        assert document.content["date"] == chinese_date(ON)
        assert document.content["case_number"]


def test_the_table_knows_every_event_and_every_document() -> None:
    assert set(ISSUES) == set(KINDS) == {type(event).__name__ for event in HAPPENED}
    assert {kind for kinds in ISSUES.values() for kind in kinds} | {"promise"} | BESIDE == set(NAMES)


@pytest.mark.parametrize("kind", NAMES)
def test_every_document_has_its_template(kind: str) -> None:
    assert (CONTENT / "documents" / f"{kind}.typ").is_file()


@pytest.mark.parametrize(
    "event",
    [event for event in HAPPENED if isinstance(event, e.FoundNotRequired | e.FoundNotCompetent | e.Denied)],
    ids=lambda event: type(event).__name__,
)
def test_a_no_tells_where_to_appeal(event: Event) -> None:
    """第三十八条第二款: 复议 and 诉讼, each with its place."""
    said = content(event)

    assert said["review_organ"] == LAW.item.review_organ
    assert said["court"] == LAW.item.court


def test_what_the_law_wants_written() -> None:
    by_kind = {type(event): event for event in HAPPENED}
    assert content(by_kind[e.FoundNotCompetent])["competent_organ"] == "青禾县行政审批局"
    assert content(by_kind[e.Denied])["reasons"] == ["布局不符合要求"]
    assert content(by_kind[e.SpecialStarted])["duration"] == "20 个工作日"
    assert content(by_kind[e.Extended])["reason"] == "案情复杂"
    assert content(by_kind[e.CorrectionAsked])["faults"] == [
        {
            "material": "经营场所平面图和设备布局图",
            "problem": "看不清",
            "remedy": "重新上传",
            "ground": "第三十三条",
        }
    ]
    receipt = content(by_kind[e.Submitted])
    assert (receipt["query_code"], receipt["answer_by"]) == ("K7Q2M4", chinese_date(LATER))


def test_a_second_notice_says_that_it_is_the_second() -> None:
    notice = next(event for event in HAPPENED if isinstance(event, e.CorrectionAsked))
    before = evolve(opened(LAW).case, notice)

    [document] = documents(before, notice, evolve(before, notice), LAW)

    assert document.content["again"] is True


def test_acceptance_by_silence_says_so_and_counts_from_receipt() -> None:
    silent = content(e.Accepted(LATER, ON, "system", LATER, LATER, silent=True))

    assert (silent["by_silence"], silent["accepted_on"]) == (True, chinese_date(ON))


def test_a_promise_is_written_down_beside_the_receipt() -> None:
    file = opened(LAWS[HYGIENE])
    [submitted] = file.history

    kinds = [document.kind for document in documents(fold(()), submitted, file.case, LAWS[HYGIENE])]

    assert kinds == ["receipt", "promise"]


def test_material_names_are_words() -> None:
    assert law_of_documents.material_name(LAW, "floor_plan") == "经营场所平面图和设备布局图"
    assert law_of_documents.material_name(LAW, "form:area") == "申请表：经营场所面积"
    assert law_of_documents.material_name(LAW, "gone") == "gone"


def test_a_person_without_an_agent_is_no_company() -> None:
    case = replace(in_review(LAWS[ROAD]).case, holder=Party("p-linzhao", "林照", "990102198804120010"), agent=None)
    event = e.Terminated(ON, "meilanting", "申请人死亡")

    [document] = documents(case, event, evolve(case, event), LAWS[ROAD])

    assert "applicant_kind" not in document.content
