"""What every subject with a promise and a deadline shares: an answer that says no, and a wire form.

A subject is a file of `engine/` with two verbs: `decide(state, command, …) -> events` says whether something
may happen and what follows; `evolve(state, event) -> state` says what is true afterwards. `decide` says no by
raising `Refused`, an answer the law expects: shown to the person, never paged to an engineer.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from banjie.engine.ids import Malformed

__all__ = ["GENESIS", "Malformed", "Refused", "canonical", "chain", "in_words"]

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

GENESIS = ""
"""The hash before a subject's first event."""


class Refused(Exception):
    """The law's no: what is not possible, which rule says so, and what the person can do instead.

    `reason` and `remedy` are plain Chinese sentences; `rule` names the clause (行政许可法第三十二条 …) or the
    system's own rule; `field` names the input it hangs on, if it hangs on one.
    """

    def __init__(self, reason: str, *, rule: str, remedy: str = "", field: str | None = None) -> None:
        super().__init__(f"{reason}（{rule}）")
        self.reason = reason
        self.rule = rule
        self.remedy = remedy
        self.field = field


def in_words(text: str, field: str, what: str, *, rule: str, most: int = 4000, shorter: str = "请写简短些") -> str:
    """What somebody has to say in her own words, trimmed; `Refused` when nothing is said, or more than `most` signs."""
    said = text.strip()
    if not said:
        raise Refused(f"没有写明{what}", rule=rule, remedy=f"请写明{what}", field=field)
    if len(said) > most:
        raise Refused(f"{what}超过 {most} 字", rule=rule, remedy=shorter, field=field)
    return said


def canonical(value: object) -> str:
    """The one JSON text of a value: keys sorted, no spaces, characters as they are.

    It survives a round trip through PostgreSQL's jsonb, so a hash over it can be recomputed from an export.
    """
    return _ENCODER.encode(value)


def chain(  # The nine things that make an entry of the journal what it is.
    previous: str,
    *,
    region: str,
    subject: str,
    seq: int,
    at: datetime,
    actor: str,
    kind: str,
    data: Mapping[str, object],
) -> str:
    """The hash of a journal entry: SHA-256 (hex) over the hash before it and everything it says.

    The moment is written in UTC: a database hands it back in whatever zone its session has.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    said = canonical([previous, region, subject, seq, moment, actor, kind, data])
    return hashlib.sha256(said.encode()).hexdigest()
