"""Maps of flow: sums that do not depend on how the history was cut into batches, layouts that hold every edge."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from banjie.engine.flow import START, Edge, Map, Point, Stay, Trail, bottlenecks, follow, layout

BEGIN = datetime(2026, 11, 2, 1, tzinfo=UTC)
NODES = st.sampled_from(["收件", "受理", "审查", "补正", "决定"])


def points(names: list[str], hours: list[int]) -> list[Point]:
    at, made = BEGIN, []
    for name, hour in zip(names, hours, strict=False):
        at += timedelta(hours=hour)
        made.append(Point(name, at, "科"))
    return made


@given(st.lists(NODES, max_size=30), st.lists(st.integers(0, 99), min_size=30, max_size=30), st.integers(0, 30))
def test_a_history_told_in_two_parts_counts_as_told_at_once(names: list[str], hours: list[int], cut: int) -> None:
    whole = points(names, hours)
    at_once, all_passages = follow(Trail(), whole)
    half, first = follow(Trail(), whole[:cut])
    end, second = follow(half, whole[cut:])
    assert end == at_once
    assert (*first, *second) == all_passages
    assert sum(one.seconds for one in all_passages) == (
        int((whole[-1].at - whole[0].at).total_seconds()) if whole else 0
    )


def test_what_had_been_done_before_is_rework_and_what_comes_late_waits_no_time() -> None:
    trail, passages = follow(Trail(), points(["收件", "审查", "补正", "审查"], [0, 1, 2, 3]))
    assert [one.rework for one in passages] == [False, False, False, True]
    assert passages[0].source == START
    _, [late] = follow(trail, [Point("决定", BEGIN)])
    assert late.seconds == 0


EDGES = st.lists(
    st.builds(Edge, st.one_of(st.just(START), NODES), NODES, st.integers(1, 999), st.integers(0, 10**6)),
    max_size=25,
    unique_by=lambda edge: (edge.source, edge.target),
)


@given(EDGES)
def test_every_node_is_placed_apart_and_every_edge_is_drawn(edges: list[Edge]) -> None:
    found = Map(tuple(edges))
    drawing = layout(found)
    assert {box.node for box in drawing.boxes} == set(found.nodes)
    assert sorted(map(repr, (line.edge for line in drawing.lines))) == sorted(map(repr, edges))
    corners = {(box.x, box.y) for box in drawing.boxes}
    assert len(corners) == len(drawing.boxes)
    for box in drawing.boxes:
        assert 0 <= box.x <= drawing.width - box.width
        assert 0 <= box.y <= drawing.height - box.height
    tops = {box.node: box.y for box in drawing.boxes}
    for line in drawing.lines:
        if not line.back:
            assert tops[line.edge.source] < tops[line.edge.target]


@given(EDGES, st.integers(1, 10))
def test_a_simplified_map_keeps_the_commonest_edges(edges: list[Edge], most: int) -> None:
    whole = Map(tuple(edges))
    simple = whole.simplified(most)
    assert set(simple.edges) <= set(edges)
    assert sum(edge.count for edge in simple.edges) >= sum(sorted((edge.count for edge in edges), reverse=True)[:most])
    assert whole.simplified(len(edges) or 1).nodes == whole.nodes


def test_the_bottleneck_is_where_most_time_goes_by_in_all() -> None:
    found = bottlenecks([Stay("受理", "甲", 1000, 1000, 0), Stay("审查", "乙", 2, 90_000, 1)])
    assert found[0].node == "审查"
    assert found[0].mean_s == 45_000
