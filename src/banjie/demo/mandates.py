"""Mandates people in the made-up city have given each other: one waiting, one narrow, a mother's to her son."""

from datetime import timedelta

from banjie.actions import mandates
from banjie.actions.platform import Platform
from banjie.demo.acts import FOOD, HYGIENE
from banjie.engine.mandates import Accept, Kind, Offer
from banjie.engine.scopes import WHOLE, Deed, Scope
from banjie.records import people
from banjie.records.people import Standing

_GIVEN = (
    # giver, party, agent, kind, relation, scope, days, accepted
    (
        "guosuimian",
        "p-guosuimian",
        "zhouyibo",
        Kind.FAMILY,
        "儿子",
        Scope(frozenset({Deed.APPLY, Deed.CORRECT})),
        365,
        True,
    ),
    ("xiachunhe", "c-chunhe", "guosuimian", Kind.AGENT, "", Scope(frozenset(), frozenset({FOOD, HYGIENE})), 20, True),
    ("niejiangan", "c-jiangan", "linzhao", Kind.AGENT, "", WHOLE, 180, False),
)


def give_mandates(platform: Platform) -> int:
    """Gives them through the acts; answers with how many."""
    given = 0
    today = platform.today()
    for giver, party, agent, kind, relation, scope, days, accepted in _GIVEN:
        by, to = _who(platform, giver), _who(platform, agent)
        name = next((one.name for one in by.parties if one.id == party), "")
        if not name:
            continue
        act = Offer(
            kind,
            party,
            name,
            agent,
            to.actor.name,
            today,
            today + timedelta(days=days),
            scope,
            relation,
        )
        mandates.offer(platform, act, actor=by)
        if accepted:
            mandates.act_on_mandate(platform, Accept(), actor=to, party=party, agent=agent)
        given += 1
    return given


def _who(platform: Platform, account: str) -> Standing:
    name = people.names_of(platform.database, {account}).get(account, account)
    return people.standing(platform.database, account, platform.today(), name=name)
