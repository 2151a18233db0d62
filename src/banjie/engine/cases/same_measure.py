"""What the pre-application service found in order holds for the case too, unless the head says otherwise."""

from datetime import date

from banjie.engine import endorsements
from banjie.engine.cases import acts, events
from banjie.engine.cases.clocks import Law
from banjie.engine.cases.events import Event
from banjie.engine.cases.guards import require_words
from banjie.engine.cases.state import Case
from banjie.engine.endorsements import RULE, what_changed
from banjie.engine.permissions import Actor
from banjie.engine.subject import Refused


def require_same_measure(case: Case, asks: tuple[acts.Ask, ...], law: Law) -> None:
    """Refuses a correction notice that asks for something settled before the application."""
    if not case.endorsements:
        return
    lines = [(ask.material, ask.point) for ask in asks]
    endorsements.require_same_measure(case.endorsements, case.lifted, lines, law.item, case.data, case.papers)


def require_open_points(case: Case, named: tuple[acts.Point, ...], law: Law, *, must_name: bool) -> None:
    """Refuses to find against an application on what was settled before it.

    Where something is settled, whoever finds against the papers has to say on which points (`must_name`): otherwise
    nobody could tell whether the finding is one of those.
    """
    standing = endorsements.standing_of(case.endorsements, case.lifted, law.item, case.data, case.papers)
    if not standing:
        return
    if must_name and not named:
        settled = "；".join(
            f"{endorsements.name_of(law.item, key)}：{one.point}" for key in standing for one in standing[key]
        )
        raise Refused(
            "没有写明不符合的是哪一条审查要点",
            rule=RULE,
            remedy=f"审前服务已认定符合、仍然有效的是“{settled}”，请在其余要点中选出不符合的；"
            "确有必要重新审查已认定的，由机关负责人写明理由后准许",
            field="points",
        )
    endorsements.require_open_points(standing, ((one.target, one.point) for one in named), law.item)


def told(named: tuple[acts.Point, ...], law: Law) -> tuple[str, ...]:
    """Points that are not met, as findings say it."""
    return tuple(f"{endorsements.name_of(law.item, one.target)}：{one.point}——不符合" for one in named)


def lift_endorsement(case: Case, act: acts.LiftEndorsement, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    require_words(act.reason, "reason", RULE)
    found = next((one for one in case.endorsements if (one.target, one.point) == (act.target, act.point)), None)
    if found is None:
        raise Refused(
            "审前服务没有对这条审查要点认定过符合",
            rule=RULE,
            remedy="不需要准许，窗口可以直接审查这条要点",
            field="point",
        )
    if (act.target, act.point) in case.lifted or what_changed(found, law.item, case.data, case.papers):
        raise Refused("这条审查要点已经可以重新审查", rule=RULE, remedy="不需要再次准许，请直接办理", field="point")
    return (events.EndorsementLifted(today, actor.account, act.target, act.point, act.reason),)
