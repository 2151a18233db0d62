"""What people type when they look for something: the words that count, and the ones around them."""

import unicodedata

LETTERS_READ, TERMS_READ, PAIRS_READ = 200, 10, 24
"""How much of a question is looked at: nobody searches with a page of text."""

# What people say around the thing they want; it names nothing and would only make items alike. Longer ones first.
_AROUND = (
    *("怎么办理", "如何办理", "需要什么", "要什么", "办什么", "多少钱", "我想要", "在哪里"),
    *("我要", "我想", "怎么办", "如何", "怎么", "怎样", "什么", "哪些", "哪里", "去哪", "请问", "一下", "一家", "一个"),
    *("办理", "申请", "材料", "手续", "需要", "可以", "在哪", "能不能", "能否"),
)
# Small words within it, taken out only after nothing was found with them: 开个饭馆.
_SMALL = ("个", "家", "间", "的", "了", "吗", "呢", "吧", "啊", "我", "想", "要", "在", "去")


def terms_of(words: str) -> list[str]:
    """The words of a question: composed, half-width, without signs that print nothing, not endless."""
    text = unicodedata.normalize("NFKC", words[:LETTERS_READ])
    return "".join(sign if sign.isprintable() else " " for sign in text).split()[:TERMS_READ]


def without_small_words(words: str) -> str:
    """What is left of a question without the words around it: 我想开个饭馆 → 开饭馆."""
    for word in _AROUND:
        words = words.replace(word, " ")
    return " ".join(_bare(term) for term in words.split() if _bare(term))


def _bare(term: str) -> str:
    for small in _SMALL:
        term = term.replace(small, "")
    return term


def pairs_of(words: str) -> list[str]:
    """Pairs of neighbouring signs of what is left of a question."""
    pairs: dict[str, None] = {}
    for part in "".join(sign if sign.isalnum() else " " for sign in words.casefold()).split():
        pairs.update((part[start : start + 2], None) for start in range(len(part) - 1))
    return list(pairs)[:PAIRS_READ]
