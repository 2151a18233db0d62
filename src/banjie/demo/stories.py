"""What has happened in 澜江市 in the last forty working days. All of it is made up.

Days are counted from today, so that on any day some cases are due, some late, some waiting for their applicants.
Every stage a case can be in is there, and every item that ships. Nothing here is shown by its being here: each act
goes through the law, and a story that breaks it stops the founding of the city.
"""

from datetime import time

from banjie.demo.acts import (
    CLERK,
    DECIDER,
    ENGINEER,
    HEAD,
    INSPECTOR,
    REVIEWER,
    accepted,
    approved,
    asked,
    claimed,
    corrected,
    delivered,
    denied,
    experts,
    on,
    opinions,
    review,
    supplied,
    visited,
)
from banjie.demo.telling import Beat, Story
from banjie.engine.cases import Ask, Channel, Delivery
from banjie.engine.cases.acts import (
    ConfirmWithdrawal,
    Extend,
    FindNotCompetent,
    FindNotRequired,
    FinishStep,
    ReturnStep,
    StartReview,
    StartSpecial,
    Terminate,
    Withdraw,
)

SUSPENSION = "1199010000BJ00016Q3001031003000"
HYGIENE = "1199010000BJ00016Q3990100000002"
DRUG = "1199010000BJ00016Q3990100000003"
SOIL = "1199010000BJ00016Q3990100000004"
ROAD = "1199010000BJ00016Q3990100000005"
FOOD = "1199010000BJ00016Q3000131023000"

Course = tuple[Beat, ...]

_CATERING = {"apply_type": "new", "business": "catering", "cold_or_raw": "none"}
_COLD = {"apply_type": "new", "business": "catering", "cold_or_raw": "cold"}
_CANTEEN = {"apply_type": "new", "business": "canteen", "cold_or_raw": "none"}
_SALE = {"apply_type": "new", "business": "sale"}
_RENEWAL = {"apply_type": "renewal", "business": "catering", "unchanged": "unchanged"}
_CHANGE = {"apply_type": "change", "business": "catering", "cold_or_raw": "none", "change": "person"}
_PLAN = Ask(
    "floor_plan", "平面图没有标出水池的位置", "请补标各水池及用途后重新上传", "食品安全法第三十三条第一款第（一）项"
)
_RULES = Ask(
    "safety_rules", "没有写明食品安全管理人员的职责", "请补写后重新上传", "食品安全法第三十三条第一款第（三）项"
)


def _food(
    holder: str,
    day: int,
    answers: dict[str, str],
    course: Course = (),
    *,
    officer: str = "",
    at: str = "09:20",
    later: tuple[str, ...] = (),
    agent: str = "",
    channel: Channel = Channel.WEB,
) -> Story:
    sells = {
        "sale": ["prepackaged", "bulk"],
        "canteen": ["hot", "drinks"],
    }.get(answers["business"], ["hot", "cold"] if answers.get("cold_or_raw") == "cold" else ["hot", "drinks"])
    data = {
        "business_items": sells,
        "safety_officer": officer or "文食安",
        "area": "168",
        "kitchen_area": "56",
        "diners": "120",
        "remarks": "开业前已完成装修和设备安装。",
    }
    return Story(FOOD, holder, day, time.fromisoformat(at), answers, course, data, later, agent, channel)


FOOD_STORIES = (
    # Over: granted and handed over, the first ones a while ago.
    _food("c-yunbei", -39, _COLD, accepted() + review(1, 2) + visited(4, "site_visit") + approved(5) + delivered(6)),
    _food(
        "c-chunhe",
        -33,
        _CATERING,
        accepted() + review(1, 2) + visited(4, "site_visit") + approved(5) + delivered(6),
        agent="linzhao",
        officer="顾灶生",
    ),
    _food("c-chaxu", -29, _SALE, accepted(1) + review(1, 2) + approved(3) + delivered(3, "16:55")),
    _food("c-mianguan", -26, _RENEWAL, accepted() + review(0, 1) + approved(2) + delivered(3)),
    _food(
        "c-nuanyang",
        -24,
        _CANTEEN,
        claimed(0)
        + asked(1, (_PLAN, _RULES), 10)
        + corrected(4, "floor_plan", "safety_rules")
        + on(5, "09:35", CLERK, accepted()[1].act)
        + review(5, 6)
        + visited(9, "site_visit")
        + approved(10)
        + delivered(11, way=Delivery.DIRECT),
    ),
    _food("c-hetao", -20, _SALE, accepted() + review(1, 2) + approved(3) + delivered(4)),
    _food(
        "c-jiangfeng", -17, _CATERING, accepted() + review(0, 2) + visited(5, "site_visit") + approved(6) + delivered(7)
    ),
    # Over in other ways.
    _food(
        "c-hetao",
        -22,
        _CATERING,
        accepted()
        + review(1, 2)
        + visited(5, "site_visit", outcome="fail", findings=("食品处理区与厕所直接相通", "没有设置清洗消毒水池"))
        + denied(6, "食品处理区与厕所直接相通，不符合食品安全法第三十三条第一款第（四）项", "没有设置清洗消毒水池")
        + delivered(7),
    ),
    _food(
        "c-shuimu",
        -15,
        _SALE,
        claimed(1)
        + on(1, "11:00", CLERK, FindNotRequired("经核对，您只销售预包装食品，依法不需要取得许可，备案即可。")),
    ),
    _food(
        "c-shijian",
        -12,
        _SALE,
        claimed(0)
        + on(1, "09:30", CLERK, FindNotCompetent("经营场所在江右区自贸片区，由区里办理。", "澜江市江右区行政审批局")),
    ),
    _food("c-guangying", -19, _SALE, on(1, "08:40", "", Withdraw("影城卖品部调整，暂不经营"))),
    _food(
        "c-kangshu",
        -14,
        _SALE,
        accepted()
        + review(1, 2)
        + on(3, "10:30", "", Withdraw("改由总部统一办理"))
        + on(4, "09:15", CLERK, ConfirmWithdrawal()),
    ),
    _food("c-yihe", -21, _CATERING, claimed(0) + asked(1, (_PLAN,), 5)),  # The answer never came.
    _food("c-baicao", -11, _SALE, accepted(), later=("safety_rules",)),  # Nor did the tolerated paper.
    # Decided, waiting to be handed over.
    _food("c-yunbei", -9, _CHANGE, accepted() + review(1, 2) + approved(3)),
    _food(
        "c-lanrui",
        -10,
        _CANTEEN,
        accepted()
        + review(1, 2)
        + visited(5, "site_visit", outcome="fail", findings=("就餐人数超过食品处理区能力",))
        + denied(7, "食品处理区面积与就餐人数不相适应，不符合食品安全法第三十三条第一款第（一）项"),
    ),
    # In hand.
    _food(
        "c-mianguan",
        -8,  # Promised for today.
        _COLD,
        accepted()
        + review(1, 3)
        + on(6, "10:40", INSPECTOR, FinishStep("site_visit", "现场与图纸一致，待另一名核查人员签署。")),
        at="08:45",
    ),
    _food("c-ranqi", -8, _CANTEEN, accepted(0, "11:10", "11:25") + review(2, 3) + visited(6, "site_visit"), at="10:30"),
    _food("c-hetao", -12, _CATERING, accepted() + review(1, 3) + visited(8, "site_visit")),  # Late.
    _food(
        "c-qingfeng",
        -19,
        _CANTEEN,
        accepted() + review(2, 4) + on(17, "15:00", HEAD, Extend(10, "场地消防改造未完成，需待复核结论后作出决定。")),
    ),
    _food("c-chunhe", -4, _COLD, accepted(1) + review(2, 3), agent="linzhao", officer="顾灶生", at="14:30"),
    _food(
        "c-chunhe",
        -2,
        _CANTEEN,
        accepted(1, "09:05", "09:20"),
        agent="linzhao",
        later=("safety_rules",),
        officer="顾灶生",
    ),
    _food(
        "c-jiangfeng", -6, _CATERING, accepted() + supplied(3, "safety_rules") + review(3, 5), later=("safety_rules",)
    ),
    _food(
        "c-kangshu", -5, _SALE, accepted() + review(1, 2) + on(4, "10:20", "", Withdraw("商品线调整，暂不销售散装食品"))
    ),
    _food("c-nuanyang", -7, _CANTEEN),  # Nobody answered in five days: accepted by silence.
    _food(
        "c-chunhe",
        -3,
        _CHANGE,
        claimed(1)
        + asked(
            2,
            (
                Ask(
                    "change_proof",
                    "没有写明变更后的负责人",
                    "请写明变更前后的内容并签字",
                    "食品经营许可和备案管理办法关于变更的规定",
                ),
            ),
            10,
        ),
        agent="linzhao",
        officer="顾灶生",
    ),
    _food("c-chaxu", -7, _CATERING, claimed(1) + asked(2, (_PLAN,), 5), at="15:10"),  # Its answer is due today.
    _food(
        "c-yunbei",
        -6,
        _CATERING,
        claimed(1) + asked(2, (_PLAN, _RULES), 8) + corrected(5, "floor_plan", "safety_rules"),
    ),
    _food("c-guangxin", -5, _CANTEEN, claimed(3), channel=Channel.COUNTER),  # The window must answer today.
    _food("c-shijian", -2, _SALE, claimed(1, "09:40")),
    _food("c-mianguan", -1, _RENEWAL, at="16:20"),
    _food("c-yihe", -1, _CATERING, at="11:05", channel=Channel.MOBILE),
    _food("c-jiangan", 0, _SALE, at="08:35", agent="guosuimian"),
)


def _drug(holder: str, day: int, answers: dict[str, str], course: Course = (), *, at: str = "09:30") -> Story:
    data = {
        "quality_head": "章质安",
        "pharmacist_number": "演示-990100-0231",
        "staff": "4",
        "area": "130",
        "drug_scope": ["patent", "chemical"],
    }
    return Story(DRUG, holder, day, time.fromisoformat(at), answers, course, data)


_SHOP = {"apply_type": "new", "scope": "prescription", "chilled": "no"}
_COLD_SHOP = {"apply_type": "new", "scope": "prescription", "chilled": "yes"}
_OTC = {"apply_type": "new", "scope": "otc", "chilled": "no"}
_NEW_HEAD = {"apply_type": "change", "scope": "otc", "chilled": "no", "part": "person"}
_RENEWED = {"apply_type": "renewal", "scope": "otc", "chilled": "no"}

DRUG_STORIES = (
    _drug("c-kangshu", -37, _SHOP, accepted() + review(1, 3) + visited(7, "inspection") + approved(9) + delivered(10)),
    _drug("c-jiangan", -25, _NEW_HEAD, accepted() + review(1, 3) + approved(5) + delivered(6)),
    _drug(
        "c-baicao",
        -30,
        _COLD_SHOP,
        accepted()
        + review(2, 4)
        + visited(8, "inspection", outcome="fail", findings=("冷藏设备没有自动监测记录",))
        + denied(10, "冷藏药品储存条件不符合药品管理法第五十二条第（二）项")
        + delivered(11),
    ),
    _drug("c-kangshu", -14, _RENEWED, accepted() + review(1, 3) + visited(8, "inspection") + approved(10)),
    _drug(
        "c-jiangan",
        -7,
        _COLD_SHOP,
        accepted()
        + review(1, 3)
        + on(6, "11:15", INSPECTOR, FinishStep("inspection", "设施设备与清单一致，冷柜验证在有效期内。")),
    ),
    _drug(
        "c-baicao",
        -11,
        _OTC,
        accepted()
        + review(1, 4)
        + on(
            8,
            "15:30",
            INSPECTOR,
            StartSpecial("site_inspection", 5, "发现三处一般缺陷，整改后复查；法定期限照常计算。"),
        ),
    ),
    _drug(
        "c-nuanyang",
        -9,
        _OTC,
        accepted()
        + review(1, 3)
        + on(
            6,
            "16:00",
            INSPECTOR,
            ReturnStep("inspection", "review", "执业药师注册单位与申请人不一致，请重新核对材料。"),
        ),
    ),
    _drug("c-yihe", -24, _OTC, accepted() + review(2, 5)),  # Past its legal term.
    _drug(
        "c-guangying",
        -3,
        _OTC,
        claimed(1)
        + asked(
            1,
            (
                Ask(
                    "quality_rules",
                    "没有处方审核和不良反应报告制度",
                    "请补写后重新上传",
                    "药品管理法第五十二条第（四）项",
                ),
            ),
        ),
    ),
    _drug("c-jiangfeng", -1, _OTC, at="14:50"),
)


def _hygiene(
    holder: str, day: int, place: str, course: Course = (), *, at: str = "10:00", air: str = "without"
) -> Story:
    answers = {"apply_type": "new", "place": place, "air": air, "credit": "clear"}
    data = {"area": "96", "staff": "6", "rooms": "18", "hygiene_officer": "舒洁"}
    return Story(HYGIENE, holder, day, time.fromisoformat(at), answers, course, data)


_PROMISED = "承诺书完整，申请人不在信用限制之列，当场准予；发证后按规定核查。"


def _at_once(day: int = 0, start: str = "10:30") -> Course:
    hour = int(start[:2])
    return (
        accepted(day, start, f"{hour}:40")
        + approved(day, f"{hour + 1}:05", _PROMISED)
        + delivered(day, f"{hour + 1}:20")
    )


HYGIENE_STORIES = (
    _hygiene("c-shijian", -36, "hair", _at_once()),
    _hygiene("c-jiangfeng", -31, "lodging", _at_once(1)),
    _hygiene("c-yihe", -18, "bath", _at_once()),
    _hygiene("c-guangying", -13, "cinema", _at_once(0, "14:10"), air="with", at="13:40"),
    _hygiene("c-chunhe", -6, "shop", _at_once(0, "15:05"), at="14:40"),
    _hygiene("c-nuanyang", -2, "shop", accepted(0) + approved(0, "11:30", _PROMISED)),
    _hygiene("c-shijian", -1, "hair", accepted(0, "16:05", "16:25"), at="15:50"),  # Should have been decided at once.
    _hygiene("c-jiangfeng", -1, "lodging", at="16:45", air="with"),
)


def _suspension(holder: str, day: int, course: Course = (), *, cause: str = "other", at: str = "09:45") -> Story:
    answers = {"suspension": "first", "cause": cause, "served_at": "same"}
    return Story(SUSPENSION, holder, day, time.fromisoformat(at), answers, course, {"staff": "9", "settled": "是"})


_FILED = "材料齐全，符合法定形式，当场予以备案。"


def _filed(day: int = 0) -> Course:
    return accepted(day, "10:10", "10:20") + approved(day, "10:45", _FILED) + delivered(day, "11:00")


SUSPENSION_STORIES = (
    _suspension("c-shuimu", -34, _filed()),
    _suspension("c-chaxu", -23, _filed(), cause="health"),
    _suspension("c-hetao", -16, _filed(1), cause="disaster"),
    _suspension("c-yihe", -10, _filed()),
    _suspension("c-guangxin", -4, accepted(0, "10:10", "10:20") + approved(0, "10:45", _FILED)),
    _suspension("c-ranqi", -1, at="15:30"),
    _suspension("c-heshun", 0, at="08:50"),
)


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
    data = {"project_name": f"{road}管线改造工程", "road": road, "area": "240", "depth_cm": "180", "trees": "6"}
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

STORIES: tuple[Story, ...] = (
    *FOOD_STORIES,
    *DRUG_STORIES,
    *HYGIENE_STORIES,
    *SUSPENSION_STORIES,
    *ROAD_STORIES,
    *SOIL_STORIES,
)
"""Everything, in no order: the teller sorts by moment."""
