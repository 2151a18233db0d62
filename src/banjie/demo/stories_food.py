"""Stories of 食品经营许可: every turn a case can take."""

from datetime import time

from banjie.demo.acts import (
    CLERK,
    FOOD,
    HEAD,
    INSPECTOR,
    REVIEWER,
    Course,
    accepted,
    approved,
    asked,
    claimed,
    corrected,
    delivered,
    denied,
    on,
    review,
    supplied,
    visited,
)
from banjie.demo.telling import Story
from banjie.engine.cases import Ask, Channel, Delivery
from banjie.engine.cases.acts import (
    AnswerUrge,
    ConfirmWithdrawal,
    Extend,
    FindNotCompetent,
    FindNotRequired,
    FinishStep,
    Urge,
    Withdraw,
)

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

_URGED = on(10, "09:30", "", Urge()) + on(
    11, "10:10", REVIEWER, AnswerUrge("现场核查已经通过，正在等决定人签署，办出来马上告诉您。")
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
    _food("c-hetao", -20, _SALE, accepted() + review(3, 6) + approved(10) + delivered(11)),  # Decided two days late.
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
    _food("c-hetao", -12, _CATERING, accepted() + review(1, 3) + visited(8, "site_visit") + _URGED),  # Late.
    _food(
        "c-qingfeng",
        -19,
        _CANTEEN,
        accepted() + review(2, 4) + on(17, "15:00", HEAD, Extend(10, "场地消防改造未完成，需待复核结论后作出决定。")),
    ),
    _food(
        "c-chunhe",
        -4,
        _COLD,
        accepted(1) + review(2, 3) + on(3, "16:40", "", Urge()),  # Its answer is owed today.
        agent="linzhao",
        officer="顾灶生",
        at="14:30",
    ),
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
