"""What comes before acceptance: one file of records/sql a subject, with its tables, functions and policies."""

from typing import ClassVar

from django.db import migrations

from banjie.records.database import sql

SUBJECTS: tuple[str, ...] = (
    "regions",
    "standards",
    "mandates",
    "tries",
    "papers",
    "sharing",
    "looks",
    "precases",
    "halls",
    "search",
    "forms",
    "drafts",
    "notices",
    "counter",
    "visits",
)


class Migration(migrations.Migration):
    """The subjects in the order in which they refer to each other."""

    dependencies: ClassVar = [("records", "0002_city")]
    operations: ClassVar = [migrations.RunSQL(sql(f"{subject}.sql"), migrations.RunSQL.noop) for subject in SUBJECTS]
