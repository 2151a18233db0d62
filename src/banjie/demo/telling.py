"""Telling the stories: every act happens at its own moment, in the order of the days, through the city's one door.

The clock is handed in. Between the acts of a day the reactions follow, and every morning the city asks what is due,
so silence, lateness and lapses come about by themselves on their day, as they would have.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from banjie.actions.perform import perform
from banjie.actions.platform import Platform
from banjie.actions.reactions import follow
from banjie.actions.submissions import Application, submit
from banjie.actions.wake import wake
from banjie.demo.neighbours import NEIGHBOURS
from banjie.demo.papers import MEDIA_TYPE, paper_pdf
from banjie.engine.calendar import CHINA, Calendar
from banjie.engine.cases import Channel, Command, Law, Paper
from banjie.engine.catalogue import Material
from banjie.engine.situations import resolve
from banjie.engine.subject import Refused
from banjie.packs.city import City
from banjie.packs.sample import sample_data
from banjie.records import people
from banjie.records.people import MACHINE, Standing

MORNING = time(0, 5)
"""When the city asks each day what is due."""

_PLANS = ("floor_plan", "layout", "premises_proof", "design", "green_plan")
"""Materials that are drawings."""


@dataclass(frozen=True, slots=True)
class Given:
    """Stands in a story for an act that hands in papers: which materials, and how the act is made of them."""

    materials: tuple[str, ...]
    act: Callable[[tuple[Paper, ...]], Command]


@dataclass(frozen=True, slots=True)
class Beat:
    """One act of a story: working days after the submission, time of day, who, what."""

    day: int
    at: time
    who: str
    act: Command | Given


@dataclass(frozen=True, slots=True)
class Story:
    """A case from its submission on. `day` is counted in working days from today: 0 is today, -8 eight before.

    `agent` is the account that submits; the holder's own representative where none is named or the mandate is over.
    """

    item: str
    holder: str
    day: int
    at: time
    answers: Mapping[str, str]
    course: tuple[Beat, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    agent: str = ""
    channel: Channel = Channel.WEB


@dataclass(slots=True)
class Told:
    """A story in the making: the number it has been given."""

    story: Story
    key: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens: the submission when `beat` is None."""

    at: datetime
    told: Told
    order: int
    beat: Beat | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of it all."""

    cases: int
    acts: int
    by_itself: int


class AgainstTheLaw(RuntimeError):
    """A story that the law refuses: a mistake in the story, named."""


class Teller:
    """Tells stories in one city."""

    def __init__(self, platform: Platform, city: City) -> None:
        self._platform = platform
        self._city = city
        self._at = platform.now()
        # How quickly a page opened in the past cannot be measured any more.
        self._moved = replace(platform, clock=lambda: self._at, open_page=None)

    def tell(self, stories: tuple[Story, ...], progress: Callable[[float, str], None]) -> Tally:
        """Everything that has happened by now. Raises `AgainstTheLaw`."""
        now = self._platform.now()
        moments = sorted(self._moments(stories, now), key=lambda moment: (moment.at, moment.order))
        cases = acts = by_itself = 0
        first = moments[0].at.astimezone(CHINA).date()
        day = first
        span = max(1, (now.astimezone(CHINA).date() - first).days)
        for moment in moments:
            while day <= moment.at.astimezone(CHINA).date():
                by_itself += self._morning(day)
                day += timedelta(days=1)
                progress((day - first).days / span, day.isoformat())
            self._at = moment.at
            if moment.beat is None:
                self._submit(moment.told)
                cases += 1
            else:
                self._act(moment.told, moment.beat)
                acts += 1
            self._settle()
        while day <= now.astimezone(CHINA).date():
            by_itself += self._morning(day)
            day += timedelta(days=1)
        return Tally(cases, acts, by_itself)

    def _moments(self, stories: tuple[Story, ...], now: datetime) -> Iterator[Moment]:
        days = WorkingDays(self._platform.laws.calendar(self._platform.region), now.astimezone(CHINA).date())
        order = 0
        for index, story in enumerate(stories):
            told = Told(story, f"demo-story-{index:03d}")
            whole = [(story.day, story.at, None), *((story.day + beat.day, beat.at, beat) for beat in story.course)]
            for number, at, beat in whole:
                order += 1
                moment = datetime.combine(days[number], at, CHINA).astimezone(UTC)
                if moment < now:
                    yield Moment(moment, told, order, beat)

    def _morning(self, day: date) -> int:
        """What the passing of the night has brought about."""
        self._at = min(datetime.combine(day, MORNING, CHINA).astimezone(UTC), self._platform.now())
        done = 0
        while woken := wake(self._moved, self._at):
            done += woken
            self._settle()
        return done

    def _settle(self) -> None:
        while follow(self._moved, self._at):
            pass

    def _submit(self, told: Told) -> None:
        story = told.story
        law = self._platform.laws.published(self._platform.region, story.item)
        if law is None:
            raise LookupError(f"事项 {story.item} 没有公布")
        actor = self._agent(story)
        answered = resolve(law.item, story.answers)
        data = sample_data(law.item.form, answered.facts, self._filled_in(law, story, actor))
        situation = resolve(law.item, story.answers, data, on=self._at.astimezone(CHINA).date(), filled=True)
        wanted = [material for material in situation.materials if material.required and material.key not in story.later]
        application = Application(
            region=self._platform.region,
            item=story.item,
            holder=story.holder,
            answers=story.answers,
            data=data,
            papers=tuple(self._paper(material, story) for material in wanted),
            later=story.later,
            promised=law.item.by_promise,
            channel=story.channel,
        )
        told.number = submit(self._moved, application, actor=actor, key=told.key).number

    def _act(self, told: Told, beat: Beat) -> None:
        act, story = beat.act, told.story
        actor = self._agent(story) if beat.who == "" else self._who(beat.who)
        if isinstance(act, Given):
            law = self._platform.laws.published(self._platform.region, story.item)
            materials = {material.key: material for material in law.item.materials} if law else {}
            act = act.act(tuple(self._paper(materials[key], story, again=True) for key in act.materials))
        key = f"{told.key}:{beat.day}:{beat.at:%H%M}:{beat.who}:{type(act).__name__}"
        try:
            perform(self._moved, act, actor=actor, region=self._platform.region, number=told.number, key=key)
        except Refused as refused:
            told_of = f"{story.holder} 第 {story.day} 日的办件，第 {beat.day} 日 {beat.at:%H:%M} {type(act).__name__}"
            raise AgainstTheLaw(f"演示故事不合规则：{told_of}：{refused}") from refused

    def _who(self, account: str) -> Standing:
        names = {official.username: official.name for official in self._city.officials}
        names |= {person.username: person.name for person in self._city.people}
        names |= {neighbour.account: neighbour.representative for neighbour in NEIGHBOURS.values()}
        return people.standing(self._platform.database, account, self._moved.today(), name=names[account])

    def _agent(self, story: Story) -> Standing:
        """The agent of the story while she may act for the holder, else whoever represents it."""
        accounts = [story.agent] if story.agent else []
        if story.holder in NEIGHBOURS:
            accounts.append(NEIGHBOURS[story.holder].account)
        usernames = {person.id: person.username for person in self._city.people}
        accounts.extend(
            usernames[mandate.person]
            for company in self._city.companies
            if company.id == story.holder
            for mandate in company.agents
        )
        accounts.extend(username for party, username in usernames.items() if party == story.holder)
        for account in accounts:
            standing = self._who(account)
            if any(party.id == story.holder for party in standing.parties):
                return standing
        raise LookupError(f"没有人可以代表 {story.holder}")

    def _filled_in(self, law: Law, story: Story, actor: Standing) -> dict[str, object]:
        """What the form is filled in with: what is known of the applicant, then what the story says."""
        holder = people.party(self._platform.database, MACHINE.eyes, story.holder)
        own = next((party for party in actor.parties if party.kind == "person"), None)
        person = people.party(self._platform.database, MACHINE.eyes, own.id) if own else None
        facts = {**(person.facts if person else {}), **(holder.facts if holder else {})}
        facts.setdefault("person.name", facts.get("company.legal_representative", actor.actor.name))
        facts.setdefault("person.phone", facts.get("company.phone", "13900000001"))
        if holder and holder.kind == "person":
            # A person who trades under her own name has no company's code; the sample's stands in.
            facts |= {"company.name": holder.name, "company.legal_representative": holder.name}
        fields = [one for section in law.item.form.sections for one in section.fields]
        known = {one.key: facts[one.source] for one in fields if one.source and facts.get(one.source)}
        keys = {one.key for one in fields}
        return known | {key: value for key, value in story.data.items() if key in keys}

    def _paper(self, material: Material, story: Story, *, again: bool = False) -> Paper:
        """A paper for a material, its content really kept; or the certificate that stands in for it."""
        holder = people.party(self._platform.database, MACHINE.eyes, story.holder)
        name = holder.name if holder else ""
        if material.held and not again:
            held = holder.code if holder and material.held == "business_licence" else f"演示-{material.held}"
            return Paper(material.key, material.name, held=held)
        lines = [
            f"申请人：{name}",
            f"材料：{material.name}" + ("（补正后）" if again else ""),
            "",
            "本材料就下列各点作出说明：",
        ]
        lines.extend(f"{number}．{point}：符合。" for number, point in enumerate(material.review_points, start=1))
        lines.extend(("", f"签字（盖章）：{name}", f"日期：{self._moved.today():%Y-%m-%d}"))
        content = paper_pdf(material.name[:24], lines, plan=material.key in _PLANS)
        sha256 = self._platform.files.put(content)
        return Paper(material.key, f"{material.name}.pdf", sha256=sha256, media_type=MEDIA_TYPE, size=len(content))


class WorkingDays:
    """Working days counted from today: 0 is today, or the next working day when today is none."""

    def __init__(self, calendar: Calendar, today: date) -> None:
        self._calendar = calendar
        self._today = today if calendar.is_working(today) else calendar.next_working(today)

    def __getitem__(self, number: int) -> date:
        day = self._today
        while number < 0:
            day -= timedelta(days=1)
            number += self._calendar.is_working(day)
        return self._calendar.add_working(day, number) if number else day
