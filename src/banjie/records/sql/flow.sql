-- 流程图: sums of how cases went, a month, organ and item; and how far each case has come, for its next step.
CREATE TABLE flow_cases (
    region       text NOT NULL,
    id           uuid NOT NULL,
    organ        text NOT NULL,
    item         text NOT NULL,
    edition      int NOT NULL DEFAULT 0,
    last         text NOT NULL,
    at           timestamptz,
    visited      text[] NOT NULL DEFAULT '{}',
    decided      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (region, id)
) WITH (fillfactor = 80);

CREATE TABLE flow_items (
    region       text NOT NULL,
    item         text NOT NULL,
    organ        text NOT NULL,
    name         text NOT NULL,
    source       text NOT NULL DEFAULT '',
    PRIMARY KEY (region, item, organ)
);

CREATE TABLE flow_edges (
    region       text NOT NULL,
    item         text NOT NULL,
    organ        text NOT NULL,
    month        date NOT NULL,
    source       text NOT NULL,
    target       text NOT NULL,
    count        bigint NOT NULL,
    seconds      bigint NOT NULL,
    rework       bigint NOT NULL,
    PRIMARY KEY (region, item, organ, month, source, target)
);

CREATE TABLE flow_stays (
    region       text NOT NULL,
    item         text NOT NULL,
    organ        text NOT NULL,
    month        date NOT NULL,
    node         text NOT NULL,
    office       text NOT NULL,
    count        bigint NOT NULL,
    seconds      bigint NOT NULL,
    rework       bigint NOT NULL,
    PRIMARY KEY (region, item, organ, month, node, office)
);

-- Of what was decided in a month: working days promised and used, and how many were late.
CREATE TABLE flow_kept (
    region        text NOT NULL,
    item          text NOT NULL,
    organ         text NOT NULL,
    month         date NOT NULL,
    decided       bigint NOT NULL,
    late          bigint NOT NULL,
    promised_days bigint NOT NULL,
    used_days     bigint NOT NULL,
    PRIMARY KEY (region, item, organ, month)
);

ALTER TABLE flow_cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY flow_cases_seen ON flow_cases FOR SELECT
    USING (region = ANY ((SELECT bound('regions'))::text[])
           OR (organ <> '' AND organ = ANY ((SELECT bound('offices'))::text[])) OR (SELECT is_system()));
CREATE POLICY flow_cases_kept ON flow_cases USING ((SELECT is_system()));

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['flow_items', 'flow_edges', 'flow_stays', 'flow_kept'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT USING (region = ANY ((SELECT bound(''regions''))::text[])'
                       ' OR (organ <> '''' AND organ = ANY ((SELECT bound(''offices''))::text[])) OR (SELECT is_system()))',
                       one || '_seen', one);
        EXECUTE format('CREATE POLICY %I ON %I USING ((SELECT is_system()))', one || '_kept', one);
    END LOOP;
END $$;
