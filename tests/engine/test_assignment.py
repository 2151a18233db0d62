"""Lines given out by rule: fair turn is fair, load is evened out, nobody who is away or not certified gets anything."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.assignment import Candidate, Way, choose

PEOPLE = st.lists(
    st.builds(
        Candidate,
        account=st.integers(0, 999).map(str),
        here=st.booleans(),
        certified=st.booleans(),
        items=st.sampled_from([frozenset(), frozenset({"a"}), frozenset({"b"})]),
        regions=st.sampled_from([frozenset(), frozenset({"990102"}), frozenset({"990104"})]),
        lines=st.integers(0, 50),
    ),
    max_size=8,
    unique_by=lambda one: one.account,
)


def given_out(way: Way, people: list[Candidate], lines: int) -> dict[str, int]:
    """How many of so many lines each gets, as records keep turns and loads."""
    counts: dict[str, int] = {}
    now = {one.account: one for one in people}
    for turn in range(1, lines + 1):
        chosen = choose(way, list(now.values()), "a", "990102")
        if chosen is None:
            continue
        counts[chosen] = counts.get(chosen, 0) + 1
        now[chosen] = replace(now[chosen], turn=turn, lines=now[chosen].lines + 1)
    return counts


@given(PEOPLE, st.integers(1, 60))
def test_fair_turn_is_fair(people: list[Candidate], lines: int) -> None:
    counts = given_out(Way.TURN, people, lines)
    able = [one for one in people if one.may_have("a", "990102")]
    taking = [one for one in able if one.items or one.regions] or able
    assert set(counts) <= {one.account for one in taking}
    if taking:
        shares = [counts.get(one.account, 0) for one in taking]
        assert sum(shares) == lines
        assert max(shares) - min(shares) <= 1


@given(PEOPLE, st.sampled_from(Way), st.integers(1, 20))
def test_nobody_who_is_away_or_not_certified_gets_anything(people: list[Candidate], way: Way, lines: int) -> None:
    for account in given_out(way, people, lines):
        one = next(one for one in people if one.account == account)
        assert one.here
        assert one.certified
        assert way is not Way.FREE


@given(PEOPLE)
def test_least_load_goes_to_whoever_has_the_fewest(people: list[Candidate]) -> None:
    plain = [replace(one, items=frozenset(), regions=frozenset()) for one in people]
    chosen = choose(Way.LOAD, plain, "a", "990102")
    able = [one for one in plain if one.here and one.certified]
    assert (chosen is None) == (not able)
    if chosen is not None:
        assert next(one.lines for one in able if one.account == chosen) == min(one.lines for one in able)


def test_whoever_is_named_for_the_item_comes_first_and_signers_are_kept_apart() -> None:
    plain, named = Candidate("plain"), Candidate("named", items=frozenset({"a"}), lines=9, turn=9)
    assert choose(Way.TURN, [plain, named], "a", "990102") == "named"
    assert choose(Way.TURN, [plain, named], "b", "990102") == "plain"
    assert choose(Way.LOAD, [plain, named], "a", "990102", never=frozenset({"named"})) == "plain"
