"""工作提醒: tells officials, by name where one has the case in hand, else whoever has such a post in the office."""

from datetime import date, datetime

from banjie.actions.platform import Platform
from banjie.engine.watching import CALLED_ROLES, About, Callee
from banjie.records import staff_notices


def callees(platform: Platform, region: str, about: About, callee: Callee, today: date) -> tuple[str, ...]:
    """Whom a rung of the ladder means for a case: the handler herself where she is known."""
    if callee is Callee.HANDLER and about.account:
        return (about.account,)
    roles = [role.value for role in CALLED_ROLES[callee]]
    office = about.organ if callee is Callee.ORGAN else about.office or about.organ
    found = staff_notices.called(platform.database, region, office, roles, today)
    # A department without a head of section among its posts is called through the organ that decides.
    return found or staff_notices.called(platform.database, region, about.organ, roles, today)


def tell_staff(
    platform: Platform,
    accounts: tuple[str, ...],
    *,
    region: str,
    key: str,
    kind: str,
    subject: str,
    body: str,
    href: str,
    at: datetime,
) -> None:
    """Puts a notice into each account's list, once for each `key`."""
    staff_notices.send(
        platform.database, accounts, region=region, key=key, kind=kind, subject=subject, body=body, href=href, at=at
    )
