"""Districts beside the county, as a leader compares them: who decides on the day promised, and who does not."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from banjie.actions.figures import follow_figures
from banjie.actions.founding import publish_items
from banjie.actions.platform import Platform
from banjie.demo.acts import SUSPENSION, Course, on
from banjie.demo.telling import Story, Teller
from banjie.engine.cases import Channel, Delivery
from banjie.engine.cases.acts import Accept, Approve, Claim, Deliver
from banjie.packs.city import City


@dataclass(frozen=True, slots=True)
class Place:
    """A region that files suspensions of business: its window, who decides, and how many days each case took."""

    region: str
    organ: str
    organ_name: str
    organ_short: str
    window: str
    decider: str
    took: tuple[int, ...]
    way: Delivery


_FILED = "材料齐全，符合法定形式，予以备案。"
_HOLDERS = ("c-shuimu", "c-chaxu", "c-hetao", "c-yihe", "c-guangxin")
# 歇业备案 is promised for the very day, so each case that took a day is late.
PLACES = (
    Place(
        *("990102", "1199010200BJ00112Y", "澜江市江左区行政审批局", "江左审", "ruanzuolan", "zhuzuoting"),
        (0, 0, 0, 0, 0),
        Delivery.ELECTRONIC,
    ),
    Place(
        *("990104", "1199010400BJ00120N", "澜江市江右区行政审批局", "江右审", "mayouting", "shangyouan"),
        (0, 0, 1, 0, 0),
        Delivery.ELECTRONIC,
    ),
    Place(
        *("990121", "1199012100BJ001397", "青禾县行政审批局", "青审", "haoqinghe", "guhexiang"),
        (2, 0, 3, 1),
        Delivery.DIRECT,
    ),
)


def compare_places(platform: Platform, city: City, back: timedelta) -> int:
    """Tells the cases of the districts and the county, and counts all figures. Answers with how many cases.

    `back` is how long before today the item came into force.
    """
    law = platform.laws.published(platform.region, SUSPENSION)
    if law is None:
        return 0
    told = 0
    for place in PLACES:
        item = replace(
            law.item,
            code=SUSPENSION.replace(law.item.organ, place.organ),
            region=place.region,
            organ=place.organ,
            organ_name=place.organ_name,
            organ_short=place.organ_short,
            effective_on=_in_force(law.item.effective_on, platform.today() - back),
        )
        publish_items(platform, [item], platform.today())
        stories = tuple(_story(place, item.code, number, days) for number, days in enumerate(place.took))
        teller = _Briefly(replace(platform, region=place.region), city)
        told += teller.tell(stories, lambda _share, _day: None).cases
    while follow_figures(platform, platform.now()):
        pass
    return told


class _Briefly(Teller):
    """Tells without mornings: by now nothing else is due any more, and every case here ends by itself."""

    def _morning(self, day: date) -> int:
        del day
        return 0


def _in_force(shipped: date, wanted: date) -> date:
    return min(shipped, wanted)


def _delivered(way: Delivery) -> Deliver:
    if way is Delivery.DIRECT:
        return Deliver(way, details={"received_by": "申请人本人", "place": "出件窗口"})
    return Deliver(way, "备案凭证已推送，申请人已在线签收")


def _story(place: Place, code: str, number: int, days: int) -> Story:
    answers = {"suspension": "first", "cause": "other", "served_at": "same"}
    course: Course = (
        on(0, "10:10", place.window, Claim())
        + on(0, "10:20", place.window, Accept())
        + on(days, "15:45", place.decider, Approve(_FILED))
        + on(days, "16:00", place.window, _delivered(place.way))
    )
    channel = Channel.COUNTER if place.way is Delivery.DIRECT and number % 2 else Channel.WEB
    return Story(
        code,
        _HOLDERS[number],
        -8 + number,
        time(9, 45),
        answers,
        course,
        {"staff": "9", "settled": "是"},
        channel=channel,
    )
