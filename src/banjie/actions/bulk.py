"""批量办理: what an act on many lines would come to, and carrying it out, once, with an answer for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from banjie.actions.assigning import GIVEN, named, require_fit
from banjie.actions.perform import Done, NotFound, take_step
from banjie.actions.perform_many import Act, perform_many
from banjie.actions.platform import Platform
from banjie.engine.cases import Command
from banjie.engine.subject import Refused
from banjie.records import cases, worklists
from banjie.records.people import Standing


@dataclass(frozen=True, slots=True)
class Chosen:
    """A line that was ticked: a case's number and the step, "" outside review."""

    number: str
    step: str = ""

    @property
    def region(self) -> str:
        """The region every number begins with."""
        return self.number.partition("-")[0]

    @property
    def value(self) -> str:
        """The same as a form carries it."""
        return f"{self.number}:{self.step}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of one line: nothing refused, or why not. `again`: it had been done by this bulk before."""

    chosen: Chosen
    item_name: str
    refused: Refused | None = None
    again: bool = False


def preview(
    platform: Platform, acts: Sequence[tuple[Chosen, Command]], *, actor: Standing, now: datetime | None = None
) -> list[Outcome]:
    """What would come of each, by the law and as the case stands. Nothing is written."""
    at = now or platform.now()
    found: dict[str, cases.Loaded] = {}
    for region in {chosen.region for chosen, _ in acts}:
        keys = {chosen.number: "" for chosen, _ in acts if chosen.region == region}
        found |= cases.load_many(platform.database, actor.eyes, region, keys)
    outcomes = []
    for chosen, command in acts:
        loaded = found.get(chosen.number)
        if loaded is None:
            outcomes.append(Outcome(chosen, "", NotFound(chosen.number)))
            continue
        law = platform.laws.law(chosen.region, loaded.case.item, loaded.case.edition)
        try:
            if isinstance(command, GIVEN):
                require_fit(platform, command, loaded.case, law, at)
            take_step(loaded, command, actor, at, law, chosen.region)
        except Refused as refused:
            outcomes.append(Outcome(chosen, law.item.heading, named(platform, refused)))
            continue
        outcomes.append(Outcome(chosen, law.item.heading))
    return outcomes


def carry_out(
    platform: Platform,
    acts: Sequence[tuple[Chosen, Command]],
    *,
    actor: Standing,
    key: str,
    now: datetime | None = None,
) -> list[Outcome]:
    """Carries each act out, once for each `key`. Two lines of one case come one after the other."""
    answers: dict[Chosen, Done | Refused] = {}
    waiting = list(acts)
    while waiting:
        batch: dict[str, tuple[Chosen, Command]] = {}
        for one in waiting:
            batch.setdefault(one[0].number, one)
        waiting = [one for one in waiting if batch[one[0].number] is not one]
        for region in sorted({chosen.region for chosen, _ in batch.values()}):
            some = [one for one in batch.values() if one[0].region == region]
            # The step belongs to the key, so that two lines of one case are two acts.
            for step in dict.fromkeys(chosen.step for chosen, _ in some):
                of_step = [one for one in some if one[0].step == step]
                done = perform_many(
                    platform,
                    [Act(chosen.number, command) for chosen, command in of_step],
                    actor=actor,
                    region=region,
                    key=f"{key}:{step}",
                    now=now,
                )
                answers |= {chosen: done[chosen.number] for chosen, _ in of_step}
    names = worklists.item_names(platform.database, actor.eyes, [(chosen.region, chosen.number) for chosen, _ in acts])
    outcomes = []
    for chosen, _ in acts:
        answer = answers[chosen]
        refused = answer if isinstance(answer, Refused) else None
        outcomes.append(
            Outcome(chosen, names.get(chosen.number, ""), refused, isinstance(answer, Done) and answer.again)
        )
    return outcomes
