"""No door leaks more than another: what row-level security shows of a case is the same wherever one looks."""

import uuid
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.town import (
    AGENT,
    CLERK,
    DECIDER,
    DRUG,
    FOOD,
    HYGIENE,
    INSPECTOR,
    REGION,
    RESTAURANT,
    REVIEWER,
    ROAD,
    SECOND_INSPECTOR,
    SOIL,
    SUSPENSION,
    Town,
)

from banjie.actions.perform_many import Act, perform_many
from banjie.engine.cases import Ask, Delivery
from banjie.engine.cases.acts import (
    Accept,
    Approve,
    AskCorrection,
    Claim,
    Deliver,
    FinishStep,
    StartReview,
    Withdraw,
)
from banjie.engine.journal_check import SUBJECTS
from banjie.engine.permissions import Actor, Role
from banjie.records import cases, certificates, documents, drafts, journal, messages
from banjie.records.database import NOBODY, Eyes, Row, eyes_of
from banjie.records.people import MACHINE, Standing

GUARDED = (
    *("cases", "tasks", "journal", "answered", "documents", "certificates"),
    *("drafts", "messages", "parties", "mandates", "posts"),
    *("asks", "ask_values", "consents", "contests", "repeats", "ask_lines", "ask_figures", "ask_counted"),
    *("precases", "endorsements_lifted"),
    *("watch", "clock_acts", "cards", "card_calls", "orders", "order_serials", "delays", "incidents"),
    *("probe_readings", "findings", "grades", "staff_notices"),
    "looks",
    *("notice_addresses", "notice_mutes", "notice_deliveries", "notice_rounds", "urges", "correction_drafts"),
    *("uploads", "library_papers", "paper_verifications"),
    *("bookings", "counter_sessions"),
    *("meetings", "site_visits", "checklists"),
    *("day_seals", "document_openings", "dossiers", "archive_waiting"),
    "calendar_rounds",
    *("awaited", "assignment_rules", "assignment_shares", "saved_views", "desk_columns", "opinion_templates"),
    "open_cases",
    *("external_cases", "external_sums", "report_records", "report_sums"),
    *("flow_cases", "flow_items", "flow_edges", "flow_stays", "flow_kept"),
    *("figure_cases", "figure_sums", "figure_stock", "figure_snapshots"),
    *("members", "leaves", "certifications", "rosters", "rework_errors", "practices"),
)
"""Every table with people's or cases' data."""


@dataclass(frozen=True)
class Seen:
    """What everybody should be able to see of a case."""

    id: str
    number: str
    holder: str
    organ: str
    offices: frozenset[str]
    certificate: str


@pytest.fixture(scope="module")
def scene(town: Town) -> tuple[Seen, ...]:
    """A case of each kind of applicant and item, in different states, and some that others made."""
    approved = town.submit(AGENT, FOOD, holder=RESTAURANT).number
    town.act(CLERK, approved, Claim())
    town.act(CLERK, approved, Accept())
    town.act(REVIEWER, approved, StartReview())
    town.act(REVIEWER, approved, FinishStep("review", "齐全"))
    town.act(INSPECTOR, approved, FinishStep("site_visit", "一致"))
    town.act(SECOND_INSPECTOR, approved, FinishStep("site_visit", "一致"))
    town.act(DECIDER, approved, Approve("准予"))
    town.act(CLERK, approved, Deliver(Delivery.ELECTRONIC, "回执"))
    parallel = town.submit(
        "guosuimian",
        ROAD,
        holder="c-heshun",
        answers={"work": "dig", "road_age": "old", "green": "yes", "traffic": "yes"},
    ).number
    town.act(CLERK, parallel, Claim())
    town.act(CLERK, parallel, Accept())
    town.act("fanhemu", parallel, StartReview())
    town.act("fanhemu", parallel, FinishStep("review", "齐全"))
    town.act("qinjianlu", parallel, FinishStep("traffic_opinion", "可行"))
    corrected = town.submit("niejiangan", DRUG, holder="c-jiangan").number
    town.act(CLERK, corrected, Claim())
    ask = Ask("premises_proof", "看不清", "重新上传", "药品管理法第五十二条")
    town.act(CLERK, corrected, AskCorrection((ask,)))
    withdrawn = town.submit("zhouyibo", SOIL, holder="c-qinghe").number
    town.act("zhouyibo", withdrawn, Withdraw("不做了"))
    waiting = [town.submit("xiachunhe", item, holder=RESTAURANT).number for item in (HYGIENE, SUSPENSION)]
    town.settle()
    return as_they_are(town, [approved, parallel, corrected, withdrawn, *waiting])


def as_they_are(town: Town, numbers: list[str]) -> tuple[Seen, ...]:
    """These cases, and ten of others."""
    rows = look(
        town,
        MACHINE.eyes,
        "SELECT c.id::text AS id, c.number, c.holder, c.organ, c.offices, coalesce(k.id::text, '') AS certificate"
        " FROM cases c LEFT JOIN certificates k ON k.region = c.region AND k.case_id = c.id"
        " ORDER BY c.number <> ALL(%s), c.submitted_at, c.number LIMIT %s",
        (numbers, len(numbers) + 10),
    )
    return tuple(Seen(**row | {"offices": frozenset(row["offices"])}) for row in rows)


def look(town: Town, eyes: Eyes, query: str, arguments: tuple[Any, ...] = ()) -> list[Row]:
    """Rows as these eyes see them, straight from the tables."""
    with town.platform.database.seen_by(eyes) as cursor:
        return cursor.execute(query.encode(), arguments).fetchall()


def usernames(town: Town) -> list[str]:
    return [one.username for one in town.city.officials] + [one.username for one in town.city.people]


def may_see(who: Standing, case: Seen) -> bool:
    """What the policy says, in Python: the holder's people, offices that have a part, those who watch the region."""
    watches = any(post.role in (Role.SUPERVISOR, Role.LEADER) for post in who.posts)
    return case.holder in who.actor.parties or bool(case.offices & who.actor.offices) or watches


def test_every_door_shows_everybody_the_same_cases(town: Town, scene: tuple[Seen, ...]) -> None:
    database = town.platform.database
    for username in usernames(town):
        who = town.who(username)
        listed = {
            *(
                found.number
                for found in cases.of_parties(database, who.eyes, [case.holder for case in scene], most=999)
            ),
            *(found.number for organ in {case.organ for case in scene} for found in in_organ(town, who, organ)),
        }
        for case in scene:
            expected = may_see(who, case)
            where = f"{username} {case.number}"
            assert (cases.find(database, who.eyes, REGION, case.number) is not None) is expected, where
            assert (cases.find_by_id(database, who.eyes, REGION, case.id) is not None) is expected, where
            loaded = cases.load(database, [cases.wanted(who.eyes, REGION, case.number, "no-key")])
            assert (loaded[0] is not None) is expected, where
            assert (case.number in listed) is expected, where
            assert bool(documents.of_case(database, who.eyes, REGION, case.id)) is expected, where
            history = journal.history(database, who.eyes, REGION, case.id)
            assert bool(history) is expected, where


def in_organ(town: Town, who: Standing, organ: str) -> tuple[cases.Found, ...]:
    return cases.of_organ(town.platform.database, who.eyes, REGION, organ, most=999)


def test_a_certificate_is_its_holders_and_its_organs(town: Town, scene: tuple[Seen, ...]) -> None:
    database = town.platform.database
    issued = [case for case in scene if case.certificate]
    assert issued
    for username in usernames(town):
        who = town.who(username)
        for case in issued:
            expected = case.holder in who.actor.parties or case.organ in who.actor.offices
            assert bool(certificates.of_case(database, who.eyes, REGION, case.id)) is expected
            assert (certificates.find(database, who.eyes, REGION, case.certificate) is not None) is expected
            assert bool(certificates.load(database, who.eyes, REGION, case.certificate).version) is expected
            assert bool(journal.history(database, who.eyes, REGION, case.certificate)) is expected
            # Whoever sees the certificate sees the case it comes from.
            assert may_see(who, case) or not expected


def test_a_desk_never_shows_a_case_that_cannot_be_opened(town: Town, scene: tuple[Seen, ...]) -> None:
    database = town.platform.database
    offices = sorted({office for case in scene for office in case.offices})
    shown = 0
    for username in usernames(town):
        who = town.who(username)
        for task in cases.worklist(database, who.eyes, offices, most=999):
            shown += 1
            watches = any(post.role in (Role.SUPERVISOR, Role.LEADER) for post in who.posts)
            assert task.office in who.actor.offices or watches
            assert cases.find(database, who.eyes, REGION, task.number) is not None
    assert shown


def test_desks_are_cleared_by_whoever_acts(town: Town, scene: tuple[Seen, ...]) -> None:
    """The police end their part and never see the other offices' lines; the applicant withdraws and sees no line."""
    parallel = next(case for case in scene if "1199010000BJ00032E" in case.offices)
    lines = look(town, MACHINE.eyes, "SELECT slot, step FROM tasks WHERE case_id = %s ORDER BY slot", (parallel.id,))
    assert [line["step"] for line in lines] == ["green_opinion", "city_opinion"]
    act = Act(parallel.number, FinishStep("green_opinion", "可行"))
    perform_many(town.platform, [act], actor=town.who("jianglvyuan"), region=REGION, key=town.key())
    lines = look(town, MACHINE.eyes, "SELECT slot, step FROM tasks WHERE case_id = %s ORDER BY slot", (parallel.id,))
    assert [line["step"] for line in lines] == ["city_opinion"]
    open_numbers = {row["number"] for row in look(town, MACHINE.eyes, "SELECT DISTINCT number FROM tasks")}
    closed = look(town, MACHINE.eyes, "SELECT number FROM cases WHERE stage IN ('returned', 'delivered', 'correcting')")
    assert closed
    assert not open_numbers & {row["number"] for row in closed}


def test_messages_are_their_partys(town: Town, scene: tuple[Seen, ...]) -> None:
    parties = sorted({case.holder for case in scene})
    for username in usernames(town):
        who = town.who(username)
        told = messages.of_parties(town.platform.database, who.eyes, parties, 999)
        assert {message.party for message in told} <= set(who.actor.parties)
        assert {row["party"] for row in look(town, who.eyes, "SELECT party FROM messages")} <= set(who.actor.parties)


def test_a_draft_is_its_authors_alone(town: Town) -> None:
    """Not even another agent of the same company, nor the platform itself, reads what is not yet handed in."""
    database = town.platform.database
    author = town.who(AGENT)
    draft = drafts.start(database, author.eyes, region=REGION, holder=RESTAURANT, item=FOOD, edition=1)
    for username in usernames(town):
        who = town.who(username)
        assert (drafts.find(database, who.eyes, draft) is not None) is (username == AGENT)
        assert (drafts.save(database, who.eyes, draft, REGION, {}) is not None) is (username == AGENT)
    assert drafts.find(database, MACHINE.eyes, draft) is None
    assert look(town, MACHINE.eyes, "SELECT 1 FROM drafts WHERE id = %s", (draft,)) == []


def test_nobody_sees_nothing(town: Town, scene: tuple[Seen, ...]) -> None:
    """What is published of items is everybody's, its history too; nothing else is seen by nobody."""
    for table in GUARDED:
        query = count_of(table)
        assert look(town, NOBODY, query) == [{"number": 0}], table
        with town.platform.database.call() as cursor:
            unbound = cursor.execute(query.encode()).fetchall()
        assert unbound == [{"number": 0}], table
    assert scene


def count_of(table: str) -> str:
    condition = " WHERE subject_kind <> 'item'" if table == "journal" else ""
    return f"SELECT count(*) AS number FROM {table}{condition}"  # noqa: S608 — constants of this file.


def test_every_kind_of_history_answers_for_itself_and_no_other_is_seen(town: Town) -> None:
    with town.platform.database.seen_by(town.who(DECIDER).eyes) as cursor:
        for kind in {*SUBJECTS, "item"}:
            row = cursor.execute("SELECT to_regprocedure(%s) AS found", (f"seen_{kind}(text, uuid)",)).fetchone()
            assert row, kind
            assert row["found"], kind
        for kind in ("dream", "", "case; --", "seen", "Case"):
            row = cursor.execute("SELECT subject_seen(%s, %s, %s) AS seen", (kind, REGION, uuid.uuid4())).fetchone()
            assert row == {"seen": False}, kind


def test_what_one_transaction_was_bound_to_the_next_is_not(town: Town, scene: tuple[Seen, ...]) -> None:
    """Connections are shared: whose eyes they were a moment ago must be gone."""
    for _ in range(20):
        assert look(town, MACHINE.eyes, "SELECT 1 FROM cases LIMIT 1")
        with town.platform.database.call() as cursor:
            assert cursor.execute("SELECT 1 FROM cases LIMIT 1").fetchall() == []
    assert scene


FORBIDDEN = (
    "UPDATE journal SET actor = 'someone'",
    "DELETE FROM journal",
    "TRUNCATE journal",
    "SELECT * FROM journal_2026_11",
    (
        "INSERT INTO journal_other (region, subject_kind, subject, seq, at, actor, kind, data, hash)"
        " VALUES ('990100', 'case', gen_random_uuid(), 1, now(), 'system', 'Claimed', '{}', '')"
    ),
    (
        "INSERT INTO journal (region, subject_kind, subject, seq, at, actor, kind, data, hash)"
        " VALUES ('990100', 'case', gen_random_uuid(), 1, now(), 'another', 'Claimed', '{}', '')"
    ),
    "DELETE FROM cases",
    "DELETE FROM tasks",
    "DELETE FROM certificates",
    "DELETE FROM documents",
    "UPDATE documents SET number = 'x'",
    "UPDATE documents SET content = '{}'",
    "UPDATE answered SET answer = '{}'",
    "DELETE FROM answered",
    "UPDATE messages SET body = 'x'",
    "DELETE FROM document_serials",
    "ALTER TABLE cases DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE cases OWNER TO banjie_app",
    "DROP POLICY cases_seen ON cases",
    "CREATE POLICY all_seen ON cases USING (true)",
    "DROP TABLE tasks",
    "CREATE TABLE mine (id int)",
    "CREATE OR REPLACE FUNCTION is_system() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "SET ROLE banjie_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "SET row_security = off; SELECT * FROM cases",
    "GRANT banjie_owner TO banjie_app",
    "ALTER ROLE banjie_app BYPASSRLS",
    "COPY cases TO PROGRAM 'cat'",
    "SELECT pg_read_file('PG_VERSION')",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_applications_role_cannot_do_it_even_with_the_platforms_eyes(town: Town, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        look(town, MACHINE.eyes, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO posts (region, account, role, office) VALUES ('990100', 'linzhao', 'head', '1199010000BJ00016Q')",
        "INSERT INTO mandates (region, party, account) VALUES ('990100', 'c-jiangan', 'linzhao')",
        "INSERT INTO parties (region, id, kind, name) VALUES ('990100', 'c-new', 'company', '新公司')",
        (
            "INSERT INTO messages (region, id, party, kind, subject, body, sent_at)"
            " VALUES ('990100', gen_random_uuid(), 'c-jiangan', 'Approved', '准予', '准予', now())"
        ),
        (
            "INSERT INTO drafts (region, id, account, holder, item, edition)"
            " VALUES ('990100', gen_random_uuid(), 'xiachunhe', 'c-chunhe', 'x', 1)"
        ),
        (
            "INSERT INTO answered (region, account, key, request, answer, at)"
            " VALUES ('990100', 'xiachunhe', 'k', '', '{}', now())"
        ),
    ],
    ids=["岗位", "授权", "当事人", "站内信", "草稿", "答复"],
)
def test_nobody_writes_herself_into_a_right_or_in_anothers_name(town: Town, statement: str) -> None:
    for username in (AGENT, CLERK, "lumingjian"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            look(town, town.who(username).eyes, statement)


def test_an_own_post_or_mandate_cannot_be_changed(town: Town) -> None:
    for table, change in (
        ("posts", "role = 'head'"),
        ("mandates", "valid_until = NULL"),
        ("mandates", "party = 'c-x'"),
    ):
        for username in (AGENT, CLERK):
            eyes = town.who(username).eyes
            assert look(town, eyes, f"UPDATE {table} SET {change} RETURNING 1") == []  # noqa: S608 — constants above.
            assert look(town, eyes, f"DELETE FROM {table} RETURNING 1") == []  # noqa: S608 — constants above.


HOSTILE = st.sampled_from(['"', "\\", "{", "}", ",", "NULL", "}{", '","', "c-chunhe,c-jiangan", "'; --", "", " "])
SCOPE = st.frozensets(
    HOSTILE
    | st.sampled_from(["c-chunhe", "c-jiangan", "c-heshun", "c-qinghe", "p-linzhao"])
    | st.sampled_from(["1199010000BJ00016Q", "1199010000BJ00032E", "1199010000BJ000409", "1199010000BJ000596"])
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5),
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parties=SCOPE, offices=SCOPE, regions=st.sampled_from([(), ("990100",), ("990102",)]))
def test_any_scope_sees_what_it_should_at_every_table(
    town: Town, scene: tuple[Seen, ...], parties: frozenset[str], offices: frozenset[str], regions: tuple[str, ...]
) -> None:
    actor = Actor("somebody", "某人", frozenset({Role.SUPERVISOR}), REGION, offices, parties)
    eyes = eyes_of(actor, regions)
    numbers = [case.number for case in scene]
    expected = {case.id for case in scene if case.holder in parties or case.offices & offices or REGION in regions}

    seen = {row["id"] for row in look(town, eyes, "SELECT id::text FROM cases WHERE number = ANY(%s)", (numbers,))}

    assert seen == expected
    ids = [uuid.UUID(case.id) for case in scene]
    for table, column in (("documents", "case_id"), ("journal", "subject")):
        query = f"SELECT DISTINCT {column}::text AS id FROM {table} WHERE {column} = ANY(%s)"  # noqa: S608 — constants above.
        assert {row["id"] for row in look(town, eyes, query, (ids,))} == expected, table
    tasks = look(town, eyes, "SELECT case_id::text AS id FROM tasks WHERE case_id = ANY(%s)", (ids,))
    assert {row["id"] for row in tasks} <= expected
    owned = {case.certificate for case in scene if case.holder in parties or case.organ in offices} - {""}
    certified = [uuid.UUID(case.certificate) for case in scene if case.certificate]
    for table, column in (("certificates", "id"), ("journal", "subject")):
        query = f"SELECT DISTINCT {column}::text AS id FROM {table} WHERE {column} = ANY(%s)"  # noqa: S608 — constants above.
        assert {row["id"] for row in look(town, eyes, query, (certified,))} == owned, table
    assert {row["party"] for row in look(town, eyes, "SELECT party FROM messages")} <= parties


def test_the_worker_sees_all_and_nobody_else_can_claim_its_reach(town: Town, scene: tuple[Seen, ...]) -> None:
    assert len(look(town, MACHINE.eyes, "SELECT 1 FROM cases")) >= len(scene)
    for username in usernames(town):
        assert town.who(username).eyes.reach == ""
