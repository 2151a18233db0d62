"""Next year's holidays as a draft that waits for a second person, with the preview of what it would move."""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from banjie.actions.platform import Platform

_KEEPER: Final = "wenshuyi"
# Made up, like everything in the city: nobody has published the arrangement of that year.
_OFF: Final = {
    "元旦": ("01-01",),
    "春节": ("02-05", "02-08", "02-09", "02-10", "02-11", "02-12"),
    "清明节": ("04-05",),
    "劳动节": ("05-03", "05-04", "05-05"),
    "端午节": ("06-09",),
    "中秋节": ("09-15",),
    "国庆节": ("10-01", "10-04", "10-05", "10-06", "10-07"),
}
_WORKED: Final = {"春节": ("01-30", "02-20"), "劳动节": ("05-08",), "国庆节": ("10-09",)}


def draft_next_year(platform: "Platform") -> int:
    """The national calendar with 2027 as a draft, previewed; answers with how many deadlines it would move."""
    from banjie.actions import calendar_rounds, calendars  # noqa: PLC0415 — Django is set up by then.
    from banjie.packs.calendar_uploads import with_arrangement  # noqa: PLC0415 — the same.
    from banjie.packs.calendars import NATION  # noqa: PLC0415 — the same.
    from banjie.records import calendars as kept  # noqa: PLC0415 — the same.
    from banjie.records import people  # noqa: PLC0415 — the same.

    keeper = people.standing(platform.database, _KEEPER, platform.today(), name=_KEEPER)
    row = calendars.draft(platform, keeper, NATION, "全国2027")
    row = calendars.revise(platform, keeper, row, with_arrangement(row.edition.document, _year(2027)))
    begun = calendars.preview(platform, keeper, row)
    calendar_rounds.make_round(platform, begun.region, begun.id)
    told = kept.find_round(platform.database, begun.region, begun.id)
    return int(told.told.get("earlier", 0) + told.told.get("later", 0)) if told else 0


def _year(year: int) -> dict[str, Any]:
    def days(named: dict[str, tuple[str, ...]], *, off: bool) -> list[dict[str, Any]]:
        return [
            {"name": name, "date": f"{year}-{day}", "isOffDay": off} for name, those in named.items() for day in those
        ]

    found = [*days(_OFF, off=True), *days(_WORKED, off=False)]
    return {
        "year": year,
        "source": "演示用，以国务院办公厅的通知为准",
        "days": sorted(found, key=lambda one: str(one["date"])),
    }
