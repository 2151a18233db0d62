"""A name with a character no font can draw: nothing wrong is printed, and everybody is told what it needs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.actions.ways import found
from tests.town import CLERK, REGION, SUSPENSION, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions.platform import Platform
from banjie.engine.cases import acts
from banjie.engine.ids import credit_check_character, organisation_check_character
from banjie.outside.typesetting import typeset
from banjie.records import documents
from banjie.records.models import Account
from banjie.records.people import MACHINE, Party, keep_own, keep_party
from banjie.worker import carrier_of

OWNER = "qumian"
NAME = "澜江𮧵记面馆"
DESK_SAYS = "“申请人名称”中有文书字体印不出的生僻字“𮧵”"
APPLICANT_READS = "文书制作中遇到生僻字，窗口会联系您"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


@pytest.fixture(scope="module")
def shop(town: Town) -> str:
    """A noodle shop with a rare character in its name, and its owner's account."""
    Account.objects.get_or_create(
        username=OWNER, defaults={"key": OWNER, "display_name": "屈勉", "region": REGION, "password": "!", "level": 4}
    )
    organisation = "MA00RC77"
    credit = f"91990102{organisation}{organisation_check_character(organisation)}"
    credit += credit_check_character(credit)
    facts = {"company.name": NAME, "company.credit_code": credit}
    keep_party(town.platform.database, REGION, Party("c-rare", "company", NAME, credit, facts))
    keep_own(town.platform.database, REGION, "c-rare", OWNER)
    return "c-rare"


def jobs_done(town: Town, platform: Platform, case_id: str) -> None:
    """The worker's jobs of a case, carried out as the worker does."""
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute(
            "SELECT DISTINCT task_name, args FROM procrastinate_jobs WHERE args->>'case_id' = %s", (case_id,)
        )
        written = cursor.fetchall()
    assert written
    for job in written:
        carrier_of(platform)(job["task_name"], **job["args"])


def with_the_font(template: str, data: Mapping[str, Any]) -> bytes:
    """Stands for a machine on which a font with the character has been installed."""
    return typeset(template, json.loads(json.dumps(data, ensure_ascii=False).replace("𮧵", "某")))


def test_the_document_waits_and_both_sides_are_told(town: Town, shop: str) -> None:
    number = town.submit(OWNER, SUSPENSION, holder=shop).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    town.settle()
    case_id = found(town, number).id
    jobs_done(town, town.platform, case_id)

    rows = documents.of_case(town.platform.database, MACHINE.eyes, REGION, case_id)
    assert rows
    assert all(DESK_SAYS in row.trouble and not row.sha256 for row in rows)

    desk = f"/office/cases/{REGION}/{number}"
    shown = text_of(browser(CLERK).get(desk).content)
    assert "受理通知书还没有制成" in shown
    assert DESK_SAYS in shown
    assert "请先核对是否录错" in shown
    mine = browser(OWNER)
    shown = text_of(mine.get(f"/me/cases/{REGION}/{number}").content)
    assert APPLICANT_READS in shown
    assert "BANJIE_FONTS" not in shown
    waiting = mine.get(f"/me/documents/{REGION}/{rows[0].id}.pdf")
    assert waiting.status_code == 202
    assert APPLICANT_READS in text_of(waiting.content)

    # The font is installed, and the clerk presses the button.
    for row in rows:
        pressed = browser(CLERK).post(f"{desk}/document/{row.id}/again")
        assert pressed.status_code == 303
    jobs_done(town, replace(town.platform, typeset=with_the_font), case_id)
    assert "还没有制成" not in text_of(browser(CLERK).get(desk).content)
    assert APPLICANT_READS not in text_of(mine.get(f"/me/cases/{REGION}/{number}").content)
    assert mine.get(f"/me/documents/{REGION}/{rows[0].id}.pdf").content.startswith(b"%PDF")


def test_a_document_of_another_case_is_not_made_again_here(town: Town, shop: str) -> None:
    numbers = [town.submit(OWNER, SUSPENSION, holder=shop).number for _ in range(2)]
    other = documents.of_case(town.platform.database, MACHINE.eyes, REGION, found(town, numbers[1]).id)[0]
    assert browser(CLERK).post(f"/office/cases/{REGION}/{numbers[0]}/document/{other.id}/again").status_code == 404
