"""`banjie items check`: every mistake of a folder of packs, with file and line."""

from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path

from banjie.engine.catalogue import Item
from banjie.engine.gates import gates
from banjie.packs.load import ITEMS, pack_files, read_pack
from banjie.packs.reading import PackError, PackFault


@dataclass(frozen=True, slots=True)
class Report:
    """What a folder holds: the items that may be published, how many files there were, and every fault."""

    items: tuple[Item, ...]
    files: int
    faults: tuple[PackFault, ...]

    @property
    def ok(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.faults

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults]
        summary = f"检查 {self.files} 个事项文件，{len(self.items)} 个可以发布，{len(self.faults)} 处需要修改"
        return "\n".join([*lines, summary])


def check_folder(folder: Path | Traversable = ITEMS, *, today: date) -> Report:
    """Read every pack of a folder and hold it against the gates of publication; two may not share a code."""
    items: list[Item] = []
    faults: list[PackFault] = []
    seen: dict[str, str] = {}
    files = 0
    for source in pack_files(folder):
        files += 1
        try:
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
    return Report(tuple(items), files, tuple(faults))
