"""查看记录: whatever an official opens of a case or a service is written down for whoever it is about, before it is
shown, on pages and through the interface alike."""

from banjie.actions import handling
from banjie.actions.platform import Platform
from banjie.engine.cases import Law
from banjie.engine.cases.state import STAGE_NAMES
from banjie.engine.permissions import ROLE_NAMES
from banjie.records import looks
from banjie.records.cases import Found
from banjie.records.looks import Looked
from banjie.records.people import Post, Standing
from banjie.records.precases import FoundPrecase


def noted(platform: Platform, standing: Standing, found: Found, law: Law, kind: Looked) -> None:
    """Writes down that this official opened the case, a paper or a document of it, and as what.

    Whoever holds no post looks at what is her own, and leaves no trace.
    """
    if not standing.posts:
        return
    handles = handling.handles(found.case, standing.actor, law)
    post = _post(standing, found, law)
    looks.note(
        platform.database,
        standing.eyes,
        found.region,
        found.id,
        kind=kind,
        office=post.office,
        role=post.role.value,
        purpose=_purpose(post, found, law, handles=handles),
        at=platform.now(),
    )


def _post(standing: Standing, found: Found, law: Law) -> Post:
    """The post she looks from: the one of a step that is being done, else of the case's offices, else any."""
    active = [law.item.workflow.step(key) for key in found.case.active]
    offices = {law.item.organ} | {step.office for step in law.item.workflow.steps if step.office}
    at_step = [
        post
        for post in standing.posts
        if any(post.role is step.role and post.office == (step.office or law.item.organ) for step in active)
    ]
    return (at_step or [post for post in standing.posts if post.office in offices] or list(standing.posts))[0]


def _purpose(post: Post, found: Found, law: Law, *, handles: bool) -> str:
    if not handles:
        return "查阅本单位办理或参与的办件"
    steps = "、".join(law.item.workflow.step(key).name for key in found.case.active)
    return f"办理：{steps or STAGE_NAMES[found.case.stage]}（{ROLE_NAMES[post.role]}）"


def service_noted(platform: Platform, standing: Standing, found: FoundPrecase) -> None:
    """Writes down that this official opened a pre-application service: its questions, papers and form."""
    post = next((one for one in standing.posts if one.office == found.precase.organ), None)
    if post is None:
        return
    looks.note_service(
        platform.database,
        standing.eyes,
        found.region,
        found.id,
        office=post.office,
        role=post.role.value,
        purpose="办理审前服务",
        at=platform.now(),
    )
