"""Who may be given a line, and who is given it where an office has a rule for that.

The law of a line is the engine's; what the registers know of a colleague on the day (her posts, her leave, what she is
certified for) is asked here and held against it.
"""

from datetime import datetime
from typing import Final, TypeVar

from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Case, Law
from banjie.engine.cases.handing import Assign, PassOn
from banjie.engine.cases.handlers import Colleague, SomebodyElses, line_at, unfit
from banjie.records import assignments, people, staff

GIVEN: Final = (PassOn, Assign)
"""The acts that give a line to somebody."""

Trouble = TypeVar("Trouble", bound=Exception)


def require_fit(platform: Platform, command: PassOn | Assign, case: Case, law: Law, at: datetime) -> None:
    """Refuses somebody who may not be given the line; a line that is not there is the engine's to refuse."""
    line = line_at(case, command.step, law)
    if line is None or not command.to.strip():
        return
    refused = unfit(colleague(platform, command.to, law, at), line)
    if refused is not None:
        raise refused


def colleague(platform: Platform, account: str, law: Law, at: datetime) -> Colleague:
    """An official as the registers know her on the day."""
    today = at.astimezone(CHINA).date()
    name, posts = assignments.posts_of(platform.database, account, today)
    certified = staff.certified(platform.database, [account], law.item.code, today, kind=law.item.kind.value)
    away = "正在休假" if staff.on_leave(platform.database, [account], today) else ""
    return Colleague(account, name, posts, away, account in certified)


def named(platform: Platform, trouble: Trouble) -> Trouble:
    """The same trouble with the name of whoever has the line instead of her account."""
    if isinstance(trouble, SomebodyElses):
        name = people.names_of(platform.database, {trouble.account}).get(trouble.account)
        if name:
            trouble.reason = trouble.reason.replace(trouble.account, name)
    return trouble
