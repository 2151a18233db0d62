"""How a due date's proof is written down as JSON, and how it is told in Chinese.

Readers outside the engine take :func:`to_json` and :func:`explain` from :mod:`banjie.engine.proof`, which
also checks what is written here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from functools import cache
from itertools import groupby

from banjie.engine.calendar import Calendar, DayKind, chinese_day
from banjie.engine.clock import Pause, Proof, TimerKind, Unit

FORMAT = "banjie-clock-proof/1"

Document = dict[str, object]


# --- writing ---------------------------------------------------------------------------------------------


def to_json(proof: Proof) -> Document:
    """The proof as JSON values, the same for the same facts in any order.

    ``days`` holds ``[date, verdict, why]`` for each day after the event up to the due date; the verdict is
    ``counted``, ``paused``, ``rolled`` or the kind of day off (``weekend``, ``holiday``, ``closed``).
    """
    timer, reckoning, calendar = proof.timer, proof.reckoning, proof.calendar
    stops = proof.rules.stops.get(timer.kind, frozenset())
    pauses = sorted(proof.pauses, key=_pause_order)
    return {
        "format": FORMAT,
        "region": calendar.region,
        "timer": timer.kind.value,
        "term": {"number": timer.term.number, "unit": timer.term.unit.value, "basis": timer.term.basis},
        "event_on": timer.event_on.isoformat(),
        "start_rule": start_rule(timer.kind, timer.term.unit),
        "extensions": [
            {"number": more.number, "ground": more.ground, "by": more.by, "on": more.on.isoformat()}
            for more in timer.extensions
        ],
        "pauses": [
            {
                "kind": pause.kind.value,
                "name": pause.name,
                "start": pause.start.isoformat(),
                "end": None if pause.end is None else pause.end.isoformat(),
                "ground": pause.ground,
                "by": pause.by,
                "stops": pause.kind in stops,
            }
            for pause in pauses
        ],
        "stops": sorted(kind.value for kind in stops),
        "roll_calendar_due_to_working": proof.rules.roll_calendar_due_to_working,
        "stopped_on": None if timer.stopped_on is None else timer.stopped_on.isoformat(),
        "today": proof.today.isoformat(),
        "calendar": {
            "edition": calendar.edition,
            "published_years": sorted(calendar.published_years),
            "special_days": special_days(proof, calendar),
        },
        "days": [list(row) for row in _day_rows(proof, pauses)],
        "due_on": reckoning.due_on.isoformat(),
        "elapsed": reckoning.elapsed,
        "left": reckoning.left,
        "provisional": reckoning.provisional,
        "paused": reckoning.paused,
        "late": reckoning.late,
    }


@cache
def start_rule(kind: TimerKind, unit: Unit) -> str:
    """How the days of such a clock are counted, in one Chinese sentence."""
    day = "工作日" if unit is Unit.WORKING_DAY else "日"
    hours = "每24小时计1日，不足的按1日计；" if unit is Unit.HOUR else ""
    return f"自{kind.starts_from}之日起算，当日不计，次一{day}为第1日；{hours}期限到末日终了时届满。"


def _pause_order(pause: Pause) -> tuple[date, date, str, str, str, str]:
    return pause.start, pause.end or date.max, pause.kind.value, pause.name, pause.ground, pause.by


def special_days(proof: Proof, calendar: Calendar) -> list[list[str]]:
    """The days of ``calendar`` that are not ordinary, from the event to the last day that matters."""
    first = proof.timer.event_on.toordinal()
    last = max(proof.reckoning.due_on.toordinal(), proof.timer.as_of(proof.today).toordinal())
    table = calendar.table(first, max(first, last))
    low, high = bisect_left(table.special, first - table.base), bisect_right(table.special, last - table.base)
    return [list(row) for row in table.special_rows[low:high]]


def _day_rows(proof: Proof, pauses: list[Pause]) -> list[tuple[str, str, str]]:
    """Each day after the event up to the due date: ISO date, verdict, and why in Chinese."""
    timer, rules = proof.timer, proof.rules
    event, due = timer.event_on.toordinal(), proof.reckoning.due_on.toordinal()
    table = proof.calendar.table(event, due)
    rows = table.rows[event + 1 - table.base : due + 1 - table.base]
    if timer.term.unit is not Unit.WORKING_DAY:
        rows = [(iso, "counted", "自然日") for iso, _, _ in rows]
    stops = rules.stops.get(timer.kind, frozenset())
    reached = 0  # Pauses come in order of their start: a day two of them cover is told by the first.
    for pause in pauses:
        if pause.kind not in stops:
            continue
        end = timer.as_of(proof.today) if pause.end is None else pause.end
        why = f"{pause.name}期间，不计入"
        first, after = pause.start.toordinal() - event - 1, end.toordinal() - event - 1
        for place in range(max(first, reached), min(after, len(rows))):
            if rows[place][1] == "counted":
                rows[place] = (rows[place][0], "paused", why)
        reached = max(reached, min(after, len(rows)))
    if rules.roll_calendar_due_to_working and timer.term.unit is Unit.CALENDAR_DAY:
        counted = 0
        for place, (iso, verdict, _) in enumerate(rows):
            if counted == timer.total:
                rows[place] = (iso, "rolled", "期限末日逢休息日，顺延至次一工作日")
            else:
                counted += verdict == "counted"
    return rows


# --- telling ---------------------------------------------------------------------------------------------


def explain(proof: Proof) -> list[str]:
    """The proof in plain Chinese, one line a thought, for the page and the printed notice."""
    timer, reckoning = proof.timer, proof.reckoning
    basis = f"（{timer.term.basis}）" if timer.term.basis else ""
    lines = [
        f"{timer.kind.label}：{timer.term.label}{basis}。",
        f"起算：{chinese_day(timer.event_on)}{timer.kind.starts_from}。" + start_rule(timer.kind, timer.term.unit),
    ]
    lines += [
        f"延长：{chinese_day(more.on)}经{more.by}批准，延长{more.number}{timer.term.unit.label}；理由：{more.ground}。"
        for more in timer.extensions
    ]
    pauses = sorted(proof.pauses, key=_pause_order)
    lines += [_pause_line(pause, proof) for pause in pauses]
    lines += _skipped_lines(_day_rows(proof, pauses), timer.term.unit.day_label)
    lines.append(f"到期日：{chinese_day(reckoning.due_on)}，当日终了时届满。")
    if reckoning.provisional:
        lines.append("到期日为暂定：期间有年份的放假安排尚未公布，暂按周末推算，公布后重新计算。")
    lines.append(_standing_line(proof))
    return lines


def _pause_line(pause: Pause, proof: Proof) -> str:
    label = pause.name if pause.name == pause.kind.label else f"{pause.kind.label}（{pause.name}）"
    until = "起，尚未结束" if pause.end is None else f"起，{chinese_day(pause.end)}恢复计算"
    if pause.kind not in proof.rules.stops.get(proof.timer.kind, frozenset()):
        return f"{label}：{chinese_day(pause.start)}起，不停止本期限的计算。"
    return f"暂停：{label}，自{chinese_day(pause.start)}{until}；依据：{pause.ground}；经办：{pause.by}。"


def _skipped_lines(rows: list[tuple[str, str, str]], unit: str) -> list[str]:
    """Holidays, closures and make-up days as stretches; ordinary weekends and paused days as numbers."""
    stretches: dict[str, list[str]] = {"不计入": [], "计入": []}
    numbers = {DayKind.WEEKEND.value: 0, "paused": 0}
    for (verdict, why), group in groupby(rows, key=lambda row: (row[1], row[2])):
        days = [date.fromisoformat(iso) for iso, _, _ in group]
        if verdict in numbers:
            numbers[verdict] += len(days)
        elif verdict != "counted" or why.startswith(("调休上班", "半天办公")):
            span = chinese_day(days[0]) + (f"至{chinese_day(days[-1])}" if len(days) > 1 else "")
            stretches["计入" if verdict == "counted" else "不计入"].append(f"{span}{why}")
    lines = [f"{heading}：{'；'.join(texts)}。" for heading, texts in stretches.items() if texts]
    if numbers["weekend"]:
        lines.append(f"另有周末{numbers['weekend']}天不计入。")
    if numbers["paused"]:
        lines.append(f"暂停期间共有{numbers['paused']}{unit}不计入。")
    return lines


def _standing_line(proof: Proof) -> str:
    timer, reckoning = proof.timer, proof.reckoning
    unit = timer.term.unit.day_label
    said = f"截至{chinese_day(timer.as_of(proof.today))}，已用{reckoning.elapsed}{unit}，"
    if reckoning.late:
        over = f"，超期{-reckoning.left}{unit}" if reckoning.left < 0 else ""
        return f"{said}已过到期日{over}。"
    return f"{said}剩余{max(reckoning.left, 0)}{unit}{'（计算已暂停）' if reckoning.paused else ''}。"
