"""The papers of an application that is being filled in: added, put in order, named, taken out.

A draft keeps them as plain JSON, several to a material, in the order in which they are read: `id`, `material`,
`name`, `caption`, `sha256`, `media_type`, `size`, `pages`, `original`, and for one out of the library `library` (its
identifier there) and `grade`.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from banjie.actions.paper_receiving import Stored
from banjie.actions.platform import Platform
from banjie.engine.ids import Malformed
from banjie.engine.papers import Fault, Limits, captioned, size_words, tidy_name, wrong
from banjie.records import papers
from banjie.records.drafts import Draft
from banjie.records.people import Standing

CAPTION_LIMIT = 40
"""Characters in which an applicant says what a file is: 正面, 第 2 页."""

Kept = Mapping[str, Any]


def add(
    platform: Platform,
    standing: Standing,
    draft: Draft,
    material: str,
    limits: Limits,
    files: Sequence[Stored],
    *,
    more: Mapping[str, str] | None = None,
) -> tuple[list[Kept], list[Malformed]]:
    """Adds files to a material: the draft's papers as they are then, and what is wrong with those that were not added.

    `more` is kept with each (`library`, `grade`). Raises KeyError when there is no such draft of this account.
    """
    faults: list[Malformed] = []

    def change(kept: list[Kept]) -> list[Kept]:
        faults.clear()
        for file in files:
            fault = _misfit(kept, material, file, limits)
            if fault:
                faults.append(fault)
            else:
                kept = [*kept, _kept(material, file) | dict(more or {})]
        return kept

    changed = papers.change_draft(platform.database, standing.eyes, draft.region, draft.id, change)
    return changed, faults


def _misfit(kept: list[Kept], material: str, file: Stored, limits: Limits) -> Malformed | None:
    """Why a file does not belong beside what is there already."""
    own = [one for one in kept if one["material"] == material]
    same = next((one for one in own if one["sha256"] == file.sha256), None)
    if same is not None:
        return wrong(Fault.TWICE, file.name, other=shown_name(same))
    if len(own) >= limits.files:
        return wrong(Fault.TOO_MANY_FILES, file.name, most=limits.files)
    if sum(int(one.get("size", 0)) for one in kept) + file.size > limits.application_bytes:
        return wrong(Fault.TOO_LARGE_TOGETHER, file.name, most=size_words(limits.application_bytes))
    return None


def _kept(material: str, file: Stored) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "material": material,
        "name": file.name,
        "sha256": file.sha256,
        "media_type": file.media_type,
        "size": file.size,
        "pages": file.pages,
        "original": file.original,
    }


def take_out(platform: Platform, standing: Standing, draft: Draft, paper: str) -> list[Kept]:
    """Takes a paper out, or all of a material when it is named instead."""
    return _change(
        platform,
        standing,
        draft,
        lambda kept: [one for one in kept if one.get("id") != paper and one["material"] != paper],
    )


def move_up(platform: Platform, standing: Standing, draft: Draft, paper: str) -> list[Kept]:
    """Puts a paper before the one in front of it of the same material; the first one stays where it is."""

    def change(kept: list[Kept]) -> list[Kept]:
        place = next((number for number, one in enumerate(kept) if one.get("id") == paper), -1)
        before = [n for n in range(max(place, 0)) if kept[n]["material"] == kept[place]["material"]]
        if before:
            kept[before[-1]], kept[place] = kept[place], kept[before[-1]]
        return kept

    return _change(platform, standing, draft, change)


def caption(platform: Platform, standing: Standing, draft: Draft, captions: Mapping[str, str]) -> list[Kept]:
    """What the applicant calls her files, by their identifiers; "" for the file's own name."""

    def change(kept: list[Kept]) -> list[Kept]:
        return [{**one, "caption": _caption(captions[one["id"]])} if one.get("id") in captions else one for one in kept]

    return _change(platform, standing, draft, change)


def _caption(words: str) -> str:
    return tidy_name(words)[:CAPTION_LIMIT] if words.strip() else ""


def _change(
    platform: Platform, standing: Standing, draft: Draft, change: Callable[[list[Kept]], list[Kept]]
) -> list[Kept]:
    return papers.change_draft(platform.database, standing.eyes, draft.region, draft.id, change)


def shown_name(kept: Kept) -> str:
    """The name under which a draft's paper is shown and handed in."""
    return captioned(str(kept.get("caption", "")), str(kept["name"]))
