"""The acts an official is offered on a case, and what comes in when one of their forms is sent."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from banjie.actions.handling import AT_DESK, liftable, open_acts, own_steps
from banjie.engine.cases import NAMES, PATHS, Case, Command, Law, path_of
from banjie.engine.cases import acts as engine_acts
from banjie.engine.codec import decode
from banjie.engine.endorsements import SECTION, name_of, points_of, standing_of, target_of
from banjie.engine.error_classes import ERROR_MEANINGS, ERROR_NAMES
from banjie.engine.permissions import Actor
from banjie.engine.rules import Condition
from banjie.engine.subject import Malformed
from banjie.engine.workflow import Step, StepKind

KEY_FORM: Final = re.compile(r"[!-~]{8,128}")

_ONE_PRESS: Final = (engine_acts.Claim, engine_acts.Accept, engine_acts.StartReview, engine_acts.ConfirmWithdrawal)
_LEADING: Final = (
    *_ONE_PRESS,
    engine_acts.FinishStep,
    engine_acts.Approve,
    engine_acts.Deliver,
    engine_acts.EndSpecial,
)
_GRAVE: Final = (engine_acts.Deny, engine_acts.Terminate)

_MEANING: Final[Mapping[type[Command], str]] = {
    engine_acts.Claim: "接下这个申请，开始核对材料。",
    engine_acts.Accept: "出具受理通知书，法定时限从今天起算。",
    engine_acts.StartReview: "进入审查环节。",
    engine_acts.ConfirmWithdrawal: "申请人要求撤回；确认后办件结束。",
}

# The two refusals at the door differ by one sign in the law's words; at the desk each says what it is for.
_PLAINER: Final[Mapping[type[Command], str]] = {
    engine_acts.FindNotRequired: "不受理（依法不需要许可）",
    engine_acts.FindNotCompetent: "不予受理（不属于本机关）",
}

_DONE: Final[Mapping[type[Command], str]] = {
    engine_acts.Claim: "已接件，请核对材料后决定是否受理。",
    engine_acts.AskCorrection: "补正通知书已发给申请人，等待补正期间不计时。",
    engine_acts.LiftEndorsement: "已准许重新审查，理由已告知申请人和督查人员。",
    engine_acts.AnswerUrge: "已答复催办，申请人会收到您的话。",
    engine_acts.FindNotRequired: "已出具不予受理通知书，告知申请人不需要办理许可。",
    engine_acts.FindNotCompetent: "已出具不予受理通知书，告知申请人应当向哪个机关申请。",
    engine_acts.Accept: "已受理，受理通知书已发给申请人。",
    engine_acts.Tolerate: "已准许容缺，容缺受理通知书已发给申请人。",
    engine_acts.StartReview: "已进入审查。",
    engine_acts.ReturnStep: "已退回重办。",
    engine_acts.StartSpecial: "特别程序已启动，告知书已发给申请人，法定时限暂停。",
    engine_acts.EndSpecial: "特别程序已结束，时限继续计算。",
    engine_acts.Extend: "已延期，延期告知书已发给申请人。",
    engine_acts.Approve: "已作出准予决定，请在十个工作日内送达。",
    engine_acts.Deny: "已作出不予许可决定，请在十个工作日内送达。",
    engine_acts.Deliver: "已送达，办件办结。",
    engine_acts.ConfirmWithdrawal: "已确认撤回，办件结束。",
    engine_acts.Terminate: "已终止办理。",
}

ERRORS: Final = tuple((one.value, f"{name}：{ERROR_MEANINGS[one]}") for one, name in ERROR_NAMES.items())
"""The classes of mistakes, as the form of a return for rework offers them."""

OUTCOMES: Final[Mapping[str, str]] = {"pass": "通过", "fail": "不通过"}

OPINIONS: Final[Mapping[StepKind, tuple[str, ...]]] = {
    StepKind.REVIEW: (
        "经审查，申请材料齐全、符合法定形式，内容符合审查标准，建议准予",
        "经审查，主要材料符合审查标准，需结合现场情况进一步核实",
        "经审查，申请不符合审查标准，建议不予许可",
    ),
    StepKind.SITE_VISIT: (
        "经两名工作人员现场核查，场所、设施与申请材料一致，符合要求",
        "经现场核查，主要条件符合要求，个别问题已当场改正",
        "经现场核查，场所或设施不符合要求，不予通过",
    ),
    StepKind.EXPERT_REVIEW: (
        "专家组认为方案可行，同意通过",
        "专家组认为方案经修改后可行，修改内容已核实",
        "专家组认为方案不可行，不予通过",
    ),
    StepKind.OPINION: (
        "经研究，本单位同意",
        "经研究，本单位原则同意，请申请人按附列要求实施",
        "经研究，本单位不同意，理由见意见",
    ),
    StepKind.DECISION: (
        "经审查，符合法定条件、标准，决定准予",
        "经审查和现场核查，符合法定条件、标准，决定准予",
        "经审查，符合法定条件，容缺材料已经补齐，决定准予",
    ),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that may be tried now. `one_press` needs no form; `step` is set where the act is for one step."""

    path: str
    name: str
    kind: str
    """Of button(): primary, secondary or warning."""
    one_press: bool = False
    meaning: str = ""
    step: str = ""

    @property
    def key(self) -> str:
        """What names the offer in an address: finish-step or finish-step:site."""
        return f"{self.path}:{self.step}" if self.step else self.path


def offers(case: Case, actor: Actor, law: Law) -> tuple[Offer, ...]:
    """What this official may try, what usually comes next first."""
    allowed = open_acts(case, actor, law)
    found: list[Offer] = []
    for command in AT_DESK:
        if command not in allowed:
            continue
        if command in (engine_acts.FinishStep, engine_acts.ReturnStep):
            found.extend(_for_step(command, step) for step in own_steps(case, actor, law, command))
        else:
            found.append(_offer(command))
    return tuple(found)


def _offer(command: type[Command]) -> Offer:
    kind = "warning" if command in _GRAVE else "primary" if command in _LEADING else "secondary"
    name = _PLAINER.get(command, NAMES[command])
    return Offer(path_of(command), name, kind, command in _ONE_PRESS, _MEANING.get(command, ""))


def _for_step(command: type[Command], step: Step) -> Offer:
    if command is engine_acts.FinishStep:
        return Offer(path_of(command), f"办结“{step.name}”", "primary", step=step.key)
    return Offer(path_of(command), f"从“{step.name}”退回重办", "secondary", step=step.key)


def open_points(case: Case, law: Law) -> dict[str, tuple[str, ...]]:
    """By material, or by field of the form, the points that may still be asked about where others are settled."""
    if not case.endorsements:
        return {}
    settled = {tuple(key.split("|", 1)) for key, _ in liftable(case, law)}
    asked = [material.key for material in law.item.materials] + [f"form:{field.key}" for field in law.item.form.fields]
    found = {}
    for key in asked:
        target = target_of(law.item, key)
        if any(one[0] == target for one in settled):
            found[key] = tuple(point for point in points_of(law.item, target) if (target, point) not in settled)
    return found


def against(case: Case, law: Law) -> list[tuple[str, str]]:
    """Points (target|point, words) a finding against the application may rest on, where others are settled."""
    standing = standing_of(case.endorsements, case.lifted, law.item, case.data, case.papers)
    if not standing:
        return []
    targets = [f"{SECTION}{one.key}" for one in law.item.form.sections] + [one.key for one in law.item.materials]
    return [
        (f"{target}|{point}", f"{name_of(law.item, target)}：{point}")
        for target in targets
        for point in points_of(law.item, target)
        if point not in {one.point for one in standing.get(target, ())}
    ]


def outcomes(law: Law, step: str) -> tuple[tuple[str, str], ...]:
    """The results (value, words) a step may have: pass, fail, and what the ways out of the workflow ask for."""
    values = dict(OUTCOMES)
    for one in law.item.workflow.steps:
        for route in one.routes:
            for condition in route.when:
                values |= {value: value for value in _asked(condition, f"{step}.outcome") if value not in values}
    return tuple(values.items())


def _asked(condition: Condition, fact: str) -> tuple[str, ...]:
    if condition.fact != fact:
        return ()
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return tuple(str(value) for value in values)


def done_words(command: type[Command], events: tuple[str, ...]) -> str:
    """What has just happened, for the banner."""
    if command is engine_acts.FinishStep:
        return (
            "您的意见已签署，还需要另一名工作人员签署。" if "StepSigned" in events else "环节已办结，办件进入下一环节。"
        )
    if command is engine_acts.Approve and "StepSigned" in events:
        return "您的决定意见已签署，还需要另一名工作人员签署。"
    return _DONE[command]


# --- what comes in ---


def fresh_key() -> str:
    """An idempotency key for a form about to be shown."""
    return secrets.token_urlsafe(18)


def key_of(posted: QueryDict) -> str:
    """The form's own key, so that pressing twice acts once; a new one if it was tampered with."""
    given = posted.get("key", "")
    return given if KEY_FORM.fullmatch(given) else fresh_key()


def read(path: str, posted: QueryDict) -> Command:
    """The act a form asks for. Raises `Malformed` when it cannot be read, KeyError for an act not done at a desk."""
    command = PATHS[path]
    if command not in AT_DESK:
        raise KeyError(path)
    return decode(command, _READERS.get(command, _nothing)(posted))


def _nothing(posted: QueryDict) -> dict[str, Any]:
    return {}


def _texts(*names: str) -> Any:
    def collect(posted: QueryDict) -> dict[str, Any]:
        return {name: posted.get(name, "").strip() for name in names}

    return collect


def _asks(posted: QueryDict) -> dict[str, Any]:
    asks = [
        {
            "material": key,
            "problem": posted.get(f"problem:{key}", "").strip(),
            "requirement": posted.get(f"requirement:{key}", "").strip(),
            "basis": posted.get(f"basis:{key}", "").strip(),
            "insist": posted.get(f"insist:{key}", "").strip(),
            "point": posted.get(f"point:{key}", ""),
        }
        for key in posted.getlist("ask")
    ]
    return {"asks": asks, "days": _number(posted, "days") if posted.get("days", "").strip() else None}


def _lifted(posted: QueryDict) -> dict[str, Any]:
    target, _, point = posted.get("point", "").partition("|")
    return {"target": target, "point": point, "reason": posted.get("reason", "").strip()}


def _step(posted: QueryDict) -> dict[str, Any]:
    return {
        "step": posted.get("step", ""),
        "opinion": _opinion(posted),
        "outcome": posted.get("outcome", ""),
        "findings": posted.getlist("finding"),
        "points": _points(posted),
    }


def _points(posted: QueryDict) -> list[dict[str, str]]:
    """The review points that were ticked as not met; they count where the finding is against the application."""
    parted = (one.partition("|") for one in posted.getlist("against"))
    return [{"target": target, "point": point} for target, _, point in parted]


def _delivery(posted: QueryDict) -> dict[str, Any]:
    """The way with its proofs, each in a field details.KEY; none of them typed, and the evidence stands for itself."""
    named = {
        name.removeprefix("details."): posted.get(name, "").strip() for name in posted if name.startswith("details.")
    }
    typed = {key: value for key, value in named.items() if value}
    way, evidence = posted.get("way", "").strip(), posted.get("evidence", "").strip()
    if evidence and way == "electronic" and set(typed) <= {"served_on"}:
        typed = {}  # A system's receipt says all of it; the day was only filled in beforehand.
    return {"way": way, "evidence": evidence, "details": typed}


def _opinion(posted: QueryDict) -> str:
    """What was typed, else the ready-made sentence that was chosen."""
    return posted.get("opinion", "").strip() or posted.get("template", "").strip()


def _number(posted: QueryDict, name: str) -> int:
    text = posted.get(name, "").strip()
    # int() also takes full-width digits, as Chinese keyboards write them; the length keeps the number sane.
    if not 1 <= len(text) <= 4 or not text.isdecimal():
        raise Malformed(name, "天数应为整数", "请填写工作日数，例如 15")
    return int(text)


_READERS: Final[Mapping[type[Command], Any]] = {
    engine_acts.AskCorrection: _asks,
    engine_acts.LiftEndorsement: _lifted,
    engine_acts.FindNotRequired: _texts("reason"),
    engine_acts.FindNotCompetent: _texts("reason", "redirect_organ"),
    engine_acts.Tolerate: _texts("material"),
    engine_acts.FinishStep: _step,
    engine_acts.ReturnStep: _texts("step", "to", "reason", "error"),
    engine_acts.StartSpecial: lambda posted: {
        "procedure": posted.get("procedure", ""),
        "days": _number(posted, "days"),
        "reason": posted.get("reason", "").strip(),
    },
    engine_acts.EndSpecial: _texts("result"),
    engine_acts.Extend: lambda posted: {"days": _number(posted, "days"), "reason": posted.get("reason", "").strip()},
    engine_acts.Approve: lambda posted: {"opinion": _opinion(posted)},
    engine_acts.Deny: lambda posted: {
        "reasons": [line.strip() for line in posted.get("reasons", "").splitlines() if line.strip()],
        "points": _points(posted),
    },
    engine_acts.Deliver: _delivery,
    engine_acts.Terminate: _texts("ground"),
    engine_acts.AnswerUrge: _texts("words"),
}


def field_of(field: str | None, posted: QueryDict) -> str:
    """The id of the control an error hangs on: the engine's asks[0].problem is the first ticked material's."""
    match = re.match(r"asks\[(\d{1,3})\]", field or "")
    if match is None and (field or "").startswith("points"):
        return "against"
    if match is None:
        return "" if field == "asks" else field or ""
    ticked = posted.getlist("ask")
    index = int(match.group(1))
    asked = "insist" if (field or "").endswith(".insist") else "problem"
    return f"{asked}:{ticked[index]}" if index < len(ticked) else ""
