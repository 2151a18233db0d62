"""A page of a worklist ends between cases, so that no branch of one is lost at its edge."""

from datetime import date

import pytest

from banjie.records.cases import Task, whole_page


def lines(cases: str) -> tuple[Task, ...]:
    """A line a letter; the same letter again is another branch of that case."""
    day = date(2026, 12, 1)
    return tuple(
        Task("990100", case, "office", "reviewer", "", "", "in_review", day, case, "", "", "", day) for case in cases
    )


@pytest.mark.parametrize(
    ("found", "page"),
    [
        ("abc", "abc"),
        ("abcd", "abc"),
        ("abcc", "ab"),
        ("abbb", "a"),
        ("aaaa", "aaa"),
        ("", ""),
    ],
)
def test_a_page_ends_between_cases(found: str, page: str) -> None:
    assert "".join(line.case_id for line in whole_page(lines(found), 3)) == page
