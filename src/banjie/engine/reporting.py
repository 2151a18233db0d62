"""办件数据上报: the national reporting records of a case (受理、过程、特别程序、结果、材料), and what makes one fit.

A record is known by the case's number, its kind and its own identifier (row_guid): sent twice it is still one record.
It is checked here before it leaves, since the receiver answers hours later and in codes. What does not fit is held
back with a reason that whoever has to mend it can read.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from banjie.engine.calendar import CHINA
from banjie.engine.cases import events
from banjie.engine.cases.events import Event
from banjie.engine.cases.state import Case
from banjie.engine.catalogue import Handling, Item
from banjie.engine.subject import canonical


class RecordKind(StrEnum):
    """Which table of the standard a record belongs to."""

    ACCEPT = "up_pro_accept"
    PROCESS = "up_pro_process"
    SPECIAL = "up_pro_special_procedure"
    RESULT = "up_pro_result"
    MATERIAL = "up_pro_material"


RECORD_NAMES = {
    RecordKind.ACCEPT: "受理信息",
    RecordKind.PROCESS: "过程信息",
    RecordKind.SPECIAL: "特别程序信息",
    RecordKind.RESULT: "办结信息",
    RecordKind.MATERIAL: "材料信息",
}

# Each line: record, field, Chinese name, longest, whether it must be filled in (! or -), and its
# kind: text, time, number, uscc (18 signs), or the codes it may have. From the national exchange tables and GB/T 39046.
FIELDS = """
up_pro_accept             project_no           办件编号        50   !  text
up_pro_accept             task_name            事项名称        500  !  text
up_pro_accept             task_code            实施编码        36   !  text
up_pro_accept             task_version         事项版本号      10   !  number
up_pro_accept             catalog_code         基本编码        32   -  text
up_pro_accept             project_name         办理摘要        1000 !  text
up_pro_accept             project_type         办件类型        1    !  1,2
up_pro_accept             apply_type           申请类型        1    !  1,2,3,4,9
up_pro_accept             applyer_type         申请人类型      1    !  1,2
up_pro_accept             applyer_name         申请人          100  !  text
up_pro_accept             applyer_page_type    证件类型        3    !  111,001
up_pro_accept             applyer_page_code    证件号码        50   !  text
up_pro_accept             apply_date           申请时间        15   !  time
up_pro_accept             accept_date          受理时间        15   !  time
up_pro_accept             promise_date         承诺办结时间    15   !  time
up_pro_accept             handle_user_name     受理人员        50   !  text
up_pro_accept             org_code             受理部门编码    18   !  uscc
up_pro_accept             org_name             受理部门        100  !  text
up_pro_accept             region_code          行政区划        12   !  text
up_pro_process            project_no           办件编号        50   !  text
up_pro_process            process_name         环节名称        100  !  text
up_pro_process            event_name           业务动作        1    !  1,2,3
up_pro_process            event_start_time     开始时间        15   !  time
up_pro_process            event_end_time       结束时间        15   !  time
up_pro_process            handle_user_name     办理人员        50   !  text
up_pro_process            handle_explain       办理意见        2000 -  text
up_pro_process            org_code             办理单位编码    18   !  uscc
up_pro_process            org_name             办理单位        100  !  text
up_pro_process            status               环节办理状态    1    !  1,2
up_pro_special_procedure  project_no           办件编号        50   !  text
up_pro_special_procedure  special_type         特别程序种类    2    !  01,02,03,04,05,06,07,99
up_pro_special_procedure  special_name         特别程序名称    100  !  text
up_pro_special_procedure  special_time         开始时间        15   !  time
up_pro_special_procedure  special_reason       启动理由        500  !  text
up_pro_special_procedure  end_time             结束时间        15   -  time
up_pro_special_procedure  result               结果            500  -  text
up_pro_special_procedure  handle_user_name     办理人员        50   !  text
up_pro_result             project_no           办件编号        50   !  text
up_pro_result             result_date          办结时间        15   !  time
up_pro_result             result_type          办结结果        1    !  1,2,3,4,5
up_pro_result             result_explain       结果描述        1000 -  text
up_pro_result             result_cetr_name     结果证照名称    100  -  text
up_pro_result             result_cetr_no       结果证照编号    32   -  text
up_pro_result             is_delivery_results  是否快递        1    !  0,1
up_pro_result             handle_user_name     办理人员        50   !  text
up_pro_material           project_no           办件编号        50   !  text
up_pro_material           material_name        材料名称        200  !  text
up_pro_material           material_attach_name 附件名称        200  -  text
up_pro_material           get_type             收取方式        1    !  1,2,3,4,9
up_pro_material           get_num              收取数量        5    !  number
"""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its name in the standard and in Chinese, its longest length, what it may hold."""

    name: str
    label: str
    longest: int
    required: bool
    kind: str


def _read(table: str) -> dict[RecordKind, tuple[Field, ...]]:
    found: dict[RecordKind, list[Field]] = {kind: [] for kind in RecordKind}
    for line in table.strip().splitlines():
        kind, name, label, longest, required, holds = line.split()
        found[RecordKind(kind)].append(Field(name, label, int(longest), required == "!", holds))
    return {kind: tuple(fields) for kind, fields in found.items()}


STANDARD: Final = _read(FIELDS)
"""The fields of each kind of record, in order."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `fields` are texts by the standard's names; a field that says nothing is left out."""

    kind: RecordKind
    project_no: str
    row_guid: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> str:
        """The one text of what it says, by which a change is seen."""
        return canonical(dict(self.fields))


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a record would not be taken: the field in Chinese, what is wrong, how to mend it."""

    label: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.label}：{self.reason}"


_TIME = re.compile(r"\d{8}(T\d{6})?")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")


def check(record: Record) -> tuple[Unfit, ...]:
    """Everything about a record that the receiver would refuse; none when it is fit to send."""
    known = STANDARD[record.kind]
    faults = [Unfit(one.label, *fault) for one in known if (fault := _fault(one, record.fields.get(one.name, "")))]
    names = {one.name for one in known}
    faults += [
        Unfit(name, "标准里没有这一项", "请联系系统管理员核对上报字段") for name in record.fields if name not in names
    ]
    return tuple(faults)


def _fault(one: Field, value: str) -> tuple[str, str] | None:
    if not value:
        return ("没有填写", _FILL.get(one.name, f"请补全办件的{one.label}后再上报")) if one.required else None
    if len(value) > one.longest:
        return f"有 {len(value)} 个字符，最多 {one.longest} 个", f"请缩短{one.label}"
    if one.kind == "time" and not _TIME.fullmatch(value):
        return f"“{value}”不是标准的时间写法", "应为 YYYYMMDD 或 YYYYMMDDThhmmss，请联系系统管理员"
    if one.kind == "number" and not (value.isascii() and value.isdigit()):
        return f"“{value}”不是整数", "请联系系统管理员"
    if one.kind == "uscc" and not _USCC.fullmatch(value):
        return f"“{value}”不是统一社会信用代码", "请在机关名册里更正这个机关的代码"
    if "," in one.kind and value not in one.kind.split(","):
        return f"代码“{value}”不在 {one.kind} 之中", "请联系系统管理员核对代码对照"
    return None


_FILL = {
    "task_code": "请在事项清单里补上实施编码，再次发布后重新上报",
    "catalog_code": "请在事项清单里补上基本编码，再次发布后重新上报",
    "applyer_page_code": "请在当事人登记里补上证件号码",
}


# --- which records an event makes ---


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a case with what is needed to report it: the case after it, its item, when, and by whom.

    `started` is when the work that this event ends had begun; `certificate` the number of what was issued, if known.
    """

    event: Event
    seq: int
    at: datetime
    by: str
    case: Case
    item: Item
    subject: str
    started: datetime
    specials: int = 0
    """How many special procedures had begun by then, this one counted."""


def records(told: Told) -> tuple[Record, ...]:
    """The records of an event; none for what the standard does not ask for."""
    event = told.event
    match event:
        case events.Accepted():
            step = _process(told, "受理", "1", "依法受理" if not event.silent else "逾期未答复，依法视为受理")
            return (_accept(told, event), *_materials(told), step)
        case events.CorrectionAsked():
            return (_process(told, "补正告知", "2", f"一次性告知补正 {len(event.asks)} 项"),)
        case events.StepFinished():
            passed = "1" if event.outcome == "pass" else "2"
            return (_process(told, _step_name(told.item, event.step), passed, event.opinion),)
        case events.StepReturned():
            return (_process(told, "退回", "2", event.reason),)
        case events.Extended():
            return (_process(told, "延期", "3", event.reason),)
        case events.SpecialStarted():
            return (_special(told),)
        case events.SpecialEnded():
            return (_special(told),)
        case events.Approved():
            return (_process(told, "决定", "1", event.opinion), _result(told, "1", event.opinion))
        case events.Denied():
            words = "；".join(event.reasons)
            return (_process(told, "决定", "2", words), _result(told, "2", words))
        case events.FoundNotRequired() | events.FoundNotCompetent():
            return (_process(told, "不予受理", "2", event.reason),)
        case events.Withdrawn():
            return (_result(told, "3", "申请人撤回"),)
        case events.Terminated():
            return (_result(told, "4", event.ground),)
        case _:
            return ()


REPORTED: Final = (
    *("Accepted", "CorrectionAsked", "StepFinished", "StepReturned", "Extended", "SpecialStarted", "SpecialEnded"),
    *("Approved", "Denied", "FoundNotRequired", "FoundNotCompetent", "Withdrawn", "Terminated"),
)
"""The events of a case that are reported."""


def _guid(told: Told, kind: RecordKind, what: str) -> str:
    return str(uuid.uuid5(uuid.UUID(told.subject), f"report:{kind}:{what}"))


def _record(told: Told, kind: RecordKind, what: str, fields: Mapping[str, str]) -> Record:
    said = {"project_no": told.case.number} | {name: value for name, value in fields.items() if value}
    return Record(kind, told.case.number, _guid(told, kind, what), said)


def _accept(told: Told, event: events.Accepted) -> Record:
    case, item = told.case, told.item
    assert case.holder is not None  # noqa: S101 — an accepted case has been submitted.
    is_company = len(case.holder.code) == 18 and case.holder.code[0] == "9"
    fields = {
        "task_name": item.name,
        "task_code": item.code,
        "task_version": str(item.edition),
        "catalog_code": item.catalogue_code,
        "project_name": f"{case.holder.name}申请{item.heading}",
        "project_type": "1" if item.handling is Handling.AT_ONCE else "2",
        "apply_type": str(case.channel.value),
        "applyer_type": "2" if is_company else "1",
        "applyer_name": case.holder.name,
        "applyer_page_type": "001" if is_company else "111",
        "applyer_page_code": case.holder.code,
        "apply_date": _day(case.submitted_on),
        "accept_date": _day(event.as_of),
        "promise_date": _day(event.promised_due),
        "handle_user_name": told.by,
        "org_code": item.organ,
        "org_name": item.organ_name,
        "region_code": item.region,
    }
    return _record(told, RecordKind.ACCEPT, "1", fields)


def _materials(told: Told) -> tuple[Record, ...]:
    names = {material.key: material.name for material in told.item.materials}
    counts: dict[str, list[str]] = {}
    for paper in told.case.papers:
        counts.setdefault(paper.material, []).append(paper.name)
    return tuple(
        _record(
            told,
            RecordKind.MATERIAL,
            key,
            {
                "material_name": names.get(key, key),
                "material_attach_name": files[0],
                "get_type": "2",
                "get_num": str(len(files)),
            },
        )
        for key, files in counts.items()
    )


def _process(told: Told, name: str, action: str, words: str) -> Record:
    fields = {
        "process_name": name,
        "event_name": action,
        "event_start_time": _moment(min(told.started, told.at)),
        "event_end_time": _moment(told.at),
        "handle_user_name": told.by,
        "handle_explain": words,
        "org_code": told.item.organ,
        "org_name": told.item.organ_name,
        "status": "2",
    }
    return _record(told, RecordKind.PROCESS, str(told.seq), fields)


SPECIAL_TYPES: Final[Mapping[str, str]] = {
    "hearing": "01",
    "tender": "02",
    "auction": "03",
    "inspection": "04",
    "detection": "05",
    "quarantine": "06",
    "expert_review": "07",
}
"""Our keys of special procedures in the code of the standard (table A.7); every other one is 99 其他."""


def _special(told: Told) -> Record:
    event = told.event
    fields: dict[str, str] = {"handle_user_name": told.by}
    if isinstance(event, events.SpecialStarted):
        fields |= {
            "special_type": SPECIAL_TYPES.get(event.procedure, "99"),
            "special_name": event.name,
            "special_time": _moment(told.at),
            "special_reason": event.reason,
        }
    elif isinstance(event, events.SpecialEnded):
        # The same record, told anew with its end; whoever keeps it lays the two together.
        fields |= {"end_time": _moment(told.at), "result": event.result}
    return _record(told, RecordKind.SPECIAL, str(told.specials), fields)


def _result(told: Told, outcome: str, words: str) -> Record:
    result = told.item.result if outcome == "1" else None
    fields = {
        "result_date": _moment(told.at),
        "result_type": outcome,
        "result_explain": words,
        "result_cetr_name": result.name if result else "",
        "is_delivery_results": "0",
        "handle_user_name": told.by,
    }
    return _record(told, RecordKind.RESULT, "1", fields)


def _step_name(item: Item, key: str) -> str:
    try:
        return item.workflow.step(key).name
    except KeyError:
        return key


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y%m%dT%H%M%S}"
