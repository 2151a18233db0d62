"""What `banjie bench apply` says of its measurements, and that the made-up city it asks is the same every time."""

from typing import Any

import pytest

from banjie.bench import apply, apply_search


def measured(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "pages": {"workers": 2, "guide": {"per_s": 500.0}, "form": {"per_s": 400.0}},
        "large_form": {"fields": 200, "rows": 50, "get_p95_ms": 99.0, "post_p95_ms": 20.0},
        "submit": {"papers": 10, "ours_ms": 20.0, "raw_ms": 10.0, "ratio": 2.0},
        "search": {"editions": 167_050, "search_ms": {"p95": 29.9}, "suggest_ms": {"p95": 3.0}},
    }
    found |= changes
    found["met"] = {name: met(found) for name, met in apply.MET.items()}
    return found


def test_every_number_stands_beside_what_it_must_be() -> None:
    lines = apply.table(measured()).splitlines()
    assert len(lines) == len(apply.MET)
    assert all(line.endswith("\t达到") for line in lines)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("guide", {"pages": {"workers": 2, "guide": {"per_s": 399.9}, "form": {"per_s": 400.0}}}),
        ("form", {"pages": {"workers": 2, "guide": {"per_s": 500.0}, "form": {"per_s": 399.9}}}),
        ("large_form", {"large_form": {"fields": 200, "rows": 50, "get_p95_ms": 9.0, "post_p95_ms": 100.0}}),
        ("submit", {"submit": {"papers": 10, "ours_ms": 30.0, "raw_ms": 10.0, "ratio": 3.0}}),
        ("search", {"search": {"editions": 1, "search_ms": {"p95": 30.0}, "suggest_ms": {"p95": 3.0}}}),
        ("suggest", {"search": {"editions": 1, "search_ms": {"p95": 3.0}, "suggest_ms": {"p95": 30.0}}}),
    ],
)
def test_what_misses_its_mark_is_said_to(name: str, changes: dict[str, Any]) -> None:
    found = measured(**changes)
    assert [key for key, met in found["met"].items() if not met] == [name]
    assert apply.table(found).count("未达到") == 1


def test_the_same_questions_are_asked_every_time() -> None:
    asked = apply_search.questions(60)
    assert asked == apply_search.questions(60)
    assert {"everyday", "pinyin", "first letters", "typo", "code"} <= {one.kind for one in asked}
