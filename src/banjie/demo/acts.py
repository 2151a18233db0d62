"""The words of the stories: who does what at which item, in the order of its workflow."""

from datetime import time

from banjie.demo.telling import Beat, Given
from banjie.engine.cases import Command, Delivery
from banjie.engine.cases.acts import (
    Accept,
    Approve,
    Ask,
    AskCorrection,
    Claim,
    Deliver,
    Deny,
    EndSpecial,
    FinishStep,
    Resubmit,
    StartReview,
    StartSpecial,
    SupplyTolerated,
)

SUSPENSION = "1199010000BJ00016Q3001031003000"
HYGIENE = "1199010000BJ00016Q3990100000002"
DRUG = "1199010000BJ00016Q3990100000003"
SOIL = "1199010000BJ00016Q3990100000004"
ROAD = "1199010000BJ00016Q3990100000005"
FOOD = "1199010000BJ00016Q3000131023000"

CLERK, DELIVERY_CLERK = "luoxiaoyu", "huangshiqi"
REVIEWER, ENGINEER = "shenqiubai", "fanhemu"
INSPECTOR, SECOND_INSPECTOR = "kangyuanzhou", "tangshuanglin"
DECIDER, HEAD = "yuezhiheng", "meilanting"
TRAFFIC, CITY, GREEN = "qinjianlu", "weidongqiao", "jianglvyuan"

Course = tuple[Beat, ...]


def on(day: int, at: str, who: str, act: Command | Given) -> Course:
    """One act, `day` working days after the submission; "" stands for the applicant."""
    return (Beat(day, time.fromisoformat(at), who, act),)


def claimed(day: int, at: str = "10:05") -> Course:
    """The window takes the application up."""
    return on(day, at, CLERK, Claim())


def accepted(day: int = 0, claim_at: str = "10:05", accept_at: str = "10:25") -> Course:
    """Taken up and accepted on one day."""
    return claimed(day, claim_at) + on(day, accept_at, CLERK, Accept())


def asked(day: int, asks: tuple[Ask, ...], days: int | None = None, at: str = "14:10") -> Course:
    """A correction notice."""
    return on(day, at, CLERK, AskCorrection(asks, days))


def corrected(day: int, *materials: str, at: str = "11:30") -> Course:
    """The applicant hands in what was asked for."""
    return on(day, at, "", Given(materials, lambda papers: Resubmit(papers=papers)))


def supplied(day: int, material: str, at: str = "15:40") -> Course:
    """The applicant brings a tolerated paper."""
    return on(day, at, "", Given((material,), lambda papers: SupplyTolerated(papers[0])))


def review(day: int, until: int, who: str = REVIEWER, opinion: str = "") -> Course:
    """The review of the papers, begun and finished."""
    words = opinion or "材料齐全，内容相互一致，符合法定形式，拟进入下一环节。"
    return on(day, "11:40", who, StartReview()) + on(until, "15:20", who, FinishStep("review", words))


def visited(day: int, step: str, *, outcome: str = "pass", findings: tuple[str, ...] = ()) -> Course:
    """A visit on the spot, signed by two officials."""
    words = (
        "现场与申报资料一致，核查记录已由申请人确认。" if outcome == "pass" else "现场与申报资料不一致，详见核查记录。"
    )
    return on(day, "10:40", INSPECTOR, FinishStep(step, words, outcome, findings)) + on(
        day, "10:55", SECOND_INSPECTOR, FinishStep(step, words, outcome, findings)
    )


def approved(day: int, at: str = "16:30", opinion: str = "") -> Course:
    """The decision to grant."""
    return on(day, at, DECIDER, Approve(opinion or "申请符合法定条件、标准，准予许可。"))


def denied(day: int, *reasons: str, at: str = "16:10") -> Course:
    """The decision not to grant, with reasons."""
    return on(day, at, DECIDER, Deny(reasons))


def delivered(day: int, at: str = "09:50", way: Delivery = Delivery.ELECTRONIC) -> Course:
    """The result handed over."""
    if way is Delivery.ELECTRONIC:
        return on(day, at, DELIVERY_CLERK, Deliver(way, "电子证照和决定书已推送，申请人已在线签收"))
    return on(day, at, DELIVERY_CLERK, Deliver(way, details={"received_by": "申请人本人", "place": "出件窗口"}))


def opinions(day: int, *, traffic: bool = True, city: bool = True, green: bool = False) -> Course:
    """What the departments have to say about a dug-up road."""
    said: Course = ()
    if traffic:
        said += on(day, "10:15", TRAFFIC, FinishStep("traffic_opinion", "疏导方案可行，请避开早晚高峰施工。"))
    if green:
        said += on(day, "14:05", GREEN, FinishStep("green_opinion", "同意移植，请按方案恢复绿地。"))
    if city:
        said += on(day, "15:45", CITY, FinishStep("city_opinion", "已列入本年度挖掘计划，修复标准明确。"))
    return said


def experts(day: int, days: int = 15, until: int | None = None) -> Course:
    """The expert review, which stops the clock; ended on `until` if it has ended."""
    reason = f"方案需组织专家技术评审，所需 {days} 个工作日不计入办理期限，已书面告知申请人。"
    begun = on(day, "09:40", ENGINEER, StartSpecial("expert_review", days, reason))
    if until is None:
        return begun
    return (
        begun
        + on(until, "16:00", ENGINEER, EndSpecial("专家组一致同意通过评审，修改意见已采纳。"))
        + on(until, "16:20", ENGINEER, FinishStep("expert_review", "评审通过，方案已按专家意见修改。"))
    )
