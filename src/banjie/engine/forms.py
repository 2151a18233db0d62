"""Forms: one schema drives the page, the validation, the prefill, the print and the interface."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from banjie.engine.rules import Condition, Fact

Row = Mapping[str, Fact]
"""One row of a group: values by the keys of its columns."""

Value = Fact | tuple[Row, ...]
"""What a form keeps under a key: a fact, or the rows of a group."""


class FieldKind(StrEnum):
    """What a field holds; each kind has one parser and one way to be asked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NAME = "name"
    NUMBER = "number"
    DECIMAL = "decimal"
    PERCENTAGE = "percentage"
    MONEY = "money"
    AREA = "area"
    DATE = "date"
    DATE_RANGE = "date_range"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    REGION = "region"
    ADDRESS = "address"
    CREDIT_CODE = "credit_code"
    CITIZEN_ID = "citizen_id"
    PARTY_ID = "party_id"
    PHONE = "phone"
    MOBILE = "mobile"
    EMAIL = "email"
    POSTCODE = "postcode"
    BANK_ACCOUNT = "bank_account"
    BANK_CARD = "bank_card"
    GROUP = "group"


HUNDREDTHS = frozenset({FieldKind.DECIMAL, FieldKind.PERCENTAGE, FieldKind.MONEY, FieldKind.AREA})
"""Kinds kept in hundredths of the unit people read, so that nothing is rounded."""

NUMBERS = HUNDREDTHS | {FieldKind.NUMBER}
"""Kinds that can be added up."""

SCALES: Mapping[FieldKind, int] = {kind: 100 if kind in HUNDREDTHS else 1 for kind in NUMBERS}
"""How many of the kept unit make one of the unit people read."""

UNITS: Mapping[FieldKind, str] = {FieldKind.MONEY: "元", FieldKind.AREA: "平方米", FieldKind.PERCENTAGE: "%"}
"""The unit of a kind that says nothing else."""

MOST_ROWS = 500
"""Rows a group may have when its form says nothing else."""


class Layout(StrEnum):
    """How the rows of a group are filled in: one row a page, or all of them in one table."""

    PAGES = "pages"
    TABLE = "table"


class CheckKind(StrEnum):
    """How two answers are held against each other, or a column against a number."""

    NOT_LESS = "not_less"
    """`field` is not less (not earlier) than `other`."""
    DIFFERENT = "different"
    """`field` is not what `other` is."""
    UNIQUE = "unique"
    """No two rows have the same in the column `field`."""
    SUM_IS = "sum_is"
    """The column `field` adds up to `value`, in the unit people read."""
    SUM_AT_MOST = "sum_at_most"
    """The column `field` adds up to no more than `value`."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value kept and the words shown."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One thing asked in each row of a group. What can stand alone is a `Field`, which is asked in the same way.

    `source` names the known fact it is prefilled from (company.name …), "" for none.
    """

    key: str
    label: str
    kind: FieldKind
    required: bool = True
    hint: str = ""
    options: tuple[Option, ...] = ()
    """Choices; of a PARTY_ID, the kinds of papers that will do (all of them when there are none)."""
    show_if: tuple[Condition, ...] = ()
    """In a row, a condition may also ask what stands in the row's earlier columns."""
    max_length: int = 200
    minimum: int | None = None
    maximum: int | None = None
    """Bounds of a number in the unit people read; of a GROUP, the fewest and the most rows."""
    unit: str = ""
    source: str = ""
    personal: bool = False
    """Personal data: masked for whoever does not handle the case."""
    element: str = ""
    """The data element (数据元) of the library it was taken from."""
    within: str = ""
    """Code of the place an ADDRESS must lie in; "" for anywhere."""

    @property
    def unit_words(self) -> str:
        """The unit people read, "" for none."""
        return self.unit or UNITS.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Field(Column):
    """One thing asked, on a page of the form."""

    columns: tuple[Column, ...] = ()
    """What a GROUP asks in each of its rows."""
    layout: Layout = Layout.PAGES
    sum_of: str = ""
    """`group.column` whose sum this is: reckoned, never asked."""

    @property
    def rows_wanted(self) -> tuple[int, int]:
        """The fewest and the most rows of a group."""
        fewest = self.minimum if self.minimum is not None else int(self.required)
        return fewest, self.maximum if self.maximum is not None else MOST_ROWS


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold between answers. A name with a dot (`group.column`) means the column in every row.

    It is held only where everything it speaks of has been answered. `words` is what is wrong when it does not
    hold, `remedy` how to mend it.
    """

    kind: CheckKind
    field: str
    words: str
    remedy: str
    other: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form."""

    key: str
    title: str
    fields: tuple[Field, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The pages, in order, and what must hold between their answers."""

    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in order."""
        return tuple(field for section in self.sections for field in section.fields)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an input and how to mend it. `field` is the key, `label` its words.

    A cell of a group is named `group[0].column`, its rows counted from 0.
    """

    field: str
    label: str
    reason: str
    remedy: str
