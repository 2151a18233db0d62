"""What follows for worklists when something has happened: lines are given out by rule, what is waited for is kept, and
what somebody has left behind goes back to her office.

All of it runs behind the journal, so that no act pays for it.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Final

from banjie.actions.hands import Hands
from banjie.actions.masking import is_company_code
from banjie.actions.perform import perform
from banjie.actions.platform import Platform
from banjie.engine.assignment import choose
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Case, Law, Stage
from banjie.engine.cases.handing import Assign, Release
from banjie.engine.cases.tasks import FAR
from banjie.engine.subject import Refused
from banjie.records import assignments, cases, open_cases, worklists
from banjie.records.cases import Found
from banjie.records.journal import Entry
from banjie.records.people import MACHINE
from banjie.records.worklists import Awaited

logger = logging.getLogger("banjie.worker")

LEFT: Final = "承办人已不在岗"
OPEN_FOR: Final = timedelta(hours=1)
"""How long a screen that is silent is remembered at all; what is shown as open is much younger."""


# --- given out by rule ---


def assign_by_rule(hands: Hands, entry: Entry) -> None:
    """A line may have come to an office that has its lines given out: whoever's turn it is gets it."""
    platform = hands.platform
    if entry.kind == "Released" and entry.actor != MACHINE.actor.account:
        return  # Whoever gave it back meant her colleagues to choose.
    lines = assignments.waiting(platform.database, entry.region, entry.subject)
    if not lines:
        return
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = platform.laws.law(entry.region, found.case.item, found.case.edition)
    today = hands.at.astimezone(CHINA).date()
    for line in lines:
        shares = assignments.shares(platform.database, MACHINE.eyes, entry.region, line.office, line.role, today)
        able = assignments.candidates(platform.database, shares, line.item, law.item.kind.value, today)
        chosen = choose(line.way, able, line.item, entry.region, never=_kept_apart(found.case, line.step, law))
        if chosen is None:
            continue
        try:
            done = perform(
                platform,
                Assign(chosen, line.step),
                actor=MACHINE,
                region=entry.region,
                number=line.number,
                key=f"rule:{entry.subject}:{entry.seq}:{line.step}",
                now=hands.at,
            )
        except Refused as refused:
            # Somebody was quicker, or the rule fits nobody any more: the line waits to be taken on.
            logger.info("%s: %s", line.number, refused)
            continue
        if not done.again:
            assignments.note_turn(platform.database, entry.region, line.office, line.role, chosen)


def _kept_apart(case: Case, step: str, law: Law) -> frozenset[str]:
    """Who has signed the step, or one that must be signed by others."""
    if not step:
        return frozenset()
    apart = (step, *law.item.workflow.step(step).separate_from)
    return frozenset(account for key in apart for account in case.signed.get(key, ()))


# --- waiting for others ---


def keep_awaited(hands: Hands, entry: Entry) -> None:
    """A case may have begun, or ceased, to wait for somebody else than the official who has it in hand."""
    platform = hands.platform
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is not None:
        law = platform.laws.law(entry.region, found.case.item, found.case.edition)
        worklists.keep_awaited(platform.database, entry.region, entry.subject, _awaited(found, law, entry))


def end_awaited(hands: Hands, entry: Entry) -> None:
    """The case goes on or is over: nobody waits for it."""
    worklists.keep_awaited(hands.platform.database, entry.region, entry.subject, ())


def _awaited(found: Found, law: Law, entry: Entry) -> tuple[Awaited, ...]:
    case, due_on = found.case, found.due_on or FAR
    match case.stage:
        case Stage.CORRECTING:
            asked = case.corrections[-1]
            who = case.handlers.get("")
            return _for(found, {who} if who else set(), "applicant", "等待申请人补正", asked.due_on, asked.on)
        case Stage.SPECIAL if case.special is not None:
            name = f"等待{case.special.name}"
            return _for(found, set(case.handlers.values()), "special", name, case.special.due_on, case.special.on)
        case Stage.IN_REVIEW:
            away = [key for key in case.active if law.item.workflow.step(key).office not in ("", law.item.organ)]
            if not away:
                return ()
            ours = {
                account
                for key in case.done
                if law.item.workflow.step(key).office in ("", law.item.organ)
                for account in case.signed.get(key, ())
            } - set(case.handlers.values())
            names = "、".join(law.item.workflow.step(key).name for key in away)
            return _for(found, ours, "office", f"等待{names}", due_on, max(case.entered[key] for key in away))
        case _:
            return ()


def _for(
    found: Found, accounts: set[str], waits_for: str, words: str, due_on: date, since: date
) -> tuple[Awaited, ...]:
    return tuple(
        Awaited(
            account=account,
            office=found.case.organ,
            waits_for=waits_for,
            stage=found.case.stage.value,
            step_name=words,
            due_on=due_on,
            since=since,
            number=found.number,
            item=found.case.item,
            item_name=found.item_name,
            holder_name=found.case.holder.name,
            holder_kind="company" if is_company_code(found.case.holder.code) else "person",
        )
        for account in sorted(accounts)
    )


# --- what is left behind ---


def give_back(platform: Platform, at: datetime) -> int:
    """Lines whose handler has left her post are their office's again, visibly; old screens are forgotten."""
    today = at.astimezone(CHINA).date()
    given = 0
    lines = assignments.left_behind(platform.database, today)
    for line in lines:
        try:
            done = perform(
                platform,
                Release(line.step, LEFT),
                actor=MACHINE,
                region=line.region,
                number=line.number,
                key=f"left:{line.number}:{line.step}:{line.handler}:{today}",
                now=at,
            )
        except Refused as refused:
            logger.info("%s: %s", line.number, refused)
            continue
        given += not done.again
    if not lines:
        assignments.forget_ended(platform.database, today)
    open_cases.forget(platform.database, at - OPEN_FOR)
    return given
