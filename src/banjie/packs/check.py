"""`banjie items check`: every mistake of a folder of packs, with file and line."""

from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path

from banjie.engine.catalogue import Item
from banjie.engine.gates import gates
from banjie.engine.subject import Refused
from banjie.packs.inherited import INHERITS, is_claimed, read_claimed
from banjie.packs.load import ITEMS, pack_files, read_pack
from banjie.packs.reading import PackError, PackFault


@dataclass(frozen=True, slots=True)
class Report:
    """What a folder holds: the items that may be published, how many files there were, and every fault."""

    items: tuple[Item, ...]
    files: int
    faults: tuple[PackFault, ...]
    apart: tuple[str, ...] = ()
    """Lower editions whose upper edition is not in the folder: how they are written is all that can be checked."""

    @property
    def ok(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.faults

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults]
        lines += [f"{file}：继承的上级事项不在这个目录里，只检查了写法" for file in self.apart]
        summary = f"检查 {self.files} 个事项文件，{len(self.items)} 个可以发布，{len(self.faults)} 处需要修改"
        return "\n".join([*lines, summary])


def check_folder(folder: Path | Traversable = ITEMS, *, today: date) -> Report:
    """Read every pack of a folder and hold it against the gates of publication; two may not share a code."""
    items: list[Item] = []
    faults: list[PackFault] = []
    seen: dict[str, str] = {}
    files = 0
    lower: list[Traversable] = []
    for source in pack_files(folder):
        files += 1
        try:
            if is_claimed(source):
                lower.append(source)
                continue
            pack = read_pack(source)
        except PackError as error:
            faults.extend(error.faults)
            continue
        found = [
            PackFault(pack.file, pack.locate(fault.field)[0], fault.label, fault.reason, fault.remedy)
            for fault in gates(pack.item, today)
        ]
        if pack.item.code in seen:
            line, label = pack.locate("code")
            reason = f"事项编码与 {seen[pack.item.code]} 相同"
            found.append(PackFault(pack.file, line, label, reason, "请给每个事项不同的编码"))
        seen[pack.item.code] = pack.file
        faults.extend(sorted(found, key=lambda fault: fault.line))
        if not found:
            items.append(pack.item)
    apart = _check_lower(lower, items, faults, today)
    return Report(tuple(items), files, tuple(faults), apart)


def _check_lower(lower: list[Traversable], items: list[Item], faults: list[PackFault], today: date) -> tuple[str, ...]:
    """Holds lower editions, put on their upper ones, against the same gates; answers with those that stand apart."""
    above = {(item.region, item.code): item for item in items}
    apart = []
    for source in lower:
        try:
            claimed = read_claimed(source)
        except PackError as error:
            faults.extend(error.faults)
            continue
        upper = above.get((claimed.upper.region, claimed.upper.code))
        if upper is None:
            apart.append(claimed.file)
            continue
        try:
            item = claimed.item(upper)
        except Refused as refused:
            faults.append(PackFault(claimed.file, 1, INHERITS, refused.reason, refused.remedy or ""))
            continue
        found = [PackFault(claimed.file, 1, one.label, one.reason, one.remedy) for one in gates(item, today)]
        faults.extend(found)
        if not found:
            items.append(item)
    return tuple(apart)
