"""What a reaction works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from banjie.actions.platform import Platform


@dataclass(frozen=True, slots=True)
class Hands:
    """The platform, the moment, and how to defer a job for what leaves the building: `defer(task, **arguments)`."""

    platform: Platform
    at: datetime
    defer: Callable[..., None]
