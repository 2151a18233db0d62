"""The standard's fields: each record is held against lengths, codes and forms, and told in words people can act on."""

import pytest

from banjie.engine.reporting import STANDARD, Record, RecordKind, check

GOOD = {
    RecordKind.RESULT: {
        "project_no": "990100-20261124-0000001",
        "result_date": "20261124T093000",
        "result_type": "1",
        "is_delivery_results": "0",
        "handle_user_name": "岳之恒",
    }
}


def result(**changes: str) -> Record:
    fields = {name: value for name, value in (GOOD[RecordKind.RESULT] | changes).items() if value}
    return Record(RecordKind.RESULT, "990100-20261124-0000001", "0b6f3c1e-8a5e-5f53-9d7a-2f4f5f1f7c11", fields)


def test_a_good_record_is_fit() -> None:
    assert check(result()) == ()


@pytest.mark.parametrize(
    ("changes", "label", "reason"),
    [
        ({"project_no": ""}, "办件编号", "没有填写"),
        ({"project_no": "9" * 51}, "办件编号", "有 51 个字符，最多 50 个"),
        ({"result_date": "2026-11-24"}, "办结时间", "不是标准的时间写法"),
        ({"result_type": "9"}, "办结结果", "不在 1,2,3,4,5 之中"),
        ({"result_cetr_no": "A" * 33}, "结果证照编号", "最多 32 个"),
        ({"colour": "red"}, "colour", "标准里没有这一项"),
    ],
    ids=["空编号", "编号过长", "时间写法", "代码", "证照编号过长", "多出的"],
)
def test_what_the_receiver_would_refuse_is_named_with_its_field(
    changes: dict[str, str], label: str, reason: str
) -> None:
    [fault] = check(result(**changes))
    assert fault.label == label
    assert reason in fault.reason
    assert fault.remedy


def test_every_kind_has_its_number_and_no_field_twice() -> None:
    for kind in RecordKind:
        names = [field.name for field in STANDARD[kind]]
        assert names[0] == "project_no"
        assert len(names) == len(set(names))
