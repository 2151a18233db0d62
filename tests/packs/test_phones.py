"""Telephone numbers out of the texts people print them in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.packs.phones import read_phones

READ = """
0990-6012345                              | 0990-6012345
020-38356454转1                           | 020-38356454转1
020-12333-9-3                             | 020-12333-9-3
020－81102000                             | 020-81102000
020--38819922                             | 020-38819922
020- 83835328                             | 020-83835328
(020)87623552                             | 020-87623552
（0662）3681111                           | 0662-3681111
(8620) 81218888                           | 020-81218888
020-8923 2806                             | 020-89232806
12345                                     | 12345
拨打12348或020-86350683                   | 12348 020-86350683
400-7000-690                              | 400-7000-690
95598                                     | 95598
省厅：020-86351219；深圳：0755-88127587   | 020-86351219 0755-88127587
电话：020-37886901，邮编510405            | 020-37886901
窗口1、电话020-81723806、网址http://a.cn/4294436?x=020-11111111 | 020-81723806
020-87300569-825                          | 020-87300569-825
"""

UNREADABLE = ["020-327605405", "0020-12366", "(8620)2236 0123", "无", "020-", "441472514@qq.com", "11111"]


@pytest.mark.parametrize(("printed", "numbers"), [line.split("|") for line in READ.strip().splitlines()])
def test_reads_numbers(printed: str, numbers: str) -> None:
    found = read_phones(printed.strip())
    assert found.numbers == tuple(numbers.split())
    assert not found.without_area


@pytest.mark.parametrize("printed", UNREADABLE)
def test_takes_no_part_of_something_else(printed: str) -> None:
    assert read_phones(printed).numbers == ()


def test_says_when_the_area_code_lacks() -> None:
    found = read_phones("83835328、87686011")
    assert found.numbers == ("83835328", "87686011")
    assert found.without_area


@given(st.text(alphabet="0123456789-()（）转、 电话@/", max_size=40))
def test_reading_again_changes_nothing(text: str) -> None:
    numbers = read_phones(text).numbers
    assert read_phones("、".join(numbers)).numbers == numbers
