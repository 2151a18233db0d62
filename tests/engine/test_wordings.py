"""文书措辞: what the law wants written cannot be left out, and nothing unknown can be put in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.wordings import CLOSING, Lacking, check, fill
from banjie.packs.wordings import example, shipped

SHIPPED = shipped()

# document | passage | how it is written | what is said against it
FAULTS = """
acceptance | opening  | {您}的“{事项}”（{办件编号}）自{受理日}起受理。 | 没有名为“受理日”的字段 | 最接近的是 {受理日期}
acceptance | opening  | {您}的申请已经受理。                        | 没有写明{事项}       | 请写上 {事项}
acceptance | opening  |                                          | 不能为空            | 请写明内容
acceptance | opening  | {您的“{事项}”（{办件编号}）自{受理日期}起受理。  | 括号不成对           | {申请人}
acceptance | closing  | {机关}\\n{落款日期}                          | 没有盖章的位置        | {印章}
acceptance | closing  | {机关}\\n{印章}                             | 没有写明{落款日期}     | {落款日期}
acceptance | follow   | {印章}                                    | 没有名为“印章”的字段   | 字段
acceptance | nothing  | 你好                                      | 没有这一段           | 各段
denial     | remedies | 不服的，可以向{复议机关}或者{法院}提出。           | 没有写明“六十日”      | 行政复议法
denial     | remedies | 六十日内行政复议，六个月内向{法院}行政诉讼。        | 没有写明{复议机关}     | {复议机关}
correction | opening  | {事项}（{办件编号}）请于{补正期限}前补正          | 没有写明“一次性告知”   | 第三十二条
"""


@pytest.mark.parametrize("line", FAULTS.strip().splitlines())
def test_what_cannot_be_kept_is_named_with_its_remedy(line: str) -> None:
    kind, key, text, reason, remedy = (cell.strip() for cell in line.split("|"))
    faults = check(SHIPPED[kind], {key: text.replace("\\n", "\n")})
    found = [fault for fault in faults if reason in fault.reason]
    assert found, [fault.reason for fault in faults]
    assert found[0].field == key
    assert remedy in found[0].remedy


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_what_ships_can_be_kept_and_fits_its_example(kind: str) -> None:
    assert check(SHIPPED[kind], SHIPPED[kind].texts) == ()
    paragraphs = [line for lines in fill(SHIPPED[kind], {}, example(kind)).values() for line in lines]
    assert not any("{" in line and "{印章}" not in line for line in paragraphs)


@pytest.mark.parametrize("kind", ["denial", "non_acceptance", "termination", "approval"])
def test_every_no_names_both_remedies_in_the_law_s_words(kind: str) -> None:
    [words] = fill(SHIPPED[kind], {}, example(kind))["remedies"]
    assert "六十日内向澜江市人民政府申请行政复议" in words
    assert "六个月内依法向澜江市江左区人民法院提起行政诉讼" in words


def test_an_optional_part_falls_away_with_its_field() -> None:
    whole = fill(SHIPPED["extension"], {}, example("extension"))["decision"][0]
    without = fill(SHIPPED["extension"], {}, example("extension") | {"approved_on": ""})["decision"][0]
    assert "经本机关负责人于2026年10月12日批准" in whole
    assert "经本机关负责人批准" in without


def test_a_field_the_content_lacks_is_named() -> None:
    content = example("extension")
    del content["extended_by"]
    with pytest.raises(Lacking) as lacking:
        fill(SHIPPED["extension"], {}, content)
    assert lacking.value.key == "extended_by"


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_typed_is_kept_whole_or_refused_and_never_breaks(text: str, name: str) -> None:
    wording = SHIPPED["acceptance"]
    if check(wording, {"follow": text}):
        return
    filled = fill(wording, {"follow": text}, example("acceptance") | {"applicant": name})
    assert CLOSING in filled
