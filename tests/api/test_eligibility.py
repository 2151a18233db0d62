"""能不能办 for everybody: yes, no with the ways out, and what is still open."""

from tests.api.calling import Callers, assert_problem
from tests.town import FOOD

CHECK = f"/items/{FOOD}/check"


def asked(callers: Callers, *facts: str) -> dict[str, object]:
    answer = callers().get(CHECK + "?" + "&".join(f"fact={fact}" for fact in facts))
    assert answer.status == 200, answer.json
    found: dict[str, object] = answer.json
    return found


def test_no_yes_and_not_yet(callers: Callers) -> None:
    assert asked(callers)["still_open"] == ["apply_type"]
    facts = ("apply_type=new", "business=catering", "cold_or_raw=cold")
    early = asked(callers, *facts)
    assert (early["eligible"], early["still_open"]) == (None, ["area", "kitchen_area"])
    no = asked(callers, *facts, "area=80", "kitchen_area=10")
    assert no["eligible"] is False
    assert no["basis"] == "澜江市食品经营许可审查细则第九条第二款"
    assert len(no["yes_if"]) == 2  # type: ignore[arg-type]  # a list, as the shape says.
    yes = asked(callers, *facts, "area=1200", "kitchen_area=20")
    assert (yes["eligible"], yes["promised"]) == (True, "8个工作日")


def test_what_is_wrong_is_named(callers: Callers) -> None:
    for fact in ("area", "ghost=1", "apply_type=steal", "area=-1", "area=很大"):
        assert_problem(callers().get(f"{CHECK}?fact={fact}"), 400)
    assert_problem(callers().get("/items/none/check"), 404)
