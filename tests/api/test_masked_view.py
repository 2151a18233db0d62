"""No door leaks more than another: who sees personal data in clear, by door and by how she stands to the case."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from tests.api.calling import Callers
from tests.town import CLERK, DECIDER, DRUG, FOOD, INSPECTOR, REGION, REVIEWER, ROAD, SECOND_INSPECTOR, Town
from tests.web.visitors import at_town, browser

from banjie.actions.handling import handles
from banjie.actions.joining import Verified, join
from banjie.actions.submissions import submit
from banjie.engine.cases import Stage, acts
from banjie.engine.ids import citizen_check_character

# Who sees what is somebody's own in clear. `own`: acts for the applicant; `hand`: has something to do with the case
# now; `see`: may open it all the same (a colleague, another step's office, who watches the region); `none`: may not.
TABLE = """
door                 own   hand  see   none
api case             clear clear mask  absent
desk case            -     clear mask  absent
my case              clear -     -     absent
clock                mask  mask  mask  absent
"""
ADDRESSES = {
    "desk case": "/office/cases/{region}/{number}",
    "my case": "/me/cases/{region}/{number}",
    "clock": "/clock/{region}/{number}",
}
LISTS = (
    "/office/",
    "/office/?desk=all",
    "/office/done",
    "/office/precases",
    "/office/contests",
    "/supervise/",
    "/supervise/asks",
    "/supervise/notices",
    "/supervise/precases",
    "/manage/",
)
BUREAU, TRAFFIC = "1199010000BJ00016Q", "1199010000BJ00032E"
serial = iter(range(1, 99))


@dataclass(frozen=True, slots=True)
class Filed:
    """A case and what in it is somebody's own: names, numbers, telephones, the names of files."""

    number: str
    username: str
    own: frozenset[str]
    name: str


@pytest.fixture(scope="module")
def filed(town: Town) -> tuple[Filed, ...]:
    """People's cases in different states, and a company's with people in the rows of its form."""
    every = [_filed(town, name, FOOD) for name in ("池小满", "费大暑", "贺霜降", "经立冬")]
    every.append(_filed(town, "柳谷雨", ROAD))
    every.append(_filed(town, "骆白露", DRUG))
    _, claimed, accepted, over, crossing, _ = every
    for one in (claimed, accepted, over, crossing):
        town.act(CLERK, one.number, acts.Claim())
    for one in (accepted, over, crossing):
        town.act(CLERK, one.number, acts.Accept())
    town.act(REVIEWER, crossing.number, acts.StartReview())
    town.act(REVIEWER, over.number, acts.StartReview())
    town.act(REVIEWER, over.number, acts.FinishStep("review", "齐全"))
    town.act(INSPECTOR, over.number, acts.FinishStep("site_visit", "一致"))
    town.act(SECOND_INSPECTOR, over.number, acts.FinishStep("site_visit", "一致"))
    town.act(DECIDER, over.number, acts.Approve("准予"))
    town.act(CLERK, over.number, acts.Deliver(acts.Delivery.ELECTRONIC, "回执"))
    town.settle()
    assert town.case(over.number).stage is Stage.DELIVERED
    return tuple(every)


def _filed(town: Town, name: str, item: str) -> Filed:
    number = next(serial)
    first = f"99012119910707{number:03d}"
    code = first + citizen_check_character(first)
    phone = f"1399900{number:04d}"
    who = town.who(join(town.platform, Verified(name, code, 4)).username)
    made = town.application(item, who.parties[0].id, data={"contact_phone": phone})
    data = {key: name if key in ("applicant_name", "contact_name") else value for key, value in made.data.items()}
    own = {name, code, phone}
    if "pharmacists" in data:
        staff = f"尤{name[1:]}"
        data["pharmacists"] = tuple(dict(row) | {"staff_name": staff} for row in data["pharmacists"])  # type: ignore[union-attr, arg-type]  # a group keeps rows
        own.add(staff)
    papers = tuple(replace(one, name=f"{name}{code}.pdf") if one.sha256 else one for one in made.papers)
    sent = submit(
        town.platform,
        replace(made, data=data, papers=papers),
        actor=replace(who, actor=replace(who.actor, name=name)),
        key=town.key(),
    )
    return Filed(sent.number, who.actor.account, frozenset(own), name)


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


def _people(town: Town, filed: tuple[Filed, ...]) -> list[str]:
    """One of each post in the bureau, in an office of a step, and elsewhere; someone of the town; the applicants."""
    kinds: dict[object, str] = {}
    for one in town.city.officials:
        where = next((office for office in (BUREAU, TRAFFIC) if office in one.offices), "")
        kinds.setdefault((one.roles, where), one.username)
    return [*kinds.values(), town.city.people[0].username, *(one.username for one in filed)]


def _table() -> dict[str, dict[str, str]]:
    head, *lines = (line.split() for line in TABLE.strip().splitlines())
    return {" ".join(line[:-4]): dict(zip(head[1:], line[-4:], strict=True)) for line in lines}


def _stands(town: Town, username: str, one: Filed, seen: bool) -> str:
    who, case = town.who(username), town.case(one.number)
    if case.holder.id in who.actor.parties:
        return "own"
    if not seen:
        return "none"
    return "hand" if handles(case, who.actor, town.law(case.item)) else "see"


def test_every_door_shows_what_is_somebodys_own_to_the_same_eyes(
    town: Town, callers: Callers, filed: tuple[Filed, ...]
) -> None:
    wrong, table, met = [], _table(), set()
    for username in _people(town, filed):
        client, caller = browser(username), callers(username)
        for one in filed:
            answer = caller.get(f"/cases/{one.number}")
            stands = _stands(town, username, one, answer.status == 200)
            shown = {"api case": answer.content.decode() if answer.status == 200 else ""}
            for door, address in ADDRESSES.items():
                page = client.get(address.format(region=REGION, number=one.number))
                shown[door] = page.content.decode() if page.status_code == 200 else ""
            for door, text in shown.items():
                says = table[door][stands]
                met.add((door, stands))
                # Everybody reads her own name at the top of every page.
                own = one.own - {one.name} if username == one.username and says != "clear" else one.own
                leaked = sorted(value for value in own if value in text)
                if says == "clear" and not leaked:
                    wrong.append((door, username, stands, one.number, "hides what it may show"))
                if says != "clear" and leaked:
                    wrong.append((door, username, stands, one.number, "、".join(leaked)))
                if says in ("absent", "-") and text:
                    wrong.append((door, username, stands, one.number, "is there"))
    assert not wrong, "\n".join(map(str, wrong))
    assert {stands for _, stands in met} == {"own", "hand", "see", "none"}


def test_no_list_names_people_to_those_who_do_not_handle_their_case(town: Town, filed: tuple[Filed, ...]) -> None:
    wrong = []
    for one in town.city.officials:
        who, client = town.who(one.username), browser(one.username)
        hidden = [
            case
            for case in filed
            if not handles(town.case(case.number), who.actor, town.law(town.case(case.number).item))
        ]
        for address in LISTS:
            text = client.get(address).content.decode()
            wrong += [(address, one.username, value) for case in hidden for value in case.own if value in text]
    assert not wrong


def test_what_anyone_may_look_up_names_nobody(town: Town, callers: Callers, filed: tuple[Filed, ...]) -> None:
    for one in filed:
        case = town.case(one.number)
        page = browser().post("/progress", {"number": one.number, "code": case.query_code}).content.decode()
        answer = callers().get(f"/progress?number={one.number}&query_code={case.query_code}").content.decode()
        for value in one.own:
            assert value not in page
            assert value not in answer
