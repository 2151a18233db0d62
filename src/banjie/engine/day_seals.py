"""日封存: once a day the last hash of everything that happened is put under one seal.

The entries of a subject are chained, so its last hash stands for its whole history. The last hashes of all subjects
that changed since the seal before are the leaves of a hash tree; its root, with the seal before, is what is signed.
Whoever holds one history and its way up the tree (``Way``) can show that it is the one the city kept on that day,
without seeing anybody else's. A history that is made anew later, hashes and all, no longer leads to that root.

Leaves stand in the order of (region, subject); a leaf that has no neighbour on its storey moves up as it is.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from banjie.engine.subject import canonical

FORMAT: Final = "banjie-day-seal/1"
NOTHING: Final = hashlib.sha256(b"").hexdigest()
"""The root of a day on which nothing happened."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A subject as a seal found it: its last entry then, `seq`, and that entry's hash."""

    region: str
    kind: str
    subject: str
    seq: int
    hash: str

    @property
    def digest(self) -> str:
        """What of it goes into the tree; hex."""
        said = canonical([self.region, self.kind, self.subject, self.seq, self.hash])
        return hashlib.sha256(b"\x00" + said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Turn:
    """One storey of the way up: the neighbour's digest (hex), and whether it stands on the left."""

    neighbour: str
    left: bool


@dataclass(frozen=True, slots=True)
class DaySeal:
    """The seal number `number` of a city, made on `day` over everything that had happened until then.

    `entries` and `subjects` count what was added and what changed since the seal before, whose `hash` is `previous`
    ("" for the first).
    """

    city: str
    number: int
    day: date
    entries: int
    subjects: int
    root: str
    previous: str

    @property
    def said(self) -> str:
        """The text that is signed."""
        return canonical(
            {
                "format": FORMAT,
                "city": self.city,
                "number": self.number,
                "day": self.day.isoformat(),
                "entries": self.entries,
                "subjects": self.subjects,
                "root": self.root,
                "previous": self.previous,
            }
        )

    @property
    def hash(self) -> str:
        """What the next seal holds on to; hex."""
        return hashlib.sha256(self.said.encode()).hexdigest()


class Tree:
    """The tree of many leaves, one after the other, in the room of one branch.

    With `sought` (region, subject) it also finds the way up from that subject's leaf.
    """

    def __init__(self, sought: tuple[str, str] | None = None) -> None:
        self._sought = sought
        self._branch: list[tuple[int, str, bool]] = []  # storey, digest, whether the sought leaf is below it
        self.leaves = 0
        self.found: Leaf | None = None
        self._way: list[Turn] = []

    def add(self, leaf: Leaf) -> None:
        """The next leaf, in order."""
        self.leaves += 1
        is_sought = self._sought == (leaf.region, leaf.subject)
        if is_sought:
            self.found = leaf
        top = (0, leaf.digest, is_sought)
        while self._branch and self._branch[-1][0] == top[0]:
            top = self._joined(self._branch.pop(), top)
        self._branch.append(top)

    def close(self) -> tuple[str, tuple[Turn, ...]]:
        """The root, and the way up from the sought leaf (empty when there is none). To be called once, at the end."""
        if not self._branch:
            return NOTHING, ()
        top = self._branch.pop()
        while self._branch:
            top = self._joined(self._branch.pop(), top)
        return top[1], tuple(self._way)

    def _joined(self, left: tuple[int, str, bool], right: tuple[int, str, bool]) -> tuple[int, str, bool]:
        if left[2]:
            self._way.append(Turn(right[1], left=False))
        if right[2]:
            self._way.append(Turn(left[1], left=True))
        return max(left[0], right[0]) + 1, _pair(left[1], right[1]), left[2] or right[2]


def root_of(leaf: Leaf, way: Sequence[Turn]) -> str:
    """The root to which a leaf leads on a way."""
    digest = leaf.digest
    for turn in way:
        digest = _pair(turn.neighbour, digest) if turn.left else _pair(digest, turn.neighbour)
    return digest


def way_to_json(seal: DaySeal, leaf: Leaf, way: Sequence[Turn]) -> dict[str, object]:
    """A seal and the way to it from one subject, as JSON."""
    return {
        "seal": seal.said,
        "leaf": [leaf.region, leaf.kind, leaf.subject, leaf.seq, leaf.hash],
        "way": [["left" if turn.left else "right", turn.neighbour] for turn in way],
    }


def check_way(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], Leaf] | None:
    """What the seal says and the leaf, if the way leads from the leaf to the seal's root; None if it does not.

    Raises nothing but what a malformed document raises (ValueError, KeyError, TypeError).
    """
    said = json.loads(str(document["seal"]))
    if said["format"] != FORMAT or canonical(said) != document["seal"]:
        return None
    leaf = Leaf(*document["leaf"])
    way = [Turn(neighbour, {"left": True, "right": False}[side]) for side, neighbour in document["way"]]
    return (said, leaf) if root_of(leaf, way) == said["root"] else None


def _pair(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()
