"""The Jinja environment of every page.

Named in Django's settings as the ``environment`` option of the Jinja2 backend::

    {"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": [], "APP_DIRS": False,
     "OPTIONS": {"environment": "banjie.web.jinja.environment"}}

Templates come from the package itself. A name that a view forgot to give is an error, not an empty
place on a page. Values are escaped unless they are ``Markup``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jinja2
from django.urls import reverse
from django.utils import translation
from jinja2.ext import Extension
from markupsafe import Markup

from banjie.actions.masking import masked
from banjie.actions.progress import PROVISIONAL
from banjie.engine.calendar import CHINA, chinese_date
from banjie.web import assets


def environment(**options: Any) -> jinja2.Environment:
    """The environment, with Django's options laid over ours.

    Django hands in its own ``loader``, ``autoescape``, ``undefined`` and ``auto_reload``; the loader and
    the undefined type are ours in any case, because templates live in the package and must be complete.
    """
    extensions: list[str | type[Extension]] = ["jinja2.ext.i18n", *options.pop("extensions", [])]
    options |= {
        "loader": jinja2.PackageLoader("banjie.web", "templates"),
        "undefined": jinja2.StrictUndefined,
        "autoescape": True,
    }
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    env = jinja2.Environment(extensions=extensions, **options)  # noqa: S701 - autoescape is set just above.
    env.globals |= {
        "static": assets.static,
        "asset": assets.asset,
        "url": address,
        "current_language": translation.get_language,
        "PROVISIONAL": PROVISIONAL,
    }
    env.filters |= {"cndate": cndate, "cntime": cntime, "isodate": isodate, "money": money, "masked": masked}
    # The i18n extension adds this method to the environment when it is loaded; its stubs do not know it.
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )
    env.globals |= {"_": said, "gettext": said}
    return env


def said(message: str, **values: object) -> Markup:
    """A message of a template in the visitor's language, its %(values)s put in and escaped.

    What the i18n extension does at each of the hundred messages of a page is done here once for each message.
    """
    words = _said(_language.get() or translation.get_language() or "", message)
    return words % values if values else _whole(words)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Draws a page in one language, so that it need not be asked for anew at each of its messages."""
    before = _language.set(language or "")
    try:
        yield
    finally:
        _language.reset(before)


_language: ContextVar[str] = ContextVar("language", default="")


@lru_cache(maxsize=8192)
def _said(language: str, message: str) -> Markup:
    # Messages are written by us and by translators, as a part of the page.
    return Markup(translation.gettext(message))  # noqa: S704 — see above.


@lru_cache(maxsize=8192)
def _whole(words: Markup) -> Markup:
    return words % {}


@lru_cache(maxsize=4096)
def address(name: str, *args: object, **kwargs: object) -> str:
    """The path of a named page: ``url('citizen:case', number=case.number)``."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def cndate(day: date | datetime) -> str:
    """A city day as people write it: 2026年11月24日. A moment is first moved to Shanghai time."""
    return chinese_date(_city_day(day))


def cntime(moment: datetime) -> str:
    """A moment in Shanghai time: 2026年11月24日 09:12. Raises ValueError for one without a zone."""
    local = _local(moment)
    return f"{cndate(local)} {local:%H:%M}"


def isodate(day: date | datetime) -> str:
    """For ``<time datetime>``: 2026-11-24, or a moment with its offset 2026-11-24T09:12:00+08:00."""
    if isinstance(day, datetime):
        return _local(day).isoformat(timespec="seconds")
    return day.isoformat()


def money(fen: int) -> str:
    """An amount in 分 as 元: 123400 → “1,234 元”, 1250 → “12.50 元”, 0 → “免费”, below zero with a minus."""
    if fen == 0:
        return "免费"
    yuan = Decimal(fen) / 100
    return f"{yuan:,.0f} 元" if fen % 100 == 0 else f"{yuan:,.2f} 元"


def _city_day(day: date | datetime) -> date:
    return _local(day).date() if isinstance(day, datetime) else day


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"时间 {moment.isoformat()} 没有时区，无法换算为北京时间")
    return moment.astimezone(CHINA)
