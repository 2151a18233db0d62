"""窗口登记代理关系: a clerk who has seen the papers lets a company's legal representative in, whoever shut her out; or
writes down a mandate that its giver signed at the counter."""

from datetime import date
from typing import Any, Final

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from banjie.actions.mandates import find_person, install_representative, register
from banjie.engine.ids import CitizenId, CreditCode, Malformed
from banjie.engine.mandates import Kind
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.records import mandates, people
from banjie.records.people import MACHINE
from banjie.web.apply import me
from banjie.web.context import render
from banjie.web.identity import holding
from banjie.wiring import platform

FIELDS: Final = ("relation", "code", "agent_name", "agent_code", "evidence", "until")
RELATIONS: Final = {
    "representative": "法定代表人（原来登记的法定代表人同时失效）",
    "agent": "单位的经办人",
    "family": "亲属代办",
    "person": "其他受托人",
}


@require_http_methods(["GET", "HEAD", "POST"])
@holding(Role.WINDOW)
def counter(request: HttpRequest) -> HttpResponse:
    """The form, and what comes of it; what was typed stays when something is wrong."""
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    fault = {"field": "", "message": ""}
    if request.method == "POST":
        try:
            said = _register(request, typed)
        except Malformed as malformed:
            fault = {"field": malformed.field, "message": f"{malformed.reason}。{malformed.remedy}"}
        except Refused as refused:
            fault = {"field": refused.field or "", "message": f"{refused.reason}。{refused.remedy}"}
        else:
            banners.success(request, said)
            return HttpResponseRedirect(reverse("office-mandates"), status=303)
    wrong = bool(fault["message"])
    context = {"typed": typed, "relations": RELATIONS, "faults": [fault] if wrong else [], "fault": fault}
    return render(request, "officer/mandates.html", context, status=422 if wrong else 200, errors=wrong)


def _register(request: HttpRequest, typed: dict[str, str]) -> str:
    kind = typed["relation"]
    if kind not in RELATIONS:
        raise Malformed("relation", "没有选择代理关系", "请选择一种")
    party, name = _party(typed["code"], company=kind in ("representative", "agent"))
    agent = find_person(platform(), typed["agent_name"], typed["agent_code"])
    given: dict[str, Any] = {
        "party": party,
        "party_name": name,
        "agent": agent.account,
        "agent_name": agent.name,
        "evidence": typed["evidence"],
        "actor": me(request),
    }
    if kind == "representative":
        install_representative(platform(), **given)
        return f"{agent.name}已登记为{name}的法定代表人。"
    try:
        until = date.fromisoformat(typed["until"])
    except ValueError:
        raise Malformed("until", "结束日期无法读取", "请按 2026-11-24 的格式填写") from None
    if until < platform().today():
        raise Malformed("until", "结束日期已经过去", "请填今天或以后的日期")
    made = register(platform(), kind=Kind(kind), until=until, **given)
    return f"{agent.name}可以代{name}办理，至 {until}。" if made else "这份代理关系已经登记过，没有变化。"


def _party(code: str, *, company: bool) -> tuple[str, str]:
    here = platform()
    if company:
        try:
            credit = str(CreditCode.parse(code))
        except Malformed as wrong:
            raise Malformed("code", f"统一社会信用代码{wrong.reason}", wrong.remedy) from None
        found = mandates.company_of_code(here.database, MACHINE.eyes, here.region, credit)
        if found is not None:
            return found["id"], found["name"]
    else:
        try:
            number = str(CitizenId.parse(code))
        except Malformed as wrong:
            raise Malformed("code", f"公民身份号码{wrong.reason}", wrong.remedy) from None
        person = people.person_of_code(here.database, here.region, number)
        if person is not None:
            return person.party, person.name
    raise Malformed("code", "本市没有登记这个申请人", "请核对号码；新的单位等登记机关把登记信息送来后再办")
