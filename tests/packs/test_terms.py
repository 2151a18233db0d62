"""Terms as portals print them: what is read, and what is refused because no one reading is certain."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.clock import Term, Unit
from banjie.engine.ids import Malformed
from banjie.packs.terms import parse_term, read_term

READ = """
30(工作日)              30   working
30（工作日）            30   working
３０（工作日）          30   working
0(工作日)               0    working
6个工作日               6    working
20 工作日               20   working
20个工作日内            20   working
自受理之日起20个工作日内  20  working
受理后15个工作日        15   working
不超过7个工作日         7    working
十五个工作日            15   working
一百八十个工作日        180  working
二十日                  20   calendar
90(自然日)              90   calendar
3个自然日               3    calendar
7天                     7    calendar
2周                     14   calendar
3个月                   90   calendar
1年                     365  calendar
24小时                  24   hour
30分钟                  1    hour
90分钟                  2    hour
即办                    0    working
当场办结                0    working
"""

REFUSED = """
20             只有数字没有单位
二十           只有数字没有单位
20-30个工作日  读不出
1.5个工作日    读不出
-5个工作日     读不出
工作日         读不出
半年           读不出
1个月零5日     读不出
约20个工作日   读不出
二十十个工作日  数字不合理
99999999个工作日  数字不合理
365年          数字不合理
20个季度       单位“季度”不认识
20工作日左右   不认识
5个            不认识
"""


def table(text: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line) for line in text.strip().splitlines()]


@pytest.mark.parametrize(("printed", "number", "unit"), table(READ))
def test_reads_what_is_certain(printed: str, number: str, unit: str) -> None:
    assert read_term(printed) == Term(int(number), Unit(unit))


@pytest.mark.parametrize(("printed", "reason"), table(REFUSED))
def test_refuses_what_is_not(printed: str, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_term(printed)
    assert reason in caught.value.reason
    assert caught.value.remedy


def test_says_what_it_turned_into_days() -> None:
    assert not parse_term("20(工作日)").note
    week = parse_term("2周")
    assert "14 个自然日" in week.note
    assert not week.doubtful
    month = parse_term("3个月")
    assert "须人工核定" in month.note
    assert month.doubtful
    assert "按自然日读" in parse_term("7天").note


def test_a_citys_own_words_go_before_ours() -> None:
    assert read_term("20日", units={"日": "工作日"}) == Term(20, Unit.WORKING_DAY)
    assert parse_term("20日", units={"日": "工作日"}).note == ""


def test_keeps_the_clause() -> None:
    assert read_term("45(工作日)", "某条例第八条").basis == "某条例第八条"


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_remedy(text: str) -> None:
    remedies: list[str] = []
    try:
        number = read_term(text).number
    except Malformed as refused:
        number = 0
        remedies.append(refused.remedy)
    assert 0 <= number <= 36_500
    assert all(remedies)


@given(st.integers(min_value=0, max_value=9999), st.sampled_from(["工作日", "自然日", "小时"]))
def test_printed_and_read_again_is_the_same(number: int, unit: str) -> None:
    assert (
        read_term(f"{number}({unit})")
        == read_term(f" {number} 个 {unit} ".replace(" ", ""))
        == (read_term(f"{number}（{unit}）"))
    )
