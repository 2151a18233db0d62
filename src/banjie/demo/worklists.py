"""Desks as one finds them in the morning: some lines taken on, one passed on, sentences kept, a rule in force."""

import uuid
from datetime import timedelta

from banjie.actions.perform import perform
from banjie.actions.platform import Platform
from banjie.demo.acts import CLERK, DELIVERY_CLERK, HEAD, REVIEWER
from banjie.engine.assignment import Way
from banjie.engine.cases.handing import PassOn, TakeOn
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.records import assignments, opinions, people, worklists
from banjie.records.opinions import Sentence
from banjie.records.worklists import SavedView, View, Wanted
from banjie.web.worklist_filter import whose

_TRAFFIC = "1199010000BJ00032E"
_SENTENCES = (
    ("review", False, "图纸、租赁合同与申请表一致，建议准予"),
    ("", True, "已电话核实申请人本人意愿，材料齐全"),
)


def take_up_desks(platform: Platform) -> int:
    """Has the clerk take on a few lines and keep what she uses often; answers with how many lines changed hands."""
    today, now = platform.today(), platform.now()
    clerk = people.standing(platform.database, CLERK, today, name="罗小雨")
    free = worklists.lines(platform.database, clerk.eyes, View.UNCLAIMED, whose(clerk), Wanted(), most=4)
    changed = 0
    for place, line in enumerate(free):
        try:
            perform(
                platform,
                TakeOn(line.step),
                actor=clerk,
                region=line.region,
                number=line.number,
                key=f"demo-take-on-{line.number}",
                now=now - timedelta(minutes=40 - place),
            )
            if place == 0:
                perform(
                    platform,
                    PassOn(DELIVERY_CLERK, "上午要去分大厅值班", line.step),
                    actor=clerk,
                    region=line.region,
                    number=line.number,
                    key=f"demo-pass-on-{line.number}",
                    now=now - timedelta(minutes=20),
                )
        except Refused:
            continue  # Somebody of another story was there before.
        changed += 1
    worklists.save_view(
        platform.database,
        clerk.eyes,
        clerk.actor.region,
        SavedView("七天内到期的单位申请", "view=week&kind=company"),
        now,
        most=1,
    )
    _keep_sentences(platform)
    _share_out(platform)
    return changed


def _keep_sentences(platform: Platform) -> None:
    reviewer = people.standing(platform.database, REVIEWER, platform.today(), name="沈秋白")
    for kind, shared, words in _SENTENCES:
        sentence = Sentence(str(uuid.uuid4()), REVIEWER, reviewer.posts[0].office, shared, kind, words)
        opinions.keep(platform.database, reviewer.eyes, reviewer.actor.region, sentence, platform.now())


def _share_out(platform: Platform) -> None:
    """The reviewers of the traffic police take their opinions in turn; the bureau's own lines are taken on freely."""
    head = people.standing(platform.database, HEAD, platform.today(), name="梅岚亭")
    traffic = assignments.shares(
        platform.database, people.MACHINE.eyes, head.actor.region, _TRAFFIC, Role.REVIEWER, platform.today()
    )
    assignments.keep_rule(
        platform.database,
        people.MACHINE.eyes,
        head.actor.region,
        _TRAFFIC,
        Role.REVIEWER,
        Way.TURN,
        traffic,
        platform.now(),
    )
