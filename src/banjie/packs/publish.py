"""Publication: an item becomes an edition that people can apply under, once nothing stands against it."""

from dataclasses import dataclass, replace
from datetime import date

from banjie.engine.catalogue import Item
from banjie.engine.forms import Fault
from banjie.engine.gates import gates
from banjie.packs.diff import Change, diff


@dataclass(frozen=True, slots=True)
class Publication:
    """An edition ready to be stored, and what it changes against the one before."""

    item: Item
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Unpublishable:
    """Why an item cannot be published."""

    faults: tuple[Fault, ...]


def prepare(item: Item, previous: Item | None, today: date) -> Publication | Unpublishable:
    """The next edition of an item, or everything that stands against it.

    The edition is numbered after `previous`, the latest one published (None for the first). Running cases keep
    theirs, so a new edition may not take force before today, nor before the one it follows.
    """
    faults = list(gates(item, today))
    if previous is None:
        return Unpublishable(tuple(faults)) if faults else Publication(replace(item, edition=1))
    edition = replace(item, edition=previous.edition + 1)
    changes = diff(previous, edition)
    faults.extend(_against(previous, edition, changes, today))
    return Unpublishable(tuple(faults)) if faults else Publication(edition, changes)


def _against(previous: Item, edition: Item, changes: tuple[Change, ...], today: date) -> list[Fault]:
    faults: list[Fault] = []
    if edition.code != previous.code:
        faults.append(
            Fault("code", "事项编码", f"与上一版的 {previous.code} 不同", "不同的编码是另一个事项，请单独发布")
        )
    if edition.region != previous.region or edition.organ != previous.organ:
        faults.append(
            Fault("organ", "实施机关", "与上一版的行政区划或实施机关不同", "换了实施机关的，请停办旧事项后另行发布")
        )
    if not changes:
        faults.append(Fault("edition", "版次", "与上一版完全相同", "没有改动就不需要发布新版"))
    if edition.effective_on <= previous.effective_on:
        faults.append(
            Fault(
                "effective_on",
                "生效日期",
                f"不晚于上一版的生效日期 {previous.effective_on}",
                "新版应当在上一版之后生效",
            )
        )
    elif edition.effective_on < today:
        faults.append(Fault("effective_on", "生效日期", "早于今天", "请填写今天或以后的日期，已受理的办件仍按原版办理"))
    return faults
