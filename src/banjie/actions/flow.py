"""The follower that keeps the sums of flow, and what the page over them asks: maps of our own and of others' cases."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from banjie.actions.platform import Platform
from banjie.actions.sharing_acts import month_of
from banjie.engine.calendar import CHINA
from banjie.engine.catalogue import Item
from banjie.engine.flow import Passage, Point, follow
from banjie.records import flow, followers, journal
from banjie.records.flow import Key, Sums, Walked
from banjie.records.journal import Entry
from banjie.records.laws import UnknownItem
from banjie.records.people import MACHINE

FOLLOWER: Final = "flow"
AT_ONCE: Final = 2000

NODES: Final[Mapping[str, str]] = {
    "Submitted": "提交申请",
    "Claimed": "预审接件",
    "CorrectionAsked": "通知补正",
    "Resubmitted": "提交补正",
    "FoundNotRequired": "不予受理",
    "FoundNotCompetent": "不予受理",
    "Accepted": "受理",
    "ReviewStarted": "开始审查",
    "StepReturned": "退回重办",
    "SpecialStarted": "特别程序开始",
    "SpecialEnded": "特别程序结束",
    "Extended": "延期",
    "Approved": "准予许可",
    "Denied": "不予许可",
    "Returned": "退件",
    "Withdrawn": "撤回",
    "Terminated": "终止",
    "Delivered": "送达",
}
"""What each event of a case is called on a map; a finished step has the name of the step."""


def node_of(kind: str, data: Mapping[str, Any], item: Item | None) -> tuple[str, str] | None:
    """The node of an event and the office that did it ("" for the organ itself); None for what no map shows."""
    if kind == "StepFinished":
        key = str(data.get("step", ""))
        step = next((one for one in item.workflow.steps if one.key == key), None) if item else None
        return (step.name, step.office) if step else (key, "")
    name = NODES.get(kind)
    return (name, "") if name else None


def follow_flow(platform: Platform, at: datetime, *, most: int = AT_ONCE) -> int:
    """Adds the next entries of the journal to the sums; answers with how many there were.

    The sums and the follower's place are kept in one transaction, so every entry counts exactly once. `at` is not
    asked: a map knows when things happened, not when it was drawn.
    """
    del at
    with followers.place(platform.database, MACHINE.eyes, FOLLOWER) as place:
        if place is None:
            return 0
        entries = journal.after(place.cursor, place.xid, place.position, most)
        mine = [one for one in entries if one.subject_kind in ("case", "external")]
        if mine:
            # Kept apart within the transaction: if it fails, the place stays where it is.
            with place.cursor.connection.transaction():
                _Counting(platform, mine, place.cursor).run()
        if entries:
            place.move(entries[-1].xid, entries[-1].position)
        return len(entries)


class _Counting:
    """One batch of entries on its way into the sums."""

    def __init__(self, platform: Platform, entries: list[Entry], cursor: Any) -> None:
        self._platform, self._entries, self._cursor = platform, entries, cursor
        keys = list(dict.fromkeys((one.region, one.subject) for one in entries))
        self._cases: dict[Key, Walked] = flow.walked(cursor, keys)
        deciding = [(one.region, one.subject) for one in entries if one.kind in ("Approved", "Denied")]
        self._decided = flow.decided(cursor, deciding)
        self._sums = Sums()

    def run(self) -> None:
        for entry in self._entries:
            if entry.subject_kind == "case":
                self._own(entry)
            else:
                self._external(entry)
        flow.keep_walked(self._cursor, self._cases)
        flow.add(self._cursor, self._sums)

    def _own(self, entry: Entry) -> None:
        key, data = (entry.region, entry.subject), entry.data
        case = self._cases.get(key)
        if case is None:
            if entry.kind != "Submitted":
                return
            case = self._cases[key] = Walked(data["organ"], data["item"], data["edition"])
        item = self._item(entry.region, case)
        if item is not None:
            self._sums.items[entry.region, case.item, case.organ] = (item.heading, "")
        found = node_of(entry.kind, data, item)
        if found is None:
            return
        name, office = found
        self._walk(key, case, (Point(name, entry.at, office or case.organ),))
        days = self._decided.get(key)
        if entry.kind in ("Approved", "Denied") and days is not None and not case.decided:
            accepted, due, decided = days
            self._keep(key, case, accepted, due, decided, late=decided > due)

    def _item(self, region: str, case: Walked) -> Item | None:
        try:
            return self._platform.laws.law(region, case.item, case.edition).item
        except UnknownItem:
            return None

    def _external(self, entry: Entry) -> None:
        key, data = (entry.region, entry.subject), entry.data
        facts: Mapping[str, Any] | None = data.get("facts")
        case = self._cases.get(key)
        if case is None:
            if facts is None:
                return
            name = facts.get("item_name", "") or facts.get("item", "")
            case = self._cases[key] = Walked(facts.get("organ", ""), external_item(data.get("source", ""), name), 0)
            self._sums.items[entry.region, case.item, case.organ] = (name or "未写明事项", data.get("source", ""))
        if entry.kind in ("CaseReported", "StepsReported"):
            steps = data.get("steps", ())
            self._walk(
                key,
                case,
                tuple(
                    Point(step["activity"], datetime.fromisoformat(step["at"]), step.get("office", ""))
                    for step in steps
                ),
            )
        if facts is not None and not case.decided and facts.get("ended_at") and facts.get("due_at"):
            began, due, ended = (datetime.fromisoformat(facts[name]) for name in ("started_at", "due_at", "ended_at"))
            if began <= ended:
                late = _day(ended) > _day(due) if facts.get("due_by_day") else ended > due
                self._keep(key, case, _day(began), _day(due), _day(ended), late=late)

    def _walk(self, key: Key, case: Walked, points: tuple[Point, ...]) -> None:
        case.trail, passages = follow(case.trail, points)
        for passage in passages:
            self._pass(key[0], case, passage)

    def _pass(self, region: str, case: Walked, passage: Passage) -> None:
        scope = (region, case.item, case.organ, month_of(passage.at))
        for table, one, other in (
            (self._sums.edges, passage.source, passage.target),
            (self._sums.stays, passage.target, passage.office),
        ):
            numbers = table.setdefault((scope, one, other), [0, 0, 0])
            numbers[0] += 1
            numbers[1] += passage.seconds
            numbers[2] += passage.rework

    def _keep(self, key: Key, case: Walked, began: date, due: date, ended: date, *, late: bool) -> None:
        calendar = self._platform.laws.calendar(key[0])
        case.decided = True
        numbers = self._sums.kept.setdefault((key[0], case.item, case.organ, ended.replace(day=1)), [0, 0, 0, 0])
        numbers[0] += 1
        numbers[1] += late
        numbers[2] += calendar.count_working(began, due) if began <= due else 0
        numbers[3] += calendar.count_working(began, ended)


def external_item(source: str, name: str) -> str:
    """How an item of elsewhere is known among the sums: with its source, since two systems may use one name."""
    return f"{source}:{name}"


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()
