"""What government knows, as a form shows it: each value with where it comes from, and where to say it is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from banjie.actions.asking import Asked, known_values
from banjie.actions.platform import Platform
from banjie.engine.sharing import Settled, Value, settle
from banjie.records.drafts import Draft

SOURCE_WORDS = {"company": "来自您的企业登记信息", "person": "来自您的个人身份信息", "agent": "来自您的账户信息"}
"""Where a value of the platform's own register of people comes from, by the first word of its name."""
CHOSEN = "chosen"
"""Where a draft keeps, by fact, which of several values she chose."""
OWN = "own"
"""Where a draft keeps, by fact, the value she holds against a contested one."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that is known. `value` is "" while sources differ over something costly and she has still to choose."""

    value: Any
    source_label: str
    held_since: date | None = None
    contest_url: str = ""
    """The page on which she sees every value, chooses, or says that it is wrong; "" where nobody keeps it."""
    in_conflict: bool = False


def told(
    platform: Platform, asked: Asked, draft: Draft, registered: Mapping[str, Any], needed: frozenset[str]
) -> dict[str, Told]:
    """What is known of the facts an application needs, by fact; and of what the platform's register says besides."""
    chosen, own = _part(draft, CHOSEN), _part(draft, OWN)
    found = {fact: Told(value, _label(fact)) for fact, value in registered.items() if value}
    for fact, values in known_values(platform, asked, registered).items():
        settled = settle(fact, values, platform.sources.cost(fact), chosen.get(fact, ""))
        found[fact] = _known(platform, draft, fact, settled, own.get(fact, ""), fact in needed)
    return found


def _known(platform: Platform, draft: Draft, fact: str, settled: Settled, own: str, needed: bool) -> Told:
    kept = any(one.supplied(fact) and one.path for one in platform.sources.every)
    address = reverse("apply-value", args=(draft.id, fact)) if needed and kept else ""
    if own:
        held = "；".join(f"{one.source_name}为“{one.value}”" for one in settled.values)
        return Told(own, f"您已提出异议。{held}", None, address)
    if settled.filled is None:
        held = "；".join(f"{one.source_name}为“{one.value}”" for one in settled.values)
        return Told("", f"两处登记不一致：{held}。请选择正确的一个", None, address, in_conflict=True)
    return Told(settled.filled.value, label(settled.filled), settled.filled.as_of, address, settled.in_conflict)


def label(value: Value) -> str:
    """Where a value comes from, in words."""
    return f"来自{value.source_name}"


def _label(fact: str) -> str:
    return SOURCE_WORDS.get(fact.partition(".")[0], "来自政府已有信息")


def _part(draft: Draft, name: str) -> dict[str, str]:
    kept = draft.content.get(name, {})
    return {str(fact): str(value) for fact, value in dict(kept).items()}
