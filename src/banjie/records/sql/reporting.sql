-- 上报: national reporting records on their way out. One row for a record, however often its case is told of: the key is
-- the receiver's. `held` is one that does not fit and waits for people; `dead` one that was refused or never got through.
CREATE TABLE report_records (
    region       text NOT NULL,
    project_no   text NOT NULL,
    kind         text NOT NULL,
    row_guid     uuid NOT NULL,
    case_id      uuid NOT NULL,
    organ        text NOT NULL,
    item_name    text NOT NULL,
    fields       jsonb NOT NULL,
    state        text NOT NULL CHECK (state IN ('waiting', 'sent', 'held', 'dead')),
    tries        int NOT NULL DEFAULT 0,
    label        text NOT NULL DEFAULT '',
    reason       text NOT NULL DEFAULT '',
    remedy       text NOT NULL DEFAULT '',
    receipt      text NOT NULL DEFAULT '',
    made_at      timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    revision     int NOT NULL DEFAULT 1,
    PRIMARY KEY (region, project_no, kind, row_guid)
);
CREATE INDEX report_records_stuck ON report_records (region, changed_at DESC) WHERE state IN ('held', 'dead');
CREATE INDEX report_records_waiting ON report_records (region, made_at) WHERE state = 'waiting';

-- Sums of a region and a city day, so that the page over them need not count records.
CREATE TABLE report_sums (
    region       text NOT NULL,
    day          date NOT NULL,
    kind         text NOT NULL,
    sent         int NOT NULL DEFAULT 0,
    PRIMARY KEY (region, day, kind)
);

ALTER TABLE report_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY report_records_seen ON report_records FOR SELECT
    USING (region = ANY ((SELECT bound('regions'))::text[]) OR (SELECT is_system()));
CREATE POLICY report_records_kept ON report_records USING ((SELECT is_system()));
ALTER TABLE report_sums ENABLE ROW LEVEL SECURITY;
CREATE POLICY report_sums_seen ON report_sums FOR SELECT
    USING (region = ANY ((SELECT bound('regions'))::text[]) OR (SELECT is_system()));
CREATE POLICY report_sums_kept ON report_sums USING ((SELECT is_system()));
