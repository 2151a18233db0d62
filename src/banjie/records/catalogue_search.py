"""Finding published items by the words people use.

Names, everyday names, organs and codes stand in one text under a trigram index. Words of three signs and more are
found by it. Chinese words of two are too short for a trigram and are found by looking through the published rows,
some tens of thousands at most.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from banjie.records.database import Database

WORDS: LiteralString = "(name || ' ' || popular || ' ' || organ_name || ' ' || code)"
"""What is searched; the expression of the index `item_editions_words`."""

LETTERS_READ, TERMS_READ, PAIRS_READ = 200, 10, 24
"""How much of a question is looked at: nobody searches with a page of text."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A published item that a search found. `why` says by what: 编码, 名称, 俗称, 机关 or 相近; "" without words."""

    code: str
    region: str
    edition: int
    name: str
    organ_name: str
    kind: str
    popular: str
    why: str
    published: bool = True


_FILTERS: LiteralString = """
          (%(region)s::text IS NULL OR region = %(region)s)
          AND (%(audience)s::text IS NULL OR %(audience)s = ANY (audiences))
"""

_ALL: LiteralString = """
    SELECT code, region, edition, name, organ_name, kind, popular, '' AS why FROM item_editions
    WHERE state = 'published'
          AND {filters}
    ORDER BY popular = '', length(name), region, name, code LIMIT %(most)s OFFSET %(offset)s
""".replace("{filters}", _FILTERS)

# Every word is there somewhere. The rank: code or name itself, everyday name, part of one, part of the name, the rest.
_FOUND: LiteralString = """
    WITH found AS (
        SELECT code, region, edition, name, organ_name, kind, popular,
            CASE WHEN code = %(whole)s OR (length(%(whole)s) >= 6 AND code LIKE %(head)s) THEN '编码'
                 WHEN name ILIKE ALL (%(patterns)s::text[]) THEN '名称'
                 WHEN popular ILIKE ALL (%(patterns)s::text[]) THEN '俗称'
                 WHEN name ILIKE ANY (%(patterns)s::text[]) THEN '名称'
                 WHEN popular ILIKE ANY (%(patterns)s::text[]) THEN '俗称'
                 WHEN organ_name ILIKE ANY (%(patterns)s::text[]) THEN '机关'
                 ELSE '编码' END AS why,
            CASE WHEN code = %(whole)s OR name = %(whole)s THEN 1
                 WHEN %(whole)s = ANY (string_to_array(popular, ' ')) THEN 2
                 WHEN popular ILIKE ALL (%(patterns)s::text[]) THEN 3
                 WHEN name ILIKE ALL (%(patterns)s::text[]) THEN 4
                 WHEN name ILIKE ANY (%(patterns)s::text[]) THEN 5
                 ELSE 6 END AS rank
        FROM item_editions
        WHERE state = 'published' AND {condition}
          AND {filters}
    )
    SELECT code, region, edition, name, organ_name, kind, popular, why FROM found
    ORDER BY rank, length(name), region, name, code LIMIT %(most)s OFFSET %(offset)s
""".replace("{filters}", _FILTERS)

# No row has all the words: those that share the most pairs of neighbouring signs with the question.
_NEAR: LiteralString = """
    WITH near AS (
        SELECT code, region, edition, name, organ_name, kind, popular,
            (SELECT count(*) FROM unnest(%(pairs)s::text[]) AS pair
             WHERE strpos(lower(name || ' ' || popular), pair) > 0) AS shared
        FROM item_editions
        WHERE state = 'published'
          AND {filters}
    )
    SELECT code, region, edition, name, organ_name, kind, popular, '相近' AS why FROM near
    WHERE shared >= %(least)s
    ORDER BY shared DESC, length(name), region, name, code LIMIT %(most)s OFFSET %(offset)s
""".replace("{filters}", _FILTERS)

# What people say around the thing they want; it names nothing and would only make rows alike.
_AROUND = (
    "我想要",
    "我要",
    "我想",
    "怎么办理",
    "怎么办",
    "如何办理",
    "如何",
    "怎么",
    "怎样",
    "需要什么",
    "要什么",
    "什么",
    "哪些",
    "哪里",
    "去哪",
    "多少钱",
    "请问",
    "一下",
    "一个",
    "办理",
    "申请",
    "材料",
    "手续",
    "需要",
    "可以",
)


def search(
    database: Database,
    words: str,
    *,
    region: str | None = None,
    audience: str | None = None,
    most: int = 20,
    offset: int = 0,
) -> tuple[Hit, ...]:
    """Published items by name, everyday name, organ or code, the best first.

    All words must be found; the order is code or name itself, everyday name, part of the name, the rest. When no
    item has them all, items that share the most pairs of signs with the question come instead (`why` is 相近).
    Without words: everything, items with everyday names first.
    """
    terms = terms_of(words)
    place: dict[str, Any] = {"region": region, "audience": audience, "most": most, "offset": offset}
    with database.call() as cursor:
        # Planned for these very words: whether the index helps depends on how long they are.
        if not terms:
            return tuple(Hit(**row) for row in cursor.execute(_ALL, place, prepare=False))
        query, arguments = _with_all(terms)
        found = cursor.execute(query, place | arguments, prepare=False).fetchall()
        if found or (offset and cursor.execute(query, place | arguments | {"offset": 0}, prepare=False).fetchone()):
            return tuple(Hit(**row) for row in found)
        pairs = _pairs(terms)
        if not pairs:
            return ()
        near = {"pairs": pairs, "least": max(1, -(-len(pairs) // 3))}
        return tuple(Hit(**row) for row in cursor.execute(_NEAR, place | near, prepare=False))


def _with_all(terms: Sequence[str]) -> tuple[LiteralString, dict[str, Any]]:
    condition, patterns = having_all(terms)
    whole = " ".join(terms)
    whole = whole.upper() if whole.isascii() else whole
    rest = {"whole": whole, "head": f"{_escaped(whole)}%", "patterns": list(patterns.values())}
    return _FOUND.replace("{condition}", condition), patterns | rest


def having_all(terms: Sequence[str]) -> tuple[LiteralString, dict[str, Any]]:
    """The condition that a row has all these words, and its arguments. One comparison a word, so the index can help."""
    conditions: list[LiteralString] = []
    patterns: dict[str, Any] = {}
    for name, term in zip(_PLACES, terms, strict=False):
        conditions.append(WORDS + " ILIKE %(" + name + ")s")
        patterns[name] = f"%{_escaped(term)}%"
    return " AND ".join(conditions) or "true", patterns


_PLACES: tuple[LiteralString, ...] = ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")


def terms_of(words: str) -> list[str]:
    """The words of a question: composed, half-width, without signs that print nothing, not endless."""
    text = unicodedata.normalize("NFKC", words[:LETTERS_READ])
    return "".join(sign if sign.isprintable() else " " for sign in text).split()[:TERMS_READ]


def _pairs(terms: Sequence[str]) -> list[str]:
    """Pairs of neighbouring signs of what is left of a question without the words around it."""
    pairs: dict[str, None] = {}
    for term in terms:
        text = term.lower()
        for word in _AROUND:
            text = text.replace(word, " ")
        for part in "".join(sign if sign.isalnum() else " " for sign in text).split():
            pairs.update((part[start : start + 2], None) for start in range(len(part) - 1))
    return list(pairs)[:PAIRS_READ]


def _escaped(term: str) -> str:
    """A word as ILIKE reads it letter by letter."""
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
