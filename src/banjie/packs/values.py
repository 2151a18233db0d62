"""Values out of one row: what stands in its columns, cleaned, and read as its field asks.

Every reader gives the value, or None when there is none, and tells its `Remarks` whatever it split, tidied,
merged or could not read. None of them raises: a value that cannot be read is a remark.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import blake2b

from banjie.engine.catalogue import Answer, LegalBasis, Material
from banjie.engine.clock import Term
from banjie.engine.ids import Malformed
from banjie.packs.import_report import Severity
from banjie.packs.phones import read_phones
from banjie.packs.splitting import split
from banjie.packs.targets import Rule
from banjie.packs.terms import parse_term
from banjie.packs.words import CODES

Values = Mapping[str, object]

_YES = frozenset({"是", "有", "支持", "1", "true", "yes", "y", "√"})
_NO = frozenset({"否", "无", "没有", "不支持", "0", "false", "no", "n", "×"})
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)?(\d{1,2})(?:-|/|\.|月)?(\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_CLAUSE = re.compile(r"第[零〇一二三四五六七八九十百千\d]+(?:条|章|节)(?:之[一二三四五六七八九十])?")
_CLAUSE_TAIL = re.compile(r"(?:第[一二三四五六七八九十\d]+款)?(?:第?[（(]?[一二三四五六七八九十\d]+[）)]?项)?")
_LAW = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader has to say of a value: the same as a line of the report, without the row."""

    field: str
    severity: Severity
    value: str
    reason: str
    remedy: str


@dataclass(slots=True)
class Remarks:
    """The remarks on one row, in order."""

    all: list[Remark] = field(default_factory=list)

    def note(self, label: str, value: str, reason: str, remedy: str = "无须更改；如不合适请改来源或对应表") -> None:
        """Something was done to the value."""
        self.all.append(Remark(label, Severity.NOTE, value, reason, remedy))

    def draft(self, label: str, value: str, reason: str, remedy: str) -> None:
        """The value keeps the item a draft."""
        self.all.append(Remark(label, Severity.DRAFT, value, reason, remedy))

    @property
    def hold_back(self) -> bool:
        """Whether any remark keeps the item a draft."""
        return any(remark.severity is Severity.DRAFT for remark in self.all)


def shown(value: object) -> str:
    """A raw value as the report shows it."""
    return "" if value is None else str(value)


def cell_texts(label: str, value: object, remarks: Remarks, depth: int = 0) -> tuple[str, ...]:
    """The texts in a raw cell: none for nothing, several for a list. What is no text is told and left out."""
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("是" if value else "否",)
    if isinstance(value, (int, float)):
        # Excel keeps whole numbers as 20.0; a number past 15 digits has already lost its last ones there.
        if isinstance(value, float) and abs(value) >= 1e15:
            remarks.draft(label, shown(value), "数字太长，末几位已经失真", "请在来源中把这一列设为文本格式")
            return ()
        whole = isinstance(value, int) or value.is_integer()
        return (_digits(int(value)) if whole else str(value),)
    if isinstance(value, (datetime, date, time)):
        midnight = isinstance(value, datetime) and value.time() == time.min
        return (value.date().isoformat() if midnight and isinstance(value, datetime) else value.isoformat(),)
    if isinstance(value, list) and depth < _DEEPEST:
        return tuple(text for one in value for text in cell_texts(label, one, remarks, depth + 1))
    if not isinstance(value, str):
        remarks.draft(label, shown(value)[:200], "这里应当是文字，却是嵌套的数据", "请在来源中改为文字或列表")
        return ()
    return _cleaned(label, value, remarks)


def _digits(number: int) -> str:
    # Python refuses to print integers past some thousands of digits; no field of ours is that long.
    return str(number) if abs(number) < 10**60 else "数字过大"


def _cleaned(label: str, value: str, remarks: Remarks) -> tuple[str, ...]:
    if value.isprintable() and value not in _EXCEL_ERRORS:
        text = value.strip()
        return (text,) if text else ()
    kept = "".join(sign for sign in value if sign in "\t\n\r" or unicodedata.category(sign) not in {"Cc", "Cs"})
    if kept != value:
        remarks.note(label, repr(value)[:200], "含有看不见的控制字符，已删去")
    text = kept.strip()
    if text in _EXCEL_ERRORS:
        remarks.draft(label, text, "是 Excel 的出错值，没有采用", "请在来源中改正公式或填写实际值")
        return ()
    return (text,) if text else ()


def gather(rule: Rule, values: Values, missing: frozenset[str], remarks: Remarks) -> tuple[str, ...]:
    """The texts the rule finds in the row, after its missing values, its prefix and its cut; or its default."""
    label = rule.target.label
    if rule.constant is not None:
        return (rule.constant,)
    if rule.cases:
        return _concluded(rule, values, remarks)
    missing = missing | rule.missing
    found: tuple[str, ...] = ()
    for column in rule.columns:
        texts = cell_texts(label, values.get(column), remarks)
        found += tuple(text for text in texts if text not in missing)
        if found and not rule.together:
            break
    if found:
        return tuple(text for text in (_trimmed(rule, text) for text in found) if text)
    if rule.default is not None:
        remarks.note(label, "", f"来源没有填写，按对应表的默认值取“{rule.default}”：{rule.why}")
        return (rule.default,)
    return ()


def _concluded(rule: Rule, values: Values, remarks: Remarks) -> tuple[str, ...]:
    """The value of the first case that holds. The conclusion is always told: it does not stand in the row."""
    quiet = Remarks()
    for case in rule.cases:
        if all(set(cell_texts("", values.get(column), quiet)) & wanted for column, wanted in case.when.items()):
            seen = "；".join(f"{column}={shown(values.get(column))}" for column in case.when)
            remarks.note(rule.target.label, seen, f"按对应表的判断取“{case.value}”：{rule.why}")
            return (case.value,)
    return ()


def _trimmed(rule: Rule, text: str) -> str:
    for prefix in rule.strip:
        text = text.removeprefix(prefix).strip()
    return text[slice(*rule.cut)] if rule.cut else text


def read_text(rule: Rule, texts: Sequence[str], remarks: Remarks) -> str | None:
    """One text. Several are joined, and that is told; a text past the field's length is left out, and told."""
    if not texts:
        return None
    label, text = rule.target.label, "；".join(texts)
    if len(texts) > 1:
        remarks.note(label, text, f"来源有 {len(texts)} 个值，用分号连成一个")
    if len(text) > rule.target.longest:
        remarks.draft(label, text, f"最长 {rule.target.longest} 字，现为 {len(text)} 字，没有采用", "请在来源中缩短")
        return None
    return text


def read_list(rule: Rule, texts: Sequence[str], missing: frozenset[str], remarks: Remarks) -> tuple[str, ...]:
    """Several texts, split as the mapping says, in order, each once. Every split and every repeat is told."""
    label = rule.target.label
    parts: list[str] = []
    for text in texts:
        pieces = split(text, rule.separators, numbered=rule.numbered)
        if len(pieces) > 1:
            remarks.note(label, text, f"按{'编号或' if rule.numbered else ''}分隔符拆为 {len(pieces)} 项")
        for piece in pieces:
            if piece in missing or piece in rule.missing:
                continue
            if piece in parts:
                remarks.note(label, piece, "同一行里重复，只保留第一处")
            elif len(piece) > rule.target.longest:
                remarks.draft(
                    label, piece, f"最长 {rule.target.longest} 字，现为 {len(piece)} 字，没有采用", "请在来源中缩短"
                )
            else:
                parts.append(piece)
    return tuple(parts)


def read_code(rule: Rule, texts: Sequence[str], remarks: Remarks) -> str | None:
    """The code of one printed value."""
    codes = read_codes(rule, texts[:1], remarks)
    if len(texts) > 1:
        remarks.draft(rule.target.label, "；".join(texts), "只能有一个值，采用了第一个", "请在来源中只留一个值")
    return codes[0] if codes else None


def read_codes(rule: Rule, texts: Sequence[str], remarks: Remarks) -> tuple[str, ...]:
    """The codes of printed values, each once. One that nobody knows is told and left out."""
    label, codes = rule.target.label, list[str]()
    known = CODES[rule.target.codes] if rule.target.codes else {}
    for text in texts:
        for piece in split(text, rule.separators) if rule.separators else (text,):
            if piece in rule.near:
                remarks.note(label, piece, rule.near[piece])
            code = known.get(rule.table.get(piece, piece))
            if code is None:
                remarks.draft(
                    label,
                    piece,
                    f"不认识“{piece}”",
                    f"请改为 {'、'.join(known)} 之一，或在对应表的“代码表”中写明它是哪一个",
                )
            elif code.value not in codes:
                codes.append(code.value)
    return tuple(codes)


def read_term_of(rule: Rule, texts: Sequence[str], values: Values, remarks: Remarks) -> Term | None:
    """A term, with its unit from its own column if the mapping names one. An unreadable one is told."""
    label = rule.target.label
    if not texts:
        return None
    printed = texts[0]
    if len(texts) > 1:
        remarks.draft(label, "；".join(texts), "有不止一个期限，采用了第一个", "请在来源中只留一个期限")
    if rule.unit_column:
        units = cell_texts(label, values.get(rule.unit_column), remarks)
        if units and not re.search(r"[^\d.\s]", printed):
            printed = f"{printed}({rule.units.get(units[0], units[0])})"
    basis = rule.basis
    if rule.basis_column:
        basis = "；".join(cell_texts(label, values.get(rule.basis_column), remarks)) or basis
    try:
        reading = parse_term(printed, basis, rule.units)
    except Malformed as fault:
        remarks.draft(label, printed, fault.reason, fault.remedy)
        return None
    if reading.doubtful:
        remarks.draft(label, printed, reading.note, "请向实施机关核定后改写为工作日或自然日")
    elif reading.note:
        remarks.note(label, printed, reading.note)
    return reading.term


def read_phone(rule: Rule, texts: Sequence[str], remarks: Remarks) -> str | None:
    """The telephone numbers in a text, written alike and joined by 、; words around them are told and left."""
    label = rule.target.label
    printed = "、".join(texts)
    if not printed:
        return None
    found = read_phones(printed)
    if not found.numbers:
        remarks.draft(label, printed, "读不出电话号码，没有采用", "请写成“区号-号码”，例如 0990-1234567")
        return None
    numbers = "、".join(found.numbers)
    if found.without_area:
        remarks.draft(label, printed, "缺少区号", "请写成“区号-号码”，例如 0990-1234567")
    elif numbers != printed:
        remarks.note(label, printed, f"只取其中的电话号码，写为“{numbers}”")
    return numbers


def read_yes_no(rule: Rule, texts: Sequence[str], remarks: Remarks) -> bool | None:
    """是 or 否 in any of the usual ways of writing them."""
    if not texts:
        return None
    word = texts[0].lower()
    if word in _YES or word in _NO:
        return word in _YES
    remarks.draft(rule.target.label, texts[0], "看不出是“是”还是“否”", "请填写“是”或“否”")
    return None


def read_integer(rule: Rule, texts: Sequence[str], remarks: Remarks) -> int | None:
    """A small whole number, with or without 次."""
    if not texts:
        return None
    digits = unicodedata.normalize("NFKC", texts[0]).removesuffix("次").strip()
    if digits.isascii() and digits.isdigit() and len(digits) <= 4:
        return int(digits)
    remarks.draft(rule.target.label, texts[0], "不是从 0 起的整数", "请填写整数，例如 0 或 1")
    return None


def read_date(rule: Rule, texts: Sequence[str], remarks: Remarks) -> date | None:
    """A day: 2026-11-24, 2026/11/24, 2026年11月24日, 20261124."""
    if not texts:
        return None
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", texts[0]))
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    remarks.draft(rule.target.label, texts[0], "读不出日期", "请写成 2026-11-24 的形式")
    return None


def read_basis(rule: Rule, parts: Sequence[str], remarks: Remarks) -> tuple[LegalBasis, ...]:
    """设定依据: the law in its book marks and the clause after it."""
    bases = []
    for part in parts:
        law = _LAW.search(part)
        clause = _CLAUSE.search(part, law.end() if law else 0)
        if law is None or clause is None:
            remarks.draft(rule.target.label, part, "读不出法律名称和条款，没有采用", "请写成“《法律名称》第几条”的形式")
            continue
        tail = _CLAUSE_TAIL.match(part, clause.end())
        end = tail.end() if tail else clause.end()
        text = part[end:].strip("：:，,。 \u3000")
        bases.append(LegalBasis(law[0], part[clause.start() : end], text))
    return tuple(bases)


def read_materials(rule: Rule, parts: Sequence[str], values: Values, remarks: Remarks) -> tuple[Material, ...]:
    """申请材料 from their names. A lead-in such as “提交以下材料：” is no material and is told."""
    label = rule.target.label
    basis = ""
    if rule.basis_column:
        basis = "；".join(cell_texts(label, values.get(rule.basis_column), remarks))
    materials: dict[str, Material] = {}
    for part in parts:
        name = part.rstrip("；;，,。 \u3000")
        if not name or name.endswith(("：", ":")):
            remarks.note(label, part, "这是引导语，不是材料，没有采用")
            continue
        if name != part:
            remarks.note(label, part, "去掉了末尾的标点")
        material = Material(material_key(name), name, basis)
        if material.key in materials:
            remarks.note(label, part, "同一行里重复，只保留第一处")
            continue
        materials[material.key] = Material(
            material.key,
            name,
            basis,
            form=rule.material_form or material.form,
            source=rule.material_source or material.source,
        )
    return tuple(materials.values())


def material_key(name: str) -> str:
    """A key that follows from the name, so that two items which ask for the same paper share it."""
    return f"m_{blake2b(name.encode(), digest_size=5).hexdigest()}"


def read_faq(rule: Rule, values: Values, missing: frozenset[str], remarks: Remarks) -> tuple[Answer, ...]:
    """常见问题 from a column of questions and one of answers, lists of one length."""
    label = rule.target.label
    questions, answers = (
        [text for text in cell_texts(label, values.get(column), remarks) if text not in missing]
        for column in rule.columns
    )
    if len(questions) != len(answers):
        remarks.draft(label, "；".join(questions), "问题和答案的数目不一样，没有采用", "请为每个问题写一个答案")
        return ()
    return tuple(Answer(question, answer) for question, answer in zip(questions, answers, strict=True))
