"""What the interface answers with: one dataclass an answer, written in full by `shapes.written`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from banjie.engine.cases import Stage
from banjie.engine.certificates import Status
from banjie.engine.clock import TimerKind, Unit
from banjie.engine.forms import Form, Value
from banjie.engine.permissions import Role


@dataclass(frozen=True, slots=True)
class ActDone:
    """What came of an act."""

    number: Annotated[str, "办件编号"]
    region: Annotated[str, "行政区划代码"]
    stage: Annotated[Stage, "办件状态"]
    stage_name: Annotated[str, "办件状态的名称"]
    version: Annotated[int, "办件的版本，每发生一件事加一"]
    events: Annotated[tuple[str, ...], "这次发生的事"]


@dataclass(frozen=True, slots=True)
class FormShown:
    """The form of an edition, and what may be handed in under it."""

    item: Annotated[str, "事项编码"]
    region: Annotated[str, "行政区划代码"]
    edition: Annotated[int, "版次"]
    form: Annotated[Form, "申请表：分页、栏目、明细和核对规则"]
    schema: Annotated[Mapping[str, Any], "申请中 data 一项的 JSON Schema（2020-12）"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """收件: what the applicant takes home."""

    number: Annotated[str, "办件编号"]
    region: Annotated[str, "行政区划代码"]
    query_code: Annotated[str, "查询码，凭编号和查询码公开查询进度"]
    answer_due: Annotated[date, "最迟答复是否受理的日期"]


@dataclass(frozen=True, slots=True)
class AskTaken:
    """What became of an answer that came later."""

    ask: Annotated[str, "查询标识"]
    status: Annotated[str, "查询状态：answered 已查到，refused 没有查到"]
    status_name: Annotated[str, "查询状态的名称"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A paper kept: its `sha256` is what an application refers to."""

    sha256: Annotated[str, "内容的 SHA-256"]
    media_type: Annotated[str, "按内容识别的类型"]
    size: Annotated[int, "字节数"]
    name: Annotated[str, "文件名"]


@dataclass(frozen=True, slots=True)
class PartyShown:
    """The applicant, or who acts for it."""

    id: str
    name: str
    code: Annotated[str, "证件号码；不经办的人看到的已脱敏"]


@dataclass(frozen=True, slots=True)
class PaperShown:
    """A paper of a case."""

    material: Annotated[str, "材料键"]
    material_name: Annotated[str, "材料名称"]
    name: Annotated[str, "文件名"]
    sha256: str
    media_type: str
    size: int
    held: Annotated[str, "代替上传的证照编号（免提交）"]


@dataclass(frozen=True, slots=True)
class AskShown:
    """One thing to be corrected."""

    material: str
    material_name: str
    problem: str
    requirement: str
    basis: str


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """补正通知."""

    on: Annotated[date, "通知日"]
    due_on: Annotated[date, "补正到期日"]
    answered_on: Annotated[date | None, "补正提交日"]
    asks: tuple[AskShown, ...]


@dataclass(frozen=True, slots=True)
class ToleranceShown:
    """容缺: a material still to come."""

    material: str
    material_name: str
    due_on: date
    supplied_on: date | None


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step that is running."""

    step: str
    name: str
    entered_on: date


@dataclass(frozen=True, slots=True)
class ActOffered:
    """An act that the caller may try now."""

    act: Annotated[str, "操作"]
    name: Annotated[str, "操作的名称"]
    url: Annotated[str, "用 POST 办理的地址"]


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document issued."""

    id: str
    kind: str
    name: Annotated[str, "文书名称"]
    number: Annotated[str, "文号"]
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class CertificateShown:
    """A certificate the case led to."""

    id: str
    number: str
    name: str
    status: Status
    status_name: str
    valid_from: date
    valid_until: Annotated[date | None, "有效期至，空为长期"]
    verify_code: Annotated[str, "核验码"]
    pdf_url: Annotated[str, "加盖电子印章的 PDF"]


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case, as far as the caller may see it."""

    number: Annotated[str, "办件编号"]
    region: Annotated[str, "行政区划代码"]
    item: Annotated[str, "事项编码"]
    item_name: Annotated[str, "事项名称"]
    edition: Annotated[int, "受理时适用的事项版本"]
    organ: Annotated[str, "办理机关代码"]
    organ_name: Annotated[str, "办理机关"]
    stage: Annotated[Stage, "办件状态"]
    stage_name: Annotated[str, "办件状态的名称"]
    version: Annotated[int, "办件的版本"]
    holder: Annotated[PartyShown, "申请人"]
    agent: Annotated[PartyShown | None, "经办人"]
    query_code: Annotated[str, "查询码，只给申请人；其他人看到的为空"]
    submitted_at: Annotated[datetime, "提交时间"]
    changed_at: Annotated[datetime, "最近变动时间"]
    due_on: Annotated[date | None, "当前最近的到期日"]
    accepted_on: Annotated[date | None, "受理日"]
    decided_on: Annotated[date | None, "决定日"]
    delivered_on: Annotated[date | None, "送达日"]
    late: Annotated[tuple[str, ...], "已经超期的时钟"]
    answers: Annotated[Mapping[str, str], "情形引导的回答"]
    data: Annotated[Mapping[str, Value], "表单内容；不经办的人看到的个人信息已脱敏"]
    papers: Annotated[tuple[PaperShown, ...], "材料"]
    promised: Annotated[bool, "是否告知承诺"]
    corrections: Annotated[tuple[CorrectionShown, ...], "补正通知"]
    tolerances: Annotated[tuple[ToleranceShown, ...], "容缺材料"]
    steps: Annotated[tuple[StepShown, ...], "正在办理的环节"]
    reasons: Annotated[tuple[str, ...], "不予许可的理由"]
    closing_reason: Annotated[str, "办结说明"]
    acts: Annotated[tuple[ActOffered, ...], "您现在可以办理的操作"]
    documents: Annotated[tuple[DocumentShown, ...], "文书"]
    certificates: Annotated[tuple[CertificateShown, ...], "证照"]


@dataclass(frozen=True, slots=True)
class TermShown:
    """A term."""

    number: int
    unit: Unit
    label: Annotated[str, "期限的中文写法"]
    basis: Annotated[str, "依据"]


@dataclass(frozen=True, slots=True)
class ClockShown:
    """One clock of a case, and the proof of its due date."""

    timer: Annotated[TimerKind, "时钟"]
    name: Annotated[str, "时钟的名称"]
    step: Annotated[str, "环节键（环节时限）"]
    step_name: Annotated[str, "环节名称"]
    term: Annotated[TermShown, "期限"]
    event_on: Annotated[date, "起算事件日，当日不计"]
    due_on: Annotated[date, "到期日"]
    elapsed: Annotated[int, "已用天数"]
    left: Annotated[int, "剩余天数，超期为负"]
    paused: Annotated[bool, "是否暂停计算"]
    late: Annotated[bool, "是否超期"]
    provisional: Annotated[bool, "是否暂定：涉及的年份尚未公布放假安排"]
    explained: Annotated[tuple[str, ...], "为什么是这一天"]
    proof: Annotated[Mapping[str, Any], "可以独立复核的凭证，格式 banjie-clock-proof/1，用 banjie verify proof 复核"]


@dataclass(frozen=True, slots=True)
class Clocks:
    """Every clock that runs in the case's stage, and those its decision has stopped."""

    number: str
    stage: Stage
    today: Annotated[date, "计算日"]
    clocks: tuple[ClockShown, ...]


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A line of the worklist."""

    number: Annotated[str, "办件编号"]
    region: str
    item: str
    item_name: str
    holder_name: Annotated[str, "申请人"]
    office: Annotated[str, "承办单位代码"]
    role: Annotated[Role, "岗位"]
    stage: Annotated[Stage, "办件状态"]
    stage_name: str
    step: Annotated[str, "环节键"]
    step_name: Annotated[str, "要做的事"]
    since: Annotated[date, "从哪一天起等待"]
    due_on: Annotated[date | None, "到期日，空为没有期限"]
    days_left: Annotated[int | None, "剩余工作日，0 为今天到期，负数为超期"]
    url: Annotated[str, "办件的地址"]


@dataclass(frozen=True, slots=True)
class Worklist:
    """A page of what the caller's offices have to do, the least time left first."""

    tasks: tuple[TaskShown, ...]
    next: Annotated[str | None, "下一页的地址，空为没有了"]


@dataclass(frozen=True, slots=True)
class ItemFound:
    """A published item."""

    code: Annotated[str, "事项编码"]
    region: Annotated[str, "行政区划代码"]
    edition: Annotated[int, "版本"]
    name: Annotated[str, "事项名称"]
    organ_name: Annotated[str, "实施机关"]
    kind: Annotated[str, "事项类型代码（GB/T 39046—2020 附录 A.1）"]
    why: Annotated[str, "按什么找到的：编码、名称、俗称、近义、情形、依据、机关、拼音、首字母或相近"]
    matched: Annotated[str, "找到的是哪个词"]
    region_name: Annotated[str, "行政区划名称"]
    elsewhere: Annotated[int, "还有多少个地方办理同样的事项"]
    url: Annotated[str, "事项的地址"]


@dataclass(frozen=True, slots=True)
class ItemList:
    """A page of published items, the best first."""

    items: tuple[ItemFound, ...]
    next: Annotated[str | None, "下一页的地址，空为没有了"]


@dataclass(frozen=True, slots=True)
class Verified:
    """证照核验: what anyone may know who holds the code printed on a certificate."""

    genuine: Annotated[bool, "是否由本平台签发"]
    number: Annotated[str, "证照编号"]
    name: Annotated[str, "证照名称"]
    holder_name: Annotated[str, "持证人，个人姓名已脱敏"]
    organ: Annotated[str, "发证机关"]
    status: Annotated[Status, "状态"]
    status_name: Annotated[str, "状态的名称"]
    valid: Annotated[bool, "今天是否有效"]
    valid_from: Annotated[date, "有效期起"]
    valid_until: Annotated[date | None, "有效期至，空为长期"]
    sha256: Annotated[str, "盖章 PDF 的 SHA-256，可与手中文件比对；正在制作时为空"]
