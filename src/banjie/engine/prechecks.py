"""智能预审: what a machine can say about each review point before an application is handed in, and what it cannot.

A review point of a material may carry a check (`核对`) in the item's pack. Whatever no check decides is honestly
unclear, with the sentence for the applicant to hold her paper against. Nothing here forbids a submission.

    证照有效                       a certificate the city holds stands in for the paper, and is in force
    文中有 FIELD [FIELD …]         the words of the paper contain what the form says (`applicant.name`, `applicant.code`
                                   stand for the applicant)
    文中有面积 FIELD               an area in the paper, or the sum of all of them, equals the one in the form
    日期在 DAYS 天内               a day in the paper lies within so many days before today
    页数 LEAST-MOST                the paper has so many pages
    相隔 FIELD FIELD 不超过 DAYS   two days of the form lie no further apart than that
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from banjie.engine.catalogue import Item, Material
from banjie.engine.filing import Party
from banjie.engine.form_words import shown
from banjie.engine.forms import Field
from banjie.engine.ids import Malformed

WHOLE: Final = "文件"
"""The point that stands for the file itself: whether it opens, and whether it came for another material too."""

ENOUGH: Final = 30
"""Characters of text from which on the absence of a word in a paper says something."""


class Verdict(StrEnum):
    """符合, 需要修改, 看不清."""

    MET = "met"
    MEND = "mend"
    UNCLEAR = "unclear"


VERDICT_NAMES: Final = {Verdict.MET: "符合", Verdict.MEND: "需要修改", Verdict.UNCLEAR: "看不清，由窗口人员看"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one review point of a material. `by_self`: the applicant says that she has looked herself."""

    material: str
    point: str
    verdict: Verdict
    why: str = ""
    by_self: bool = False


@dataclass(frozen=True, slots=True)
class PaperSeen:
    """A paper as it was looked at. `text` is None where a machine can read none (a photo, a scan)."""

    material: str
    name: str
    sha256: str = ""
    pages: int = 0
    readable: bool = True
    text: str | None = None
    held: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything a check may look at: the papers of its material, the form, the applicant, the day."""

    papers: tuple[PaperSeen, ...]
    data: Mapping[str, Any]
    applicant: Party
    fields: Mapping[str, Field]
    today: date

    @property
    def text(self) -> str | None:
        """The words of all papers of the material, without spaces; None where not all of them can be read."""
        texts = [paper.text for paper in self.papers]
        if not texts or any(text is None for text in texts):
            return None
        return _plain("".join(text or "" for text in texts))

    def value(self, key: str) -> str:
        """What the form, or the register, says under a key, as people write it; "" for nothing."""
        if key == "applicant.name":
            return self.applicant.name
        if key == "applicant.code":
            return self.applicant.code
        value, field = self.data.get(key), self.fields.get(key)
        return "" if value is None or field is None else shown(field, value)

    def label(self, key: str) -> str:
        """How people call what stands under a key."""
        known = {"applicant.name": "申请人名称", "applicant.code": "证件号码"}
        return known.get(key) or (self.fields[key].label if key in self.fields else key)


Finding = tuple[Verdict, str]
Check = Callable[[Looked], Finding]


def precheck(
    item: Item,
    materials: Sequence[Material],
    papers: Sequence[PaperSeen],
    data: Mapping[str, Any],
    *,
    applicant: Party,
    today: date,
) -> tuple[Checked, ...]:
    """Every review point of the materials that something was handed in for, each file first.

    `materials` are those asked for in this situation; a material nothing was handed in for is left out.
    """
    fields = {one.key: one for one in item.form.fields}
    found: list[Checked] = []
    for material in materials:
        given = tuple(paper for paper in papers if paper.material == material.key)
        if not given:
            continue
        verdict, why = _file(given, papers, materials)
        found.append(Checked(material.key, WHOLE, verdict, why))
        looked = Looked(given, data, applicant, fields, today)
        checks = {one.point: one.how for one in material.checks}
        found.extend(
            Checked(material.key, point, *_judge(checks.get(point, ""), looked)) for point in material.review_points
        )
    return tuple(found)


def worth_keeping(found: Sequence[Checked]) -> tuple[Checked, ...]:
    """What goes with the case: whatever was decided, and what she says she has looked at herself."""
    return tuple(
        one
        for one in found
        if one.by_self or one.verdict is Verdict.MEND or (one.verdict is Verdict.MET and one.point != WHOLE)
    )


def parse(how: str) -> Check:
    """A check as a pack writes it. Raises `Malformed` for one nobody knows."""
    name, *words = how.split()
    match name, words:
        case "证照有效", []:
            return _held
        case "文中有", [_, *_]:
            return lambda looked: _contains(looked, words)
        case "文中有面积", [key]:
            return lambda looked: _area(looked, key)
        case "日期在", [days, "天内"] if days.isdigit():
            return lambda looked: _lately(looked, int(days))
        case "页数", [span] if re.fullmatch(r"\d+-\d+", span):
            least, most = map(int, span.split("-"))
            return lambda looked: _pages(looked, least, most)
        case "相隔", [first, second, "不超过", days] if days.isdigit():
            return lambda looked: _apart(looked, first, second, int(days))
    raise Malformed("核对", f"看不懂“{how[:30]}”", "可以写：证照有效、文中有、文中有面积、日期在、页数、相隔")


def faults(material: Material) -> tuple[str, ...]:
    """What is wrong with a material's checks, in words; () when all of them can be carried out."""
    found = [
        f"“{one.point}”不是“{material.name}”的审查要点"
        for one in material.checks
        if one.point not in material.review_points
    ]
    for one in material.checks:
        try:
            parse(one.how)
        except Malformed as malformed:
            found.append(malformed.reason)
    return tuple(found)


def _judge(how: str, looked: Looked) -> Finding:
    if not how:
        return Verdict.UNCLEAR, ""
    if how != "证照有效" and not how.startswith("相隔") and any(paper.held for paper in looked.papers):
        # A certificate of the city's own is no paper of hers: the office that issued it answers for its words.
        return Verdict.MET, "由电子证照核验，不用您核对"
    return parse(how)(looked)


def _file(given: tuple[PaperSeen, ...], papers: Sequence[PaperSeen], materials: Sequence[Material]) -> Finding:
    if broken := next((paper for paper in given if not paper.readable), None):
        return Verdict.MEND, f"“{broken.name}”打不开，请重新上传"
    names = {one.key: one.name for one in materials}
    hashes = {paper.sha256 for paper in given if paper.sha256}
    for other in papers:
        if other.material != given[0].material and other.sha256 in hashes:
            return Verdict.MEND, f"和“{names.get(other.material, other.material)}”交的是同一个文件，请核对是不是传错了"
    if held := next((paper.held for paper in given if paper.held), ""):
        return Verdict.MET, f"电子证照 {held}，不用上传"
    pages = sum(paper.pages for paper in given)
    return Verdict.MET, f"能打开，共 {pages} 页" if pages else "能打开"


def _held(looked: Looked) -> Finding:
    held = next((paper.held for paper in looked.papers if paper.held), "")
    return (Verdict.MET, f"电子证照 {held} 有效") if held else (Verdict.UNCLEAR, "您交的是文件，系统看不出证照是否有效")


_NO_WORDS: Final[Finding] = (Verdict.UNCLEAR, "这是照片或扫描件，系统读不出文字")


def _contains(looked: Looked, keys: Sequence[str]) -> Finding:
    text = looked.text
    if text is None:
        return _NO_WORDS
    wanted = [(key, looked.value(key)) for key in keys if looked.value(key)]
    missing = [(key, value) for key, value in wanted if _plain(value) not in text]
    if not wanted:
        return Verdict.UNCLEAR, "申请表里没有可以对照的内容"
    if not missing:
        return Verdict.MET, "、".join(f"{looked.label(key)}“{value}”" for key, value in wanted) + "在文件里找到了"
    if len(text) < ENOUGH:
        return Verdict.UNCLEAR, "文件里能读出的文字太少"
    key, value = missing[0]
    return Verdict.MEND, f"文件里没有找到{looked.label(key)}“{value}”，请核对文件和申请表是否一致"


_AREA: Final = re.compile(r"(\d+(?:\.\d+)?)(?:平方米|平米|㎡|m2|m²)")


def _area(looked: Looked, key: str) -> Finding:
    text, value = looked.text, looked.value(key)
    if text is None:
        return _NO_WORDS
    if not re.fullmatch(r"\d+(\.\d+)?", value):
        return Verdict.UNCLEAR, "申请表里没有可以对照的面积"
    areas = _AREA.findall(text)
    if not areas:
        return Verdict.UNCLEAR, "文件里没有读到面积"
    wanted, found = Decimal(value), [Decimal(one) for one in areas]
    if wanted in found or wanted == sum(found):
        return Verdict.MET, f"{looked.label(key)} {value} 平方米在文件里找到了"
    written = "、".join(areas[:3])
    return Verdict.MEND, f"申请表填的{looked.label(key)}是 {value} 平方米，文件里写的是 {written}，请改成一致"


_DAY: Final = re.compile(r"(\d{4})(?:年|-|/|\.)(\d{1,2})(?:月|-|/|\.)(\d{1,2})")


def _lately(looked: Looked, days: int) -> Finding:
    text = looked.text
    if text is None:
        return _NO_WORDS
    found = [day for one in _DAY.findall(text) if (day := _date(*map(int, one)))]
    if any(looked.today - timedelta(days=days) <= day <= looked.today for day in found):
        return Verdict.MET, f"文件里的日期在 {days} 天以内"
    if found:
        latest = max(found)
        return Verdict.MEND, f"文件里的日期是 {latest.year}年{latest.month}月{latest.day}日，应在今天以前 {days} 天以内"
    return Verdict.UNCLEAR, "文件里没有读到日期"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _pages(looked: Looked, least: int, most: int) -> Finding:
    pages = sum(paper.pages for paper in looked.papers)
    if not pages:
        return Verdict.UNCLEAR, "系统数不出这个文件的页数"
    if least <= pages <= most:
        return Verdict.MET, f"共 {pages} 页"
    return Verdict.MEND, f"共 {pages} 页，应为 {least} 到 {most} 页"


def _apart(looked: Looked, first: str, second: str, days: int) -> Finding:
    both = [_as_day(looked.data.get(key)) for key in (first, second)]
    if both[0] is None or both[1] is None:
        return Verdict.UNCLEAR, "申请表里没有填日期"
    apart = abs((both[1] - both[0]).days)
    words = f"{looked.label(first)}和{looked.label(second)}相隔 {apart} 天"
    return (Verdict.MET, words) if apart <= days else (Verdict.MEND, f"{words}，不能超过 {days} 天")


def _as_day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()
