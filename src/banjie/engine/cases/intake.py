"""Before acceptance, and what acceptance brings with it: articles 29 to 32."""

from datetime import date

from banjie.engine.cases import acts, events
from banjie.engine.cases.clocks import Law, promise_of
from banjie.engine.cases.events import Event
from banjie.engine.cases.guards import LICENCE_LAW, facts, material_name, require_over, require_words, situation
from banjie.engine.cases.same_measure import require_same_measure
from banjie.engine.cases.state import BEFORE_ACCEPTANCE, Case
from banjie.engine.catalogue import Material
from banjie.engine.clock import Timer, TimerKind, reckon
from banjie.engine.filing import Paper
from banjie.engine.form_answers import validate
from banjie.engine.permissions import Actor
from banjie.engine.rules import Fact
from banjie.engine.sharing import require_reason
from banjie.engine.situations import Resolution, resolve
from banjie.engine.subject import Refused
from banjie.engine.workflow_runs import begin


def submit(case: Case, act: acts.Submit, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    item = law.item
    if item.effective_on > today or (item.closed_on and item.closed_on <= today):
        raise Refused("该事项目前不接受申请", rule="事项版本生效日期", remedy="请查看办事指南中的生效日期")
    asked = resolve(item, act.answers, on=today)
    _require_eligible(asked)
    if not asked.complete:
        question = asked.next_question
        raise Refused(
            f"还有问题没有回答：{question.text if question else ''}",
            rule="办理情形",
            remedy="请先回答办事引导中的问题",
            field=f"answers.{question.key}" if question else "answers",
        )
    data, faults = validate(item.form, act.data, asked.facts)
    if faults:
        fault = faults[0]
        raise Refused(
            f"{fault.label}：{fault.reason}", rule="申请表填写要求", remedy=fault.remedy, field=f"data.{fault.field}"
        )
    # Only the whole form lets the item's tables say everything.
    whole = resolve(item, act.answers, data, on=today, filled=True)
    _require_eligible(whole)
    _require_papers(whole.materials, act.papers, act.later)
    if item.by_promise and not act.promised:
        raise Refused("尚未签署告知承诺书", rule="告知承诺制", remedy="请阅读告知内容并勾选承诺", field="promised")
    answer_due = reckon(Timer(TimerKind.REPLY, item.reply, today), (), law.calendar, today, law.rules).due_on
    return (
        events.Submitted(
            on=today,
            number=act.number,
            query_code=act.query_code,
            item=act.item,
            edition=act.edition,
            region=act.region,
            organ=act.organ,
            holder=act.holder,
            answer_due=answer_due,
            agent=act.agent,
            channel=act.channel,
            # Answers to questions this situation does not ask are no facts: no route may hang on them.
            answers={key: act.answers[key] for key in asked.facts},
            data=data,
            papers=act.papers,
            later=act.later,
            promised=act.promised,
            precase=act.precase,
            endorsements=act.endorsements,
            changeable_until=act.changeable_until,
            prechecked=act.prechecked,
            calendar=law.serial,
        ),
    )


def _require_eligible(asked: Resolution) -> None:
    if no := asked.outcome.ruled_out:
        remedy = "请按提示修改，或办理其他事项"
        raise Refused(asked.ineligible, rule=no.row.basis, remedy=remedy, field="answers")
    if asked.ineligible:
        raise Refused(asked.ineligible, rule="办理情形", remedy="请按提示办理其他事项或重新选择情形")


def _require_papers(wanted: tuple[Material, ...], papers: tuple[Paper, ...], later: tuple[str, ...]) -> None:
    known = {material.key: material for material in wanted}
    for paper in papers:
        if paper.material not in known:
            raise Refused(
                f"材料“{paper.name}”不在该事项的申请材料清单中",
                rule=f"{LICENCE_LAW}第三十一条",
                remedy="请删去这份材料；行政机关不得要求与申请无关的材料",
                field=f"papers.{paper.material}",
            )
    given = {paper.material for paper in papers}
    for key in later:
        if key not in known or not known[key].tolerable_days:
            name = known[key].name if key in known else key
            raise Refused(
                f"材料“{name}”不能容缺",
                rule="容缺受理规定",
                remedy="请现在提交这份材料",
                field=f"papers.{key}",
            )
    for material in wanted:
        if material.required and material.key not in given and material.key not in later:
            raise Refused(
                f"缺少材料“{material.name}”",
                rule=f"{LICENCE_LAW}第三十二条第一款第（四）项",
                remedy="请上传这份材料" + ("，或申请容缺后补" if material.tolerable_days else ""),
                field=f"papers.{material.key}",
            )


def claim(case: Case, act: acts.Claim, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    return (events.Claimed(today, actor.account),)


def ask_correction(case: Case, act: acts.AskCorrection, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    rule = f"{LICENCE_LAW}第三十二条第一款第（四）项"
    if not act.asks:
        raise Refused("补正通知没有列出任何内容", rule=rule, remedy="请逐项写明需要补正的材料", field="asks")
    for index, ask in enumerate(act.asks):
        if not (ask.material and ask.problem.strip() and ask.requirement.strip() and ask.basis.strip()):
            raise Refused(
                "每一项补正都要写明材料、问题、要求和依据",
                rule=rule,
                remedy=f"请补全第 {index + 1} 项",
                field=f"asks[{index}]",
            )
        _known_to_item(case, law, ask.material, index)
        if held := next((paper.held for paper in case.papers if paper.material == ask.material and paper.held), ""):
            require_reason(material_name(law, ask.material), held, ask.insist, field=f"asks[{index}].insist")
    require_same_measure(case, act.asks, law)
    if case.corrections:
        told = {ask.material for ask in case.corrections[0].asks}
        new = [ask.material for ask in act.asks if ask.material not in told]
        if new:
            raise Refused(
                f"第二次补正提出了首次通知中没有的内容：{'、'.join(material_name(law, key) for key in new)}",
                rule=f"{rule}（一次性告知）",
                remedy="只能就首次通知中仍未改正的内容再次通知；新问题应依法受理后在审查中处理",
                field="asks",
            )
    days = act.days if act.days is not None else law.item.correction_days
    if not 1 <= days <= 60:
        raise Refused("补正期限应为 1 至 60 个工作日", rule="补正期限", remedy="请改为合理的期限", field="days")
    return (events.CorrectionAsked(today, actor.account, act.asks, law.calendar.add_working(today, days)),)


def _known_to_item(case: Case, law: Law, key: str, index: int) -> None:
    if key.startswith("form:"):
        fields = {field.key for section in law.item.form.sections for field in section.fields}
        known = key.removeprefix("form:") in fields
    else:
        known = key in {material.key for material in situation(case, law).materials}
    if not known:
        raise Refused(
            f"“{key}”不在该事项公布的材料和表单中",
            rule=f"{LICENCE_LAW}第三十条、第三十一条",
            remedy="只能就公布的材料和表单内容要求补正",
            field=f"asks[{index}].material",
        )


def resubmit(case: Case, act: acts.Resubmit, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    given = {paper.material for paper in act.papers} | {f"form:{key}" for key in act.data}
    asked = {ask.material for ask in case.corrections[-1].asks}
    missing = [ask.material for ask in case.corrections[-1].asks if ask.material not in given]
    if missing:
        raise Refused(
            f"还有内容没有补正：{'、'.join(material_name(law, key) for key in missing)}",
            rule="补正通知书",
            remedy="请全部补正后一次提交",
            field=f"papers.{missing[0]}",
        )
    foreign = sorted(given - asked)
    if foreign:
        raise Refused(
            f"补正通知没有要求：{'、'.join(material_name(law, key) for key in foreign)}",
            rule="补正通知书",
            remedy="请只提交通知中列出的内容",
            field=f"papers.{foreign[0]}",
        )
    facts: dict[str, Fact] = dict(resolve(law.item, case.answers).facts)
    data, faults = validate(law.item.form, {**case.data, **act.data}, facts)
    if faults:
        fault = faults[0]
        raise Refused(
            f"{fault.label}：{fault.reason}", rule="申请表填写要求", remedy=fault.remedy, field=f"data.{fault.field}"
        )
    answer_due = reckon(Timer(TimerKind.REPLY, law.item.reply, today), (), law.calendar, today, law.rules).due_on
    changed = {key: data[key] for key in act.data if key in data}
    return (events.Resubmitted(today, answer_due, changed, act.papers),)


def find_not_required(case: Case, act: acts.FindNotRequired, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    require_words(act.reason, "reason", f"{LICENCE_LAW}第三十二条第一款第（一）项")
    return (events.FoundNotRequired(today, actor.account, act.reason),)


def find_not_competent(
    case: Case, act: acts.FindNotCompetent, actor: Actor, today: date, law: Law
) -> tuple[Event, ...]:
    rule = f"{LICENCE_LAW}第三十二条第一款第（二）项"
    require_words(act.reason, "reason", rule)
    if not act.redirect_organ.strip():
        raise Refused(
            "没有写明应当向哪个机关申请", rule=rule, remedy="请填写有权办理的机关名称", field="redirect_organ"
        )
    return (events.FoundNotCompetent(today, actor.account, act.reason, act.redirect_organ),)


def accept(case: Case, act: acts.Accept, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    return _accepted(case, law, today, as_of=today, by=actor.account, silent=False)


def lapse_reply(case: Case, act: acts.LapseReply, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    require_over(case, law, today, TimerKind.REPLY)
    received = case.received_on or today
    return _accepted(case, law, today, as_of=received, by=actor.account, silent=True)


def _accepted(case: Case, law: Law, today: date, *, as_of: date, by: str, silent: bool) -> tuple[Event, ...]:
    """Acceptance, the tolerances it brings with it, and the start of review where the item starts at once."""
    item = law.item
    statutory, promised = (
        reckon(Timer(kind, term, as_of), (), law.calendar, today, law.rules).due_on
        for kind, term in ((TimerKind.STATUTORY, item.statutory), (TimerKind.PROMISED, promise_of(case, law)))
    )
    followed: list[Event] = [
        events.Accepted(today, as_of, by, statutory_due=statutory, promised_due=promised, silent=silent)
    ]
    materials = {material.key: material for material in item.materials}
    given = {paper.material for paper in case.papers}  # A paper promised for later may have come with a correction.
    followed.extend(
        events.Tolerated(today, by, key, law.calendar.add_working(today, materials[key].tolerable_days))
        for key in case.later
        if key not in given
    )
    if item.workflow.at_once:
        followed.append(events.ReviewStarted(today, by, begin(item.workflow, facts(case, law))))
    return tuple(followed)


def lapse_correction(case: Case, act: acts.LapseCorrection, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    require_over(case, law, today, TimerKind.CORRECTION)
    return (events.Returned(today, actor.account, "补正期限已过，视为撤回申请，可以重新申请", lapsed=True),)


def withdraw(case: Case, act: acts.Withdraw, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    require_words(act.reason, "reason", "撤回申请")
    if case.stage in BEFORE_ACCEPTANCE:
        return (events.Returned(today, actor.account, f"申请人撤回：{act.reason}"),)
    if case.withdrawal_reason:
        raise Refused("已经提出过撤回，正在等待机关确认", rule="撤回申请", remedy="请等待确认，或联系办理窗口")
    return (events.WithdrawalAsked(today, act.reason),)


# --- tolerance ---


def tolerate(case: Case, act: acts.Tolerate, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    asked_for = situation(case, law).materials
    material = next((known for known in asked_for if known.key == act.material), None)
    if material is None or not material.tolerable_days:
        raise Refused("这份材料不能容缺", rule="容缺受理规定", remedy="请核对事项的材料清单", field="material")
    given = {paper.material for paper in case.papers}
    if act.material in given or any(tolerance.material == act.material for tolerance in case.tolerances):
        raise Refused("这份材料已经提交或已经容缺", rule="容缺受理规定", remedy="无需再次容缺", field="material")
    due_on = law.calendar.add_working(today, material.tolerable_days)
    return (events.Tolerated(today, actor.account, act.material, due_on),)


def supply_tolerated(case: Case, act: acts.SupplyTolerated, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    if act.paper.material not in {tolerance.material for tolerance in case.open_tolerances}:
        raise Refused("没有等待补齐的这份材料", rule="容缺受理规定", remedy="请核对容缺通知书", field="paper.material")
    if any(paper.material != act.paper.material for paper in act.more):
        raise Refused("一次只能补齐一份材料", rule="容缺受理规定", remedy="请分别补交每一份材料", field="more")
    return (events.ToleratedSupplied(today, act.paper, act.more),)


def lapse_tolerance(case: Case, act: acts.LapseTolerance, actor: Actor, today: date, law: Law) -> tuple[Event, ...]:
    tolerance = next((open_ for open_ in case.open_tolerances if open_.material == act.material), None)
    if tolerance is None or tolerance.due_on >= today:
        raise Refused("容缺期限还没有到", rule="容缺受理规定", remedy="到期后再处理", field="material")
    return (events.ToleranceLapsed(today, act.material),)
