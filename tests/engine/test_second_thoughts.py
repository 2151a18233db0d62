"""After handing in: taking it back within minutes, and urging, with the refusals beside what is allowed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.engine.casework import (
    AGENT,
    CLERK,
    LAWS,
    REVIEWER,
    STRANGER,
    File,
    at,
    in_review,
    opened,
    refusal,
    submission,
)
from tests.town import FOOD

from banjie.engine.cases import Stage, decide
from banjie.engine.cases.acts import AnswerUrge, Claim, TakeBack, Urge
from banjie.engine.cases.state import TAKEN_BACK
from banjie.engine.subject import Refused

LAW = LAWS[FOOD]


def after(minutes: int, file: File) -> datetime:
    return at(file.day) + timedelta(minutes=minutes)


def test_it_is_taken_back_within_ten_minutes() -> None:
    file = opened(LAW)
    for minutes in (0, 10):
        [event] = decide(file.case, TakeBack(), actor=AGENT, now=after(minutes, file), law=LAW)
        assert type(event).__name__ == "TakenBack"
    file.act(AGENT, TakeBack())
    assert (file.case.stage, file.case.closing_reason) == (Stage.RETURNED, TAKEN_BACK)


def test_after_ten_minutes_it_is_refused_with_what_to_do() -> None:
    file = opened(LAW)
    with pytest.raises(Refused) as refused:
        decide(file.case, TakeBack(), actor=AGENT, now=after(11, file), law=LAW)
    assert refused.value.rule == "提交后限时修改"
    assert "10:10" in refused.value.reason
    assert "撤回" in refused.value.remedy


def test_once_somebody_has_taken_it_up_it_is_refused() -> None:
    file = opened(LAW)
    file.act(CLERK, Claim())
    assert refusal(file, AGENT, TakeBack()).rule == "办件状态表"


def test_an_item_may_have_no_such_time_and_strangers_never_do() -> None:
    file = File(LAW)
    file.act(AGENT, replace(submission(LAW), changeable_until=None))
    assert "不能收回" in refusal(file, AGENT, TakeBack()).reason
    assert refusal(opened(LAW), STRANGER, TakeBack()).rule == "办件权限表"
    assert refusal(opened(LAW), CLERK, TakeBack()).rule == "办件权限表"


def test_urging_once_a_day_and_refused_the_second_time() -> None:
    file = in_review(LAW)
    [event] = file.act(AGENT, Urge())
    assert file.case.urge_due == event.answer_by == LAW.calendar.add_working(file.day, 1)  # type: ignore[union-attr]  # an Urged
    again = refusal(file, AGENT, Urge())
    assert again.rule == "催办规则（每件办件每天一次）"
    assert LAW.item.consult_phone in again.remedy
    due = file.case.urge_due
    file.wait(1)
    file.act(AGENT, Urge())
    assert file.case.urge_due == due, "the answer that is owed is not put off"


def test_the_office_answers_once_and_with_words() -> None:
    file = in_review(LAW)
    assert refusal(file, REVIEWER, AnswerUrge("在办")).rule == "催办规则"
    file.act(AGENT, Urge())
    assert refusal(file, REVIEWER, AnswerUrge("  ")).field == "words"
    file.act(REVIEWER, AnswerUrge("正在核对平面图，明天上午有结果"))
    assert file.case.urge_due is None
    assert refusal(file, REVIEWER, AnswerUrge("再答一次")).rule == "催办规则"


def test_how_often_is_the_items_own() -> None:
    law = replace(LAW, item=replace(LAW.item, urge_every_days=3, urge_answer_days=2))
    file = in_review(law)
    file.act(AGENT, Urge())
    assert file.case.urge_due == law.calendar.add_working(file.day, 2)
    assert "3 天" in refusal(file.wait(2), AGENT, Urge()).rule
    file.wait(1).act(AGENT, Urge())
