"""The form editor: pages, fields and groups of a draft, its preview, and what a change means for drafts in progress."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.town import AGENT, REGION, RESTAURANT, SOIL, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.engine.forms import CheckKind, FieldKind, Form
from banjie.records import catalogue, drafts

MANAGER = "zhengguihua"


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


class Editor:
    """A manager before the form of one item; each press is made on the page as it then stands."""

    def __init__(self, town: Town) -> None:
        self.town = town
        manager = next(one for one in town.city.officials if any(role.value == "manager" for role in one.roles))
        self.client = browser(manager.username)

    @property
    def edition(self) -> int:
        newest = catalogue.latest(self.town.platform.database, REGION, SOIL)
        assert newest is not None
        return newest.edition

    @property
    def here(self) -> str:
        return f"/manage/items/{REGION}/{SOIL}/{self.edition}/form"

    @property
    def form(self) -> Form:
        item = catalogue.edition(self.town.platform.database, REGION, SOIL, self.edition)
        assert item is not None
        return item.form

    def get(self, page: str = "", status: int = 200) -> str:
        answer = self.client.get(self.here + page)
        assert answer.status_code == status, text_of(answer.content)
        return answer.content.decode()

    def post(self, typed: dict[str, Any], page: str = "", status: int = 303) -> str:
        opened = re.search(r'name="opened" value="([^"]*)"', self.get(page))
        assert opened is not None
        answer = self.client.post(self.here + page, {"opened": opened[1], **typed})
        assert answer.status_code == status, text_of(answer.content)
        return str(answer.content.decode())


@pytest.fixture(scope="module")
def editor(town: Town) -> Editor:
    return Editor(town)


FIELD = {
    "label": "渣土去向",
    "key": "spoil",
    "kind": "choice",
    "options": "reuse: 就地利用\ndump: 弃渣场",
    "required": "yes",
}


def test_only_managers_see_it(town: Town, editor: Editor) -> None:
    assert browser(AGENT).get(editor.here).status_code in (302, 403)


def test_the_form_stands_there_with_its_preview(editor: Editor) -> None:
    shown = text_of(editor.get())
    assert "申请人将看到的样子" in shown
    assert editor.form.fields[0].label in shown


def test_a_page_and_fields_of_the_library_are_added_and_moved(editor: Editor) -> None:
    editor.post({"page_title": "弃渣", "page_hint": ""})
    page = editor.form.sections[-1]
    assert page.title == "弃渣"
    assert "这一页没有栏目" in text_of(editor.get())
    editor.post({"page": page.key, "element": "road_name"})
    editor.post({"page": page.key, "element": "road_name"})
    assert [one.key for one in editor.form.sections[-1].fields] == ["road_name", "road_name_2"]
    assert editor.form.sections[-1].fields[0].element == "road_name"
    editor.post({"move": "up:road_name_2"})
    assert [one.key for one in editor.form.sections[-1].fields] == ["road_name_2", "road_name"]
    editor.post({"drop": "road_name_2"})
    editor.post({"page": page.key, "page_title": "弃渣和运输", "page_hint": "写明路线"})
    assert (editor.form.sections[-1].title, editor.form.sections[-1].hint) == ("弃渣和运输", "写明路线")
    editor.post({"move": f"up:page/{page.key}"})
    assert editor.form.sections[-2].key == page.key
    editor.post({"move": f"down:page/{page.key}"})


def test_a_field_of_ones_own_is_written_previewed_and_changed(editor: Editor) -> None:
    page = editor.form.sections[-1].key
    new = f"/new?page={page}"
    shown = editor.post({**FIELD, "preview": "yes"}, new, status=200)
    assert "弃渣场" in text_of(shown)
    assert "spoil" not in [one.key for one in editor.form.fields]
    wrong = editor.post({**FIELD, "options": "就地利用", "key": "1x"}, new, status=422)
    assert "看不懂“就地利用”" in text_of(wrong)
    assert "以字母开头" in text_of(wrong)
    editor.post(FIELD, new)
    assert editor.form.fields[-1].options[1].label == "弃渣场"
    taken = editor.post(FIELD, new, status=422)
    assert "已经用在另一项上" in text_of(taken)
    editor.post({**FIELD, "label": "弃渣去向", "hint": "选一种", "show_if": "size 是 large"}, f"/spoil?page={page}")
    changed = editor.form.fields[-1]
    assert (changed.label, changed.hint, len(changed.show_if)) == ("弃渣去向", "选一种", 1)


def test_a_group_is_written_with_its_columns(editor: Editor) -> None:
    page = editor.form.sections[-1].key
    group = {"label": "运输车辆", "key": "trucks", "kind": "group", "layout": "table", "required": "yes", "unit": "辆"}
    editor.post(group, f"/new?page={page}")
    assert "明细没有栏目" in text_of(editor.get())
    editor.post({"label": "车牌", "key": "plate", "kind": "text", "required": "yes"}, f"/trucks.new?page={page}")
    editor.post({"page": page, "element": "quantity", "group": "trucks"})
    editor.post({"move": "up:trucks.quantity"})
    trucks = editor.form.fields[-1]
    assert (trucks.kind, [column.key for column in trucks.columns]) == (FieldKind.GROUP, ["quantity", "plate"])
    assert "明细没有栏目" not in text_of(editor.get())
    assert 'name="preview-trucks' not in editor.get()
    assert "新的栏目" in editor.get(f"/trucks.new?page={page}")
    editor.get("/nothing?page=x", status=404)


def test_a_script_sees_the_field_while_it_is_written(editor: Editor) -> None:
    answer = editor.client.post(f"{editor.here}/preview", FIELD)
    assert "渣土去向" in answer.content.decode()
    assert "填好名称和类型后显示" in editor.client.post(f"{editor.here}/preview", {"kind": "x"}).content.decode()


def test_what_it_does_to_drafts_in_progress_is_told_in_numbers(town: Town, editor: Editor) -> None:
    who = town.who(AGENT)
    law = town.law(SOIL)
    started = drafts.start(
        town.platform.database, who.eyes, region=REGION, holder=RESTAURANT, item=SOIL, edition=law.item.edition
    )
    drafts.save_parts(
        town.platform.database,
        who.eyes,
        started,
        REGION,
        {"data": {"project_name": "春禾", "land_area": None}, "rows": {"trucks.000010000": {"plate": "x"}}},
    )
    kept = drafts.answers_kept(town.platform.database, REGION, SOIL)
    assert kept.drafts >= 1
    assert kept.fields["project_name"] >= 1
    assert kept.fields["trucks"] >= 1
    editor.post({"drop": "project_name"})
    shown = text_of(editor.get())
    assert (
        re.search(r"项目名称 ：删去了，草稿里已经填的不再使用（[0-9]+ 份）", shown)
        or "删去了，草稿里已经填的不再使用" in shown
    )
    assert "新增为必填，草稿要补填才能提交" in shown


def test_of_two_managers_the_second_is_told(editor: Editor) -> None:
    stale = editor.client.post(editor.here, {"opened": "1.1", "page_title": "别的"})
    assert stale.status_code in (409, 422)
    assert "被别人改过" in text_of(stale.content)


CHECK = {
    "check": "new",
    "check_kind": "different",
    "check_words": "这两项一样",
    "check_remedy": "请核对哪一项填错了",
}


def check_on(editor: Editor, **typed: str) -> dict[str, str]:
    """A check on two fields that the form has now."""
    one, other, *_ = [field.key for field in editor.form.fields if field.kind is not FieldKind.GROUP]
    return {**CHECK, "check_field": one, "check_other": other, **typed}


def test_cross_checks_are_added_changed_and_taken_out(editor: Editor) -> None:
    before = editor.form.checks
    place = str(len(before))
    editor.post(check_on(editor))
    assert editor.form.checks[:-1] == before
    assert editor.form.checks[-1].kind is CheckKind.DIFFERENT
    page = text_of(editor.get())
    assert "这两项一样" in page
    editor.post(check_on(editor, check=place, check_words="两项不应相同"))
    assert [one.words for one in editor.form.checks[len(before) :]] == ["两项不应相同"]
    editor.post({"drop_check": place})
    assert editor.form.checks == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"check_kind": ""}, "没有选择怎样核对"),
        ({"check_field": ""}, "没有选择核对哪一项"),
        ({"check_other": ""}, "没有写明与哪一项对照"),
        ({"check_words": " "}, "不符合时怎么说"),
        ({"check_remedy": "改" * 121}, "怎样改"),
        ({"check_kind": "unique"}, "这种核对只用于明细的一栏"),
        ({"check_kind": "sum_is", "check_value": "很多"}, "不是整数"),
        ({"check_field": "no_such"}, "没有“no_such”这一项"),
        ({"check": "99"}, "没有这条核对规则"),
    ],
)
def test_a_check_that_cannot_hold_is_told_and_what_was_typed_stays(
    editor: Editor, typed: dict[str, str], told: str
) -> None:
    before = editor.form.checks
    page = editor.post(check_on(editor, **typed), status=422)
    assert told in text_of(page)
    assert editor.form.checks == before
    if "check" not in typed and "check_words" not in typed:
        assert "这两项一样" in page


def test_a_check_is_not_saved_over_what_another_manager_changed(editor: Editor) -> None:
    opened = re.search(r'name="opened" value="([^"]*)"', editor.get())
    assert opened is not None
    editor.post(check_on(editor, check_words="别人加的"))
    answer = editor.client.post(editor.here, {"opened": opened[1], **check_on(editor)})
    assert answer.status_code in (409, 422)
    assert [one.words for one in editor.form.checks].count(CHECK["check_words"]) == 0
    editor.post({"drop_check": str(len(editor.form.checks) - 1)})
