"""The cache that all processes share: what is counted against guessing, and codes that have been used."""

from typing import ClassVar

from django.db import migrations

CACHE = """
CREATE UNLOGGED TABLE records_cache (
    cache_key varchar(255) PRIMARY KEY,
    value     text NOT NULL,
    expires   timestamptz NOT NULL
);
CREATE INDEX records_cache_expires ON records_cache (expires);
"""


class Migration(migrations.Migration):
    """As Django's `createcachetable` would make it, but unlogged: it may be lost in a crash."""

    dependencies: ClassVar = [("records", "0003_before_acceptance")]
    operations: ClassVar = [migrations.RunSQL(CACHE, "DROP TABLE records_cache")]
