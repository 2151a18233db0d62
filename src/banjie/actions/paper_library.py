"""我的材料库: what a party gave before, offered again. Papers of decided cases flow in by themselves.

A copy of a paper that somebody stands for (grade A or B) bears a watermark naming its provider, its purpose and its
validity when it is handed over (国办函〔2016〕108号), so that it is of no use for anything else.
"""

from collections.abc import Iterable
from datetime import date

from banjie.actions.hands import Hands
from banjie.actions.paper_receiving import Stored, as_received, files_away, kind_of
from banjie.actions.platform import Platform
from banjie.actions.ports import FilesAway
from banjie.engine.cases import Case, Paper
from banjie.engine.catalogue import Item, Material
from banjie.engine.certificates import Certificate
from banjie.engine.papers import Grade, Kind, captioned, grade_of, has_run_out, tidy_name, watermark
from banjie.engine.permissions import Role
from banjie.engine.subject import Refused
from banjie.records import cases, paper_library, papers
from banjie.records.journal import Entry
from banjie.records.paper_library import Given, LibraryPaper
from banjie.records.papers import FileRow
from banjie.records.people import MACHINE, Standing

PAGE = 30
"""Papers on a page of the library."""

NAME_LIMIT = 60
"""Characters a paper's name may have."""

_VERIFIERS = frozenset({Role.WINDOW, Role.REVIEWER, Role.HEAD})
_RULE = "国办函〔2016〕108号（材料可信等级）"


def standard_of(material: Material) -> str:
    """Under what a material is the same for all items: its standard material, else its name."""
    return material.standard or material.name


# --- flowing in ---


def collect(hands: Hands, entry: Entry) -> None:
    """A case has been decided: what was handed in for it is in its applicant's library from now on."""
    found = cases.find_by_id(hands.platform.database, MACHINE.eyes, entry.region, entry.subject)
    if found is None:
        return
    law = hands.platform.laws.law(entry.region, found.case.item, found.case.edition)
    if law is None:
        return
    given = given_in(hands.platform, found.case, law.item)
    paper_library.put(
        hands.platform.database,
        MACHINE.eyes,
        region=entry.region,
        party=found.case.holder.id,
        at=entry.at,
        papers=given,
    )


def given_in(platform: Platform, case: Case, item: Item) -> list[Given]:
    """The papers of a case as its applicant's library keeps them: uploads, no copies made here, nothing held."""
    materials = {material.key: material for material in item.materials}
    uploaded = [paper for paper in case.papers if paper.sha256 and paper.material in materials]
    known = papers.known(platform.database, [paper.sha256 for paper in uploaded])
    return [
        _given(paper, materials[paper.material], case, item)
        for paper in uploaded
        if not (paper.sha256 in known and known[paper.sha256].copy_of)
    ]


def _given(paper: Paper, material: Material, case: Case, item: Item) -> Given:
    return Given(
        standard=standard_of(material),
        material=material.name,
        name=paper.name,
        sha256=paper.sha256,
        media_type=paper.media_type,
        size=paper.size,
        grade=grade_of(material.source),
        case_number=case.number,
        item_name=item.heading,
    )


def keep_issued(platform: Platform, region: str, certificate: Certificate, sha256: str) -> None:
    """A certificate the city has issued and sealed is its holder's, to be handed over as grade A."""
    with platform.files.open(sha256) as content:
        size = content.seek(0, 2)
    given = Given(
        standard=certificate.kind,
        material=certificate.name,
        name=f"{certificate.name}.pdf",
        sha256=sha256,
        media_type=Kind.PDF.media_type,
        size=size,
        grade=Grade.A,
        issuer=certificate.organ_name,
        valid_until=certificate.valid_until,
        item_name=certificate.number,
    )
    paper_library.put(
        platform.database,
        MACHINE.eyes,
        region=region,
        party=certificate.holder,
        at=platform.now(),
        papers=[given],
    )


# --- using again ---


def offered(
    platform: Platform, standing: Standing, party: str, materials: Iterable[Material]
) -> dict[str, tuple[LibraryPaper, ...]]:
    """Material key → the party's papers that would do for it, those past their last day left out."""
    wanted = {material.key: standard_of(material) for material in materials}
    found = paper_library.for_materials(platform.database, standing.eyes, party, sorted(set(wanted.values())))
    today = platform.today()
    usable = [one for one in found if not has_run_out(one.valid_until, today)]
    return {
        key: tuple(one for one in usable if one.standard == standard)
        for key, standard in wanted.items()
        if any(one.standard == standard for one in usable)
    }


def usable(platform: Platform, standing: Standing, region: str, party: str, paper: str) -> LibraryPaper:
    """A paper out of the party's library. Raises KeyError for a stranger's, `Refused` for one that has run out."""
    found = paper_library.find(platform.database, standing.eyes, region, paper)
    if found is None or found.party != party:
        raise KeyError(paper)
    if has_run_out(found.valid_until, platform.today()):
        raise Refused(f"“{found.name}”已经过了有效期", rule="材料有效期", remedy="请上传一份新的，或请发证机关换发")
    return found


def copy_for(platform: Platform, paper: LibraryPaper, *, provider: str, purpose: str) -> Stored:
    """The paper as it is handed over for one purpose: marked where somebody stands for it, else as it is."""
    kind = kind_of(paper.media_type)
    if not paper.grade.bears_watermark or kind is None or not (kind is Kind.PDF or kind.is_picture):
        return as_received(platform, paper.sha256, paper.name)
    words = watermark(
        provider=paper.issuer or paper.verified_office or provider, purpose=purpose, valid_until=paper.valid_until
    )
    try:
        with platform.files.open(paper.sha256) as content:
            marked = platform.papers.marked(content, kind, words)
        sha256 = platform.files.put(marked)
    except FilesAway as away:
        raise files_away() from away
    name = paper.name if kind is Kind.PDF else f"{paper.name.rsplit('.', 1)[0]}.pdf"
    stored = Stored(sha256, Kind.PDF.media_type, len(marked), name, original=paper.sha256)
    row = FileRow(
        sha256=sha256,
        kind=Kind.PDF,
        size=stored.size,
        pages=0,
        original="",
        copy_of=paper.sha256,
        thumbnail="",
        scan="unscanned",
        scanned_by="本平台制作",
        finding="",
        received_at=platform.now(),
    )
    papers.keep(platform.database, [row])
    return stored


# --- the owner's and the clerk's words about a paper ---


def rename(platform: Platform, standing: Standing, region: str, paper: LibraryPaper, words: str) -> str:
    """Calls a paper something else, with the ending it has; answers with its name. Raises `Refused` for no name."""
    tidy = tidy_name(words)[:NAME_LIMIT] if words.strip() else ""
    if not tidy:
        raise Refused("材料名称不能空着", rule="我的材料库", remedy="请填写一个您认得的名称", field="name")
    ending = paper.name.rpartition(".")[2]
    name = captioned(tidy.removesuffix(f".{ending}"), paper.name)
    paper_library.rename(platform.database, standing.eyes, region, paper.id, name)
    return name


def verify(platform: Platform, standing: Standing, region: str, number: str, sha256: str) -> bool:
    """核对原件: an official who handles a case says that a paper of it is what its original is. False if said before.

    Raises KeyError for a paper that is not of this case, `Refused` for who does not receive or review papers.
    """
    found = cases.find(platform.database, standing.eyes, region, number)
    if found is None or all(paper.sha256 != sha256 for paper in found.case.papers):
        raise KeyError(sha256)
    post = next((one for one in standing.posts if one.role in _VERIFIERS and one.office == found.case.organ), None)
    if post is None:
        raise Refused("只有受理或审查这件事的工作人员可以核对原件", rule=_RULE, remedy="请由窗口工作人员核对")
    return paper_library.verify(
        platform.database,
        standing.eyes,
        region=region,
        party=found.case.holder.id,
        sha256=sha256,
        name=standing.actor.name,
        office=post.office,
        number=number,
    )


def remaining_words(valid_until: date | None) -> str:
    """How long a paper is valid, as a list says it."""
    return f"有效期至 {valid_until:%Y-%m-%d}" if valid_until else "没有期限"
