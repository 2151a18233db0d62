"""The catalogue as managers find it: a county that has claimed items, an edition to come, a draft with faults."""

from dataclasses import replace
from datetime import timedelta

from banjie.actions.claiming import claim
from banjie.actions.platform import Platform
from banjie.actions.publishing import propose, publish
from banjie.demo.acts import FOOD, HYGIENE, SUSPENSION
from banjie.engine.catalogue import Answer, Place
from banjie.records import catalogue, people, registers
from banjie.records.people import Standing

COUNTY = "990121"
_CITY_MANAGERS = ("wenshuyi", "gejiajun")
_COUNTY_MANAGERS = ("miaoqinglu", "jimaixiang")
_HALL = Place("青禾县政务服务中心综合窗口", "青禾县麦香路 8 号", "工作日 9:00—12:00、13:30—17:30", "0990-6040012")


def claim_and_draft(platform: Platform) -> int:
    """青禾县 claims two items, one of them published; the city prepares two editions. Answers with how many."""
    first, second = (_standing(platform, account) for account in _COUNTY_MANAGERS)
    [office] = registers.organs_of(platform.database, COUNTY)
    food = claim(platform, first, platform.region, FOOD, office)
    item = catalogue.edition(platform.database, food.region, food.code, food.edition)
    assert item is not None  # noqa: S101 — it has just been kept.
    propose(
        platform,
        first,
        replace(
            item,
            places=(_HALL,),
            consult_phone="0990-6040012",
            faq=(*item.faq, Answer("农家乐也要办吗？", "要。提供餐饮服务就要办，材料和饭馆一样。")),
        ),
    )
    publish(platform, second, food.region, food.code, food.edition)
    claim(platform, first, platform.region, HYGIENE, office)
    return 2 + _of_the_city(platform)


def _of_the_city(platform: Platform) -> int:
    """An edition that takes force in two weeks, and a draft that still lacks something."""
    first, second = (_standing(platform, account) for account in _CITY_MANAGERS)
    made = 0
    for code, ready in ((SUSPENSION, True), (HYGIENE, False)):
        law = platform.laws.published(platform.region, code)
        if law is None:
            continue
        later = replace(law.item, effective_on=platform.today() + timedelta(days=14))
        if ready:
            row = propose(platform, first, replace(later, popular_names=(*later.popular_names, "暂停营业")))
            publish(platform, second, row.region, row.code, row.edition)
        else:
            propose(platform, first, replace(later, consult_phone="", faq=()))
        made += 1
    return made


def _standing(platform: Platform, account: str) -> Standing:
    return people.standing(platform.database, account, platform.today(), name=account)
