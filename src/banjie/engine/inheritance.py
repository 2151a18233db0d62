"""逐级认领: a lower region's edition carries only what differs from the upper one it inherits from.

An item is the same in every region: its name, code of the basic catalogue, kind and legal basis are the upper
level's (四级四同) and cannot be said otherwise. The lower level says who handles it and where, and may add to lists;
its promise is never longer than the upper level's legal limit. What it does not say is the upper level's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from banjie.engine.catalogue import Item
from banjie.engine.forms import Fault
from banjie.engine.ids import Malformed, RegionCode
from banjie.engine.standards import FOUR_SAMENESSES
from banjie.engine.subject import Refused

PROMISE_RULE = "承诺时限不长于上级的法定时限"

SAME = {"name": "事项名称", "kind": "事项类型", "basis": "设定依据", "catalogue_code": "基本编码"}
"""What every level says alike, with the words people know it by."""

# Who handles it and when: always the lower level's own.
_IDENTITY = ("code", "edition", "region", "organ", "organ_name", "organ_short", "effective_on", "closed_on")

_ADDED: dict[str, tuple[str, Callable[[Any], object]]] = {
    "materials": ("申请材料", lambda part: part.key),
    "faq": ("常见问题", lambda part: part.question),
    "popular_names": ("日常用语", lambda part: part),
}
"""Lists to which a lower level may add: their words, and by what two parts are the same one."""

_MATERIAL_SAME = {"name": "名称", "basis": "依据"}


@dataclass(frozen=True, slots=True)
class Upper:
    """Which edition of the upper level an item inherits from.

    `follows`: whether a new edition of the upper level is followed by itself, or waits until the lower level says so.
    """

    region: str
    code: str
    edition: int
    follows: bool = True


def own_values(upper: Item, item: Item) -> dict[str, object]:
    """What an item says itself: every field in which it differs, and of the lists what they add or change."""
    own: dict[str, object] = {}
    for field in fields(Item):
        value, above = getattr(item, field.name), getattr(upper, field.name)
        if field.name in _IDENTITY:
            continue
        if field.name in _ADDED:
            added = tuple(part for part in value if part not in above)
            if added:
                own[field.name] = added
        elif value != above:
            own[field.name] = value
    return own


def inherited_fields(own: Mapping[str, object]) -> frozenset[str]:
    """The fields of which nothing is the lower level's own."""
    return frozenset(field.name for field in fields(Item)) - own.keys() - frozenset(_IDENTITY)


def resolve(upper: Item, who: Item, own: Mapping[str, object]) -> Item:
    """The whole item: the upper edition, with who handles it and when (taken from `who`) and what is its own.

    Lists stand in the upper level's order, what is added after it. Raises `Refused` for an override of what every
    level says alike, and for a promise longer than the upper level's legal limit.
    """
    item = joined(upper, who, own)
    require_allowed(upper, item)
    return item


def require_allowed(upper: Item, item: Item) -> None:
    """Raises `Refused` with the first thing in an item that its upper edition does not allow."""
    faults = objections(upper, item)
    if faults:
        first = faults[0]
        raise Refused(
            f"{first.label}：{first.reason}", rule=rule_of(first.field), remedy=first.remedy, field=first.field
        )


def joined(upper: Item, who: Item, own: Mapping[str, object]) -> Item:
    """As `resolve`, whatever the upper edition objects to: for a draft that somebody still has to mend."""
    values: dict[str, Any] = {name: getattr(who, name) for name in _IDENTITY}
    for name, value in own.items():
        values[name] = _joined(name, getattr(upper, name), value) if name in _ADDED else value
    return replace(upper, **values)


def rule_of(field: str) -> str:
    """The rule an objection to a field stands on."""
    return PROMISE_RULE if field in ("promised", "statutory") else FOUR_SAMENESSES


def _joined(name: str, above: tuple[Any, ...], added: object) -> tuple[Any, ...]:
    key = _ADDED[name][1]
    assert isinstance(added, tuple)  # noqa: S101 — `own_values` and the pack's types give lists as tuples.
    changed = {key(part): part for part in added}
    kept = [changed.pop(key(part), part) for part in above]
    return (*kept, *changed.values())


def objections(upper: Item, item: Item) -> tuple[Fault, ...]:
    """Everything in an item that its upper edition does not allow, each with field, reason and remedy."""
    return (*_same(upper, item), *_lists(upper, item), *_terms(upper, item))


def _same(upper: Item, item: Item) -> list[Fault]:
    return [
        Fault(
            name,
            words,
            f"上级清单已经规定{words}，下级不能改写（{FOUR_SAMENESSES}）",
            f"请恢复为上级的{words}；确有错误的，请报上级修改",
        )
        for name, words in SAME.items()
        if getattr(item, name) != getattr(upper, name)
    ]


def _lists(upper: Item, item: Item) -> list[Fault]:
    faults = []
    for name, (words, key) in _ADDED.items():
        there = {key(part): part for part in getattr(item, name)}
        for part in getattr(upper, name):
            if key(part) not in there:
                title = getattr(part, "name", "") or key(part)
                reason = f"上级清单里的“{title}”不能删去，下级只能增补"
                faults.append(Fault(name, words, reason, "请恢复这一项；不必提交的材料可以改为非必要"))
        if name == "materials":
            faults.extend(_materials(upper, there))
    return faults


def _materials(upper: Item, there: Mapping[object, Any]) -> list[Fault]:
    faults = []
    for material in upper.materials:
        own = there.get(material.key)
        for name, words in _MATERIAL_SAME.items():
            if own is not None and getattr(own, name) != getattr(material, name):
                where = f"materials[{list(there).index(material.key)}].{name}"
                reason = f"上级清单规定了这份材料的{words}，下级不能改写"
                faults.append(Fault(where, material.name, reason, f"请恢复为“{getattr(material, name)}”"))
    return faults


def _terms(upper: Item, item: Item) -> list[Fault]:
    faults = []
    for name, words in (("statutory", "法定办结时限"), ("promised", "承诺办结时限")):
        term = getattr(item, name)
        if term.number and term.unit is not upper.statutory.unit:
            reason = f"单位与上级的法定时限 {upper.statutory.label} 不同，无法比较"
            faults.append(Fault(name, words, reason, "请用同一单位填写"))
        elif term.number > upper.statutory.number:
            reason = f"{term.label}长于上级的法定办结时限 {upper.statutory.label}"
            faults.append(Fault(name, words, reason, f"请填写不超过 {upper.statutory.label} 的时限"))
    return faults


def require_above(upper: Upper, region: str, code: str) -> None:
    """Raises `Refused` unless the upper edition lies in a region above; so no item inherits from itself in a ring."""
    if (upper.region, upper.code) == (region, code):
        raise Refused("事项不能继承它自己，这样会成环", rule="逐级认领", remedy="请选择上级地区的事项", field="upper")
    try:
        above, below = RegionCode.parse(upper.region), RegionCode.parse(region)
    except Malformed as malformed:
        raise Refused(malformed.reason, rule="逐级认领", remedy=malformed.remedy, field="upper") from None
    if above == below or not below.is_within(above):
        raise Refused(
            f"{upper.region} 不是 {region} 的上级地区，互相继承会成环",
            rule="逐级认领",
            remedy="请选择上级地区的事项",
            field="upper",
        )


def lower_code(upper: Item, organ: str, region: str) -> str:
    """The code an upper item gets at a lower level: organ (18), level (1), basic code (12).

    "" when the upper code is not made that way; then somebody has to say it.
    """
    if len(upper.code) != 31 or not upper.code.startswith(upper.organ):
        return ""
    return organ + RegionCode.parse(region).level.value + upper.code[19:]
