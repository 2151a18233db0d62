"""Stories of works: dug-up roads with their departments, and soil conservation with its experts."""

from datetime import time

from banjie.demo.acts import (
    DECIDER,
    ENGINEER,
    HEAD,
    REVIEWER,
    ROAD,
    SOIL,
    Course,
    accepted,
    approved,
    claimed,
    delivered,
    experts,
    on,
    opinions,
    review,
)
from banjie.demo.telling import Story
from banjie.engine.cases import Delivery
from banjie.engine.cases.acts import (
    Extend,
    FinishStep,
    StartReview,
    StartSpecial,
    Terminate,
)


def _segments(road: str) -> list[dict[str, str]]:
    """The stretches of a road that are dug up, one after the other."""
    name = road.partition("（")[0]
    parts = (("北侧人行道", "64.5", "1.2"), ("路口横穿", "18", "2.4"), ("南侧人行道", "37.5", "1.2"))
    return [
        {"segment_road": name, "segment_part": part, "segment_length": length, "segment_width": width}
        for part, length, width in parts
    ]


def _road(
    holder: str,
    day: int,
    road: str,
    course: Course = (),
    *,
    green: bool = False,
    later: tuple[str, ...] = (),
    at: str = "09:35",
) -> Story:
    answers = {"work": "dig", "road_age": "old", "green": "yes" if green else "no", "traffic": "yes"}
    data: dict[str, object] = {
        "project_name": f"{road}管线改造工程",
        "road": road,
        "area": "240",
        "depth_cm": "180",
        "trees": "6",
    }
    data |= {"segments": _segments(road)}
    return Story(ROAD, holder, day, time.fromisoformat(at), answers, course, data, later)


def _joint(day: int) -> Course:
    return on(day, "10:00", ENGINEER, FinishStep("joint_review", "各部门意见一致，建议准予。"))


ROAD_STORIES = (
    _road(
        "c-heshun",
        -35,
        "长堤路（槐树巷至望江路）",
        accepted() + review(1, 2, ENGINEER) + opinions(5, green=True) + _joint(7) + approved(8) + delivered(9),
        green=True,
    ),
    _road(
        "c-guangxin",
        -22,
        "桂园街（1 号至 40 号）",
        accepted() + review(0, 2, ENGINEER) + opinions(4) + _joint(6) + approved(7) + delivered(8),
    ),
    _road(
        "c-ranqi",
        -18,
        "渡口路（60 号至 90 号）",
        accepted()
        + review(1, 2, ENGINEER)
        + on(8, "11:00", DECIDER, Terminate("工程所依据的管网改造计划已撤销，申请人书面确认不再实施。")),
    ),
    _road("c-heshun", -10, "望江路（100 号至 160 号）", accepted() + review(1, 2, ENGINEER) + opinions(6) + _joint(8)),
    _road(
        "c-guangxin",
        -9,
        "长堤路（70 号至 110 号）",
        accepted() + review(1, 3, ENGINEER) + opinions(7, green=True),
        green=True,
    ),
    _road(
        "c-ranqi",
        -6,
        "麦香路（9 号至 66 号）",
        accepted() + review(1, 2, ENGINEER) + opinions(4, city=False, green=False),
        green=True,
    ),
    _road(
        "c-qingfeng", -14, "工业大道（起点至 15 号）", accepted() + review(1, 3, ENGINEER) + opinions(6, city=False)
    ),  # Late.
    _road(
        "c-heshun", -2, "槐树巷（全段）", accepted(0) + on(1, "09:30", ENGINEER, StartReview()), later=("restoration",)
    ),
    _road("c-lanrui", -1, "望江路（8 号门前）", accepted(0, "14:05", "14:30"), at="11:20"),
    _road("c-guangxin", -1, "荷塘路（1 号至 3 号）", at="16:10"),
)


def _soil(holder: str, day: int, project: str, course: Course = (), *, zone: str = "outside") -> Story:
    answers = {"size": "large", "apply_type": "new", "zone": zone}
    data = {
        "project_name": project,
        "project_code": "9901-000000-04-01-100231",
        "address": "澜江市青禾县工业大道两侧",
        "land_area": "86000",
        "earthwork": "72000",
        "investment": "186000000",
        "compiler": "澜江清源水土保持设计所",
    }
    return Story(SOIL, holder, day, time(9, 5), answers, course, data)


SOIL_STORIES = (
    _soil(
        "c-qinghe",
        -40,
        "麦田 60 兆瓦光伏电站",
        accepted() + review(0, 1, ENGINEER) + experts(2, 15, 14) + approved(16) + delivered(17),
    ),
    _soil(
        "c-lanrui",
        -27,
        "江左滨水商务区一期",
        accepted() + review(0, 2, ENGINEER) + experts(3, 15, 17) + approved(19) + delivered(20, way=Delivery.DIRECT),
    ),
    _soil("c-shuimu", -24, "水木建材二期厂房", accepted() + review(1, 2, ENGINEER) + experts(3, 15, 21)),
    _soil("c-qinghe", -9, "麦田储能站", accepted() + review(0, 1, ENGINEER) + experts(2)),
    _soil(
        "c-lanrui", -22, "江右物流园", accepted() + review(1, 2, ENGINEER) + experts(3), zone="inside"
    ),  # Experts are late.
    _soil(
        "c-ranqi",
        -12,
        "澄燃气源厂扩建",
        accepted()
        + review(0, 2, ENGINEER)
        + on(4, "10:10", REVIEWER, StartSpecial("hearing", 20, "利害关系人申请听证，所需 20 个工作日不计入办理期限。")),
    ),
    _soil(
        "c-qingfeng",
        -13,
        "青枫预制构件厂",
        accepted()
        + review(1, 3, ENGINEER)
        + on(9, "14:20", HEAD, Extend(10, "方案涉及两县取土场，需补充比选，经负责人批准延长。")),
    ),
    _soil("c-shuimu", -2, "水木建材三期堆场", claimed(1)),
)
