"""The city's tables, the functions of the hot path and the policies, from the files of records/sql."""

from typing import ClassVar

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from banjie.records.database import sql

APP_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'banjie_app') THEN
        CREATE ROLE banjie_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    """Tables first, then functions, then who may see what."""

    dependencies: ClassVar = [("records", "0001_accounts")]
    operations: ClassVar = [
        TrigramExtension(),
        migrations.RunSQL(APP_ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(sql("schema.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(sql("functions.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(sql("policies.sql"), migrations.RunSQL.noop),
    ]
