"""指标: what a city counts, and how; each formula stands here once (domain: indicator formulas).

Everything is a sum of whole numbers first (a `Measure`: over cases, each on the day something happened to it), and a
rate only at the very end. So figures of months, offices and regions roll up by adding numerators and denominators;
a rate is never averaged. A period is half-open: from its first day to the day before the next one begins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from banjie.engine.ids import Malformed

EDITION: Final = "2026-1"
"""The edition of these formulas; a frozen board names the one it was made under."""


class Moment(StrEnum):
    """The day of a case by which a measure falls into a period."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    DELIVERED = "delivered"


MOMENT_NAMES: Final = {
    Moment.SUBMITTED: "提交",
    Moment.ACCEPTED: "受理",
    Moment.DECIDED: "作出决定",
    Moment.DELIVERED: "送达",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is counted of a case: its name in code, the day it counts on, and what it counts."""

    name: str
    on: Moment
    words: str


MEASURES: Final = (
    Measure("applied", Moment.SUBMITTED, "提交的申请（件）"),
    Measure("applied_online", Moment.SUBMITTED, "网上、掌上提交的申请（件）"),
    Measure("required", Moment.SUBMITTED, "应交的材料（份）"),
    Measure("held", Moment.SUBMITTED, "由证照或数据代替、不用交的材料（份）"),
    Measure("corrected", Moment.SUBMITTED, "发过补正通知的申请（件）"),
    Measure("repeated", Moment.SUBMITTED, "重复索要已掌握材料（次）"),
    Measure("accepted", Moment.ACCEPTED, "受理的申请（件）"),
    Measure("accepted_at_once", Moment.ACCEPTED, "没有补正、一次就受理的申请（件）"),
    Measure("silent", Moment.ACCEPTED, "逾期未答复、视为受理的申请（件）"),
    Measure("decided", Moment.DECIDED, "作出决定的办件（件）"),
    Measure("on_time", Moment.DECIDED, "承诺期限内作出决定的办件（件）"),
    Measure("on_time_by_law", Moment.DECIDED, "法定期限内作出决定的办件（件）"),
    Measure("same_day", Moment.DECIDED, "受理当天就作出决定的办件（件）"),
    Measure("reworked", Moment.DECIDED, "退回重办（次）"),
    Measure("timed", Moment.DECIDED, "按工作日计时的办件（件）"),
    Measure("used_days", Moment.DECIDED, "实际用时（工作日）"),
    Measure("promised_days", Moment.DECIDED, "承诺期限（工作日）"),
    Measure("legal_days", Moment.DECIDED, "法定期限（工作日）"),
    Measure("delivered", Moment.DELIVERED, "送达的办件（件）"),
    Measure("trips", Moment.DELIVERED, "申请人到窗口（次）"),
    Measure("no_trip", Moment.DELIVERED, "一次也没有跑的办件（件）"),
    Measure("one_trip", Moment.DELIVERED, "最多跑一次的办件（件）"),
    Measure("all_online", Moment.DELIVERED, "网上提交、全程没有到窗口的办件（件）"),
)
"""Every measure; the tables of figures have a column of each name."""

MEASURE: Final = {one.name: one for one in MEASURES}

Sums = Mapping[str, int]
"""Measures by name, added up over whatever cases; a name that is missing is 0."""


def added(parts: Iterable[Sums]) -> dict[str, int]:
    """The sums of a whole from the sums of its parts, which must not overlap."""
    whole: dict[str, int] = {}
    for part in parts:
        for name, number in part.items():
            whole[name] = whole.get(name, 0) + number
    return whole


class Better(StrEnum):
    """Which way an indicator should move."""

    UP = "up"
    DOWN = "down"


class Form(StrEnum):
    """How an indicator is made of its sums."""

    SHARE = "share"
    """Numerator by denominator, shown in per cent."""
    CUT = "cut"
    """1 − numerator by denominator, in per cent: how much was saved."""
    MEAN = "mean"
    """Numerator by denominator, as it is."""
    COUNT = "count"
    """The numerator alone."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """指标. `numerator` and `denominator` name measures; a stock has none and is counted over open cases of today.

    `source` is where the formula comes from, `words` explain it to whoever reads the board.
    """

    key: str
    name: str
    form: Form
    unit: str
    better: Better
    numerator: str
    denominator: str
    source: str
    words: str

    @property
    def moment(self) -> Moment:
        """By which day of a case the period is meant."""
        return MEASURE[self.numerator].on

    def value(self, sums: Sums) -> float | None:
        """The indicator of these sums: per cent for shares and cuts; None while there is nothing to divide by."""
        above = sums.get(self.numerator, 0)
        if self.form is Form.COUNT:
            return float(above)
        below = sums.get(self.denominator, 0)
        if not below:
            return None
        match self.form:
            case Form.SHARE:
                return 100 * above / below
            case Form.CUT:
                return 100 * (below - above) / below
            case _:
                return above / below

    def shown(self, sums: Sums) -> str:
        """The same as it is written, with one decimal. A share is cut and not rounded: 99.96 % is not yet 100 %."""
        above, below = sums.get(self.numerator, 0), sums.get(self.denominator, 0)
        if self.form is Form.COUNT:
            return str(above)
        if not below:
            return "—"
        # Whole numbers all the way: the quotient of two floats may lie on the wrong side of a tenth.
        scale = 10 if self.form is Form.MEAN else 1000
        top = below - above if self.form is Form.CUT else above
        tenths = abs(top) * scale // below
        return f"{'-' if top < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"

    def is_worse(self, now: float, before: float) -> bool:
        """Whether it has moved the wrong way."""
        return now < before if self.better is Better.UP else now > before


def cut(value: float) -> str:
    """A value with one decimal, cut as `Indicator.shown` cuts it, so that one figure is the same wherever it stands."""
    tenths = int(abs(value) * 10 + 1e-9)
    return f"{'-' if value < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"


_LAW = "《行政许可法》"

INDICATORS: Final = (
    Indicator(
        *("on_time", "按期办结率", Form.SHARE, "%", Better.UP, "on_time", "decided"),
        "行政审批效能考核口径",
        "本期作出决定的办件里，没有超过承诺期限的占多少。暂停和依法延期的时间不算在内。",
    ),
    Indicator(
        *("on_time_by_law", "法定期限内办结率", Form.SHARE, "%", Better.UP, "on_time_by_law", "decided"),
        _LAW + "第四十二条",
        "本期作出决定的办件里，没有超过法定期限的占多少。",
    ),
    Indicator(
        *("speed", "办理提速率", Form.CUT, "%", Better.UP, "used_days", "legal_days"),
        "行政审批效能考核口径",
        "和法定期限相比，实际少用了多少时间。只算按工作日计时、不是当场办结的办件。",
    ),
    Indicator(
        *("promise_cut", "承诺提速率", Form.CUT, "%", Better.UP, "promised_days", "legal_days"),
        "行政审批效能考核口径",
        "和法定期限相比，承诺少用多少时间。按办件计：办得多的事项，分量就重。",
    ),
    Indicator(
        *("mean_days", "平均用时", Form.MEAN, "个工作日", Better.DOWN, "used_days", "timed"),
        "行政审批效能考核口径",
        "从受理到作出决定，平均用了几个工作日，不含暂停的时间。",
    ),
    Indicator(
        *("mean_promised", "平均承诺期限", Form.MEAN, "个工作日", Better.DOWN, "promised_days", "timed"),
        "行政审批效能考核口径",
        "同一批办件当初平均承诺几个工作日，用来和平均用时对照。",
    ),
    Indicator(
        *("same_day", "即办率", Form.SHARE, "%", Better.UP, "same_day", "decided"),
        "GB/T 39046 即办件；" + _LAW + "第三十四条",
        "受理当天就作出决定的占多少。",
    ),
    Indicator(
        *("online", "网办率", Form.SHARE, "%", Better.UP, "applied_online", "applied"),
        "GB/T 39046 办理形式",
        "本期的申请里，在网上或者手机上提交的占多少。",
    ),
    Indicator(
        *("all_online", "全程网办率", Form.SHARE, "%", Better.UP, "all_online", "delivered"),
        "GB/T 39046 办理形式",
        "本期送达的办件里，网上提交、也不用到窗口领取的占多少。",
    ),
    Indicator(
        *("trips", "平均跑动次数", Form.MEAN, "次", Better.DOWN, "trips", "delivered"),
        "政务服务效能考核口径",
        "办成一件事，申请人平均到窗口几次。记录在案的有：到窗口提交、到窗口领取；同一天只算一次。",
    ),
    Indicator(
        *("no_trip", "零跑动率", Form.SHARE, "%", Better.UP, "no_trip", "delivered"),
        "政务服务效能考核口径",
        "本期送达的办件里，申请人一次也没有到窗口的占多少。",
    ),
    Indicator(
        *("one_trip", "一次办率", Form.SHARE, "%", Better.UP, "one_trip", "delivered"),
        "政务服务效能考核口径（按办件计）",
        "本期送达的办件里，申请人最多到窗口一次的占多少。",
    ),
    Indicator(
        *("held", "免提交率", Form.SHARE, "%", Better.UP, "held", "required"),
        "政务服务“免提交”工作口径",
        "应交的材料里，由电子证照或者部门数据代替、不用申请人交的占多少。",
    ),
    Indicator(
        *("repeated", "重复索要", Form.COUNT, "次", Better.DOWN, "repeated", ""),
        "政务服务“免提交”工作口径",
        "政府已经掌握、仍然要申请人提交的次数。",
    ),
    Indicator(
        *("corrected", "补正率", Form.SHARE, "%", Better.DOWN, "corrected", "applied"),
        _LAW + "第三十二条",
        "本期的申请里，发过补正通知的占多少。",
    ),
    Indicator(
        *("accepted_at_once", "一次受理率", Form.SHARE, "%", Better.UP, "accepted_at_once", "accepted"),
        _LAW + "第三十二条",
        "本期受理的申请里，一次材料就齐全、没有补正的占多少。",
    ),
    Indicator(
        *("silent", "逾期视为受理", Form.COUNT, "件", Better.DOWN, "silent", ""),
        _LAW + "第三十二条第一款第（四）项",
        "五个工作日内没有答复，依法自收到之日起视为受理的件数。",
    ),
    Indicator(
        *("rework", "退回重办率", Form.MEAN, "次", Better.DOWN, "reworked", "decided"),
        "审批差错管理口径",
        "平均每个决定在内部退回重办几次，用来看差错。",
    ),
    Indicator(
        *("decided", "办结量", Form.COUNT, "件", Better.UP, "decided", ""),
        "GB/T 39046",
        "本期作出决定的办件。",
    ),
    Indicator(
        *("applied", "申请量", Form.COUNT, "件", Better.UP, "applied", ""),
        "GB/T 39046",
        "本期提交的申请。",
    ),
)
"""Every indicator, in the order of the explorer. What is open and late belongs to a day: see `Stock`."""

INDICATOR: Final = {one.key: one for one in INDICATORS}


@dataclass(frozen=True, slots=True)
class Stock:
    """在办和超期, counted over open cases as of a day. A case becomes late as a day passes, without any event."""

    open: int = 0
    late: int = 0
    """超期件数: open, undecided, past the promised day."""
    late_by_law: int = 0
    """法定超期件数."""

    def __add__(self, other: "Stock") -> "Stock":
        return Stock(self.open + other.open, self.late + other.late, self.late_by_law + other.late_by_law)


def late_share(sums: Sums, stock: Stock) -> tuple[int, int]:
    """超期率 as numerator and denominator: decided late or open and late, of all decided or open and late."""
    decided = sums.get("decided", 0)
    return decided - sums.get("on_time", 0) + stock.late, decided + stock.late


class Grain(StrEnum):
    """How long a period is."""

    MONTH = "m"
    QUARTER = "q"
    YEAR = "y"


_MONTHS: Final = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, a quarter or a year, by its first day."""

    first: date
    grain: Grain = Grain.MONTH

    @classmethod
    def of(cls, day: date, grain: Grain = Grain.MONTH) -> "Period":
        """The period a day lies in."""
        months = _MONTHS[grain]
        return cls(date(day.year, (day.month - 1) // months * months + 1, 1), grain)

    @classmethod
    def parse(cls, text: str) -> "Period":
        """2026, 2026Q4 or 2026-11. Raises `Malformed`."""
        year, month, grain = text[:4], "1", Grain.YEAR
        if len(text) == 6 and text[4] in "Qq":
            grain, month = Grain.QUARTER, str(int(text[5]) * 3 - 2) if text[5] in "1234" else ""
        elif len(text) == 7 and text[4] == "-":
            grain, month = Grain.MONTH, text[5:]
        elif len(text) != 4:
            month = ""
        plain = year.isascii() and year.isdigit() and month.isascii() and month.isdigit()
        if not plain or not 1950 <= int(year) <= 2199 or not 1 <= int(month) <= 12:
            raise Malformed("期间", f"看不懂“{text[:20]}”", "请写成 2026、2026Q4 或 2026-11 的样子")
        return cls(date(int(year), int(month), 1), grain)

    @property
    def code(self) -> str:
        """As `parse` reads it."""
        match self.grain:
            case Grain.YEAR:
                return f"{self.first.year}"
            case Grain.QUARTER:
                return f"{self.first.year}Q{(self.first.month + 2) // 3}"
            case _:
                return f"{self.first:%Y-%m}"

    @property
    def label(self) -> str:
        """As a person reads it."""
        match self.grain:
            case Grain.YEAR:
                return f"{self.first.year}年"
            case Grain.QUARTER:
                return f"{self.first.year}年第{'一二三四'[(self.first.month - 1) // 3]}季度"
            case _:
                return f"{self.first.year}年{self.first.month}月"

    @property
    def end(self) -> date:
        """The day after its last one."""
        return self.moved(1).first

    def moved(self, by: int) -> "Period":
        """The period so many later, or earlier when negative."""
        months = self.first.year * 12 + self.first.month - 1 + by * _MONTHS[self.grain]
        return Period(date(months // 12, months % 12 + 1, 1), self.grain)

    def last(self, number: int) -> tuple["Period", ...]:
        """This one and those before it, `number` in all, the oldest first."""
        return tuple(self.moved(-back) for back in range(number - 1, -1, -1))

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day < self.end

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)
