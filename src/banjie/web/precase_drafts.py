"""The application that belongs to a pre-application service: found again, or made of what was shown last."""

import uuid
from typing import Any, cast

from banjie.engine.catalogue import Item
from banjie.engine.forms import FieldKind
from banjie.engine.precases import Precase
from banjie.engine.subject import Refused
from banjie.records import drafts
from banjie.records.drafts import Draft
from banjie.records.people import Standing
from banjie.records.precases import FoundPrecase
from banjie.web import filling
from banjie.wiring import platform


def own_draft(who: Standing, precase: Precase) -> Draft | None:
    """The draft of this service, if it is this account's and was not handed in."""
    if not precase.draft:
        return None
    try:
        found = drafts.find(platform().database, who.eyes, uuid.UUID(precase.draft))
    except ValueError:
        return None
    return found if found and not found.content.get("sent") else None


def new_draft(who: Standing, found: FoundPrecase) -> str:
    """A draft of this account that holds what was shown last."""
    precase = found.precase
    law = platform().laws.published(found.region, precase.item)
    holder = next((party for party in who.parties if party.id == precase.holder.id), None)
    if law is None or holder is None:
        raise Refused("这个事项已经停止受理，或者授权已经结束", rule="事项版本", remedy="请拨打 12345 咨询")
    draft_id = filling.begin(platform(), who, law.item, holder)
    drafts.save(platform().database, who.eyes, draft_id, found.region, _content(precase, law.item, found.number))
    return draft_id


def _content(precase: Precase, item: Item, number: str) -> dict[str, Any]:
    """What was shown, in the form in which drafts keep it."""
    groups = {field.key for field in item.form.fields if field.kind is FieldKind.GROUP}
    rows: dict[str, Any] = {}
    for key in groups & set(precase.data):
        for index, row in enumerate(cast("tuple[Any, ...]", precase.data[key])):
            rows[f"{key}.{index:04d}"] = dict(row)
    return {
        "answers": dict(precase.answers),
        "data": {key: value for key, value in precase.data.items() if key not in groups},
        "rows": rows,
        "seen": {section.key: True for section in item.form.sections} if precase.data else {},
        "papers": [
            {
                "id": str(uuid.uuid4()),
                "material": one.material,
                "name": one.name,
                "sha256": one.sha256,
                "media_type": one.media_type,
                "size": one.size,
            }
            for one in precase.papers
            if one.sha256
        ],
        "later": list(precase.later),
        "precase": number,
    }
