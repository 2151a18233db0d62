"""What may be asked about an official, what can have happened, and what is then true of her."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, assert_never, get_args

from banjie.engine.permissions import Role

RULE: Final = "岗位管理规定"


@dataclass(frozen=True, slots=True)
class Post:
    """岗位: a role in an office from a day on. `until_day` is the last day, None while the end is open."""

    role: Role
    office: str
    region: str
    name: str
    from_day: date
    until_day: date | None = None

    def holds(self, day: date) -> bool:
        """Whether she has the post on that day."""
        return self.from_day <= day and (self.until_day is None or self.until_day >= day)

    def ended(self, day: date) -> bool:
        """Whether its last day is over."""
        return self.until_day is not None and self.until_day < day


@dataclass(frozen=True, slots=True)
class Leave:
    """请假: from the first to the last day, both away; `deputy` works in her stead meanwhile."""

    key: str
    from_day: date
    until_day: date
    deputy: str
    deputy_name: str
    reason: str

    def covers(self, day: date) -> bool:
        """Whether she is away on that day."""
        return self.from_day <= day <= self.until_day


@dataclass(frozen=True, slots=True)
class Certification:
    """上岗资格: what she may decide. `item` is the code of an item, or kind:01 for a whole kind of items."""

    item: str
    name: str
    valid_from: date
    valid_until: date | None
    source: str

    def holds(self, day: date) -> bool:
        """Whether it is good on that day."""
        return self.valid_from <= day and (self.valid_until is None or self.valid_until >= day)


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that waits for a second person: one of post, leave and certification."""

    key: str
    by: str
    by_name: str
    on: date
    reason: str
    post: Post | None = None
    replaces: Post | None = None
    leave: Leave | None = None
    certification: Certification | None = None


@dataclass(frozen=True, slots=True)
class Custom:
    """What a city sets: whether the head approves leave, and its longest length in days."""

    leave_by_head: bool = False
    longest_leave_days: int = 90
    new_for_days: int = 180
    """How long somebody counts as new in her post, in calendar days."""


@dataclass(frozen=True, slots=True)
class Member:
    """An official: the sum of her history."""

    account: str = ""
    name: str = ""
    region: str = ""
    posts: tuple[Post, ...] = ()
    leaves: tuple[Leave, ...] = ()
    certifications: tuple[Certification, ...] = ()
    wishes: tuple[Wish, ...] = ()
    asked: int = 0
    """How many wishes and leaves there ever were: their keys are numbers."""

    @property
    def joined_on(self) -> date | None:
        """The first day of her first post."""
        return min((post.from_day for post in self.posts), default=None)

    def posts_on(self, day: date) -> tuple[Post, ...]:
        """The posts she has on that day."""
        return tuple(post for post in self.posts if post.holds(day))

    def leave_on(self, day: date) -> Leave | None:
        """The leave she is on that day."""
        return next((leave for leave in self.leaves if leave.covers(day)), None)

    def wish(self, key: str) -> Wish | None:
        """The wish of that key while it waits."""
        return next((wish for wish in self.wishes if wish.key == key), None)


# --- what people may ask ---


@dataclass(frozen=True, slots=True)
class Register:
    """登记 by the platform: whoever is here when the system starts, or comes from another register of staff."""

    account: str
    name: str
    region: str
    posts: tuple[Post, ...]
    certifications: tuple[Certification, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposePost:
    """任职, or a move when `leaving` names (role, office) of the post that ends the day before."""

    account: str
    name: str
    post: Post
    reason: str
    leaving_role: Role | None = None
    leaving_office: str = ""


@dataclass(frozen=True, slots=True)
class EndPost:
    """离岗: `on` is her last day in the post."""

    role: Role
    office: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class AskLeave:
    """请假, with who stands in."""

    from_day: date
    until_day: date
    deputy: str
    deputy_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class EndLeave:
    """销假: `on` is the first day she is back; on or before the first day of the leave, it never happened."""

    key: str
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProposeCertification:
    """提请授予上岗资格."""

    item: str
    name: str
    valid_from: date
    valid_until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class EndCertification:
    """收回上岗资格: `on` is the first day without it."""

    item: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Grant:
    """批准, by a second person."""

    key: str


@dataclass(frozen=True, slots=True)
class Decline:
    """不批准, by a second person; or taken back by whoever proposed it."""

    key: str
    reason: str


Command = (
    Register | ProposePost | EndPost | AskLeave | EndLeave | ProposeCertification | EndCertification | Grant | Decline
)

NAMES: Final[dict[type[Command], str]] = {
    Register: "登记工作人员",
    ProposePost: "提请任职",
    EndPost: "离岗",
    AskLeave: "请假",
    EndLeave: "销假",
    ProposeCertification: "提请授予上岗资格",
    EndCertification: "收回上岗资格",
    Grant: "批准",
    Decline: "不批准",
}


# --- what can have happened ---


@dataclass(frozen=True, slots=True)
class Enrolled:
    """She is on the register of staff."""

    on: date
    by: str
    account: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Wished:
    """Something was asked for that a second person must grant."""

    on: date
    by: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Declined:
    """A wish was not granted, or was taken back."""

    on: date
    by: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Appointed:
    """She has a post."""

    on: date
    by: str
    post: Post
    wish: str = ""


@dataclass(frozen=True, slots=True)
class PostEnded:
    """A post of hers has a last day."""

    on: date
    by: str
    role: Role
    office: str
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class LeaveTaken:
    """She will be away."""

    on: date
    by: str
    leave: Leave
    wish: str = ""


@dataclass(frozen=True, slots=True)
class LeaveEnded:
    """She is back earlier, or did not go."""

    on: date
    by: str
    key: str
    back_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Certified:
    """She may decide more."""

    on: date
    by: str
    certification: Certification
    wish: str = ""


@dataclass(frozen=True, slots=True)
class CertificationEnded:
    """What she may decide has ended."""

    on: date
    by: str
    item: str
    last_day: date
    reason: str


Event = Enrolled | Wished | Declined | Appointed | PostEnded | LeaveTaken | LeaveEnded | Certified | CertificationEnded
KINDS: Final[dict[str, type[Event]]] = {kind.__name__: kind for kind in get_args(Event)}

_DAY: Final = timedelta(days=1)


def evolve(member: Member, event: Event) -> Member:
    """What is true of her afterwards."""
    match event:
        case Enrolled():
            return replace(member, account=event.account, name=event.name, region=event.region)
        case Wished():
            return replace(member, wishes=(*member.wishes, event.wish), asked=member.asked + 1)
        case Declined():
            return _without(member, event.key)
        case Appointed():
            return replace(_without(member, event.wish), posts=(*member.posts, event.post))
        case PostEnded():
            return replace(member, posts=_ended_posts(member, event))
        case LeaveTaken():
            granted = _without(member, event.wish)
            # A leave that was a wish has been counted with it.
            asked = granted.asked if event.wish else granted.asked + 1
            return replace(granted, leaves=(*granted.leaves, event.leave), asked=asked)
        case LeaveEnded():
            return replace(member, leaves=_ended_leaves(member, event))
        case Certified():
            return replace(_without(member, event.wish), certifications=(*member.certifications, event.certification))
        case CertificationEnded():
            kept = (_shortened(one, event) for one in member.certifications)
            return replace(member, certifications=tuple(one for one in kept if one is not None))
        case _:
            assert_never(event)


def _without(member: Member, key: str) -> Member:
    return replace(member, wishes=tuple(wish for wish in member.wishes if wish.key != key))


def _ended_posts(member: Member, event: PostEnded) -> tuple[Post, ...]:
    """The posts with one of them ended; what had not begun by its last day never was."""
    found = []
    for post in member.posts:
        if (post.role, post.office) != (event.role, event.office) or post.ended(event.last_day):
            found.append(post)
        elif post.from_day <= event.last_day:
            found.append(replace(post, until_day=event.last_day))
    return tuple(found)


def _ended_leaves(member: Member, event: LeaveEnded) -> tuple[Leave, ...]:
    found = []
    for leave in member.leaves:
        if leave.key != event.key:
            found.append(leave)
        elif leave.from_day < event.back_on:
            found.append(replace(leave, until_day=event.back_on - _DAY))
    return tuple(found)


def _shortened(one: Certification, event: CertificationEnded) -> Certification | None:
    if one.item != event.item or (one.valid_until is not None and one.valid_until <= event.last_day):
        return one
    return replace(one, valid_until=event.last_day) if one.valid_from <= event.last_day else None


@dataclass(frozen=True, slots=True)
class Side:
    """How whoever acts stands to her, as the registers know it.

    `governs`: she manages staff in the region concerned; `heads`: she heads an office the official serves in.
    """

    governs: bool = False
    heads: bool = False
    deputy: Member | None = field(default=None)
    """The history of the deputy proposed, for leave."""
