"""Whose figures somebody looks at: the regions she watches, the organs she heads; and what she asks to see of them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from banjie.actions.boards import period_asked
from banjie.engine.figures import Period
from banjie.engine.permissions import Role
from banjie.records import figures_boards
from banjie.records.figures_boards import Scope
from banjie.records.people import Standing
from banjie.web.identity import visitor
from banjie.wiring import platform

WATCHING = (Role.LEADER, Role.SUPERVISOR)
"""Roles that see a region with all below it."""
LOOKING = (*WATCHING, Role.HEAD)
"""Roles that have a board."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks, at what scope, and which others she may choose (value, words): `region` or `region:organ`."""

    standing: Standing
    scope: Scope
    name: str
    choices: tuple[tuple[str, str], ...]
    period: Period

    @property
    def value(self) -> str:
        """The present choice."""
        return f"{self.scope.region}:{self.scope.organ}" if self.scope.organ else self.scope.region

    def query(self, **more: str) -> str:
        """What keeps scope and period in an address, with `more`; empty values are left out."""
        asked = {"scope": self.value, "period": self.period.code, **more}
        return urlencode({name: value for name, value in asked.items() if value})


def looking(request: HttpRequest) -> Looking:
    """What the request asks for, as far as the visitor's posts reach; anything else falls back to her own scope."""
    standing = visitor(request).standing
    assert standing is not None  # noqa: S101 — the door before the view has made sure.
    watched = tuple(dict.fromkeys(post.region for post in standing.posts if post.role in WATCHING))
    headed = tuple((post.region, post.office) for post in standing.posts if post.role is Role.HEAD)
    asked = request.GET.get("scope", request.POST.get("scope", ""))[:64].replace("\x00", "")
    with platform().database.seen_by(standing.eyes) as cursor:
        below = {code for region in watched for code in figures_boards.scope(cursor, region).regions}
        allowed = [(region, "") for region in sorted(below, key=lambda code: (code not in watched, code))]
        allowed += [pair for pair in headed if pair[0] not in below]
        region, _, organ = asked.partition(":")
        if (region, organ) not in allowed and not (organ and region in below):
            region, organ = allowed[0]
        names = figures_boards.names(
            cursor, regions=[one for one, _ in allowed], organs=[*(one for _, one in allowed), organ]
        )
        scope = figures_boards.scope(cursor, region, organ)
    choices = tuple(
        (f"{one}:{office}", names.organs.get(office, office)) if office else (one, names.regions.get(one, one))
        for one, office in allowed
    )
    name = names.organs.get(organ, organ) if organ else names.regions.get(region, region)
    if organ and (region, organ) not in allowed:
        choices = (*choices, (f"{region}:{organ}", name))
    period = period_asked(
        request.GET.get("period", request.POST.get("period", ""))[:10].replace("\x00", ""), platform().today()
    )
    return Looking(standing, scope, name, choices, period)


def periods() -> list[dict[str, str]]:
    """The periods to choose from: thirteen months, five quarters, three years; the latest first."""
    month = Period.of(platform().today())
    year = Period.parse(f"{month.first.year}")
    quarter = Period.parse(f"{month.first.year}Q{(month.first.month + 2) // 3}")
    found = [*reversed(month.last(13)), *reversed(quarter.last(5)), *reversed(year.last(3))]
    return [{"value": one.code, "text": one.label} for one in found]
