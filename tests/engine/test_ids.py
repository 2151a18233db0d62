"""The city's numbers: a table of what is accepted and refused, and properties over made-up numbers."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from banjie.engine.ids import (
    CaseNumber,
    CitizenId,
    CreditCode,
    ItemCode,
    Malformed,
    PartyId,
    PartyIdKind,
    QueryCode,
    RegionCode,
    RegionLevel,
    citizen_check_character,
    credit_check_character,
    organisation_check_character,
)

TABLE = (Path(__file__).parent / "law/numbers.txt").read_text(encoding="utf-8").splitlines()
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE if line and not line.startswith("#")]
PARSERS: dict[str, Callable[[str], object]] = {
    "统一社会信用代码": CreditCode.parse,
    "公民身份号码": CitizenId.parse,
    "办件编号": CaseNumber.parse,
    "查询码": QueryCode.parse,
    "行政区划代码": RegionCode.parse,
    "事项编码": ItemCode.parse,
    "护照": lambda text: PartyId.parse(text, PartyIdKind.PASSPORT),
    "港澳通行证": lambda text: PartyId.parse(text, PartyIdKind.HONG_KONG_MACAO),
    "台胞证": lambda text: PartyId.parse(text, PartyIdKind.TAIWAN),
    "永居证": lambda text: PartyId.parse(text, PartyIdKind.FOREIGN_RESIDENT),
}


@pytest.mark.parametrize(("kind", "typed", "written", "reason"), ROWS)
def test_the_table_of_numbers(kind: str, typed: str, written: str, reason: str) -> None:
    if written != "拒绝":
        assert str(PARSERS[kind](typed)) == written
        return
    with pytest.raises(Malformed) as refusal:
        PARSERS[kind](typed)
    assert reason in refusal.value.reason
    assert refusal.value.field
    assert refusal.value.remedy
    assert str(refusal.value) == f"{refusal.value.field}：{refusal.value.reason}。{refusal.value.remedy}。"


def test_places_lie_within_one_another() -> None:
    village = RegionCode.parse("990102001003")
    way_up = [village]
    while (above := way_up[-1].parent()) is not None:
        way_up.append(above)
    assert [str(place) for place in way_up] == [
        "990102001003",
        "990102001000",
        "990102",
        "990100",
        "990000",
    ]
    assert [place.level for place in way_up] == list(RegionLevel)[:0:-1]
    assert all(village.is_within(place) for place in way_up)
    assert village.is_within(RegionCode.parse("000000"))
    assert not RegionCode.parse("990102").is_within(RegionCode.parse("990104"))
    assert not RegionCode.parse("990100").is_within(RegionCode.parse("990102"))
    assert RegionCode.parse("990102").long == "990102000000"


def test_an_old_area_code_is_only_a_warning() -> None:
    # The reference library refuses this number, because its area table begins later than the birth.
    seventeen = "42060219490307123"
    elder = CitizenId.parse(seventeen + citizen_check_character(seventeen))
    assert not ric.is_valid(elder.code)
    assert elder.birth == date(1949, 3, 7)
    assert elder.warnings({"420602"}) == ()
    assert "已撤并" in elder.warnings({"990102"})[0]
    assert CitizenId.parse("42060219900307123X").masked == "420602********123X"


def test_an_inner_organisation_code_out_of_step_is_only_a_warning() -> None:
    assert CreditCode.parse("91420600MA4K12345D").warnings() == ()
    assert CreditCode.parse("11420600011445670W").category == "机关"
    odd = "91990102MA4K12340"
    code = CreditCode.parse(odd + credit_check_character(odd))
    assert "GB 11714" in code.warnings()[0]
    assert (code.region, code.category, code.organisation) == ("990102", "企业", "MA4K12340")


def test_other_papers_are_masked_and_an_organisations_code_is_not() -> None:
    assert PartyId.parse("E12345678", PartyIdKind.PASSPORT).masked == "E1*****78"
    assert PartyId.parse("42060219900307123X").masked == "420602********123X"
    assert PartyId.parse("91420600MA4K12345D", PartyIdKind.CREDIT).masked == "91420600MA4K12345D"
    assert PartyIdKind.TAIWAN.label == "台湾居民来往大陆通行证"


def test_item_codes_of_each_length() -> None:
    assert ItemCode.parse_basic("000131023000").code == "000131023000"
    assert ItemCode.parse_handling("511A0138000000-511602000000-000-11511301-1-00")
    with pytest.raises(Malformed, match="最长12位"):
        ItemCode.parse_basic("0001310230001")


def test_a_case_number_is_made_only_from_sound_parts() -> None:
    number = CaseNumber.make(RegionCode.parse("990100"), date(2026, 11, 24), 123)
    assert str(number) == "990100-20261124-0000123"
    with pytest.raises(Malformed, match="只用6位"):
        CaseNumber.make(RegionCode.parse("990102001000"), date(2026, 11, 24), 1)
    with pytest.raises(Malformed, match="流水号"):
        CaseNumber.make(RegionCode.parse("990100"), date(2026, 11, 24), 0)


def test_a_refusal_survives_being_sent_to_another_process() -> None:
    sent = pickle.loads(pickle.dumps(Malformed("查询码", "应为8位", "请重填", "GB")))  # noqa: S301 - our own bytes
    assert (sent.field, sent.reason, sent.remedy, sent.rule) == ("查询码", "应为8位", "请重填", "GB")


def test_a_query_code_needs_enough_randomness() -> None:
    assert QueryCode.from_bytes(b"\xff\xff\xff\xff\xff").printed == "ZZZZ-ZZZZ"
    with pytest.raises(ValueError, match="five random bytes"):
        QueryCode.from_bytes(b"\x00\x01\x02\x03")


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5))
def test_query_codes_read_back_and_differ(random: bytes, other: bytes) -> None:
    code = QueryCode.from_bytes(random)
    assert QueryCode.parse(code.printed.lower()) == code
    assert (code == QueryCode.from_bytes(other)) == (random == other)


signs = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)
digits = st.text("0123456789", min_size=6, max_size=6)


@given(st.sampled_from(["11", "12", "51", "91", "92", "93"]), digits, signs)
def test_credit_codes_with_their_check_are_good_here_and_in_the_reference(head: str, region: str, body: str) -> None:
    inner = body + organisation_check_character(body)
    code = head + region + inner
    code += credit_check_character(code)
    assert uscc.is_valid(code)
    assert CreditCode.parse(code.lower()).code == code
    assert CreditCode.parse(code).warnings() == ()


@given(digits, signs, st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_sign_in_a_credit_code_is_always_found(region: str, body: str, place: int, sign: str) -> None:
    code = f"91{region}{body}0"
    code += credit_check_character(code)
    assume(code[place] != sign)
    wrong = code[:place] + sign + code[place + 1 :]
    assert not uscc.is_valid(wrong)
    with pytest.raises(Malformed):
        CreditCode.parse(wrong)


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999))
def test_citizen_numbers_read_back_and_one_wrong_digit_is_found(born: date, order: int) -> None:
    seventeen = f"990102{born:%Y%m%d}{order:03d}"
    code = CitizenId.parse(seventeen + citizen_check_character(seventeen))
    assert (code.birth, code.area) == (born, "990102")
    assert ric.calc_check_digit(code.code) == code.code[-1]
    wrong = code.code[:14] + str((int(code.code[14]) + 1) % 10) + code.code[15:]
    with pytest.raises(Malformed):
        CitizenId.parse(wrong)


@given(st.sampled_from(["990100", "990121"]), st.dates(date(2020, 1, 1)), st.integers(1, 10**18 - 1))
def test_case_numbers_read_back(region: str, day: date, serial: int) -> None:
    number = CaseNumber.make(RegionCode.parse(region), day, serial)
    assert CaseNumber.parse(str(number)) == number


@given(st.text(max_size=40), st.sampled_from(sorted(PARSERS)))
def test_whatever_is_typed_is_read_or_refused_in_words(text: str, kind: str) -> None:
    number: object = None
    with contextlib.suppress(Malformed):  # A refusal is as good an answer; any other error fails the test.
        number = PARSERS[kind](text)
    if number is not None:
        assert PARSERS[kind](str(number)) == number
