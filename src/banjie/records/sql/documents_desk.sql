-- What the desk does with documents: the wording officials give them, who has opened them, the files of a case as one
-- package (案卷), and the daily seal over the journal.

-- 日封存: everything up to (to_xid, to_position) in the journal's own order, signed. It counts what a city does in a day.
CREATE TABLE day_seals (
    region         text NOT NULL,
    number         int NOT NULL,
    day            date NOT NULL,
    from_xid       xid8 NOT NULL,
    from_position  bigint NOT NULL,
    to_xid         xid8 NOT NULL,
    to_position    bigint NOT NULL,
    entries        bigint NOT NULL,
    subjects       bigint NOT NULL,
    root           text NOT NULL,
    previous       text NOT NULL,
    hash           text NOT NULL,
    signature      bytea NOT NULL,
    sealed_at      timestamptz NOT NULL,
    PRIMARY KEY (region, number)
);
ALTER TABLE day_seals ENABLE ROW LEVEL SECURITY;
CREATE POLICY day_seals_kept ON day_seals USING ((SELECT is_system()));

-- 文书措辞: editions of the wording of a kind of document, for an organ or ("") for a whole region. What has been
-- published stays as it is: a document keeps the wording of the day on which it was issued.
CREATE TABLE document_wordings (
    region         text NOT NULL,
    organ          text NOT NULL,
    kind           text NOT NULL,
    edition        int NOT NULL,
    state          text NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
    texts          jsonb NOT NULL,
    note           text NOT NULL DEFAULT '',
    drafted_by     text NOT NULL,
    drafted_at     timestamptz NOT NULL,
    published_by   text NOT NULL DEFAULT '',
    in_force_from  date,
    PRIMARY KEY (region, organ, kind, edition),
    CHECK (state <> 'published' OR (published_by NOT IN ('', drafted_by) AND in_force_from IS NOT NULL))
);
CREATE UNIQUE INDEX document_wordings_one_draft ON document_wordings (region, organ, kind) WHERE state = 'draft';

-- 打开记录: the first time a party opened a document while signed in; the proof of electronic delivery.
CREATE TABLE document_openings (
    region       text NOT NULL,
    document_id  uuid NOT NULL,
    case_id      uuid NOT NULL,
    account      text NOT NULL,
    opened_at    timestamptz NOT NULL,
    PRIMARY KEY (region, document_id, account),
    FOREIGN KEY (region, document_id) REFERENCES documents (region, id)
);
CREATE INDEX document_openings_of_case ON document_openings (region, case_id);
ALTER TABLE document_openings ENABLE ROW LEVEL SECURITY;
CREATE POLICY document_openings_seen ON document_openings FOR SELECT
    USING ((SELECT is_system())
           OR EXISTS (SELECT 1 FROM cases c WHERE c.region = document_openings.region AND c.id = document_openings.case_id));
CREATE POLICY document_openings_made ON document_openings FOR INSERT
    WITH CHECK (account = (SELECT current_setting('banjie.account', true)) AND account <> '');

-- 案卷: the whole of a case as one sealed file, made by a job. `purpose` decision: handed out; archive: kept.
CREATE TABLE dossiers (
    region          text NOT NULL,
    id              uuid NOT NULL,
    case_id         uuid NOT NULL,
    number          text NOT NULL,
    item_name       text NOT NULL,
    organ           text NOT NULL,
    holder          text NOT NULL,
    purpose         text NOT NULL CHECK (purpose IN ('decision', 'archive')),
    papers          text NOT NULL CHECK (papers IN ('content', 'hashes')),
    asked_by        text NOT NULL,
    asked_at        timestamptz NOT NULL,
    archive_number  text NOT NULL DEFAULT '',
    keep_until      date,
    made_at         timestamptz,
    sha256          text NOT NULL DEFAULT '',
    size            bigint NOT NULL DEFAULT 0,
    members         int NOT NULL DEFAULT 0,
    trouble         text NOT NULL DEFAULT '',
    PRIMARY KEY (region, id),
    FOREIGN KEY (region, case_id) REFERENCES cases (region, id)
);
CREATE INDEX dossiers_of_case ON dossiers (region, case_id, asked_at);
CREATE UNIQUE INDEX dossiers_archived_once ON dossiers (region, case_id) WHERE purpose = 'archive';
CREATE INDEX dossiers_archive ON dossiers (region, organ, archive_number DESC) WHERE purpose = 'archive';
ALTER TABLE dossiers ENABLE ROW LEVEL SECURITY;
-- The organ's people and the applicant's. An archive package is the office's own.
CREATE POLICY dossiers_seen ON dossiers FOR SELECT
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR (SELECT is_system())
           OR (purpose = 'decision' AND holder = ANY ((SELECT bound('parties'))::text[])));
CREATE POLICY dossiers_asked ON dossiers FOR INSERT
    WITH CHECK (asked_by = (SELECT current_setting('banjie.account', true)) AND asked_by <> ''
                AND EXISTS (SELECT 1 FROM cases c WHERE c.region = dossiers.region AND c.id = dossiers.case_id));
CREATE POLICY dossiers_made ON dossiers FOR UPDATE USING ((SELECT is_system()));

-- 待归档: cases that are over and whose files wait to be put into the archive.
CREATE TABLE archive_waiting (
    region     text NOT NULL,
    case_id    uuid NOT NULL,
    organ      text NOT NULL,
    number     text NOT NULL,
    item_name  text NOT NULL,
    ended_on   date NOT NULL,
    PRIMARY KEY (region, case_id),
    FOREIGN KEY (region, case_id) REFERENCES cases (region, id)
);
CREATE INDEX archive_waiting_of_organ ON archive_waiting (region, organ, ended_on, number);
ALTER TABLE archive_waiting ENABLE ROW LEVEL SECURITY;
CREATE POLICY archive_waiting_seen ON archive_waiting
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR (SELECT is_system()));
