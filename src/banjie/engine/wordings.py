"""文书措辞: the sentences of a document, with {字段} where something of the case is put in.

A document is laid out by its template (tables, seal, code); what it says in sentences is data that an office may put in
its own words. A sentence is plain text: nothing in it, and nothing that is put into it, can become markup.

    {字段}       what the case says; a list is joined with 、
    [[ … ]]      left out when any field in it is empty
    a new line   a new paragraph
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from banjie.engine.ids import Malformed

MOST: Final = 2_000
"""Characters a block may have."""

SEAL: Final = "印章"
CLOSING: Final = "closing"
"""The block in which the organ signs; {印章} marks where its seal stands."""

_FIELD = re.compile(r"\{([^{}\[\]\n]*)\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A passage. It is printed `when` the case has that key, or `unless` it has.

    `needs` are the fields it must name and `says` the words it must contain, because the law wants them; `why` is that
    law. `optional` ones may be left empty.
    """

    key: str
    name: str
    text: str
    when: str = ""
    unless: str = ""
    needs: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    why: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """All passages of a kind of document, with the fields they may name: by their words, the key in its content."""

    kind: str
    blocks: tuple[Block, ...]
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """The passages by their keys."""
        return {block.key: block.text for block in self.blocks}


class Lacking(KeyError):
    """The content of a document lacks a key that a passage puts in; `key` names it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def check(wording: Wording, texts: Mapping[str, str]) -> tuple[Malformed, ...]:
    """What keeps texts (by block) from taking the place of the shipped ones; each fault names its block."""
    faults: list[Malformed] = []
    known = {block.key for block in wording.blocks}
    for key in sorted(set(texts) - known):
        faults.append(Malformed(key, "这种文书没有这一段", "请只修改列出的各段"))
    for block in wording.blocks:
        text = texts.get(block.key, block.text)
        faults.extend(_faults_of(block, text, wording.fields))
    return tuple(faults)


def _faults_of(block: Block, text: str, fields: Mapping[str, str]) -> list[Malformed]:
    if not text.strip():
        if block.optional:
            return []
        return [Malformed(block.key, f"“{block.name}”不能为空", f"请写明内容{f'（{block.why}）' if block.why else ''}")]
    if len(text) > MOST:
        return [Malformed(block.key, f"“{block.name}”超过 {MOST} 个字", "请缩短")]
    bare = _FIELD.sub("", _OPTIONAL.sub(r"\1", text))
    if re.search(r"[{}]|\[\[|\]\]", bare):
        return [Malformed(block.key, f"“{block.name}”里的括号不成对", "字段写成 {申请人}，可省略的部分写成 [[……]]")]
    faults = []
    named = _FIELD.findall(text)
    for name in dict.fromkeys(named):
        if name not in fields and not (name == SEAL and block.key == CLOSING):
            faults.append(Malformed(block.key, f"“{block.name}”里没有名为“{name[:30]}”的字段", nearest(name, fields)))
    for need in block.needs:
        if need not in named:
            what = "没有盖章的位置" if need == SEAL else f"没有写明{{{need}}}"
            because = f"（{block.why}）" if block.why else ""
            faults.append(Malformed(block.key, f"“{block.name}”{what}", f"请写上 {{{need}}}{because}"))
    plain = re.sub(r"\s", "", text)
    for words in block.says:
        if words not in plain:
            faults.append(Malformed(block.key, f"“{block.name}”没有写明“{words}”", f"请写明（{block.why}）"))
    return faults


def nearest(name: str, fields: Mapping[str, str]) -> str:
    """What somebody who wrote an unknown field probably meant."""
    close = difflib.get_close_matches(name, list(fields), n=1, cutoff=0.3)
    shared = [known for known in fields if set(known) & set(name)]
    found = close or shared[:1]
    return f"最接近的是 {{{found[0]}}}" if found else "可用的字段列在这一页的右边"


def fill(wording: Wording, texts: Mapping[str, str], content: Mapping[str, Any]) -> dict[str, list[str]]:
    """The paragraphs of each block that is printed for this content. Raises `Lacking`."""
    values = {**content, **_derived(content)}
    filled = {}
    for block in wording.blocks:
        if (block.when and not values.get(block.when)) or (block.unless and values.get(block.unless)):
            continue
        text = texts.get(block.key, block.text)
        whole = _OPTIONAL.sub(lambda part: _optional(part[1], wording.fields, values), text)
        lines = (_put_in(line, wording.fields, values) for line in whole.split("\n"))
        filled[block.key] = [line.strip() for line in lines if line.strip()]
    return filled


def _optional(text: str, fields: Mapping[str, str], values: Mapping[str, Any]) -> str:
    return text if all(values.get(fields.get(name, "")) for name in _FIELD.findall(text)) else ""


def _put_in(text: str, fields: Mapping[str, str], values: Mapping[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] == SEAL:
            return match[0]
        key = fields[match[1]]
        if key not in values:
            raise Lacking(key)
        found = values[key]
        return "、".join(map(str, found)) if isinstance(found, Sequence) and not isinstance(found, str) else str(found)

    return _FIELD.sub(value, text)


def _derived(content: Mapping[str, Any]) -> dict[str, str]:
    """What documents say that is not in the case in these words."""
    kind = content.get("applicant_kind")
    incomplete, not_in_form = bool(content.get("incomplete")), bool(content.get("not_in_form"))
    not_required = content.get("ground") == "not_required"
    failing = "不齐全" if incomplete else "不符合法定形式"
    return {
        "you": "您" if kind == "person" else "你单位" if kind == "company" else "您（单位）",
        "failing": failing if incomplete != not_in_form else "不齐全或者不符合法定形式",
        "ground_number": "（一）" if not_required else "（二）",
        "ground_answer": "不受理" if not_required else "不予受理",
    }
