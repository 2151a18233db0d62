"""Whatever an official opens of a case is written down for the person it is about, before it is shown."""

from banjie.actions import handling
from banjie.engine.cases import Law
from banjie.engine.cases.state import STAGE_NAMES
from banjie.engine.permissions import ROLE_NAMES
from banjie.records import looks
from banjie.records.cases import Found
from banjie.records.looks import Looked
from banjie.records.people import Post, Standing
from banjie.wiring import platform


def noted(standing: Standing, found: Found, law: Law, kind: Looked) -> None:
    """Writes down that this official opened the case, a paper or a document of it, and as what."""
    handles = handling.handles(found.case, standing.actor, law)
    post = _post(standing, found, law)
    looks.note(
        platform().database,
        standing.eyes,
        found.region,
        found.id,
        kind=kind,
        office=post.office,
        role=post.role.value,
        purpose=_purpose(post, found, law, handles=handles),
        at=platform().now(),
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
