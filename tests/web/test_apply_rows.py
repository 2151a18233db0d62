"""Repeating groups on the page: one row a page, a table, a spreadsheet; two tabs, double clicks, the way back."""

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook  # type: ignore[import-untyped]  # openpyxl ships no types
from tests.town import AGENT, DRUG, REGION, RESTAURANT, ROAD, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.records import drafts

SHOP = {"apply_type": "new", "scope": "otc_b"}
WORKS = {"work": "occupy", "green": "no", "traffic": "no"}
WANG = {
    "f-staff_name": "王䶮",
    "f-staff_id-kind": "citizen",
    "f-staff_id": "９９０１０２１９８６０３１４００２３",
    "f-staff_kind": "trained",
    "f-staff_from-year": "2026",
    "f-staff_from-month": "2",
    "f-staff_from-day": "2",
}


@pytest.fixture(autouse=True)
def pages(town: Town) -> Iterator[None]:
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


class Applicant:
    """Someone before the pages of one application, its questions answered."""

    def __init__(self, town: Town, item: str, answers: dict[str, str]) -> None:
        self.town = town
        self.client = browser(AGENT)
        started = self.client.post(f"/items/{REGION}/{item}/start", {"party": RESTAURANT})
        self.path = re.sub(r"/guide$", "", started.headers["Location"])
        for key, value in answers.items():
            assert self.post("/guide", {"question": key, "answer": value}).status_code == 303

    def get(self, page: str) -> str:
        answer = self.client.get(page if page.startswith("/apply") else self.path + page)
        assert answer.status_code == 200, text_of(answer.content)
        return answer.content.decode()

    def post(self, page: str, typed: dict[str, Any], **more: Any) -> Any:
        return self.client.post(page if page.startswith("/apply") else self.path + page, typed, **more)

    def new_row(self, section: str = "staff", group: str = "pharmacists") -> str:
        answer = self.client.get(f"{self.path}/section/{section}/{group}/add")
        assert answer.status_code == 303
        return str(answer.headers["Location"])

    @property
    def kept(self) -> dict[str, Any]:
        draft = drafts.find(self.town.platform.database, self.town.who(AGENT).eyes, self.path.rsplit("/", 1)[-1])
        assert draft is not None
        return dict(draft.content)


@pytest.fixture
def shop(town: Town) -> Applicant:
    return Applicant(town, DRUG, SHOP)


@pytest.fixture
def works(town: Town) -> Applicant:
    return Applicant(town, ROAD, WORKS)


# --- one row a page ---


def test_a_row_is_added_changed_and_taken_out(shop: Applicant) -> None:
    assert "还没有添加" in shop.get("/section/staff")
    row = shop.new_row()
    shown = shop.post(row, {**WANG, "f-staff_name": "王2", "f-staff_id": "123"})
    assert shown.status_code == 422
    assert "姓名里不应有“2”" in text_of(shown.content)
    assert 'value="王2"' in shown.content.decode()
    assert shop.post(row, WANG).headers["Location"].endswith("/section/staff#f-pharmacists")
    listed = text_of(shop.get("/section/staff"))
    assert "王䶮，居民身份证 990102198603140023，经考核合格的药学技术人员，2026年2月2日" in listed
    shop.post(row, {**WANG, "f-staff_name": "王小䶮"})
    assert "王小䶮" in text_of(shop.get("/section/staff"))
    assert "删除这一条？" in text_of(shop.get(f"{row}?remove=1"))
    shop.post(row, {"remove": row.rsplit("/", 1)[-1]})
    assert "还没有添加" in shop.get("/section/staff")


def test_a_column_that_an_answer_calls_for_is_asked_and_no_error(shop: Applicant) -> None:
    row = shop.new_row()
    shown = shop.post(row, {**WANG, "f-staff_kind": "licensed"})
    assert shown.status_code == 200
    assert "请再填几项" in text_of(shown.content)
    assert "执业药师注册证编号" in text_of(shown.content)
    answer = shop.post(row, {**WANG, "f-staff_kind": "licensed", "f-staff_number": "演示-1"})
    assert answer.status_code == 303
    assert next(iter(shop.kept["rows"].values()))["staff_number"] == "演示-1"


def test_sending_a_row_twice_makes_one_and_two_tabs_make_two(shop: Applicant) -> None:
    one, other = shop.new_row(), shop.new_row()
    assert one != other
    shop.post(one, WANG)
    shop.post(one, WANG)
    shop.post(other, {**WANG, "f-staff_name": "李四"})
    assert sorted(row["staff_name"] for row in shop.kept["rows"].values()) == ["李四", "王䶮"]


def test_what_is_typed_in_a_row_is_kept_while_typing_and_found_again(shop: Applicant) -> None:
    row = shop.new_row()
    answer = shop.post(row, {"f-staff_name": "赵"}, headers={"X-Requested-With": "autosave"})
    assert answer.content.decode() == "已暂存 09:00"
    listed = shop.get("/section/staff")
    assert "没有填完：赵" in text_of(listed)
    assert row in listed
    assert 'value="赵"' in shop.get(row)


def test_the_same_person_twice_is_told_where_it_stands(shop: Applicant) -> None:
    for name in ("王䶮", "王小䶮"):
        shop.post(shop.new_row(), {**WANG, "f-staff_name": name})
    shown = shop.post("/section/staff", {"f-quality_head": "林照", "f-quality_head_id": "990102198603140023"})
    assert shown.status_code == 422
    assert "同一个人填了两次" in text_of(shown.content)
    href = re.search(r'href="#(f-pharmacists\.[0-9a-f]+)"', shown.content.decode())
    assert href is not None
    assert f'id="{href[1]}"' in shown.content.decode()


def test_a_page_without_its_rows_is_not_done(shop: Applicant) -> None:
    shown = shop.post("/section/staff", {"f-quality_head": "林照", "f-quality_head_id": "990102198603140023"})
    assert shown.status_code == 422
    assert "请添加药学技术人员" in text_of(shown.content)
    shop.post(shop.new_row(), WANG)
    typed = {"f-quality_head": "林照", "f-quality_head_id": "990102198603140023"}
    assert shop.post("/section/staff", typed).status_code == 303
    assert "人员 已完成" in text_of(shop.get(""))


@pytest.mark.parametrize("row", ["x", "000010000%20", "0", "000010000'"])
def test_an_odd_row_is_not_found(shop: Applicant, row: str) -> None:
    assert shop.client.get(f"{shop.path}/section/staff/pharmacists/{row}").status_code == 404
    assert shop.client.get(f"{shop.path}/section/staff/quality_head/000010000").status_code == 404


# --- a place level by level ---


def test_an_address_is_chosen_level_by_level_without_a_script(shop: Applicant) -> None:
    typed = {"f-address": "望江路 1 号", "f-area": "80", "f-has_store": "yes", "f-drug_scope": ["patent"]}
    shown = shop.post("/section/premises", typed)
    assert "请再填几项" in text_of(shown.content)
    shown = shop.post("/section/premises", {**typed, "f-store_address-1": "990102", "step": "f-store_address"})
    assert shown.status_code == 200
    assert "望江街道" in text_of(shown.content)
    chosen = {"f-store_address-1": "990102", "f-store_address-2": "990102001000", "f-store_address": "江畔巷 3 号"}
    shown = shop.post("/section/premises", typed | chosen)
    assert shown.status_code == 422
    assert "还没有选到村（社区）" in text_of(shown.content)
    assert "青石桥社区" in text_of(shown.content)
    # Another county than before: what was chosen below it goes.
    shown = shop.post("/section/premises", typed | chosen | {"f-store_address-1": "990104"})
    assert "桂园街道" in text_of(shown.content)
    assert "青石桥社区" not in text_of(shown.content)
    answer = shop.post("/section/premises", typed | chosen | {"f-store_address-3": "990102001001"})
    assert answer.status_code == 303
    assert shop.kept["data"]["store_address"] == "990102001001 岚东省澜江市江左区望江街道江畔社区 江畔巷 3 号"
    assert "岚东省澜江市江左区望江街道江畔社区江畔巷 3 号" in text_of(shop.get("/check"))


def test_a_script_asks_for_the_next_level_and_a_place_that_is_gone_is_not_offered(town: Town) -> None:
    answer = browser().get("/address-levels?name=f-a&within=990100&f-a-1=990102&f-a-2=990102101000")
    assert answer.status_code == 200
    assert "柳岸村" in answer.content.decode()
    assert "老渡村" not in answer.content.decode()
    for odd in ("", "?name=%00&within=x", "?name=f-a&within=990100&f-a-1=%F0%9F%8F%A0"):
        assert browser().get(f"/address-levels{odd}").status_code == 200


# --- a table ---


def _cells(html: str) -> list[str]:
    return re.findall(r'name="(f-segments\.[0-9a-f]{9})\.segment_road"', html)


def _line(name: str, road: str, length: str, width: str = "2", part: str = "北侧") -> dict[str, str]:
    parts = {"segment_road": road, "segment_part": part, "segment_length": length, "segment_width": width}
    return {f"{name}.{key}": value for key, value in parts.items()}


REST = {
    "f-project_name": "管线改造",
    "f-road": "望江路",
    "f-area": "240",
    "f-night_only": "no",
    **{f"f-from_day-{part}": value for part, value in (("year", "2026"), ("month", "12"), ("day", "1"))},
    **{f"f-until_day-{part}": value for part, value in (("year", "2026"), ("month", "12"), ("day", "9"))},
}


def test_a_table_is_filled_in_added_to_and_added_up(works: Applicant) -> None:
    (blank,) = _cells(works.get("/section/works"))
    shown = works.post("/section/works", {**_line(blank, "望江路", "64.5"), "blanks": "segments"})
    assert shown.status_code == 200
    html = shown.content.decode()
    assert len(_cells(html)) == 6
    assert 'value="64.5"' in html
    second = _cells(html)[1]
    typed = REST | _line(blank, "望江路", "６４．５") | _line(second, "桂园街", "十米")
    shown = works.post("/section/works", typed)
    assert shown.status_code == 422
    words = text_of(shown.content)
    assert "占用、挖掘路段第 2 行的长度应为数字" in words
    assert f'href="#{second}.segment_length"' in shown.content.decode()
    assert 'value="十米"' in shown.content.decode()
    typed |= _line(second, "桂园街", "35.25")
    assert works.post("/section/works", typed).status_code == 303
    assert "99.75 米" in text_of(works.get("/check"))
    assert [row["segment_length"] for row in works.kept["rows"].values()] == [6450, 3525]
    # A row emptied and one taken out are gone.
    works.post("/section/works", {**typed, "remove": second.removeprefix("f-")})
    emptied = REST | {
        f"{blank}.{key}": "" for key in ("segment_road", "segment_part", "segment_length", "segment_width")
    }
    shown = works.post("/section/works", emptied)
    assert "请添加占用、挖掘路段" in text_of(shown.content)


def test_the_end_is_not_before_the_beginning(works: Applicant) -> None:
    (blank,) = _cells(works.get("/section/works"))
    shown = works.post("/section/works", REST | _line(blank, "望江路", "5") | {"f-until_day-year": "2025"})
    assert "结束日早于开始日。请核对开始日和结束日" in text_of(shown.content)


# --- a spreadsheet ---


def test_fifty_lines_are_pasted_and_turned_over(works: Applicant) -> None:
    lines = "\n".join(f"望江路\t{number} 号\t{number}.5\t1.2" for number in range(1, 51))
    answer = works.post("/section/works/segments/paste", {"text": lines})
    assert answer.status_code == 303
    html = works.get("/section/works")
    assert "共 50 行，第 1 页，共 3 页" in text_of(html)
    assert len(_cells(html)) == 25
    first = _cells(html)[0]
    # Turning the page loses nothing of what was typed on it.
    turned = works.post("/section/works", {**_line(first, "长堤路", "7"), "turn": "segments:2"})
    assert "第 2 页，共 3 页" in text_of(turned.content)
    last = works.post("/section/works", {"turn": "segments:3"}).content.decode()
    assert len(_cells(last)) == 1
    assert works.post("/section/works", REST).status_code == 303
    rows = list(works.kept["rows"].values())
    assert (len(rows), rows[0]["segment_road"], rows[49]["segment_length"]) == (50, "长堤路", 5050)


def test_wrong_cells_are_named_and_nothing_is_taken(works: Applicant) -> None:
    text = "路名\t起止点\t长度\t宽度\n望江路\t北侧\t12\t2"
    shown = text_of(works.post("/section/works/segments/paste", {"text": text}).content)
    assert "第 1 行的“路名”不是这张表的栏目" in shown
    text = "宽度\t长度\t道路名称\t起止点\n2\t12\t望江路\t北侧\n2\t零\t\t南侧\n1\t2\t3\t4\t5"
    answer = works.post("/section/works/segments/paste", {"text": text})
    assert answer.status_code == 422
    shown = text_of(answer.content)
    assert "第 3 行“长度”应为数字" in shown
    assert "第 3 行请填写道路名称" in shown
    assert "第 4 行有 5 格，多于 4 栏" in shown
    assert "望江路" in answer.content.decode()
    assert "rows" not in works.kept
    assert "望江路" in works.get("/section/works/segments/paste")


def _book(*lines: tuple[object, ...]) -> SimpleUploadedFile:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("路段.xlsx", content.getvalue())


def test_a_workbook_is_read_and_a_wrong_one_stays_to_be_mended(works: Applicant) -> None:
    paste = "/section/works/segments/paste"
    wrong = works.post(paste, {"file": _book(("望江路", "北侧", "x", 2.0))})
    assert wrong.status_code == 422
    assert "望江路\t北侧\tx\t2" in wrong.content.decode()
    good = _book(
        ("序号", "道路名称", "起止点", "长度", "宽度"), (1, "望江路", "北侧", 12.5, 2.0), (2, "桂园街", "南侧", 8, 1)
    )
    assert works.post(paste, {"file": good}).status_code == 303
    assert [row["segment_length"] for row in works.kept["rows"].values()] == [1250, 800]
    again = _book(("桂园街", "全段", 30, 2))
    assert works.post(paste, {"file": again, "way": "replace"}).status_code == 303
    assert [row["segment_length"] for row in works.kept["rows"].values()] == [3000]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a book", b"\xd0\xcf\x11\xe0 old", b"a,b\n1,2"])
def test_what_is_no_workbook_is_told(works: Applicant, content: bytes) -> None:
    answer = works.post("/section/works/segments/paste", {"file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code == 422
    assert re.search("不是可以读取的 Excel|没有找到内容", text_of(answer.content))


# --- on paper ---


def test_the_form_is_printed_with_its_tables(works: Applicant) -> None:
    works.post("/section/works/segments/paste", {"text": "望江路\t北侧\t12\t2"})
    html = works.get("/print")
    assert '<td data-label="长度">12 米</td>' in html
    assert "打印件只供核对和留存" in text_of(html)
