"""Ways on which tests bring cases and certificates of the town to where they need them."""

from dataclasses import replace
from datetime import date, datetime, time

from tests.town import CLERK, DECIDER, FOOD, REGION, RESTAURANT, REVIEWER, Town

from banjie.actions.certify import certificate_id_of, issue_for
from banjie.actions.hands import Hands
from banjie.actions.submissions import submit
from banjie.engine.calendar import CHINA
from banjie.engine.cases.acts import Accept, Approve, Claim, FinishStep, StartReview
from banjie.records import cases, certificates, journal
from banjie.records.cases import Found
from banjie.records.certificates import CertificateRow
from banjie.records.people import MACHINE

OWNER = "xiachunhe"
"""The restaurant's legal representative, whose mandate has no end."""

RENEWAL = {"apply_type": "renewal", "business": "catering", "unchanged": "unchanged"}


def nine(day: date) -> datetime:
    """Nine in the morning of a city day."""
    return datetime.combine(day, time(9), CHINA)


def found(town: Town, number: str) -> Found:
    """A case as the platform sees it."""
    case = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert case is not None
    return case


def kinds(town: Town, number: str) -> list[str]:
    """The names of everything that has happened to a case."""
    history = journal.history(town.platform.database, MACHINE.eyes, REGION, found(town, number).id)
    return [entry.kind for entry in history]


def approve(town: Town, number: str) -> None:
    """Takes a food case that needs no visit from handing in to its approval."""
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(REVIEWER, number, StartReview())
    town.act(REVIEWER, number, FinishStep("review", "齐全"))
    town.act(DECIDER, number, Approve("准予"))


def issue(town: Town, number: str) -> CertificateRow | None:
    """Lets the reaction to a case's approval come about; answers with the certificate it led to, if it is new."""
    case = found(town, number)
    approval = next(
        entry
        for entry in journal.history(town.platform.database, MACHINE.eyes, REGION, case.id)
        if entry.kind == "Approved"
    )
    issue_for(Hands(town.platform, town.platform.now(), lambda *_, **__: None), approval)
    return certificate(town, certificate_id_of(case.id))


def certificate(town: Town, certificate_id: str) -> CertificateRow | None:
    """A certificate as the platform sees it."""
    return certificates.find(town.platform.database, MACHINE.eyes, REGION, certificate_id)


def licensed(town: Town) -> CertificateRow:
    """A licence of the restaurant, issued today."""
    answers = {"apply_type": "new", "business": "sale"}
    number = town.submit(OWNER, FOOD, holder=RESTAURANT, answers=answers).number
    approve(town, number)
    row = issue(town, number)
    assert row is not None
    return row


def renewal_of(town: Town, row: CertificateRow) -> str:
    """The number of an application, handed in today, to renew a licence; the licence is named, not uploaded."""
    application = town.application(FOOD, RESTAURANT, answers=RENEWAL)
    papers = tuple(
        replace(paper, held=row.number) if paper.material == "food_licence" else paper for paper in application.papers
    )
    application = replace(application, papers=papers)
    return submit(town.platform, application, actor=town.who(OWNER), key=town.key()).number
