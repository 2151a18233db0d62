"""文书 and their mandatory fields (domain of documents, §17.2 as a table): none leaves the law without one of them."""

from dataclasses import replace

import pytest
from tests.engine.casework import LAWS, in_review
from tests.engine.test_documents import HAPPENED, LAW, ON
from tests.town import HYGIENE

from banjie.engine.cases import events as e
from banjie.engine.cases import evolve
from banjie.engine.cases.documents import NAMES, documents
from banjie.engine.wordings import fill
from banjie.packs.wordings import shipped

COMMON = ("organ", "applicant", "case_number", "item", "date")
"""Who speaks to whom, about what, when; the number and the seal are given when it is kept and sealed."""

# document | what it must say besides
MANDATORY = """
receipt           | received_on query_code answer_by materials
promise           | basis liability signed_by signed_on
correction        | due_on faults applied_on
acceptance        | accepted_on statutory_term promised_term due_on applied_on phone
non_acceptance    | ground reason review_organ court
tolerance         | missing consequence
special_procedure | procedure duration starts_on ends_on reason
extension         | extended_by reason former_due_on due_on approved_on
approval          | content grounds review_organ court
denial            | facts reasons grounds review_organ court
withdrawal        | withdrawn_on
termination       | reason grounds ended_on review_organ court
delivery          | documents recipient way delivered_on evidence
"""


def issued() -> dict[str, dict[str, object]]:
    """A document of every kind the law of cases issues, by kind, with its content."""
    found: dict[str, dict[str, object]] = {}
    for law, event in [(LAW, one) for one in HAPPENED] + [(LAWS[HYGIENE], promised(HAPPENED[0]))]:
        before = in_review(law).case
        after = before if isinstance(event, e.Resubmitted) else evolve(before, event)
        for document in documents(before, event, after, law):
            found.setdefault(document.kind, dict(document.content))
    return found


def promised(event: object) -> e.Submitted:
    """The same application, by promise."""
    assert isinstance(event, e.Submitted)
    return replace(event, promised=True)


@pytest.mark.parametrize("line", MANDATORY.strip().splitlines())
def test_every_document_says_what_it_must(line: str) -> None:
    kind, keys = (cell.strip() for cell in line.split("|"))
    content = issued()[kind]
    assert kind in NAMES
    for key in (*COMMON, *keys.split()):
        assert key in content, key
        assert content[key] not in ("", None, []) or key in ("reason", "withdrawn_on"), key


@pytest.mark.parametrize("kind", sorted(issued()))
def test_every_document_can_be_worded(kind: str) -> None:
    content = issued()[kind]
    wording = shipped().get(kind)
    assert wording is None or fill(wording, {}, {"applied_on": "", **content})


def test_a_no_gives_reasons_and_remedies_with_their_days() -> None:
    for kind in ("denial", "non_acceptance", "termination"):
        content = issued()[kind]
        [words] = fill(shipped()[kind], {}, {"accepted_on": "", "applied_on": "", **content})["remedies"]
        assert f"六十日内向{content['review_organ']}申请行政复议" in words
        assert f"六个月内依法向{content['court']}提起行政诉讼" in words
        assert content.get("reasons") or content.get("reason")


def test_the_day_of_an_event_is_the_day_on_its_document() -> None:
    assert all(content["date"] == f"{ON.year}年{ON.month}月{ON.day}日" for content in issued().values())
