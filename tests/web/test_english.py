"""English: whole sentences, sentences with places in them, parts; what stays Chinese says so."""

import re
import runpy
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st
from tests.town import FOOD, REGION, Town
from tests.web.visitors import at_town, browser

from banjie.engine.forms import FieldKind
from banjie.packs.english import english_words
from banjie.web.english import english
from banjie.web.phrases import CATALOGUE, Phrases, phrases

ROOT = Path(__file__).parents[2]

SAID = """
首页 | Home
还差 1 份 | 1 paper missing
还差 2 份 | 2 papers missing
2026年11月24日 09:12 | 24 November 2026, 09:12
2026年12月1日 | 1 December 2026
1,234 元 | CNY 1,234
免费 | Free
8个工作日 | 8 working days
联系电话不是有效的电话号码 | Contact phone is not a valid phone number
承诺办结：8 个工作日 | Promised time: 8 working days
行政许可法第三十一条 | Administrative Licence Law, article 31
请填写食品安全管理人员 | Please enter Food safety manager
缺少材料“营业执照” | “Business licence” is missing
经营场所面积不能小于 1平方米 | Area of the premises cannot be less than 1 m²
"""


@pytest.fixture
def pages(town: Town) -> Iterator[None]:
    cache.clear()
    town.clock.set(date(2026, 11, 24))
    with at_town(town):
        yield


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_what_is_said_in_english(line: str) -> None:
    chinese, _, wanted = line.partition(" | ")
    assert phrases().plain(chinese) == wanted


def test_what_is_not_known_stays_and_says_so() -> None:
    assert english("<p>这句话谁也没有翻译过</p>") == '<p><span lang="zh-CN">这句话谁也没有翻译过</span></p>'
    assert english("<option>某某某</option>") == '<option lang="zh-CN">某某某</option>'


def test_a_long_text_that_stays_brings_the_way_to_help() -> None:
    page = english('<html lang="zh-CN"><main id="main"><p>这是一段很长的没有人翻译过的说明文字</p></main>')
    assert page.startswith('<html lang="en">')
    assert page.count("12345") == 2


@pytest.mark.parametrize(
    "typed",
    [
        '<input name="a" value="免费">',
        "<textarea>免费</textarea>",
        "<code>免费</code>",
        '<b lang="zh-CN">免费 <b>免费</b></b>',
        "<script>免费</script>",
    ],
)
def test_what_was_typed_is_left_alone(typed: str) -> None:
    assert english(typed) == typed


def test_a_mark_keeps_a_word_from_being_translated() -> None:
    assert english('<b translate="no">免费</b>') == '<b translate="no" lang="zh-CN">免费</b>'


def test_words_do_not_run_together() -> None:
    text = re.sub(r"<[^>]+>", "", english("<p>咨询电话<b>12345</b>免费</p>"))
    assert text == "Enquiries 12345 Free"


def test_names_in_a_page_are_escaped() -> None:
    assert "<i>" not in english("<p>缺少材料“&lt;i&gt;某某”</p>")


@given(st.text(alphabet="免费材料，。：、“”（）还差份 1<>&年月日", max_size=60))
def test_any_text_comes_back_whole_and_harmless(text: str) -> None:
    page = english(f"<p>{text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>")
    assert page.startswith("<p>")
    assert not re.search(r"<(?!/?(?:p|span)\b)", page)


def test_places_may_change_their_order() -> None:
    told = Phrases({"从{}到{}": "to {2} from {1}", "家": "home", "店": "shop"})
    assert told.plain("从家到店") == "to shop from home"


def test_the_compiled_catalogue_is_fresh() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "messages.py"))
    assert script["compiled"]() == (ROOT / "src" / "banjie" / CATALOGUE).read_bytes(), "run `make messages`"


def test_every_catalogue_entry_gives_a_text_without_chinese() -> None:
    words = english_words() | {}
    assert not [key for key, text in words.items() if re.search("[\u3400-\u9fff]", text)]


REASONS = re.compile(r'Wrong\(\s*"([^"{]+)",\s*"([^"{]+)"\)')


def test_every_fixed_fault_of_a_form_has_its_english() -> None:
    source = (ROOT / "src" / "banjie" / "engine" / "form_values.py").read_text("utf-8")
    said = [part for pair in REASONS.findall(source) for part in pair]
    assert len(said) > len(FieldKind) // 2
    known = phrases()
    assert not [text for text in said if not all(piece.english for piece in known.pieces(text))]


@pytest.mark.usefixtures("pages")
def test_the_language_is_a_cookie_that_works_signed_out() -> None:
    client = browser()
    answer = client.get("/language/en?back=/help")
    assert answer["Location"] == "/help"
    page = client.get("/help")
    assert page["Content-Language"] == "en"
    assert '<html lang="en"' in page.content.decode()
    assert "Cookie" in page["Vary"]
    assert client.get("/language/zh?back=https://elsewhere.example/")["Location"] == "/"
    assert '<html lang="zh-CN"' in client.get("/help").content.decode()


@pytest.mark.usefixtures("pages")
def test_an_address_may_ask_for_english_and_it_stays() -> None:
    client = browser()
    assert '<html lang="en"' in client.get("/progress?lang=en").content.decode()
    assert '<html lang="en"' in client.get("/progress").content.decode()


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(
    "path", ["/", "/places", "/progress", "/verify", "/help", "/privacy", "/accessibility", f"/items/{REGION}/{FOOD}"]
)
def test_no_chinese_without_a_mark(path: str) -> None:
    client = browser()
    client.cookies["bj_language"] = "en"
    page = client.get(path).content.decode()
    page = re.sub(r"<(script|style|code|svg)\b.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(r'<(\w+)[^>]*\slang="zh-CN"[^>]*>[^<]*</\1>', "", page)
    assert not re.findall(r">([^<]*[\u3400-\u9fff][^<]*)<", page)
