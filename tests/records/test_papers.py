"""Papers leak to nobody: uploads are their account's, libraries their party's, an official's word cannot be forged."""

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from tests.town import AGENT, CLERK, FOOD, REGION, RESTAURANT, Town

from banjie.actions import paper_uploads
from banjie.engine.papers import STANDARD, Grade
from banjie.records import drafts, paper_library, papers
from banjie.records.paper_library import Given
from banjie.records.papers import Upload
from banjie.records.people import MACHINE

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
COLLEAGUE = "xiachunhe"
STRANGERS = ("zhouyibo", "niejiangan", CLERK, "lumingjian")


def draft_of(town: Town, username: str) -> drafts.Draft:
    eyes = town.who(username).eyes
    started = drafts.start(town.platform.database, eyes, region=REGION, holder=RESTAURANT, item=FOOD, edition=1)
    draft = drafts.find(town.platform.database, eyes, started)
    assert draft is not None
    return draft


def upload_of(town: Town, username: str, name: str = "图.pdf") -> tuple[drafts.Draft, Upload]:
    draft = draft_of(town, username)
    return draft, paper_uploads.begin(town.platform, town.who(username), draft, "floor_plan", STANDARD, name, 100)


def test_an_upload_is_its_accounts_alone(town: Town) -> None:
    draft, upload = upload_of(town, AGENT)
    for username in (COLLEAGUE, *STRANGERS):
        eyes = town.who(username).eyes
        assert papers.find_upload(town.platform.database, eyes, REGION, draft.id, uuid.UUID(upload.id)) is None
        assert papers.uploads_of(town.platform.database, eyes, REGION, draft.id) == ()
        assert papers.add_part(town.platform.database, eyes, upload, 0, 10, lambda: None) == (0, False)
        assert not papers.end_upload(town.platform.database, eyes, upload)
    assert papers.uploads_of(town.platform.database, town.who(AGENT).eyes, REGION, draft.id) == (upload,)


def test_a_piece_that_could_not_be_written_was_not_received(town: Town) -> None:
    draft, upload = upload_of(town, AGENT)
    eyes = town.who(AGENT).eyes

    def fail() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        papers.add_part(town.platform.database, eyes, upload, 0, 10, fail)
    left = papers.find_upload(town.platform.database, eyes, REGION, draft.id, uuid.UUID(upload.id))
    assert left is not None
    assert (left.received, left.parts) == (0, ())


def test_what_nobody_goes_on_with_is_swept(town: Town) -> None:
    draft, upload = upload_of(town, AGENT)
    paper_uploads.append(town.platform, town.who(AGENT), upload, 0, b"x" * 10)
    now = datetime.now(UTC)  # noqa: TID251 — the database has written its own moment.
    paper_uploads.sweep(town.platform, now)
    assert papers.uploads_of(town.platform.database, town.who(AGENT).eyes, REGION, draft.id)
    paper_uploads.sweep(town.platform, now + paper_uploads.KEPT_FOR + timedelta(hours=1), most=9999)
    assert not papers.uploads_of(town.platform.database, town.who(AGENT).eyes, REGION, draft.id)
    with pytest.raises(KeyError):
        town.platform.parts.read(upload.id, 0)


def test_two_changes_of_a_drafts_papers_lose_neither(town: Town) -> None:
    draft, eyes = draft_of(town, AGENT), town.who(AGENT).eyes
    for name in ("一", "二"):
        papers.change_draft(town.platform.database, eyes, REGION, draft.id, lambda kept, n=name: [*kept, {"name": n}])  # type: ignore[misc]  # bound now
    drafts.save(town.platform.database, eyes, draft.id, REGION, {"answers": {"a": "b"}})
    again = drafts.find(town.platform.database, eyes, draft.id)
    assert again is not None
    assert [one["name"] for one in again.content["papers"]] == ["一", "二"]
    with pytest.raises(KeyError):
        papers.change_draft(town.platform.database, town.who(COLLEAGUE).eyes, REGION, draft.id, lambda kept: kept)


@pytest.fixture(scope="module")
def given(town: Town) -> str:
    """A paper in the restaurant's library; its hash."""
    sha256 = uuid.uuid4().hex * 2
    one = Given("营业执照", "营业执照", "执照.jpg", sha256, "image/jpeg", 10, Grade.C, item_name="食品经营许可")
    for new in (1, 0):
        kept = paper_library.put(
            town.platform.database, MACHINE.eyes, region=REGION, party=RESTAURANT, at=AT, papers=[one]
        )
        assert kept == new
    return sha256


def test_a_library_is_its_partys_alone(town: Town, given: str) -> None:
    database = town.platform.database
    for username in (AGENT, COLLEAGUE):
        found = paper_library.same(database, town.who(username).eyes, RESTAURANT, [given])[given]
        assert found.grade is Grade.C
    for username in STRANGERS:
        eyes = town.who(username).eyes
        assert paper_library.same(database, eyes, RESTAURANT, [given]) == {}
        assert paper_library.of_party(database, eyes, RESTAURANT) == ()
        assert paper_library.for_materials(database, eyes, RESTAURANT, ["营业执照"]) == ()
        assert paper_library.find(database, eyes, found.region, found.id) is None
        assert not paper_library.rename(database, eyes, found.region, found.id, "x")
        assert not paper_library.take_out(database, eyes, found.region, found.id)


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO library_papers (region, id, party, standard, material, name, sha256, media_type, size, grade,"
            " given_at) VALUES ('990100', gen_random_uuid(), 'c-chunhe', 'x', 'x', 'x', 'x', 'x', 1, 'A', now())"
        ),
        "UPDATE library_papers SET grade = 'A'",
        "UPDATE paper_verifications SET by_name = 'x'",
        "DELETE FROM paper_verifications",
        "DELETE FROM paper_files",
        (
            "INSERT INTO paper_verifications (region, party, sha256, by_account, by_name, office, case_number, at)"
            " VALUES ('990100', 'c-chunhe', 'x', 'linzhao', '林照', '1199010000BJ00016Q', 'x', now())"
        ),
    ],
    ids=["自己放入", "自己评级", "改核对人", "删核对", "删文件", "自己核对"],
)
def test_nobody_gives_her_own_papers_a_grade(town: Town, given: str, statement: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        town.platform.database.seen_by(town.who(AGENT).eyes) as cursor,
    ):
        cursor.execute(statement.encode())


def test_an_officials_word_makes_grade_b_once(town: Town, given: str) -> None:
    word = {"region": REGION, "party": RESTAURANT, "sha256": given, "office": "1199010000BJ00016Q", "number": "x"}
    eyes = town.who(CLERK).eyes
    assert paper_library.verify(town.platform.database, eyes, name="罗小雨", **word)
    assert not paper_library.verify(town.platform.database, eyes, name="别人", **word)
    found = paper_library.same(town.platform.database, town.who(AGENT).eyes, RESTAURANT, [given])[given]
    assert (found.grade, found.verified_by, found.verified_office) == (Grade.B, "罗小雨", "1199010000BJ00016Q")


def test_words_with_signs_of_patterns_are_words(town: Town, given: str) -> None:
    eyes = town.who(AGENT).eyes
    assert paper_library.of_party(town.platform.database, eyes, RESTAURANT, words="执照")
    for words in ("%", "_", "\\", "100%"):
        assert not paper_library.of_party(town.platform.database, eyes, RESTAURANT, words=words)
