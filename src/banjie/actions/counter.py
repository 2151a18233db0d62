"""At a window, for a visitor: who she is, for whom she comes, and the clerk's standing while her session is open."""

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from banjie.actions.paper_library import verify
from banjie.actions.platform import Platform
from banjie.actions.queues import as_platform
from banjie.actions.sharing_acts import Kind, act, act_within
from banjie.engine import counter as law
from banjie.engine.counter import (
    BeginApplication,
    Ending,
    EndSession,
    FileAtCounter,
    Identified,
    OpenSession,
    ProlongSession,
    Session,
)
from banjie.engine.filing import Party
from banjie.engine.ids import CitizenId, Malformed
from banjie.engine.mandates import Kind as Relation
from banjie.engine.permissions import Actor, Role
from banjie.engine.real_names import Level
from banjie.engine.scopes import Deed, Scope
from banjie.engine.subject import Refused
from banjie.packs.counter import counter
from banjie.records import counter as records
from banjie.records import people
from banjie.records.counter import SESSIONS, SessionRow
from banjie.records.database import Cursor, eyes_of
from banjie.records.people import MACHINE, PartyName, Standing
from banjie.records.sharing import Loaded

_DEEDS: Final = frozenset({Deed.APPLY})


def _row(session: Session) -> dict[str, object]:
    return {
        "account": session.by,
        "hall": session.hall,
        "party": session.party.id,
        "visitor": session.visitor.id,
        "item": session.item,
        "status": session.status.value,
        "opened_at": session.opened_at,
        "until": session.until,
    }


SESSION: Final = Kind(SESSIONS, law.decide, law.evolve, law.KINDS, _row)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the counter, and for whom she may act there: herself first."""

    person: Party
    account: str
    choices: tuple[PartyName, ...]
    phone: str = ""


# --- who she is ---


def identify(platform: Platform, name: str, code: str, *, phone: str = "") -> Visitor:
    """Who a card says she is; whoever has never been here is registered by it (窗口实名). Raises `Malformed`."""
    tidy = "".join(name.split())
    if not tidy:
        raise Malformed("name", "没有填写姓名", "请照身份证填写")
    try:
        number = str(CitizenId.parse(code))
    except Malformed as wrong:
        raise Malformed("code", f"公民身份号码{wrong.reason}", wrong.remedy) from None
    found = people.person_of_code(platform.database, platform.region, number)
    if found is None:
        facts = {"person.name": tidy, "person.code": number} | ({"person.phone": phone} if phone else {})
        fresh = str(uuid.uuid5(uuid.NAMESPACE_OID, f"person:{platform.region}:{number}"))
        people.keep_party(platform.database, platform.region, people.Party(f"p-{fresh}", "person", tidy, number, facts))
        return _visitor(Party(f"p-{fresh}", tidy, number), "", (), phone)
    if found.name != tidy:
        raise Malformed("name", "姓名和这个号码登记的不一致", "请核对证件原件；改过名字的，请先到公安机关更新")
    given: tuple[PartyName, ...] = ()
    if found.account:
        standing = people.standing(platform.database, found.account, platform.today())
        given = tuple(one for one in standing.parties if one.id != found.party and one.scope.allows(Deed.APPLY))
    return _visitor(Party(found.party, found.name, number), found.account, given, phone)


def _visitor(person: Party, account: str, given: Sequence[PartyName], phone: str) -> Visitor:
    own = PartyName(person.id, person.name, "person", person.code)
    return Visitor(person, account, (own, *given), phone)


# --- her session ---


def current(platform: Platform, account: str, now: datetime | None = None) -> SessionRow | None:
    """The session a clerk has open."""
    return records.open_of(platform.database, account, now or platform.now())


def open_session(
    platform: Platform,
    visitor: Visitor,
    party: str,
    *,
    actor: Standing,
    hall: str,
    window: str,
    identified: Identified,
    key: str,
    ticket: str = "",
    now: datetime | None = None,
) -> SessionRow:
    """Begins to act for `party` in the presence of `visitor`, once for each `key`. Raises `Refused`."""
    at = now or platform.now()
    end_run_out(platform, actor, at)
    chosen = next((one for one in visitor.choices if one.id == party), None)
    if chosen is None:
        raise Refused(
            "她没有被授权代理这个申请人",
            rule="行政许可法第二十九条（委托代理）",
            remedy="请先登记代理关系，或选她本人",
            field="party",
        )
    subject = str(uuid.uuid5(uuid.NAMESPACE_OID, f"counter:{actor.actor.account}:{key}"))
    opened = current(platform, actor.actor.account, at)
    if opened is not None and opened.id != subject:
        raise Refused("您还在为另一位办事人办理", rule=law.RULE, remedy="请先结束上一位的办理")
    clerk = as_platform(actor)
    with platform.database.seen_by(clerk.eyes) as cursor:
        waiting = records.take_up_again(
            cursor, platform.region, waiting_for(visitor.person.id), chosen.id, actor.actor.account
        )
        command = OpenSession(
            hall=hall,
            window=window,
            party=Party(chosen.id, chosen.name, chosen.code),
            kind=chosen.kind,
            visitor=visitor.person,
            visitor_account=visitor.account,
            identified=identified,
            minutes=counter().sessions.minutes,
            items=tuple(sorted(chosen.scope.items)),
            ticket=ticket,
            drafts=tuple(draft for draft, _ in waiting),
        )
        done = act_within(cursor, SESSION, command, actor=clerk, region=platform.region, subject=subject, at=at)
        if done is None:
            raise Refused("您在另一个窗口页面上刚刚开始了办理", rule=law.RULE, remedy="请刷新后再看")
    return SessionRow(subject, platform.region, done.state)


def waiting_for(visitor: str) -> str:
    """Under which name drafts wait for a visitor who has no account: no account is called so."""
    return f"counter:{visitor}"


def begin(
    platform: Platform,
    row: SessionRow,
    *,
    actor: Standing,
    draft: str,
    item: str,
    item_name: str,
    seen: tuple[str, ...],
    now: datetime | None = None,
) -> SessionRow:
    """The application that is filled in now; `seen` says what of the party's data the clerk is shown for it."""
    return _act(platform, row, BeginApplication(draft, item, item_name, seen), actor, now)


def prolong(platform: Platform, row: SessionRow, *, actor: Standing, now: datetime | None = None) -> SessionRow:
    """Some minutes more, from now on."""
    return _act(platform, row, ProlongSession(counter().sessions.prolong), actor, now)


def filed(
    platform: Platform,
    row: SessionRow,
    *,
    actor: Standing,
    number: str,
    signed: str = "",
    verified: tuple[str, ...] = (),
    now: datetime | None = None,
) -> SessionRow:
    """The application became a case: what was signed, and which papers the clerk held against their originals."""
    done = _act(platform, row, FileAtCounter(number, signed, verified), actor, now)
    for sha256 in verified:
        with contextlib.suppress(KeyError, Refused):  # Another organ's case: its own reviewers look at the originals.
            verify(platform, actor, row.region, number, sha256)
    return done


def end(platform: Platform, row: SessionRow, *, actor: Standing, now: datetime | None = None) -> SessionRow:
    """结束代办: what is unfinished goes home with the visitor. Idempotent."""
    ending = Ending.TIME if actor is MACHINE else Ending.CLERK
    clerk = as_platform(actor)

    def home(cursor: Cursor, after: Loaded[Session]) -> None:
        session = after.state
        to = session.visitor_account or waiting_for(session.visitor.id)
        records.send_home(cursor, row.region, session.by, session.drafts, to)

    done = act(
        platform, SESSION, EndSession(ending), actor=clerk, region=row.region, subject=row.id, now=now, also=home
    )
    return SessionRow(row.id, row.region, done.state)


def end_by_time(platform: Platform, region: str, session: str, at: datetime) -> int:
    """The time of a session is over."""
    end(platform, SessionRow(session, region, Session()), actor=MACHINE, now=at)
    return 1


def end_run_out(platform: Platform, actor: Standing, at: datetime) -> None:
    """A clerk's sessions whose time is over, ended before she begins another."""
    with platform.database.seen_by(MACHINE.eyes) as cursor:
        left = records.run_out_of(cursor, actor.actor.account, at)
    for region, session in left:
        end_by_time(platform, region, session, at)


def _act(
    platform: Platform, row: SessionRow, command: law.Command, actor: Standing, now: datetime | None
) -> SessionRow:
    clerk = as_platform(actor)
    done = act(platform, SESSION, command, actor=clerk, region=row.region, subject=row.id, now=now)
    return SessionRow(row.id, row.region, done.state)


def standing_at(row: SessionRow, clerk: Standing) -> Standing | None:
    """What a clerk is on the pages of an application while a session is open; None before one has been begun.

    She acts for the party in this one item and has neither her own posts nor anything else of the party's. The name is
    the visitor's, who says what is filled in and signs; the account is the clerk's, under which everything is written.
    """
    session = row.session
    if not session.item:
        return None
    scope = Scope(_DEEDS, frozenset({session.item}))
    relation = Relation.OWN if session.party.id == session.visitor.id else Relation.AGENT
    party = PartyName(session.party.id, session.party.name, session.kind, session.party.code, relation, scope)
    actor = Actor(
        account=clerk.actor.account,
        name=session.visitor.name,
        roles=frozenset({Role.APPLICANT}),
        region=clerk.actor.region,
        parties=frozenset({party.id}),
        narrow=((party.id, scope),),
        level=Level.IN_PERSON,
    )
    return Standing(actor, eyes_of(actor), (party,))
