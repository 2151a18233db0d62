"""The desk and the clock: one file of records/sql a subject, with its tables, functions and policies."""

from typing import ClassVar

from django.db import migrations

from banjie.records.database import sql

SUBJECTS: tuple[str, ...] = (
    "calendars",
    "watching",
    "documents_desk",
    "worklists",
    "staff",
    "sandbox",
    "case_files",
    "figures",
    "elsewhere",
    "reporting",
    "flow",
)


class Migration(migrations.Migration):
    """The subjects in the order in which they refer to each other."""

    dependencies: ClassVar = [("records", "0004_identity")]
    operations: ClassVar = [migrations.RunSQL(sql(f"{subject}.sql"), migrations.RunSQL.noop) for subject in SUBJECTS]
