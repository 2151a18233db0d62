"""Items: what one may apply for, in a dated edition, with everything article 30 says must be published."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from banjie.engine.clock import Term, Unit
from banjie.engine.decision_tables import DecisionTable
from banjie.engine.forms import Form
from banjie.engine.ids import Malformed
from banjie.engine.rules import Condition
from banjie.engine.workflow import Workflow
from banjie.engine.working_hours import OfficeHours

_WORKING = Unit.WORKING_DAY


class ItemKind(StrEnum):
    """事项类型, GB/T 39046—2020 annex A.1."""

    LICENCE = "01"
    PENALTY = "02"
    COERCION = "03"
    LEVY = "04"
    PAYMENT = "05"
    INSPECTION = "06"
    CONFIRMATION = "07"
    REWARD = "08"
    RULING = "09"
    OTHER = "10"
    PUBLIC_SERVICE = "20"


class Handling(StrEnum):
    """办件类型, GB/T 39046—2020 annex A.6: 即办件, 承诺件, 其他."""

    AT_ONCE = "1"
    PROMISED = "2"
    OTHER = "9"


class Audience(StrEnum):
    """服务对象, GB/T 39046—2020 annex A.4."""

    PERSON = "1"
    ENTERPRISE = "2"
    INSTITUTION = "3"
    SOCIAL_ORGANISATION = "4"
    ORGAN = "5"
    OTHER = "6"


class Depth(StrEnum):
    """网上办理深度."""

    CONSULT = "I"
    COLLECT = "II"
    PRECHECK = "III"
    WHOLE = "IV"


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """设定依据: the law, the clause, and what it says in one sentence of ours."""

    law: str
    clause: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to a guiding question, and what it brings about."""

    value: str
    label: str
    hint: str = ""
    ineligible: str = ""
    """Why someone who answers this cannot apply (with what to do instead); "" if she can."""


@dataclass(frozen=True, slots=True)
class Question:
    """情形引导: one question before the form. Its answer is a fact under `key`."""

    key: str
    text: str
    options: tuple[Option, ...]
    hint: str = ""
    show_if: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class PointCheck:
    """核对: what a machine finds out about one review point. `how` is read by `engine.prechecks`."""

    point: str
    how: str


@dataclass(frozen=True, slots=True)
class Material:
    """申请材料. `when`: in which situations it is asked for; `held`: the certificate kind that replaces it (免提交)."""

    key: str
    name: str
    basis: str
    required: bool = True
    when: tuple[Condition, ...] = ()
    form: str = "电子"
    source: str = "申请人自备"
    held: str = ""
    tolerable_days: int = 0
    """容缺: working days within which it may follow after acceptance; 0 for none."""
    hint: str = ""
    review_points: tuple[str, ...] = ()
    """审查要点: what is held against it, shown to the applicant and the clerk alike."""
    checks: tuple[PointCheck, ...] = ()
    """核对: what a machine can find out about its review points (`engine.prechecks`)."""
    kinds: tuple[str, ...] = ()
    """File kinds that are taken (`engine.papers.Kind`); none named: all the usual ones."""
    most_files: int = 20
    most_mb: int = 20
    """MB a single file may have."""
    sample: str = ""
    """样例: file in content/samples that shows a filled-in one."""
    blank: str = ""
    """空白表格: file in content/samples to be filled in."""
    standard: str = ""
    """标准材料: key of the register's entry (`engine.standards`) that this paper is; "" when it is none."""
    insist: str = ""
    """Why it is asked for although the city holds it; a reason that is told to those who watch over offices."""


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge, in 分, with its legal basis."""

    name: str
    amount_fen: int
    basis: str


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """特别程序 the item knows: what it is, how many working days it usually takes, by which clause."""

    key: str
    name: str
    working_days: int
    basis: str
    statutory: bool = True
    """Whether art. 45 itself names it; a site inspection is not named and does not stop the legal clock."""


@dataclass(frozen=True, slots=True)
class Place:
    """办理地点 with its hours and telephone."""

    name: str
    address: str
    hours: str
    phone: str


@dataclass(frozen=True, slots=True)
class Answer:
    """常见问题."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Advice:
    """审前服务: how soon the office answers before an application. A promise of service; no legal clock hangs on it.

    `reply_hours` are working hours until a first human answer, `opinion_days` working days until the opinions on
    what was shown, `office_hours` the spans in which the office is open on a working day.
    """

    reply_hours: int = 4
    opinion_days: int = 2
    office_hours: tuple[str, ...] = ("09:00-12:00", "13:00-17:00")

    def __post_init__(self) -> None:
        if self.reply_hours < 1 or self.opinion_days < 1:
            raise Malformed("审前服务", "答复时限应为正整数", "请填写工作小时数和工作日数")
        OfficeHours.parse(self.office_hours)


@dataclass(frozen=True, slots=True)
class Result:
    """审批结果: which certificate, how long it lasts (months, 0 for without end), who supervises afterwards."""

    kind: str
    """Certificate kind key, for example food_business_licence."""
    name: str
    number_prefix: str
    valid_months: int = 0
    supervisor: str = ""
    """监管部门 the approved is handed to."""
    scope_fields: tuple[str, ...] = ()
    """Form fields printed on the certificate as its scope."""


@dataclass(frozen=True, slots=True)
class Item:
    """One edition of one item (实施清单) of one organ in one region.

    `statutory` and `promised` are the terms of the decision (art. 42); `reply` that of art. 32(4) and
    `delivery` that of art. 44. `correction_days` is set in each notice; the number here is its default.
    """

    code: str
    edition: int
    region: str
    name: str
    kind: ItemKind
    organ: str
    organ_name: str
    organ_short: str
    """机关代字, used in document numbers."""
    handling: Handling
    audiences: tuple[Audience, ...]
    basis: tuple[LegalBasis, ...]
    statutory: Term
    promised: Term
    workflow: Workflow
    effective_on: date
    catalogue_code: str = ""
    title: str = ""
    """The name of this handling option as citizens read it; "" when the item has one only."""
    popular_names: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    reply: Term = field(default_factory=lambda: Term(5, _WORKING, "行政许可法第三十二条第一款第（四）项"))
    delivery: Term = field(default_factory=lambda: Term(10, _WORKING, "行政许可法第四十四条"))
    correction_days: int = 15
    extension_days: int = 10
    """The most by which the head may extend, once (art. 42: 10; 15 when departments decide jointly)."""
    by_promise: bool = False
    """告知承诺: the applicant promises instead of proving; the regulator checks afterwards."""
    questions: tuple[Question, ...] = ()
    form: Form = field(default_factory=Form)
    materials: tuple[Material, ...] = ()
    tables: tuple[DecisionTable, ...] = ()
    """情形规则: what follows from answers and the form together (`engine.situations` applies them)."""
    special: tuple[SpecialProcedure, ...] = ()
    fees: tuple[Fee, ...] = ()
    result: Result | None = None
    visits: int = 0
    visits_reason: str = ""
    depth: Depth = Depth.WHOLE
    mailing: bool = True
    places: tuple[Place, ...] = ()
    consult_phone: str = ""
    complain_phone: str = ""
    faq: tuple[Answer, ...] = ()
    review_organ: str = ""
    """复议机关."""
    court: str = ""
    """有管辖权的人民法院."""
    minutes: int = 10
    """How long the form takes to fill in."""
    advice: Advice = field(default_factory=Advice)
    papers_mb: int = 100
    """MB that all papers of an application may have together."""
    change_minutes: int = 10
    """收回修改: minutes after handing in within which it may be taken back and changed; 0 for none."""
    urge_every_days: int = 1
    """催办: how many days lie between two of them."""
    urge_answer_days: int = 1
    """Working days within which an urging is answered."""
    closed_on: date | None = None

    @property
    def heading(self) -> str:
        """What stands over the item's page."""
        return self.title or self.name
