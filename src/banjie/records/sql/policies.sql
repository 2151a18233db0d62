-- Who may see what. Every table with people's or cases' data is under row-level security, and the application
-- works under a role that owns nothing and cannot bypass it. With nobody bound, nothing is seen. The few functions
-- that look past the policies (SECURITY DEFINER) each answer one narrow question.

CREATE OR REPLACE FUNCTION bound(name text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('banjie.' || name, true), ''), '{}')::text[];
$$;

CREATE OR REPLACE FUNCTION is_system() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT coalesce(current_setting('banjie.reach', true), '') = 'system'; $$;

-- A mandate that is not whole stands among the bound parties as what it opens: party/*, party/item, party/deed.
CREATE OR REPLACE FUNCTION is_narrow() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT position('/' in coalesce(current_setting('banjie.parties', true), '')) > 0;
$$;

-- Where many rows are looked through, a policy asks its questions in sub-selects: once a statement, so that it costs the
-- same for one row and for a million. On the hot path, where a row is reached by its key, asking plainly is cheaper.

ALTER TABLE parties ENABLE ROW LEVEL SECURITY;
CREATE POLICY parties_seen ON parties USING (id = ANY ((SELECT bound('parties'))::text[]) OR (SELECT is_system()));
-- Whose mandate lets her apply or correct needs what is known of the party; whoever may only follow a case does not.
CREATE POLICY parties_acted_for ON parties FOR SELECT
    USING ((SELECT is_narrow()) AND ARRAY[id || '/apply', id || '/correct'] && (SELECT bound('parties'))::text[]);

ALTER TABLE mandates ENABLE ROW LEVEL SECURITY;
CREATE POLICY mandates_seen ON mandates FOR SELECT
    USING (account = (SELECT current_setting('banjie.account', true)) OR party = ANY ((SELECT bound('parties'))::text[])
           OR (SELECT is_system()));

-- Nobody gives herself a mandate: only the platform itself does, on the word of whoever grants it.
CREATE POLICY mandates_kept ON mandates FOR ALL USING ((SELECT is_system()));

ALTER TABLE cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY cases_seen ON cases FOR SELECT
    USING (organ = ANY (nullif(current_setting('banjie.offices', true), '')::text[])
           OR holder = ANY (nullif(current_setting('banjie.parties', true), '')::text[])
           OR offices && nullif(current_setting('banjie.offices', true), '')::text[]
           OR region = ANY (nullif(current_setting('banjie.regions', true), '')::text[])
           OR current_setting('banjie.reach', true) = 'system'
           OR (position('/' in current_setting('banjie.parties', true)) > 0
               AND ARRAY[holder || '/*', holder || '/' || item]
                   && nullif(current_setting('banjie.parties', true), '')::text[]));
-- Only a case that is seen can be changed: the condition of an UPDATE reads it under the policy above.
CREATE POLICY cases_changed ON cases FOR UPDATE USING (true) WITH CHECK (true);
CREATE POLICY cases_filed ON cases FOR INSERT
    WITH CHECK (holder = ANY (bound('parties')) OR organ = ANY (bound('offices')) OR is_system()
                OR (holder || '/apply' = ANY (bound('parties'))
                    AND ARRAY[holder || '/*', holder || '/' || item] && bound('parties')));

ALTER TABLE applications ENABLE ROW LEVEL SECURITY;
CREATE POLICY applications_changed ON applications FOR UPDATE USING (true) WITH CHECK (true);
CREATE POLICY applications_filed ON applications FOR INSERT WITH CHECK (true);
CREATE POLICY applications_seen ON applications FOR SELECT
    USING (organ = ANY (nullif(current_setting('banjie.offices', true), '')::text[])
           OR holder = ANY (nullif(current_setting('banjie.parties', true), '')::text[])
           OR offices && nullif(current_setting('banjie.offices', true), '')::text[]
           OR region = ANY (nullif(current_setting('banjie.regions', true), '')::text[])
           OR current_setting('banjie.reach', true) = 'system'
           OR (position('/' in current_setting('banjie.parties', true)) > 0
               AND EXISTS (SELECT 1 FROM cases c WHERE c.region = applications.region AND c.id = applications.case_id)));

ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY tasks_seen ON tasks
    USING (office = ANY ((SELECT bound('offices'))::text[]) OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));
-- A case's tasks are replaced by whoever acts on it, also when the next one to act is another office. The old ones
-- are moved by keep_tasks, since a row that is not seen cannot be changed either.
CREATE POLICY tasks_kept ON tasks FOR INSERT WITH CHECK (coalesce(current_setting('banjie.account', true), '') <> '');

ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
-- Whose history is seen is asked by one question whatever the kind of subject, so that a look at one of them costs the
-- same however many kinds and months there are. A kind answers for itself: seen_<kind>, beside its own table, looks for
-- the subject under that table's policies. What no kind answers for nobody sees.
CREATE FUNCTION seen_item(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT true $$;
CREATE FUNCTION seen_certificate(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM certificates s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION subject_seen(p_kind text, p_region text, p_subject uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    seen boolean;
BEGIN
    IF p_kind = 'case' THEN
        RETURN EXISTS (SELECT 1 FROM cases c WHERE c.region = p_region AND c.id = p_subject);
    END IF;
    IF to_regprocedure(format('%I(text, uuid)', 'seen_' || p_kind)) IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT %I($1, $2)', 'seen_' || p_kind) INTO seen USING p_region, p_subject;
    RETURN seen;
END $$;
CREATE POLICY journal_seen ON journal FOR SELECT
    USING ((SELECT is_system()) OR subject_seen(subject_kind, region, subject));
-- An entry can only be written in the name of whoever is bound.
CREATE POLICY journal_written ON journal FOR INSERT
    WITH CHECK (actor = current_setting('banjie.account', true) AND actor <> '');

ALTER TABLE answered ENABLE ROW LEVEL SECURITY;
CREATE POLICY answered_seen ON answered USING (account = current_setting('banjie.account', true));

ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY documents_seen ON documents
    USING ((SELECT is_system())
           OR EXISTS (SELECT 1 FROM cases c WHERE c.region = documents.region AND c.id = documents.case_id));

ALTER TABLE certificates ENABLE ROW LEVEL SECURITY;
CREATE POLICY certificates_seen ON certificates
    USING (holder = ANY ((SELECT bound('parties'))::text[]) OR organ = ANY ((SELECT bound('offices'))::text[])
           OR (SELECT is_system()));
CREATE POLICY certificates_collected ON certificates FOR SELECT
    USING ((SELECT is_narrow()) AND holder || '/collect' = ANY ((SELECT bound('parties'))::text[])
           AND (holder || '/*' = ANY ((SELECT bound('parties'))::text[])
                OR EXISTS (SELECT 1 FROM cases c WHERE c.region = certificates.region AND c.id = certificates.case_id)));

ALTER TABLE drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY drafts_seen ON drafts USING (account = (SELECT current_setting('banjie.account', true)));

ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY messages_seen ON messages USING (party = ANY ((SELECT bound('parties'))::text[]) OR (SELECT is_system()));
CREATE POLICY messages_of_followed ON messages FOR SELECT
    USING ((SELECT is_narrow()) AND case_id IS NOT NULL
           AND EXISTS (SELECT 1 FROM cases c WHERE c.region = messages.region AND c.id = messages.case_id
                       AND ARRAY[c.holder || '/*', c.holder || '/' || c.item] && (SELECT bound('parties'))::text[]));

-- Posts decide what everyone sees: an account sees its own, only the platform itself gives or takes one.
ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY posts_seen ON posts FOR SELECT
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));
CREATE POLICY posts_kept ON posts FOR ALL USING ((SELECT is_system()));
