"""The law of who has a line: taken on, given back, passed on, assigned; and whose it is when somebody acts on it.

Whoever acts on a line nobody has needs no act before it: claiming an application, or starting a review that is hers to
do, makes it hers. What is another's is refused with the way out.
"""

from dataclasses import dataclass
from datetime import date

from banjie.engine.cases import acts
from banjie.engine.cases.clocks import Law
from banjie.engine.cases.guards import decision_of, may_sign, require_words
from banjie.engine.cases.handing import Assign, Assigned, PassedOn, PassOn, Release, Released, TakenOn, TakeOn
from banjie.engine.cases.state import Case
from banjie.engine.cases.tasks import Task, tasks
from banjie.engine.permissions import ROLE_NAMES, Actor, Role
from banjie.engine.subject import Refused
from banjie.engine.workflow import Step

RULE = "待办承办规定"

_OUTSIDE_REVIEW = (
    acts.Claim,
    acts.AskCorrection,
    acts.FindNotRequired,
    acts.FindNotCompetent,
    acts.Accept,
    acts.StartReview,
    acts.EndSpecial,
    acts.ConfirmWithdrawal,
    acts.Deliver,
)
"""The acts that are done on the one line a case has outside its steps."""


class SomebodyElses(Refused):
    """The line is another official's: `account` is hers, and pages put her name there."""

    def __init__(self, account: str, what: str) -> None:
        super().__init__(
            f"“{what}”由 {account} 承办",
            rule=RULE,
            remedy="请由承办人办理或转办；承办人不在岗的，请本单位负责人指派",
        )
        self.account = account


@dataclass(frozen=True, slots=True)
class Colleague:
    """Whom a line may be given to, as the registers know her on the day.

    `posts` are (role, office); `away` says why she is not at her desk, "" when she is; `certified` whether she may
    decide cases of the item.
    """

    account: str
    name: str
    posts: frozenset[tuple[Role, str]] = frozenset()
    away: str = ""
    certified: bool = True


def line_at(case: Case, step: str, law: Law) -> Task | None:
    """The line of that step as the case stands, None when there is none. Its days are of no account."""
    return next((line for line in tasks(case, law, case.submitted_on or date.min, ()) if line.step == step), None)


def take_on(case: Case, act: TakeOn, actor: Actor, today: date, law: Law) -> tuple[TakenOn, ...]:
    line = _line(case, act.step, law)
    if line.handler == actor.account:
        raise Refused(f"“{line.step_name}”已经由您承办", rule=RULE, remedy="不必再认领，可以直接办理", field="step")
    if line.handler:
        raise SomebodyElses(line.handler, line.step_name)
    if line.step:
        may_sign(case, law.item.workflow.step(line.step), actor)
    return (TakenOn(today, actor.account, act.step),)


def release(case: Case, act: Release, actor: Actor, today: date, law: Law) -> tuple[Released, ...]:
    line = _held(case, act.step, actor, law)
    return (Released(today, actor.account, line.handler, act.step, act.reason.strip()),)


def pass_on(case: Case, act: PassOn, actor: Actor, today: date, law: Law) -> tuple[PassedOn, ...]:
    line = _held(case, act.step, actor, law)
    require_words(act.reason, "reason", RULE)
    _require_another(line, act.to)
    _require_free(case, line, act.to, law)
    return (PassedOn(today, actor.account, line.handler, act.to, act.reason.strip(), act.step),)


def assign(case: Case, act: Assign, actor: Actor, today: date, law: Law) -> tuple[Assigned, ...]:
    line = _line(case, act.step, law)
    _require_another(line, act.to)
    _require_free(case, line, act.to, law)
    return (Assigned(today, actor.account, act.to, line.handler, act.step),)


def unfit(colleague: Colleague, line: Task) -> Refused | None:
    """Why a line may not be given to this colleague: not of the office, not in the role, away, not certified."""
    if not colleague.posts:
        return _not_to(colleague, "已经不在岗", "请另选本单位的工作人员")
    if all(office != line.office for _, office in colleague.posts):
        return _not_to(colleague, "不是承办单位的工作人员", "请另选承办单位的工作人员")
    if (line.role, line.office) not in colleague.posts and not (
        line.role is Role.DECIDER and (Role.HEAD, line.office) in colleague.posts
    ):
        return _not_to(colleague, f"不是{ROLE_NAMES[line.role]}", f"请另选本单位的{ROLE_NAMES[line.role]}")
    if colleague.away:
        return _not_to(colleague, colleague.away, "请另选在岗的工作人员")
    if not colleague.certified:
        return _not_to(colleague, "还没有这个事项的上岗资格", "请另选已取得资格的工作人员")
    return None


def require_own(case: Case, command: acts.Command, actor: Actor, law: Law) -> None:
    """Refuses an act on a line that somebody else has. Called only for cases on which somebody has a line.

    The head may act on any line of her office, the decider on those outside review: they could assign it as well.
    """
    if Role.HEAD in actor.roles or Role.SYSTEM in actor.roles:
        return
    match command:
        case acts.FinishStep(step=key) | acts.ReturnStep(step=key):
            step: Step | None = law.item.workflow.step(key)
        case acts.Approve() | acts.Deny():
            step = decision_of(case, law)
        case acts.ConfirmWithdrawal() if not case.withdrawal_reason:
            return
        case _ if isinstance(command, _OUTSIDE_REVIEW):
            holder = case.handlers.get("")
            if not _is_own(holder, actor) and Role.DECIDER not in actor.roles:
                line = line_at(case, "", law)
                raise SomebodyElses(str(holder), line.step_name if line else acts.NAMES[type(command)])
            return
        case _:
            return
    if step is None:
        return
    holder = case.handlers.get(step.key)
    # Where several sign, another may sign as long as a signature is left for the one who has the line.
    if not _is_own(holder, actor) and step.signatures - len(case.signed.get(step.key, ())) <= 1:
        raise SomebodyElses(str(holder), step.name)


def _is_own(holder: str | None, actor: Actor) -> bool:
    """Whether a line is nobody's, the actor's own, or of a colleague on leave whose deputy she is today."""
    return holder in (None, actor.account) or any(holder == account for account, _ in actor.stands_in)


def started_by(steps: tuple[str, ...], actor: Actor, law: Law) -> tuple[str, ...]:
    """The steps of a review that whoever begins it takes on by that, because they are hers to do."""
    found = []
    for key in steps:
        step = law.item.workflow.step(key)
        if step.role in actor.roles and (step.office or law.item.organ) in actor.offices:
            found.append(key)
    return tuple(found)


def _line(case: Case, step: str, law: Law) -> Task:
    line = line_at(case, step, law)
    if line is None:
        raise Refused("现在没有这条待办", rule=RULE, remedy="请刷新待办列表，再选择正在办理的环节", field="step")
    return line


def _held(case: Case, step: str, actor: Actor, law: Law) -> Task:
    """A line somebody has and this actor may let go: her own, or any for whoever may assign it."""
    line = _line(case, step, law)
    if not line.handler:
        raise Refused(f"“{line.step_name}”还没有人认领", rule=RULE, remedy="请先认领，再办理或转办", field="step")
    if not _is_own(line.handler, actor) and not actor.roles & {Role.HEAD, Role.DECIDER, Role.SYSTEM}:
        raise SomebodyElses(line.handler, line.step_name)
    return line


def _require_another(line: Task, to: str) -> None:
    if not to.strip():
        raise Refused("没有选择承办人", rule=RULE, remedy="请选择一名工作人员", field="to")
    if to == line.handler:
        raise Refused("这条待办已经由所选的人承办", rule=RULE, remedy="请另选一名工作人员", field="to")


def _require_free(case: Case, line: Task, to: str, law: Law) -> None:
    """Refuses somebody who has signed this step already, or one that must be kept apart from it."""
    if line.step:
        may_sign(case, law.item.workflow.step(line.step), Actor(to, to))


def _not_to(colleague: Colleague, why: str, remedy: str) -> Refused:
    return Refused(f"不能交给{colleague.name}：{why}", rule=RULE, remedy=remedy, field="to")
