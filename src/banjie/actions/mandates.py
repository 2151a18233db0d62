"""Acts on mandates: giving, accepting, ending them, and letting a company's legal representative in."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.codec import encode
from banjie.engine.ids import CitizenId, CreditCode, Malformed
from banjie.engine.mandates import (
    PRINCIPALS,
    Command,
    Custom,
    Kind,
    Mandate,
    MandateStatus,
    Offer,
    Register,
    Supersede,
    decide,
    evolve,
)
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.packs.identity import identity
from banjie.records import mandates, people
from banjie.records.journal import chained
from banjie.records.people import MACHINE, Standing

TRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody found by citizen number and name: her account and her party."""

    account: str
    party: str
    name: str


def act_on_mandate(
    platform: Platform,
    command: Command,
    *,
    actor: Standing,
    party: str,
    agent: str,
    now: datetime | None = None,
) -> Mandate:
    """Carries out `command` on the mandate between `party` and the account `agent`. Raises `Refused`, nothing written.

    A repeated act finds another state and is refused by the table rather than carried out twice.
    """
    at = now or platform.now()
    today = at.astimezone(CHINA).date()
    custom = identity().mandates
    is_principal = any(one.id == party and one.is_mine for one in actor.parties)
    for _ in range(TRIES):
        # The law decides who may act on it, so it is loaded for a clerk as well, whose eyes do not see mandates.
        loaded = mandates.load(platform.database, MACHINE.eyes, platform.region, party, agent)
        events = decide(loaded.mandate, command, actor=actor.actor, is_principal=is_principal, now=at, custom=custom)
        after = loaded.mandate
        for event in events:
            after = evolve(after, event)
        subject = loaded.id or str(uuid.uuid4())
        entries, last_hash = chained(
            events,
            region=platform.region,
            subject=subject,
            after=loaded.version,
            last_hash=loaded.last_hash,
            at=at,
            actor=actor.actor.account,
        )
        kept = mandates.save(
            platform.database,
            actor.eyes,
            today=today,
            expected=loaded.version,
            row=read_row(after, subject, platform.region)
            | {"version": loaded.version + len(events), "last_hash": last_hash},
            state=encode(after),
            at=at,
            entries=entries,
        )
        if kept:
            return after
    raise Refused("这份授权正在被别人同时办理", rule="同时办理", remedy="请刷新后再试一次")


def read_row(mandate: Mandate, mandate_id: str, region: str) -> dict[str, object]:
    """What the read row of a mandate says beside its state. The one place it is derived."""
    return {
        "region": region,
        "id": mandate_id,
        "party": mandate.party,
        "account": mandate.agent,
        "relation": mandate.kind.value,
        "status": mandate.status.value,
        "deeds": sorted(mandate.scope.deeds),
        "items": sorted(mandate.scope.items),
        "valid_from": mandate.valid_from.isoformat() if mandate.valid_from else None,
        "valid_until": mandate.valid_until.isoformat() if mandate.valid_until else None,
        "ended_on": mandate.ended_on.isoformat() if mandate.ended_on else None,
    }


def offer(platform: Platform, act: Offer, *, actor: Standing) -> Mandate:
    """授权 to somebody: by the person herself, by the company's representative, or at a counter."""
    return act_on_mandate(platform, act, actor=actor, party=act.party, agent=act.agent)


def find_person(platform: Platform, name: str, code: str) -> Person:
    """Who is to be the agent, by name and citizen number. Raises `Malformed` or `Refused`, the same for any misfit."""
    try:
        number = str(CitizenId.parse(code))
    except Malformed as wrong:
        raise Malformed("agent_code", f"公民身份号码{wrong.reason}", wrong.remedy) from None
    found = people.person_of_code(platform.database, platform.region, number)
    # Name and number must both fit, so that the answer tells nothing that was not known.
    if found is None or not found.account or found.name != name.strip():
        raise Refused(
            "没有找到这个人",
            rule="授权对象须实名登录过本网站",
            remedy="请核对姓名和公民身份号码；对方还没有登录过的，请先登录一次",
            field="agent_code",
        )
    return Person(account=found.account, party=found.party, name=found.name)


def register(  # One argument for each thing the register says.
    platform: Platform,
    *,
    kind: Kind,
    party: str,
    party_name: str,
    agent: str,
    agent_name: str,
    evidence: str,
    until: date | None = None,
    actor: Standing = MACHINE,
    now: datetime | None = None,
) -> Mandate | None:
    """Writes down what the register or a counter knows. None when it is known already, just so."""
    known = mandates.load(platform.database, MACHINE.eyes, platform.region, party, agent).mandate
    if known.status is MandateStatus.IN_FORCE and (known.kind, known.valid_until) == (kind, until):
        return None
    act = Register(kind, party, party_name, agent, agent_name, evidence, until)
    return act_on_mandate(platform, act, actor=actor, party=party, agent=agent, now=now)


def claim_company(platform: Platform, code: str, *, actor: Standing) -> Mandate:
    """认领单位: the signed-in person is, by the register, the company's legal representative. She is let in at once,
    whoever acted for the company before; a former representative is out. Raises `Malformed` or `Refused`.
    """
    credit = str(CreditCode.parse(code))
    company = mandates.company_of_code(platform.database, MACHINE.eyes, platform.region, credit)
    own = next((party for party in actor.parties if party.relation is Kind.OWN and party.kind == "person"), None)
    listed = (company or {"facts": {}})["facts"].get("company.legal_representative_id", "")
    if company is None or own is None or not own.code or listed != own.code:
        raise Refused(
            "登记的法定代表人不是您",
            rule="民法典第六十一条（法定代表人）",
            remedy="刚变更过的，请等登记机关更新；着急的，请带营业执照和身份证到政务服务大厅窗口登记",
            field="code",
        )
    return install_representative(
        platform,
        party=company["id"],
        party_name=company["name"],
        agent=actor.actor.account,
        agent_name=actor.actor.name,
        evidence="登记机关登记的法定代表人",
    )


def install_representative(  # One argument for each thing the register says.
    platform: Platform,
    *,
    party: str,
    party_name: str,
    agent: str,
    agent_name: str,
    evidence: str,
    actor: Standing = MACHINE,
) -> Mandate:
    """Lets a legal representative in, by the register (the platform acts) or at a counter; former ones are out."""
    if actor is not MACHINE and Role.WINDOW not in actor.actor.roles:
        raise Refused("法定代表人由登记机关或窗口登记", rule="授权权限表", remedy="请到政务服务大厅窗口办理")
    made = register(
        platform,
        kind=Kind.REPRESENTATIVE,
        party=party,
        party_name=party_name,
        agent=agent,
        agent_name=agent_name,
        evidence=evidence,
        actor=actor,
    )
    for former in mandates.representatives(platform.database, MACHINE.eyes, platform.region, party):
        if former != agent:
            act_on_mandate(
                platform, Supersede(f"法定代表人变更为{agent_name}"), actor=MACHINE, party=party, agent=former
            )
    return made or mandates.load(platform.database, MACHINE.eyes, platform.region, party, agent).mandate


def custom() -> Custom:
    """What the city has set about mandates."""
    return identity().mandates


def disposes_of(actor: Standing) -> tuple[str, ...]:
    """The parties whose mandates the account gives and takes."""
    return tuple(party.id for party in actor.parties if party.relation in PRINCIPALS)
