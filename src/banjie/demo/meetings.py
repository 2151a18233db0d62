"""The case files of the made-up city: a joint review to answer, a panel, a hearing offered, visits for today."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from banjie.actions.case_files import about_of
from banjie.actions.checklists import grounds, tick
from banjie.actions.meetings import begin
from banjie.actions.platform import Platform
from banjie.actions.reactions import follow
from banjie.actions.site_visits import plan
from banjie.demo.acts import ENGINEER, FOOD, HEAD, INSPECTOR, REVIEWER, ROAD, SECOND_INSPECTOR, SOIL, TRAFFIC
from banjie.engine.calendar import CHINA
from banjie.engine.cases import Law, Stage
from banjie.engine.checklists import Mark, Verdict
from banjie.engine.meetings import MeetingKind, acts
from banjie.engine.meetings.acts import Invited
from banjie.engine.site_visits.acts import PlanSiteVisit, Point, Visitor
from banjie.engine.subject import Refused
from banjie.records import case_files, cases, people
from banjie.records.cases import Found
from banjie.records.people import MACHINE, Standing

_OPEN = (Stage.IN_REVIEW, Stage.SPECIAL)


class _File:
    """A case that goes on, with everything one needs to act beside it."""

    def __init__(self, platform: Platform, found: Found) -> None:
        self.platform, self.found, self.case = platform, found, found.case
        self.law: Law = platform.laws.law(found.region, found.case.item, found.case.edition)

    def who(self, account: str) -> Standing:
        names = people.names_of(self.platform.database, {account})
        return people.standing(self.platform.database, account, self.platform.today(), name=names.get(account, account))

    def call(self, kind: MeetingKind, subject: str, day: date, invited: tuple[Invited, ...], chair: str) -> None:
        starts = datetime.combine(day, time(9, 30), CHINA)
        command = acts.CallMeeting(
            kind=kind,
            about=about_of(self.found, self.law),
            subject=subject,
            agenda="一、经办人说明情况\n二、各方发表意见\n三、主持人归纳结论",
            starts=starts,
            ends=starts + timedelta(hours=2),
            place="政务服务中心三楼 301 会议室",
            online="",
            answer_by=day,
            chair=chair,
            chair_name=self.who(chair).actor.name,
            invited=invited,
        )
        begin(self.platform, command, actor=self.who(ENGINEER), key=str(uuid.uuid4()))


def keep_files(platform: Platform) -> int:
    """Calls, plans and ticks beside cases that go on; answers with how much there is."""
    day = platform.laws.calendar(platform.region).add_working(platform.today(), 3)
    told = 0
    tellers: tuple[tuple[str, Callable[[_File, date], None]], ...] = (
        (ROAD, _joint),
        (SOIL, _panel),
        (SOIL, _hearing),
        (FOOD, _visit),
        (FOOD, _ticks),
    )
    used: set[str] = set()
    for item, tell in tellers:
        found = next((one for one in _going_on(platform, item) if f"{tell.__name__}{one.number}" not in used), None)
        if found is None:
            continue
        used.add(f"{tell.__name__}{found.number}")
        try:
            tell(_File(platform, found), day)
        except Refused:
            continue  # The city was founded on a day on which this case stands otherwise.
        told += 1
    while follow(platform, platform.now()):
        pass
    return told


def _going_on(platform: Platform, item: str) -> list[Found]:
    numbers = case_files.open_of_item(
        platform.database, MACHINE.eyes, platform.region, item, [one.value for one in _OPEN]
    )
    found = (cases.find(platform.database, MACHINE.eyes, platform.region, number) for number in numbers)
    return [one for one in found if one is not None]


def _joint(file: _File, day: date) -> None:
    office = next(iter(file.who(TRAFFIC).actor.offices))
    organs = {one.code: one.name for one in case_files.organs(file.platform.database, file.platform.region)}
    guests = (Invited(f"o-{office}", organs[office], office=office),)
    file.call(MeetingKind.JOINT_REVIEW, "施工期间的交通组织", day, guests, HEAD)


def _panel(file: _File, day: date) -> None:
    named = (("蒲听泉", "水土保持"), ("温如岫", "岩土工程"), ("邬千帆", "水文"))
    experts = tuple(Invited(f"e-{name}", name, speciality=speciality) for name, speciality in named)
    file.call(MeetingKind.EXPERT_PANEL, "水土保持方案技术评审", day, experts, HEAD)


def _hearing(file: _File, day: date) -> None:
    offer = acts.OfferHearing(about_of(file.found, file.law), "弃渣场紧邻居民点，可能影响相邻住户的通行和用水")
    begin(file.platform, offer, actor=file.who(ENGINEER), key=str(uuid.uuid4()))


def _visit(file: _File, day: date) -> None:
    names = [(account, file.who(account).actor.name) for account in (INSPECTOR, SECOND_INSPECTOR)]
    material = next(one for one in file.law.item.materials if one.review_points)
    command = PlanSiteVisit(
        about=about_of(file.found, file.law),
        step="site_visit" if "site_visit" in file.case.active else "",
        starts=datetime.combine(file.platform.today(), time(15), CHINA),
        order=1,
        address="澜江市江左区望江路 118 号一层",
        matter="请准备好平面图和设备清单",
        visitors=tuple(Visitor(*one) for one in names),
        points=tuple(
            Point(f"{material.key}-{place}", words, material.key)
            for place, words in enumerate(material.review_points, start=1)
        ),
    )
    plan(file.platform, command, actor=file.who(REVIEWER), key=str(uuid.uuid4()))
    second = replace(command, starts=command.starts + timedelta(hours=1), order=2, address="澜江市江左区望江路 102 号")
    for other in _going_on(file.platform, FOOD)[1:2]:
        about = about_of(other, file.law)
        step = "site_visit" if "site_visit" in other.case.active else ""
        again = replace(second, about=about, step=step)
        plan(file.platform, again, actor=file.who(REVIEWER), key=str(uuid.uuid4()))


def _ticks(file: _File, day: date) -> None:
    points = list(grounds(file.found, file.law))
    marks = tuple(Mark(target, point, Verdict.MET) for target, point in points[:-1])
    if points:
        marks += (Mark(*points[-1], Verdict.UNCLEAR, "复印件边角看不清，现场核对原件"),)
    tick(file.platform, file.found, file.law, marks, actor=file.who(REVIEWER), key=str(uuid.uuid4()))
