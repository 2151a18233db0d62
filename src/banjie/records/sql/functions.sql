-- The hot path, spoken plainly: bind whose eyes look, load, save. Each is one call and one implicit transaction.
-- The connection they are called on (records/hotline.py) plans their statements once.

-- Binds the actor to the transaction: the policies read these settings and nothing else.
CREATE OR REPLACE FUNCTION bind(account text, parties text, offices text, regions text, reach text) RETURNS void
LANGUAGE sql AS $$
    SELECT set_config('banjie.account', account, true), set_config('banjie.parties', parties, true),
           set_config('banjie.offices', offices, true), set_config('banjie.regions', regions, true),
           set_config('banjie.reach', reach, true);
$$;

-- What an account is today: its posts, for whom it stands in, what it is certified to decide, how surely the person is
-- known, the mandates that hold, and those that have ended in the last three months, so that she is told why; read before
-- anyone is bound. In plpgsql, since it reads tables that later migrations make.
CREATE OR REPLACE FUNCTION standing_of(p_account text, p_today date) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    RETURN (
    WITH held AS (
        SELECT m.party, p.name, p.kind, p.code, m.relation, m.deeds, m.items, m.valid_until,
               CASE WHEN m.status = 'in_force' THEN m.valid_until ELSE m.ended_on END AS ended_on,
               m.status = 'in_force' AND (m.valid_from IS NULL OR m.valid_from <= p_today)
               AND (m.valid_until IS NULL OR m.valid_until >= p_today) AS holds
        FROM mandates m JOIN parties p ON p.region = m.region AND p.id = m.party
        WHERE m.account = p_account AND m.status <> 'offered'),
    post AS (
        SELECT role, office, region, name, from_day FROM posts
        WHERE account = p_account AND from_day <= p_today AND (until_day IS NULL OR until_day >= p_today))
    SELECT json_build_object(
        'level', (SELECT level FROM records_account WHERE key = p_account),
        'today', p_today,
        'posts', (SELECT coalesce(json_agg(json_build_array(role, office, region, name)), '[]') FROM post),
        'stands_in', (SELECT coalesce(json_agg(json_build_array(l.account, a.display_name) ORDER BY l.account), '[]')
                      FROM leaves l JOIN records_account a ON a.key = l.account
                      WHERE l.deputy = p_account AND l.from_day <= p_today AND l.until_day >= p_today),
        'certified', (SELECT coalesce(json_agg(c.item), '[]') FROM certifications c
                      WHERE c.account = p_account AND c.valid_from <= p_today
                            AND (c.valid_until IS NULL OR c.valid_until >= p_today)),
        'parties', (SELECT coalesce(json_agg(json_build_array(party, name, kind, code, relation, deeds, items, valid_until)
                            ORDER BY kind DESC, relation <> 'own', name), '[]') FROM held WHERE holds),
        'ended', (SELECT coalesce(json_agg(json_build_array(party, name, ended_on) ORDER BY ended_on DESC), '[]') FROM held
                  WHERE NOT holds AND ended_on < p_today AND ended_on >= p_today - 90)));
END $$;

-- The state of a case as the bound actor may see it, and the earlier answer if the key has been used.
CREATE OR REPLACE FUNCTION load_case(account text, parties text, offices text, regions text, reach text,
                                     p_region text, p_number text, p_key text,
                                     OUT id uuid, OUT version int, OUT last_hash text, OUT application json,
                                     OUT state json, OUT request text, OUT answer json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('banjie.account', load_case.account, true), set_config('banjie.parties', load_case.parties, true),
            set_config('banjie.offices', load_case.offices, true), set_config('banjie.regions', load_case.regions, true),
            set_config('banjie.reach', load_case.reach, true);
    SELECT c.id, c.version, c.last_hash, filed.content, c.state, a.request, a.answer
    INTO id, version, last_hash, application, state, request, answer
    FROM cases c
    JOIN applications filed ON filed.region = c.region AND filed.case_id = c.id
    LEFT JOIN answered a ON a.region = p_region AND a.account = load_case.account AND a.key = p_key
    WHERE c.region = p_region AND c.number = p_number;
END $$;

-- An answer given before under the same key, for acts that begin a subject.
CREATE OR REPLACE FUNCTION load_answer(p_account text, p_region text, p_key text)
RETURNS TABLE (request text, answer json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('banjie.account', p_account, true);
    RETURN QUERY SELECT a.request, a.answer FROM answered a
                 WHERE a.region = p_region AND a.account = p_account AND a.key = p_key;
END $$;

-- Appends events to the journal. `entries` is [[seq, kind, data, hash], …].
CREATE OR REPLACE FUNCTION append_journal(p_region text, p_subject_kind text, p_subject uuid, p_at timestamptz,
                                          p_actor text, entries jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO journal (region, subject_kind, subject, seq, at, actor, kind, data, hash)
    SELECT p_region, p_subject_kind, p_subject, (entry->>0)::int, p_at, p_actor, entry->>1, entry->2, entry->>3
    FROM jsonb_array_elements(entries) AS entry;
$$;

-- Replaces the tasks of a case. `p_tasks` is [{slot, office, role, step, step_name, stage, due_on, since, number, item,
-- item_name, holder_name, handler, joint, holder_kind}, …]. A line that stays on its desk is updated in place. It works past the policies (by the owner's right, all names qualified),
-- since whoever withdraws an application, or finishes one of several parallel steps, ends lines of other offices; it
-- shows nothing, and is called only after the case itself was changed under the policies.
CREATE OR REPLACE FUNCTION keep_tasks(p_region text, p_case uuid, p_tasks jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    one jsonb := p_tasks -> 0;
BEGIN
    -- Most cases have one line, before and after: it is changed in place.
    IF pg_catalog.jsonb_array_length(p_tasks) = 1 THEN
        UPDATE public.tasks SET office = one ->> 'office', role = one ->> 'role', step = coalesce(one ->> 'step', ''),
            step_name = one ->> 'step_name', stage = one ->> 'stage', due_on = (one ->> 'due_on')::date,
            since = (one ->> 'since')::date, handler = coalesce(one ->> 'handler', ''), joint = false
        WHERE region = p_region AND case_id = p_case AND slot = 0;
        IF FOUND THEN
            DELETE FROM public.tasks WHERE region = p_region AND case_id = p_case AND slot > 0;
            RETURN;
        END IF;
    END IF;
    INSERT INTO public.tasks AS kept (region, case_id, slot, office, role, step, step_name, stage, due_on, number, item,
                                      item_name, holder_name, since, handler, joint, holder_kind)
    SELECT p_region, p_case, t.slot, t.office, t.role, coalesce(t.step, ''), t.step_name, t.stage, t.due_on, t.number,
           t.item, t.item_name, t.holder_name, t.since, coalesce(t.handler, ''), coalesce(t.joint, false),
           coalesce(t.holder_kind, '')
    FROM pg_catalog.jsonb_to_recordset(p_tasks) AS t(slot smallint, office text, role text, step text, step_name text,
                                                     stage text, due_on date, since date, number text, item text,
                                                     item_name text, holder_name text, handler text,
                                                     joint boolean, holder_kind text)
    ON CONFLICT (region, case_id, slot) DO UPDATE SET office = EXCLUDED.office, role = EXCLUDED.role,
        step = EXCLUDED.step, step_name = EXCLUDED.step_name, stage = EXCLUDED.stage, due_on = EXCLUDED.due_on,
        since = EXCLUDED.since, handler = EXCLUDED.handler, joint = EXCLUDED.joint;
    DELETE FROM public.tasks
    WHERE region = p_region AND case_id = p_case AND slot >= pg_catalog.jsonb_array_length(p_tasks);
END $$;

-- The same for the acts on many cases, each with its `id` and its `tasks` (null where they stay as they are).
CREATE OR REPLACE FUNCTION keep_many_tasks(p_region text, p_cases uuid[], p_acts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM public.tasks USING pg_catalog.jsonb_to_recordset(p_acts) AS a(id uuid, tasks jsonb)
    WHERE region = p_region AND case_id = a.id AND a.id = ANY (p_cases)
        AND slot >= pg_catalog.jsonb_array_length(nullif(a.tasks, 'null'));
    INSERT INTO public.tasks AS kept (region, case_id, slot, office, role, step, step_name, stage, due_on, number, item,
                                      item_name, holder_name, since, handler, joint, holder_kind)
    SELECT p_region, a.id, t.slot, t.office, t.role, coalesce(t.step, ''), t.step_name, t.stage, t.due_on, t.number,
           t.item, t.item_name, t.holder_name, t.since, coalesce(t.handler, ''), coalesce(t.joint, false),
           coalesce(t.holder_kind, '')
    FROM pg_catalog.jsonb_to_recordset(p_acts) AS a(id uuid, tasks jsonb)
    CROSS JOIN LATERAL pg_catalog.jsonb_to_recordset(nullif(a.tasks, 'null')) AS t(
        slot smallint, office text, role text, step text, step_name text, stage text, due_on date, since date,
        number text, item text, item_name text, holder_name text, handler text, joint boolean, holder_kind text)
    WHERE a.id = ANY (p_cases)
    ON CONFLICT (region, case_id, slot) DO UPDATE SET office = EXCLUDED.office, role = EXCLUDED.role,
        step = EXCLUDED.step, step_name = EXCLUDED.step_name, stage = EXCLUDED.stage, due_on = EXCLUDED.due_on,
        since = EXCLUDED.since, handler = EXCLUDED.handler, joint = EXCLUDED.joint;
END $$;

-- Numbers and keeps documents. `p_documents` is [{id, seq, kind, series, prefix, content}, …]. The serial of a
-- series is taken in the transaction of the act itself, so a rolled back act leaves no gap.
CREATE OR REPLACE FUNCTION keep_documents(p_region text, p_case uuid, p_organ text, p_at timestamptz, p_year int,
                                          p_documents jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one jsonb;
    serial int;
BEGIN
    FOR one IN SELECT * FROM jsonb_array_elements(p_documents) LOOP
        INSERT INTO document_serials AS s (region, organ, series, year, last)
        VALUES (p_region, p_organ, one->>'series', p_year, 1)
        ON CONFLICT (region, organ, series, year) DO UPDATE SET last = s.last + 1
        RETURNING last INTO serial;
        INSERT INTO documents (region, id, case_id, seq, kind, organ, number, content, issued_at)
        VALUES (p_region, (one->>'id')::uuid, p_case, (one->>'seq')::int, one->>'kind', p_organ,
                format('（%s）%s〔%s〕第%s号', one->>'prefix', one->>'series', p_year, lpad(serial::text, 6, '0')),
                one->'content', p_at);
    END LOOP;
END $$;

-- Keeps one act on a case: read row, journal, tasks, documents, answer — or nothing, when the case has moved on.
-- Returns false for a lost race: the caller loads again.
CREATE OR REPLACE FUNCTION save_case(
    account text, parties text, offices text, regions text, reach text,
    p_region text, p_id uuid, p_expected int, p_version int, p_hash text, p_application json, p_state json, p_stage text,
    p_accepted_on date, p_decided_on date, p_statutory_due date, p_promised_due date, p_due_on date, p_wake_on date,
    p_late text[], p_at timestamptz, p_year int, p_organ text, p_entries jsonb, p_tasks jsonb, p_documents jsonb,
    p_key text, p_request text, p_answer json) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    kept uuid;
BEGIN
    PERFORM set_config('banjie.account', save_case.account, true), set_config('banjie.parties', save_case.parties, true),
            set_config('banjie.offices', save_case.offices, true), set_config('banjie.regions', save_case.regions, true),
            set_config('banjie.reach', save_case.reach, true);
    -- One statement for all three: what it costs to begin a statement is most of what such a small one costs.
    WITH changed AS (
        UPDATE cases SET version = p_version, last_hash = p_hash, state = p_state, stage = p_stage, changed_at = p_at,
            accepted_on = p_accepted_on, decided_on = p_decided_on, statutory_due = p_statutory_due,
            promised_due = p_promised_due, due_on = p_due_on, wake_on = p_wake_on, late = p_late,
            look_on = least(look_on, p_wake_on)
        WHERE region = p_region AND id = p_id AND version = p_expected
        RETURNING id
    ), answers AS (
        INSERT INTO answered (region, account, key, request, answer, at)
        SELECT p_region, save_case.account, p_key, p_request, p_answer, p_at FROM changed
    ), entered AS (
        INSERT INTO journal (region, subject_kind, subject, seq, at, actor, kind, data, hash)
        SELECT p_region, 'case', changed.id, (entry->>0)::int, p_at, save_case.account, entry->>1, entry->2, entry->>3
        FROM changed, jsonb_array_elements(p_entries) AS entry
    )
    SELECT id INTO kept FROM changed;
    IF kept IS NULL THEN
        RETURN false;
    END IF;
    IF p_application IS NOT NULL THEN
        UPDATE applications SET content = p_application WHERE region = p_region AND case_id = p_id;
    END IF;
    IF p_tasks IS NOT NULL THEN
        PERFORM keep_tasks(p_region, p_id, p_tasks);
    END IF;
    IF p_documents IS NOT NULL THEN
        PERFORM keep_documents(p_region, p_id, p_organ, p_at, p_year, p_documents);
    END IF;
    RETURN true;
END $$;

-- Keeps the first act on a case, its submission.
CREATE OR REPLACE FUNCTION open_case(
    account text, parties text, offices text, regions text, reach text,
    p_case jsonb, p_application json, p_state json, p_at timestamptz, p_year int, p_entries jsonb, p_tasks jsonb, p_documents jsonb,
    p_key text, p_request text, p_answer json) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    c cases;
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    c := jsonb_populate_record(NULL::cases, p_case);
    c.state := p_state;
    c.look_on := c.wake_on;
    INSERT INTO answered (region, account, key, request, answer, at)
    VALUES (c.region, open_case.account, p_key, p_request, p_answer, p_at);
    INSERT INTO cases SELECT c.*;
    INSERT INTO applications (region, case_id, organ, offices, holder, content)
    VALUES (c.region, c.id, c.organ, c.offices, c.holder, p_application);
    PERFORM append_journal(c.region, 'case', c.id, p_at, open_case.account, p_entries);
    PERFORM keep_tasks(c.region, c.id, p_tasks);
    PERFORM keep_documents(c.region, c.id, c.organ, p_at, p_year, p_documents);
    RETURN true;
END $$;

-- Cases as the bound actor may see them, for acts on many at once.
CREATE OR REPLACE FUNCTION load_cases(account text, parties text, offices text, regions text, reach text,
                                      p_region text, p_numbers text[], p_keys text[])
RETURNS TABLE (number text, id uuid, version int, last_hash text, application json, state json, request text, answer json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true); -- Some hundreds of cases among millions: each by its key.
    RETURN QUERY
        SELECT c.number, c.id, c.version, c.last_hash, filed.content, c.state, a.request, a.answer
        FROM unnest(p_numbers, p_keys) AS wanted(number, key)
        JOIN cases c ON c.region = p_region AND c.number = wanted.number
        JOIN applications filed ON filed.region = c.region AND filed.case_id = c.id
        -- OFFSET 0 keeps the planner from reading everything the account has ever been answered for a join.
        LEFT JOIN LATERAL (SELECT earlier.request, earlier.answer FROM answered earlier
                           WHERE earlier.region = p_region AND earlier.account = load_cases.account
                               AND earlier.key = wanted.key OFFSET 0) a ON true;
END $$;

-- Keeps acts on many cases in one transaction; answers with the ids of those kept. The others had moved on.
CREATE OR REPLACE FUNCTION save_cases(account text, parties text, offices text, regions text, reach text,
                                      p_region text, p_at timestamptz, p_year int, p_acts jsonb) RETURNS uuid[]
LANGUAGE plpgsql AS $$
DECLARE
    kept uuid[];
    one record;
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    PERFORM set_config('enable_seqscan', 'off', true); -- Some hundreds of cases among millions.
    WITH acts AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(p_acts) AS a(
            id uuid, expected int, version int, hash text, application json, state json, stage text, accepted_on date, decided_on date,
            statutory_due date, promised_due date, due_on date, wake_on date, late text[], entries jsonb, key text,
            request text, answer json)
    ), updated AS (
        UPDATE cases c SET version = a.version, last_hash = a.hash, state = a.state, stage = a.stage,
            changed_at = p_at, accepted_on = a.accepted_on, decided_on = a.decided_on,
            statutory_due = a.statutory_due, promised_due = a.promised_due, due_on = a.due_on, wake_on = a.wake_on,
            late = a.late, look_on = least(c.look_on, a.wake_on)
        FROM acts a WHERE c.region = p_region AND c.id = a.id AND c.version = a.expected
        RETURNING c.id
    ), answers AS (
        INSERT INTO answered (region, account, key, request, answer, at)
        SELECT p_region, save_cases.account, a.key, a.request, a.answer, p_at FROM acts a JOIN updated USING (id)
    ), filed AS (
        UPDATE applications f SET content = a.application
        FROM acts a JOIN updated USING (id)
        WHERE f.region = p_region AND f.case_id = a.id AND a.application IS NOT NULL
    ), entered AS (
        INSERT INTO journal (region, subject_kind, subject, seq, at, actor, kind, data, hash)
        SELECT p_region, 'case', a.id, (entry->>0)::int, p_at, save_cases.account, entry->>1, entry->2, entry->>3
        FROM acts a JOIN updated USING (id), jsonb_array_elements(a.entries) AS entry
    )
    SELECT coalesce(array_agg(id), '{}') INTO kept FROM updated;
    FOR one IN SELECT a.id, a.organ, a.documents FROM jsonb_to_recordset(p_acts) AS a(id uuid, organ text, documents jsonb)
               WHERE a.documents IS NOT NULL AND a.id = ANY (kept) LOOP
        PERFORM keep_documents(p_region, one.id, one.organ, p_at, p_year, one.documents);
    END LOOP;
    PERFORM keep_many_tasks(p_region, kept, p_acts);
    RETURN kept;
END $$;

-- Opens the journal's partitions from `first` for `months` months. Run by the owner's right, so that the worker can
-- keep ahead of the calendar without any other right on tables.
CREATE OR REPLACE FUNCTION open_months(first date, months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    month date;
    opened int := 0;
BEGIN
    FOR i IN 0 .. months - 1 LOOP
        month := date_trunc('month', first)::date + make_interval(months => i);
        IF to_regclass(format('journal_%s', to_char(month, 'YYYY_MM'))) IS NULL THEN
            EXECUTE format('CREATE TABLE journal_%s PARTITION OF journal FOR VALUES FROM (%L) TO (%L)',
                           to_char(month, 'YYYY_MM'), month::timestamp AT TIME ZONE 'Asia/Shanghai',
                           (month + interval '1 month')::timestamp AT TIME ZONE 'Asia/Shanghai');
            opened := opened + 1;
        END IF;
    END LOOP;
    RETURN opened;
END $$;

-- 公开进度: what anyone may know who has both the number and the query code. Personal data stay behind.
CREATE OR REPLACE FUNCTION public_progress(p_region text, p_number text, p_query_code text) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT json_build_object('region', c.region, 'item', c.item, 'edition', c.edition, 'item_name', c.item_name,
                             'state', filed.content::jsonb || c.state::jsonb, 'changed_at', c.changed_at)
    FROM cases c JOIN applications filed ON filed.region = c.region AND filed.case_id = c.id
    WHERE c.region = p_region AND c.number = p_number AND c.query_code = p_query_code;
$$;

-- 证照核验: what anyone may know who holds the code printed on a certificate.
CREATE OR REPLACE FUNCTION verify_certificate(p_code text) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT json_build_object('number', number, 'name', name, 'holder_name', holder_name, 'organ', organ,
                             'status', status, 'valid_from', valid_from, 'valid_until', valid_until, 'sha256', sha256)
    FROM certificates WHERE verify_code = p_code;
$$;

-- The state of a certificate as the bound actor may see it.
CREATE OR REPLACE FUNCTION load_certificate(account text, parties text, offices text, regions text, reach text,
                                            p_region text, p_id uuid)
RETURNS TABLE (version int, last_hash text, state json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    RETURN QUERY SELECT c.version, c.last_hash, c.state FROM certificates c WHERE c.region = p_region AND c.id = p_id;
END $$;

-- Keeps one act on a certificate; its issue when `p_expected` is 0. False for a lost race.
CREATE OR REPLACE FUNCTION save_certificate(
    account text, parties text, offices text, regions text, reach text,
    p_expected int, p_certificate jsonb, p_state json, p_at timestamptz, p_entries jsonb) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    c certificates;
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    c := jsonb_populate_record(NULL::certificates, p_certificate);
    c.state := p_state;
    c.sha256 := '';
    c.trouble := '';
    IF p_expected = 0 THEN
        INSERT INTO certificates SELECT c.* ON CONFLICT DO NOTHING;
    ELSE
        UPDATE certificates SET version = c.version, last_hash = c.last_hash, state = c.state, status = c.status,
            valid_until = c.valid_until, sha256 = '', trouble = ''
        WHERE region = c.region AND id = c.id AND version = p_expected;
    END IF;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM append_journal(c.region, 'certificate', c.id, p_at, save_certificate.account, p_entries);
    RETURN true;
END $$;
