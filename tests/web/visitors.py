"""Browsers of the town's people, without a browser: Django's test client, signed in, by the town's clock."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from django.core.cache import caches
from django.test import Client
from tests.town import Town

from banjie.records import tries
from banjie.records.models import Account
from banjie.web import urls

__all__ = ["at_town", "browser", "hidden", "text_of", "urls"]


@contextmanager
def at_town(town: Town) -> Iterator[None]:
    """Lets every page work at the town's platform, and so by the town's clock."""
    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith("banjie.web.") and hasattr(module, "platform"):
                patch.setattr(module, "platform", lambda: town.platform)
        caches["process"].clear()
        tries.forget(town.platform.database)  # The town's clock stands still, so no limit would ever end.
        yield


def browser(username: str = "") -> Client:
    """Someone's browser; nobody's when no name is given."""
    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    if username:
        account = Account.objects.get(username=username)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(html: bytes | str) -> str:
    """What a person reads on a page, with single spaces."""
    words = html.decode() if isinstance(html, bytes) else html
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", words)))


def hidden(html: bytes, name: str) -> str:
    """The value of a hidden control."""
    match = re.search(rf'name="{name}" value="([^"]*)"', html.decode())
    assert match is not None, f"没有隐藏域 {name}"
    return match.group(1)
