"""Event logs for other people's tools: XES (IEEE 1849) and OCEL 2.0 (JSON), written as they are read.

Both say what happened to a case, when, and in which office; never who applied and what she wrote. Officials stand
there by a number of the export, so that hands can be told apart and nobody is named.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from banjie.actions.flow import node_of
from banjie.actions.platform import Platform
from banjie.engine.catalogue import Item
from banjie.records import flow
from banjie.records.database import Eyes
from banjie.records.laws import UnknownItem


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What holds for a case: an identifier that is no case number, its item, organ and source."""

    id: str
    item: str
    organ: str
    source: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something done to a case."""

    activity: str
    at: datetime
    office: str
    by: str


def lines(platform: Platform, eyes: Eyes, regions: Iterable[str]) -> Iterator[tuple[CaseLine, list[EventLine]]]:
    """Every case these eyes may see with its events, one at a time."""
    reading = _Reading(platform)
    subject, case, events = "", None, list[EventLine]()
    for told in flow.told(platform.database, eyes, list(regions)):
        if told.subject != subject:
            if case is not None and events:
                yield case, sorted(events, key=lambda one: one.at)
            subject, events = told.subject, []
            case = reading.begun(told)
        if case is not None:
            events.extend(reading.events(told))
    if case is not None and events:
        yield case, sorted(events, key=lambda one: one.at)


class _Reading:
    """Turns entries into lines."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._people: dict[str, str] = {}
        self._item: Item | None = None
        self._organ = ""

    def begun(self, told: flow.Told) -> CaseLine | None:
        data, self._item = told.data, None
        if told.kind_of_case == "external":
            facts = data.get("facts")
            if facts is None:
                return None
            self._organ = facts.get("organ_name", "")
            return CaseLine(told.subject, facts.get("item_name", ""), self._organ, data.get("source", ""))
        if told.kind != "Submitted":
            return None
        try:
            self._item = self._platform.laws.law(told.region, data["item"], data["edition"]).item
        except UnknownItem:
            return None
        self._organ = self._item.organ_name
        return CaseLine(told.subject, self._item.heading, self._organ, "")

    def events(self, told: flow.Told) -> Iterator[EventLine]:
        if told.kind_of_case == "external":
            if told.kind in ("CaseReported", "StepsReported"):
                for step in told.data.get("steps", ()):
                    at = datetime.fromisoformat(step["at"])
                    yield EventLine(step["activity"], at, step.get("office", ""), self._number(step.get("by", "")))
            return
        found = node_of(told.kind, told.data, self._item)
        if found is not None:
            yield EventLine(found[0], told.at, found[1] or self._organ, self._number(told.actor))

    def _number(self, person: str) -> str:
        if not person:
            return ""
        return self._people.setdefault(person, f"人员{len(self._people) + 1:04d}")


# --- XES ---

_XES_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/></global>
<classifier name="Activity" keys="concept:name"/>
"""


def xes(found: Iterable[tuple[CaseLine, list[EventLine]]]) -> Iterator[str]:
    """The log as XES, in pieces."""
    yield _XES_HEAD
    for case, events in found:
        parts = [
            "<trace>",
            *_strings({"concept:name": case.id, "item": case.item, "organ": case.organ, "source": case.source}),
        ]
        for event in events:
            parts.append("<event>")
            parts += _strings(
                {
                    "concept:name": event.activity,
                    "org:group": event.office,
                    "org:resource": event.by,
                    "lifecycle:transition": "complete",
                }
            )
            moment = event.at.astimezone(UTC).isoformat(timespec="milliseconds")
            parts.append(f'<date key="time:timestamp" value="{moment}"/></event>')
        parts.append("</trace>\n")
        yield "".join(parts)
    yield "</log>\n"


def _strings(values: dict[str, str]) -> list[str]:
    return [f'<string key="{key}" value={quoteattr(_printable(value))}/>' for key, value in values.items() if value]


def _printable(text: str) -> str:
    """Without the control characters XML cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")


# --- OCEL 2.0 ---


def ocel(found: Iterable[tuple[CaseLine, list[EventLine]]]) -> Iterator[str]:
    """The log as OCEL 2.0 JSON, in pieces: cases, offices and hands are objects, what was done relates them.

    Events come first; objects and types, which are known only afterwards, follow. Of each case one short line is
    remembered until then (some 300 bytes), of its events nothing.
    """
    activities: dict[str, None] = {}
    offices: dict[str, str] = {}
    people: dict[str, str] = {}
    cases: list[tuple[str, str, str, str, str]] = []
    yield '{"events":['
    number, first = 0, True
    for case, events in found:
        began = events[0].at.astimezone(UTC).isoformat(timespec="milliseconds")
        cases.append((case.id, case.item, case.organ, case.source, began))
        written = []
        for event in events:
            number += 1
            activities.setdefault(event.activity)
            relations = [{"objectId": case.id, "qualifier": "办件"}]
            if event.office:
                place = offices.setdefault(event.office, f"office:{len(offices) + 1}")
                relations.append({"objectId": place, "qualifier": "单位"})
            if event.by:
                hand = people.setdefault(event.by, f"person:{len(people) + 1}")
                relations.append({"objectId": hand, "qualifier": "经办"})
            said: dict[str, Any] = {
                "id": f"e{number}",
                "type": event.activity,
                "time": event.at.astimezone(UTC).isoformat(timespec="milliseconds"),
                "attributes": [],
                "relationships": relations,
            }
            written.append(json.dumps(said, ensure_ascii=False))
        yield ("" if first else ",\n") + ",\n".join(written)
        first = False
    yield '],\n"objects":['
    first = True
    for thing in (*_cases(cases), *_things(offices, "单位"), *_things(people, "经办人")):
        yield ("" if first else ",\n") + json.dumps(thing, ensure_ascii=False)
        first = False
    kinds = [
        {"name": "办件", "attributes": [{"name": name, "type": "string"} for name in ("item", "organ", "source")]},
        {"name": "单位", "attributes": [{"name": "name", "type": "string"}]},
        {"name": "经办人", "attributes": [{"name": "name", "type": "string"}]},
    ]
    types = [{"name": activity, "attributes": []} for activity in activities]
    yield f'],\n"objectTypes":{json.dumps(kinds, ensure_ascii=False)},'
    yield f'\n"eventTypes":{json.dumps(types, ensure_ascii=False)}}}\n'


def _cases(cases: Iterable[tuple[str, str, str, str, str]]) -> Iterator[dict[str, Any]]:
    for case_id, item, organ, source, began in cases:
        values = {"item": item, "organ": organ, "source": source}
        attributes = [{"name": name, "time": began, "value": value} for name, value in values.items() if value]
        yield {"id": case_id, "type": "办件", "attributes": attributes, "relationships": []}


def _things(found: dict[str, str], kind: str) -> Iterator[dict[str, Any]]:
    for name, thing in found.items():
        attribute = {"name": "name", "time": "1970-01-01T00:00:00.000+00:00", "value": name}
        yield {"id": thing, "type": kind, "attributes": [attribute], "relationships": []}


FORMATS = {"xes": (xes, "application/xml"), "ocel": (ocel, "application/json")}
"""How a log is written, and its media type, by the name of the format."""
