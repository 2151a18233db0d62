"""An application while it is filled in: what its draft comes to under the edition in force, and what is missing.

A draft's content is plain JSON: `answers` to the guiding questions, `data` of the sections that were saved, `rows`
of their groups (by `group.row`, so that two tabs add rows side by side), `typed` for what was typed and not yet saved
(by section, or by `section.group.row`), `seen` (sections saved once), `papers`, `later` (promised for later),
`promised`, `key` (idempotency key of the submission) and, once handed in, `sent` alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse

from banjie.actions.asking import Applying, Asked, need_of
from banjie.actions.submissions import Application
from banjie.engine.cases import Law, Paper
from banjie.engine.catalogue import Item
from banjie.engine.form_answers import validate, visible_fields
from banjie.engine.form_values import Places
from banjie.engine.forms import Fault, Field, FieldKind, Section, Value
from banjie.engine.ids import Malformed
from banjie.engine.rules import Fact, as_facts
from banjie.engine.sharing import Sources
from banjie.engine.situations import Resolution, resolve
from banjie.records.drafts import Draft
from banjie.records.people import PartyName
from banjie.web.form_groups import RawRows
from banjie.web.paper_lines import PaperLine, lines_of


@dataclass(frozen=True, slots=True)
class Gap:
    """Something still missing before the application can be handed in, and the page where it is done."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Known:
    """A value government holds: where it comes from, since when, and where it can be contested ("" for nowhere)."""

    value: Any
    source_label: str
    held_since: date | None = None
    contest_url: str = ""

    @property
    def words(self) -> str:
        """Where the value comes from, as it stands below the field."""
        day = self.held_since
        return self.source_label + (f"（{day.year}年{day.month}月{day.day}日）" if day else "")


@dataclass(frozen=True)
class Filling:
    """A draft together with the item in force, the applicant, and what government knows of both.

    What its parts come to is reckoned once: a page asks for the same again and again.
    """

    draft: Draft
    law: Law
    holder: PartyName
    known: Mapping[str, Known] = field(default_factory=dict)
    held: Mapping[str, str] = field(default_factory=dict)
    places: Places | None = None
    asked: Asked = field(default_factory=Asked)
    registered: Mapping[str, Any] = field(default_factory=dict)
    """What the platform's own register of people says, by fact."""
    sources: Sources = field(default_factory=Sources)
    person: PartyName | None = None
    """The person who fills in, if she is a party herself."""
    today: date | None = None
    """The day on which it would be handed in."""

    @property
    def can_be_asked(self) -> bool:
        """Whether government can be asked for anything this application needs."""
        need = need_of(self.item, self.situation.materials)
        return bool(self.asked.asks) or any(
            source.audience in self.applying.audiences
            and (
                (source.supplies and any(one.fact in need.facts for one in source.supplies))
                or any(proof.certificate in need.certificates for proof in source.proves)
            )
            for source in self.sources.every
        )

    @property
    def applying(self) -> Applying:
        """For whom, by whom and for which item it is made, as government is asked about it."""
        return Applying(self.draft.region, self.draft.id, self.item, self.holder, self.person)

    @property
    def item(self) -> Item:
        """The edition in force."""
        return self.law.item

    @property
    def content(self) -> Mapping[str, Any]:
        """What has been kept."""
        return self.draft.content

    @cached_property
    def answers(self) -> dict[str, str]:
        """Answers that the edition in force still knows; the others have to be given again."""
        given, kept = dict(self.content.get("answers", {})), dict[str, str]()
        try:
            resolve(self.item, given)
        except Malformed:
            pass
        else:
            return given
        for key, value in given.items():
            try:
                resolve(self.item, kept | {key: value})
            except Malformed:
                continue
            kept[key] = value
        return kept

    @cached_property
    def situation(self) -> Resolution:
        """What the answers, and the form as far as it is filled in, come to."""
        return resolve(self.item, self.answers, self.data, on=self.today)

    @cached_property
    def data(self) -> dict[str, Any]:
        """Kept values of fields that the edition in force still has, the rows of its groups among them."""
        kept = dict(self.content.get("data", {}))
        found: dict[str, Any] = {}
        for one in self.item.form.fields:
            if one.kind is FieldKind.GROUP:
                rows = self.rows(one.key)
                if rows:
                    found[one.key] = list(rows.values())
            elif one.key in kept:
                found[one.key] = kept[one.key]
        return found

    def rows(self, group: str) -> RawRows:
        """The kept rows of a group, by identifier, in order."""
        prefix = f"{group}."
        kept = dict(self.content.get("rows", {}))
        return {key.removeprefix(prefix): kept[key] for key in sorted(kept) if key.startswith(prefix)}

    def rows_over(self, group: str, raw: Mapping[str, object]) -> RawRows:
        """The kept rows of a group with what `raw` says of them over them; rows that were emptied are gone."""
        told = raw.get(group)
        rows = {**self.rows(group), **(told if isinstance(told, Mapping) else {})}
        return {row: rows[row] for row in sorted(rows) if rows[row]}

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The pages of the form, with the fields that are asked in this situation; empty pages are left out."""
        known: dict[str, Fact] = {**self.situation.facts, **as_facts(self.data)}
        asked = {one.key for one in visible_fields(self.item.form, known)}
        typed = dict(self.content.get("typed", {}))
        pages = []
        for section in self.item.form.sections:
            here = asked
            if section.key in typed:
                # What is typed on a page and not yet saved already decides which of its own fields are asked.
                facts = known | as_facts(self.read(section.key, typed[section.key])[0])
                here = {one.key for one in visible_fields(self.item.form, facts)}
            pages.append(replace(section, fields=tuple(one for one in section.fields if one.key in here)))
        return tuple(page for page in pages if page.fields)

    def section(self, key: str) -> Section:
        """A page of the form by its key. Raises Http404 when it is not asked for."""
        for section in self.sections:
            if section.key == key:
                return section
        raise Http404("申请表没有这一页")

    def read(self, key: str, raw: Mapping[str, object]) -> tuple[dict[str, Value], tuple[Fault, ...]]:
        """The values of one page, and its faults, with everything else of the application known."""
        form = self.item.form
        fields = [one for section in form.sections if section.key == key for one in section.fields]
        own = {one.key for one in fields}
        known = {one.key for one in form.fields}
        others = {name: value for name, value in self.data.items() if name not in own}
        mine = {name: value for name, value in raw.items() if name in own or name not in known}
        mine |= {one.key: self.rows_over(one.key, raw) for one in fields if one.kind is FieldKind.GROUP}
        values, faults = validate(form, {**others, **mine}, self.situation.facts, self.places)
        elsewhere = known - own
        return (
            {name: value for name, value in values.items() if name in own},
            tuple(fault for fault in faults if field_of(fault) not in elsewhere),
        )

    @cached_property
    def _judged(self) -> tuple[dict[str, Value], frozenset[str]]:
        """What has been saved as it would be handed in, and the fields with which something is wrong."""
        values, faults = validate(self.item.form, self.data, self.situation.facts, self.places)
        return values, frozenset(field_of(fault) for fault in faults)

    @cached_property
    def filled(self) -> Mapping[str, Any]:
        """What has been saved, sums reckoned; what is wrong stands there as it was kept."""
        return {**self.data, **self._judged[0]}

    def typed(self, key: str) -> Mapping[str, Any]:
        """What was typed and not yet saved on a page, or under `section.group.row` in a row."""
        return dict(dict(self.content.get("typed", {})).get(key) or {})

    def values(self, section: Section) -> dict[str, object]:
        """What stands in the inputs of a page: typed before saved before known to government.

        A group stands there by the identifiers of its rows.
        """
        typed = self.typed(section.key)
        found: dict[str, object] = {one.key: self.known[one.source].value for one in self.prefilled(section)}
        for one in section.fields:
            if one.kind is FieldKind.GROUP:
                found[one.key] = self.rows_over(one.key, typed)
            elif one.key in typed or one.key in self.data:
                found[one.key] = typed[one.key] if one.key in typed else self.data[one.key]
        return found

    def prefilled(self, section: Section) -> tuple[Field, ...]:
        """The fields of a page that government can fill in, while she has not saved the page herself."""
        if self.has_saved(section.key):
            return ()
        return tuple(one for one in section.fields if one.source in self.known and self.known[one.source].value)

    def is_undecided(self, one: Field) -> bool:
        """Whether sources differ over a field and she has neither chosen nor filled it in herself."""
        known = self.known.get(one.source)
        return known is not None and not known.value and bool(known.contest_url) and one.key not in self.data

    def has_saved(self, key: str) -> bool:
        """Whether a page has been saved once."""
        return key in self.content.get("seen", ())

    def is_done(self, section: Section) -> bool:
        """Whether a page has been saved and nothing is wrong with it now."""
        return self.has_saved(section.key) and not any(one.key in self._judged[1] for one in section.fields)

    @cached_property
    def lines(self) -> tuple[PaperLine, ...]:
        """The materials asked for in this situation."""
        return lines_of(self.situation.materials, self.content, self.held)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Everything that keeps the application from being handed in, in the order of the pages."""
        link = self.page
        if not self.situation.answered:
            return (Gap("回答办理情形的问题", link("apply-guide")),)
        found = [Gap("现在还不能办，看看为什么、怎样才能办", link("apply-guide"))] if self.situation.ineligible else []
        found += [
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
        data, _ = self._judged
        papers = []
        for line in self.lines:
            if line.held:
                papers.append(Paper(line.material.key, line.material.name, held=line.held))
            else:
                papers.extend(line.papers)
        return Application(
            region=self.item.region,
            item=self.item.code,
            holder=self.holder.id,
            answers={key: str(value) for key, value in self.situation.facts.items()},
            data=data,
            papers=tuple(papers),
            later=tuple(line.material.key for line in self.lines if line.later and not line.held),
            promised=bool(self.content.get("promised")),
            precase=str(self.content.get("precase", "")),
        )


def field_of(fault: Fault) -> str:
    """The key of the field a fault hangs on, also when it lies in a row of it."""
    return fault.field.partition("[")[0]
