"""Certificates come about by approval, once; they end, or are renewed by a decision or by silence (art. 50)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from tests.actions.ways import OWNER, approve, certificate, issue, licensed, nine, renewal_of
from tests.town import CLERK, DECIDER, FOOD, HEAD, REGION, RESTAURANT, SUSPENSION, Town

from banjie.actions.certify import act_on_certificate, end_validity
from banjie.engine.cases import Ask
from banjie.engine.cases.acts import Accept, Approve, AskCorrection, Claim, Withdraw
from banjie.engine.certificates import Cancel, ExtendValidity, Revoke, Suspend
from banjie.engine.subject import Refused
from banjie.records import certificates, journal
from banjie.records.certificates import CertificateRow
from banjie.records.people import MACHINE

ISSUED = date(2026, 11, 24)
LAST = date(2031, 11, 23)
RENEWED = date(2036, 11, 23)


@pytest.fixture(autouse=True)
def _clock_put_back(town: Town) -> Iterator[None]:
    before = town.clock.at
    town.clock.set(ISSUED)
    yield
    town.clock.at = before


@pytest.fixture
def licence(town: Town) -> CertificateRow:
    return licensed(town)


def history(town: Town, row: CertificateRow) -> list[str]:
    return [entry.kind for entry in journal.history(town.platform.database, MACHINE.eyes, REGION, row.id)]


def again(town: Town, row: CertificateRow) -> CertificateRow:
    found = certificate(town, row.id)
    assert found is not None
    return found


def expire(town: Town, row: CertificateRow, day: date = LAST + timedelta(days=1)) -> CertificateRow:
    end_validity(town.platform, REGION, row.id, nine(day))
    return again(town, row)


def test_an_approval_issues_what_the_item_says(town: Town, licence: CertificateRow) -> None:
    assert (licence.name, licence.holder, licence.status) == ("食品经营许可证", RESTAURANT, "valid")
    assert (licence.valid_from, licence.valid_until) == (ISSUED, LAST)
    assert licence.certificate.scope
    known = certificates.verify(town.platform.database, licence.verify_code)
    assert known is not None
    assert known["number"] == licence.number
    assert certificates.verify(town.platform.database, licence.verify_code[:-1] + "?") is None


def test_it_is_issued_once_however_often_the_reaction_runs(town: Town) -> None:
    answers = {"apply_type": "new", "business": "sale"}
    number = town.submit(OWNER, FOOD, holder=RESTAURANT, answers=answers).number
    approve(town, number)

    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: issue(town, number), range(4)))

    assert len({row.number for row in rows if row}) == 1
    assert rows[0] is not None
    assert history(town, rows[0]) == ["Issued"]


def test_an_item_without_a_certificate_issues_none(town: Town) -> None:
    number = town.submit(OWNER, SUSPENSION, holder=RESTAURANT).number
    town.act(CLERK, number, Claim())
    town.act(CLERK, number, Accept())
    town.act(DECIDER, number, Approve("准予"))

    row = issue(town, number)

    assert (row is None) == (town.law(SUSPENSION).item.result is None)


def test_it_lapses_after_its_last_day(town: Town, licence: CertificateRow) -> None:
    with pytest.raises(Refused, match="还在有效期内"):
        expire(town, licence, LAST)

    assert expire(town, licence).status == "lapsed"

    assert (REGION, licence.id) not in certificates.ending(town.platform.database, MACHINE.eyes, LAST, 9999)
    assert history(town, licence) == ["Issued", "Lapsed"]


def test_a_suspended_one_lapses_too(town: Town, licence: CertificateRow) -> None:
    act(town, DECIDER, Suspend("整改"), licence)

    assert expire(town, licence).status == "lapsed"


def act(town: Town, username: str, command: Suspend | Revoke | Cancel | ExtendValidity, row: CertificateRow) -> None:
    act_on_certificate(town.platform, command, actor=town.who(username), region=REGION, certificate_id=row.id)


def test_officials_act_within_their_rights_and_a_stranger_finds_nothing(town: Town, licence: CertificateRow) -> None:
    with pytest.raises(Refused, match="不能办理"):
        act(town, CLERK, Revoke("以欺骗手段取得"), licence)
    with pytest.raises(Refused, match="不能办理"):
        act(town, OWNER, ExtendValidity(RENEWED, "我要"), licence)

    act(town, HEAD, Revoke("以欺骗手段取得"), licence)

    assert again(town, licence).status == "revoked"
    with pytest.raises(Refused, match="已撤销"):
        act(town, HEAD, Revoke("再撤一次"), licence)


def test_two_officials_at_once_act_once(town: Town, licence: CertificateRow) -> None:
    def suspend(_: int) -> bool:
        try:
            act(town, DECIDER, Suspend("整改"), licence)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(suspend, range(5))) == 1
    assert history(town, licence) == ["Issued", "Suspended"]


# --- 第五十条 ---


def test_a_renewal_asked_in_time_and_not_answered_is_granted(town: Town, licence: CertificateRow) -> None:
    town.clock.set(date(2031, 9, 15))
    renewal_of(town, licence)

    row = expire(town, licence)

    assert (row.status, row.valid_until, row.sha256) == ("valid", RENEWED, "")
    [_, extended] = journal.history(town.platform.database, MACHINE.eyes, REGION, licence.id)
    assert (extended.kind, extended.data["silent"], extended.actor) == ("ValidityExtended", True, "system")


def test_silence_renews_once_for_one_application(town: Town, licence: CertificateRow) -> None:
    town.clock.set(date(2031, 9, 15))
    renewal_of(town, licence)
    expire(town, licence)

    row = expire(town, licence, RENEWED + timedelta(days=1))

    assert row.status == "lapsed"


def test_a_late_decision_does_not_renew_what_silence_has_renewed(town: Town, licence: CertificateRow) -> None:
    town.clock.set(date(2031, 9, 15))
    number = renewal_of(town, licence)
    expire(town, licence)
    town.clock.set(date(2031, 12, 1))
    approve(town, number)

    assert issue(town, number) is None

    assert again(town, licence).valid_until == RENEWED
    assert history(town, licence) == ["Issued", "ValidityExtended"]


def test_a_granted_renewal_lengthens_the_old_licence_once(town: Town, licence: CertificateRow) -> None:
    town.clock.set(date(2031, 9, 15))
    number = renewal_of(town, licence)
    approve(town, number)

    assert issue(town, number) is None
    assert issue(town, number) is None

    row = again(town, licence)
    assert (row.valid_until, row.number) == (RENEWED, licence.number)
    assert number in row.certificate.reason
    assert history(town, licence) == ["Issued", "ValidityExtended"]
    with pytest.raises(Refused, match="还在有效期内"):
        expire(town, licence)


@pytest.mark.parametrize("what", ["下一日才申请", "等申请人补正", "申请人已撤回", "别的证"])
def test_what_silence_does_not_renew(town: Town, licence: CertificateRow, what: str) -> None:
    town.clock.set(date(2031, 9, 15) if what != "下一日才申请" else LAST + timedelta(days=1))
    number = renewal_of(town, licence if what != "别的证" else licensed(town))
    if what == "等申请人补正":
        town.act(CLERK, number, Claim())
        ask = Ask("unchanged_statement", "没有签字", "请签字", "管理办法")
        town.act(CLERK, number, AskCorrection((ask,)))
    if what == "申请人已撤回":
        town.act(OWNER, number, Withdraw("不续了"))

    assert expire(town, licence).status == "lapsed"


def test_a_renewal_granted_after_the_end_gives_a_new_licence(town: Town, licence: CertificateRow) -> None:
    town.clock.set(LAST + timedelta(days=1))
    expire(town, licence)
    number = renewal_of(town, licence)
    approve(town, number)

    row = issue(town, number)

    assert row is not None
    assert row.id != licence.id
    assert again(town, licence).status == "lapsed"


def test_a_licence_of_another_holder_is_not_renewed(town: Town, licence: CertificateRow) -> None:
    """Whoever names somebody else's licence renews nothing of hers."""
    foreign = certificates.by_number(
        town.platform.database, MACHINE.eyes, REGION, licence.organ, licence.number, holder="c-jiangan"
    )

    assert foreign is None
