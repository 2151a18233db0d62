"""Ask once, in the made-up city: questions really put to its departments over HTTP, so that the meter counts.

Three applications are filled in from registers and handed in, one value is contested, one office asks again for what
the city holds, and one draft lies open with two registers that disagree.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import replace

from banjie.actions import asking, contesting
from banjie.actions.answering import put_question
from banjie.actions.asking import Applying, asked_for, known_values, need_of, planned
from banjie.actions.perform import perform
from banjie.actions.platform import Platform
from banjie.actions.submissions import Application, submit
from banjie.demo.acts import CLERK, FOOD, HYGIENE, ROAD, SOIL
from banjie.demo.papers import MEDIA_TYPE, paper_pdf
from banjie.engine.cases import Ask, Law, Paper
from banjie.engine.cases.acts import AskCorrection, Claim
from banjie.engine.catalogue import Material
from banjie.engine.sharing import Value
from banjie.engine.situations import resolve
from banjie.outside.demo_departments import serving
from banjie.outside.exchange import Endpoint, HttpExchange
from banjie.packs.sample import sample_data
from banjie.records import cases, drafts, people
from banjie.records.people import PartyName, Standing

# Account, its name, holder, item, answers that lead to the situation.
_APPLYING: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("linzhao", "林照", "c-chunhe", FOOD, {"apply_type": "new", "business": "catering", "cold_or_raw": "none"}),
    ("zhouyibo", "周一帛", "c-qinghe", SOIL, {}),
    ("guosuimian", "郭岁绵", "c-heshun", ROAD, {}),
)
_LEFT_OPEN = ("xiachunhe", "夏春禾", "c-chunhe", HYGIENE, {"apply_type": "new", "place": "shop"})
_AGAIN = Ask(
    "business_licence",
    "调用的执照没有显示经营范围",
    "请上传营业执照正副本照片",
    "食品经营许可和备案管理办法",
    insist="登记库暂缺经营范围，审查要点要求核对",
)


def ask_once(platform: Platform) -> int:
    """Puts the questions and hands the applications in; answers with how many were put."""
    key = secrets.token_bytes(32)
    with serving(key) as departments:
        places = {one.key: Endpoint(departments.url + one.path, key) for one in platform.sources.every if one.path}
        here = replace(platform, exchange=HttpExchange(places))
        asked = 0
        for who in _APPLYING:
            asked += _hand_in(here, *who)
        asked += len(_begun(here, *_LEFT_OPEN)[1].asks)
    return asked


def _begun(
    here: Platform, account: str, name: str, holder: str, code: str, answers: Mapping[str, str]
) -> tuple[Applying, asking.Asked, Standing, Law, dict[str, str]]:
    """A draft for which every department has been asked that may be, with her consent."""
    who = people.standing(here.database, account, here.today(), name=name)
    law = here.laws.published(here.region, code)
    party = next(one for one in who.parties if one.id == holder)
    person = next(one for one in who.parties if one.kind == "person")
    if law is None:
        raise LookupError(f"事项 {code} 没有公布")
    chosen = dict(answers)
    while (question := resolve(law.item, chosen).next_question) is not None:
        chosen[question.key] = next(option.value for option in question.options if not option.ineligible)
    draft = drafts.start(
        here.database, who.eyes, region=here.region, holder=holder, item=code, edition=law.item.edition
    )
    content = {"answers": chosen, "key": str(uuid.uuid4()), "asked": True}
    drafts.save(here.database, who.eyes, draft, here.region, content)
    applying = Applying(here.region, draft, law.item, party, person)
    _ask_everybody(here, who, applying, chosen)
    return applying, asked_for(here, who, here.region, draft), who, law, chosen


def _ask_everybody(here: Platform, who: Standing, applying: Applying, answers: Mapping[str, str]) -> None:
    need = need_of(applying.item, resolve(applying.item, answers).materials)
    asked = asking.Asked()
    wanted = planned(here, asked, applying, need, _registered(here, who, applying.holder), ())
    agreed = [one.source.key for one in wanted.consents]
    asking.begin(here, who, applying, asked, wanted, agreed=agreed)
    for row in asked_for(here, who, here.region, applying.draft).asks:
        put_question(here, here.region, row.id)


def _registered(here: Platform, who: Standing, holder: PartyName) -> dict[str, object]:
    party = people.party(here.database, who.eyes, holder.id)
    return dict(party.facts) if party else {}


def _hand_in(here: Platform, account: str, name: str, holder: str, code: str, answers: Mapping[str, str]) -> int:
    applying, asked, who, law, chosen = _begun(here, account, name, holder, code, answers)
    values = known_values(here, asked, _registered(here, who, applying.holder))
    filled = {fact: said[-1].value for fact, said in values.items()}
    fields = [one for section in law.item.form.sections for one in section.fields]
    given = {one.key: filled[one.source] for one in fields if one.source in filled}
    answered = resolve(law.item, chosen)
    data = sample_data(law.item.form, answered.facts, given)
    held = here.sources.numbers(filled)
    papers = tuple(_paper(here, one, held) for one in answered.materials if one.required)
    if code == FOOD:
        _contest(here, who, applying, values["company.address"])
    application = Application(here.region, code, holder, chosen, data, papers, promised=law.item.by_promise)
    sent = submit(here, application, actor=who, key=f"ask-once-{applying.draft}")
    case = cases.find(here.database, who.eyes, here.region, sent.number)
    if case is not None:
        named = {"case_id": case.id, "number": sent.number}
        asking.use_answers(here, who, asked, used=filled, **named)
        again = asked_for(here, who, here.region, applying.draft)
        contesting.file_contests(here, who, again, organ=law.item.organ, **named)
    receipt = {
        "region": sent.region,
        "number": sent.number,
        "query_code": sent.query_code,
        "answer_due": sent.answer_due.isoformat(),
    }
    drafts.replace(here.database, who.eyes, applying.draft, here.region, {"sent": receipt})
    if code == FOOD:
        _ask_again(here, sent.number)
    return len(asked.asks)


def _contest(here: Platform, who: Standing, applying: Applying, said: list[Value]) -> None:
    contesting.contest(
        here,
        who,
        applying,
        said[0],
        "经营场所地址",
        own=said[-1].value,
        reason="去年扩租了二层，变更登记已经办好，这里还是旧的地址。",
    )


def _ask_again(here: Platform, number: str) -> None:
    clerk = people.standing(here.database, CLERK, here.today(), name="罗小雨")
    for act in (Claim(), AskCorrection((_AGAIN,))):
        key = f"ask-once-{type(act).__name__}-{number}"
        perform(here, act, actor=clerk, region=here.region, number=number, key=key)


def _paper(here: Platform, material: Material, held: Mapping[str, str]) -> Paper:
    if material.held in held:
        return Paper(material.key, material.name, held=held[material.held])
    content = paper_pdf(material.name[:24], [f"{material.name}（演示）"])
    sha256 = here.files.put(content)
    return Paper(material.key, f"{material.name}.pdf", sha256=sha256, media_type=MEDIA_TYPE, size=len(content))
