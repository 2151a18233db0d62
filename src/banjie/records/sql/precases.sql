-- 审前服务: one thread before an application, the sum of its history. Seen by the applicant's people and by the item's
-- organ, and by nobody else.
CREATE TABLE precases (
    region       text NOT NULL,
    id           uuid NOT NULL,
    number       text NOT NULL,
    item         text NOT NULL,
    item_name    text NOT NULL,
    edition      int NOT NULL,
    organ        text NOT NULL,
    holder       text NOT NULL,
    holder_name  text NOT NULL,
    status       text NOT NULL,
    kind         text NOT NULL,
    assigned     text NOT NULL DEFAULT '',
    case_number  text NOT NULL DEFAULT '',
    due_at       timestamptz, -- When the office owes an answer; null while it is the applicant's turn.
    wake_at      timestamptz,
    opened_at    timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    version      int NOT NULL,
    last_hash    text NOT NULL,
    state        json NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, number)
);
CREATE INDEX precases_of_holder ON precases (holder, changed_at DESC);
CREATE INDEX precases_waiting ON precases (organ, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX precases_open ON precases (organ, changed_at DESC) WHERE status NOT IN ('converted', 'ended');
CREATE INDEX precases_over ON precases (organ, changed_at DESC) WHERE status IN ('converted', 'ended');
CREATE INDEX precases_to_wake ON precases (wake_at) WHERE wake_at IS NOT NULL;

CREATE SEQUENCE precase_serial;

ALTER TABLE precases ENABLE ROW LEVEL SECURITY;
CREATE POLICY precases_seen ON precases
    USING (holder = ANY ((SELECT bound('parties'))::text[]) OR organ = ANY ((SELECT bound('offices'))::text[])
           OR (SELECT is_system())
           OR ((SELECT is_narrow())
               AND ARRAY[holder || '/*', holder || '/' || item] && (SELECT bound('parties'))::text[]));
CREATE FUNCTION seen_precase(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM precases s WHERE s.region = p_region AND s.id = p_subject) $$;

-- 审前结论被准许重新审查: written down when it happens, for those who watch over the region, and for the organ itself.
CREATE TABLE endorsements_lifted (
    region       text NOT NULL,
    case_id      uuid NOT NULL,
    seq          int NOT NULL,
    number       text NOT NULL,
    item_name    text NOT NULL,
    organ        text NOT NULL,
    target       text NOT NULL,
    point        text NOT NULL,
    found_by     text NOT NULL,
    lifted_by    text NOT NULL,
    reason       text NOT NULL,
    lifted_at    timestamptz NOT NULL,
    PRIMARY KEY (region, case_id, seq)
);
CREATE INDEX endorsements_lifted_lately ON endorsements_lifted (lifted_at DESC);

ALTER TABLE endorsements_lifted ENABLE ROW LEVEL SECURITY;
CREATE POLICY endorsements_lifted_seen ON endorsements_lifted FOR SELECT
    USING (region = ANY ((SELECT bound('regions'))::text[]) OR organ = ANY ((SELECT bound('offices'))::text[])
           OR (SELECT is_system()));
CREATE POLICY endorsements_lifted_kept ON endorsements_lifted FOR INSERT WITH CHECK ((SELECT is_system()));

-- The state of a service as the bound actor may see it, and the earlier answer if the key has been used.
CREATE OR REPLACE FUNCTION load_precase(account text, parties text, offices text, regions text, reach text,
                                        p_region text, p_number text, p_key text)
RETURNS TABLE (id uuid, version int, last_hash text, opened_at timestamptz, state json, request text, answer json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    RETURN QUERY
        SELECT p.id, p.version, p.last_hash, p.opened_at, p.state, a.request, a.answer
        FROM precases p
        LEFT JOIN answered a ON a.region = p_region AND a.account = load_precase.account AND a.key = p_key
        WHERE p.region = p_region AND p.number = p_number;
END $$;

-- Keeps one act: read row, journal and answer, or nothing when the service has moved on. 0 is expected for the first.
CREATE OR REPLACE FUNCTION save_precase(
    account text, parties text, offices text, regions text, reach text,
    p_expected int, p_precase jsonb, p_state json, p_at timestamptz, p_entries jsonb,
    p_key text, p_request text, p_answer json) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    p precases;
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    p := jsonb_populate_record(NULL::precases, p_precase);
    p.state := p_state;
    IF p_expected = 0 THEN
        INSERT INTO precases SELECT p.*;
    ELSE
        UPDATE precases SET version = p.version, last_hash = p.last_hash, state = p.state, status = p.status,
            kind = p.kind, edition = p.edition, item_name = p.item_name, assigned = p.assigned,
            case_number = p.case_number, due_at = p.due_at, wake_at = p.wake_at, changed_at = p.changed_at
        WHERE region = p.region AND id = p.id AND version = p_expected;
    END IF;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO answered (region, account, key, request, answer, at)
    VALUES (p.region, save_precase.account, p_key, p_request, p_answer, p_at);
    PERFORM append_journal(p.region, 'precase', p.id, p_at, save_precase.account, p_entries);
    RETURN true;
END $$;

-- 查看记录 of services: as for cases, in nobody else's name and only of a service one sees.
CREATE POLICY looks_at_services_noted ON looks FOR INSERT
    WITH CHECK (kind = 'service' AND account = current_setting('banjie.account', true) AND account <> ''
                AND EXISTS (SELECT 1 FROM precases p WHERE p.region = looks.region AND p.id = looks.case_id
                            AND p.holder = looks.party));

CREATE FUNCTION note_service_look(account text, parties text, offices text, regions text, reach text, p_region text,
                                  p_precase uuid, p_office text, p_role text, p_purpose text, p_at timestamptz,
                                  p_day date)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    INSERT INTO looks (region, case_id, account, kind, day, party, office, role, purpose, number, item_name, at)
    SELECT p.region, p.id, note_service_look.account, 'service', p_day, p.holder, p_office, p_role, p_purpose, p.number,
           p.item_name, p_at
    FROM precases p WHERE p.region = p_region AND p.id = p_precase
    ON CONFLICT DO NOTHING;
END $$;
