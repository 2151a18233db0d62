-- What the application's role may do: no more than its acts need. It owns nothing and creates nothing.
-- Run after every migration, so that new tables are covered too.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO banjie_app;

-- Registers and law.
GRANT SELECT, INSERT, UPDATE ON regions, organs, calendars, item_editions, parties, mandates, posts TO banjie_app;
GRANT DELETE ON mandates, posts TO banjie_app;

-- The sum of history: written by the functions of the hot path, never deleted.
GRANT SELECT, INSERT, UPDATE ON cases, applications, certificates, document_serials TO banjie_app;
GRANT SELECT, INSERT ON tasks TO banjie_app;
GRANT SELECT, INSERT ON documents TO banjie_app;
GRANT UPDATE (sha256, trouble) ON documents TO banjie_app;

-- History itself can be appended and read. Nobody edits it, and its partitions are reached through their parent only.
GRANT SELECT, INSERT ON journal TO banjie_app;
GRANT SELECT, INSERT ON answered TO banjie_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON drafts TO banjie_app;
GRANT SELECT, INSERT ON messages TO banjie_app;
GRANT UPDATE (read_at) ON messages TO banjie_app;
GRANT SELECT, INSERT, UPDATE ON followers TO banjie_app;
GRANT USAGE ON SEQUENCE case_serial TO banjie_app;

-- Sign-in, sessions and jobs belong to Django, allauth and procrastinate.
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
               AND (tablename LIKE 'records\_%' OR tablename LIKE 'auth\_%' OR tablename LIKE 'django\_session'
                    OR tablename LIKE 'django\_content\_type' OR tablename LIKE 'account\_%'
                    OR tablename LIKE 'procrastinate\_%') LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO banjie_app', one);
    END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
               AND (sequencename LIKE 'records\_%' OR sequencename LIKE 'auth\_%' OR sequencename LIKE 'account\_%'
                    OR sequencename LIKE 'procrastinate\_%') LOOP
        EXECUTE format('GRANT USAGE ON SEQUENCE %I TO banjie_app', one);
    END LOOP;
END $$;
