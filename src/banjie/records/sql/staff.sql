-- 工作人员: who sits where from which day to which, who is away and who stands in for her, who may decide what.
-- The history of each person is in the journal (kind member); posts, leaves and certifications are read from its sum.

CREATE TABLE members (
    region        text NOT NULL,
    id            uuid NOT NULL,
    account       text NOT NULL,
    name          text NOT NULL,
    waiting       int NOT NULL DEFAULT 0, -- How many wishes wait for a second person.
    joined_on     date,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX members_of_account ON members (region, account);
CREATE INDEX members_by_account ON members (account) INCLUDE (joined_on);
CREATE INDEX members_waiting ON members (region) WHERE waiting > 0;

CREATE TABLE leaves (
    region        text NOT NULL,
    account       text NOT NULL,
    key           text NOT NULL,
    from_day      date NOT NULL,
    until_day     date NOT NULL,
    deputy        text NOT NULL,
    reason        text NOT NULL DEFAULT '',
    PRIMARY KEY (region, account, key)
);
CREATE INDEX leaves_by_account ON leaves (account, until_day);
CREATE INDEX leaves_by_deputy ON leaves (deputy, until_day);

-- What is covered: the code of an item, or kind:01 for every item of that kind (GB/T 39046 annex A.1).
CREATE TABLE certifications (
    region        text NOT NULL,
    account       text NOT NULL,
    item          text NOT NULL,
    valid_from    date NOT NULL,
    valid_until   date,
    source        text NOT NULL DEFAULT '',
    PRIMARY KEY (region, account, item, valid_from)
);
CREATE INDEX certifications_by_account ON certifications (account);

-- 值班表: who sits at which window on which half of a day. Written by generation, then by hand.
CREATE TABLE rosters (
    region        text NOT NULL,
    hall          text NOT NULL,
    win           text NOT NULL,
    day           date NOT NULL,
    half          text NOT NULL CHECK (half IN ('am', 'pm')),
    account       text NOT NULL,
    by_hand       boolean NOT NULL DEFAULT false,
    set_by        text NOT NULL,
    set_at        timestamptz NOT NULL,
    PRIMARY KEY (region, hall, day, half, win)
);
CREATE INDEX rosters_by_account ON rosters (account, day);

-- 差错: derived from returns for rework; account is the official whose work was returned, office where she did it.
CREATE TABLE rework_errors (
    region        text NOT NULL,
    case_id       uuid NOT NULL,
    seq           int NOT NULL,
    number        text NOT NULL,
    item          text NOT NULL,
    item_name     text NOT NULL,
    office        text NOT NULL,
    account       text NOT NULL,
    error         text NOT NULL,
    step_name     text NOT NULL,
    reason        text NOT NULL,
    found_by      text NOT NULL,
    day           date NOT NULL,
    is_new        boolean NOT NULL, -- She was within her first months, or had no certification for the item.
    PRIMARY KEY (region, case_id, seq)
);
CREATE INDEX rework_errors_by_account ON rework_errors (account, day DESC);
CREATE INDEX rework_errors_by_office ON rework_errors (region, office, day DESC);

-- One's own, and everything for the platform itself, which answers the pages of those who manage staff.
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
CREATE POLICY members_seen ON members FOR SELECT
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));
CREATE POLICY members_kept ON members USING ((SELECT is_system()));
ALTER TABLE leaves ENABLE ROW LEVEL SECURITY;
CREATE POLICY leaves_seen ON leaves FOR SELECT
    USING ((SELECT current_setting('banjie.account', true)) IN (account, deputy) OR (SELECT is_system()));
CREATE POLICY leaves_kept ON leaves USING ((SELECT is_system()));
ALTER TABLE certifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY certifications_seen ON certifications FOR SELECT
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));
CREATE POLICY certifications_kept ON certifications USING ((SELECT is_system()));
ALTER TABLE rosters ENABLE ROW LEVEL SECURITY;
CREATE POLICY rosters_seen ON rosters FOR SELECT
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));
CREATE POLICY rosters_kept ON rosters USING ((SELECT is_system()));

-- An error is hers and her head's to know, not her colleagues'.
ALTER TABLE rework_errors ENABLE ROW LEVEL SECURITY;
CREATE POLICY rework_errors_seen ON rework_errors FOR SELECT
    USING (account = (SELECT current_setting('banjie.account', true))
           OR (office = ANY ((SELECT bound('offices'))::text[])
               AND EXISTS (SELECT 1 FROM posts p WHERE p.account = current_setting('banjie.account', true)
                           AND p.role = 'head' AND p.office = rework_errors.office))
           OR (SELECT is_system()));
CREATE POLICY rework_errors_kept ON rework_errors USING ((SELECT is_system()));

CREATE FUNCTION seen_member(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM members s WHERE s.region = p_region AND s.id = p_subject) $$;
