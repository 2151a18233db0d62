"""文书措辞: an office puts its documents into its own words; a second person lets them hold, from another day on.

A document keeps the wording of the day on which it was issued, whenever its PDF is made: so a new edition never holds
from today, but from tomorrow at the earliest.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from banjie.actions.platform import Platform
from banjie.engine.calendar import CHINA, chinese_date
from banjie.engine.ids import Malformed, RegionCode
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.engine.wordings import Wording, check
from banjie.packs.wordings import example, shipped
from banjie.records import wordings
from banjie.records.people import Standing
from banjie.records.wordings import DRAFT, WordingRow

RULE: Final = "文书措辞管理"
EXAMPLE_NUMBER: Final = "样式预览，不是正式文书"


class Faulty(Exception):
    """A wording that cannot be kept; `faults` names each passage, what is wrong and the remedy."""

    def __init__(self, faults: tuple[Malformed, ...]) -> None:
        super().__init__(str(faults[0]))
        self.faults = faults


def manages(standing: Standing, region: str) -> bool:
    """Whether somebody keeps the wording of a region: a manager of it or of one above."""
    place = RegionCode.parse(region)
    return any(post.role is Role.MANAGER and place.is_within(RegionCode.parse(post.region)) for post in standing.posts)


def wording_of(kind: str) -> Wording:
    """The passages of a kind of document as they ship. Raises `Refused` for a kind without."""
    try:
        return shipped()[kind]
    except KeyError:
        raise Refused("没有这种文书，或者它的文字不能修改", rule=RULE, remedy="请从文书列表里选择") from None


def texts_for(platform: Platform, region: str, organ: str, kind: str, issued_at: datetime) -> Mapping[str, str]:
    """The office's own words for a document issued at that moment: its organ's, its region's, or a region's above."""
    if kind not in shipped():
        return {}
    places = [(region, organ)]
    place: RegionCode | None = RegionCode.parse(region)
    while place is not None:
        places.append((str(place), ""))
        place = place.parent()
    row = wordings.in_force(platform.database, places, kind, issued_at.astimezone(CHINA).date())
    return row.texts if row else {}


def save(
    platform: Platform, standing: Standing, region: str, organ: str, kind: str, texts: Mapping[str, str], note: str
) -> int:
    """Keeps a draft; answers with its edition. Raises `Refused` and `Faulty`."""
    _require(standing, region)
    if faults := check(wording_of(kind), texts):
        raise Faulty(faults)
    return wordings.keep_draft(
        platform.database,
        region,
        organ,
        kind,
        texts,
        note=note[:200],
        by=standing.actor.account,
        at=platform.now(),
    )


def publish(platform: Platform, standing: Standing, row: WordingRow, on: date) -> None:
    """Lets a draft hold from a day on. Raises `Refused`, also for the one who drafted it."""
    _require(standing, row.region)
    if row.state != DRAFT:
        raise Refused("这一版已经公布", rule=RULE, remedy="请刷新页面查看现在的版本")
    if row.drafted_by == standing.actor.account:
        raise Refused("起草的人不能自己公布", rule=RULE, remedy="请另一位管理人员核对后公布")
    if on <= platform.today():
        raise Refused(
            "生效日期最早是明天：今天已经出具的文书用的是现在的措辞",
            rule=RULE,
            remedy=f"请选择{chinese_date(platform.today())}以后的日期",
            field="in_force_from",
        )
    if check(wording_of(row.kind), row.texts):
        raise Refused("这一版与现在的文书要求不符", rule=RULE, remedy="请打开草稿，按提示修改后再公布")
    if not wordings.publish(platform.database, row, by=standing.actor.account, on=on):
        raise Refused("草稿刚刚被别人修改或公布", rule=RULE, remedy="请刷新页面，核对现在的内容")


def drop(platform: Platform, standing: Standing, row: WordingRow) -> None:
    """Throws a draft away, or takes back an edition before its first day. Raises `Refused`."""
    _require(standing, row.region)
    if row.state == DRAFT:
        wordings.drop_draft(platform.database, row.region, row.organ, row.kind)
    elif row.in_force_from is None or row.in_force_from <= platform.today():
        raise Refused("已经生效的措辞不能撤回，用它出具过文书", rule=RULE, remedy="请起草新的一版来代替")
    else:
        wordings.withdraw(platform.database, row)


def preview(platform: Platform, kind: str, texts: Mapping[str, str]) -> bytes:
    """A made-up document in these words, without a seal. Raises `Refused`, `Faulty` and what typesetting raises."""
    if faults := check(wording_of(kind), texts):
        raise Faulty(faults)
    content: dict[str, Any] = {**example(kind), "document_no": EXAMPLE_NUMBER, "seal": False, "demo": True}
    content["qr_svg"] = platform.qr_svg(str(content["verify_url"]))
    return platform.typeset(kind, {**content, "wording": dict(texts)})


def _require(standing: Standing, region: str) -> None:
    if not manages(standing, region):
        raise Refused("您不能修改这个地区的文书措辞", rule=RULE, remedy="请由本地区或上级的事项管理人员办理")
