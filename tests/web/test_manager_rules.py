"""Officials edit decision tables: the grid, the check, the try-out, and the ways by file; two people to publish."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from tests.town import FOOD, REGION, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.engine.decision_tables import compiled
from banjie.packs.load import ITEMS, load_item
from banjie.packs.rule_tables import outputs_shown
from banjie.packs.rule_tables_xlsx import from_workbook
from banjie.records import catalogue
from banjie.web import rules_grid

FIRST = "wenshuyi"
SECOND = "gejiajun"
ITEM = load_item(ITEMS / "food_business.yaml")


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


def rules(town: Town, *more: str) -> str:
    rows = catalogue.editions_of(town.platform.database, REGION, FOOD)
    return "/".join([f"/manage/items/{REGION}/{FOOD}/{rows[0].edition}/rules", *more])


def opened(town: Town) -> str:
    row = catalogue.latest(town.platform.database, REGION, FOOD)
    assert row is not None
    return f"{row.edition}.{row.revision}"


def form_of(number: int, **changes: str) -> dict[str, object]:
    """What the page of a shipped table posts when nothing is touched, with some controls changed."""
    table = ITEM.tables[number]
    grid = rules_grid.grid_of(table)
    posted: dict[str, object] = {
        "columns": len(grid.facts), "rows": len(grid.cells), "examples": len(grid.examples),
        "key": grid.key, "name": grid.name, "policy": grid.policy,
    }  # fmt: skip
    dimensions = rules_grid.columns_of(grid, ITEM)
    for column, fact in enumerate(grid.facts):
        posted[f"fact-{column}"] = fact
        if grid.changeable[column]:
            posted[f"changeable-{column}"] = "yes"
    for row, cells in enumerate(grid.cells):
        for column, text in enumerate(cells):
            control = rules_grid.cell_control(text, dimensions[column])
            posted[f"r{row}-c{column}"] = control["ticked"] if control["kind"] == "ticks" else control["value"]
        posted |= {f"r{row}-{name}": words for name, words in outputs_shown(table.rows[row]).items()}
    for place, example in enumerate(grid.examples):
        posted |= {f"e{place}-name": example.name, f"e{place}-hits": example.hits}
        posted |= {f"e{place}-c{column}": value for column, value in enumerate(example.values)}
    return posted | changes


@pytest.mark.parametrize("number", [0, 1])
def test_what_the_page_posts_untouched_is_the_same_table(number: int) -> None:
    data = QueryDict(mutable=True)
    for name, value in form_of(number).items():
        data.setlist(name, [str(part) for part in value] if isinstance(value, list) else [str(value)])
    table, wrong = rules_grid.table_of(rules_grid.grid_posted(data), ITEM)
    assert wrong == ()
    before = ITEM.tables[number]
    assert compiled(table).cells == compiled(before).cells
    assert (table.inputs, table.examples, table.policy) == (before.inputs, before.examples, before.policy)
    assert [outputs_shown(row) for row in table.rows] == [outputs_shown(row) for row in before.rows]


def test_the_list_and_a_table_are_shown_with_what_the_check_says(town: Town) -> None:
    page = text_of(browser(FIRST).get(rules(town)).content)
    assert "食品处理区够不够大" in page
    assert "检查通过" in page
    page = text_of(browser(FIRST).get(rules(town, "kitchen")).content)
    assert "做冷食或裱花蛋糕，不做生食" in page
    assert "检查通过：没有缺口" in page
    assert browser(FIRST).get(rules(town, "none_such")).status_code == 404
    assert browser("linzhao").get(rules(town)).status_code == 403


def test_a_gap_is_told_before_anything_is_saved(town: Town) -> None:
    answer = browser(FIRST).post(rules(town, "kitchen"), form_of(1, **{"r0-c1": ">= 9"}) | {"do": "check"})
    page = text_of(answer.content)
    assert "其中食品处理区面积=8 平方米时没有规则" in page
    assert "第 1 个情景应命中第 1 行" in page


def test_a_broken_cell_and_a_wrong_control_are_named(town: Town) -> None:
    answer = browser(FIRST).post(rules(town, "kitchen"), form_of(1, **{"r0-c1": "[9..2]"}) | {"do": "check"})
    assert "第 1 行“其中食品处理区面积”：范围“[9..2]”上下颠倒" in text_of(answer.content)
    answer = browser(FIRST).post(rules(town, "kitchen"), form_of(1, **{"r0-promised": "很快"}) | {"do": "save"})
    assert answer.status_code == 422
    assert "“很快”不是整数" in text_of(answer.content)


def test_rows_columns_and_examples_are_added_moved_and_dropped(town: Town) -> None:
    def done(action: str, **more: str) -> str:
        return browser(FIRST).post(rules(town, "kitchen"), form_of(1) | {"do": action, **more}).content.decode()

    assert 'name="rows" value="6"' in done("add-row")
    assert 'name="rows" value="4"' in done("drop-row-4")
    assert 'name="examples" value="6"' in done("add-example")
    assert 'name="columns" value="3"' in done("add-column", **{"add-fact": "diners"})
    assert 'name="columns" value="1"' in done("drop-column-0")
    moved = done("down-0")
    assert moved.index("放不下分开的清洗") < moved.index("食品处理区 8 平方米以上，可以申请</textarea>")
    assert 'name="rows" value="5"' in done("drop-row-99")


def test_the_try_out_says_which_row_hits_and_why(town: Town) -> None:
    posted = form_of(1) | {"do": "try", "try-c0": "none", "try-c1": "5"}
    page = text_of(browser(FIRST).post(rules(town, "kitchen"), posted).content)
    assert "命中第 2 行" in page
    assert "现在不能办" in page
    assert "第 3 行没有命中：做不做冷食、生食或者裱花蛋糕" in page
    wrong = browser(FIRST).post(rules(town, "kitchen"), posted | {"try-c1": "很大"})
    assert "其中食品处理区面积：" in text_of(wrong.content)


def test_a_saved_table_is_a_draft_and_waits_for_a_second_person(town: Town) -> None:
    before = catalogue.editions_of(town.platform.database, REGION, FOOD)[0]
    changed = form_of(1, **{"r0-basis": "澜江市食品经营许可审查细则第九条第三款"}) | {
        "do": "save",
        "opened": opened(town),
    }
    answer = browser(FIRST).post(rules(town, "kitchen"), changed)
    assert answer.status_code == 303
    draft = catalogue.editions_of(town.platform.database, REGION, FOOD)[0]
    assert draft.edition == before.edition + 1
    assert draft.prepared_by == town.who(FIRST).actor.account
    kept = catalogue.edition(town.platform.database, REGION, FOOD, draft.edition)
    assert kept is not None
    assert kept.tables[1].rows[0].basis.endswith("第三款")
    published = town.platform.laws.published(REGION, FOOD)
    assert published is not None
    assert published.item.tables[1].rows[0].basis.endswith("第一款")
    stale = browser(SECOND).post(rules(town, "kitchen"), changed | {"opened": "1.0"})
    assert stale.status_code in (409, 422)


def test_out_and_in_by_workbook_and_dmn(town: Town) -> None:
    client = browser(FIRST)
    book = client.get(rules(town, "file.xlsx"))
    assert book.status_code == 200
    assert from_workbook(book.content, ITEM)
    sent = {"file": SimpleUploadedFile("规则.xlsx", book.content), "opened": opened(town)}
    assert client.post(rules(town, "upload"), sent).status_code == 303
    model = client.get(rules(town, "file.dmn"))
    assert b"decisionTable" in model.content
    sent = {"file": SimpleUploadedFile("规则.dmn", model.content), "opened": opened(town)}
    assert client.post(rules(town, "upload"), sent).status_code == 303
    assert client.get(rules(town, "file.exe")).status_code == 404


BAD_FILES = [
    (b"", "请选择"),
    (b"PK\x03\x04 not a zip", "不是能读的 Excel 文件"),
    (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"),
    (b"<a/>", "不是 DMN 1.3 文件"),
    (b"hello", "不是合法的 XML"),
]


@pytest.mark.parametrize(("content", "words"), BAD_FILES)
def test_a_bad_file_is_refused_in_words(town: Town, content: bytes, words: str) -> None:
    sent = {"file": BytesIO(content)} if content else {}
    answer = browser(FIRST).post(rules(town, "upload"), sent)
    assert answer.status_code == 422
    assert words in text_of(answer.content)
