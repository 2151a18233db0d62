"""Documents: every template made from a believable case, its words read back out of the PDF."""

import copy
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.outside.typesetting import MissingGlyph, TypesettingFailed, qr_svg, templates, typeset
from banjie.packs.wordings import example, example_kinds

LONGEST = yaml.safe_load(Path(__file__).with_name("documents.yaml").read_text(encoding="utf-8"))["longest"]
TITLES = {
    "acceptance": "受理通知书",
    "application": "申请表",
    "approval": "准予行政许可决定书",
    "catalogue": "案卷目录",
    "certificate": "食品经营许可证",
    "correction": "补正通知书",
    "delivery": "送达回证",
    "denial": "不予行政许可决定书",
    "expert_opinion": "专家评审意见",
    "extension": "延期告知书",
    "hearing_notice": "听证通知书",
    "hearing_rights": "听证告知书",
    "meeting_minutes": "纪要",
    "non_acceptance": "不予受理通知书",
    "power_of_attorney": "授权委托书",
    "promise": "告知承诺书",
    "receipt": "收件凭证",
    "site_visit": "现场核查记录",
    "special_procedure": "特别程序告知书",
    "termination": "终止办理通知书",
    "tolerance": "容缺受理通知书",
    "withdrawal": "撤回确认书",
}
WORDS = re.compile(r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*?)</word>')


def document(template: str, **changes: object) -> dict[str, Any]:
    """The data of `template` for the believable case, with `changes`."""
    data = example(template)
    data = {**data, "qr_svg": qr_svg(data["verify_url"])}
    return {**copy.deepcopy(data), **changes}


def words_of(pdf: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def text_of(pdf: bytes) -> str:
    """The text of a PDF without spaces and line ends."""
    return "".join(words_of(pdf).split())


def test_every_template_is_tried_here() -> None:
    assert templates() == tuple(TITLES) == tuple(sorted(example_kinds()))


@pytest.mark.parametrize("template", TITLES)
def test_a_document_says_who_what_and_when(template: str) -> None:
    text = text_of(typeset(template, document(template, demo=False)))
    assert TITLES[template] in text
    assert "澜江市江左区䶮𬭼记餐饮管理有限公司" in text
    assert "澜江市行政审批局" in text
    assert "2026年9月24日" in text
    # What the applicant signs is hers and not yet the organ's: there is nothing to verify.
    assert ("https://banjie.example/verify/7K2M-9QXD-4HTA" in text) is (
        template not in ("application", "power_of_attorney")
    )


@pytest.mark.parametrize("template", TITLES)
def test_a_document_is_archivable_and_accessible(template: str) -> None:
    pdf = typeset(template, document(template))
    for claim in (b"<pdfaid:part>2<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert claim in pdf


@pytest.mark.parametrize("template", TITLES)
def test_names_of_forty_characters_stay_inside_the_margins(template: str) -> None:
    data = document(template, demo=False)
    longest = {key: value for key, value in LONGEST.items() if key in data}
    pages = assert_inside_margins(typeset(template, {**data, **longest}))
    assert template != "certificate" or pages == 1


def test_a_run_without_spaces_breaks_and_can_be_copied_whole() -> None:
    run = "Q" * 90
    fault = {"material": run, "problem": run, "remedy": run, "ground": run}
    pdf = typeset("correction", document("correction", demo=False, applicant=run, item=run, faults=[fault]))
    assert_inside_margins(pdf)
    assert f"{run}：" in text_of(pdf)
    assert f"“{run}”" in text_of(pdf)


def assert_inside_margins(pdf: bytes) -> int:
    """Every word lies inside the margins; returns the number of pages."""
    pages = words_of(pdf, "-bbox").split("<page ")[1:]
    for page in pages:
        width, height = (float(size) for size in re.findall(r'(?:width|height)="(\S+?)"', page)[:2])
        for left, top, right, bottom, word in WORDS.findall(page):
            assert float(left) > 55, word
            assert float(right) < width - 55, word
            assert float(top) > 20, word
            assert float(bottom) < height - 20, word
    return len(pages)


@pytest.mark.parametrize("demo", [True, False])
def test_demonstration_data_are_marked_as_such(demo: bool) -> None:
    text = text_of(typeset("certificate", document("certificate", demo=demo)))
    assert ("演示数据，无法律效力" in text) is demo


# template | changed key | its value | what must be read, what must not
WORDING = """
acceptance     | by_silence     | true           | 起即为受理             | 决定自
acceptance     | applicant_kind | person         | 您于2026年9月7日提出   | 你单位
correction     | again          | true           | 没有新增的要求         | 不符合法定形式
correction     | not_in_form    | true           | 不齐全或者不符合法定形式 | 没有新增的要求
non_acceptance | ground         | not_required   | 按下列第（一）项决定不受理 | 青禾县行政审批局
non_acceptance | ground         | not_competent  | 请向青禾县行政审批局申请 | 按下列第（一）项
denial         | court          | 澜江市中级人民法院 | 六个月内依法向澜江市中级人民法院 | 江左区人民法院
approval       | facts          | ""             | 申请符合法定条件、标准 | 审查认定的事实
special_procedure | procedure   | 现场检查       | 鉴定√现场检查 | 现场核查
delivery       | way            | 转交送达       | 公告送达√转交送达   | 现场送达
"""


@pytest.mark.parametrize("line", WORDING.strip().splitlines())
def test_the_wording_follows_the_law(line: str) -> None:
    template, key, value, present, absent = (cell.strip() for cell in line.split("|"))
    text = text_of(typeset(template, document(template, demo=False, **{key: yaml.safe_load(value)})))
    assert present in text
    assert absent not in text


def test_refusals_name_both_remedies() -> None:
    for template in ("non_acceptance", "denial", "termination"):
        text = text_of(typeset(template, document(template, demo=False)))
        assert "六十日内向澜江市人民政府申请行政复议" in text
        assert "六个月内依法向澜江市江左区人民法院提起行政诉讼" in text


def test_what_a_person_typed_never_becomes_markup() -> None:
    name = '*甲*_乙_#丙[$x^2$]"\\n"<丁>`戊`@己//庚'
    assert name in text_of(typeset("acceptance", document("acceptance", demo=False, applicant=name)))


def test_a_missing_glyph_stops_the_document_and_names_its_field() -> None:
    materials = [
        {"name": "申请书", "form": "电子表单", "copies": 1},
        {"name": "张𮧵的证明", "form": "原件", "copies": 1},
    ]
    with pytest.raises(MissingGlyph) as refusal:
        typeset("receipt", document("receipt", materials=materials))
    assert refusal.value.field == "materials.1.name"
    assert refusal.value.characters == ("𮧵",)
    assert "“材料名称”中有文书字体印不出的生僻字“𮧵”（U+2E9F5）" in str(refusal.value)


def test_a_lone_surrogate_is_named_by_its_code() -> None:
    with pytest.raises(MissingGlyph) as refusal:
        typeset("acceptance", document("acceptance", applicant="张\ud800"))
    assert "U+D800" in str(refusal.value).encode().decode()


def test_data_that_lack_a_field_are_refused_by_its_name() -> None:
    data = document("extension")
    del data["reason"]
    with pytest.raises(TypesettingFailed, match="文书“extension”缺少字段 reason"):
        typeset("extension", data)


def test_a_licence_too_long_for_its_page_is_refused() -> None:
    with pytest.raises(TypesettingFailed, match="证照内容过长"):
        typeset("certificate", document("certificate", scope=["热食类食品制售（含预制与冷链配送）"] * 200))


@pytest.mark.parametrize("template", ["base", "../typesetting", "", "receipt.typ"])
def test_only_templates_can_be_typeset(template: str) -> None:
    with pytest.raises(TypesettingFailed, match="没有名为"):
        typeset(template, document("receipt"))


def test_the_same_data_give_the_same_bytes_in_any_thread() -> None:
    numbers = [f"澜审许受〔2026〕第{serial:06}号" for serial in range(6)]
    one_by_one = [typeset("acceptance", document("acceptance", document_no=number)) for number in numbers]
    with ThreadPoolExecutor(3) as pool:
        together = pool.map(lambda number: typeset("acceptance", document("acceptance", document_no=number)), numbers)
        assert list(together) == one_by_one
    assert len(set(one_by_one)) == len(numbers)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_becomes_a_document_or_a_missing_glyph(text: str) -> None:
    faults = [{"material": text, "problem": text, "remedy": text, "ground": text}]
    try:
        pdf = typeset("correction", document("correction", applicant=text, faults=faults))
    except MissingGlyph:
        return
    assert pdf.startswith(b"%PDF-")


def test_a_process_that_makes_no_document_carries_none_of_it() -> None:
    heavy = {"typst", "fontTools", "segno", "pyhanko", "cryptography", "asn1crypto"}
    program = (
        "import sys, banjie.outside.fonts, banjie.outside.seals, banjie.outside.typesetting;"
        f"print(*({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
