"""Who may do what: one table of role × command × relation, printed in full by its test.

Reading is guarded by the database itself (row-level security); this table guards what changes a case.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from banjie.engine.scopes import DEED_NAMES, WHOLE, Deed, Scope, deed_of
from banjie.engine.subject import Refused


class Role(StrEnum):
    """What a person is, for the case in hand (申请人, 综窗受理, 审查, 决定, 负责人, 督查, 分管领导, 管理, 系统)."""

    APPLICANT = "applicant"
    WINDOW = "window"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    HEAD = "head"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    MANAGER = "manager"
    SYSTEM = "system"


ROLE_NAMES = {
    Role.APPLICANT: "申请人",
    Role.WINDOW: "窗口人员",
    Role.REVIEWER: "审查人员",
    Role.DECIDER: "决定人",
    Role.HEAD: "机关负责人",
    Role.SUPERVISOR: "督查人员",
    Role.LEADER: "分管领导",
    Role.MANAGER: "事项管理人员",
    Role.SYSTEM: "系统",
}


class Relation(StrEnum):
    """How the actor stands to the case."""

    OWN = "own"
    """The case is the actor's, or of someone who gave the actor a mandate."""
    ORGAN = "organ"
    """The actor serves in the organ that decides the case."""
    STEP = "step"
    """The actor serves in the office to which the step in question is given."""
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Gate:
    """持证上岗: the acts that ask for a certification, and what an official is certified for.

    `items` are codes of items, and kind:01 for every item of a kind (`ItemKind`).
    """

    commands: frozenset[str]
    items: frozenset[str] = frozenset()

    def opens(self, command: str, item: str, kind: str) -> bool:
        """Whether the act may be done on that item."""
        return command not in self.commands or item in self.items or f"kind:{kind}" in self.items


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: an account with its roles, the offices it serves and the parties it may act for.

    `narrow` gives, for parties whose mandate is not a whole one, how far it reaches; `level` is how surely the person
    is known (1 to 4, see `real_names`). `gate` is None where no certification is asked for; `stands_in` gives account
    and name of each colleague on leave whose deputy she is today.
    """

    account: str
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    region: str = ""
    offices: frozenset[str] = field(default_factory=frozenset)
    parties: frozenset[str] = field(default_factory=frozenset)
    narrow: tuple[tuple[str, Scope], ...] = ()
    level: int = 4
    gate: Gate | None = None
    stands_in: tuple[tuple[str, str], ...] = ()

    def scope_for(self, party: str) -> Scope | None:
        """How far the actor may act for a party; None when not at all."""
        if party not in self.parties:
            return None
        return next((scope for known, scope in self.narrow if known == party), WHOLE)

    def may(self, deed: Deed, party: str, item: str) -> bool:
        """Whether the actor may do the deed for the party in that item."""
        scope = self.scope_for(party)
        return scope is not None and scope.covers(deed, item)


SYSTEM = Actor(account="system", name="系统", roles=frozenset({Role.SYSTEM}))

# Each line: command, then role:relation for everyone who may. Who is not named may not.
TABLE = """
Submit               applicant:own
Resubmit             applicant:own
Withdraw             applicant:own
SupplyTolerated      applicant:own
TakeBack             applicant:own
Urge                 applicant:own
Claim                window:organ
AskCorrection        window:organ    reviewer:organ
LiftEndorsement      head:organ
FindNotRequired      window:organ    decider:organ
FindNotCompetent     window:organ    decider:organ
Accept               window:organ    decider:organ
Tolerate             window:organ    decider:organ
StartReview          reviewer:organ  decider:organ  window:organ
FinishStep           reviewer:step   decider:step   window:step   head:step
ReturnStep           reviewer:step   decider:step   head:step
StartSpecial         reviewer:organ  decider:organ  head:organ
EndSpecial           reviewer:organ  decider:organ  head:organ
Extend               head:organ
Approve              decider:step    head:step
Deny                 decider:step    head:step
Deliver              window:organ
AnswerUrge           window:organ    reviewer:organ   decider:organ   head:organ
ConfirmWithdrawal    window:organ    decider:organ
Terminate            decider:organ   head:organ
LapseReply           system:any
LapseCorrection      system:any
LapseTolerance       system:any
MarkLate             system:any
MoveDeadlines        system:any
TakeOn               window:step     reviewer:step     decider:step    head:step
Release              window:step     reviewer:step     decider:step    head:step    system:any
PassOn               window:step     reviewer:step     decider:step    head:step
Assign               decider:step    head:step         system:any
Issue                system:any
ExtendValidity       decider:organ   head:organ    system:any
Suspend              decider:organ   head:organ
Resume               decider:organ   head:organ
Revoke               head:organ
Cancel               decider:organ   head:organ
Lapse                system:any
Renew                system:any
AskSource            applicant:own
AnswerAsk            system:any
RefuseAsk            system:any
FailAsk              system:any
RunLate              system:any
UseAnswer            applicant:own
EndAsk               applicant:own
GiveConsent          applicant:own
WithdrawConsent      applicant:own
ContestValue         applicant:own
FileContest          applicant:own
SettleContest        window:organ    reviewer:organ  decider:organ   head:organ
RecordRepeat         system:any
Consult              applicant:own
AddQuestion          applicant:own
LinkDraft            applicant:own
Present              applicant:own
EndService           applicant:own
TakeUp               window:organ    reviewer:organ   decider:organ   head:organ
HandOver             window:organ    reviewer:organ   decider:organ   head:organ
Reply                window:organ    reviewer:organ   decider:organ   head:organ
GiveOpinions         window:organ    reviewer:organ
BookVisit            window:organ    reviewer:organ
CancelVisit          window:organ    reviewer:organ   applicant:own
RecordVisit          window:organ    reviewer:organ
Conclude             window:organ    reviewer:organ   decider:organ
Convert              system:any
MarkSlow             system:any
ReportCase           window:organ    reviewer:organ   decider:organ   head:organ    system:any
MarkCard             system:any
CallOnCard           system:any
CloseCard            system:any
AppealCard           window:organ    reviewer:organ   decider:organ   head:organ
RuleOnCard           supervisor:any
IssueOrder           supervisor:any
ReplyOrder           window:organ    reviewer:organ   decider:organ   head:organ
AcceptReply          supervisor:any
ReturnReply          supervisor:any
Escalate             system:any
OpenDelay            system:any
GiveCause            window:organ    reviewer:organ   decider:organ   head:organ
ConfirmCause         supervisor:any
UrgeCause            system:any
OpenIncident         supervisor:any  system:any
EndIncident          supervisor:any  system:any
VoidIncident         supervisor:any
ReportFinding        system:any
DismissFinding       supervisor:any
OrderOnFinding       supervisor:any
FreezeGrade          supervisor:any  system:any
OfferHearing         reviewer:organ   decider:organ   head:organ
AskHearing           applicant:own
WaiveHearing         applicant:own
CallMeeting          reviewer:organ   decider:organ   head:organ
InviteMore           reviewer:organ   decider:organ   head:organ
RecuseExpert         reviewer:organ   decider:organ   head:organ
AnswerMeeting        window:step      reviewer:step   decider:step    head:step
HoldMeeting          reviewer:organ   decider:organ   head:organ
MinuteMeeting        reviewer:organ   decider:organ   head:organ
CancelMeeting        reviewer:organ   decider:organ   head:organ
MarkOverrun          system:any
PlanSiteVisit        window:organ     reviewer:organ  decider:organ   head:organ
MoveSiteVisit        window:organ     reviewer:organ  decider:organ   head:organ
CancelSiteVisit      window:organ     reviewer:organ  decider:organ   head:organ
RecordFindings       window:organ     reviewer:organ  decider:organ   head:organ
NoteApplicant        window:organ     reviewer:organ  decider:organ   head:organ
SignSiteVisit        window:organ     reviewer:organ  decider:organ   head:organ
TickPoints           window:organ     reviewer:organ  decider:organ   head:organ
TickPoints           window:step      reviewer:step   decider:step    head:step
"""


def _read(table: str) -> dict[str, tuple[tuple[Role, Relation], ...]]:
    law: dict[str, tuple[tuple[Role, Relation], ...]] = {}
    for line in table.strip().splitlines():
        command, *grants = line.split()
        pairs = (grant.split(":") for grant in grants)
        more = tuple((Role(role), Relation(relation)) for role, relation in pairs)
        law[command] = law.get(command, ()) + more
    return law


LAW = _read(TABLE)


def require(  # One argument for each thing a right can hang on.
    actor: Actor,
    command: str,
    *,
    holder: str = "",
    item: str = "",
    kind: str = "",
    organ: str = "",
    step_office: str = "",
    step_role: Role | None = None,
    what: str = "",
) -> Role:
    """The role in which `actor` may carry out `command`, or `Refused` naming who may.

    `holder` is the party the case belongs to, `item` and `kind` the code and kind of its item, `organ` the organ that
    decides it, `step_office` and `step_role` the office and the role that have the step in question. Raises `Refused`
    (rule: 办件权限表) when no line of the table fits, with 民法典第一百六十五条 when the holder's mandate does not
    reach, and with 持证上岗规定 when an official who fits is not certified for the item.
    """
    grants = LAW.get(command, ())
    for role, relation in grants:
        if (
            role in actor.roles
            and _stands(actor, relation, holder, organ, step_office)
            and (step_role is None or relation is not Relation.STEP or _covers(role, step_role))
        ):
            if relation is Relation.OWN:
                within_mandate(actor, deed_of(command), holder, item, what or command)
            elif actor.gate is not None and not actor.gate.opens(command, item, kind):
                raise _not_certified(what or command)
            return role
    if step_role is not None:
        grants = tuple(grant for grant in grants if grant[1] is not Relation.STEP or _covers(grant[0], step_role))
    raise Refused(
        f"您不能办理“{what or command}”：此操作由{_names(grants)}进行",
        rule="办件权限表",
        remedy="请核对您的岗位和所属机关，或转交有权限的人员办理",
    )


def _not_certified(what: str) -> Refused:
    return Refused(
        f"您还没有这个事项的上岗资格，不能“{what}”",
        rule="持证上岗规定",
        remedy="请先完成这个事项的练习办件考核，由另一人确认后即可办理；着急的请转办给已取得资格的同事",
    )


def within_mandate(actor: Actor, deed: Deed, holder: str, item: str, what: str = "") -> None:
    """Holds a deed for another against the mandate; the actor is known to have one. Raises `Refused` with its rule."""
    if actor.may(deed, holder, item):
        return
    scope = actor.scope_for(holder)
    lacking = "办理这个事项" if scope is not None and scope.allows(deed) else DEED_NAMES[deed]
    raise Refused(
        f"申请人给您的授权不包括{lacking}，不能“{what or DEED_NAMES[deed]}”",
        rule="民法典第一百六十五条（代理事项和权限）",
        remedy="请申请人在“我的授权”里重新授权给您，或由申请人本人办理",
    )


def _covers(role: Role, step_role: Role) -> bool:
    """Whether the role may do the step. The head of the organ may decide in the place of its decider."""
    return role is step_role or (role is Role.HEAD and step_role is Role.DECIDER)


def _stands(actor: Actor, relation: Relation, holder: str, organ: str, step_office: str) -> bool:
    match relation:
        case Relation.OWN:
            return holder in actor.parties
        case Relation.ORGAN:
            return organ in actor.offices
        case Relation.STEP:
            return step_office in actor.offices
        case Relation.ANY:
            return True


def _names(grants: Iterable[tuple[Role, Relation]]) -> str:
    places = {
        Relation.OWN: "本办件的",
        Relation.ORGAN: "办理机关的",
        Relation.STEP: "本环节承办单位的",
        Relation.ANY: "",
    }
    return "、".join(places[relation] + ROLE_NAMES[role] for role, relation in grants) or "（无人可以）"
