"""What the interface's tests share. Django is not set up yet when this file is read, so nothing of it is imported."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.calling import Callers
    from tests.town import Town


@pytest.fixture(scope="module")
def callers(town: "Town") -> Iterator["Callers"]:
    """Callers of the town; the interface works at the town's platform, by the town's clock."""
    from tests.api.calling import Callers  # noqa: PLC0415 — needs Django, which is set up by now.

    from banjie.api import departments, hot, public, tokens  # noqa: PLC0415 — needs Django, which is set up by now.

    with pytest.MonkeyPatch.context() as patch:
        for module in (departments, hot, public, tokens):
            patch.setattr(module, "platform", lambda: town.platform)
        yield Callers()


@pytest.fixture(autouse=True)
def unhurried(town: "Town") -> None:
    """Every test begins with a fresh minute."""
    from django.core.cache import cache  # noqa: PLC0415 — needs Django, which is set up by now.

    from banjie.records import tries  # noqa: PLC0415 — the same.

    cache.clear()
    tries.forget(town.platform.database)
