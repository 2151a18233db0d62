"""Certificates: what may become of one, as a complete table, and the clauses within it."""

from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.casework import AGENT, CLERK, DECIDER, EVERYONE, HEAD, HOLDER, ORGAN, at, table

from banjie.engine.certificates import (
    NAMES,
    STATUS_NAMES,
    Cancel,
    Certificate,
    Command,
    Event,
    ExtendValidity,
    Issue,
    Lapse,
    Renew,
    Resume,
    Revoke,
    Status,
    Suspend,
    ValidityExtended,
    decide,
    end_of_validity,
    evolve,
)
from banjie.engine.codec import decode, encode
from banjie.engine.permissions import SYSTEM, Actor
from banjie.engine.subject import Refused

LINES = list(table((Path(__file__).parent / "law" / "certificates.txt").read_text("utf-8"), 5))
DAY = date(2026, 11, 24)
LAST = date(2031, 11, 23)
ISSUE = Issue(
    number="澜食许99010020260000001",
    kind="food_business_licence",
    name="食品经营许可证",
    holder=HOLDER.id,
    holder_name=HOLDER.name,
    holder_code=HOLDER.code,
    organ=ORGAN,
    organ_name="澜江市行政审批局",
    valid_from=DAY,
    valid_until=LAST,
    verify_code="K7Q2M4X9",
    scope={"经营项目": "热食类食品制售"},
)
RENEWED = Renew(date(2036, 11, 23), date(2031, 9, 1))
COMMANDS: dict[str, tuple[Actor, Command, date]] = {
    "Issue": (SYSTEM, ISSUE, DAY),
    "ExtendValidity": (DECIDER, ExtendValidity(date(2036, 11, 23), "准予延续"), DAY),
    "Suspend": (DECIDER, Suspend("整改"), DAY),
    "Resume": (DECIDER, Resume("整改合格"), DAY),
    "Revoke": (HEAD, Revoke("以欺骗手段取得"), DAY),
    "Cancel": (DECIDER, Cancel("主体终止"), DAY),
    "Lapse": (SYSTEM, Lapse(), LAST + timedelta(days=1)),
    "Renew": (SYSTEM, RENEWED, LAST + timedelta(days=1)),
}


def done(certificate: Certificate, *names: str) -> Certificate:
    for name in names:
        actor, command, day = COMMANDS[name]
        certificate = reduce(evolve, decide(certificate, command, actor=actor, now=at(day)), certificate)
    return certificate


VALID = done(Certificate(), "Issue")
MADE = {
    Status.NONE: Certificate(),
    Status.VALID: VALID,
    Status.SUSPENDED: done(VALID, "Suspend"),
    Status.REVOKED: done(VALID, "Revoke"),
    Status.CANCELLED: done(VALID, "Cancel"),
    Status.LAPSED: done(VALID, "Lapse"),
}


@pytest.mark.parametrize(
    ("status", "act", "after", "rule"), [line[:4] for line in LINES], ids=[line[4] for line in LINES]
)
def test_the_law_of_certificates(status: str, act: str, after: str, rule: str) -> None:
    actor, command, day = COMMANDS[act]
    before = MADE[Status(status)]
    try:
        came = reduce(evolve, decide(before, command, actor=actor, now=at(day)), before).status.value, "-"
    except Refused as refused:
        came = ("refused" if refused.remedy else "refused without a remedy"), refused.rule
    assert came == (after, rule)


def test_the_table_is_complete() -> None:
    assert [line[:2] for line in LINES] == [(status.value, kind.__name__) for status in Status for kind in NAMES]
    assert [line[4] for line in LINES] == [f"{STATUS_NAMES[s]}时“{name}”" for s in Status for name in NAMES.values()]
    assert {status: certificate.status for status, certificate in MADE.items()} == {one: one for one in Status}


@pytest.mark.parametrize(
    ("actor", "command", "day", "rule"),
    [
        (DECIDER, Suspend(" "), DAY, "证照管理"),
        (HEAD, Revoke(""), DAY, "证照管理"),
        (DECIDER, Revoke("以欺骗手段取得"), DAY, "办件权限表"),
        (CLERK, Cancel("主体终止"), DAY, "办件权限表"),
        (AGENT, ExtendValidity(date(2040, 1, 1), "我要"), DAY, "办件权限表"),
        (HEAD, Lapse(), LAST + timedelta(days=1), "办件权限表"),
        (DECIDER, ExtendValidity(LAST, "一样的日子"), DAY, "证照有效期"),
        (SYSTEM, Lapse(), LAST, "证照有效期"),
        (SYSTEM, RENEWED, LAST, "行政许可法第五十条"),
        (SYSTEM, replace(RENEWED, asked_on=LAST + timedelta(days=1)), LAST + timedelta(days=2), "行政许可法第五十条"),
        (SYSTEM, replace(RENEWED, valid_until=LAST), LAST + timedelta(days=1), "证照有效期"),
    ],
    ids=[
        *("暂停没有理由", "撤销没有理由", "决定人撤销", "窗口注销", "持证人自己延续", "负责人令其过期"),
        *("延续不更长", "最后一日还有效", "届满前不视为准予", "届满后才申请", "延续到原来的日子"),
    ],
)
def test_what_is_refused_within_its_status(actor: Actor, command: Command, day: date, rule: str) -> None:
    with pytest.raises(Refused) as caught:
        decide(VALID, command, actor=actor, now=at(day))

    assert caught.value.rule == rule


def test_silence_renews_and_says_so() -> None:
    [event] = decide(VALID, RENEWED, actor=SYSTEM, now=at(LAST + timedelta(days=1)))

    assert isinstance(event, ValidityExtended)
    assert event.silent
    assert evolve(VALID, event).holds_on(LAST + timedelta(days=1))


def test_one_may_rely_on_it_from_its_first_to_its_last_day() -> None:
    assert [VALID.holds_on(day) for day in (DAY - timedelta(days=1), DAY, LAST, LAST + timedelta(days=1))] == [
        *(False, True, True, False)
    ]
    assert not any(MADE[status].holds_on(DAY) for status in Status if status is not Status.VALID)
    endless = replace(VALID, valid_until=None)
    assert endless.holds_on(date(2199, 1, 1))
    with pytest.raises(Refused):
        decide(endless, Lapse(), actor=SYSTEM, now=at(date(2190, 1, 1)))


def test_no_certificate_ends_before_it_begins() -> None:
    with pytest.raises(Refused) as caught:
        decide(Certificate(), replace(ISSUE, valid_until=DAY - timedelta(days=1)), actor=SYSTEM, now=at(DAY))

    assert caught.value.field == "valid_until"


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        (date(2026, 11, 24), 60, date(2031, 11, 23)),
        (date(2026, 11, 24), 0, None),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
    ],
)
def test_the_last_day_of_a_validity(begins: date, months: int, ends: date | None) -> None:
    assert end_of_validity(begins, months) == ends


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 600))
def test_a_validity_has_so_many_months(begins: date, months: int) -> None:
    ends = end_of_validity(begins, months)

    assert ends is not None
    due = begins.year * 12 + begins.month + months
    after = ends + timedelta(days=1)
    # The day before the same day of the month, or the last day of a month that has no such day.
    assert (after.year * 12 + after.month, after.day) == (due, begins.day) or (
        ends.year * 12 + ends.month == due and after.day == 1 and ends.day < begins.day
    )


@given(st.lists(st.tuples(st.sampled_from(sorted(COMMANDS)), st.sampled_from(EVERYONE)), max_size=12))
def test_a_history_folds_to_its_certificate_and_survives_the_wire(tries: list[tuple[str, Actor]]) -> None:
    certificate = Certificate()
    history: list[Event] = []
    for name, who in [("Issue", SYSTEM), *tries]:
        proper, command, day = COMMANDS[name]
        for actor in (who, proper):
            try:
                events = decide(certificate, command, actor=actor, now=at(day))
            except Refused:
                continue
            history.extend(events)
            certificate = reduce(evolve, events, certificate)
    again: list[Event] = [decode(type(event), encode(event)) for event in history]
    assert reduce(evolve, again, Certificate()) == certificate == decode(Certificate, encode(certificate))
