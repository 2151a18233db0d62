"""Reading a form: what people really type, what is refused, and that every refusal says how to mend it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.form_answers import shown, validate, visible_fields
from banjie.engine.forms import Field, FieldKind, Form, Option, Section
from banjie.engine.rules import Condition
from banjie.engine.rules import Test as Check

ITEMS = (Option("hot", "热食"), Option("cold", "冷食"), Option("raw", "生食"))


def _field(kind: FieldKind, **more: object) -> Field:
    options = ITEMS if kind in (FieldKind.CHOICE, FieldKind.CHOICES) else ()
    return Field("it", "这一项", kind, options=options, **more)  # type: ignore[arg-type]  # a test's shorthand.


def _form(*fields: Field) -> Form:
    return Form((Section("page", "第一页", fields),))


# kind, what was typed, what is kept; 「✗」 and a word of the reason for what is refused
TABLE = """
text         | 　春禾餐饮 　            | '春禾餐饮'
text         | 春禾\\x00餐饮            | ✗ 控制字符
text         | 春禾\\u202e餐饮          | ✗ 控制字符
text         | 第一行\\n第二行          | ✗ 控制字符
long_text    | 第一行\\r\\n第二行       | '第一行\\n第二行'
number       | １２                    | 12
number       | 1,200                   | 1200
number       | 十二                    | ✗ 整数
number       | 1.5                     | ✗ 整数
money        | ￥                      | ✗ 数字
money        | 1,234.5                 | 123450
money        | １００元                | 10000
money        | 0.001                   | ✗ 两位
money        | -3                      | ✗ 数字
area         | 85.6㎡                  | 8560
area         | 120 平方米              | 12000
date         | 2026年11月24日          | '2026-11-24'
date         | ２０２６－１１－２４    | '2026-11-24'
date         | 2026/1/4                | '2026-01-04'
date         | 20261124                | '2026-11-24'
date         | 2026-02-30              | ✗ 没有这一天
date         | 明天                    | ✗ 看不懂
date         | 0001-01-01              | ✗ 年份
yes_no       | 是                      | True
yes_no       | no                      | False
yes_no       | 也许                    | ✗ 是或否
choice       | cold                    | 'cold'
choice       | 冷食                    | 'cold'
choice       | 甜食                    | ✗ 可选范围
choices      | raw                     | ('raw',)
region       | 990102                  | '990102'
region       | 99                      | ✗ 6位
credit_code  | 91990102ma00rc0153      | '91990102MA00RC0153'
credit_code  | 91990102MA00RC0154      | ✗ 校验位
citizen_id   | 42060219900307123x      | '42060219900307123X'
citizen_id   | 420602199003071231      | ✗ 校验位
phone        | 139 0000 0004           | '13900000004'
phone        | +86-13900000004         | '13900000004'
phone        | （0990）6012345         | '0990-6012345'
phone        | 0990-6012345转8         | '0990-6012345转8'
phone        | 12345                   | '12345'
phone        | 110abc                  | ✗ 电话
name         | 王䶮                    | '王䶮'
name         | 　𬭼 　                 | '𬭼'
name         | 阿依古丽•买买提         | '阿依古丽·买买提'
name         | 阿依古丽 . 买买提       | '阿依古丽·买买提'
name         | Maria  O'Neill-Ng       | "Maria O'Neill-Ng"
name         | 王先生2                 | ✗ “2”
name         | 王\ue3a1                | ✗ 造字
decimal      | １２．５                | 1250
percentage   | 12.5%                   | 1250
percentage   | 百分之30                | 3000
percentage   | 100.01                  | ✗ 不能大于 100
date_range   | 2026-12-01 至 2026年12月20日 | '2026-12-01/2026-12-20'
date_range   | 20261201/20261220       | '2026-12-01/2026-12-20'
date_range   | 2026-12-20/2026-12-01   | ✗ 结束日早于开始日
date_range   | 2026-12-20              | ✗ 两个日期
party_id     | 990102198210180040      | 'citizen 990102198210180040'
party_id     | 护照 e1234 5678         | 'passport E12345678'
party_id     | 港澳通行证 h12345678    | 'hong_kong_macao H12345678'
party_id     | 台胞证 12345678         | 'taiwan 12345678'
party_id     | foreign_resident 911124198108030024 | 'foreign_resident 911124198108030024'
party_id     | foreign_resident 911124198108030025 | ✗ 校验位
party_id     | passport 护             | ✗ 5至17位
party_id     | credit 91990102MA00RC0153 | ✗ 不能用
mobile       | 139-0000-0004           | '13900000004'
mobile       | 0990-6012345            | ✗ 手机号
email        | Chunhe ＠Example.COM    | 'Chunhe@example.com'
email        | a@b                     | ✗ 邮箱
postcode     | ９９０１００            | '990100'
postcode     | 99010                   | ✗ 6 位
bank_account | 9901 0000 0000 118      | '990100000000118'
bank_card    | 9901 0000 0000 1181     | '9901000000001181'
bank_card    | 9901000000001182        | ✗ 校验位
address      | 990102001001 甲省乙市丙社区 望江路　1 号 | '990102001001 甲省乙市丙社区 望江路 1 号'
address      | 望江路 1 号             | ✗ 没有选择
address      | 990102001001 甲省乙市丙社区 | ✗ 详细地址
"""


_MOST = {"percentage": 100}


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
def test_reading(line: str) -> None:
    kind, typed, expected = (part.strip(" ") for part in line.split("|"))
    typed = typed.encode("latin-1", "backslashreplace").decode("unicode_escape")
    values, faults = validate(_form(_field(FieldKind(kind), maximum=_MOST.get(kind, 10**6))), {"it": typed}, {})
    if expected.startswith("✗"):
        assert values == {}
        assert expected[1:].strip() in faults[0].reason
        assert faults[0].remedy
        assert faults[0].label == "这一项"
    else:
        assert (repr(values["it"]), faults) == (expected.replace("\\n", "\\n"), ())


def test_a_citizen_number_of_a_county_that_is_gone_is_no_fault() -> None:
    values, faults = validate(_form(_field(FieldKind.CITIZEN_ID)), {"it": "420602194903070016"}, {})
    assert not faults or "校验位" in faults[0].reason
    assert values == {} or values["it"]


def test_required_fields_unknown_keys_and_all_faults_at_once() -> None:
    form = _form(
        Field("name", "名称", FieldKind.TEXT),
        Field("day", "日期", FieldKind.DATE),
        Field("note", "备注", FieldKind.TEXT, False),
    )
    values, faults = validate(form, {"name": "　", "day": "昨天", "extra": "1"}, {})
    assert values == {}
    assert [(fault.field, fault.reason) for fault in faults] == [
        ("extra", "表单中没有这一项"),
        ("name", "必须填写"),
        ("day", "看不懂这个日期"),
    ]


def test_what_hangs_on_a_hidden_field_is_hidden_and_dropped_with_it() -> None:
    online = Field("online", "网络经营", FieldKind.YES_NO, show_if=(Condition("business", Check.IS, "sale"),))
    site = Field("site", "网店", FieldKind.TEXT, show_if=(Condition("online", Check.IS, True),))
    form = _form(online, site)
    raw = {"online": "是", "site": "春禾小店"}
    assert validate(form, raw, {"business": "sale"}) == ({"online": True, "site": "春禾小店"}, ())
    assert validate(form, raw, {"business": "catering"}) == ({}, ())
    assert [field.key for field in visible_fields(form, {"business": "sale", "online": True})] == ["online", "site"]
    assert visible_fields(form, {"business": "catering", "online": True}) == ()


def test_bounds_are_in_the_unit_people_read() -> None:
    area = _field(FieldKind.AREA, minimum=10, maximum=100, unit="平方米")
    assert validate(_form(area), {"it": "9.99"}, {})[1][0].reason == "不能小于 10平方米"
    assert validate(_form(area), {"it": "100.01"}, {})[1][0].reason == "不能大于 100平方米"
    assert validate(_form(area), {"it": "100"}, {}) == ({"it": 10000}, ())


@pytest.mark.parametrize("odd", [1.5, {"a": 1}, [[1]], object(), b"x", ["hot", None]])
@pytest.mark.parametrize("kind", [kind for kind in FieldKind if kind is not FieldKind.GROUP])
def test_values_of_an_odd_type_are_faults_and_never_raise(kind: FieldKind, odd: object) -> None:
    values, faults = validate(_form(_field(kind)), {"it": odd}, {})
    assert values == {}
    assert len(faults) == 1


RAW = st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.lists(st.text(max_size=5)), st.floats())


@given(st.dictionaries(st.sampled_from([kind.value for kind in FieldKind]), RAW))
def test_whatever_comes_in_is_kept_or_refused_and_reading_it_again_changes_nothing(
    raw: dict[str, object],
) -> None:
    kinds = [kind for kind in FieldKind if kind is not FieldKind.GROUP]
    raw.pop(FieldKind.GROUP, None)
    fields = tuple(
        Field(kind, kind.value, kind, options=ITEMS if kind in (FieldKind.CHOICE, FieldKind.CHOICES) else ())
        for kind in kinds
    )
    values, faults = validate(_form(*fields), raw, {})
    assert {fault.field for fault in faults}.isdisjoint(values)
    assert {*values, *(fault.field for fault in faults)} == set(kinds)
    stored = json.loads(json.dumps(values))
    again, _ = validate(_form(*fields), stored, {})
    assert again == values


def test_kept_values_are_shown_in_words() -> None:
    assert shown(_field(FieldKind.CHOICES), ("hot", "raw")) == "热食、生食"
    assert shown(_field(FieldKind.CHOICE), "cold") == "冷食"
    assert shown(_field(FieldKind.YES_NO), False) == "否"
    assert shown(_field(FieldKind.MONEY), 123450) == "1234.50"
    assert shown(_field(FieldKind.AREA), 12000) == "120"
    assert shown(_field(FieldKind.TEXT), None) == ""
