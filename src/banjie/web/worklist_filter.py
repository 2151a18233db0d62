"""Which lines of a worklist are shown, as its address says it: every view is an address, and every address a view."""

import re
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from banjie.engine.cases import STAGE_NAMES
from banjie.engine.permissions import Role
from banjie.records.people import Standing
from banjie.records.worklists import View, Wanted, Whose

LAST_ID: Final = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_AFTER: Final = re.compile(r"(\d{4}-\d{2}-\d{2})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_DESKS: Final = {"": View.TODO, "mine": View.MINE, "unclaimed": View.UNCLAIMED, "all": View.OFFICE} | {
    one.value: one for one in (View.JOINT, View.WAITING)
}
_STAGES: Final = {stage.value for stage in STAGE_NAMES}
TIMES: Final = {"": "不限", "late": "已超期", "today": "今日到期", "week": "七天内到期"}
KINDS: Final = {"": "不限", "person": "个人", "company": "单位"}

VIEW_NAMES: Final = {
    View.TODO: "我的待办",
    View.MINE: "我承办的",
    View.UNCLAIMED: "本单位待领",
    View.OFFICE: "本单位待办",
    View.JOINT: "联办",
    View.WAITING: "等待他人",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """?desk=mine&view=late&item=…&stage=…&step=…&region=…&kind=…&after=…&open=…; what is at its default is left out."""

    desk: str = ""
    view: str = ""
    item: str = ""
    stage: str = ""
    step: str = ""
    region: str = ""
    kind: str = ""
    after: str = ""
    open: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filter":
        """Reads an address; what it does not know is left at its default."""
        given = {field.name: query.get(field.name, "")[:64].replace("\x00", "") for field in fields(cls)}
        known: dict[str, Collection[str]] = {
            "desk": _DESKS,
            "view": TIMES,
            "stage": _STAGES,
            "kind": KINDS,
        }
        for name, values in known.items():
            if given[name] not in values:
                given[name] = ""
        if not _AFTER.fullmatch(given["after"]):
            given["after"] = ""
        return cls(**given)

    @property
    def list(self) -> View:
        """Which of the views of `records.worklists` it is."""
        return _DESKS[self.desk]

    def query(self, **changes: Any) -> str:
        """What stands behind the question mark, with changes; no case is open unless the changes say so."""
        changed = replace(self, **({"open": ""} | changes))
        named = {field.name: getattr(changed, field.name) for field in fields(changed)}
        return urlencode({name: value for name, value in named.items() if value})

    def address(self, **changes: Any) -> str:
        """The address of this worklist with changes."""
        words = self.query(**changes)
        return f"/office/?{words}" if words else "/office/"

    def wanted(self, today: date) -> tuple[Wanted, tuple[date, str] | None]:
        """What is asked of the records, and behind which line the page begins."""
        due_from, due_until = {
            "late": (None, today - timedelta(days=1)),
            "today": (today, today),
            "week": (None, today + timedelta(days=7)),
        }.get(self.view, (None, None))
        wanted = Wanted(
            items=(self.item,) if self.item else (),
            stage=self.stage,
            step=self.step,
            region=self.region,
            kind=self.kind,
            due_from=due_from,
            due_until=due_until,
        )
        return wanted, _after(self.after)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the view itself is asked for."""
        return any((self.view, self.item, self.stage, self.step, self.region, self.kind))


def clean(query: str) -> str:
    """The part of a worklist's address that is worth keeping under a name: no page, no open case."""
    given = QueryDict(mutable=True)
    given.update(dict(parse_qsl(query[:1000])))
    return Filter.of(given).query(after="")


def back_to(posted: QueryDict, otherwise: str) -> str:
    """Where a form of the worklist leads afterwards: to the worklist it names, as far as that is one of ours."""
    back = posted.get("back", "")
    if not back.startswith("/office/?"):
        return otherwise
    given = QueryDict(back.partition("?")[2][:1000])
    shown = Filter.of(given)
    return shown.address(open=shown.open)


def whose(standing: Standing) -> Whose:
    """Whose lines: her own and of those she stands in for; the posts of whoever heads an office decide there too."""
    posts = {(post.office, post.role.value) for post in standing.posts}
    posts |= {(office, Role.DECIDER.value) for office, role in posts if role == Role.HEAD.value}
    return Whose(
        accounts=(standing.actor.account, *(account for account, _ in standing.actor.stands_in)),
        posts=tuple(sorted(posts)),
        offices=tuple(sorted(standing.actor.offices)),
    )


def _after(text: str) -> tuple[date, str] | None:
    match = _AFTER.fullmatch(text)
    if match is None:
        return None
    try:
        return date.fromisoformat(match.group(1)), match.group(2)
    except ValueError:
        return None
