"""What a mapping can say: the fields of an item an import may fill, and the rule by which each is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from banjie.engine.catalogue import Audience, Depth, Handling, ItemKind
from banjie.packs.tables import Source


class Reader(StrEnum):
    """How a field is read. The field decides it; the mapping gives the particulars."""

    TEXT = "text"
    LIST = "list"
    CODE = "code"
    CODES = "codes"
    TERM = "term"
    PHONE = "phone"
    YES_NO = "yes_no"
    INTEGER = "integer"
    DATE = "date"
    MATERIALS = "materials"
    BASIS = "basis"
    PLACE = "place"
    FAQ = "faq"


@dataclass(frozen=True, slots=True)
class Target:
    """A field of an item that a mapping may fill: its Chinese name, its reader and its code set."""

    key: str
    label: str
    reader: Reader
    codes: type[StrEnum] | None = None
    longest: int = 2000


_ALL_TARGETS = (
    Target("code", "事项编码", Reader.TEXT, longest=50),
    Target("name", "事项名称", Reader.TEXT, longest=500),
    Target("kind", "事项类型", Reader.CODE, ItemKind),
    Target("organ", "实施机关代码", Reader.TEXT, longest=50),
    Target("organ_name", "实施机关", Reader.TEXT, longest=200),
    Target("organ_short", "机关代字", Reader.TEXT, longest=200),
    Target("statutory", "法定办结时限", Reader.TERM),
    Target("promised", "承诺办结时限", Reader.TERM),
    Target("handling", "办件类型", Reader.CODE, Handling),
    Target("audiences", "服务对象", Reader.CODES, Audience),
    Target("basis", "设定依据", Reader.BASIS),
    Target("effective_on", "生效日期", Reader.DATE),
    Target("catalogue_code", "基本编码", Reader.TEXT, longest=50),
    Target("title", "办理项名称", Reader.TEXT, longest=500),
    Target("popular_names", "日常用语", Reader.LIST),
    Target("conditions", "受理条件", Reader.LIST, longest=10_000),
    Target("materials", "申请材料", Reader.MATERIALS),
    Target("visits", "到现场次数", Reader.INTEGER),
    Target("visits_reason", "到现场原因", Reader.TEXT),
    Target("depth", "网办深度", Reader.CODE, Depth),
    Target("mailing", "邮寄送达", Reader.YES_NO),
    Target("charges", "是否收费", Reader.YES_NO),
    Target("places", "办理地点", Reader.PLACE),
    Target("consult_phone", "咨询电话", Reader.PHONE),
    Target("complain_phone", "投诉电话", Reader.PHONE),
    Target("faq", "常见问题", Reader.FAQ),
    Target("review_organ", "复议机关", Reader.TEXT, longest=200),
    Target("court", "诉讼法院", Reader.TEXT, longest=200),
)
TARGETS = {target.key: target for target in _ALL_TARGETS}
"""Every field an import can fill, in the order in which it is read and reported."""

ESSENTIAL = ("code", "name", "kind", "organ", "organ_name")
"""Without these there is no item; besides them one of the two terms must be readable."""


@dataclass(frozen=True, slots=True)
class Case:
    """If every column named holds one of its values, the field is `value`."""

    when: Mapping[str, frozenset[str]]
    value: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Where one field comes from and how it is read.

    `columns` are tried in turn, or all taken together when `together`. `constant`, `cases` and `from_promise`
    stand in place of columns; `default` is taken where the columns are empty. `why` is the reason given in
    the report for whatever did not stand in the row.
    """

    target: Target
    columns: tuple[str, ...] = ()
    together: bool = False
    missing: frozenset[str] = frozenset()
    cut: tuple[int, int] | None = None
    strip: tuple[str, ...] = ()
    separators: tuple[str, ...] = ()
    numbered: bool = False
    table: Mapping[str, str] = field(default_factory=dict)
    near: Mapping[str, str] = field(default_factory=dict)
    unit_column: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    basis_column: str = ""
    hours_column: str = ""
    material_form: str = ""
    material_source: str = ""
    constant: str | None = None
    default: str | None = None
    cases: tuple[Case, ...] = ()
    from_promise: bool = False
    why: str = ""

    def used_columns(self) -> frozenset[str]:
        """Every column the rule looks at."""
        extra = (self.unit_column, self.basis_column, self.hours_column)
        return frozenset(name for name in (*self.columns, *extra) if name) | frozenset(
            column for case in self.cases for column in case.when
        )


@dataclass(frozen=True, slots=True)
class Mapping_:  # noqa: N801 — `Mapping` is the standard library's word, used beside it in every file here.
    """One source's mapping. `ignored` names the columns left out on purpose, with the reason."""

    name: str
    about: str
    source: Source
    template: str
    missing: frozenset[str]
    rules: tuple[Rule, ...]
    ignored: Mapping[str, str]

    def rule(self, key: str) -> Rule | None:
        """The rule of that field, None if the mapping has none."""
        return next((rule for rule in self.rules if rule.target.key == key), None)

    def used_columns(self) -> frozenset[str]:
        """Every column that some rule looks at."""
        return frozenset().union(*(rule.used_columns() for rule in self.rules))
