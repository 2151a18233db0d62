"""Texts taken apart at their numbering or their separators, and left whole where that would cut a meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.packs.splitting import split

NUMBERED = [
    ("1.申请书；2.营业执照；3.承诺书", ["申请书；", "营业执照；", "承诺书"]),
    ("应提交：1、申请书 2、执照", ["应提交：", "申请书", "执照"]),
    (
        "（一）年满18周岁；（二）身体健康：1.视力5.0以上；2.听力正常。",
        ["年满18周岁；", "身体健康：1.视力5.0以上；2.听力正常。"],
    ),
    ("①申请表②照片", ["申请表", "照片"]),
    ("一、申请表 二、照片", ["申请表", "照片"]),
    ("1）申请表；2）照片", ["申请表；", "照片"]),
    ("1.设立的条件：（1）有章程；（2）有场所；", ["1.设立的条件：", "有章程；", "有场所；"]),
    ("符合《某条例》第一条、第二条的规定", ["符合《某条例》第一条、第二条的规定"]),
    ("浓度为1.2至3.4", ["浓度为1.2至3.4"]),
    ("2020年前设立的", ["2020年前设立的"]),
    ("（一）只有一项", ["（一）只有一项"]),
    (
        "（" + "）（".join(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]) + "）末项",
        ["末项"],
    ),
]


@pytest.mark.parametrize(("text", "pieces"), NUMBERED)
def test_follows_the_numbering_that_begins_first(text: str, pieces: list[str]) -> None:
    assert list(split(text, numbered=True)) == pieces


def test_separators_and_order() -> None:
    assert split("申请书；营业执照；；承诺书", ["；"]) == ("申请书", "营业执照", "承诺书")
    assert split("开饭馆，开餐馆 办食堂", ["，", " "]) == ("开饭馆", "开餐馆", "办食堂")
    assert split("招标、投标公证") == ("招标、投标公证",)


@given(st.lists(st.text(alphabet="材料申请书甲乙丙", min_size=1, max_size=8), min_size=2, max_size=30))
def test_what_was_numbered_comes_back(names: list[str]) -> None:
    glued = "".join(f"{number}.{name}；" for number, name in enumerate(names, start=1))
    assert [piece.rstrip("；") for piece in split(glued, numbered=True)] == names


@given(st.text(max_size=200))
def test_loses_nothing_but_numbers_and_space(text: str) -> None:
    assert all(piece in text for piece in split(text, ["；"], numbered=True))
