-- Papers: what is known of each content that is kept, uploads that are not whole yet, and what each party gave before.

-- One row a content, whoever handed it in: it says nothing of anybody. Contents are shared between regions, so it has none.
CREATE TABLE paper_files (
    sha256 text PRIMARY KEY,
    kind text NOT NULL,
    size bigint NOT NULL,
    pages integer NOT NULL DEFAULT 0,
    original text NOT NULL DEFAULT '',       -- SHA-256 of what was handed in, where another content is kept in its place
    copy_of text NOT NULL DEFAULT '',        -- for a copy with a watermark: what it is a copy of
    thumbnail text NOT NULL DEFAULT '',
    scan text NOT NULL CHECK (scan IN ('unscanned', 'waiting', 'clean', 'infected')),
    scanned_by text NOT NULL DEFAULT '',
    finding text NOT NULL DEFAULT '',
    received_at timestamptz NOT NULL
);
CREATE INDEX paper_files_waiting ON paper_files (received_at) WHERE scan = 'waiting';

CREATE TABLE uploads (
    region text NOT NULL,
    id uuid NOT NULL,
    account text NOT NULL,
    draft uuid NOT NULL,
    material text NOT NULL,
    name text NOT NULL,
    size bigint NOT NULL,
    received bigint NOT NULL DEFAULT 0,
    parts bigint[] NOT NULL DEFAULT '{}',    -- offsets of the pieces, in order
    begun_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (region, id)
);
-- The same file chosen again for the same material is the same upload: that is how one goes on after a lost line.
CREATE UNIQUE INDEX uploads_same ON uploads (region, account, draft, material, name, size);
CREATE INDEX uploads_left ON uploads (changed_at);

CREATE TABLE library_papers (
    region text NOT NULL,
    id uuid NOT NULL,
    party text NOT NULL,
    standard text NOT NULL,                  -- the standard material, else the material's name
    material text NOT NULL,                  -- its name where it was given
    name text NOT NULL,
    sha256 text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    grade text NOT NULL CHECK (grade IN ('A', 'B', 'C', 'D')),
    issuer text NOT NULL DEFAULT '',
    valid_until date,
    case_number text NOT NULL DEFAULT '',
    item_name text NOT NULL DEFAULT '',
    given_at timestamptz NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, party, standard, sha256)
);
CREATE INDEX library_papers_of ON library_papers (party, given_at DESC);

-- 核对原件: an official's word that a paper is what its original is. Written once, never changed.
CREATE TABLE paper_verifications (
    region text NOT NULL,
    party text NOT NULL,
    sha256 text NOT NULL,
    by_account text NOT NULL,
    by_name text NOT NULL,
    office text NOT NULL,
    case_number text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (region, party, sha256)
);

ALTER TABLE uploads ENABLE ROW LEVEL SECURITY;
CREATE POLICY uploads_seen ON uploads
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));

ALTER TABLE library_papers ENABLE ROW LEVEL SECURITY;
CREATE POLICY library_papers_seen ON library_papers
    USING (party = ANY ((SELECT bound('parties'))::text[]) OR (SELECT is_system()))
    -- Nobody gives a paper of hers a grade: only the platform itself puts one in.
    WITH CHECK ((SELECT is_system()));
CREATE POLICY library_papers_named ON library_papers FOR UPDATE
    USING (party = ANY ((SELECT bound('parties'))::text[]));

ALTER TABLE paper_verifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY paper_verifications_seen ON paper_verifications
    USING (party = ANY ((SELECT bound('parties'))::text[]) OR office = ANY ((SELECT bound('offices'))::text[])
           OR (SELECT is_system()))
    WITH CHECK ((SELECT is_system())
                OR (office = ANY ((SELECT bound('offices'))::text[])
                    AND by_account = current_setting('banjie.account', true)));
