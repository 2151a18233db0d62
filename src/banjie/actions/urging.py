"""催办 after the act itself: which desk owes the answer, kept for that desk and for those who watch over it."""

from banjie.actions.hands import Hands
from banjie.actions.submissions import offices
from banjie.engine.calendar import CHINA
from banjie.engine.cases import running
from banjie.engine.cases.events import UrgeAnswered, Urged
from banjie.engine.cases.tasks import tasks
from banjie.engine.codec import decode
from banjie.records import cases, urges
from banjie.records.journal import Entry
from banjie.records.people import MACHINE
from banjie.records.urges import UrgeRow


def keep_urge(hands: Hands, entry: Entry) -> None:
    """An applicant has urged: it reaches whoever holds the step, and the list of those who watch."""
    platform = hands.platform
    found = cases.find_by_id(platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = platform.laws.law(entry.region, found.case.item, found.case.edition)
    today = hands.at.astimezone(CHINA).date()
    lines = tasks(found.case, law, today, running(found.case, law, today))
    row = UrgeRow(
        region=entry.region,
        case_id=entry.subject,
        seq=entry.seq,
        number=found.number,
        item_name=found.item_name,
        organ=found.case.organ,
        offices=tuple(offices(law)),
        desk=lines[0].office if lines else found.case.organ,
        urged_at=entry.at,
        answer_by=decode(Urged, entry.data).answer_by,
    )
    urges.keep(platform.database, row)


def keep_urge_answer(hands: Hands, entry: Entry) -> None:
    """The office has answered: what it owed is settled."""
    answer = decode(UrgeAnswered, entry.data)
    urges.answer(hands.platform.database, entry.region, entry.subject, entry.seq, answer.words, entry.at)
