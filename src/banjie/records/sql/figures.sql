-- 指标: what the figures know of each case, and its sums. Kept by a follower of the journal; a case's row says what has
-- been counted of it, so that counting it again changes nothing. The columns are the measures of engine/figures.py.
CREATE TABLE figure_cases (
    region           text NOT NULL,
    case_id          uuid NOT NULL,
    number           text NOT NULL,
    item             text NOT NULL,
    organ            text NOT NULL,
    official         text NOT NULL,
    channel          text NOT NULL,
    submitted_on     date NOT NULL,
    accepted_on      date,
    decided_on       date,
    delivered_on     date,
    due              date, -- Null once nothing is to be done; 0001-01-01: late whatever the day; 9999-12-31: never by day.
    law_due          date,
    applied          smallint NOT NULL DEFAULT 0,
    applied_online   smallint NOT NULL DEFAULT 0,
    required         smallint NOT NULL DEFAULT 0,
    held             smallint NOT NULL DEFAULT 0,
    corrected        smallint NOT NULL DEFAULT 0,
    repeated         smallint NOT NULL DEFAULT 0,
    accepted         smallint NOT NULL DEFAULT 0,
    accepted_at_once smallint NOT NULL DEFAULT 0,
    silent           smallint NOT NULL DEFAULT 0,
    decided          smallint NOT NULL DEFAULT 0,
    on_time          smallint NOT NULL DEFAULT 0,
    on_time_by_law   smallint NOT NULL DEFAULT 0,
    same_day         smallint NOT NULL DEFAULT 0,
    reworked         smallint NOT NULL DEFAULT 0,
    timed            smallint NOT NULL DEFAULT 0,
    used_days        smallint NOT NULL DEFAULT 0,
    promised_days    smallint NOT NULL DEFAULT 0,
    legal_days       smallint NOT NULL DEFAULT 0,
    delivered        smallint NOT NULL DEFAULT 0,
    trips            smallint NOT NULL DEFAULT 0,
    no_trip          smallint NOT NULL DEFAULT 0,
    one_trip         smallint NOT NULL DEFAULT 0,
    all_online       smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (region, case_id)
) WITH (fillfactor = 80);
-- A figure opens to its cases by the day they count on, the latest first.
CREATE INDEX figure_cases_submitted ON figure_cases (region, submitted_on, case_id);
CREATE INDEX figure_cases_accepted ON figure_cases (region, accepted_on, case_id) WHERE accepted_on IS NOT NULL;
CREATE INDEX figure_cases_decided ON figure_cases (region, decided_on, case_id) WHERE decided_on IS NOT NULL;
CREATE INDEX figure_cases_delivered ON figure_cases (region, delivered_on, case_id) WHERE delivered_on IS NOT NULL;
CREATE INDEX figure_cases_due ON figure_cases (region, due, case_id) WHERE due IS NOT NULL;
CREATE INDEX figure_cases_law_due ON figure_cases (region, law_due, case_id) WHERE law_due IS NOT NULL;

-- Sums of a month, quarter or year (grain m, q, y), cut in five ways: the region as a whole (organ ''), its organs, and
-- each organ's items, deciding officials and channels (key). So a board reads few rows, however many the cases.
CREATE TABLE figure_sums (
    region           text NOT NULL,
    cut              text NOT NULL CHECK (cut IN ('region', 'organ', 'item', 'official', 'channel')),
    grain            text NOT NULL CHECK (grain IN ('m', 'q', 'y')),
    period           date NOT NULL,
    organ            text NOT NULL,
    key              text NOT NULL,
    applied          bigint NOT NULL DEFAULT 0,
    applied_online   bigint NOT NULL DEFAULT 0,
    required         bigint NOT NULL DEFAULT 0,
    held             bigint NOT NULL DEFAULT 0,
    corrected        bigint NOT NULL DEFAULT 0,
    repeated         bigint NOT NULL DEFAULT 0,
    accepted         bigint NOT NULL DEFAULT 0,
    accepted_at_once bigint NOT NULL DEFAULT 0,
    silent           bigint NOT NULL DEFAULT 0,
    decided          bigint NOT NULL DEFAULT 0,
    on_time          bigint NOT NULL DEFAULT 0,
    on_time_by_law   bigint NOT NULL DEFAULT 0,
    same_day         bigint NOT NULL DEFAULT 0,
    reworked         bigint NOT NULL DEFAULT 0,
    timed            bigint NOT NULL DEFAULT 0,
    used_days        bigint NOT NULL DEFAULT 0,
    promised_days    bigint NOT NULL DEFAULT 0,
    legal_days       bigint NOT NULL DEFAULT 0,
    delivered        bigint NOT NULL DEFAULT 0,
    trips            bigint NOT NULL DEFAULT 0,
    no_trip          bigint NOT NULL DEFAULT 0,
    one_trip         bigint NOT NULL DEFAULT 0,
    all_online       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (region, cut, grain, period, organ, key)
) WITH (fillfactor = 80);

-- Stock: open cases (clock ''), and those by the day on which each clock runs out. What is late today is the sum below
-- today, so that a day may pass without anything being counted anew.
CREATE TABLE figure_stock (
    region           text NOT NULL,
    cut              text NOT NULL CHECK (cut IN ('region', 'organ', 'item', 'channel')),
    clock            text NOT NULL CHECK (clock IN ('', 'TP', 'TL')),
    due              date NOT NULL,
    organ            text NOT NULL,
    key              text NOT NULL,
    number           bigint NOT NULL,
    PRIMARY KEY (region, cut, clock, due, organ, key)
) WITH (fillfactor = 80);

-- Sums are seen by whoever sees every case in them: those who watch the region, and the organ that decides. The sums of
-- a whole region have no organ, so an organ never sees them.
ALTER TABLE figure_cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY figure_cases_seen ON figure_cases FOR SELECT
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));
CREATE POLICY figure_cases_kept ON figure_cases FOR ALL USING ((SELECT is_system()));
ALTER TABLE figure_sums ENABLE ROW LEVEL SECURITY;
CREATE POLICY figure_sums_seen ON figure_sums FOR SELECT
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));
CREATE POLICY figure_sums_kept ON figure_sums FOR ALL USING ((SELECT is_system()));
ALTER TABLE figure_stock ENABLE ROW LEVEL SECURITY;
CREATE POLICY figure_stock_seen ON figure_stock FOR SELECT
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));
CREATE POLICY figure_stock_kept ON figure_stock FOR ALL USING ((SELECT is_system()));

-- 定格: a board as it stood when somebody froze it. It can be added and read; nobody changes it. `sha256` is of the
-- canonical text of `document`, so that a figure in a report can be held against it for ever.
CREATE TABLE figure_snapshots (
    region           text NOT NULL,
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    organ            text NOT NULL,
    period           text NOT NULL,
    made_at          timestamptz NOT NULL,
    made_by          text NOT NULL,
    document         jsonb NOT NULL,
    sha256           text NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX figure_snapshots_by_time ON figure_snapshots (region, organ, made_at DESC);
ALTER TABLE figure_snapshots ENABLE ROW LEVEL SECURITY;
CREATE POLICY figure_snapshots_seen ON figure_snapshots FOR SELECT
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));
-- In nobody else's name, and only of figures one sees.
CREATE POLICY figure_snapshots_made ON figure_snapshots FOR INSERT
    WITH CHECK (made_by = current_setting('banjie.account', true) AND made_by <> ''
                AND (organ = ANY (bound('offices')) OR region = ANY (bound('regions'))));
