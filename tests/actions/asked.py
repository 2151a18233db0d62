"""What tests of asking share: an exchange that says what the test wants, and an application in the making."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tests.town import AGENT, FOOD, REGION, RESTAURANT, Town

from banjie.actions.answering import put_question
from banjie.actions.asking import Applying, Asked, asked_for, begin, need_of, planned
from banjie.actions.ports import Question, Reply
from banjie.engine.sharing import Plan, Source, SourceAnswer
from banjie.engine.sharing_asks import Trouble
from banjie.engine.situations import materials_for
from banjie.records import people, sharing
from banjie.records.people import Standing

CODE = "91990102MA00RC0153"
TOKEN = "the right token"
DAY = date(2026, 11, 24)
ANSWERS = {
    "company.name": "澜江春禾餐饮有限公司",
    "company.credit_code": CODE,
    "company.legal_representative": "夏春禾",
    "company.address": "澜江市江左区望江路 118 号一层、二层",
}


@dataclass
class Exchange:
    """Says what the test wants, and remembers what it was asked."""

    replies: dict[str, Callable[[Question], Reply]] = field(default_factory=dict)
    asked: list[tuple[str, Question]] = field(default_factory=list)

    def ask(self, source: Source, question: Question) -> Reply:
        self.asked.append((source.key, question))
        reply = self.replies.get(source.key)
        return reply(question) if reply else Reply(trouble=Trouble.NOT_SET_UP)

    def recognises(self, source: Source, ask: str, token: str) -> bool:
        return token == TOKEN


def says(values: dict[str, str], /, **changes: Any) -> Callable[[Question], Reply]:
    """An answer to what was asked; `changes` make it lie."""

    def reply(question: Question) -> Reply:
        told = {fact: value for fact, value in values.items() if fact in question.facts}
        answer = SourceAnswer(question.ask, question.subject, DAY, told)
        return Reply(answer=replace(answer, **changes))

    return reply


@dataclass
class Scene:
    """A draft of the restaurant's application, and whoever fills it in."""

    town: Town
    exchange: Exchange
    applying: Applying
    who: Standing

    @property
    def registered(self) -> dict[str, Any]:
        party = people.party(self.town.platform.database, self.who.eyes, RESTAURANT)
        return dict(party.facts) if party else {}

    @property
    def asked(self) -> Asked:
        return asked_for(self.town.platform, self.who, REGION, self.applying.draft)

    @property
    def plan(self) -> Plan:
        item = self.applying.item
        need = need_of(item, materials_for(item, {"apply_type": "new", "business": "catering"}))
        return planned(self.town.platform, self.asked, self.applying, need, self.registered, ())

    def begin(self, *, agreed: tuple[str, ...] = (), again: tuple[str, ...] = ()) -> int:
        return begin(self.town.platform, self.who, self.applying, self.asked, self.plan, agreed=agreed, again=again)

    def row(self, source: str) -> sharing.AskRow:
        return self.asked.latest[source]

    def put(self, source: str) -> str:
        return put_question(self.town.platform, REGION, self.row(source).id)


def scene(town: Town) -> Scene:
    """A new draft, and an exchange of its own."""
    exchange = Exchange({"market_register": says(ANSWERS), "person_register": says({"person.name": "林照"})})
    here = replace(town, platform=replace(town.platform, exchange=exchange))
    who = here.who(AGENT)
    holder = next(party for party in who.parties if party.id == RESTAURANT)
    person = next(party for party in who.parties if party.kind == "person")
    applying = Applying(REGION, str(uuid.uuid4()), here.law(FOOD).item, holder, person)
    return Scene(here, exchange, applying, who)
