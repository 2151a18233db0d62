"""常用意见: sentences an official keeps for her opinions, and those her office shares."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from banjie.records.database import Database, Eyes


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence for opinions on steps of a kind (of workflow.StepKind; "" for all)."""

    id: str
    account: str
    office: str
    shared: bool
    kind: str
    words: str


def sentences(database: Database, eyes: Eyes, offices: list[str]) -> tuple[Sentence, ...]:
    """One's own sentences first, then what colleagues of these offices share."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "SELECT id::text AS id, account, office, shared, kind, words FROM opinion_templates"
            " WHERE account = %(account)s OR (shared AND office = ANY(%(offices)s))"
            " ORDER BY account <> %(account)s, made_at LIMIT 200",
            {"account": eyes.account, "offices": offices},
        )
        return tuple(Sentence(**row) for row in cursor)


def keep(database: Database, eyes: Eyes, region: str, sentence: Sentence, at: datetime) -> None:
    """Keeps a new sentence of one's own."""
    with database.seen_by(eyes) as cursor:
        cursor.execute(
            "INSERT INTO opinion_templates (region, id, account, office, shared, kind, words, made_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                *(region, uuid.UUID(sentence.id), eyes.account, sentence.office, sentence.shared),
                *(sentence.kind, sentence.words, at),
            ),
        )


def drop(database: Database, eyes: Eyes, sentence_id: uuid.UUID) -> bool:
    """Drops one's own sentence; False when it is somebody else's or gone."""
    with database.seen_by(eyes) as cursor:
        cursor.execute("DELETE FROM opinion_templates WHERE id = %s AND account = %s", (sentence_id, eyes.account))
        return cursor.rowcount == 1
