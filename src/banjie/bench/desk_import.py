"""How fast cases of elsewhere come in from a file: read by a mapping, examined, decided, chained, kept, counted."""

import csv
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from banjie.bench.stage import REGION, Stage

STEPS = ("收件", "受理", "审查", "审核", "决定", "送达")


@dataclass(frozen=True, slots=True)
class Imported:
    """Cases and events taken in, and the rates; `again_per_s` is that of the same file a second time."""

    cases: int
    events: int
    per_s: float
    again_per_s: float


def measure(ground: Stage, cases: int = 10_000) -> Imported:
    """Takes in a made-up file of so many cases with six events each, twice."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        _write(file, cases)
        first, again = _take(ground, file), _take(ground, file)
    events = cases * len(STEPS)
    return Imported(cases, events, events / first, events / again)


def _write(file: Path, cases: int) -> None:
    begin = datetime(2026, 1, 5, 9)  # noqa: DTZ001 — the mapping says which zone the file's times are of.
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            (
                *("办件编号", "事项名称", "申请时间", "截止时间", "办结时间", "申请渠道", "承办部门"),
                *("记录编号", "环节名称", "办理时间", "办理人", "办理单位"),
            )
        )
        for case in range(cases):
            at = begin + timedelta(minutes=7 * case)
            fields = (
                f"C{case:07d}",
                "取水许可",
                at,
                (at + timedelta(days=8)).date(),
                at + timedelta(days=7),
                "窗口",
                "水利局",
            )
            for place, step in enumerate(STEPS):
                moment = at + timedelta(days=place)
                writer.writerow((*fields, f"{case}-{place}", step, moment, f"人员{case % 40}", f"科室{case % 7}"))


def _take(ground: Stage, file: Path) -> float:
    """Seconds for the whole file."""
    from banjie.actions.intake_elsewhere import Intake
    from banjie.packs.case_mapping import load_case_mapping
    from banjie.packs.case_rows import read_cases
    from banjie.records.people import MACHINE

    here = ground.platform
    begin = perf_counter()
    intake = Intake(here, MACHINE, lambda _: None)
    for one in read_cases(file, load_case_mapping("department", file), region=REGION, organs={}, now=here.now()):
        intake.add(one)
    intake.flush()
    return perf_counter() - begin
