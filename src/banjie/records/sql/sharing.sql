-- Ask once: who asked whom about what, with which right, and what came of it. The history is in the journal; these rows
-- are its sum. What was answered stands apart in `ask_values`: it belongs to one application and can be thrown away.

-- 询问.
CREATE TABLE asks (
    region        text NOT NULL,
    id            uuid NOT NULL,
    source        text NOT NULL,
    party         text NOT NULL,
    account       text NOT NULL,
    draft         uuid NOT NULL,
    case_id       uuid,
    item          text NOT NULL,
    status        text NOT NULL,
    asked_at      timestamptz NOT NULL,
    due_at        timestamptz NOT NULL,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX asks_of_draft ON asks (region, draft);
CREATE INDEX asks_of_party ON asks (party, asked_at DESC, id);
CREATE INDEX asks_of_case ON asks (region, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX asks_waiting ON asks (due_at) WHERE status = 'asked';

-- 查到的内容: for this draft and this account alone; gone when consent is withdrawn or the draft is.
CREATE TABLE ask_values (
    region        text NOT NULL,
    ask           uuid NOT NULL,
    account       text NOT NULL,
    draft         uuid NOT NULL,
    held          jsonb NOT NULL,
    PRIMARY KEY (region, ask)
);
CREATE INDEX ask_values_of_draft ON ask_values (region, draft);

-- 同意.
CREATE TABLE consents (
    region        text NOT NULL,
    id            uuid NOT NULL,
    source        text NOT NULL,
    party         text NOT NULL,
    account       text NOT NULL,
    draft         uuid NOT NULL,
    status        text NOT NULL,
    given_at      timestamptz NOT NULL,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX consents_of_draft ON consents (region, draft);
CREATE INDEX consents_of_party ON consents (party, given_at DESC);

-- 数据异议.
CREATE TABLE contests (
    region        text NOT NULL,
    id            uuid NOT NULL,
    source        text NOT NULL,
    organ         text NOT NULL,
    party         text NOT NULL,
    account       text NOT NULL,
    draft         uuid NOT NULL,
    case_id       uuid,
    status        text NOT NULL,
    raised_at     timestamptz NOT NULL,
    due_on        date NOT NULL,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX contests_of_draft ON contests (region, draft);
CREATE INDEX contests_of_organ ON contests (organ, status, due_on);
CREATE INDEX contests_of_case ON contests (region, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX contests_of_party ON contests (party, raised_at DESC);

-- 重复提交.
CREATE TABLE repeats (
    region        text NOT NULL,
    id            uuid NOT NULL,
    office        text NOT NULL,
    item          text NOT NULL,
    month         date NOT NULL,
    case_id       uuid,
    at            timestamptz NOT NULL,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX repeats_of_month ON repeats (region, month, office, item, at);

-- 免提交率: what was asked of each case, counted once when it was handed in, and the sums of a month.
CREATE TABLE ask_lines (
    region        text NOT NULL,
    case_id       uuid NOT NULL,
    month         date NOT NULL,
    office        text NOT NULL,
    item          text NOT NULL,
    item_name     text NOT NULL,
    number        text NOT NULL,
    required      int NOT NULL,
    satisfied     int NOT NULL,
    filled        int NOT NULL DEFAULT 0,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX ask_lines_of_month ON ask_lines (region, month, office, item, number);

CREATE TABLE ask_figures (
    region        text NOT NULL,
    month         date NOT NULL,
    office        text NOT NULL,
    item          text NOT NULL,
    item_name     text NOT NULL,
    cases         int NOT NULL DEFAULT 0,
    required      int NOT NULL DEFAULT 0,
    satisfied     int NOT NULL DEFAULT 0,
    filled        int NOT NULL DEFAULT 0,
    repeated      int NOT NULL DEFAULT 0,
    PRIMARY KEY (region, month, office, item)
);

-- What a follower has counted already, so that an entry that is met again counts once.
CREATE TABLE ask_counted (
    region        text NOT NULL,
    subject       uuid NOT NULL,
    seq           int NOT NULL,
    PRIMARY KEY (region, subject, seq)
);

-- Who may see what: the person it is about, whoever asked for her, the office that has her case, the source's own office.

ALTER TABLE asks ENABLE ROW LEVEL SECURITY;
CREATE POLICY asks_seen ON asks FOR SELECT
    USING (party = ANY ((SELECT bound('parties'))::text[]) OR account = (SELECT current_setting('banjie.account', true))
           OR (SELECT is_system())
           OR (case_id IS NOT NULL
               AND EXISTS (SELECT 1 FROM cases c WHERE c.region = asks.region AND c.id = asks.case_id)));
CREATE POLICY asks_begun ON asks FOR INSERT
    WITH CHECK (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));
CREATE POLICY asks_moved ON asks FOR UPDATE
    USING (party = ANY ((SELECT bound('parties'))::text[]) OR account = (SELECT current_setting('banjie.account', true))
           OR (SELECT is_system()));

ALTER TABLE ask_values ENABLE ROW LEVEL SECURITY;
CREATE POLICY ask_values_kept ON ask_values
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));

ALTER TABLE consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY consents_seen ON consents
    USING (party = ANY ((SELECT bound('parties'))::text[]) OR account = (SELECT current_setting('banjie.account', true))
           OR (SELECT is_system()));

ALTER TABLE contests ENABLE ROW LEVEL SECURITY;
CREATE POLICY contests_seen ON contests FOR SELECT
    USING (party = ANY ((SELECT bound('parties'))::text[]) OR account = (SELECT current_setting('banjie.account', true))
           OR organ = ANY ((SELECT bound('offices'))::text[]) OR (SELECT is_system())
           OR (case_id IS NOT NULL
               AND EXISTS (SELECT 1 FROM cases c WHERE c.region = contests.region AND c.id = contests.case_id)));
CREATE POLICY contests_begun ON contests FOR INSERT
    WITH CHECK (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));
CREATE POLICY contests_moved ON contests FOR UPDATE
    USING (account = (SELECT current_setting('banjie.account', true)) OR organ = ANY ((SELECT bound('offices'))::text[])
           OR party = ANY ((SELECT bound('parties'))::text[]) OR (SELECT is_system()));

ALTER TABLE repeats ENABLE ROW LEVEL SECURITY;
CREATE POLICY repeats_seen ON repeats FOR SELECT
    USING (office = ANY ((SELECT bound('offices'))::text[]) OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));
CREATE POLICY repeats_kept ON repeats FOR INSERT WITH CHECK ((SELECT is_system()));

ALTER TABLE ask_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY ask_lines_seen ON ask_lines
    USING (office = ANY ((SELECT bound('offices'))::text[]) OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));

ALTER TABLE ask_figures ENABLE ROW LEVEL SECURITY;
CREATE POLICY ask_figures_seen ON ask_figures
    USING (office = ANY ((SELECT bound('offices'))::text[]) OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));

ALTER TABLE ask_counted ENABLE ROW LEVEL SECURITY;
CREATE POLICY ask_counted_kept ON ask_counted USING ((SELECT is_system()));

CREATE FUNCTION seen_ask(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM asks s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_consent(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM consents s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_contest(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM contests s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_repeat(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM repeats s WHERE s.region = p_region AND s.id = p_subject) $$;
