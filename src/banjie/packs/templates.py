"""What an imported item gets that no table of another system carries: its way through the offices, its form."""

from collections.abc import Mapping
from dataclasses import dataclass

from banjie.engine.forms import Field, FieldKind, Form, Section
from banjie.engine.permissions import Role
from banjie.engine.workflow import Route, Step, StepKind, Workflow


@dataclass(frozen=True, slots=True)
class Template:
    """What an imported item gets besides what its row says."""

    words: str
    workflow: Workflow
    form: Form


_STANDARD = Template(
    words="受理后先审查、再决定；表单只问申请事由和联系人",
    workflow=Workflow(
        steps=(
            Step("review", "审查", StepKind.REVIEW, Role.REVIEWER, routes=(Route("decide"),)),
            Step("decide", "决定", StepKind.DECISION, Role.DECIDER),
        ),
        start=("review",),
    ),
    form=Form(
        (
            Section(
                "request",
                "申请内容",
                (
                    Field("purpose", "申请事由", FieldKind.LONG_TEXT, max_length=1000),
                    Field("contact_name", "联系人", FieldKind.TEXT, max_length=50, personal=True, source="person.name"),
                    Field("contact_phone", "联系电话", FieldKind.PHONE, personal=True, source="person.phone"),
                ),
            ),
        )
    ),
)
TEMPLATES: Mapping[str, Template] = {"standard": _STANDARD}
"""The templates a mapping may name."""
