"""Which characters the documents' typeface draws, and what is said when it is not there."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection  # type: ignore[import-untyped]  # fontTools ships no types.
from hypothesis import given
from hypothesis import strategies as st

from banjie.outside.fonts import FONT_FOLDER_VARIABLE, FontsMissing, find_fonts, missing_glyphs

# text → the characters that cannot be drawn
GLYPHS = """
食品经营许可证            →
䶮𬭼记、𬍛、𫖯、𬬻、龘、靐、㛃   →
（一）“引号”〔2026〕①√℃        →
Banjie 2026-09-24         →
张𮧵                       → 𮧵
𮧵𮧵张𮧵                   → 𮧵
\ue000旧系统的自造字         → \ue000
\U0010fffd与\ue001            → \U0010fffd\ue001
😀店                       → 😀
"""


@pytest.mark.parametrize("line", GLYPHS.strip().splitlines())
def test_a_character_without_a_glyph_is_named_once_and_in_order(line: str) -> None:
    text, _, missing = line.partition("→")
    assert missing_glyphs(text.strip()) == tuple(missing.strip())


def test_characters_without_ink_are_never_missing() -> None:
    assert missing_glyphs("张\u3000三\u200b\u200d\n\t\u00a0\u2028甲") == ()


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_is_always_drawable(text: str) -> None:
    assert missing_glyphs(text) == ()


@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_the_bitmap_says_what_the_font_says(weight: str) -> None:
    fonts = find_fonts()
    with TTCollection(getattr(fonts, weight)) as collection:
        face = next(face for face in collection.fonts if face["name"].getBestFamilyName() == fonts.family)
        drawn = {chr(code) for code in face.getBestCmap()}
    assert missing_glyphs("".join(sorted(drawn))) == ()
    beyond = "".join(character for code in range(0x4E00, 0xA000) if (character := chr(code)) not in drawn)
    assert missing_glyphs(beyond) == tuple(beyond)


def test_a_named_folder_replaces_the_usual_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = find_fonts()
    for file in (usual.regular, usual.bold):
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.setenv(FONT_FOLDER_VARIABLE, str(tmp_path))
    assert find_fonts().folder == tmp_path
    assert missing_glyphs("䶮𮧵") == ("𮧵",)


def test_without_the_typeface_the_message_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FONT_FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(FontsMissing, match="apt-get install fonts-noto-cjk") as refusal:
        find_fonts()
    assert str(tmp_path) in str(refusal.value)
