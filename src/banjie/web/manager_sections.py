"""The parts of an item that a manager edits, one subject a page: which controls, and how they are read.

A section is either a handful of fields of the item, or a list of records of one kind. What is posted becomes the
engine's own values here, or errors that name the control; nothing else of the item is touched.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import QueryDict

from banjie.engine.catalogue import (
    Answer,
    Audience,
    Depth,
    Fee,
    Handling,
    Item,
    ItemKind,
    LegalBasis,
    Material,
    Place,
    Result,
    SpecialProcedure,
)
from banjie.engine.ids import Malformed
from banjie.web.manager_controls import Control, Shape, Wrong, read_controls, typed

MOST_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the editor. With `kind` it is a list of such records, the item's field `key`; else fields of it."""

    key: str
    title: str
    controls: tuple[Control, ...]
    kind: type[Any] | None = None
    single: bool = False
    lead: str = ""
    row_title: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """The fields of the item that the page changes."""
        return frozenset({self.key}) if self.kind else frozenset(control.name for control in self.controls)


_LAW_TEXT: Final = "写到条，例如“第二十条第一款”"

MATERIAL: Final = Section(
    "materials",
    "申请材料",
    (
        Control("name", "材料名称", hint="写具体的材料，不要写“其他材料”"),
        Control("key", "编码", hint="小写字母、数字和下划线，定下后不要再改", width="20"),
        Control("standard", "标准材料编号", required=False, hint="在标准材料库里有的，填它的编号，例如 std-lease"),
        Control("basis", "依据", hint="要求这份材料的法律条款"),
        Control("required", "必须提交", Shape.YES, required=False),
        Control(
            "tolerable_days", "容缺工作日", Shape.NUMBER, "受理后可以在几个工作日内补交，0 表示不可容缺", width="3"
        ),
        Control("held", "可以代替它的证照", required=False, hint="证照类型编码，填了就免提交，例如 business_licence"),
        Control(
            "insist",
            "政府已经掌握，为什么还要交",
            required=False,
            hint="平时不填。填了，这份材料查得到也照样要申请人交；理由记为重复索要，督查人员看得到",
        ),
        Control("form", "材料形式", hint="电子、纸质，或纸质或电子", width="10"),
        Control("source", "来源渠道", hint="申请人自备、政府部门核发，或中介机构产生", width="20"),
        Control(
            "when", "适用情形", Shape.CONDITIONS, "每行一个条件，例如“apply_type 属于 new|change”；不写就都要", False
        ),
        Control("hint", "填写提示", Shape.AREA, required=False),
        Control("review_points", "审查要点", Shape.LINES, "每行一条，申请人自查和审查人员核对用的是同一份", False),
    ),
    Material,
    row_title="材料",
)

SECTIONS: Final[tuple[Section, ...]] = (
    Section(
        "basics",
        "基本信息",
        (
            Control("name", "事项名称"),
            Control("title", "办理项名称", required=False, hint="群众看到的名称；和事项名称相同的不用填"),
            Control("popular_names", "常用名称", Shape.LINES, "群众平时怎么叫，每行一个，例如 开饭馆", False),
            Control("kind", "事项类型", Shape.CHOICE, codes=ItemKind),
            Control("catalogue_code", "基本编码", required=False, width="20"),
            Control("organ_name", "实施机关"),
            Control("organ_short", "机关代字", hint="用在文书编号里", width="10"),
            Control("audiences", "服务对象", Shape.CHOICES, codes=Audience),
            Control("handling", "办件类型", Shape.CHOICE, codes=Handling),
            Control("depth", "网上办理深度", Shape.CHOICE, codes=Depth),
            Control("visits", "到现场次数", Shape.NUMBER, width="2"),
            Control("visits_reason", "到现场原因", required=False, hint="次数不是 0 时必须写"),
            Control("mailing", "可以邮寄办理结果", Shape.YES, required=False),
            Control("by_promise", "告知承诺制", Shape.YES, required=False),
            Control("minutes", "填表大约几分钟", Shape.NUMBER, width="3"),
        ),
    ),
    Section(
        "terms",
        "办理时限",
        (
            Control("effective_on", "生效日期", Shape.DATE, "可以是将来的一天，到那天自动切换"),
            Control("statutory", "法定办结时限", Shape.TERM),
            Control("promised", "承诺办结时限", Shape.TERM, "不得长于法定时限，0 表示即办"),
            Control("reply", "受理答复时限", Shape.TERM),
            Control("delivery", "送达时限", Shape.TERM),
            Control("correction_days", "补正期限（工作日）", Shape.NUMBER, width="3"),
            Control("extension_days", "延期上限（工作日）", Shape.NUMBER, width="3"),
            Control("closed_on", "停办日期", Shape.DATE, "一直办的不用填", False),
        ),
    ),
    Section("conditions", "受理条件", (Control("conditions", "受理条件", Shape.LINES, "每行一条", False),)),
    Section(
        "basis",
        "设定依据",
        (
            Control("law", "法律、法规名称"),
            Control("clause", "条款", hint=_LAW_TEXT),
            Control("text", "说了什么", Shape.AREA, "用一句话概括，不必抄全文", False),
        ),
        LegalBasis,
        row_title="依据",
    ),
    MATERIAL,
    Section(
        "special",
        "特别程序",
        (
            Control("key", "编码", width="20"),
            Control("name", "名称", hint="例如现场核查、专家评审、检验检测"),
            Control("working_days", "通常需要几个工作日", Shape.NUMBER, width="3"),
            Control("basis", "依据", hint=_LAW_TEXT),
            Control("statutory", "属于行政许可法第四十五条所列，不计入时限", Shape.YES, required=False),
        ),
        SpecialProcedure,
        row_title="程序",
    ),
    Section(
        "fees",
        "收费",
        (
            Control("name", "收费名称"),
            Control("amount_fen", "金额（元）", Shape.MONEY, width="10"),
            Control("basis", "收费依据", hint=_LAW_TEXT),
        ),
        Fee,
        lead="不收费的事项这里留空。",
        row_title="收费",
    ),
    Section(
        "places",
        "办理地点和时间",
        (
            Control("name", "地点名称", hint="写到大厅和窗口"),
            Control("address", "地址"),
            Control("hours", "办公时间"),
            Control("phone", "电话", width="20"),
        ),
        Place,
        row_title="地点",
    ),
    Section(
        "contact",
        "咨询、投诉和救济",
        (
            Control("consult_phone", "咨询电话", hint="带区号，例如 0990-6010001", width="20"),
            Control("complain_phone", "投诉电话", hint="不能和咨询电话相同", width="20"),
            Control("review_organ", "复议机关", required=False),
            Control("court", "有管辖权的人民法院", required=False),
        ),
    ),
    Section(
        "faq",
        "常见问题",
        (Control("question", "问题"), Control("answer", "回答", Shape.AREA)),
        Answer,
        lead="行政许可至少要有一个。",
        row_title="问答",
    ),
    Section(
        "result",
        "审批结果",
        (
            Control("name", "证照或文书名称"),
            Control("kind", "证照类型编码", width="30"),
            Control("number_prefix", "编号前缀", width="10"),
            Control("valid_months", "有效月数", Shape.NUMBER, "长期有效填 0", width="4"),
            Control("supervisor", "监管部门", required=False),
            Control("scope_fields", "载明事项", Shape.LINES, "申请表里的栏目编码，每行一个", False),
        ),
        Result,
        single=True,
        row_title="结果",
    ),
)

BY_KEY: Final = {section.key: section for section in SECTIONS}


def section_of(field: str) -> Section | None:
    """The page on which a field of an item (`materials[2].basis`) is mended, None if no page here does."""
    top = field.split("[", maxsplit=1)[0].split(".", maxsplit=1)[0]
    return next((section for section in SECTIONS if top in section.fields), None)


def anchor_of(field: str) -> str:
    """The id of the control at which a fault is mended."""
    top, _, rest = field.partition("[")
    if not rest:
        return top.replace(".", "-0-")
    index, _, name = rest.partition("]")
    section = section_of(field)
    first = section.controls[0].name if section else ""
    return f"{top}-{index}-{name.strip('.').split('[')[0] or first}"


# --- showing ---


def records(section: Section, item: Item) -> tuple[Any, ...]:
    """The records a list page shows."""
    value = getattr(item, section.key)
    if section.single:
        return () if value is None else (value,)
    return tuple(value)


# --- reading ---


def read_fields(section: Section, item: Item, post: QueryDict, fixed: frozenset[str]) -> Item:
    """The item with what was typed on a page of fields; `fixed` ones stay. Raises `Wrong`."""
    values: dict[str, Any] = dict(read_controls(section.controls, post, "", fixed))
    for control in section.controls:
        # Boxes are ticked in the order of the page; the same choice in another order is no change.
        before = getattr(item, control.name)
        if control.shape is Shape.CHOICES and set(values.get(control.name, ())) == set(before):
            values[control.name] = before
    return replace(item, **values)


def read_list(section: Section, item: Item, post: QueryDict) -> Item:
    """The item with the records typed on a list page; a row left wholly empty is no record. Raises `Wrong`."""
    assert section.kind is not None  # noqa: S101 — a list page.
    there = records(section, item)
    found: list[Any] = []
    errors: list[Malformed] = []
    for index in range(row_count(post)):
        prefix = f"{section.key}-{index}-"
        if is_blank(section, post, prefix):
            continue
        try:
            values = dict(read_controls(section.controls, post, prefix, frozenset()))
        except Wrong as wrong:
            errors += wrong.errors
        else:
            found.append(replace(there[index], **values) if index < len(there) else section.kind(**values))
    if errors:
        raise Wrong(tuple(errors))
    value: Any = (found[0] if found else None) if section.single else tuple(found)
    changed: dict[str, Any] = {section.key: value}
    return replace(item, **changed)


def read_record(section: Section, record: Any, post: QueryDict) -> Any:
    """One record typed on a page of its own; `record` is the one before, None for a new one. Raises `Wrong`."""
    assert section.kind is not None  # noqa: S101 — a list page.
    values = dict(read_controls(section.controls, post, "", frozenset()))
    return section.kind(**values) if record is None else replace(record, **values)


def row_count(post: QueryDict) -> int:
    """How many rows were posted."""
    text = post.get("rows", "0")
    return min(int(text), MOST_ROWS) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def is_blank(section: Section, post: QueryDict, prefix: str) -> bool:
    """Whether nothing was typed into a row; a tick alone is nothing."""
    return all(
        not typed(control, post, prefix + control.name)
        for control in section.controls
        if control.shape not in (Shape.YES, Shape.TERM)
    )
