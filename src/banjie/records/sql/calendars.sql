-- 工作日历版本: what each region says of its days, edition by edition; drafts, and what was published under which serial
-- number. It is law and open to everyone. What the packs ship lies beneath, as publication 0.
CREATE TABLE calendars (
    region       text NOT NULL,
    id           uuid NOT NULL,
    name         text NOT NULL,
    status       text NOT NULL CHECK (status IN ('draft', 'published', 'dropped')),
    serial       int,
    prepared_by  text NOT NULL,
    changed_at   timestamptz NOT NULL,
    version      int NOT NULL,
    last_hash    text NOT NULL,
    state        json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX calendars_draft ON calendars (region) WHERE status = 'draft';
CREATE INDEX calendars_in_force ON calendars (region, serial DESC) WHERE serial IS NOT NULL;
CREATE INDEX calendars_latest ON calendars (changed_at DESC, id);

CREATE FUNCTION seen_calendar(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT true $$;

-- The next serial number of a publication, taken one at a time: a case under a number is under all before it.
CREATE FUNCTION next_publication() RETURNS int
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('calendars'));
    RETURN (SELECT coalesce(max(serial), 0) + 1 FROM calendars WHERE serial IS NOT NULL);
END $$;
CREATE INDEX calendars_by_serial ON calendars (serial) WHERE serial IS NOT NULL;

-- 期限重算: one round over all open cases, to count what an edition would move (preview) or to move it (move). `place` is
-- the case it has come to, so that a round that was interrupted goes on.
CREATE TABLE calendar_rounds (
    region       text NOT NULL,
    id           uuid NOT NULL,
    calendar     uuid NOT NULL,
    revision     int NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('preview', 'move')),
    state        text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled')),
    again        boolean NOT NULL DEFAULT false,
    place_region text NOT NULL DEFAULT '',
    place        uuid,
    seen         bigint NOT NULL DEFAULT 0,
    expected     bigint NOT NULL DEFAULT 0,
    told         jsonb NOT NULL DEFAULT '{}',
    account      text NOT NULL,
    begun_at     timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX calendar_rounds_of ON calendar_rounds (region, calendar, begun_at DESC);

-- Its examples name cases: it is read by the platform for whoever keeps the calendar.
ALTER TABLE calendar_rounds ENABLE ROW LEVEL SECURITY;
CREATE POLICY calendar_rounds_kept ON calendar_rounds USING ((SELECT is_system()));

-- For the rounds: the open cases of a region in the order of their identifiers.
CREATE INDEX cases_open_in_order ON cases (region, id)
    WHERE stage NOT IN ('returned', 'not_required', 'rejected_entry', 'delivered', 'withdrawn', 'terminated');
