"""One small, believable town for tests: 澜江市, with the verbs of its people.

Tests act through the same door as everyone (`actions.perform`, `actions.submissions`) and say who acts by name.
The town's clock stands still until a test moves it.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from banjie.actions.founding import found_city, publish_items
from banjie.actions.perform import Done, perform
from banjie.actions.platform import Platform
from banjie.actions.reactions import follow
from banjie.actions.submissions import Application, Submission, submit
from banjie.actions.wake import wake
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Case, Command, Law, Paper
from banjie.engine.situations import resolve
from banjie.packs.city import City, load_city
from banjie.packs.load import load_items
from banjie.packs.sample import sample_data, sample_papers
from banjie.records import cases
from banjie.records.people import MACHINE, Standing, standing
from banjie.wiring import platform as wired

PASSWORD = "lanjiang-2026"
REGION = "990100"

SUSPENSION = "1199010000BJ00016Q3001031003000"
DRUG = "1199010000BJ00016Q3990100000003"
FOOD = "1199010000BJ00016Q3000131023000"
HYGIENE = "1199010000BJ00016Q3990100000002"
ROAD = "1199010000BJ00016Q3990100000005"
SOIL = "1199010000BJ00016Q3990100000004"

AGENT = "linzhao"
RESTAURANT = "c-chunhe"
CLERK = "luoxiaoyu"
REVIEWER = "shenqiubai"
INSPECTOR = "kangyuanzhou"
SECOND_INSPECTOR = "tangshuanglin"
DECIDER = "yuezhiheng"
HEAD = "meilanting"


@dataclass
class Clock:
    """A clock that stands where it was set."""

    at: datetime = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def set(self, day: date, hour: int = 9) -> None:
        """Sets the clock to a city day."""
        self.at = datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)

    def move(self, **by: int) -> None:
        """Moves the clock on."""
        self.at += timedelta(**by)


@dataclass
class Town:
    """The town and its verbs."""

    platform: Platform
    city: City
    clock: Clock
    keys: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def who(self, username: str) -> Standing:
        """Someone of the town, as the platform sees her today."""
        return standing(self.platform.database, username, self.platform.today(), name=username)

    def law(self, item: str) -> Law:
        """The law in force for an item."""
        law = self.platform.laws.published(REGION, item)
        assert law is not None, f"{item} is not published"
        return law

    def application(
        self,
        item: str,
        holder: str,
        *,
        answers: Mapping[str, str] | None = None,
        data: Mapping[str, object] | None = None,
        later: tuple[str, ...] = (),
    ) -> Application:
        """A valid application for an item: the first way through its questions, a made-up form, made-up papers."""
        law = self.law(item)
        chosen = dict(answers or {})
        while (situation := resolve(law.item, chosen)).next_question is not None:
            question = situation.next_question
            chosen[question.key] = next(option.value for option in question.options if not option.ineligible)
        papers = sample_papers(situation.materials, later)
        return Application(
            region=REGION,
            item=item,
            holder=holder,
            answers=chosen,
            data=sample_data(law.item.form, situation.facts, data),
            papers=tuple(paper if paper.held else self.with_content(paper) for paper in papers),
            later=later,
            promised=law.item.by_promise,
        )

    def with_content(self, paper: Paper) -> Paper:
        """A paper whose content is really kept."""
        content = f"%PDF-1.4\n% {paper.name}\n%%EOF\n".encode()
        sha256 = self.platform.files.put(content)
        return replace(paper, sha256=sha256, size=len(content), media_type="application/pdf")

    def submit(self, username: str, item: str, **wishes: object) -> Submission:
        """Someone hands in an application for the first party she may act for, or for `holder`."""
        actor = self.who(username)
        holder = str(wishes.pop("holder", "") or actor.parties[0].id)
        application = self.application(item, holder, **wishes)  # type: ignore[arg-type]  # tests name what they wish
        return submit(self.platform, application, actor=actor, key=self.key())

    def act(self, username: str, number: str, command: Command, key: str = "") -> Done:
        """Someone acts on a case."""
        return perform(
            self.platform, command, actor=self.who(username), region=REGION, number=number, key=key or self.key()
        )

    def case(self, number: str) -> Case:
        """A case as it stands."""
        found = cases.find(self.platform.database, MACHINE.eyes, REGION, number)
        assert found is not None, f"{number} is not there"
        return found.case

    def settle(self) -> None:
        """Lets the worker deal with everything that has happened and everything that is due."""
        while follow(self.platform, self.platform.now()) or wake(self.platform, self.platform.now()):
            pass

    def key(self) -> str:
        """A fresh idempotency key."""
        return f"test-{next(self.keys):08d}"


def found() -> None:
    """Founds the city in this process's database."""
    here = town()
    found_city(here.platform, here.city, password=PASSWORD)
    publish_items(here.platform, load_items(), here.platform.today())


def town() -> Town:
    """The town as it stands in this process's database, on its first morning."""
    clock = Clock()
    return Town(replace(wired(), clock=clock), load_city(), clock)
