"""`banjie clock due`: a due date and why, from the calendars that ship; no database is asked."""

import argparse
import json
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

from banjie.commands.answers import Trouble, told, write_text
from banjie.engine.calendar import CHINA
from banjie.engine.clock import Pause, PauseKind, Proof, Term, Timer, TimerKind, Unit, prove, reckon
from banjie.engine.ids import Malformed
from banjie.engine.proof import explain, to_json
from banjie.packs.calendars import load_calendar

CALENDARS = files("banjie.content") / "calendars"


def due(arguments: argparse.Namespace) -> int:
    """The date alone on the first line, then the reasons in plain sentences."""
    with told():
        try:
            proof = _proof(arguments)
            reasons, document = explain(proof), to_json(proof)
        except Malformed as malformed:
            raise Trouble(str(malformed)) from None
        print(proof.reckoning.due_on.isoformat())
        for line in reasons:
            print(line)
        if arguments.proof:
            text = json.dumps(document, ensure_ascii=False, indent=1)
            if arguments.proof == "-":
                print(text)
            else:
                write_text(Path(arguments.proof), text + "\n")
    return 0


def _proof(arguments: argparse.Namespace) -> Proof:
    calendar = load_calendar(CALENDARS, arguments.region)
    timer = Timer(TimerKind.STATUTORY, Term(arguments.days, Unit(arguments.unit)), arguments.event_on)
    pauses = [
        Pause(PauseKind.SPECIAL, "特别程序", start, end, "命令行给出", "命令行") for start, end in arguments.pause
    ]
    if arguments.today is not None:
        today = arguments.today
    elif any(pause.end is None for pause in pauses):
        today = max(_city_day(), arguments.event_on)
    else:
        # No pause is open, so the day asked about does not move the due date; on that day the whole term is used.
        today = reckon(timer, pauses, calendar, arguments.event_on).due_on
    return prove(timer, pauses, calendar, today)


def _city_day() -> date:
    return datetime.now(CHINA).date()  # noqa: TID251 — a command is its own process and has no platform to ask.
