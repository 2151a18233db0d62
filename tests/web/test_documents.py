"""文书 pages: wording by two people, packages of files for both sides, the archive, and what proves a delivery."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.urls import reverse
from tests.actions.test_dossiers import banjie, through
from tests.outside.test_typesetting import text_of as pdf_text
from tests.town import AGENT, CLERK, DECIDER, FOOD, INSPECTOR, REGION, RESTAURANT, REVIEWER, SECOND_INSPECTOR, Town
from tests.web.visitors import at_town, browser, text_of

from banjie.actions import dossier_zip, dossiers, papers
from banjie.engine.cases import acts
from banjie.engine.cases.state import Stage
from banjie.engine.dossiers import verify
from banjie.packs.wordings import shipped
from banjie.records import cases, documents, wordings
from banjie.records import dossiers as kept
from banjie.records.database import NOBODY
from banjie.records.people import MACHINE

PAGE = f"/manage/documents/{REGION}/acceptance"


@pytest.fixture(scope="module", autouse=True)
def _pages(town: Town) -> Iterator[None]:
    with at_town(town):
        yield


@pytest.fixture(scope="module")
def managers(town: Town) -> tuple[str, str]:
    """Two people who keep the city's items."""
    found = [
        one.username
        for one in town.city.officials
        if any(post.role.value == "manager" and post.region == REGION for post in town.who(one.username).posts)
    ]
    return found[0], found[1]


def texts(**changes: str) -> dict[str, str]:
    passages = {**shipped()["acceptance"].texts, **changes}
    return {f"passage.{key}": text for key, text in passages.items()}


def test_an_unknown_field_is_refused_and_the_nearest_named(managers: tuple[str, str]) -> None:
    wrong = texts(follow="{您}可以凭{办件号}查询。")
    answer = browser(managers[0]).post(PAGE, {**wrong, "do": "save"})
    assert answer.status_code == 422
    said = text_of(answer.content)
    assert "没有名为“办件号”的字段" in said
    assert "{办件编号}" in said
    assert "可以凭{办件号}查询" in said  # What was typed is still there.
    assert browser(managers[0]).post(PAGE, {**wrong, "do": "preview"}).status_code == 422


def test_one_person_drafts_another_publishes_and_old_documents_stay(town: Town, managers: tuple[str, str]) -> None:
    first, second = (browser(one) for one in managers)
    before = issued(town)
    mine = texts(follow="查询进度请打电话 0990-6010000，报上办件编号{办件编号}。")

    preview = first.post(PAGE, {**mine, "do": "preview"})
    assert preview.headers["Content-Type"] == "application/pdf"
    assert "0990-6010000" in pdf_text(preview.content)
    assert "样式预览" in pdf_text(preview.content)
    assert first.post(PAGE, {**mine, "do": "save", "note": "按热线改"}).status_code == 303
    row = wordings.editions(town.platform.database, REGION, "", "acceptance")[0]
    assert set(row.texts) == {"follow"}
    tomorrow = town.platform.today() + timedelta(days=1)
    sent = {"edition": str(row.edition), "in_force_from": tomorrow.isoformat()}
    assert first.post(f"{PAGE}/publish", sent).status_code == 422
    today = second.post(f"{PAGE}/publish", sent | {"in_force_from": town.platform.today().isoformat()})
    assert today.status_code == 422
    assert "最早是明天" in text_of(today.content)
    assert second.post(f"{PAGE}/publish", sent).status_code == 303
    assert "已公布" in text_of(second.get(f"/manage/documents?region={REGION}").content)

    town.clock.move(days=1)
    after = issued(town)
    assert "0990-6010000" in pdf_text(sealed(town, after, "acceptance"))
    assert "0990-6010000" not in pdf_text(sealed(town, before, "acceptance"))
    town.clock.move(days=-1)


def issued(town: Town) -> str:
    """A case that has been accepted."""
    number = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, number, acts.Claim())
    town.act(CLERK, number, acts.Accept())
    return number


def sealed(town: Town, number: str, kind: str) -> bytes:
    """The PDF of one of its documents, made now."""
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    rows = documents.of_case(town.platform.database, MACHINE.eyes, REGION, found.id)
    row = next(one for one in rows if one.kind == kind)
    papers.seal_documents(town.platform, REGION, found.id, row.seq)
    return papers.document_pdf(town.platform, MACHINE, REGION, row.id)


def test_nobody_else_words_documents(town: Town) -> None:
    assert browser(CLERK).get(PAGE).status_code == 403
    assert browser(AGENT).get(PAGE).status_code in (302, 403)
    assert browser().get(PAGE).status_code == 302


def test_both_sides_ask_for_the_files_and_nobody_else(town: Town, tmp_path: Path) -> None:
    """The journey of the lawyer: asked for, made, downloaded, verified off-line by the command, changed, refused."""
    number = through(town)
    town.settle()
    address = f"/files/{REGION}/{number}"
    for username in (AGENT, CLERK):
        asked = browser(username).post(f"{address}/ask", {"papers": "content"})
        assert asked.status_code == 303
        page = browser(username).get(address)
        assert "正在制作" in text_of(page.content)
        found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
        assert found is not None
        for row in kept.of_case(town.platform.database, MACHINE.eyes, REGION, found.id):
            dossiers.make_dossier(town.platform, REGION, row.id)
        said = text_of(browser(username).get(address).content)
        assert "已做好" in said
        assert "电子送达" in said
        mine = kept.of_case(town.platform.database, town.who(username).eyes, REGION, found.id)[0]
        download = browser(username).get(f"/files/{REGION}/{mine.id}.zip")
        assert download.headers["Content-Type"] == "application/zip"
        content = b"".join(download.streaming_content)  # type: ignore[attr-defined]  # a FileResponse
        assert verify(dossier_zip.read(io.BytesIO(content))).ok
        sound, changed = tmp_path / f"{username}.zip", tmp_path / f"{username}-changed.zip"
        sound.write_bytes(content)
        place = content.index("材料齐全".encode())
        changed.write_bytes(content[:place] + "材料不齐".encode() + content[place + 12 :])
        root = tmp_path / "root.pem"
        root.write_bytes(browser().get("/files/root.pem").content)
        accepted = banjie("verify", str(sound), "--root", str(root))
        assert (accepted.returncode, "签名有效" in accepted.stdout) == (0, True), accepted.stdout
        refused = banjie("verify", str(changed))
        assert refused.returncode == 1
        assert "被改动" in refused.stdout
        assert browser("zhouyibo").get(f"/files/{REGION}/{mine.id}.zip").status_code == 404
    assert browser("zhouyibo").get(address).status_code == 404
    assert browser().get(address).status_code == 302
    for username in (AGENT, CLERK):
        case = f"/me/cases/{REGION}/{number}" if username == AGENT else f"/office/cases/{REGION}/{number}"
        assert address in browser(username).get(case).content.decode()


def test_opening_a_document_signed_in_is_evidence_for_both_sides(town: Town) -> None:
    number = through(town)
    town.settle()
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, number)
    assert found is not None
    row = next(
        one
        for one in documents.of_case(town.platform.database, MACHINE.eyes, REGION, found.id)
        if one.kind == "approval"
    )
    papers.seal_documents(town.platform, REGION, found.id, row.seq)
    assert "还没有在平台打开" in text_of(browser(CLERK).get(f"/files/{REGION}/{number}").content)

    assert browser(AGENT).get(reverse("my-document", args=(REGION, row.id))).status_code == 200
    for username in (AGENT, CLERK):
        said = text_of(browser(username).get(f"/files/{REGION}/{number}").content)
        assert "第一次打开" in said
        assert row.number in said


def decided(town: Town) -> str:
    """A case that has been granted and not delivered."""
    number = issued(town)
    town.act(REVIEWER, number, acts.StartReview())
    town.act(REVIEWER, number, acts.FinishStep("review", "齐全"))
    town.act(INSPECTOR, number, acts.FinishStep("site_visit", "一致"))
    town.act(SECOND_INSPECTOR, number, acts.FinishStep("site_visit", "一致"))
    town.act(DECIDER, number, acts.Approve("准予"))
    return number


def test_the_desk_asks_for_the_proofs_of_the_way(town: Town) -> None:
    number = decided(town)
    clerk = browser(CLERK)
    case = f"/office/cases/{REGION}/{number}"
    form = text_of(clerk.get(f"{case}?act=deliver&way=post").content)
    assert "邮件单号" in form
    refused = clerk.post(f"{case}/act/deliver", {"way": "post", "details.received_by": "江晚", "key": "k" * 20})
    assert refused.status_code in (409, 422)
    assert "邮件单号" in text_of(refused.content)
    posted = {
        "way": "post",
        "details.tracking": "EX990100",
        "details.received_by": "江晚",
        "details.served_on": town.platform.today().isoformat(),
        "key": "m" * 20,
    }
    assert clerk.post(f"{case}/act/deliver", posted).status_code == 303
    assert town.case(number).stage is Stage.DELIVERED
    receipt = pdf_text(sealed(town, number, "delivery"))
    assert "EX990100" in receipt
    assert "江晚" in receipt
    assert "许准〔2026〕" in receipt  # The number of what was delivered.


def test_the_archive_page(town: Town) -> None:
    number = through(town)
    town.settle()
    page = text_of(browser(CLERK).get("/office/archive").content)
    assert number in page
    assert browser(CLERK).post(f"/office/archive/{REGION}/{number}").status_code == 303
    page = text_of(browser(CLERK).get("/office/archive").content)
    assert "档〔2026〕第" in page
    assert browser("qinjianlu").post(f"/office/archive/{REGION}/{number}").status_code in (403, 404, 409, 422)
    assert browser(AGENT).get("/office/archive").status_code in (302, 403)


def test_a_mandate_is_printed_as_a_letter_by_both_sides_and_nobody_else(town: Town) -> None:
    with town.platform.database.seen_by(MACHINE.eyes) as cursor:
        row = cursor.execute(
            "SELECT id::text AS id, account FROM mandates WHERE status = 'in_force' AND relation = 'agent' LIMIT 1"
        ).fetchone()
    if row is None:
        pytest.skip("nobody in the town has given a mandate")
    address = reverse("my-mandate-letter", args=(row["id"],))
    answer = browser(row["account"]).get(address)
    assert answer.status_code == 200
    assert "授权委托书" in pdf_text(answer.content)
    assert browser("zhouyibo").get(address).status_code == 404


def test_what_is_delivered_and_archived_is_nobody_else_s_business(town: Town) -> None:
    """A stranger, an office without part in it and nobody at all see no opening, no package, no waiting case."""
    for eyes in (town.who("zhouyibo").eyes, town.who("qinjianlu").eyes, NOBODY):
        with town.platform.database.seen_by(eyes) as cursor:
            for query in (
                "SELECT * FROM document_openings",
                "SELECT * FROM dossiers",
                "SELECT * FROM archive_waiting",
            ):
                assert cursor.execute(query).fetchall() == [], (query, eyes)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), town.platform.database.seen_by(MACHINE.eyes) as cursor:
        cursor.execute("UPDATE day_seals SET root = ''")


def test_numbers_have_no_gap_under_concurrency_and_rollback(town: Town) -> None:
    """Many desks at once, some of them undone in the middle: the numbers of the organ run on without a gap."""
    found = cases.find(town.platform.database, MACHINE.eyes, REGION, issued(town))
    assert found is not None
    database = town.platform.database

    def issue(index: int) -> None:
        document = f'[{{"id": "00000000-0000-4000-8000-{index:012d}", "seq": 1, "kind": "receipt", "series": "试",'
        document += ' "prefix": "澜审", "content": {}}]'
        try:
            with database.seen_by(MACHINE.eyes) as cursor:
                cursor.execute(
                    "SELECT keep_documents(%s, %s, %s, now(), 2026, %s::jsonb)",
                    (REGION, found.id, found.case.organ, document),
                )
                if index % 3 == 0:
                    raise psycopg.errors.RaiseException("undone")
        except psycopg.errors.RaiseException:
            pass

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(issue, range(40)))
    with database.seen_by(MACHINE.eyes) as cursor:
        rows = cursor.execute(
            "SELECT number FROM documents WHERE region = %s AND number LIKE '%%）试〔2026〕%%' ORDER BY number",
            (REGION,),
        ).fetchall()
    serials = [int(row["number"].split("第")[1].rstrip("号")) for row in rows]
    assert serials == list(range(1, 27))
