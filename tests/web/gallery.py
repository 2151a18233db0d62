"""Every macro on six believable pages, for the tests of the look and for anybody who wants to see it."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from playwright.sync_api import Page, Route

from banjie.engine.calendar import CHINA
from banjie.web import assets
from banjie.web.jinja import environment

TITLES: Final[Mapping[str, str]] = {
    "home": "首页",
    "guide": "食品经营许可（新办）",
    "form": "经营信息",
    "confirm": "撤回申请",
    "done": "申请已提交",
    "work": "我的待办",
    "figures": "政务服务运行",
}
VIEWS: Final = tuple(TITLES)
CSP: Final = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'"
ROWS: Final = [
    {
        "key": number,
        "label": f"{item} {applicant}",
        "current": position == 1,
        "cells": [
            {"text": item, "href": f"/w?case={number}", "note": number, "code": True},
            applicant,
            {"text": stage, "tag": "blue"},
            {"text": left, "tag": colour},
        ],
    }
    for position, (number, item, applicant, stage, left, colour) in enumerate(
        [
            ("990102202611240002", "食品经营许可（变更）", "老周烧饼店", "待初审", "已超 1 天", "red"),
            ("990102202611240008", "食品经营许可（新办）", "澜江市江畔餐饮管理有限公司", "待初审", "剩 2 小时", "red"),
            ("990104202611230011", "户外广告设置审批", "万木春商业管理有限公司", "会签中", "剩 1 天", "yellow"),
            ("990121202611230003", "公共场所卫生许可", "青禾县云岭旅馆", "待现场核查", "剩 6 天", "green"),
            ("990104202611200019", "药品零售许可", "江右康宁大药房", "待补正", "已暂停", "grey"),
        ]
    )
]


@cache
def gallery_environment() -> jinja2.Environment:
    """The environment of the product, the gallery's folder added and the words left in Chinese.

    Translation is taken out so that the look can be tried without any Django settings.
    """
    env = environment()
    own = jinja2.FileSystemLoader(Path(__file__).parent)
    env.loader = jinja2.ChoiceLoader([own, jinja2.PackageLoader("banjie.web", "templates")])
    env.globals["current_language"] = lambda: "zh-hans"
    env.install_gettext_callables(  # type: ignore[attr-defined] # The i18n extension adds this method.
        gettext=str,
        ngettext=lambda one, many, number: one if number == 1 else many,
        newstyle=True,
    )
    return env


def render(view: str, *, elder: bool = False, page: Mapping[str, object] | None = None) -> str:
    """The HTML of one view."""
    frame = {
        "nav": "company",
        "actor": "周晓禾",
        "acting_for": "澜江市江畔餐饮管理有限公司",
        "unread": 2,
        "elder": elder,
        "demo": True,
        "errors": view == "form",
    }
    frame["search"] = view != "home"
    return (
        gallery_environment()
        .get_template("gallery.html.jinja")
        .render(
            view=view,
            titles=TITLES,
            page=frame | dict(page or {}),
            rows=ROWS,
            day=date(2026, 11, 24),
            moment=datetime(2026, 11, 24, 9, 12, tzinfo=CHINA),
            csrf_input=Markup('<input type="hidden" name="csrfmiddlewaretoken" value="a">'),
        )
    )


def serve_gallery(page: Page, view: str, *, elder: bool = False) -> None:
    """Answer the browser from memory, under the Content-Security-Policy of the product."""
    html = render(view, elder=elder)

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if not path.startswith(assets.PREFIX):
            route.fulfill(
                body=html,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": CSP},
            )
            return
        found = {item.path: item for item in assets.all_assets().values()}
        item = found[path.removeprefix(assets.PREFIX)]
        route.fulfill(body=item.body, content_type=item.content_type)

    page.route("**/*", answer)


def as_json(value: object) -> str:
    """For messages of failing tests, in readable Chinese."""
    return json.dumps(value, ensure_ascii=False, indent=1)
