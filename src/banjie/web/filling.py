"""Drafts from the database and back: found with what government knows, saved in parts, begun."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404

from banjie.actions.asking import Asked, asked_for, need_of
from banjie.actions.platform import Platform
from banjie.actions.submissions import Submission
from banjie.engine.catalogue import Audience, Item
from banjie.engine.permissions import within_mandate
from banjie.engine.scopes import Deed
from banjie.engine.subject import Refused
from banjie.records import drafts
from banjie.records.drafts import Draft, Opened
from banjie.records.people import PartyName, Standing
from banjie.web.draft_filled import Filling, Known
from banjie.web.known import told as known_values_of


def find(platform: Platform, standing: Standing, draft_id: uuid.UUID) -> Filling | Submission:
    """The application of that draft; what became of it if it has been handed in.

    Raises Http404 when there is no such draft of this account, `Refused` when the item is no longer offered, or
    the mandate has ended or does not reach applying for it any more.
    """
    person = own_party(standing)
    opened = drafts.open_draft(platform.database, standing.eyes, draft_id, person.id if person else "")
    if opened is None:
        raise Http404("没有找到这份申请草稿")
    draft = opened.draft
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
    within_mandate(standing.actor, Deed.APPLY, holder.id, law.item.code, "填写申请")
    facts = known_facts(opened, person, holder)
    # Whoever has asked for nothing yet costs no query.
    asked = asked_for(platform, standing, draft.region, draft.id) if draft.content.get("asked") else Asked()
    told = known_values_of(platform, asked, draft, facts, need_of(law.item, ()).facts)
    known = {fact: Known(one.value, one.source_label, one.held_since, one.contest_url) for fact, one in told.items()}
    held = _held(platform, opened, {fact: one.value for fact, one in told.items()})
    places = platform.regions.address_name
    return Filling(
        draft, law, holder, known, held, places, asked, facts, platform.sources, person, today=platform.today()
    )


def own_party(standing: Standing) -> PartyName | None:
    """The party that the person who is signed in is herself."""
    return next((one for one in standing.parties if one.kind == "person" and one.name == standing.actor.name), None)


def known_facts(opened: Opened, person: PartyName | None, holder: PartyName) -> dict[str, Any]:
    """What government knows of the applicant, and of the person who fills the form in."""
    own = opened.facts.get(person.id, {}) if person else {}
    return {**own, **opened.facts.get(holder.id, {})}


def _held(platform: Platform, opened: Opened, known: Mapping[str, Any]) -> dict[str, str]:
    """Kind of certificate → number, of what the city holds and what is still valid today."""
    today = platform.today()
    held = platform.sources.numbers(known)
    for kind, number, until in opened.held:
        if until is None or until >= today:
            held.setdefault(kind, number)
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


def save_parts(
    platform: Platform, standing: Standing, filling: Filling, parts: Mapping[str, Mapping[str, Any]]
) -> Filling:
    """As `save_within` for several parts at once: all of them or none."""
    draft = filling.draft
    drafts.save_parts(platform.database, standing.eyes, draft.id, draft.region, parts)
    content = dict(filling.content)
    for part, values in parts.items():
        merged = {**dict(content.get(part) or {}), **values}
        content[part] = {key: value for key, value in merged.items() if value is not None}
    return replace(filling, draft=replace(draft, content=content))


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
    """Whether an item is open to this applicant, and the account may apply for it in her name."""
    return is_open_to(item, party) and party.scope.covers(Deed.APPLY, item.code)


def is_open_to(item: Item, party: PartyName) -> bool:
    """Whether an item is open to this kind of applicant."""
    if party.kind == "person":
        return Audience.PERSON in item.audiences or not item.audiences
    return any(audience is not Audience.PERSON for audience in item.audiences) or not item.audiences
