"""Certificates on the desk: who may suspend, resume, extend, cancel and revoke, and what a stranger then reads."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.actions.ways import licensed
from tests.town import AGENT, CLERK, DECIDER, HEAD, REGION, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions.papers import certificate_content
from banjie.records import cases, certificates
from banjie.records.certificates import CertificateRow
from banjie.records.people import MACHINE


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


@pytest.fixture
def licence(town: Town) -> CertificateRow:
    return licensed(town)


def page_of(town: Town, username: str, row: CertificateRow) -> str:
    assert row.case_id is not None
    case = cases.find_by_id(town.platform.database, MACHINE.eyes, REGION, row.case_id)
    assert case is not None
    return browser(username).get(f"/office/cases/{REGION}/{case.number}").content.decode()


def press(username: str, row: CertificateRow, act: str, **typed: str) -> Any:
    return browser(username).post(f"/office/certificates/{REGION}/{row.id}/act/{act}", typed)


def now(town: Town, row: CertificateRow) -> CertificateRow:
    found = certificates.find(town.platform.database, MACHINE.eyes, REGION, row.id)
    assert found is not None
    return found


def verified(row: CertificateRow) -> str:
    return text_of(browser().get(f"/verify/{row.verify_code}").content)


def offered(html: str, row: CertificateRow) -> set[str]:
    acts = ("suspend", "resume", "extend", "cancel", "revoke")
    return {act for act in acts if f"{row.id}/act/{act}" in html}


def test_each_post_is_offered_what_it_may_do(town: Town, licence: CertificateRow) -> None:
    assert offered(page_of(town, CLERK, licence), licence) == set()
    assert offered(page_of(town, DECIDER, licence), licence) == {"suspend", "extend", "cancel"}
    assert offered(page_of(town, HEAD, licence), licence) == {"suspend", "extend", "cancel", "revoke"}


def test_a_suspended_certificate_says_so_in_big_words_and_is_resumed(town: Town, licence: CertificateRow) -> None:
    assert press(DECIDER, licence, "suspend", reason="后厨整改").status_code == 303
    shown = page_of(town, DECIDER, licence)
    assert offered(shown, licence) == {"resume", "cancel"}
    assert "后厨整改" in text_of(shown)
    assert "这份证照是真的，但已暂停，现在不能使用" in verified(licence)
    assert '<p class="bj-bigword">暂停</p>' in browser().get(f"/verify/{licence.verify_code}").content.decode()
    assert press(DECIDER, licence, "resume", reason="整改合格").status_code == 303
    assert "这份证照是真的，目前有效" in verified(licence)


@pytest.mark.parametrize(
    ("username", "act", "words"),
    [
        (DECIDER, "cancel", "这份证照已注销，不再有效"),
        (HEAD, "revoke", "这份证照已被撤销，不再有效"),
    ],
)
def test_what_ends_a_certificate_is_seen_by_everybody(
    town: Town, licence: CertificateRow, username: str, act: str, words: str
) -> None:
    assert press(username, licence, act, reason="以欺骗手段取得").status_code == 303
    assert words in verified(licence)
    assert offered(page_of(town, HEAD, licence), licence) == set()
    # The paper that is made anew says it too, so that nobody shows an old-looking one.
    assert certificate_content(now(town, licence).certificate)["lines"][-1]["name"] == "证照状态"
    again = press(username, licence, act, reason="再来一次")
    assert again.status_code == 422
    assert "证照状态表" in text_of(again.content)


def test_a_longer_validity_needs_a_later_day(town: Town, licence: CertificateRow) -> None:
    wrong = press(HEAD, licence, "extend", valid_until="明年", reason="续期")
    assert wrong.status_code == 422
    shown = wrong.content.decode()
    assert "新的有效期不是有效的日期" in shown
    assert 'href="#valid_until"' in shown
    assert 'value="明年"' in shown
    earlier = press(HEAD, licence, "extend", valid_until="2027-01-01", reason="续期")
    assert "新的有效期必须晚于原有效期" in earlier.content.decode()
    assert press(HEAD, licence, "extend", valid_until="2036-11-23", reason="续期").status_code == 303
    assert now(town, licence).valid_until == date(2036, 11, 23)


def test_a_refusal_names_its_rule_and_keeps_what_was_typed(town: Town, licence: CertificateRow) -> None:
    refused = press(DECIDER, licence, "revoke", reason="以欺骗手段取得")
    assert refused.status_code == 403
    shown = text_of(refused.content)
    assert "不能办理“撤销证照”" in shown
    assert "办件权限表" in shown
    empty = press(DECIDER, licence, "suspend", reason="  ")
    assert empty.status_code == 422
    assert "必须写明理由" in empty.content.decode()
    assert now(town, licence).status == "valid"


@pytest.mark.parametrize("reason", ["x" * 501, "a\x00b"])
def test_a_reason_the_history_cannot_hold_is_refused(town: Town, licence: CertificateRow, reason: str) -> None:
    assert press(DECIDER, licence, "suspend", reason=reason).status_code == 422


def test_strangers_applicants_and_unknown_acts_find_no_door(town: Town, licence: CertificateRow) -> None:
    assert press(AGENT, licence, "suspend", reason="我要").status_code == 403
    assert press(DECIDER, licence, "issue", reason="再发一张").status_code == 404
    nowhere = "/office/certificates/990100/00000000-0000-0000-0000-000000000000/act/suspend"
    assert browser(DECIDER).post(nowhere, {"reason": "没有"}).status_code == 404
