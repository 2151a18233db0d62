"""Handing an application in: number, query code, receipt, and the latest day of an answer, in one transaction."""

import hashlib
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from psycopg.errors import UniqueViolation

from banjie.actions.addresses import addressed
from banjie.actions.perform import KeyReused, take_step
from banjie.actions.platform import Platform
from banjie.actions.precases import endorsements_for
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Case, Channel, Law, Paper, Party
from banjie.engine.cases.acts import Submit
from banjie.engine.catalogue import Depth, Item
from banjie.engine.codec import encode
from banjie.engine.forms import Value
from banjie.engine.ids import CaseNumber, QueryCode, RegionCode
from banjie.engine.prechecks import Checked
from banjie.engine.subject import GENESIS, Refused, canonical
from banjie.records import cases, desks
from banjie.records.cases import Loaded
from banjie.records.people import Standing


@dataclass(frozen=True, slots=True)
class Application:
    """What an applicant hands in for one item."""

    region: str
    item: str
    holder: str
    answers: Mapping[str, str]
    data: Mapping[str, Value]
    papers: tuple[Paper, ...] = ()
    later: tuple[str, ...] = ()
    promised: bool = False
    channel: Channel = Channel.WEB
    precase: str = ""
    """Number of the pre-application service it comes from."""
    prechecked: tuple[Checked, ...] = ()
    """What the pre-check said of its review points."""


@dataclass(frozen=True, slots=True)
class Submission:
    """收件: what the applicant takes home."""

    region: str
    number: str
    query_code: str
    answer_due: date
    again: bool = False


def submit(
    platform: Platform, application: Application, *, actor: Standing, key: str, now: datetime | None = None
) -> Submission:
    """Hands `application` in, once for each `key` of the actor. Raises `Refused` with nothing written."""
    # What the pre-check says of it is no part of what is asked for: the same application stays the same request.
    request = hashlib.sha256(canonical(encode(replace(application, prechecked=()))).encode()).hexdigest()
    account = actor.actor.account
    known = cases.earlier_answer(platform.database, account, application.region, key)
    if known is not None:
        return _again(known[0], request, known[1])
    law = platform.laws.published(application.region, application.item)
    if law is None:
        raise Refused(
            "这个事项目前没有公布，不能申请",
            rule="行政许可法第三十条",
            remedy="请在首页搜索其他事项，或拨打 12345 咨询",
            field="item",
        )
    closed = closed_online(platform, law.item, application.channel)
    if closed:
        raise Refused(closed, rule="网上办理", remedy="请到办事指南所列的地点办理，或拨打 12345 咨询", field="item")
    at = now or platform.now()
    try:
        return _open(platform, application, law, actor, at, key, request)
    except UniqueViolation:
        known = cases.earlier_answer(platform.database, account, application.region, key)
        if known is None:
            raise
        return _again(known[0], request, known[1])


def closed_online(platform: Platform, item: Item, channel: Channel = Channel.WEB) -> str:
    """Why nobody can apply for this item here, "" when one can.

    Catalogues that come from elsewhere name organs that have no officials on this platform. An application to one of
    them would reach nobody, and five days later count as accepted; so it is not taken.
    """
    if item.depth is Depth.CONSULT and channel is not Channel.COUNTER:
        return "这个事项只提供网上咨询，申请要到窗口提交"
    if not desks.has_window(platform.database, item.organ, platform.today()):
        return f"{item.organ_name}还没有在本平台受理申请，网上办理没有开通"
    return ""


def _open(
    platform: Platform, application: Application, law: Law, actor: Standing, at: datetime, key: str, request: str
) -> Submission:
    number = str(
        CaseNumber.make(
            RegionCode.parse(application.region), at.astimezone(CHINA).date(), cases.next_serial(platform.database)
        )
    )
    command = Submit(
        number=number,
        query_code=str(QueryCode.from_bytes(os.urandom(16))),
        item=law.item.code,
        edition=law.item.edition,
        region=application.region,
        organ=law.item.organ,
        holder=_party(actor, application.holder),
        agent=Party(actor.actor.account, actor.actor.name),
        channel=application.channel,
        answers=application.answers,
        data=addressed(platform, law.item.form, application.data),
        papers=application.papers,
        later=application.later,
        promised=application.promised,
        precase=application.precase,
        endorsements=endorsements_for(
            platform,
            actor,
            application.precase,
            region=application.region,
            item=application.item,
            holder=application.holder,
        ),
        changeable_until=at + timedelta(minutes=law.item.change_minutes) if law.item.change_minutes else None,
        prechecked=application.prechecked,
    )
    blank = Loaded(str(uuid.uuid4()), 0, GENESIS, Case(), None, None)
    step = take_step(blank, command, actor, at, law, application.region)
    case = step.after
    submission = Submission(application.region, number, case.query_code, step.events[0].answer_due)  # type: ignore[union-attr]  # a Submitted
    cases.open_case(
        platform.database,
        actor.eyes,
        row={
            "region": application.region,
            "id": blank.id,
            "number": number,
            "query_code": case.query_code,
            "item": case.item,
            "item_name": law.item.heading,
            "edition": case.edition,
            "organ": case.organ,
            "offices": offices(law),
            "holder": case.holder.id,
            "holder_name": case.holder.name,
            "version": step.version,
            "last_hash": step.last_hash,
            "submitted_at": at.isoformat(),
            "changed_at": at.isoformat(),
        }
        | encode(step.row)
        | {"late": step.row.late},
        case=case,
        at=at,
        year=step.today.year,
        entries=step.entries,
        tasks=step.tasks or [],
        documents=step.documents,
        key=key,
        request=request,
        answer=encode(submission),
    )
    return submission


def offices(law: Law) -> list[str]:
    """Every office that has a part in the item's workflow, its organ among them."""
    return sorted({law.item.organ} | {step.office for step in law.item.workflow.steps if step.office})


def _party(actor: Standing, wanted: str) -> Party:
    for party in actor.parties:
        if party.id == wanted:
            return Party(party.id, party.name, party.code)
    for ended in actor.ended:
        if ended.party == wanted:
            raise Refused(
                f"{ended.name}给您的授权已于 {ended.ended_on} 结束",
                rule="民法典第一百七十三条（委托代理终止）",
                remedy="您填的内容还在草稿里。请申请人重新授权给您，或由申请人本人登录办理",
                field="holder",
            )
    raise Refused(
        "您没有被授权代理这个申请人",
        rule="行政许可法第二十九条（委托代理）",
        remedy="请选择您本人，或请申请人先授权给您",
        field="holder",
    )


def _again(kept_request: str, request: str, answer: Mapping[str, object]) -> Submission:
    if kept_request != request:
        raise KeyReused
    return Submission(
        str(answer["region"]),
        str(answer["number"]),
        str(answer["query_code"]),
        date.fromisoformat(str(answer["answer_due"])),
        again=True,
    )
