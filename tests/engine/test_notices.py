"""Who is told over which channels, and when: as a table."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.calendar import CHINA
from banjie.engine.ids import Malformed
from banjie.engine.notices import Channel, Letter, Policy, Template, Wish, masked_address, parse_address, plan

POLICY = Policy()
LEGAL, PLAIN = Letter("补正", "…", "…", legal=True), Letter("提交成功", "…", "…")
BOTH = {Channel.MAIL: "lin@example.cn", Channel.SMS: "13900000001"}
NOON = datetime(2026, 11, 24, 12, tzinfo=CHINA)

# Letter, what she has set | the channels that are used.
LAW = [
    (LEGAL, Wish("a", BOTH), [Channel.MAIL, Channel.SMS]),
    (LEGAL, Wish("a", BOTH, muted=True), [Channel.MAIL, Channel.SMS]),
    (PLAIN, Wish("a", BOTH), [Channel.MAIL]),
    (PLAIN, Wish("a", {Channel.SMS: "13900000001"}), [Channel.SMS]),
    (PLAIN, Wish("a", BOTH, muted=True), []),
    (LEGAL, Wish("a", {}), []),
]


@pytest.mark.parametrize(("letter", "wish", "channels"), LAW)
def test_by_which_channels(letter: Letter, wish: Wish, channels: list[Channel]) -> None:
    assert [one.channel for one in plan(letter, [wish], POLICY, NOON)] == channels


# When it happens | when it leaves the building.
HOURS = [
    ("2026-11-24 12:00", "2026-11-24 12:00"),
    ("2026-11-24 21:59", "2026-11-24 21:59"),
    ("2026-11-24 22:00", "2026-11-25 08:00"),
    ("2026-11-24 23:59", "2026-11-25 08:00"),
    ("2026-11-25 03:00", "2026-11-25 08:00"),
    ("2026-11-25 07:59", "2026-11-25 08:00"),
    ("2026-11-25 08:00", "2026-11-25 08:00"),
    ("2026-12-31 23:00", "2027-01-01 08:00"),
]


@pytest.mark.parametrize(("now", "leaves"), HOURS)
def test_the_quiet_hours(now: str, leaves: str) -> None:
    at, then = (datetime.fromisoformat(words).replace(tzinfo=CHINA) for words in (now, leaves))
    assert POLICY.wakes(at) == then
    assert [one.not_before for one in plan(LEGAL, [Wish("a", BOTH)], POLICY, at)] == [then, then]


@given(
    st.datetimes(
        datetime(2026, 1, 1),  # noqa: DTZ001 — hypothesis wants its bounds without a zone.
        datetime(2027, 1, 1),  # noqa: DTZ001 — as above.
    ),
    st.times(),
    st.times(),
)
def test_it_never_leaves_within_the_quiet_hours_and_never_waits_a_day(at: datetime, start: time, end: time) -> None:
    policy = Policy(quiet_from=start, quiet_until=end)
    now = at.replace(tzinfo=CHINA)
    woken = policy.wakes(now)
    assert now <= woken
    assert (woken - now).total_seconds() <= 24 * 3600
    assert policy.wakes(woken) == woken


def test_a_template_is_filled_or_says_what_is_missing() -> None:
    template = Template("a", 3, "补正", "请补正：{事项}", "{项数} 项", "{项数} 项", legal=True)
    assert template.filled({"事项": "食品", "项数": 2}) == Letter("请补正：食品", "2 项", "2 项", True, "a", 3)
    with pytest.raises(Malformed) as refused:
        template.filled({"事项": "食品"})
    assert "项数" in refused.value.reason


@pytest.mark.parametrize(
    ("channel", "typed", "kept"),
    [
        (Channel.SMS, "139 0000 0001", "13900000001"),
        (Channel.SMS, "１３９０００００００１", "13900000001"),
        (Channel.SMS, "+86-139-0000-0001", "13900000001"),
        (Channel.MAIL, " Lin@Example.cn ", "lin@example.cn"),
    ],
)
def test_addresses_are_taken_as_people_write_them(channel: Channel, typed: str, kept: str) -> None:
    assert parse_address(channel, typed) == kept


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        (Channel.SMS, "0990-1234567"),
        (Channel.SMS, "1390000000"),
        (Channel.MAIL, "lin"),
        (Channel.MAIL, "a@b"),
        (Channel.MAIL, "a@b.cn\nBcc: x@y.cn"),
        (Channel.MAIL, ""),
    ],
)
def test_what_is_no_address_is_refused(channel: Channel, typed: str) -> None:
    with pytest.raises(Malformed):
        parse_address(channel, typed)


def test_others_see_an_address_masked() -> None:
    assert masked_address("lin@example.cn") == "l***@example.cn"
    assert masked_address("13900000001") == "139****0001"
