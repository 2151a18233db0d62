"""Cases for the tests of the law: the items that ship, the people of a small town, and a case on its way.

Nothing here touches a database: a case is its history, and acts go straight to the law.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files

import pytest
from tests.town import FOOD, REGION

from banjie.engine.calendar import CHINA
from banjie.engine.cases import Case, Command, Event, Law, Paper, Party, decide, fold
from banjie.engine.cases.acts import Accept, Approve, Claim, FinishStep, StartReview, Submit
from banjie.engine.endorsements import Endorsement, basis_of, ground_of, points_of
from banjie.engine.permissions import SYSTEM, Actor, Role
from banjie.engine.situations import resolve
from banjie.engine.subject import Refused
from banjie.packs.calendars import load_calendar
from banjie.packs.load import load_items
from banjie.packs.sample import sample_data, sample_papers

CONTENT = files("banjie") / "content"
CALENDAR = load_calendar(CONTENT / "calendars", REGION)
LAWS = {item.code: Law(item, CALENDAR) for item in load_items()}
ORGAN = LAWS[FOOD].item.organ
TRAFFIC, CITY, GREEN = "1199010000BJ00032E", "1199010000BJ000409", "1199010000BJ000596"
HOLDER = Party("c-chunhe", "澜江春禾餐饮有限公司", "91990102MA00RC0153")


def official(account: str, *roles: Role, office: str = ORGAN) -> Actor:
    """Someone who serves in one office."""
    return Actor(account, account, frozenset(roles), REGION, frozenset({office}))


AGENT = Actor("linzhao", "林照", frozenset({Role.APPLICANT}), REGION, parties=frozenset({HOLDER.id}))
STRANGER = Actor("zhouyibo", "周一帛", frozenset({Role.APPLICANT}), REGION, parties=frozenset({"c-qinghe"}))
CLERK = official("luoxiaoyu", Role.WINDOW)
REVIEWER = official("shenqiubai", Role.REVIEWER)
INSPECTOR = official("kangyuanzhou", Role.REVIEWER)
SECOND_INSPECTOR = official("tangshuanglin", Role.REVIEWER)
DECIDER = official("yuezhiheng", Role.DECIDER)
HEAD = official("meilanting", Role.HEAD)
POLICE = official("qinjianlu", Role.REVIEWER, office=TRAFFIC)
CITY_OFFICER = official("weidongqiao", Role.REVIEWER, office=CITY)
GARDENER = official("jianglvyuan", Role.REVIEWER, office=GREEN)
SUPERVISOR = official("lumingjian", Role.SUPERVISOR)
MANAGER = official("wenshuyi", Role.MANAGER)
EVERYONE = (
    *(AGENT, STRANGER, CLERK, REVIEWER, INSPECTOR, SECOND_INSPECTOR, DECIDER, HEAD),
    *(POLICE, CITY_OFFICER, GARDENER, SUPERVISOR, MANAGER, SYSTEM),
)

MONDAY = date(2026, 11, 2)
"""An ordinary Monday, no holiday near it."""


def at(day: date) -> datetime:
    """Ten in the morning of a city day."""
    return datetime.combine(day, time(10), CHINA)


def submission(
    law: Law,
    *,
    answers: Mapping[str, str] | None = None,
    later: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
) -> Submit:
    """A valid application: `answers` and for the other questions the first way through, made-up form and papers.

    `without` names papers that are left out.
    """
    item = law.item
    chosen = dict(answers or {})
    while (situation := resolve(item, chosen)).next_question is not None:
        question = situation.next_question
        chosen[question.key] = next(option.value for option in question.options if not option.ineligible)
    papers = sample_papers(situation.materials, later)
    return Submit(
        number="990100-20261102-0000001",
        query_code="K7Q2M4",
        item=item.code,
        edition=item.edition,
        region=item.region,
        organ=item.organ,
        holder=HOLDER,
        agent=Party(AGENT.account, AGENT.name),
        answers=chosen,
        data=sample_data(item.form, situation.facts),
        papers=tuple(paper for paper in papers if paper.material not in without),
        later=later,
        promised=item.by_promise,
        changeable_until=at(MONDAY) + timedelta(minutes=item.change_minutes),
    )


@dataclass
class File:
    """A case on its way: its history, and the day it is there."""

    law: Law
    day: date = MONDAY
    history: list[Event] = field(default_factory=list)

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return fold(tuple(self.history))

    def act(self, actor: Actor, command: Command) -> tuple[Event, ...]:
        """Someone acts today; what follows is written down. Raises `Refused`."""
        events = decide(self.case, command, actor=actor, now=at(self.day), law=self.law)
        self.history.extend(events)
        return events

    def wait(self, days: int) -> "File":
        """Days go by."""
        self.day += timedelta(days=days)
        return self

    def copy(self) -> "File":
        """The same case in another world."""
        return replace(self, history=list(self.history))


def opened(law: Law, **wishes: object) -> File:
    """A case just handed in."""
    file = File(law)
    file.act(AGENT, submission(law, **wishes))  # type: ignore[arg-type]  # tests name what they wish
    return file


def accepted(law: Law, **wishes: object) -> File:
    """A case accepted on the day it came."""
    file = opened(law, **wishes)
    file.act(CLERK, Claim())
    file.act(CLERK, Accept())
    return file


def in_review(law: Law, **wishes: object) -> File:
    """A case in its first step."""
    file = accepted(law, **wishes)
    if not law.item.workflow.at_once:
        file.act(REVIEWER, StartReview())
    return file


def at_decision(law: Law, **wishes: object) -> File:
    """A case that only waits for its decision. For items whose steps are all the organ's own."""
    file = in_review(law, **wishes)
    finish(file, REVIEWER, "review")
    visit = next((key for key in file.case.active if law.item.workflow.step(key).signatures > 1), "")
    if visit:
        finish(file, INSPECTOR, visit)
        finish(file, SECOND_INSPECTOR, visit)
    return file


def decided(law: Law, **wishes: object) -> File:
    """A case approved."""
    file = at_decision(law, **wishes)
    file.act(DECIDER, Approve("符合条件"))
    return file


def finish(file: File, actor: Actor, step: str, outcome: str = "pass") -> tuple[Event, ...]:
    """Someone signs a step."""
    return file.act(actor, FinishStep(step, "符合要求", outcome))


def paper(material: str) -> Paper:
    """A paper for a material."""
    return Paper(material, f"{material}.pdf", "0" * 64, "application/pdf", 1)


def endorsed(law: Law, filed: Submit, target: str, point: str = "") -> Endorsement:
    """A review point of what is handed in that the pre-application service has found in order."""
    return Endorsement(
        target=target,
        point=point or points_of(law.item, target)[0],
        ground=ground_of(law.item, target, filed.data, filed.papers),
        edition=law.item.edition,
        basis=basis_of(law.item, target),
        precase="SQ990100-20261102-0000001",
        by=REVIEWER.account,
        name="沈秋白",
        office=law.item.organ_name,
        on=MONDAY,
    )


def refusal(file: File, actor: Actor, command: object) -> Refused:
    """The refusal of an act, which must leave no trace and say what to do instead."""
    before = list(file.history)
    with pytest.raises(Refused) as caught:
        file.act(actor, command)  # type: ignore[arg-type]  # every command is tried here
    assert file.history == before
    assert caught.value.remedy
    return caught.value


def prechecked(law: Law, **wishes: object) -> File:
    """A case the window has taken up."""
    file = opened(law, **wishes)
    file.act(CLERK, Claim())
    return file


def table(text: str, columns: int) -> Iterable[tuple[str, ...]]:
    """The lines of a law table, cell by cell; comments and empty lines are left out."""
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        cells = tuple(cell.strip() for cell in line.split("|"))
        assert len(cells) == columns, line
        yield cells
