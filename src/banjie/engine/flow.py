"""流程图: how cases really went, from what happened to them. Edges with how often, how long, and how often back.

A case is a row of points in time, each with the name of what was done (a node). Between two points lies an edge: its
time is what the case waited. An edge back to what had been done before is rework. Only sums are kept, so the map of a
year costs no more than the map of a day.

The layout is a layered one: every node one layer below what usually comes before it, edges back drawn beside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

START: Final = "start"
"""The node before the first: a case comes from there."""

END: Final = "end"
"""The node after the decision."""


@dataclass(frozen=True, slots=True)
class Point:
    """Something done to a case: node, moment, and the office that did it ("" when unknown)."""

    node: str
    at: datetime
    office: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """How far a case has come: its last node and moment, the nodes it has been at."""

    last: str = START
    at: datetime | None = None
    visited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to the next: how often, how many seconds of waiting in all, how often as rework."""

    source: str
    target: str
    count: int
    seconds: int = 0
    rework: int = 0

    @property
    def mean_s(self) -> float:
        """Seconds a case waited on the way, on average."""
        return self.seconds / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Passage:
    """One case going along one edge, at a moment, into an office."""

    source: str
    target: str
    at: datetime
    office: str
    seconds: int
    rework: bool


def follow(trail: Trail, points: Iterable[Point]) -> tuple[Trail, tuple[Passage, ...]]:
    """The trail after these points, in the order given, and the edges on the way.

    A point told late (its moment lies before the last one) waits no time; clocks of two systems may differ.
    """
    passages = []
    last, at, visited = trail.last, trail.at, trail.visited
    for point in points:
        seconds = max(0, int((point.at - at).total_seconds())) if at is not None else 0
        rework = point.node in visited
        passages.append(Passage(last, point.node, point.at, point.office, seconds, rework))
        if not rework:
            visited = (*visited, point.node)
        last, at = point.node, point.at if at is None else max(at, point.at)
    return Trail(last, at, visited), tuple(passages)


# --- the map ---


@dataclass(frozen=True, slots=True)
class Map:
    """The edges of a scope and a period."""

    edges: tuple[Edge, ...]

    @property
    def nodes(self) -> Mapping[str, int]:
        """Each node with how often cases came to it; the start with how often they left it."""
        found: dict[str, int] = {}
        for edge in self.edges:
            found[edge.target] = found.get(edge.target, 0) + edge.count
            found.setdefault(edge.source, 0)
        if START in found:
            found[START] = sum(edge.count for edge in self.edges if edge.source == START)
        return found

    @property
    def rework_share(self) -> float:
        """The share of passages that went back, 0 to 1."""
        passed = sum(edge.count for edge in self.edges)
        return sum(edge.rework for edge in self.edges) / passed if passed else 0.0

    def simplified(self, most: int) -> "Map":
        """The `most` commonest edges, and for every node one way in, so that nothing hangs in the air."""
        ordered = sorted(self.edges, key=lambda edge: (-edge.count, edge.source, edge.target))
        kept = dict.fromkeys(ordered[:most])
        reached = {edge.target for edge in kept} | {edge.source for edge in kept}
        for node in sorted(reached - {START}):
            if not any(edge.target == node for edge in kept):
                inward = [edge for edge in ordered if edge.target == node and edge.source in reached]
                if inward:
                    kept[inward[0]] = None
        return Map(tuple(edge for edge in ordered if edge in kept))


@dataclass(frozen=True, slots=True)
class Box:
    """A node placed: its upper left corner and size, in units of the drawing."""

    node: str
    x: float
    y: float
    width: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """An edge placed: an SVG path, where its words stand, and whether it goes back."""

    edge: Edge
    path: str
    x: float
    y: float
    back: bool
    weight: float
    """How thick, 1 to 6: by frequency."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map laid out."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()


_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _EDGE = 168.0, 48.0, 36.0, 64.0, 20.0


def layout(found: Map) -> Drawing:
    """Places the nodes of a map in layers from top to bottom and draws its edges."""
    if not found.edges:
        return Drawing(0, 0)
    forward, backward = _directed(found.edges)
    layers = _layers(found.nodes, forward)
    widest = max(len(layer) for layer in layers)
    width = _EDGE * 2 + widest * _WIDTH + (widest - 1) * _GAP_X + (80 if backward else 0)
    counts, boxes = found.nodes, dict[str, Box]()
    for depth, layer in enumerate(layers):
        span = len(layer) * _WIDTH + (len(layer) - 1) * _GAP_X
        left = (width - (80 if backward else 0) - span) / 2
        for place, node in enumerate(layer):
            x = left + place * (_WIDTH + _GAP_X)
            boxes[node] = Box(node, x, _EDGE + depth * (_HEIGHT + _GAP_Y), _WIDTH, _HEIGHT, counts[node])
    most = max(edge.count for edge in found.edges)
    lines = [_line(edge, boxes, most, back=False) for edge in forward]
    lines += [_line(edge, boxes, most, back=True) for edge in backward]
    height = _EDGE * 2 + len(layers) * _HEIGHT + (len(layers) - 1) * _GAP_Y
    return Drawing(width, height, tuple(boxes.values()), tuple(lines))


def _directed(edges: Sequence[Edge]) -> tuple[list[Edge], list[Edge]]:
    """Edges that go on, and those that would lead in a circle: of each circle the rarest goes back."""
    forward: list[Edge] = []
    ahead: dict[str, set[str]] = {}
    backward = []
    for edge in sorted(edges, key=lambda one: (-one.count, one.source, one.target)):
        if edge.source == edge.target or _reaches(ahead, edge.target, edge.source):
            backward.append(edge)
        else:
            forward.append(edge)
            ahead.setdefault(edge.source, set()).add(edge.target)
    return forward, backward


def _reaches(ahead: Mapping[str, set[str]], begin: str, goal: str) -> bool:
    seen, waiting = {begin}, [begin]
    while waiting:
        for following in ahead.get(waiting.pop(), ()):
            if following == goal:
                return True
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return False


def _layers(nodes: Mapping[str, int], forward: Sequence[Edge]) -> list[list[str]]:
    """Each node below all that lead to it; within a layer by the middle of those above, so that few lines cross."""
    before: dict[str, list[str]] = {node: [] for node in nodes}
    for edge in forward:
        before[edge.target].append(edge.source)
    depth: dict[str, int] = {}
    waiting = sorted(nodes, key=lambda node: (-nodes[node], node))
    while waiting:
        rest = []
        for node in waiting:
            if all(above in depth for above in before[node]):
                depth[node] = max((depth[above] + 1 for above in before[node]), default=0)
            else:
                rest.append(node)
        waiting = rest
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in sorted(depth, key=lambda one: (-nodes[one], one)):
        layers[depth[node]].append(node)
    place: dict[str, float] = {}
    for layer in layers:
        middles = {
            node: sum(place[above] for above in before[node]) / len(before[node]) if before[node] else 0.0
            for node in layer
        }
        layer.sort(key=lambda node: (middles[node], -nodes[node], node))
        for order, node in enumerate(layer):
            place[node] = order - (len(layer) - 1) / 2
    return layers


def _line(edge: Edge, boxes: Mapping[str, Box], most: int, *, back: bool) -> Line:
    one, other = boxes[edge.source], boxes[edge.target]
    weight = 1 + 5 * edge.count / most
    if back:
        x1, y1 = one.x + one.width, one.y + one.height / 2
        x2, y2 = other.x + other.width, other.y + other.height / 2 + (10 if one is other else 0)
        side = max(x1, x2) + 40
        path = f"M{x1:.0f},{y1:.0f} C{side:.0f},{y1:.0f} {side:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"
        return Line(edge, path, side - 6, (y1 + y2) / 2, True, weight)
    x1, y1 = one.x + one.width / 2, one.y + one.height
    x2, y2 = other.x + other.width / 2, other.y
    bend = (y1 + y2) / 2
    path = f"M{x1:.0f},{y1:.0f} C{x1:.0f},{bend:.0f} {x2:.0f},{bend:.0f} {x2:.0f},{y2:.0f}"
    return Line(edge, path, (x1 + x2) / 2, bend, False, weight)


# --- where it takes long ---


@dataclass(frozen=True, slots=True)
class Stay:
    """How long cases waited before a node was done by an office."""

    node: str
    office: str
    count: int
    seconds: int
    rework: int

    @property
    def mean_s(self) -> float:
        """Seconds a case waited, on average."""
        return self.seconds / self.count if self.count else 0.0


def bottlenecks(stays: Iterable[Stay], most: int = 10) -> tuple[Stay, ...]:
    """Where most time goes by in all: the first is what is worth mending first."""
    return tuple(sorted(stays, key=lambda stay: (-stay.seconds, stay.node, stay.office))[:most])


@dataclass(frozen=True, slots=True)
class Kept:
    """承诺与实际: of what was decided, how many working days were promised and used, and how many were late."""

    key: str
    decided: int
    late: int
    promised_days: int
    used_days: int

    @property
    def mean_promised(self) -> float:
        """Working days promised, on average."""
        return self.promised_days / self.decided if self.decided else 0.0

    @property
    def mean_used(self) -> float:
        """Working days used, on average."""
        return self.used_days / self.decided if self.decided else 0.0
