"""Pre-application services for the tests of their law: one about a restaurant, on its way."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.engine.casework import AGENT, CALENDAR, HOLDER, LAWS, MONDAY, at, submission
from tests.town import FOOD

from banjie.engine.catalogue import Item
from banjie.engine.filing import Paper, Party
from banjie.engine.permissions import Actor
from banjie.engine.precases import Command, Event, Judged, Precase, Verdict, decide, evolve, unjudged
from banjie.engine.precases.acts import Consult, Present

ITEM = LAWS[FOOD].item
NUMBER = "SQ990100-20261102-0000001"
FILED = submission(LAWS[FOOD])
PLAN, RULES = "floor_plan", "safety_rules"


@dataclass
class Thread:
    """A service on its way: its history, the edition of the item, and the moment it is there."""

    now: datetime = field(default_factory=lambda: at(MONDAY))
    item: Item = ITEM
    history: list[Event] = field(default_factory=list)

    @property
    def precase(self) -> Precase:
        """The service as it stands."""
        return folded(self.history)

    def act(self, actor: Actor, command: Command) -> tuple[Event, ...]:
        """Someone acts now; what follows is written down. Raises `Refused`."""
        events = decide(self.precase, command, actor=actor, now=self.now, item=self.item, calendar=CALENDAR)
        self.history.extend(events)
        return events

    def wait(self, **by: int) -> "Thread":
        """Time goes by."""
        self.now += timedelta(**by)
        return self


def folded(history: list[Event]) -> Precase:
    """What a history makes."""
    precase = Precase()
    for event in history:
        precase = evolve(precase, event)
    return precase


def question(text: str = "二楼能不能开饭馆？") -> Consult:
    """What begins a service."""
    return Consult(
        number=NUMBER,
        item=ITEM.code,
        edition=ITEM.edition,
        region=ITEM.region,
        organ=ITEM.organ,
        holder=HOLDER,
        asker=Party(AGENT.account, AGENT.name),
        text=text,
    )


def shown(*, without: tuple[str, ...] = (), changed: tuple[str, ...] = ()) -> Present:
    """The whole application as it is shown; some papers left out, some with another content."""
    papers = tuple(
        _with_content(paper, "b" if paper.material in changed else "a")
        for paper in FILED.papers
        if paper.material not in without
    )
    return Present(answers=FILED.answers, data=FILED.data, papers=papers, draft="d-1")


def _with_content(paper: Paper, letter: str) -> Paper:
    """A paper of this material with a content of its own."""
    if paper.held:
        return paper
    return replace(paper, sha256=(letter + paper.material.encode().hex() * 8)[:64])


def all_met(precase: Precase, item: Item = ITEM, *, mend: str = "") -> tuple[Judged, ...]:
    """An opinion on every point that has none: in order, but for those of the target to be mended."""
    return tuple(
        Judged(target, point, Verdict.MEND, "请重新画清楚") if target == mend else Judged(target, point, Verdict.MET)
        for target, point in unjudged(precase, item)
    )
