"""An exported case is sound as it stands, and whatever is changed in it afterwards is named."""

import copy
import json
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.engine.cases import Channel, Party, events, fold
from banjie.engine.clock import Term, Timer, TimerKind, Unit, prove
from banjie.engine.codec import encode
from banjie.engine.journal_check import FORMAT, sealed, verify
from banjie.engine.proof import to_json
from banjie.engine.subject import GENESIS, chain
from banjie.packs.calendars import load_calendar

REGION, SUBJECT, NUMBER = "990100", "5f3c9f5e-6a58-4a11-8f0c-0a4b7a3d9b11", "990100-20261009-0000007"
CALENDAR = load_calendar(files("banjie.content") / "calendars", REGION)
HISTORY = (
    events.Submitted(
        on=date(2026, 10, 9),
        number=NUMBER,
        query_code="7KQ2MX4P",
        item="1199010000BJ00016Q3000131023000",
        edition=1,
        region=REGION,
        organ="1199010000BJ00016Q",
        holder=Party("c-chunhe", "澜江春禾餐饮有限公司", "91990102MA00RC0153"),
        answer_due=date(2026, 10, 15),
        channel=Channel.WEB,
    ),
    events.Claimed(date(2026, 10, 9), "luoxiaoyu"),
    events.Accepted(
        date(2026, 10, 9),
        date(2026, 10, 9),
        "luoxiaoyu",
        statutory_due=date(2026, 11, 5),
        promised_due=date(2026, 10, 20),
    ),
)


def export() -> dict[str, Any]:
    """The export of a case that has been accepted."""
    entries, previous = [], GENESIS
    for seq, event in enumerate(HISTORY, start=1):
        at = datetime(2026, 10, 9, 1, seq, tzinfo=UTC)
        said: dict[str, Any] = {"seq": seq, "at": at, "actor": "luoxiaoyu", "kind": type(event).__name__}
        said["data"] = encode(event)
        previous = chain(previous, region=REGION, subject=SUBJECT, **said)
        entries.append({**said, "at": at.isoformat(timespec="microseconds"), "hash": previous})
    timer = Timer(TimerKind.STATUTORY, Term(20, Unit.WORKING_DAY, "行政许可法第四十二条"), date(2026, 10, 9))
    document = {
        "format": FORMAT,
        "region": REGION,
        "subject": SUBJECT,
        "number": NUMBER,
        "entries": entries,
        "case": encode(fold(HISTORY)),
        "clocks": [{"name": "法定办结时限", "proof": to_json(prove(timer, (), CALENDAR, date(2026, 10, 12)))}],
        "documents": [
            {
                "id": "d-1",
                "seq": 3,
                "kind": "acceptance",
                "number": "（澜审）许受〔2026〕第000001号",
                "issued_at": entries[2]["at"],
                "sha256": "",
                "content": {"organ": "澜江市行政审批局"},
            }
        ],
    }
    whole: dict[str, Any] = json.loads(json.dumps(sealed(document), ensure_ascii=False))
    return whole


SOUND = export()


def test_an_export_as_it_was_made_is_sound() -> None:
    verdict = verify(SOUND)
    assert verdict.ok, verdict.sentence
    assert "3 条记录首尾相连" in verdict.sentence


def changed(*path: object, to: object) -> dict[str, Any]:
    """The export with one place changed, its digest made anew: whoever forges can do that too."""
    whole = copy.deepcopy(SOUND)
    place: Any = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return sealed(whole)


CHANGES = {
    "内容": (("entries", 2, "data", "by"), "shenqiubai", "第 3 条记录"),
    "经办人": (("entries", 1, "actor"), "shenqiubai", "第 2 条记录"),
    "时间": (("entries", 1, "at"), "2026-10-08T01:02:00.000000+00:00", "第 2 条记录"),
    "时区写法": (("entries", 1, "at"), "2026-10-09T09:02:00.000000+08:00", "第 2 条记录"),
    "校验值": (("entries", 0, "hash"), "0" * 64, "第 1 条记录"),
    "次序": (("entries", 1, "seq"), 3, "第 2 条记录"),
    "状态": (("case", "stage"), "approved", "状态与历史不符"),
    "办件编号": (("number",), "990100-20261009-0000008", "属于办件"),
    "到期日": (("clocks", 0, "proof", "due_on"), "2026-12-01", "第 1 个期限凭证"),
    "文书时间": (("documents", 0, "issued_at"), "2026-10-01T00:00:00.000000+00:00", "第 1 份文书"),
    "文书对应": (("documents", 0, "seq"), 9, "第 1 份文书"),
    "格式": (("format",), "other/1", "格式"),
}


@pytest.mark.parametrize(("path", "value", "named"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_named(path: tuple[object, ...], value: object, named: str) -> None:
    verdict = verify(changed(*path, to=value))
    assert not verdict.ok
    assert named in verdict.sentence


def test_a_missing_entry_is_named() -> None:
    whole = copy.deepcopy(SOUND)
    del whole["entries"][1]
    assert "第 2 条记录缺失" in verify(sealed(whole)).sentence
    cut = copy.deepcopy(SOUND)
    del cut["entries"][2]
    assert "末尾的记录可能被删去" in verify(sealed(cut)).sentence


def test_what_no_entry_vouches_for_is_held_by_the_digest() -> None:
    whole = copy.deepcopy(SOUND)
    whole["documents"][0]["content"]["organ"] = "别的机关"
    assert "总校验值不符" in verify(whole).sentence


def test_a_clock_of_another_case_is_found() -> None:
    timer = Timer(TimerKind.STATUTORY, Term(20, Unit.WORKING_DAY), date(2026, 10, 12))
    foreign = to_json(prove(timer, (), CALENDAR, date(2026, 10, 13)))
    assert "起算日与历史记录不符" in verify(changed("clocks", 0, "proof", to=foreign)).sentence


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PLACES: tuple[tuple[object, ...], ...] = (
    *((key,) for key in SOUND),
    *(("entries", 0, key) for key in SOUND["entries"][0]),
    ("clocks", 0),
    ("clocks", 0, "proof"),
    *(("documents", 0, key) for key in SOUND["documents"][0]),
)


@settings(max_examples=300)
@given(place=st.sampled_from(PLACES), value=JSON, reseal=st.booleans())
def test_whatever_stands_anywhere_gets_an_answer(place: tuple[object, ...], value: object, reseal: bool) -> None:
    whole = copy.deepcopy(SOUND)
    spot: Any = whole
    for step in place[:-1]:
        spot = spot[step]
    unchanged = type(spot[place[-1]]) is type(value) and spot[place[-1]] == value
    spot[place[-1]] = value
    try:
        document = sealed(whole) if reseal else whole
    except UnicodeEncodeError:
        return
    verdict = verify(document)
    assert verdict.sentence
    # What no entry vouches for may be put anew with a new digest; everything else is found.
    free = (
        place[0] == "digest" or place[:2] == ("documents", 0) or place in (("documents",), ("clocks",), ("clocks", 0))
    )
    assert verdict.ok is unchanged or (reseal and free)


@given(JSON)
def test_anything_else_gets_an_answer_too(value: object) -> None:
    assert not verify(value).ok
