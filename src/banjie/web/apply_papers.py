"""The papers of an application: many files to a material, from a file, a camera or her library, or promised for later.

Everything here works with a plain form. With scripts, `upload.js` sends files piece by piece to `apply_uploads`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from banjie.actions import paper_drafts, paper_library, paper_uploads
from banjie.actions.paper_receiving import STATES, Stored, keep_uploads
from banjie.engine.catalogue import Material
from banjie.engine.ids import Malformed
from banjie.engine.papers import BY_MEDIA_TYPE, Kind, Limits, limits_of, size_words
from banjie.engine.subject import Refused
from banjie.records import drafts
from banjie.records import paper_library as library
from banjie.records import papers as files
from banjie.records.paper_library import LibraryPaper
from banjie.records.papers import Upload
from banjie.web import filling
from banjie.web.apply import filled_by_me, me, onward
from banjie.web.context import render
from banjie.web.draft_filled import Filling
from banjie.web.paper_answers import paper_answer, thumbnail_answer
from banjie.web.paper_lines import PaperLine
from banjie.wiring import platform

PREFIX = "paper-"
PHOTO = "photo-"
"""Before the input that opens a phone's camera."""
LATER = "later-"
LATER_NAME = "later-name"
CAPTION = "caption-"
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.heic,.docx,.xlsx,.ofd,image/*"


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file as the page lists it."""

    id: str
    name: str
    caption: str
    about: str
    href: str
    thumbnail: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A material with everything that can be done for it."""

    line: PaperLine
    error: str
    hint: str
    files: tuple[FileLine, ...]
    offers: tuple[LibraryPaper, ...]
    unfinished: tuple[Upload, ...]
    later_day: str


@require_http_methods(["GET", "HEAD", "POST"])
@filled_by_me
def papers(request: HttpRequest, found: Filling) -> HttpResponse:
    """申请材料: what the city holds is not asked for; the rest is uploaded here, or promised where that is allowed."""
    if not found.situation.complete:
        return onward("apply-guide", found)
    if request.method != "POST":
        return _page(request, found)
    kept, errors = take(request, found)
    if _rearranged(request) and not errors:
        return onward("apply-papers", kept)
    if not errors and request.POST.get("then") == "later":
        return onward("apply", kept)
    if not _rearranged(request):
        errors = {
            line.material.key: missing(line)
            for line in kept.lines
            if not line.settled and LATER + line.material.key not in request.POST
        } | errors
    if errors:
        return _page(request, kept, errors)
    return onward("apply-check" if not kept.gaps else "apply", kept)


def _rearranged(request: HttpRequest) -> bool:
    """Whether one of the small buttons was pressed, after which one stays on the page."""
    return any(request.POST.get(name) for name in ("remove", "up", "reuse", "give_up"))


def take(request: HttpRequest, found: Filling) -> tuple[Filling, dict[str, str]]:
    """Keeps what was uploaded, named, moved, removed and promised; and what is wrong, by material."""
    standing, draft = me(request), found.draft
    errors: dict[str, str] = {}
    captions = {
        name.removeprefix(CAPTION): str(value) for name, value in request.POST.items() if name.startswith(CAPTION)
    }
    if captions:
        paper_drafts.caption(platform(), standing, draft, captions)
    for line in found.lines:
        uploads = [
            *request.FILES.getlist(PREFIX + line.material.key),
            *request.FILES.getlist(PHOTO + line.material.key),
        ]
        if uploads and not line.held:
            error = _keep(request, found, line.material, uploads)
            if error:
                errors[line.material.key] = error
    if reuse := request.POST.get("reuse"):
        key, _, paper = reuse.partition("|")
        if error := _reuse(request, found, key, paper):
            errors[key] = error
    if gone := request.POST.get("remove"):
        paper_drafts.take_out(platform(), standing, draft, gone)
    if moved := request.POST.get("up"):
        paper_drafts.move_up(platform(), standing, draft, moved)
    if left := request.POST.get("give_up"):
        _give_up(request, found, left)
    return _promised(request, _read_again(request, found), errors)


def _keep(request: HttpRequest, found: Filling, material: Material, uploads: "list[UploadedFile[Any]]") -> str:
    """Keeps the files of one material; what is wrong with those that were not kept."""
    limits = limits_of(material, found.item.papers_mb)
    try:
        kept = received(material, uploads, limits)
    except Refused as refusal:
        return f"{material.name}：{refusal.reason}。{refusal.remedy}"
    good = [one for one in kept if isinstance(one, Stored)]
    faults = [one for one in kept if isinstance(one, Malformed)]
    if good:
        faults += paper_drafts.add(platform(), me(request), found.draft, material.key, limits, good)[1]
    return words_of(material, faults)


def received(material: Material, uploads: "list[UploadedFile[Any]]", limits: Limits) -> list[Stored | Malformed]:
    """The uploads of one material, each kept or with what is wrong with it."""
    return keep_uploads(platform(), [(one.name or material.name, cast("IO[bytes]", one)) for one in uploads], limits)


def words_of(material: Material, faults: list[Malformed]) -> str:
    """What is wrong with files of a material, in one line beside its control."""
    if not faults:
        return ""
    return f"{material.name}：" + "；".join(f"{fault.reason}。{fault.remedy}" for fault in faults)


def _reuse(request: HttpRequest, found: Filling, key: str, paper: str) -> str:
    """Takes a paper out of her library for this application: "" or what is wrong."""
    line = next((one for one in found.lines if one.material.key == key and not one.held), None)
    if line is None:
        return ""
    standing, material = me(request), line.material
    try:
        chosen = next(
            one
            for one in paper_library.offered(platform(), standing, found.holder.id, [material]).get(key, ())
            if one.id == paper
        )
        stored = paper_library.copy_for(
            platform(), chosen, provider=found.holder.name, purpose=f"办理“{found.item.heading}”"
        )
    except (StopIteration, KeyError):
        return f"{material.name}：材料库里没有这份材料，或者已经过了有效期。请上传一份新的"
    except Refused as refusal:
        return f"{material.name}：{refusal.reason}。{refusal.remedy}"
    limits = limits_of(material, found.item.papers_mb)
    more = {"library": chosen.id, "grade": str(chosen.grade)}
    _, faults = paper_drafts.add(platform(), standing, found.draft, key, limits, [stored], more=more)
    return words_of(material, faults)


def _give_up(request: HttpRequest, found: Filling, upload: str) -> None:
    draft = found.draft
    for one in files.uploads_of(platform().database, me(request).eyes, draft.region, draft.id):
        if one.id == upload:
            paper_uploads.give_up(platform(), me(request), one)


def _read_again(request: HttpRequest, found: Filling) -> Filling:
    """The application with its papers as they are in the draft now, other tabs' included."""
    again = drafts.find(platform().database, me(request).eyes, found.draft.id)
    return replace(found, draft=again) if again else found


def _promised(request: HttpRequest, found: Filling, errors: dict[str, str]) -> tuple[Filling, dict[str, str]]:
    """容缺: what is promised for later, with the promisor's name under it."""
    given = {str(one["material"]) for one in found.content.get("papers", ())}
    later = [
        line.material.key
        for line in found.lines
        if line.material.tolerable_days
        and line.material.key not in given
        and request.POST.get(LATER + line.material.key)
    ]
    name = request.POST.get(LATER_NAME, "").strip()
    if later and name != me(request).actor.name:
        own = me(request).actor.name
        said = "请写上您的姓名" if not name else f"请写您本人的姓名“{own}”"
        errors = errors | {LATER_NAME: f"{said}，表示您承诺按期补交材料"}
        later = []
    changed = filling.save(platform(), me(request), found, later=later)
    return changed, errors


def missing(line: PaperLine) -> str:
    """What to do about a paper that is not there."""
    way = "，或勾选“稍后补交”" if line.material.tolerable_days else ""
    return f"还没有上传“{line.material.name}”。请选择文件或拍照上传{way}"


# --- the page ---


def _page(request: HttpRequest, found: Filling, errors: dict[str, str] | None = None) -> HttpResponse:
    wrong = errors or {}
    cards = cards_of(request, found, wrong)
    ticked = {name.removeprefix(LATER) for name in request.POST if name.startswith(LATER)}
    context = {
        "filling": found,
        "item": found.item,
        "cards": cards,
        "ticked": ticked,
        "tolerable": [card for card in cards if card.later_day and not card.files and not card.line.held],
        "later_name": _name_shown(request, found),
        "later_error": wrong.get(LATER_NAME, ""),
        "errors": [
            {"field": key if key == LATER_NAME else PREFIX + key, "message": message} for key, message in wrong.items()
        ],
        "accept": ACCEPT,
        "uploads": reverse("apply-uploads", args=(found.draft.id,)),
        "back": found.page("apply-section", found.sections[-1].key) if found.sections else found.page("apply"),
    }
    status = 422 if wrong else 200
    return render(request, "apply/papers.html", context, status=status, errors=bool(wrong), search=False)


def _name_shown(request: HttpRequest, found: Filling) -> str:
    """The promisor's name as it was typed, or as it stands under what was promised before."""
    return request.POST.get(LATER_NAME, "") or (me(request).actor.name if found.content.get("later") else "")


def cards_of(request: HttpRequest, found: Filling, wrong: Mapping[str, str]) -> list[Card]:
    """Every material of this situation with its files, offers and unfinished uploads."""
    standing, draft = me(request), found.draft
    kept = list(found.content.get("papers", ()))
    hashes = [str(one["sha256"]) for one in kept]
    known = files.known(platform().database, hashes)
    before = library.same(platform().database, standing.eyes, found.holder.id, hashes) if hashes else {}
    offers = paper_library.offered(platform(), standing, found.holder.id, [line.material for line in found.lines])
    unfinished = files.uploads_of(platform().database, standing.eyes, draft.region, draft.id)
    names = {line.material.key: line.material.name for line in found.lines}
    cards = []
    for line in found.lines:
        key = line.material.key
        own = [one for one in kept if one["material"] == key]
        used = {str(one.get("library", "")) for one in own}
        cards.append(
            Card(
                line=line,
                error=wrong.get(key, ""),
                hint=_hint(line.material, found.item.papers_mb),
                files=tuple(_file(found, one, kept, names, known, before) for one in own),
                offers=tuple(one for one in offers.get(key, ()) if one.id not in used),
                unfinished=tuple(one for one in unfinished if one.material == key),
                later_day=_later_day(found, line.material),
            )
        )
    return cards


def _hint(material: Material, application_mb: int) -> str:
    said = limits_of(material, application_mb).words
    return f"{material.hint} {said}。" if material.hint else f"{said}。"


def _later_day(found: Filling, material: Material) -> str:
    """The last day for a promised paper if the application were accepted today, "" where none may be promised."""
    if not material.tolerable_days:
        return ""
    day = found.law.calendar.add_working(platform().today(), material.tolerable_days)
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _file(
    found: Filling,
    one: Mapping[str, Any],
    kept: list[Mapping[str, Any]],
    names: Mapping[str, str],
    known: Mapping[str, files.FileRow],
    before: Mapping[str, LibraryPaper],
) -> FileLine:
    sha256 = str(one["sha256"])
    row = known.get(sha256)
    kind = BY_MEDIA_TYPE.get(str(one.get("media_type", "")))
    about = [kind.label if kind else "", size_words(int(one.get("size", 0)))]
    if kind is Kind.PDF and one.get("pages"):
        about.append(f"{one['pages']} 页")
    if row and row.scan in ("clean", "waiting", "infected"):
        about.append(STATES[row.scan])
    notes = [
        f"与“{names.get(str(other['material']), '')}”里的“{paper_drafts.shown_name(other)}”是同一个文件"
        for other in kept
        if other["sha256"] == sha256 and other["material"] != one["material"]
    ]
    if one.get("grade"):
        notes.append("来自我的材料库")
    elif sha256 in before:
        notes.append(f"与您办理“{before[sha256].item_name}”时提交的是同一个文件")
    drawn = kind is not None and (kind.is_picture or bool(row and row.thumbnail))
    return FileLine(
        id=str(one.get("id") or one["material"]),
        name=paper_drafts.shown_name(one),
        caption=str(one.get("caption", "")),
        about="，".join(part for part in about if part),
        href=found.page("apply-paper", sha256),
        thumbnail=found.page("apply-paper-small", sha256) if drawn else "",
        notes=tuple(notes),
    )


@require_GET
@filled_by_me
def paper(request: HttpRequest, found: Filling, sha256: str) -> HttpResponse:
    """An uploaded paper, to be looked at. Only what this draft holds, never a stranger's file by its name."""
    kept = _held_here(found, sha256)
    return paper_answer(platform(), sha256, str(kept.get("media_type", "")), paper_drafts.shown_name(kept))


@require_GET
@filled_by_me
def small(request: HttpRequest, found: Filling, sha256: str) -> HttpResponse:
    """The small picture of an uploaded paper."""
    _held_here(found, sha256)
    return thumbnail_answer(platform(), sha256)


def _held_here(found: Filling, sha256: str) -> Mapping[str, Any]:
    asked = {line.material.key for line in found.lines}
    for one in found.content.get("papers", ()):
        if one["sha256"] == sha256 and one["material"] in asked:
            return cast("Mapping[str, Any]", one)
    raise Http404("没有这份材料")
