"""Before an application: the home page, the search, an item's guide, and for whom one applies."""

import unicodedata
from dataclasses import dataclass

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from banjie.actions.submissions import closed_online
from banjie.engine.catalogue import Audience, Depth, Item, ItemKind
from banjie.engine.clock import Term
from banjie.engine.subject import Refused
from banjie.engine.workflow import StepKind
from banjie.packs.templates import TEMPLATES
from banjie.records import catalogue
from banjie.records.catalogue import Hit
from banjie.records.drafts import Draft
from banjie.web import filling
from banjie.web.context import render
from banjie.web.identity import PARTY_KEY, signed_in, visitor
from banjie.wiring import platform

PAGE_SIZE = 20
POPULAR = 8
"""How many matters the home page names."""
FEATURED_WORDS = ("开饭馆", "开药店", "开理发店", "歇业", "挖路", "水土保持")
"""What people ask the hotline for most, in their own words; the catalogue says which items these are."""
_FEATURED_KEY = "banjie.featured"
MOST_WORDS = 60
"""Characters of a search that are looked at."""

AUDIENCES = {"person": Audience.PERSON, "company": Audience.ENTERPRISE}
AUDIENCE_NAMES = {
    Audience.PERSON: "个人",
    Audience.ENTERPRISE: "企业和个体工商户",
    Audience.INSTITUTION: "事业单位",
    Audience.SOCIAL_ORGANISATION: "社会组织",
    Audience.ORGAN: "行政机关",
    Audience.OTHER: "其他组织",
}
KIND_NAMES = {
    ItemKind.LICENCE: "行政许可",
    ItemKind.PENALTY: "行政处罚",
    ItemKind.COERCION: "行政强制",
    ItemKind.LEVY: "行政征收",
    ItemKind.PAYMENT: "行政给付",
    ItemKind.INSPECTION: "行政检查",
    ItemKind.CONFIRMATION: "行政确认",
    ItemKind.REWARD: "行政奖励",
    ItemKind.RULING: "行政裁决",
    ItemKind.OTHER: "其他行政权力",
    ItemKind.PUBLIC_SERVICE: "公共服务",
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """首页: what do you want to do? Below it what others do, and where one's own things are."""
    who = visitor(request)
    hits = featured()
    drafts = filling.unsent(platform(), who.standing)[:3] if who.standing else ()
    context = {"hits": hits, "drafts": [_draft_line(draft) for draft in drafts]}
    return render(request, "citizen/home.html", context, search=False)


def featured() -> tuple[Hit, ...]:
    """The matters the home page names: what the featured words find, filled up with others. Kept for a minute."""
    known: tuple[Hit, ...] | None = cache.get(_FEATURED_KEY)
    if known is None:
        found: dict[tuple[str, str], Hit] = {}
        for words in (*FEATURED_WORDS, ""):
            most = 1 if words else POPULAR
            for hit in catalogue.search(platform().database, words, region=None, audience=None, most=most):
                found.setdefault((hit.region, hit.code), hit)
        known = tuple(found.values())[:POPULAR]
        cache.set(_FEATURED_KEY, known, timeout=60)
    return known


def _draft_line(draft: Draft) -> dict[str, object]:
    law = platform().laws.published(draft.region, draft.item)
    return {"draft": draft, "name": law.item.heading if law else "事项已停止受理的申请"}


# --- search ---


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with the reason why it is one."""

    hit: Hit
    why: str


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """事项搜索: everyday words are as good as official ones, and each hit says where the words were found."""
    words = clean(request.GET.get("q", ""))
    for_whom = request.GET.get("for", "")
    audience = AUDIENCES.get(for_whom)
    page = _page_number(request.GET.get("page", ""))
    hits = catalogue.search(
        platform().database,
        words,
        region=None,
        audience=audience.value if audience else None,
        most=PAGE_SIZE + 1,
        offset=(page - 1) * PAGE_SIZE,
    )
    context = {
        "words": words,
        "for_whom": for_whom if audience else "",
        "found": [Found(hit, why(hit, words)) for hit in hits[:PAGE_SIZE]],
        "number": page,
        "more": len(hits) > PAGE_SIZE,
        "popular": featured() if not hits else (),
        "kinds": {kind.value: name for kind, name in KIND_NAMES.items()},
    }
    return render(request, "citizen/search.html", context, nav=for_whom if audience else "", query=words)


def clean(words: str) -> str:
    """A search as it is looked up: composed, half-width, without control characters, not endless."""
    text = unicodedata.normalize("NFKC", words)
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())[:MOST_WORDS]


def why(hit: Hit, words: str) -> str:
    """Where the words of a search were found, as a person would say it."""
    match hit.why:
        case "俗称":
            names = hit.popular.split()
            called = next((name for name in names if words in name or name in words), "")
            called = called or next((name for name in names if any(part in name for part in words.split())), "")
            return f"大家也叫它“{called}”" if called else "常用叫法和您搜索的词相近"
        case "名称":
            return "名称里有您搜索的词"
        case "机关":
            return "由您搜索的机关办理"
        case "编码":
            return "事项编码相符"
        case "相近":
            return "和您搜索的词相近"
        case _:
            return ""


def _page_number(text: str) -> int:
    return min(int(text), 500) if text.isascii() and text.isdigit() and int(text[:6]) > 0 else 1


# --- the guide of an item ---


@require_GET
def item(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """办事指南: days, fee, minutes and papers first; the way; what to bring; the law folded."""
    found = published(region, code)
    nav = "person" if found.audiences == (Audience.PERSON,) else "company"
    context = {
        "item": found,
        "facts": facts(found),
        "chips_of": chips(found),
        "steps": steps(found),
        "for_whom": "、".join(AUDIENCE_NAMES[audience] for audience in found.audiences),
        "kind": KIND_NAMES[found.kind],
        "total_fee": sum(fee.amount_fen for fee in found.fees),
        "start": reverse("start", args=(region, code)),
        "closed": closed_online(platform(), found),
        "standard_form": found.form == TEMPLATES["standard"].form,
    }
    return render(request, "citizen/item.html", context, nav=nav)


def published(region: str, code: str) -> Item:
    """The edition in force. Raises Http404 when there is none."""
    law = platform().laws.published(region, code)
    if law is None:
        raise Http404("没有这个事项")
    return law.item


def facts(found: Item) -> list[tuple[str, str, str]]:
    """The four things people look for: how long, how much, how many minutes, how many papers."""
    total = sum(fee.amount_fen for fee in found.fees)
    uploads = [material for material in found.materials if material.required and not material.held]
    some = any(material.when for material in uploads)
    papers = f"{'最多 ' if some else ''}{len(uploads)} 份" if uploads else "不用上传"
    held = sum(1 for material in found.materials if material.held)
    return [
        (
            "承诺办结",
            term_words(found.promised),
            f"法定 {term_words(found.statutory)}" if found.statutory.number else "",
        ),
        ("收费", _yuan(total) if found.fees else "免费", ""),
        ("填写大约需要", f"{found.minutes} 分钟", ""),
        ("需上传材料", papers, f"另有 {held} 份免提交" if held else ""),
    ]


def term_words(term: Term) -> str:
    """A term as people say it: 8 个工作日, 当场办结."""
    return f"{term.number} {term.unit.label}" if term.number else "当场办结"


def _yuan(fen: int) -> str:
    return f"{fen // 100:,} 元" if fen % 100 == 0 else f"{fen / 100:,.2f} 元"


def chips(found: Item) -> list[dict[str, str]]:
    """What makes this item light, in a few words."""
    visits = f"最多跑 {found.visits} 次"
    listed = [{"text": "窗口办理"}]
    if not closed_online(platform(), found):
        whole = found.depth is Depth.WHOLE
        listed = [{"text": "可全程网办", "kind": "good"}] if whole else [{"text": "部分网上办理"}]
    listed.append({"text": visits})
    if found.by_promise:
        listed.append({"text": "可以告知承诺"})
    if not found.promised.number:
        listed.append({"text": "当场办结"})
    if found.mailing:
        listed.append({"text": "结果可邮寄"})
    return listed


def steps(found: Item) -> list[dict[str, str]]:
    """The way of an application, each step with its days."""
    inner = [
        {"text": step.name, "note": term_words(step.term) if step.term else ""}
        for step in found.workflow.steps
        if step.kind is not StepKind.DECISION
    ]
    last = {"text": "领取证照" if found.result else "领取结果", "note": "网上下载"}
    return [
        {"text": "网上申请", "note": f"约 {found.minutes} 分钟"},
        {"text": "受理", "note": f"{term_words(found.reply)}内答复" if found.promised.number else "当场"},
        *inner,
        {"text": "决定", "note": ""},
        last,
    ]


# --- for whom ---


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def start(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """为谁办理: the person herself or someone who gave her a mandate; then the draft is begun."""
    found = published(region, code)
    if reason := closed_online(platform(), found):
        raise Refused(
            reason.removesuffix("。"), rule="网上办理深度", remedy="请按办事指南上的地址到窗口办理，或先打咨询电话"
        )
    who = visitor(request)
    assert who.standing is not None  # noqa: S101 — the door `signed_in` lets nobody else in.
    parties = [party for party in who.standing.parties if filling.may_apply(found, party)]
    error = ""
    if request.method == "POST":
        chosen = next((party for party in parties if party.id == request.POST.get("party", "")), None)
        if chosen is not None:
            request.session[PARTY_KEY] = chosen.id
            draft = filling.begin(platform(), who.standing, found, chosen)
            return HttpResponseRedirect(
                reverse("apply-guide" if found.questions else "apply", args=(draft,)), status=303
            )
        error = "请选择为谁办理"
    begun = [
        draft
        for draft in filling.unsent(platform(), who.standing)
        if (draft.region, draft.item) == (found.region, found.code)
    ]
    names = {party.id: party.name for party in who.standing.parties}
    # With several to choose from nothing is chosen beforehand: an application in the wrong name is hard to mend.
    session = str(request.session.get(PARTY_KEY, ""))
    current = parties[0].id if len(parties) == 1 else session
    context = {
        "item": found,
        "options": [
            {
                "value": party.id,
                "text": party.name,
                "hint": "本人" if party.kind == "person" else f"统一社会信用代码 {party.code}",
            }
            for party in parties
        ],
        "chosen": request.POST.get("party", current),
        "error": error,
        "begun": [(draft, names.get(draft.holder, "其他申请人")) for draft in begun],
        "for_whom": "、".join(AUDIENCE_NAMES[audience] for audience in found.audiences),
    }
    return render(request, "citizen/start.html", context, status=422 if error else 200, errors=bool(error))
