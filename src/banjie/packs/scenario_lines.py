"""One sentence of a scenario (`2026-10-09 罗小雨 受理`) as an act on a case.

A sentence is a day, who, what, and what that act needs: a material or a step by its name or code, a number of
working days, a reason. What is left out is made up (`packs.sample`), for a scenario is about days and rules.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from banjie.engine.calendar import CHINA
from banjie.engine.cases import NAMES, Ask, Case, Command, Delivery, Paper, Party, acts
from banjie.engine.catalogue import Item
from banjie.engine.forms import Value
from banjie.engine.permissions import SYSTEM, Actor
from banjie.engine.situations import resolve
from banjie.packs.city import City, Company
from banjie.packs.sample import sample_data, sample_paper, sample_papers

APPLICANT = "申请人"
OUTCOMES = {"通过": "pass", "不通过": "fail"}
_SENTENCE = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(\S+)\s+(\S+)(?:\s+(\S.*))?")
_DAYS = re.compile(r"(\d{1,3})\s*个?工作日")


class Unreadable(ValueError):
    """A sentence that cannot be understood: `reason` and `remedy` in Chinese."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}。{remedy}")
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence taken apart."""

    on: date
    who: str
    what: type[Command]
    rest: str

    @property
    def now(self) -> datetime:
        """Ten in the morning of that day, when offices are open."""
        return datetime.combine(self.on, time(10), CHINA)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a scenario plays: the item, the answers given, who applies, what is promised for later."""

    item: Item
    city: City
    company: Company
    answers: dict[str, str]
    data: dict[str, str]
    later: tuple[str, ...]
    on: date | None = None
    """The day of the sentence that is being read."""

    def actor(self, who: str, on: date) -> Actor:
        """The person of that name on that day; `申请人` is the company's first agent. Raises `Unreadable`."""
        if who == SYSTEM.name:
            return SYSTEM
        if who == APPLICANT:
            first = self.company.agents[0].person
            usernames = [person.username for person in self.city.people if person.id == first]
        else:
            usernames = [official.username for official in self.city.officials if official.name == who]
            usernames += [person.username for person in self.city.people if person.name == who]
        if not usernames:
            raise Unreadable(f"城市里没有“{who}”", f"请用工作人员或居民的姓名，或者“{APPLICANT}”“{SYSTEM.name}”")
        return self.city.actor(usernames[0], on)


def take_apart(text: str) -> Sentence:
    """Raises `Unreadable` for what is no sentence of day, who and what."""
    match = _SENTENCE.fullmatch(text.strip())
    if match is None:
        raise Unreadable(f"看不懂“{text[:60]}”", "请写成“2026-10-09 罗小雨 受理”：日期、谁、做什么，词间空一格")
    day, who, what, rest = match.groups()
    acts_by_name = {name: act for act, name in NAMES.items()}
    if what not in acts_by_name:
        raise Unreadable(f"没有“{what}”这个操作", "可用：" + "、".join(acts_by_name))
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Unreadable(f"日历上没有 {day}", "请核对日期") from None
    return Sentence(on, who, acts_by_name[what], rest or "")


def command_of(sentence: Sentence, case: Case, setting: Setting) -> Command:
    """The act a sentence speaks of, completed with made-up particulars. Raises `Unreadable`."""
    return _READERS[sentence.what](sentence.rest, case, replace(setting, on=sentence.on))


def _submit(rest: str, case: Case, setting: Setting) -> Command:
    item, company = setting.item, setting.company
    data = sample_data(item.form, resolve(item, setting.answers).facts, setting.data)
    wanted = resolve(item, setting.answers, data, on=setting.on, filled=True).materials
    return acts.Submit(
        number="990100-20260101-0000001",
        query_code="ABCD2345",
        item=item.code,
        edition=item.edition,
        region=item.region,
        organ=item.organ,
        holder=Party(company.id, company.name, company.code),
        answers=setting.answers,
        data=data,
        papers=() if "不交材料" in rest else sample_papers(wanted, setting.later),
        later=setting.later,
        promised=item.by_promise and "不作承诺" not in rest,
    )


def _ask_correction(rest: str, case: Case, setting: Setting) -> Command:
    names = [word for word in re.split(r"[、\s]+", _DAYS.sub("", rest)) if word]
    asks = tuple(
        Ask(_material(name, setting.item), "不符合要求", "请按审查要点修改", "行政许可法第三十二条") for name in names
    )
    return acts.AskCorrection(asks, _days(rest) if _DAYS.search(rest) else None)


def _resubmit(rest: str, case: Case, setting: Setting) -> Command:
    asked = [ask.material for ask in case.corrections[-1].asks] if case.corrections else []
    wanted = [_material(name, setting.item) for name in re.split(r"[、\s]+", rest) if name] or asked
    data: dict[str, Value] = {}
    papers: list[Paper] = []
    for key in wanted:
        if key.startswith("form:"):
            data[key.removeprefix("form:")] = case.data[key.removeprefix("form:")]
        else:
            papers.append(_paper(key, setting.item))
    return acts.Resubmit(data, tuple(papers))


def _find_not_competent(rest: str, case: Case, setting: Setting) -> Command:
    return acts.FindNotCompetent("不属于本机关职权范围", rest)


def _supply(rest: str, case: Case, setting: Setting) -> Command:
    return acts.SupplyTolerated(_paper(_material(rest, setting.item), setting.item))


def _finish_step(rest: str, case: Case, setting: Setting) -> Command:
    words = rest.split()
    outcome = words[-1] if words else ""
    if len(words) != 2 or outcome not in OUTCOMES:
        raise Unreadable(f"看不懂环节结论“{rest}”", "请写环节名称和“通过”或“不通过”，例如：环节办结 材料审查 通过")
    return acts.FinishStep(_step(words[0], setting.item), f"{words[0]}{outcome}", OUTCOMES[outcome])


def _return_step(rest: str, case: Case, setting: Setting) -> Command:
    words = [word for word in rest.split() if word != "到"]
    if len(words) != 2:
        raise Unreadable(f"看不懂“退回重办 {rest}”", "请写两个环节，例如：退回重办 审批决定 到 材料审查")
    return acts.ReturnStep(_step(words[0], setting.item), _step(words[1], setting.item), "需要重新核对")


def _start_special(rest: str, case: Case, setting: Setting) -> Command:
    name = _DAYS.sub("", rest).strip()
    known = {procedure.name: procedure.key for procedure in setting.item.special}
    return acts.StartSpecial(known.get(name, name), _days(rest), f"依法需要{name}")


def _extend(rest: str, case: Case, setting: Setting) -> Command:
    return acts.Extend(_days(rest), _DAYS.sub("", rest).strip() or "案情复杂，需要进一步核实")


def _mark_late(rest: str, case: Case, setting: Setting) -> Command:
    timer, _, step = rest.partition(" ")
    return acts.MarkLate(timer, _step(step, setting.item) if step else "")


def _tolerate(rest: str, case: Case, setting: Setting) -> Command:
    return acts.Tolerate(_material(rest, setting.item))


def _lapse_tolerance(rest: str, case: Case, setting: Setting) -> Command:
    return acts.LapseTolerance(_material(rest, setting.item))


def _deny(rest: str, case: Case, setting: Setting) -> Command:
    return acts.Deny(tuple(reason for reason in rest.split("；") if reason))


def _simple(make: Callable[[str], Command]) -> Callable[[str, Case, Setting], Command]:
    return lambda rest, case, setting: make(rest)


_READERS: dict[type[Command], Callable[[str, Case, Setting], Command]] = {
    acts.Submit: _submit,
    acts.Claim: _simple(lambda rest: acts.Claim()),
    acts.AskCorrection: _ask_correction,
    acts.Resubmit: _resubmit,
    acts.FindNotRequired: _simple(lambda rest: acts.FindNotRequired(rest or "依法不需要取得行政许可")),
    acts.FindNotCompetent: _find_not_competent,
    acts.Accept: _simple(lambda rest: acts.Accept()),
    acts.Tolerate: _tolerate,
    acts.SupplyTolerated: _supply,
    acts.StartReview: _simple(lambda rest: acts.StartReview()),
    acts.FinishStep: _finish_step,
    acts.ReturnStep: _return_step,
    acts.StartSpecial: _start_special,
    acts.EndSpecial: _simple(lambda rest: acts.EndSpecial(rest or "已完成")),
    acts.Extend: _extend,
    acts.Approve: _simple(lambda rest: acts.Approve(rest or "符合法定条件，准予")),
    acts.Deny: _deny,
    acts.Deliver: _simple(lambda rest: acts.Deliver(Delivery.ELECTRONIC, rest or "申请人已在平台签收")),
    acts.Withdraw: _simple(lambda rest: acts.Withdraw(rest or "不再需要")),
    acts.ConfirmWithdrawal: _simple(lambda rest: acts.ConfirmWithdrawal()),
    acts.Terminate: _simple(acts.Terminate),
    acts.LapseReply: _simple(lambda rest: acts.LapseReply()),
    acts.LapseCorrection: _simple(lambda rest: acts.LapseCorrection()),
    acts.LapseTolerance: _lapse_tolerance,
    acts.MarkLate: _mark_late,
}


def _days(text: str) -> int:
    match = _DAYS.search(text)
    if match is None:
        raise Unreadable(f"“{text}”没有写明几个工作日", "请写上，例如“15个工作日”")
    return int(match.group(1))


def _material(name: str, item: Item) -> str:
    """The key of a material, or `form:field`, by its name or its key; an unknown name is handed on as it is."""
    for material in item.materials:
        if name in (material.key, material.name):
            return material.key
    for section in item.form.sections:
        for field in section.fields:
            if name in (field.key, field.label):
                return f"form:{field.key}"
    return name


def _paper(key: str, item: Item) -> Paper:
    material = next((material for material in item.materials if material.key == key), None)
    return Paper(key, f"{key}.pdf") if material is None else sample_paper(material)


def _step(name: str, item: Item) -> str:
    return next((step.key for step in item.workflow.steps if name in (step.key, step.name)), name)
