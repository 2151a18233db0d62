"""审前服务 (咨询, 辅导, 预审): one thread before the application, from a question to a conclusion that binds.

`acts` is what people may ask, `events` what can have happened, `state` what is true, `decide` the rules that join
them. No legal clock starts here; what the office owes are answers by promised moments.
"""

from banjie.engine.precases.acts import ACTS, NAMES, VERDICT_NAMES, Command, Judged, Verdict
from banjie.engine.precases.decide import STATUSES, decide, possible
from banjie.engine.precases.events import KINDS, Event, Opinion
from banjie.engine.precases.state import (
    KIND_NAMES,
    OPEN,
    OPINION,
    REPLY,
    STATUS_NAMES,
    Kind,
    Precase,
    PrecaseStatus,
    Slow,
    Visit,
    endorsements,
    evolve,
    missing,
    standing,
    targets,
    unjudged,
)

__all__ = [
    "ACTS",
    "KINDS",
    "KIND_NAMES",
    "NAMES",
    "OPEN",
    "OPINION",
    "REPLY",
    "STATUSES",
    "STATUS_NAMES",
    "VERDICT_NAMES",
    "Command",
    "Event",
    "Judged",
    "Kind",
    "Opinion",
    "Precase",
    "PrecaseStatus",
    "Slow",
    "Verdict",
    "Visit",
    "decide",
    "endorsements",
    "evolve",
    "missing",
    "possible",
    "standing",
    "targets",
    "unjudged",
]
