"""What people may ask of a meeting beside a case. Each act is a command; its Chinese name stands in `NAMES`."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from banjie.engine.case_files import About


class MeetingKind(StrEnum):
    """会议种类."""

    JOINT_REVIEW = "joint_review"
    EXPERT_PANEL = "expert_panel"
    HEARING = "hearing"
    CONSULTATION = "consultation"


KIND_NAMES = {
    MeetingKind.JOINT_REVIEW: "联合审查",
    MeetingKind.EXPERT_PANEL: "专家评审",
    MeetingKind.HEARING: "听证",
    MeetingKind.CONSULTATION: "会商",
}


class Reply(StrEnum):
    """回复: comes oneself, sends somebody, writes an opinion, or does not take part."""

    ATTEND = "attend"
    SEND = "send"
    WRITTEN = "written"
    DECLINE = "decline"


REPLY_NAMES = {
    Reply.ATTEND: "参加",
    Reply.SEND: "派人参加",
    Reply.WRITTEN: "书面意见",
    Reply.DECLINE: "不参加",
}


class Stand(StrEnum):
    """What somebody finds, as the minutes have it."""

    AGREE = "agree"
    AGREE_IF = "agree_if"
    DISAGREE = "disagree"


STAND_NAMES = {Stand.AGREE: "同意", Stand.AGREE_IF: "修改后同意", Stand.DISAGREE: "不同意"}


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is asked to come: an office (`office` its code), or an expert with what he is versed in.

    `key` names the line within the meeting. `interest` says what ties an expert to the matter; "" when nothing does.
    """

    key: str
    name: str
    office: str = ""
    speciality: str = ""
    interest: str = ""

    @property
    def is_expert(self) -> bool:
        """Whether this is a person who speaks for himself."""
        return not self.office


@dataclass(frozen=True, slots=True)
class Said:
    """对每家意见: what one of those who were asked finds."""

    key: str
    stand: Stand
    words: str


@dataclass(frozen=True, slots=True)
class OfferHearing:
    """听证告知 (art. 47): the applicant is told of her right; why the decision touches her interests."""

    about: About
    reason: str


@dataclass(frozen=True, slots=True)
class AskHearing:
    """申请听证, by the applicant."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class WaiveHearing:
    """放弃听证, by the applicant."""


@dataclass(frozen=True, slots=True)
class CallMeeting:
    """召集. `handlers` are the accounts that have signed anything in the case; given by the platform.

    `procedure` is the key of the item's special procedure that runs with it, "" when none does. `answer_by` is the
    last day on which those invited should say whether they come.
    """

    kind: MeetingKind
    about: About
    subject: str
    agenda: str
    starts: datetime
    ends: datetime
    place: str
    online: str
    answer_by: date
    chair: str
    chair_name: str
    invited: tuple[Invited, ...]
    procedure: str = ""
    handlers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InviteMore:
    """增请."""

    invited: tuple[Invited, ...]


@dataclass(frozen=True, slots=True)
class RecuseExpert:
    """回避: an expert who is tied to the matter steps out."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerMeeting:
    """回复. `person` is who comes; `words` the written opinion, or why nobody comes."""

    key: str
    reply: Reply
    person: str = ""
    words: str = ""
    stand: Stand = Stand.AGREE


@dataclass(frozen=True, slots=True)
class HoldMeeting:
    """记录到会: `attended` are the keys of those who came."""

    attended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MinuteMeeting:
    """会议纪要, signed by the chair: what each finds, the conclusion, and what was against it."""

    said: tuple[Said, ...]
    conclusion: str
    passed: bool
    dissent: str = ""


@dataclass(frozen=True, slots=True)
class CancelMeeting:
    """取消."""

    reason: str


@dataclass(frozen=True, slots=True)
class MarkOverrun:
    """标记逾期: `what` is one of `OVERRUN_NAMES`."""

    what: str


OVERRUN_NAMES = {
    "asked": "申请听证的期限已过",
    "answer": "有受邀单位逾期未回复",
    "held": "超过应当举行的日期",
    "minutes": "纪要逾期未签发",
}

Command = (
    OfferHearing
    | AskHearing
    | WaiveHearing
    | CallMeeting
    | InviteMore
    | RecuseExpert
    | AnswerMeeting
    | HoldMeeting
    | MinuteMeeting
    | CancelMeeting
    | MarkOverrun
)

NAMES: dict[type[Command], str] = {
    OfferHearing: "告知听证权利",
    AskHearing: "申请听证",
    WaiveHearing: "放弃听证",
    CallMeeting: "召集会议",
    InviteMore: "增请",
    RecuseExpert: "专家回避",
    AnswerMeeting: "回复邀请",
    HoldMeeting: "记录到会",
    MinuteMeeting: "签发纪要",
    CancelMeeting: "取消会议",
    MarkOverrun: "标记逾期",
}
