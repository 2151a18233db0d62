"""Forms: one schema drives the page, the validation, the print and the API."""

from dataclasses import dataclass
from enum import StrEnum

from banjie.engine.rules import Condition


class FieldKind(StrEnum):
    """What a field holds; each kind has one parser and one way to be asked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    REGION = "region"
    CREDIT_CODE = "credit_code"
    CITIZEN_ID = "citizen_id"
    PHONE = "phone"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value kept and the words shown."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing asked. `source` names the known fact it is prefilled from (company.name …), "" for none."""

    key: str
    label: str
    kind: FieldKind
    required: bool = True
    hint: str = ""
    options: tuple[Option, ...] = ()
    show_if: tuple[Condition, ...] = ()
    max_length: int = 200
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    source: str = ""
    personal: bool = False
    """Personal data: masked for whoever does not handle the case."""


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form."""

    key: str
    title: str
    fields: tuple[Field, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The pages, in order."""

    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an input and how to mend it. `field` is the key, `label` its words."""

    field: str
    label: str
    reason: str
    remedy: str
