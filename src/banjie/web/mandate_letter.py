"""授权委托书: a mandate as a paper, for offices that ask for one; signed already where it was given on the platform."""

import uuid
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from banjie.engine.calendar import chinese_date
from banjie.engine.mandates import MandateStatus, scope_words
from banjie.records import mandates, people
from banjie.web.apply import me
from banjie.web.identity import signed_in
from banjie.web.my import pdf
from banjie.wiring import platform


@require_GET
@signed_in
def letter(request: HttpRequest, mandate_id: uuid.UUID) -> HttpResponse:
    """The letter as a PDF. What is not in force is not printed."""
    here, standing = platform(), me(request)
    row = mandates.find(here.database, standing.eyes, str(mandate_id))
    if row is None or row.state.status is not MandateStatus.IN_FORCE:
        raise Http404("没有找到这份授权，或者它还没有生效")
    state = row.state
    principal = people.party(here.database, standing.eyes, row.party)
    begins = state.valid_from or state.accepted_on
    url = f"{here.public_url}/me/mandates/{row.id}"
    content = {
        "organ": state.party_name,
        "applicant": state.party_name,
        "case_number": f"授权 {row.id[:8]}",
        "item": scope_words(state.scope).partition("：")[0],
        "date": chinese_date(here.today()),
        "principal": state.party_name,
        "principal_code": principal.code if principal else "",
        "agent": state.agent_name,
        "agent_code": "",
        "powers": scope_words(state.scope).partition("：")[2],
        "from_on": chinese_date(begins) if begins else "登记之日",
        "until_on": chinese_date(state.valid_until) if state.valid_until else "",
        "signed_on": chinese_date(state.offered_on) if state.offered_on else "",
        "verify_url": url,
        "qr_svg": here.qr_svg(url),
        "demo": here.demo,
    }
    try:
        made = here.typeset("power_of_attorney", content)
    except here.unprintable as error:
        return HttpResponse(str(error), status=HTTPStatus.CONFLICT, content_type="text/plain; charset=utf-8")
    return pdf(made, f"授权委托书-{state.party_name}.pdf")
