"""发布门槛: what must be true of an item before people may apply for it.

The rules are those of a publishing checker in daily use, held against the fields this item has, and the
duties of the licensing law: published basis, terms, materials and fees (arts. 30, 58), terms no longer than
the law's (arts. 32, 42, 44), two officials on site (art. 34), and nothing promised away that may not be
(国办发〔2020〕42号).
"""

import re
from collections.abc import Callable, Iterator
from datetime import date

from banjie.engine.catalogue import Depth, Handling, Item, ItemKind
from banjie.engine.clock import Term, Unit
from banjie.engine.form_checks import form_faults, repeated, unknown
from banjie.engine.forms import Fault
from banjie.engine.ids import CreditCode, ItemCode, Malformed, RegionCode
from banjie.engine.table_checks import table_faults
from banjie.engine.workflow import StepKind
from banjie.engine.workflow_checks import checks

CATCH_ALL = re.compile(r"(其他|其它|相关|有关)的?(法定|必要|申请|证明)?(材料|文件|资料)|等材料$|等相关")
"""Names by which a list of materials stays open; a person cannot know what to bring (art. 30)."""

STOPPING = ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审", "评审")
"""行政许可法第四十五条: only these are not counted into the term."""


def gates(item: Item, today: date) -> tuple[Fault, ...]:
    """Everything that keeps an item from being published, each with the field's path and how to mend it.

    `today` only judges dates: an item already closed is not published. An empty answer means it may be.
    """
    return tuple(fault for gate in _GATES for fault in gate(item, today))


# --- who and under which law ---


def _numbers(item: Item, today: date) -> Iterator[Fault]:
    numbers: tuple[tuple[str, str, Callable[[], object]], ...] = (
        ("code", "事项编码", lambda: ItemCode.parse(item.code, 50)),
        ("region", "行政区划", lambda: RegionCode.parse(item.region)),
        ("organ", "实施机关代码", lambda: CreditCode.parse(item.organ)),
    )
    for field, label, parse in numbers:
        try:
            parse()
        except Malformed as malformed:
            yield Fault(field, label, malformed.reason, malformed.remedy)
    texts = (
        ("name", "事项名称", item.name),
        ("organ_name", "实施机关", item.organ_name),
        ("organ_short", "机关代字", item.organ_short),
    )
    for field, label, text in texts:
        if not text.strip():
            yield Fault(field, label, "没有填写", f"请填写{label}")
    if not item.audiences:
        yield Fault("audiences", "服务对象", "没有写明谁可以申请", "请选择自然人、企业法人等")


def _needs_law(item: Item) -> bool:
    """Whether the item is a power, which only a law can give (art. 30). A public service is offered, not imposed."""
    return item.kind is not ItemKind.PUBLIC_SERVICE


def _basis(item: Item, today: date) -> Iterator[Fault]:
    if not item.basis and _needs_law(item):
        yield Fault("basis", "设定依据", "没有设定依据", "请写明法律、法规的名称和条款（行政许可法第三十条）")
    for index, ground in enumerate(item.basis):
        if not ground.law.strip() or not ground.clause.strip():
            yield Fault(f"basis[{index}]", "设定依据", "依据缺少名称或条款", "请写明到条，例如“第二十条”")


# --- time ---


def _terms(item: Item, today: date) -> Iterator[Fault]:
    at_once = item.promised.number == 0
    if at_once is not (item.handling is Handling.AT_ONCE):
        yield Fault(
            "handling",
            "办件类型",
            "即办件的承诺办结时限应为 0，其他办件不能为 0",
            "请将办件类型改为“即办件”，或填写承诺办结时限" if at_once else "请将承诺办结时限改为 0",
        )
    if item.statutory.unit is not item.promised.unit and not at_once:
        yield Fault("promised", "承诺办结时限", "与法定办结时限的单位不同，无法比较", "请用同一单位填写两个时限")
    elif item.statutory.unit is item.promised.unit and item.promised.number > item.statutory.number:
        yield Fault(
            "promised",
            "承诺办结时限",
            f"承诺 {item.promised.number} 超过法定 {item.statutory.number}",
            "承诺办结时限不得长于法定办结时限",
        )
    for field, label, term, most, clause in (
        ("reply", "受理答复时限", item.reply, 5, "第三十二条"),
        ("delivery", "送达时限", item.delivery, 10, "第四十四条"),
    ):
        if _is_longer(term, most):
            reason = f"超过行政许可法{clause}规定的 {most} 个工作日"
            yield Fault(field, label, reason, f"请填写不超过 {most} 个工作日的时限")
    if item.kind is ItemKind.LICENCE and _is_longer(item.statutory, 20) and not item.statutory.basis.strip():
        yield Fault(
            "statutory",
            "法定办结时限",
            "超过二十个工作日而没有写明依据（行政许可法第四十二条）",
            "请写明规定这一期限的法律、法规条款",
        )
    most = 15 if _is_longer(item.statutory, 20) else 10
    if not 0 <= item.extension_days <= most:
        reason = f"应在 0 至 {most} 个工作日之间（行政许可法第四十二条）"
        yield Fault("extension_days", "延期上限", reason, f"请填写不超过 {most} 的数")
    if not 1 <= item.correction_days <= 60:
        yield Fault("correction_days", "补正期限", "应在 1 至 60 个工作日之间", "请填写合理的期限")
    if item.closed_on is not None and item.closed_on <= item.effective_on:
        yield Fault("closed_on", "停办日期", "早于或等于生效日期", "请核对两个日期")
    elif item.closed_on is not None and item.closed_on <= today:
        yield Fault("closed_on", "停办日期", "该版本已经停办", "请填写将来的日期，或不再发布这一版本")


def _is_longer(term: Term, working_days: int) -> bool:
    return term.unit is Unit.WORKING_DAY and term.number > working_days


def _special(item: Item, today: date) -> Iterator[Fault]:
    for index, procedure in enumerate(item.special):
        where = f"special[{index}]"
        if procedure.statutory and not any(word in procedure.name for word in STOPPING):
            yield Fault(
                where,
                "特别程序",
                f"“{procedure.name}”不在行政许可法第四十五条所列之内，不能停止计时",
                "请改为“法定: 否”，或改用听证、检验、检测、检疫、鉴定、专家评审等名称",
            )
        if procedure.working_days < 1 or not procedure.basis.strip():
            yield Fault(where, "特别程序", "缺少所需工作日或依据", "请写明通常需要的工作日和条款")


# --- how far one has to go ---


def _visits(item: Item, today: date) -> Iterator[Fault]:
    reason = item.visits_reason.strip()
    if item.visits < 0:
        yield Fault("visits", "到现场次数", "不能小于零", "请填写 0 以上的数")
    if item.visits > 0 and not reason:
        yield Fault("visits_reason", "到现场原因", "要求到现场而没有说明原因", "请说明为什么必须到现场")
    if item.visits == 0 and reason not in ("", "无"):
        yield Fault("visits_reason", "到现场原因", "不要求到现场却写了原因", "请删去原因，或填写到现场次数")
    if item.visits == 0 and item.depth is Depth.CONSULT and not item.mailing:
        yield Fault("mailing", "邮寄送达", "既不能网上办、又不用到现场，应当可以邮寄", "请开通邮寄送达")
    if item.depth is Depth.WHOLE and item.visits != 0:
        yield Fault("visits", "到现场次数", "全程网办的事项不应要求到现场", "请改为 0 次，或降低网办深度")


def _contact(item: Item, today: date) -> Iterator[Fault]:
    for field, label, phone in (
        ("consult_phone", "咨询电话", item.consult_phone),
        ("complain_phone", "投诉电话", item.complain_phone),
    ):
        if not _is_phone(phone):
            yield Fault(field, label, "没有填写，或缺少区号", "请填写带区号的电话，例如 0990-6012345，或 12345")
    if item.consult_phone and item.consult_phone.strip() == item.complain_phone.strip():
        yield Fault("complain_phone", "投诉电话", "与咨询电话相同", "请填写不同的投诉电话")
    if not item.places and item.depth is not Depth.WHOLE:
        yield Fault("places", "办理地点", "没有办理地点", "请填写至少一个办理地点")


_PHONE = re.compile(r"0\d{2,3}-?\d{5,8}([-转]\d{1,6})?|[19]\d{4}|(400|800)-?\d{3}-?\d{4}")
"""A number with its area code (short city lines like 0990-12345 included), a national line, or a service number."""


def _is_phone(text: str) -> bool:
    parts = [part for part in re.split(r"[、，,；;/\s]+", text.strip()) if part]
    return bool(parts) and all(_PHONE.fullmatch(part) for part in parts)


# --- what is asked for ---


def _fees(item: Item, today: date) -> Iterator[Fault]:
    for index, fee in enumerate(item.fees):
        if not fee.basis.strip():
            yield Fault(
                f"fees[{index}]",
                "收费",
                f"“{fee.name}”没有收费依据（行政许可法第五十八条）",
                "请写明依据，或取消收费",
            )
        if fee.amount_fen <= 0:
            yield Fault(f"fees[{index}]", "收费", f"“{fee.name}”的金额应大于零", "请以分为单位填写，或取消收费")


def _materials(item: Item, today: date) -> Iterator[Fault]:
    yield from repeated("materials", "申请材料", (material.key for material in item.materials))
    for index, material in enumerate(item.materials):
        where = f"materials[{index}]"
        if not material.name.strip():
            yield Fault(f"{where}.name", "申请材料", "材料没有名称", "请填写材料名称")
        if material.required and not material.basis.strip() and _needs_law(item):
            yield Fault(
                f"{where}.basis",
                material.name,
                "必要材料没有依据（行政许可法第三十一条）",
                "请写明要求这份材料的条款",
            )
        if CATCH_ALL.search(material.name):
            yield Fault(f"{where}.name", material.name, "是兜底材料，申请人无法知道要交什么", "请写明具体材料，或删去")
        if not 0 <= material.tolerable_days <= 60:
            yield Fault(
                f"{where}.tolerable_days",
                material.name,
                "容缺期限应在 0 至 60 个工作日之间",
                "请填写合理的期限",
            )


def _questions(item: Item, today: date) -> Iterator[Fault]:
    yield from repeated("questions", "情形引导", (question.key for question in item.questions))
    earlier: set[str] = set()
    for index, question in enumerate(item.questions):
        where = f"questions[{index}]"
        if len(question.options) < 2:
            yield Fault(where, question.text, "至少要有两个选项", "请补充选项，或删去这个问题")
        yield from repeated(where, question.text, (option.value for option in question.options))
        if question.options and all(option.ineligible for option in question.options):
            yield Fault(where, question.text, "每个选项都不能申请", "请至少保留一个可以申请的选项")
        yield from unknown(where, question.text, question.show_if, earlier)
        earlier.add(question.key)
    for index, material in enumerate(item.materials):
        yield from unknown(f"materials[{index}].when", material.name, material.when, earlier)


def _form(item: Item, today: date) -> Iterator[Fault]:
    yield from form_faults(item.form, (question.key for question in item.questions))
    if item.result is not None:
        keys = {field.key for field in item.form.fields}
        for key in item.result.scope_fields:
            if key not in keys:
                yield Fault("result.scope_fields", "载明事项", f"申请表里没有“{key}”", "请填写申请表中的栏目编码")


def _tables(item: Item, today: date) -> Iterator[Fault]:
    yield from table_faults(item)


# --- how it is handled, and what comes of it ---


def _workflow(item: Item, today: date) -> Iterator[Fault]:
    for fault in checks(item.workflow):
        yield Fault(f"workflow.{fault.field}", fault.label, fault.reason, fault.remedy)
    slow = item.handling is not Handling.AT_ONCE and not item.by_promise
    if slow and not any(step.kind is not StepKind.DECISION for step in item.workflow.steps):
        yield Fault("workflow.steps", "办理环节", "承诺件在决定之前没有审查环节", "请补上审查环节，或改为即办件")
    if item.handling is Handling.AT_ONCE and not item.workflow.at_once:
        yield Fault("workflow.at_once", "受理即审", "即办件应当受理后立即进入办理", "请填写“受理即审: 是”")
    known = {question.key for question in item.questions}
    known |= {field.key for section in item.form.sections for field in section.fields}
    known |= {f"{step.key}.outcome" for step in item.workflow.steps}
    known |= {given.fact for table in item.tables for row in table.rows for given in row.sets}
    for index, step in enumerate(item.workflow.steps):
        for route in step.routes:
            yield from unknown(f"workflow.steps[{index}].routes", step.name, route.when, known)
        if step.office and not _is_credit_code(step.office):
            yield Fault(
                f"workflow.steps[{index}].office",
                step.name,
                "承办单位代码不是有效的统一社会信用代码",
                "请逐位核对",
            )


def _is_credit_code(text: str) -> bool:
    try:
        CreditCode.parse(text)
    except Malformed:
        return False
    return True


def _promise(item: Item, today: date) -> Iterator[Fault]:
    """告知承诺: the promise stands in for the proof, so checks come after the decision, by a named regulator."""
    if not item.by_promise:
        return
    if item.result is None or not item.result.supervisor.strip():
        yield Fault("result.supervisor", "监管部门", "告知承诺须有事后核查的监管部门", "请填写监管部门")
    before = [step.name for step in item.workflow.steps if step.kind in (StepKind.SITE_VISIT, StepKind.EXPERT_REVIEW)]
    if before or item.special:
        yield Fault(
            "workflow.steps",
            "办理环节",
            "告知承诺的核查在决定之后，决定之前不应有核查或评审",
            "请删去这些环节",
        )
    if not any("失信" in condition or "信用" in condition for condition in item.conditions):
        yield Fault(
            "conditions",
            "受理条件",
            "没有写明哪些人不适用告知承诺（国办发〔2020〕42号）",
            "请写明有严重失信记录或曾作虚假承诺、信用修复前不适用",
        )


def _result(item: Item, today: date) -> Iterator[Fault]:
    if item.kind is ItemKind.LICENCE and not item.faq:
        yield Fault("faq", "常见问题", "行政许可至少要有一个常见问题", "请写一个申请人最常问的问题和回答")
    for index, answer in enumerate(item.faq):
        if not answer.question.strip() or not answer.answer.strip():
            yield Fault(f"faq[{index}]", "常见问题", "问题或回答是空的", "请补全")
    if item.result is not None:
        missing = [
            label
            for label, text in (
                ("证照类型", item.result.kind),
                ("名称", item.result.name),
                ("编号前缀", item.result.number_prefix),
            )
            if not text.strip()
        ]
        if missing:
            yield Fault("result", "审批结果", "缺少" + "、".join(missing), "请补全")
        if item.result.valid_months < 0:
            yield Fault("result.valid_months", "有效月数", "不能小于零", "长期有效请填 0")


_GATES: tuple[Callable[[Item, date], Iterator[Fault]], ...] = (
    _numbers,
    _basis,
    _terms,
    _special,
    _visits,
    _contact,
    _fees,
    _materials,
    _questions,
    _form,
    _tables,
    _workflow,
    _promise,
    _result,
)
