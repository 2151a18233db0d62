"""The cases behind a figure, page by page or as a file; seen with the same eyes as the figure itself."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie.engine.cases import STAGE_NAMES
from banjie.engine.figures import INDICATOR, MEASURE, Form
from banjie.packs.figures import LATE
from banjie.records import figures_boards, figures_cases
from banjie.records.figures_cases import STOCKS, Behind, Line
from banjie.web import time_words
from banjie.web.context import render
from banjie.web.figures_files import Cells, answer_as
from banjie.web.figures_scope import LOOKING, Looking, looking
from banjie.web.identity import holding
from banjie.wiring import platform

PAGE: Final = 50
CHANNELS: Final = {"1": "窗口", "2": "网上", "3": "手机", "4": "邮寄", "9": "其他"}
_STOCK_WORDS: Final = {"open": "在办", LATE: "超过承诺期限", "late_by_law": "超过法定期限"}
_HEADER: Final = (
    *("办件编号", "事项", "办理机关", "申请人", "状态", "提交方式", "提交日", "受理日", "决定日", "承诺办结日"),
    *("用时（工作日）", "承诺（工作日）", "计数"),
)


@require_safe
@holding(*LOOKING)
def cases(request: HttpRequest) -> HttpResponse:
    """A page of the list."""
    look = looking(request)
    behind, words, kept = _asked(request, look)
    with platform().database.seen_by(look.standing.eyes) as cursor:
        found = figures_cases.page(cursor, look.scope, behind, after=_after(request), most=PAGE + 1)
        names = figures_boards.names(
            cursor, items=[behind.item] if behind.item else [], officials=[behind.official] if behind.official else []
        )
    shown = found[:PAGE]
    last = shown[-1] if len(found) > PAGE else None
    narrowed = filter(
        None,
        (
            names.items.get(behind.item, behind.item),
            names.officials.get(behind.official, behind.official),
            CHANNELS.get(behind.channel, behind.channel),
        ),
    )
    address = reverse("figures-cases")
    context = {
        "look": look,
        "title": words,
        "narrowed": "、".join(narrowed),
        "stock": behind.period is None,
        "parts": _parts(kept, look),
        "rows": [_row(one) for one in shown],
        "more": f"{address}?{look.query(**kept, after=f'{last.day.isoformat()}_{last.case_id}')}" if last else "",
        "first": f"{address}?{look.query(**kept)}" if _after(request) else "",
        "files": [
            (kind, f"{reverse('figures-cases-file', args=(kind,))}?{look.query(**kept)}") for kind in ("csv", "xlsx")
        ],
        "now": platform().now(),
    }
    return render(request, "figures/cases.html", context)


@require_safe
@holding(*LOOKING)  # type: ignore[arg-type]  # an answer that is sent in parts is an answer too.
def file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The whole list as CSV or workbook."""
    look = looking(request)
    behind, words, _ = _asked(request, look)

    @contextmanager
    def lines() -> Iterator[Iterable[Cells]]:
        with figures_cases.every(platform().database, look.standing.eyes, look.scope, behind) as found:
            yield map(_cells, found)

    return answer_as(kind, f"{look.name}_{words}", _HEADER, lines)


def _asked(request: HttpRequest, look: Looking) -> tuple[Behind, str, dict[str, str]]:
    """Which cases, in words, and the parameters that say so again."""
    said = {name: request.GET.get(name, "")[:40].replace("\x00", "") for name in ("item", "official", "channel")}
    narrow = {name: value for name, value in said.items() if value}
    stock = request.GET.get("measure", "")
    today = platform().today()
    if stock in STOCKS:
        return Behind(stock, None, today, **narrow), _STOCK_WORDS[stock], {"measure": stock, **narrow}
    one = INDICATOR.get(request.GET.get("indicator", ""), next(iter(INDICATOR.values())))
    part = request.GET.get("part", "all")
    part = part if part in ("good", "rest") and one.form is Form.SHARE else "all"
    measure = one.numerator if part == "good" or not one.denominator else one.denominator
    without = one.numerator if part == "rest" else ""
    if one.form in (Form.MEAN, Form.CUT) and MEASURE[one.numerator].on is not None:
        measure = one.denominator if one.denominator not in ("legal_days",) else "timed"
    behind = Behind(measure, look.period, today, **narrow, without=without)
    words = {"good": f"{one.name}：算在内的", "rest": f"{one.name}：没有算进去的", "all": f"{one.name}：全部"}[part]
    return behind, words, {"indicator": one.key, "part": part, **narrow}


def _parts(kept: dict[str, str], look: Looking) -> list[dict[str, Any]]:
    """The two sides of a share and the whole, as links."""
    one = INDICATOR.get(kept.get("indicator", ""))
    if one is None or one.form is not Form.SHARE:
        return []
    named = (("rest", "没有算进去的"), ("good", "算在内的"), ("all", "全部"))
    return [
        {
            "text": words,
            "href": f"{reverse('figures-cases')}?{look.query(**{**kept, 'part': part})}",
            "current": kept["part"] == part,
        }
        for part, words in named
    ]


def _after(request: HttpRequest) -> tuple[date, str] | None:
    """The last line of the page before; one that cannot be read begins at the first page."""
    day, _, case_id = request.GET.get("after", "")[:60].partition("_")
    try:
        plain = "".join(part for part in case_id.split("-"))
        return (date.fromisoformat(day), case_id) if len(plain) == 32 and int(plain, 16) >= 0 else None
    except ValueError:
        return None


def _row(one: Line) -> dict[str, Any]:
    due = time_words.of_day(platform().laws.calendar(one.region), one.promised_due, platform().today())
    time: Any = {"text": due.text, "tag": due.kind}
    if one.decided_on is not None:
        on_time = one.promised_due is not None and one.decided_on <= one.promised_due
        time = {
            "text": "按期" if on_time else "超期",
            "tag": "green" if on_time else "red",
            "note": f"用时 {one.used_days} 个工作日，承诺 {one.promised_days} 个" if one.promised_days else "",
        }
    elif one.accepted_on is None:
        time = "还没有受理"
    return {
        "cells": [
            {
                "text": one.item_name,
                "href": reverse("clock", args=(one.region, one.number)),
                "note": one.number,
                "code": True,
            },
            one.organ_name,
            one.holder_name,
            {"text": STAGE_NAMES[one.stage], "tag": "blue"},
            _day(one.submitted_on),
            _day(one.decided_on),
            time,
        ]
    }


def _day(day: date | None) -> str:
    return "—" if day is None else day.isoformat()


def _cells(one: Line) -> Cells:
    days = (one.submitted_on, one.accepted_on, one.decided_on, one.promised_due)
    return (
        *(one.number, one.item_name, one.organ_name, one.holder_name, STAGE_NAMES[one.stage]),
        CHANNELS.get(one.channel, one.channel),
        *("" if day is None else day.isoformat() for day in days),
        *(one.used_days, one.promised_days, one.value),
    )
