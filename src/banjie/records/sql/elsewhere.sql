-- 办件归集: cases of departments with systems of their own, the sum of what each has told. Its history is in the journal.
CREATE TABLE external_cases (
    region       text NOT NULL,
    id           uuid NOT NULL,
    source       text NOT NULL,
    number       text NOT NULL,
    organ        text NOT NULL DEFAULT '',
    organ_name   text NOT NULL DEFAULT '',
    item         text NOT NULL DEFAULT '',
    item_name    text NOT NULL DEFAULT '',
    channel      text NOT NULL DEFAULT '',
    started_at   timestamptz NOT NULL,
    due_at       timestamptz,
    ended_at     timestamptz,
    late         boolean NOT NULL,
    steps        int NOT NULL,
    last_step    text NOT NULL DEFAULT '',
    oddities     text[] NOT NULL DEFAULT '{}',
    version      int NOT NULL,
    last_hash    text NOT NULL,
    changed_at   timestamptz NOT NULL,
    state        json NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, source, number)
);
CREATE INDEX external_cases_lately ON external_cases (region, started_at DESC, id DESC);
CREATE INDEX external_cases_of_organ ON external_cases (organ, started_at DESC, id DESC);
CREATE INDEX external_cases_late ON external_cases (region, started_at DESC, id DESC) WHERE late;
CREATE INDEX external_cases_open ON external_cases (region, due_at) WHERE ended_at IS NULL;
CREATE INDEX external_cases_odd ON external_cases (region, started_at DESC, id DESC) WHERE oddities <> '{}';
CREATE INDEX external_cases_ended ON external_cases (region, item_name, ended_at DESC) WHERE ended_at IS NOT NULL;
CREATE INDEX external_cases_by_number ON external_cases (region, number text_pattern_ops);

-- Their sums a month, kept with every telling, so that no board counts cases. Began, ended and so on are each counted in
-- the city's month in which it happened; `timed` are those ended with a sound duration, `seconds` all of it.
CREATE TABLE external_sums (
    region       text NOT NULL,
    organ        text NOT NULL,
    source       text NOT NULL,
    item         text NOT NULL,
    item_name    text NOT NULL,
    channel      text NOT NULL,
    month        date NOT NULL,
    began        int NOT NULL DEFAULT 0,
    ended        int NOT NULL DEFAULT 0,
    with_due     int NOT NULL DEFAULT 0,
    late         int NOT NULL DEFAULT 0,
    odd          int NOT NULL DEFAULT 0,
    timed        int NOT NULL DEFAULT 0,
    seconds      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (region, organ, source, item, item_name, channel, month)
);

ALTER TABLE external_cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY external_cases_seen ON external_cases FOR SELECT
    USING (region = ANY ((SELECT bound('regions'))::text[])
           OR (organ <> '' AND organ = ANY ((SELECT bound('offices'))::text[])) OR (SELECT is_system()));
CREATE POLICY external_cases_kept ON external_cases USING ((SELECT is_system()));

ALTER TABLE external_sums ENABLE ROW LEVEL SECURITY;
CREATE POLICY external_sums_seen ON external_sums FOR SELECT
    USING (region = ANY ((SELECT bound('regions'))::text[])
           OR (organ <> '' AND organ = ANY ((SELECT bound('offices'))::text[])) OR (SELECT is_system()));
CREATE POLICY external_sums_kept ON external_sums USING ((SELECT is_system()));

CREATE FUNCTION seen_external(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM external_cases s WHERE s.region = p_region AND s.id = p_subject) $$;

-- Keeps many tellings in one statement each for rows and journal. `p_rows` is a list of rows of external_cases with
-- `entries`, [[seq, kind, data, hash], …]; the caller holds the source's lock, so nobody else changes them meanwhile.
CREATE FUNCTION save_external(p_region text, p_actor text, p_at timestamptz, p_rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO external_cases (region, id, source, number, organ, organ_name, item, item_name, channel, started_at,
                                due_at, ended_at, late, steps, last_step, oddities, version, last_hash, changed_at, state)
    SELECT p_region, r.id, r.source, r.number, r.organ, r.organ_name, r.item, r.item_name, r.channel, r.started_at,
           r.due_at, r.ended_at, r.late, r.steps, r.last_step, r.oddities, r.version, r.last_hash, p_at, r.state
    FROM jsonb_to_recordset(p_rows) AS r(id uuid, source text, number text, organ text, organ_name text, item text,
         item_name text, channel text, started_at timestamptz, due_at timestamptz, ended_at timestamptz, late boolean,
         steps int, last_step text, oddities text[], version int, last_hash text, state json)
    ON CONFLICT (region, id) DO UPDATE SET organ = EXCLUDED.organ, organ_name = EXCLUDED.organ_name,
        item = EXCLUDED.item, item_name = EXCLUDED.item_name, channel = EXCLUDED.channel,
        started_at = EXCLUDED.started_at, due_at = EXCLUDED.due_at, ended_at = EXCLUDED.ended_at, late = EXCLUDED.late,
        steps = EXCLUDED.steps, last_step = EXCLUDED.last_step, oddities = EXCLUDED.oddities,
        version = EXCLUDED.version, last_hash = EXCLUDED.last_hash, changed_at = EXCLUDED.changed_at,
        state = EXCLUDED.state;
    INSERT INTO journal (region, subject_kind, subject, seq, at, actor, kind, data, hash)
    SELECT p_region, 'external', r.id, (entry->>0)::int, p_at, p_actor, entry->>1, entry->2, entry->>3
    FROM jsonb_to_recordset(p_rows) AS r(id uuid, entries jsonb), jsonb_array_elements(r.entries) AS entry;
END $$;
