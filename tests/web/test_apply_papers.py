"""The page of papers: many files to a material, in pieces, out of the library, promised for later; nothing lost."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.town import AGENT, CLERK, DECIDER, FOOD, INSPECTOR, REGION, RESTAURANT, REVIEWER, SECOND_INSPECTOR, Town
from tests.web.visitors import at_town, browser, hidden, text_of

from banjie.actions import paper_library, paper_receiving
from banjie.actions.ports import FilesAway, ScannerAway, Verdict
from banjie.actions.submissions import submit
from banjie.demo.papers import paper_pdf
from banjie.engine.cases import Delivery, acts
from banjie.engine.papers import Grade
from banjie.records import cases, documents
from banjie.records import paper_library as library
from banjie.records import papers as files

ANSWERS = {"apply_type": "new", "business": "catering", "cold_or_raw": "none"}
COLLEAGUE = "xiachunhe"


@pytest.fixture(autouse=True, scope="module")
def in_town(town: Town) -> object:
    with at_town(town):
        yield


def pdf(name: str, title: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, paper_pdf(title or name, ["演示"]), "application/pdf")


def photo(name: str, colour: str = "red") -> SimpleUploadedFile:
    into = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(into, "JPEG")
    return SimpleUploadedFile(name, into.getvalue(), "image/jpeg")


class Draft:
    """Someone's application at the page of its papers."""

    def __init__(self, username: str = AGENT) -> None:
        self.client = browser(username)
        started = self.client.post(f"/items/{REGION}/{FOOD}/start", {"party": RESTAURANT})
        self.path = re.match(r"/apply/[0-9a-f-]{36}", started.headers["Location"]).group()  # type: ignore[union-attr]  # it is one
        for key, value in ANSWERS.items():
            assert self.client.post(self.path + "/guide", {"question": key, "answer": value}).status_code == 303

    @property
    def html(self) -> str:
        answer = self.client.get(self.path + "/papers")
        assert answer.status_code == 200
        return answer.content.decode()

    @property
    def text(self) -> str:
        return text_of(self.html)

    def post(self, status: int = 303, typed: Mapping[str, object] | None = None, **files: Any) -> str:
        fields = {name.replace("__", "-"): value for name, value in {**(typed or {}), **files}.items()}
        answer = self.client.post(self.path + "/papers", {"then": "later", **fields})
        assert answer.status_code == status, text_of(answer.content)
        return text_of(answer.content)

    def ids(self) -> list[str]:
        return re.findall(r'name="caption-([0-9a-f-]{36})"', self.html)

    def begin(self, content: bytes, name: str = "图.pdf", material: str = "floor_plan", status: int = 201) -> Any:
        order = {"material": material, "name": name, "size": len(content)}
        answer = self.client.post(self.path + "/uploads", json.dumps(order), content_type="application/json")
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    def piece(self, href: str, offset: object, content: bytes) -> Any:
        more = {"HTTP_UPLOAD_OFFSET": str(offset)}
        return self.client.generic("PATCH", href, content, "application/octet-stream", **more)  # type: ignore[arg-type]  # a header


# --- many files ---


def test_a_material_may_have_many_files_in_her_order(town: Town) -> None:
    mine = Draft()
    mine.post(paper__floor_plan=[pdf("一层.pdf"), pdf("二层.pdf")], photo__floor_plan=photo("现场.jpg"))
    assert all(name in mine.text for name in ("一层.pdf", "二层.pdf", "现场.jpg"))
    first, second, third = mine.ids()
    mine.post(up=third)
    assert mine.ids() == [first, third, second]
    mine.post(up=first)
    assert mine.ids() == [first, third, second]
    mine.post(typed={f"caption__{second}": "二层平面", f"caption__{first}": " "})
    assert "二层平面.pdf" in mine.text
    mine.post(remove=first)
    assert mine.ids() == [third, second]
    small = mine.client.get(re.search(r'src="(/apply/[^"]+/small)"', mine.html).group(1))  # type: ignore[union-attr]  # it is there
    assert small.headers["Content-Type"] == "image/jpeg"


def test_what_is_wrong_with_one_file_keeps_the_others(town: Town) -> None:
    mine = Draft()
    bad = SimpleUploadedFile("合同.docx", b"MZ", "application/pdf")
    empty = SimpleUploadedFile("空.pdf", b"", "application/pdf")
    said = mine.post(422, paper__floor_plan=[pdf("好的.pdf"), bad, empty], then="continue")
    assert "“合同.docx”不是可以接受的格式" in said
    assert "“空.pdf”是空文件" in said
    assert "好的.pdf" in said
    assert len(mine.ids()) == 1


def test_the_same_file_twice_is_noticed(town: Town) -> None:
    mine = Draft()
    mine.post(paper__floor_plan=pdf("图.pdf", "同一份"))
    said = mine.post(422, paper__floor_plan=pdf("另一个名字.pdf", "同一份"))
    assert "和已经上传的“图.pdf”是同一个文件" in said
    mine.post(paper__safety_rules=pdf("制度.pdf", "同一份"))
    assert "与“经营场所平面图和设备布局图”里的“图.pdf”是同一个文件" in mine.text


def test_an_application_has_a_limit_as_a_whole(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    law = town.law(FOOD)
    small = replace(law.item, papers_mb=1)
    monkeypatch.setattr(type(town.platform.laws), "published", lambda self, region, item: replace(law, item=small))
    mine = Draft()
    noise = io.BytesIO()
    Image.effect_noise((900, 900), 90).save(noise, "PNG")
    said = mine.post(
        422,
        paper__floor_plan=[
            SimpleUploadedFile("一.png", noise.getvalue()),
            SimpleUploadedFile("二.png", noise.getvalue() + b"x"),
        ],
    )
    assert "全部材料加起来超过 1 MB" in said or "同一个文件" in said


def test_a_body_beyond_all_limits_is_answered_unread(town: Town) -> None:
    answer = browser(AGENT).generic(
        "POST", "/apply/x/papers", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(2 * 2**30)
    )
    assert answer.status_code == 413
    said = text_of(answer.content)
    assert "以前保存的材料都在" in said
    assert "Content-Security-Policy" in answer.headers


# --- in pieces ---


def test_a_file_comes_in_pieces_and_goes_on_where_it_stopped(town: Town) -> None:
    mine = Draft()
    content = paper_pdf("大图", ["x" * 30] * 40)
    begun = mine.begin(content)
    assert mine.piece(begun["href"], 0, content[:1000]).headers["Upload-Offset"] == "1000"
    # The answer was lost: the same piece again moves nothing, and says where it goes on.
    again = mine.piece(begun["href"], 0, content[:1000])
    assert (again.status_code, again.headers["Upload-Offset"]) == (409, "1000")
    assert "传到" in mine.text
    # The session ended, she signs in anew and chooses the same file.
    mine.client = browser(AGENT)
    resumed = mine.begin(content)
    assert (resumed["href"], resumed["offset"]) == (begun["href"], 1000)
    asked = mine.client.head(begun["href"])
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == ("1000", str(len(content)))
    assert mine.client.post(begun["href"] + "/finish").status_code == 422
    assert mine.piece(begun["href"], 1000, content[1000:]).status_code == 204
    done = mine.client.post(begun["href"] + "/finish")
    assert done.status_code == 201
    assert "图.pdf" in mine.text
    shown = mine.client.get(re.search(r'href="(/apply/[^"]+/papers/[0-9a-f]{64})"', mine.html).group(1))  # type: ignore[union-attr]  # it is there
    assert shown.content == content
    assert mine.client.head(begun["href"]).status_code == 404


def test_an_ended_session_leads_to_the_sign_in_and_keeps_what_came(town: Town) -> None:
    mine = Draft()
    content = paper_pdf("图", ["x"])
    href = mine.begin(content)["href"]
    mine.piece(href, 0, content[:100])
    nobody = browser()
    answer = nobody.generic("PATCH", href, content[100:], HTTP_UPLOAD_OFFSET="100")
    assert answer.status_code == 302
    assert mine.client.head(href).headers["Upload-Offset"] == "100"


def test_a_stranger_finds_no_upload(town: Town) -> None:
    mine = Draft()
    href = mine.begin(b"%PDF-")["href"]
    for other in (COLLEAGUE, "zhouyibo", CLERK):
        assert browser(other).head(href).status_code == 404
    theirs = Draft(COLLEAGUE)
    assert theirs.client.head(theirs.path + "/uploads/" + href.rsplit("/", 1)[1]).status_code == 404


@pytest.mark.parametrize(
    ("offset", "content"),
    [("-1", b"x"), ("", b"x"), ("٣", b"x"), ("9999", b"x"), (0, b""), (0, b"x" * (2**20 + 1)), (0, b"x" * 60)],
)
def test_a_piece_that_does_not_belong_is_refused(town: Town, offset: object, content: bytes) -> None:
    mine = Draft()
    href = mine.begin(b"x" * 50)["href"]
    answer = mine.piece(href, offset, content)
    assert answer.status_code == 422
    assert answer.json()["remedy"]
    assert mine.client.head(href).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize(
    ("order", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"material": "floor_plan", "name": "x", "size": "many"}', 400),
        (b'{"material": "floor_plan", "name": "x", "size": 0}', 422),
        (b'{"material": "floor_plan", "name": "x", "size": 2147483648}', 422),
        (b'{"material": "no_such", "name": "x", "size": 10}', 404),
        (b'{"material": "business_licence", "name": "x", "size": 10}', 404),
    ],
)
def test_a_bad_order_is_refused_before_a_byte_is_sent(town: Town, order: bytes, status: int) -> None:
    mine = Draft()
    answer = mine.client.post(mine.path + "/uploads", order, content_type="application/json")
    assert answer.status_code == status


def test_what_is_no_paper_ends_its_upload(town: Town) -> None:
    mine = Draft()
    href = mine.begin(b"MZ nothing", "图.pdf")["href"]
    mine.piece(href, 0, b"MZ nothing")
    answer = mine.client.post(href + "/finish")
    assert answer.status_code == 422
    assert "不是可以接受的格式" in answer.json()["reason"]
    assert mine.client.head(href).status_code == 404


def test_an_upload_can_be_given_up(town: Town) -> None:
    mine = Draft()
    begun = mine.begin(b"x" * 50)
    mine.post(give_up=begun["href"].rsplit("/", 1)[1])
    assert mine.client.head(begun["href"]).status_code == 404
    begun = mine.begin(b"x" * 50)
    assert mine.client.delete(begun["href"]).status_code == 204


# --- the store and the scanner ---


class Away:
    def put_stream(self, content: IO[bytes]) -> str:
        raise FilesAway("down")


def test_a_store_that_is_away_loses_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Draft()
    mine.post(paper__floor_plan=pdf("先前.pdf"))
    broken = replace(town.platform, files=Away())  # type: ignore[arg-type]  # it is asked for nothing else
    monkeypatch.setattr("banjie.web.apply_papers.platform", lambda: broken)
    said = mine.post(422, paper__floor_plan=pdf("新的.pdf"))
    assert "文件存储暂时连接不上" in said
    assert "先前.pdf" in said
    assert len(mine.ids()) == 1


class Scanner:
    """A scanner that is away, until it is told to come back."""

    def __init__(self, state: str) -> None:
        self.state = state

    def scan(self, content: IO[bytes]) -> Verdict:
        if self.state == "away":
            raise ScannerAway("away")
        return Verdict(self.state, "试验", "Eicar-Test-Signature" if self.state == "infected" else "")


def test_a_virus_is_refused_by_name(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = replace(town.platform, scanner=Scanner("infected"))
    monkeypatch.setattr("banjie.web.apply_papers.platform", lambda: guarded)
    said = Draft().post(422, paper__floor_plan=pdf("毒.pdf"))
    assert "发现病毒（Eicar-Test-Signature）" in said


def test_what_could_not_be_scanned_waits_in_quarantine(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = Scanner("away")
    guarded = replace(town.platform, scanner=scanner)
    monkeypatch.setattr("banjie.web.apply_papers.platform", lambda: guarded)
    mine = Draft()
    mine.post(paper__floor_plan=pdf("等待.pdf", "只此一份"))
    assert "等待病毒检查" in mine.text
    href = re.search(r'href="(/apply/[^"]+/papers/([0-9a-f]{64}))"', mine.html)
    assert href is not None
    shown = mine.client.get(href.group(1))
    assert shown.status_code == 422
    assert "正在等待病毒检查" in text_of(shown.content)
    scanner.state = "clean"
    assert paper_receiving.scan_paper(guarded, href.group(2)) == "clean"
    assert mine.client.get(href.group(1)).status_code == 200
    assert "已查毒" in mine.text


# --- promised for later ---


def test_a_promise_bears_her_name(town: Town) -> None:
    mine = Draft()
    assert "如果今天受理，最迟" in mine.text
    for name, said in (("", "请写上您的姓名"), ("张三", "请写您本人的姓名“林照”")):
        shown = mine.post(422, {"later__safety_rules": "yes", "later__name": name})
        assert said in shown
        assert "还没有上传“食品安全管理制度”" not in shown
    mine.post(typed={"later__safety_rules": "yes", "later__name": "林照"})
    assert "checked" in re.search(r"<input[^>]*later-safety_rules[^>]*>", mine.html).group()  # type: ignore[union-attr]  # it is there


def test_the_promise_stands_on_the_receipt(town: Town) -> None:
    sent = town.submit(AGENT, FOOD, holder=RESTAURANT, later=("safety_rules",))
    case = cases.find(town.platform.database, town.who(AGENT).eyes, REGION, sent.number)
    assert case is not None
    rows = documents.of_case(town.platform.database, town.who(AGENT).eyes, REGION, case.id)
    receipt = next(row for row in rows if row.kind == "receipt")
    assert receipt.content["later"] == [{"name": "食品安全管理制度", "term": "受理后 5 个工作日内"}]
    assert receipt.content["promised_by"] == town.who(AGENT).actor.name


# --- the library ---


@pytest.fixture(scope="module")
def decided(town: Town) -> str:
    """A case that was decided, whose papers have flowed into the library."""
    usual = town.application(FOOD, RESTAURANT)
    # A library keeps one content once, under the case it came with first. These papers are this case's alone, whatever
    # other tests have had decided for the same restaurant.
    own = tuple(
        paper if paper.held or not paper.sha256 else town.with_content(replace(paper, name=f"材料库的{paper.name}"))
        for paper in usual.papers
    )
    number = submit(town.platform, replace(usual, papers=own), actor=town.who(AGENT), key=town.key()).number
    for who, act in (
        (CLERK, acts.Claim()),
        (CLERK, acts.Accept()),
        (REVIEWER, acts.StartReview()),
        (REVIEWER, acts.FinishStep("review", "齐全")),
        (INSPECTOR, acts.FinishStep("site_visit", "一致")),
        (SECOND_INSPECTOR, acts.FinishStep("site_visit", "一致")),
        (DECIDER, acts.Approve("准予")),
        (CLERK, acts.Deliver(Delivery.ELECTRONIC, "回执")),
    ):
        town.act(who, number, act)
    town.settle()
    return number


def mine_of(town: Town, number: str) -> list[library.LibraryPaper]:
    found = library.of_party(town.platform.database, town.who(AGENT).eyes, RESTAURANT, most=99)
    return [one for one in found if one.case_number == number]


def test_papers_of_a_decided_case_are_in_the_library(town: Town, decided: str) -> None:
    client = browser(AGENT)
    shown = text_of(client.get(f"/me/papers?party={RESTAURANT}").content)
    assert decided in shown
    assert "食品安全管理制度" in shown
    assert "D 级 本人制作" in shown
    found = text_of(client.get(f"/me/papers?party={RESTAURANT}&q=平面图").content)
    assert "平面图" in found
    assert "没有找到这样的材料" in text_of(client.get(f"/me/papers?party={RESTAURANT}&q=%25不存在_").content)
    assert "材料库还是空的" in text_of(browser("zhouyibo").get("/me/papers?party=p-zhouyibo").content)


def test_a_paper_of_the_library_is_its_partys_alone(town: Town, decided: str) -> None:
    one = mine_of(town, decided)[0]
    address = f"/me/papers/{one.region}/{one.id}"
    assert browser(AGENT).get(address).status_code == 200
    assert browser(COLLEAGUE).get(address).status_code == 200
    for stranger in ("zhouyibo", CLERK, "lumingjian"):
        for page in ("", "/small", "/name", "/remove"):
            assert browser(stranger).get(address + page).status_code == 404
        assert library.find(town.platform.database, town.who(stranger).eyes, one.region, one.id) is None


def test_a_paper_is_used_again_with_one_click(town: Town, decided: str) -> None:
    mine = Draft()
    assert "您以前交过" in mine.text
    offer = re.search(r'name="reuse" value="(floor_plan\|[0-9a-f-]{36})"', mine.html)
    assert offer is not None
    mine.post(reuse=offer.group(1))
    assert "来自我的材料库" in mine.text
    assert offer.group(1) not in mine.html
    said = mine.post(422, reuse="floor_plan|00000000-0000-4000-8000-000000000000")
    assert "材料库里没有这份材料" in said
    mine.post(reuse="no_such|x")


def test_a_verified_paper_is_handed_over_with_a_watermark(town: Town, decided: str) -> None:
    one = next(paper for paper in mine_of(town, decided) if "平面图" in paper.material)
    real = paper_pdf("平面图", [decided])
    kept = paper_receiving.keep_upload(town.platform, "图.pdf", io.BytesIO(real))
    stamped = replace(one, sha256=kept.sha256, grade=Grade.B, verified_office="澜江市行政审批局")
    copy = paper_library.copy_for(town.platform, stamped, provider="澜江春禾餐饮有限公司", purpose="办理“试验”")
    assert copy.sha256 != kept.sha256
    row = files.known(town.platform.database, [copy.sha256])[copy.sha256]
    assert row.copy_of == kept.sha256
    plain = paper_library.copy_for(town.platform, replace(stamped, grade=Grade.D), provider="", purpose="")
    assert plain.sha256 == kept.sha256


def test_a_clerks_word_about_the_original_makes_grade_b(town: Town, decided: str) -> None:
    one = mine_of(town, decided)[0]
    with pytest.raises(Exception, match="工作人员"):
        paper_library.verify(town.platform, town.who(AGENT), REGION, decided, one.sha256)
    with pytest.raises(KeyError):
        paper_library.verify(town.platform, town.who(CLERK), REGION, decided, "0" * 64)
    assert paper_library.verify(town.platform, town.who(CLERK), REGION, decided, one.sha256)
    assert not paper_library.verify(town.platform, town.who(REVIEWER), REGION, decided, one.sha256)
    again = next(paper for paper in mine_of(town, decided) if paper.id == one.id)
    assert again.grade is Grade.B
    assert again.verified_by == town.who(CLERK).actor.name


def test_she_calls_a_paper_what_she_likes_and_takes_it_out(town: Town, decided: str) -> None:
    one = mine_of(town, decided)[-1]
    client, address = browser(AGENT), f"/me/papers/{one.region}/{one.id}"
    assert client.post(address + "/name", {"name": "  "}).status_code == 422
    assert client.post(address + "/name", {"name": "江左店的图"}).status_code == 303
    renamed = next(paper for paper in mine_of(town, decided) if paper.id == one.id)
    assert renamed.name == "江左店的图.pdf"
    assert "以前的办件里已经交的材料不受影响" in text_of(client.get(address + "/remove").content)
    assert client.post(address + "/remove").status_code == 303
    assert one.id not in {paper.id for paper in mine_of(town, decided)}
    assert any(paper.sha256 == one.sha256 for paper in town.case(decided).papers)


def test_a_correction_takes_several_files(town: Town) -> None:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, acts.Claim())
    ask = acts.Ask("floor_plan", "看不清", "重新上传", "食品安全法第三十三条")
    town.act(CLERK, number, acts.AskCorrection((ask,)))
    client, path = browser(AGENT), f"/me/cases/{REGION}/{number}/correct"
    key = hidden(client.get(path).content, "key")
    half = client.post(path, {"key": key, "paper-floor_plan": [pdf("甲.pdf"), SimpleUploadedFile("坏.pdf", b"MZ")]})
    assert half.status_code == 422
    assert "甲.pdf" in text_of(half.content), "what was right is saved"
    done = client.post(path, {"key": key, "paper-floor_plan": pdf("乙.pdf")})
    assert done.status_code == 303
    assert [one.name for one in town.case(number).papers if one.material == "floor_plan"] == ["甲.pdf", "乙.pdf"]


def test_a_promised_paper_may_be_several_files(town: Town) -> None:
    number = town.submit(AGENT, FOOD, holder=RESTAURANT, later=("safety_rules",)).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    client, path = browser(AGENT), f"/me/cases/{REGION}/{number}/supply/safety_rules"
    assert client.post(path, {"paper-safety_rules": [pdf("一.pdf"), pdf("二.pdf")]}).status_code == 303
    assert [one.name for one in town.case(number).papers if one.material == "safety_rules"] == ["一.pdf", "二.pdf"]
