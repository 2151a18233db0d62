"""Changing a form, one thing at a time, and what each change means for those who are filling it in.

A field is named by its key, a column by its group and its own key (`holders.name`). Every function gives a new
form and leaves the old one alone; what is not there is left as it is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from banjie.engine.forms import Column, Field, Form, Section

Part = TypeVar("Part", bound=Section | Column)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to drafts in progress: the field, what happens to its answers, and in how many drafts."""

    label: str
    words: str
    drafts: int


def find(form: Form, name: str) -> Column | None:
    """The field or the column of that name."""
    key, dot, below = name.partition(".")
    field = next((one for one in form.fields if one.key == key), None)
    if field is None or not dot:
        return field
    return next((column for column in field.columns if column.key == below), None)


def section_of(form: Form, name: str) -> str:
    """The key of the page on which a field stands, "" when it stands nowhere."""
    key = name.partition(".")[0]
    return next((one.key for one in form.sections if any(field.key == key for field in one.fields)), "")


def put(form: Form, section: str, name: str, part: Column) -> Form:
    """`part` in the place of what was called `name`; at the end of the page (or the group) when there was none."""
    group, dot, below = name.partition(".")
    if not dot:
        field = part if isinstance(part, Field) else field_of(part)
        return _on_page(form, section, lambda listed: _replaced(listed, name, field))
    column = column_of(part)
    return _in_group(form, group, lambda listed: _replaced(listed, below, column))


def drop(form: Form, name: str) -> Form:
    """Without the field or the column."""
    group, dot, below = name.partition(".")
    if dot:
        return _in_group(form, group, lambda listed: tuple(one for one in listed if one.key != below))
    pages = (replace(page, fields=tuple(one for one in page.fields if one.key != name)) for page in form.sections)
    return replace(form, sections=tuple(pages))


def move(form: Form, name: str, by: int) -> Form:
    """One place up (-1) or down (1) among its neighbours; past the end of a page, a field goes to the next page."""
    group, dot, below = name.partition(".")
    if dot:
        return _in_group(form, group, lambda listed: _moved(listed, below, by))
    pages = list(form.sections)
    at = next((place for place, page in enumerate(pages) if any(one.key == name for one in page.fields)), None)
    if at is None:
        return form
    page = pages[at]
    place = [one.key for one in page.fields].index(name)
    if 0 <= place + by < len(page.fields):
        pages[at] = replace(page, fields=_moved(page.fields, name, by))
    elif 0 <= at + by < len(pages):
        field, other = page.fields[place], pages[at + by]
        pages[at] = replace(page, fields=tuple(one for one in page.fields if one is not field))
        pages[at + by] = replace(other, fields=(*other.fields, field) if by < 0 else (field, *other.fields))
    return replace(form, sections=tuple(pages))


def put_section(form: Form, key: str, section: Section) -> Form:
    """The page in the place of the one called `key`, at the end when there was none."""
    return replace(form, sections=_replaced(form.sections, key, section))


def drop_section(form: Form, key: str) -> Form:
    """Without the page and everything on it."""
    return replace(form, sections=tuple(one for one in form.sections if one.key != key))


def move_section(form: Form, key: str, by: int) -> Form:
    """The page one place up (-1) or down (1)."""
    return replace(form, sections=_moved(form.sections, key, by))


def column_of(part: Column) -> Column:
    """A field as a column: what only a field has is left out."""
    return Column(**{one.name: getattr(part, one.name) for one in fields(Column)})


def field_of(part: Column) -> Field:
    """A column as a field."""
    return Field(**{one.name: getattr(part, one.name) for one in fields(Column)})


def effects(before: Form, after: Form, drafts: int, answered: Mapping[str, int]) -> tuple[Effect, ...]:
    """What putting `after` in the place of `before` does to `drafts` of which `answered` tells the fields."""
    old, new = {one.key: one for one in before.fields}, {one.key: one for one in after.fields}
    found: list[Effect] = []
    for key, field in old.items():
        many = answered.get(key, 0)
        if many and key not in new:
            found.append(Effect(field.label, "删去了，草稿里已经填的不再使用", many))
        elif many and _fits_no_more(field, new[key]):
            found.append(Effect(field.label, "填写要求变了，草稿里已经填的要重新核对", many))
    for key, field in new.items():
        newly = field.required and (key not in old or not old[key].required) and not field.sum_of
        if newly and drafts - answered.get(key, 0) > 0:
            found.append(Effect(field.label, "新增为必填，草稿要补填才能提交", drafts - answered.get(key, 0)))
    return tuple(found)


_MEANING = ("kind", "options", "max_length", "minimum", "maximum", "within", "show_if")


def _fits_no_more(before: Field, after: Field) -> bool:
    """Whether what was filled in may not be right any more."""
    if any(getattr(before, name) != getattr(after, name) for name in _MEANING):
        return True
    kept = {column.key: column for column in after.columns}
    demanded = any(column.required for column in after.columns if _column(before, column.key) is None)
    return demanded or any(
        column.key not in kept or any(getattr(column, name) != getattr(kept[column.key], name) for name in _MEANING)
        for column in before.columns
    )


def _column(group: Field, key: str) -> Column | None:
    return next((column for column in group.columns if column.key == key), None)


def _on_page(form: Form, section: str, change: Callable[[tuple[Field, ...]], tuple[Field, ...]]) -> Form:
    pages = (replace(one, fields=change(one.fields)) if one.key == section else one for one in form.sections)
    return replace(form, sections=tuple(pages))


def _in_group(form: Form, group: str, change: Callable[[tuple[Column, ...]], tuple[Column, ...]]) -> Form:
    def changed(field: Field) -> Field:
        return replace(field, columns=change(field.columns)) if field.key == group else field

    pages = (replace(page, fields=tuple(changed(field) for field in page.fields)) for page in form.sections)
    return replace(form, sections=tuple(pages))


def _replaced(listed: tuple[Part, ...], key: str, part: Part) -> tuple[Part, ...]:
    if any(one.key == key for one in listed):
        return tuple(part if one.key == key else one for one in listed)
    return (*listed, part)


def _moved(listed: tuple[Part, ...], key: str, by: int) -> tuple[Part, ...]:
    parts = list(listed)
    place = next((place for place, one in enumerate(parts) if one.key == key), None)
    if place is None or not 0 <= place + by < len(parts):
        return listed
    parts.insert(place + by, parts.pop(place))
    return tuple(parts)


def free_key(taken: Iterable[str], wanted: str) -> str:
    """`wanted`, or with a number behind it when it is taken already."""
    known = set(taken)
    if wanted not in known:
        return wanted
    return next(f"{wanted}_{number}" for number in range(2, len(known) + 3) if f"{wanted}_{number}" not in known)
