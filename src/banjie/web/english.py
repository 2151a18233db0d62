"""A finished Chinese page as an English one.

Pages are made once, in Chinese; who has chosen English gets the finished page translated at the door. So the Chinese
page costs nothing more, what is kept ready for many visitors is kept once, and nothing can be forgotten: whatever the
catalogue does not know stays Chinese and says so (`lang="zh-CN"`), for a voice reads it as what it is.
"""

import re
from html import escape, unescape
from typing import Final

from banjie.web.phrases import CHINESE, Piece, joined, phrases

_TOKENS: Final = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][\w-]*)")
_SPOKEN: Final = re.compile(r'\s(aria-label|placeholder|title|alt|content|label|data-(?!bj-copy)[\w-]+)="([^"]*)"')
_VALUE: Final = re.compile(r'\s(value)="([^"]*)"')
_PRESSED: Final = re.compile(r'type="(?:submit|button|reset)"')
_OWN_LANGUAGE: Final = re.compile(r'\s(?:lang|translate)="')
_SWITCH: Final = re.compile(r'<a href="/language/en((?:\?[^"]*)?)" lang="en">English</a>')
_MAIN: Final = re.compile(r"<main [^>]*>")

# What these hold was typed, is code, or is a drawing.
_UNTOUCHED: Final = frozenset(("script", "style", "textarea", "code", "pre", "svg"))
_WITHOUT_END: Final = frozenset(("input", "img", "br", "hr", "meta", "link", "wbr", "source", "col"))
_INLINE: Final = frozenset(("a", "abbr", "b", "code", "em", "kbd", "small", "span", "strong", "time", "q", "button"))
_SENTENCE: Final = 14
"""From so many characters on, a text that stayed Chinese is one a visitor may need help with."""

_NOTE: Final = (
    '<p class="bj-language-note">Parts of this page are shown in Chinese. For help in English call '
    '<a class="govuk-link" href="tel:12345">12345</a>.</p>'
)


def english(page: str) -> str:
    """The page, or a fragment of one, in English."""
    page = _SWITCH.sub(r'<a href="/language/zh\1" lang="zh-CN">中文</a>', page)
    page = page.replace('<html lang="zh-CN"', '<html lang="en"', 1)
    reader = _Reader([token[0] for token in _TOKENS.finditer(page)])
    text = reader.read()
    return _MAIN.sub(lambda main: main[0] + _NOTE, text, count=1) if reader.unsaid else text


def english_text(text: str) -> str:
    """A bare text in English, as far as the catalogue goes."""
    return phrases().plain(text)


class _Reader:
    """Goes through the tokens of a page once."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.out: list[str] = []
        self.unsaid = False
        self._inside = ""
        self._depth = 0
        self._parent = ""

    def read(self) -> str:
        for at, token in enumerate(self.tokens):
            if token[0] != "<":
                self.out.append(token if self._inside else self._text(at, token))
            else:
                self._tag(token)
        return "".join(self.out)

    def _tag(self, token: str) -> None:
        match = _TAG.match(token)
        if match is None:
            self.out.append(token)
            return
        closing, name = bool(match[1]), match[2].lower()
        if self._inside:
            if name == self._inside and not token.endswith("/>"):
                self._depth += -1 if closing else 1
                if self._depth == 0:
                    self._inside = ""
            self.out.append(token)
            return
        if not closing:
            self._parent = name
            own = name != "html" and _OWN_LANGUAGE.search(token)
            if (own or name in _UNTOUCHED) and name not in _WITHOUT_END and not token.endswith("/>"):
                self._inside, self._depth = name, 1
                if 'translate="no"' in token and "lang=" not in token:
                    token = token[:-1] + ' lang="zh-CN">'
            if CHINESE.search(token):
                token = _spoken(token)
        else:
            self._parent = ""
        self.out.append(token)

    def _text(self, at: int, token: str) -> str:
        if not token.strip():
            return token
        chinese = bool(CHINESE.search(token))
        if not chinese and token.isascii():
            return token
        pieces = phrases().pieces(unescape(token))
        if self._parent in ("title", "option"):
            if self._parent == "option" and not all(piece.english for piece in pieces):
                self.out[-1] = self.out[-1][:-1] + ' lang="zh-CN">'
            return escape(joined(pieces), quote=False)
        text = joined(pieces, self._shown)
        return self._edges(at, token, text) if chinese else token[: len(token) - len(token.lstrip())] + text

    def _shown(self, piece: Piece) -> str:
        if piece.english:
            return escape(piece.text, quote=False)
        if len(CHINESE.findall(piece.text)) >= _SENTENCE:
            self.unsaid = True
        return f'<span lang="zh-CN">{escape(piece.text, quote=False)}</span>'

    def _edges(self, at: int, token: str, text: str) -> str:
        """Chinese has no spaces between words; English needs them where a text meets an element in its line."""
        before = self.tokens[at - 1] if at else ""
        after = self.tokens[at + 1] if at + 1 < len(self.tokens) else ""
        left = token[0].isspace() or _is_inline(before, closing=True)
        right = token[-1].isspace() or _is_inline(after, closing=False)
        if text[:1] in (",", ".", ";", ":", "?", "!", ")"):
            left = False
        return (" " if left else "") + text + (" " if right else "")


def _is_inline(token: str, *, closing: bool) -> bool:
    match = _TAG.match(token)
    return match is not None and bool(match[1]) is closing and match[2].lower() in _INLINE


def _spoken(tag: str) -> str:
    """The words of a tag's attributes; a typed value is nobody's to translate."""
    tag = _SPOKEN.sub(_attribute, tag)
    return _VALUE.sub(_attribute, tag) if tag.startswith("<input") and _PRESSED.search(tag) else tag


def _attribute(match: re.Match[str]) -> str:
    if not CHINESE.search(match[2]):
        return match[0]
    return f' {match[1]}="{escape(phrases().plain(unescape(match[2])))}"'
