"""Stories of shops: 药品零售, 公共场所卫生 by promise, and 歇业备案 at once."""

from datetime import time

from banjie.demo.acts import (
    DRUG,
    HYGIENE,
    INSPECTOR,
    SUSPENSION,
    Course,
    accepted,
    approved,
    asked,
    claimed,
    delivered,
    denied,
    on,
    review,
    visited,
)
from banjie.demo.telling import Story
from banjie.engine.cases import Ask
from banjie.engine.cases.acts import (
    FinishStep,
    ReturnStep,
    StartSpecial,
    TakeBack,
)

PHARMACISTS: list[dict[str, str]] = [
    {
        "staff_name": "章质安",
        "staff_id": "990102198603140023",
        "staff_kind": "licensed",
        "staff_number": "演示-990100-0231",
        "staff_from": "2024-03-01",
    },
    {
        "staff_name": "马䶮",
        "staff_id": "990104199107221155",
        "staff_kind": "graduate",
        "staff_from": "2025-06-16",
    },
    {
        "staff_name": "阿依古丽·买买提",
        "staff_id": "990121197905090038",
        "staff_kind": "trained",
        "staff_from": "2026-02-02",
    },
]
"""The people of a pharmacy, one of each kind."""


def _drug(holder: str, day: int, answers: dict[str, str], course: Course = (), *, at: str = "09:30") -> Story:
    data = {
        "quality_head": "章质安",
        "pharmacist_number": "演示-990100-0231",
        "pharmacists": PHARMACISTS,
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
    _suspension("c-shuimu", -2, on(0, "09:51", "", TakeBack())),  # Handed in and taken back to be changed.
    _suspension("c-ranqi", -1, at="15:30"),
    _suspension("c-heshun", 0, at="08:50"),
)
