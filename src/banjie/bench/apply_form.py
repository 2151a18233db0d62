"""A large form as one page: what its page costs the server, to show and to save; and how many ordinary ones it serves.

The large form has 200 fields of every kind on one page and a group of 50 rows in a table. Everything is measured
in process, through Django's own handler with sessions, policies and the database: no network, no browser.
"""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from banjie.bench.stage import AGENT, FOOD, HOLDER, REGION

if TYPE_CHECKING:
    from django.test import Client

    from banjie.actions.platform import Platform
    from banjie.engine.forms import Form

FIELDS = 200
ROWS = 50
TRIES = 60
LARGE = "1199010000BJ00016Q3990100000901"
ANSWERS = {"apply_type": "new", "business": "catering", "cold_or_raw": "none"}


def measure() -> dict[str, Any]:
    """ms p95 of processor time for GET and POST of the large page; ms and pages a second of an ordinary form page.

    Needs a founded city in the database that the settings name (see `bench.stage`).
    """
    from django.conf import settings
    from django.test import Client

    from banjie.records.models import Account
    from banjie.wiring import platform

    if "testserver" not in settings.ALLOWED_HOSTS:
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    here = platform()
    client = Client(raise_request_exception=True)
    client.force_login(Account.objects.get(username=AGENT), backend="django.contrib.auth.backends.ModelBackend")
    ordinary = begun(here, FOOD)
    page = f"/apply/{ordinary}/section/premises"
    _get(client, page)
    wall, spent = time.perf_counter(), time.thread_time()
    for _ in range(TRIES):
        _get(client, page)
    wall, spent = time.perf_counter() - wall, time.thread_time() - spent
    large = f"/apply/{begun(here, _published(here))}/section/all"
    html = _get(client, large)
    posted = _filled(html)
    get_ms = _timed(lambda: _get(client, large))
    post_ms = _timed(lambda: _post(client, large, posted))
    return {
        "fields": FIELDS,
        "rows": ROWS,
        "get_p95_ms": get_ms,
        "post_p95_ms": post_ms,
        "page_kb": round(len(html) / 1024),
        "ordinary_page_ms": round(spent / TRIES * 1000, 2),
        "ordinary_pages_per_s": round(TRIES / wall, 1),
    }


def _timed(act: Callable[[], object]) -> float:
    """The 95th percentile in ms of the processor's time that an act takes here: the machine's other work left out."""
    spent = []
    for _ in range(TRIES):
        started = time.thread_time()
        act()
        spent.append((time.thread_time() - started) * 1000)
    return round(quantiles(spent, n=20)[18], 1)


def _get(client: "Client", path: str) -> str:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"GET {path}: {answer.status_code}")
    return answer.content.decode()


def _post(client: "Client", path: str, posted: dict[str, str]) -> None:
    answer = client.post(path, posted)
    if answer.status_code != 303:
        raise RuntimeError(f"POST {path}: {answer.status_code}")


def begun(here: "Platform", item: str) -> str:
    """A draft with its questions answered, and 50 rows in the group if it has one."""
    from banjie.engine.situations import resolve
    from banjie.packs.sample import sample_data
    from banjie.records import drafts, people

    standing = people.standing(here.database, AGENT, here.today(), name=AGENT)
    law = here.laws.published(REGION, item)
    if law is None:
        raise LookupError(f"{item} is not published")
    answers = {key: value for key, value in ANSWERS.items() if key in {one.key for one in law.item.questions}}
    draft = drafts.start(
        here.database, standing.eyes, region=REGION, holder=HOLDER, item=item, edition=law.item.edition
    )
    drafts.save(here.database, standing.eyes, draft, REGION, {"answers": answers, "key": draft})
    group = next((one for one in law.item.form.fields if one.columns), None)
    if group is not None:
        data = sample_data(law.item.form, resolve(law.item, answers).facts)
        rows = data[group.key]
        assert isinstance(rows, tuple)  # noqa: S101 — the value of a group.
        kept = {f"{group.key}.{place:05d}0000": rows[0] for place in range(1, ROWS + 1)}
        drafts.save_parts(here.database, standing.eyes, draft, REGION, {"rows": kept})
    return draft


def _published(here: "Platform") -> str:
    """An item with the large form, published beside the others; its code."""
    from banjie.records import catalogue

    law = here.laws.published(REGION, FOOD)
    if law is None:
        raise LookupError("the food item is not published")
    item = replace(law.item, code=LARGE, edition=1, questions=(), tables=(), form=large_form())
    if catalogue.latest(here.database, REGION, item.code) is None:
        catalogue.save_edition(
            here.database,
            item,
            state="published",
            digest="bench",
            source="pack",
            gates=(),
            prepared_by="bench",
            published_by="bench",
        )
        here.laws.forget()
    return item.code


def large_form() -> "Form":
    """200 fields of every kind, and a group whose 50 rows stand in a table, on one page."""
    from banjie.engine.forms import Column, Field, FieldKind, Form, Layout, Option, Section

    options = (Option("a", "甲"), Option("b", "乙"), Option("c", "丙"))
    kinds = [kind for kind in FieldKind if kind is not FieldKind.GROUP]
    chosen = (FieldKind.CHOICE, FieldKind.CHOICES)
    fields = tuple(
        Field(
            f"field_{number}",
            f"第 {number} 项",
            kind,
            required=False,
            options=options if kind in chosen else (),
            within="990100" if kind is FieldKind.ADDRESS else "",
        )
        for number, kind in zip(range(FIELDS), kinds * (FIELDS // len(kinds) + 1), strict=False)
    )
    columns = (
        Column("name", "姓名", FieldKind.NAME, personal=True),
        Column("paper", "证件", FieldKind.PARTY_ID, personal=True),
        Column("kind", "类别", FieldKind.CHOICE, options=options),
        Column("paid", "金额", FieldKind.MONEY),
        Column("ratio", "比例", FieldKind.PERCENTAGE),
        Column("day", "日期", FieldKind.DATE),
    )
    group = Field("rows", "人员", FieldKind.GROUP, columns=columns, layout=Layout.TABLE)
    total = Field("paid_total", "合计", FieldKind.MONEY, sum_of="rows.paid")
    return Form((Section("all", "全部", (*fields, group, total)),))


def _filled(html: str) -> dict[str, str]:
    """What a browser would post of the page: the cells of the table with what stands in them, and some texts."""
    posted = dict(re.findall(r'name="(f-rows\.[^"]+)" value="([^"]*)"', html))
    posted |= dict.fromkeys(re.findall(r'<select[^>]*name="(f-rows\.[^"]+)"', html), "a")
    # The row that is still empty stays so.
    last = max(name.split(".")[1] for name in posted)
    posted = {name: value for name, value in posted.items() if name.split(".")[1] != last}
    texts = re.findall(r'<input[^>]*name="(f-field_[0-9]+)" type="text"', html)
    return posted | dict.fromkeys(texts, "")
