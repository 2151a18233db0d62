"""What the desk has done with documents: a wording of the city's own, an archive begun, a package asked for."""

from datetime import timedelta

from banjie.actions import archives, dossiers, wordings
from banjie.actions.platform import Platform
from banjie.engine.dossiers import Holding
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.packs.city import City
from banjie.records import dossiers as kept
from banjie.records import wordings as worded
from banjie.records.people import MACHINE, standing

_ARCHIVED = 6
_ACCEPTANCE = {
    "follow": "办理期间，{您}可以凭办件编号和查询码随时查询进度，也可以拨打政务服务热线 12345，请报办件编号{办件编号}。"
}
_DENIAL = {"after": "条件具备后，{您}可以重新提出申请；需要帮助的，可以到综合窗口请帮办人员协助。"}


def keep_files(platform: Platform, city: City) -> int:
    """Words two kinds of documents, archives the cases that have waited longest; answers with how many."""
    today = platform.today()
    people = [standing(platform.database, one.username, today, name=one.username) for one in city.officials]
    managers = [one for one in people if wordings.manages(one, platform.region)]
    if len(managers) > 1:
        wordings.save(platform, managers[0], platform.region, "", "acceptance", _ACCEPTANCE, "告诉申请人可以打热线")
        draft = worded.editions(platform.database, platform.region, "", "acceptance")[0]
        wordings.publish(platform, managers[1], draft, today + timedelta(days=1))
        wordings.save(platform, managers[1], platform.region, "", "denial", _DENIAL, "加上帮办的说明，待核对")
    archived = 0
    for clerk in people:
        if not any(post.role is Role.WINDOW for post in clerk.posts):
            continue
        organs = sorted(clerk.actor.offices)
        for one in kept.waiting(platform.database, MACHINE.eyes, platform.region, organs, most=_ARCHIVED - archived):
            try:
                archives.archive(platform, clerk, one.region, one.number)
                if not archived:
                    dossiers.ask(platform, clerk, one.region, one.number, Holding.CONTENT)
            except Refused:
                continue
            archived += 1
        if archived >= _ARCHIVED:
            break
    return archived
