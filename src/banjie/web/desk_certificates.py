"""The certificates of a case on an official's desk: how they stand, and what may be done to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from banjie.actions.handling import handles
from banjie.actions.masking import party_name
from banjie.engine import permissions
from banjie.engine.certificates import (
    NAMES,
    STATUS_NAMES,
    STATUSES,
    Cancel,
    Command,
    ExtendValidity,
    Resume,
    Revoke,
    Status,
    Suspend,
)
from banjie.engine.permissions import Actor
from banjie.engine.subject import Malformed, Refused
from banjie.records import certificates
from banjie.records.cases import Found
from banjie.records.certificates import CertificateRow
from banjie.records.people import Standing
from banjie.wiring import platform

PATHS: Final[Mapping[str, type[Command]]] = {
    "suspend": Suspend,
    "resume": Resume,
    "extend": ExtendValidity,
    "cancel": Cancel,
    "revoke": Revoke,
}
"""What an organ may do to a certificate it has issued, by the last word of the address."""

_MEANINGS: Final[Mapping[type[Command], str]] = {
    Suspend: "暂停期间证照不能使用，查验时显示“暂停”；可以恢复。",
    Resume: "证照重新有效。",
    ExtendValidity: "只改有效期的最后一天，编号和查验码不变，电子证照重新制作。",
    Cancel: "依行政许可法第七十条办理注销手续，办理后不能恢复。",
    Revoke: "依行政许可法第六十九条撤销，由机关负责人决定，办理后不能恢复。",
}

_DONE: Final[Mapping[type[Command], str]] = {
    Suspend: "证照已暂停，查验页面立即显示。",
    Resume: "证照已恢复有效。",
    ExtendValidity: "有效期已延续，新的电子证照正在制作。",
    Cancel: "证照已注销，查验页面立即显示。",
    Revoke: "证照已撤销，查验页面立即显示。",
}

STATUS_KINDS: Final[Mapping[Status, str]] = {
    Status.VALID: "green",
    Status.SUSPENDED: "yellow",
    Status.REVOKED: "red",
    Status.CANCELLED: "red",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that may be tried now. `dated` asks for the new last day of the validity."""

    path: str
    name: str
    meaning: str
    grave: bool
    dated: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A certificate as the desk shows it. `address` is where its acts are sent."""

    row: CertificateRow
    holder: str
    status: str
    kind: str
    reason: str
    verify: str
    address: str
    again: str
    offers: tuple[Offer, ...]


def lines(standing: Standing, found: Found, today: date) -> tuple[Line, ...]:
    """The certificates a case led to; a person's name is masked for whoever does not handle the case."""
    rows = certificates.of_case(platform().database, standing.eyes, found.region, found.id)
    law = platform().laws.law(found.region, found.case.item, found.case.edition)
    clear = handles(found.case, standing.actor, law)
    return tuple(_line(row, standing.actor, found, today, clear) for row in rows)


def _line(row: CertificateRow, actor: Actor, found: Found, today: date, clear: bool) -> Line:
    status = Status(row.status)
    if status is Status.VALID and row.valid_until is not None and row.valid_until < today:
        status = Status.LAPSED  # The worker has not marked it yet.
    return Line(
        row=row,
        holder=party_name(row.holder_name, found.case.holder.code, clear=clear),
        status=STATUS_NAMES[status],
        kind=STATUS_KINDS.get(status, "grey"),
        reason=row.certificate.reason,
        verify=reverse("verify", args=(row.verify_code,)),
        address=f"/office/certificates/{row.region}/{row.id}/act",
        again=reverse("certificate-again", args=(row.region, row.id)),
        offers=tuple(_offer(path, command) for path, command in PATHS.items() if _may(row, actor, command)),
    )


def _may(row: CertificateRow, actor: Actor, command: type[Command]) -> bool:
    if Status(row.status) not in STATUSES[command.__name__]:
        return False
    if command is ExtendValidity and row.valid_until is None:
        return False
    try:
        permissions.require(actor, command.__name__, organ=row.organ)
    except Refused:
        return False
    return True


def _offer(path: str, command: type[Command]) -> Offer:
    return Offer(
        path, NAMES[command], _MEANINGS[command], grave=command in (Cancel, Revoke), dated=command is ExtendValidity
    )


def read(path: str, posted: QueryDict) -> Command:
    """The act a form asks for. Raises `Malformed` when it cannot be read, KeyError for an act not done at a desk."""
    return _READERS[PATHS[path]](posted)


def _reason(posted: QueryDict) -> str:
    reason = posted.get("reason", "").strip()
    if len(reason) > 500 or "\x00" in reason:
        raise Malformed("reason", "理由不能超过 500 字", "请写得简短一些")
    return reason


def _extension(posted: QueryDict) -> Command:
    typed = posted.get("valid_until", "").strip()
    try:
        until = date.fromisoformat(typed)
    except ValueError:
        raise Malformed("valid_until", "新的有效期不是有效的日期", "请按 2031-11-23 的格式填写") from None
    return ExtendValidity(until, _reason(posted))


_READERS: Final[Mapping[type[Command], Callable[[QueryDict], Command]]] = {
    Suspend: lambda posted: Suspend(_reason(posted)),
    Resume: lambda posted: Resume(_reason(posted)),
    Revoke: lambda posted: Revoke(_reason(posted)),
    Cancel: lambda posted: Cancel(_reason(posted)),
    ExtendValidity: _extension,
}


def done_words(path: str) -> str:
    """What has just happened, for the banner."""
    return _DONE[PATHS[path]]
