-- 查看记录: which official opened a case, a paper or a document of it, or a pre-application service, as what; once an official, case, kind and day.
-- The row belongs to whoever the case is about: she reads it, as does the organ that decides the case (case_files.sql), and nobody changes it.
CREATE TABLE looks (
    region        text NOT NULL,
    case_id       uuid NOT NULL,
    account       text NOT NULL,
    kind          text NOT NULL,
    day           date NOT NULL,
    party         text NOT NULL,
    office        text NOT NULL,
    role          text NOT NULL,
    purpose       text NOT NULL,
    number        text NOT NULL,
    item_name     text NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (region, case_id, account, kind, day)
);
CREATE INDEX looks_of_party ON looks (party, at DESC);

ALTER TABLE looks ENABLE ROW LEVEL SECURITY;
CREATE POLICY looks_seen ON looks FOR SELECT
    USING (party = ANY ((SELECT bound('parties'))::text[]) OR (SELECT is_system()));
-- In nobody else's name, and only of a case one sees, for the party it is about.
CREATE POLICY looks_noted ON looks FOR INSERT
    WITH CHECK (account = current_setting('banjie.account', true) AND account <> ''
                AND EXISTS (SELECT 1 FROM cases c WHERE c.region = looks.region AND c.id = looks.case_id
                            AND c.holder = looks.party));

-- One call, which binds its actor itself. The second look of a day meets the first one's row and leaves it.
CREATE FUNCTION note_look(account text, parties text, offices text, regions text, reach text, p_region text, p_case uuid,
                          p_kind text, p_office text, p_role text, p_purpose text, p_at timestamptz, p_day date)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    INSERT INTO looks (region, case_id, account, kind, day, party, office, role, purpose, number, item_name, at)
    SELECT c.region, c.id, note_look.account, p_kind, p_day, c.holder, p_office, p_role, p_purpose, c.number,
           c.item_name, p_at
    FROM cases c WHERE c.region = p_region AND c.id = p_case
    ON CONFLICT DO NOTHING;
END $$;
