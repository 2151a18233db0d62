"""送达: each way wants its own proof and has its own day."""

from datetime import date

import pytest

from banjie.engine.cases import Delivery
from banjie.engine.cases.acts import Deliver
from banjie.engine.cases.delivery import EVIDENCE, WAY_NAMES, delivered
from banjie.engine.subject import Refused

DECIDED, TODAY = date(2026, 11, 20), date(2026, 12, 31)

# way | what is written down | the day of delivery, or what is missing
LAW = """
direct       | received_by=江晚 place=出件窗口                                        | 2026-12-31
direct       | received_by=江晚 served_on=2026-11-23                                  | 2026-11-23
direct       | place=出件窗口                                                        | 签收人
post         | tracking=EX100 received_by=江晚 served_on=2026-11-25                    | 2026-11-25
post         | received_by=江晚 served_on=2026-11-25                                  | 邮件单号
post         | tracking=EX100 received_by=江晚                                        | 签收日期
post         | tracking=EX100 received_by=江晚 served_on=2026-11-19                    | 早于作出决定的日期
post         | tracking=EX100 received_by=江晚 served_on=2027-01-02                    | 还没有到
post         | tracking=EX100 received_by=江晚 served_on=昨天                          | 不是日期
electronic   | consent=申请时同意 account=平台账号 served_on=2026-11-21                  | 2026-11-21
electronic   | account=平台账号 served_on=2026-11-21                                  | 同意电子送达
leaving      | reason=拒收 witness=居委会一人 place=住所 served_on=2026-11-24            | 2026-11-24
leaving      | reason=拒收 place=住所 served_on=2026-11-24                            | 见证人
announcement | reason=下落不明 place=公告栏 published_on=2026-12-01 days=30             | 2026-12-31
announcement | reason=下落不明 place=公告栏 published_on=2026-12-02 days=30             | 公告期到2027年1月1日才满
announcement | reason=下落不明 place=公告栏 published_on=2026-12-01 days=0              | 1 至 365
announcement | reason=下落不明 place=公告栏 published_on=2026-12-01 days=三十           | 1 至 365
direct       | received_by=江晚 tracking=EX1                                          | 没有“tracking”
"""


@pytest.mark.parametrize("line", LAW.strip().splitlines())
def test_each_way_has_its_proof_and_its_day(line: str) -> None:
    way, written, expected = (cell.strip() for cell in line.split("|"))
    act = Deliver(Delivery(way), details=dict(pair.split("=") for pair in written.split()))
    if expected[0].isdigit() and "至" not in expected:
        words, on = delivered(act, DECIDED, TODAY)
        assert on == date.fromisoformat(expected)
        assert words
        return
    with pytest.raises(Refused) as refused:
        delivered(act, DECIDED, TODAY)
    assert expected in refused.value.reason
    assert refused.value.remedy
    assert refused.value.field


def test_every_way_has_a_name_and_proofs() -> None:
    assert set(EVIDENCE) == set(WAY_NAMES) == set(Delivery)


@pytest.mark.parametrize("way", [way for way in Delivery if way is not Delivery.ELECTRONIC])
def test_a_sentence_alone_proves_no_delivery_on_paper(way: Delivery) -> None:
    with pytest.raises(Refused) as refused:
        delivered(Deliver(way, "已经送到"), DECIDED, TODAY)
    assert "要写明" in refused.value.reason


def test_a_receipt_proves_electronic_delivery() -> None:
    assert delivered(Deliver(Delivery.ELECTRONIC, "回执号 D1"), DECIDED, TODAY) == ("回执号 D1", None)
    with pytest.raises(Refused):
        delivered(Deliver(Delivery.ELECTRONIC, " "), DECIDED, TODAY)
