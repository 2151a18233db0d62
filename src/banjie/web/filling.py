"""An application while it is filled in: what its draft comes to under the edition in force, and what is missing.

A draft's content is plain JSON: `answers` to the guiding questions, `data` of the sections that were saved,
`typed` for what was typed and not yet saved (by section), `seen` (sections saved once), `papers`, `later` (promised
for later), `promised`, `key` (idempotency key of the submission) and, once handed in, `sent` alone.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse

from banjie.actions.platform import Platform
from banjie.actions.submissions import Application, Submission
from banjie.engine.cases import Law, Paper
from banjie.engine.catalogue import Audience, Item, Material
from banjie.engine.form_answers import validate, visible_fields
from banjie.engine.forms import Fault, Form, Section
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact, as_facts
from banjie.engine.situations import Resolution, resolve
from banjie.engine.subject import Refused
from banjie.records import certificates, drafts, people
from banjie.records.drafts import Draft
from banjie.records.people import PartyName, Standing

REGISTERED = {"business_licence": "company.credit_code"}
"""Certificates that another register holds: their kind, and the fact that is their number (营业执照 bears the credit
code). A party that has the fact is in that register."""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A material as the page of papers shows it: what is asked, and what stands in for it so far."""

    material: Material
    held: str = ""
    """Number of the certificate the city holds already (免提交)."""
    paper: Paper | None = None
    later: bool = False

    @property
    def settled(self) -> bool:
        """Whether nothing more has to be done for it."""
        return bool(self.held or self.paper or self.later) or not self.material.required


@dataclass(frozen=True, slots=True)
class Gap:
    """Something still missing before the application can be handed in, and the page where it is done."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Filling:
    """A draft together with the item in force, the applicant, and what government knows of both."""

    draft: Draft
    law: Law
    holder: PartyName
    known: Mapping[str, Any] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)

    @property
    def item(self) -> Item:
        """The edition in force."""
        return self.law.item

    @property
    def content(self) -> Mapping[str, Any]:
        """What has been kept."""
        return self.draft.content

    @property
    def answers(self) -> dict[str, str]:
        """Answers that the edition in force still knows; the others have to be given again."""
        kept: dict[str, str] = {}
        for key, value in dict(self.content.get("answers", {})).items():
            try:
                resolve(self.item, kept | {key: value})
            except Malformed:
                continue
            kept[key] = value
        return kept

    @property
    def situation(self) -> Resolution:
        """What the answers come to."""
        return resolve(self.item, self.answers)

    @property
    def data(self) -> dict[str, Any]:
        """Kept values of fields that the edition in force still has."""
        keys = {one.key for section in self.item.form.sections for one in section.fields}
        return {key: value for key, value in dict(self.content.get("data", {})).items() if key in keys}

    @property
    def sections(self) -> tuple[Section, ...]:
        """The pages of the form, with the fields that are asked in this situation; empty pages are left out."""
        known: dict[str, Fact] = {**self.situation.facts, **as_facts(self.data)}
        pages = []
        for section in self.item.form.sections:
            # What is typed on a page and not yet saved already decides which of its own fields are asked.
            typed = dict(self.content.get("typed", {})).get(section.key)
            facts = known | self.read(section.key, typed)[0] if typed else known
            asked = {one.key for one in visible_fields(self.item.form, facts)}
            pages.append(replace(section, fields=tuple(one for one in section.fields if one.key in asked)))
        return tuple(page for page in pages if page.fields)

    def section(self, key: str) -> Section:
        """A page of the form by its key. Raises Http404 when it is not asked for."""
        for section in self.sections:
            if section.key == key:
                return section
        raise Http404("申请表没有这一页")

    def read(self, key: str, raw: Mapping[str, object]) -> tuple[dict[str, Fact], tuple[Fault, ...]]:
        """The values of one page, and its faults, with everything else of the application known."""
        whole = next(section for section in self.item.form.sections if section.key == key)
        own = {one.key for one in whole.fields}
        others = {name: value for name, value in self.data.items() if name not in own}
        return validate(Form((whole,)), raw, {**self.situation.facts, **others})

    def values(self, section: Section) -> dict[str, object]:
        """What stands in the inputs of a page: typed before saved before known to government."""
        typed = dict(self.content.get("typed", {})).get(section.key, {})
        prefilled = {one.key: self.known[one.source] for one in self.prefilled(section)}
        return {**prefilled, **{one.key: self.data[one.key] for one in section.fields if one.key in self.data}, **typed}

    def prefilled(self, section: Section) -> tuple[Any, ...]:
        """The fields of a page that government can fill in, while she has not saved the page herself."""
        if self.has_saved(section.key):
            return ()
        return tuple(one for one in section.fields if self.known.get(one.source))

    def has_saved(self, key: str) -> bool:
        """Whether a page has been saved once."""
        return key in self.content.get("seen", ())

    def is_done(self, section: Section) -> bool:
        """Whether a page has been saved and nothing is wrong with it now."""
        return self.has_saved(section.key) and not self.read(section.key, self._of(section))[1]

    def _of(self, section: Section) -> dict[str, object]:
        whole = next(one for one in self.item.form.sections if one.key == section.key)
        return {one.key: self.data[one.key] for one in whole.fields if one.key in self.data}

    @property
    def lines(self) -> tuple[PaperLine, ...]:
        """The materials asked for in this situation."""
        given = {str(paper["material"]): paper for paper in self.content.get("papers", ())}
        later = set(self.content.get("later", ()))
        return tuple(
            PaperLine(
                material,
                held=self.held.get(material.held, "") if material.held else "",
                paper=_paper(given[material.key]) if material.key in given else None,
                later=material.key in later and bool(material.tolerable_days) and material.key not in given,
            )
            for material in self.situation.materials
        )

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Everything that keeps the application from being handed in, in the order of the pages."""
        link = self.page
        if not self.situation.complete:
            return (Gap("回答办理情形的问题", link("apply-guide")),)
        found = [
            Gap(f"填写“{section.title}”", link("apply-section", section.key))
            for section in self.sections
            if not self.is_done(section)
        ]
        found += [
            Gap(f"提交材料“{line.material.name}”", link("apply-papers") + f"#paper-{line.material.key}")
            for line in self.lines
            if not line.settled
        ]
        return tuple(found)

    def page(self, name: str, *args: str) -> str:
        """The address of one of this application's pages."""
        return reverse(name, args=(self.draft.id, *args))

    def application(self) -> Application:
        """What is handed in: only what this situation asks for."""
        data, _ = validate(self.item.form, self.data, self.situation.facts)
        papers = []
        for line in self.lines:
            if line.held:
                papers.append(Paper(line.material.key, line.material.name, held=line.held))
            elif line.paper:
                papers.append(line.paper)
        return Application(
            region=self.item.region,
            item=self.item.code,
            holder=self.holder.id,
            answers={key: str(value) for key, value in self.situation.facts.items()},
            data=data,
            papers=tuple(papers),
            later=tuple(line.material.key for line in self.lines if line.later and not line.held),
            promised=bool(self.content.get("promised")),
        )


def _paper(kept: Mapping[str, Any]) -> Paper:
    return Paper(
        material=str(kept["material"]),
        name=str(kept["name"]),
        sha256=str(kept.get("sha256", "")),
        media_type=str(kept.get("media_type", "")),
        size=int(kept.get("size", 0)),
    )


# --- from the database and back ---


def find(platform: Platform, standing: Standing, draft_id: uuid.UUID) -> Filling | Submission:
    """The application of that draft; what became of it if it has been handed in.

    Raises Http404 when there is no such draft of this account, `Refused` when the item is no longer offered or
    the mandate has ended.
    """
    draft = drafts.find(platform.database, standing.eyes, draft_id)
    if draft is None:
        raise Http404("没有找到这份申请草稿")
    if sent := draft.content.get("sent"):
        return Submission(
            sent["region"], sent["number"], sent["query_code"], date.fromisoformat(sent["answer_due"]), again=True
        )
    law = platform.laws.published(draft.region, draft.item)
    if law is None:
        raise Refused("这个事项已经停止受理", rule="事项版本", remedy="请在首页搜索相近的事项，或拨打 12345 咨询")
    holder = next((party for party in standing.parties if party.id == draft.holder), None)
    if holder is None:
        raise Refused(
            "您现在没有被授权代理这个申请人",
            rule="行政许可法第二十九条（委托代理）",
            remedy="请申请人重新授权，或以您本人的名义另外申请",
        )
    known = known_facts(platform, standing, holder)
    return Filling(draft, law, holder, known, _held(platform, standing, holder, known))


def known_facts(platform: Platform, standing: Standing, holder: PartyName) -> dict[str, Any]:
    """What government knows of the applicant, and of the person who fills the form in."""
    facts: dict[str, Any] = {}
    own = [party.id for party in standing.parties if party.kind == "person" and party.name == standing.actor.name]
    for party_id in (*own, holder.id):
        party = people.party(platform.database, standing.eyes, party_id)
        facts |= dict(party.facts) if party else {}
    return facts


def _held(platform: Platform, standing: Standing, holder: PartyName, known: Mapping[str, Any]) -> dict[str, str]:
    """Kind of certificate → number, of what the city holds and what is still valid today."""
    today = platform.today()
    held = {kind: str(known[fact]) for kind, fact in REGISTERED.items() if known.get(fact)}
    for row in certificates.of_parties(platform.database, standing.eyes, [holder.id]):
        if row.status == "valid" and (row.valid_until is None or row.valid_until >= today):
            held.setdefault(row.kind, row.number)
    return held


def save(platform: Platform, standing: Standing, filling: Filling, **changes: Any) -> Filling:
    """Keeps these parts of a draft's content whole, and gives the application with them."""
    drafts.save(platform.database, standing.eyes, filling.draft.id, filling.draft.region, changes)
    return replace(filling, draft=replace(filling.draft, content={**filling.content, **changes}))


def save_within(
    platform: Platform, standing: Standing, filling: Filling, part: str, values: Mapping[str, Any]
) -> Filling:
    """Keeps some keys of one part and leaves its others (another tab may be at them); None takes a key out."""
    draft = filling.draft
    drafts.save_within(platform.database, standing.eyes, draft.id, draft.region, section=part, values=values)
    merged = {**filling.content.get(part, {}), **values}
    kept = {key: value for key, value in merged.items() if value is not None}
    return replace(filling, draft=replace(draft, content={**filling.content, part: kept}))


def begin(platform: Platform, standing: Standing, item: Item, holder: PartyName) -> str:
    """A new draft with its own idempotency key; its identifier."""
    started = drafts.start(
        platform.database,
        standing.eyes,
        region=item.region,
        holder=holder.id,
        item=item.code,
        edition=item.edition,
    )
    drafts.save(platform.database, standing.eyes, started, item.region, {"key": str(uuid.uuid4())})
    return started


def unsent(platform: Platform, standing: Standing) -> tuple[Draft, ...]:
    """The account's drafts that have not been handed in, the latest first."""
    return tuple(one for one in drafts.of_account(platform.database, standing.eyes) if not one.content.get("sent"))


def may_apply(item: Item, party: PartyName) -> bool:
    """Whether an item is open to this kind of applicant."""
    if party.kind == "person":
        return Audience.PERSON in item.audiences or not item.audiences
    return any(audience is not Audience.PERSON for audience in item.audiences) or not item.audiences
