"""What is left of personal data for eyes it is not meant for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.actions.masking import is_company_code, is_persons_name, masked


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("周晓禾", "", "周**"),
        ("周", "", "周"),
        ("13800001234", "", "138****1234"),
        ("99010219900101001X", "", "990102********001X"),
        ("12345", "phone", "1****"),
        ("", "name", ""),
    ],
)
def test_masked(text: str, kind: str, shown: str) -> None:
    assert masked(text, kind) == shown


@given(st.text(max_size=40), st.sampled_from(["", "name", "phone", "id"]))
def test_masking_keeps_the_length_and_hides_something(text: str, kind: str) -> None:
    shown = masked(text, kind)
    assert len(shown) == len(text)
    assert len(text) < 2 or "*" in shown


@pytest.mark.parametrize(
    ("name", "person"),
    [("林照", True), ("欧阳小满", True), ("古丽·阿依木", True), ("澜江老渡口面馆", False), ("澜江茶叙", True)],
)
def test_whose_name_it_is(name: str, person: bool) -> None:
    assert is_persons_name(name) is person


@pytest.mark.parametrize(
    ("code", "company"),
    [
        ("91990102MA00RC0153", True),
        ("99010219900101001X", False),
        ("990102199001010011", False),
        ("911101080000000001", False),
        ("", False),
        ("E12345678", False),
    ],
)
def test_whose_code_it_is(code: str, company: bool) -> None:
    assert is_company_code(code) is company
