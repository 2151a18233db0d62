"""审前服务结论一致: what an official found in order before the application is not judged again by another measure.

A favourable opinion is bound to what it was given on (the paper's content, or the values of a page of the form), to
the words of the review point, and to the edition of the item. While all of that is as it was, the point is settled.
A page of the form is named `section:key`; everything else is the key of a material.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banjie.engine.calendar import chinese_date
from banjie.engine.catalogue import Item, Material
from banjie.engine.filing import Paper
from banjie.engine.forms import Section
from banjie.engine.subject import Refused, canonical

RULE = "审前服务结论一致"
SECTION = "section:"
_FIELD = "form:"


@dataclass(frozen=True, slots=True)
class Endorsement:
    """认定符合: one review point found in order by a named official, with everything it hangs on.

    `ground` is what lay before the official (see `ground_of`), `basis` the clause the material is asked for by.
    """

    target: str
    point: str
    ground: str
    edition: int
    basis: str
    precase: str
    by: str
    name: str
    office: str
    on: date


def target_of(item: Item, asked: str) -> str:
    """What a line of a correction notice is about: the page for a field of the form, else the material itself."""
    if not asked.startswith(_FIELD):
        return asked
    key = asked.removeprefix(_FIELD)
    return next((SECTION + one.key for one in item.form.sections if any(key == f.key for f in one.fields)), asked)


def points_of(item: Item, target: str) -> tuple[str, ...]:
    """The review points of a target, as the item publishes them; of a page of the form the one that all pages have."""
    if section := _section(item, target):
        return (f"“{section.title}”各栏填写完整、准确",)
    material = _material(item, target)
    if material is None:
        return ()
    return material.review_points or (f"{material.name}齐全、有效",)


def name_of(item: Item, target: str) -> str:
    """The words for a target."""
    if section := _section(item, target):
        return f"申请表：{section.title}"
    material = _material(item, target)
    return material.name if material else target


def basis_of(item: Item, target: str) -> str:
    """The clause by which a material is asked for; "" for the form."""
    material = _material(item, target)
    return material.basis if material else ""


def ground_of(item: Item, target: str, data: Mapping[str, object], papers: Iterable[Paper]) -> str:
    """What lies there for a target, in short: a hash that changes with any of it. "" when nothing lies there."""
    if section := _section(item, target):
        values = {field.key: data[field.key] for field in section.fields if field.key in data}
        return hashlib.sha256(canonical(values).encode()).hexdigest() if values else ""
    lying = sorted(paper.sha256 or paper.held for paper in papers if paper.material == target)
    # One paper, the usual case, is known by its own hash, so that anybody can hold the file against it.
    return lying[0] if len(lying) == 1 else hashlib.sha256(canonical(lying).encode()).hexdigest() if lying else ""


def what_changed(bound: Endorsement, item: Item, data: Mapping[str, object], papers: Iterable[Paper]) -> str:
    """What has changed since an opinion was given, in words; "" while it stands."""
    if bound.ground != ground_of(item, bound.target, data, papers):
        return "填写的内容已经修改" if bound.target.startswith(SECTION) else "材料已经更换"
    if bound.edition == item.edition:
        return ""
    if bound.point not in points_of(item, bound.target):
        return f"审查要点已经修改（预审依据第 {bound.edition} 版，现行第 {item.edition} 版）"
    if bound.basis != basis_of(item, bound.target):
        return f"这份材料的依据已经修改（预审依据第 {bound.edition} 版，现行第 {item.edition} 版）"
    return ""


def require_same_measure(
    settled: Sequence[Endorsement],
    lifted: Sequence[tuple[str, str]],
    asked: Iterable[tuple[str, str]],
    item: Item,
    data: Mapping[str, object],
    papers: Sequence[Paper],
) -> None:
    """Refuses to ask for what was found in order and has not changed.

    `asked` are the lines of a correction notice as (material or form:field, review point); `lifted` the points
    (target, point) that the head of the organ lets be judged again. A line about a paper of which some points are
    settled has to name a published point that is not.
    """
    standing = standing_of(settled, lifted, item, data, papers)
    for index, (material, point) in enumerate(asked):
        target = target_of(item, material)
        bound = standing.get(target)
        if not bound:
            continue
        points = {one.point for one in bound}
        open_points = [one for one in points_of(item, target) if one not in points]
        if point in open_points:
            continue
        one = next((one for one in bound if one.point == point), bound[0])
        way = f"请写明属于尚未预审的哪一条要点：{'；'.join(open_points)}。" if open_points else ""
        raise _settled(item, one, "要求补正", way, f"asks[{index}].point")


def standing_of(
    settled: Sequence[Endorsement],
    lifted: Sequence[tuple[str, str]],
    item: Item,
    data: Mapping[str, object],
    papers: Sequence[Paper],
) -> dict[str, list[Endorsement]]:
    """What was found in order and binds still, by its target: nothing has changed, and the head has not lifted it."""
    standing: dict[str, list[Endorsement]] = {}
    for one in settled:
        if (one.target, one.point) not in lifted and not what_changed(one, item, data, papers):
            standing.setdefault(one.target, []).append(one)
    return standing


def require_open_points(
    standing: Mapping[str, Sequence[Endorsement]], named: Iterable[tuple[str, str]], item: Item
) -> None:
    """Refuses to find against an application on points (target, point) that are settled, or that nobody published."""
    for index, (target, point) in enumerate(named):
        bound = next((one for one in standing.get(target, ()) if one.point == point), None)
        if bound is not None:
            raise _settled(item, bound, "认定不符合", "", f"points[{index}]")
        if point not in points_of(item, target):
            raise Refused(
                f"{name_of(item, target)}没有公布“{point[:60]}”这条审查要点",
                rule=RULE,
                remedy="请写明公布的审查要点：" + ("；".join(points_of(item, target)) or "（无）"),
                field=f"points[{index}]",
            )


def _settled(item: Item, one: Endorsement, deed: str, way: str, field: str) -> Refused:
    return Refused(
        f"{name_of(item, one.target)}的审查要点“{one.point}”，{one.office}{one.name}已于 {chinese_date(one.on)}"
        f"在审前服务（{one.precase}）中认定符合，此后材料和要点都没有变化，不能换一个标准{deed}",
        rule=RULE,
        remedy=f"{way}请按审前服务的结论办理；确有必要重新审查的，由机关负责人写明理由后准许",
        field=field,
    )


def _section(item: Item, target: str) -> Section | None:
    if not target.startswith(SECTION):
        return None
    key = target.removeprefix(SECTION)
    return next((section for section in item.form.sections if section.key == key), None)


def _material(item: Item, target: str) -> Material | None:
    return next((material for material in item.materials if material.key == target), None)
