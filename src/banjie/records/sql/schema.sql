-- The tables of Banjie, in one file. Functions stand in functions.sql, who may see what in policies.sql.
--
-- Every big table carries `region` and has it in its keys, so that it can be spread over several servers by region.
-- History (`journal`) is the record; `cases`, `tasks` and `certificates` are its sum, kept so that pages can read,
-- and can be rebuilt from it (`banjie replay`).

-- 行政区划, 机关: registers of the city, open to everyone.
CREATE TABLE regions (
    code        text PRIMARY KEY,
    name        text NOT NULL,
    parent      text,
    level       smallint NOT NULL DEFAULT 4
);

CREATE TABLE organs (
    code        text PRIMARY KEY,
    region      text NOT NULL,
    name        text NOT NULL,
    short_name  text NOT NULL DEFAULT ''
);

-- 实施清单: one row an edition; `document` is the whole item. An edition that inherits (逐级认领) is kept as it was
-- resolved on its upper edition, named in `upper_*`; `own` is what it says itself. `revision` counts the savings of a
-- draft, so that of two editors the second is told.
CREATE TABLE item_editions (
    region         text NOT NULL,
    code           text NOT NULL,
    edition        int NOT NULL,
    state          text NOT NULL CHECK (state IN ('draft', 'scheduled', 'published', 'suspended', 'superseded', 'withdrawn')),
    name           text NOT NULL,
    organ          text NOT NULL,
    organ_name     text NOT NULL,
    kind           text NOT NULL,
    audiences      text[] NOT NULL DEFAULT '{}',
    popular        text NOT NULL DEFAULT '',
    effective_on   date NOT NULL,
    digest         text NOT NULL,
    source         text NOT NULL DEFAULT 'pack',
    gates          jsonb NOT NULL DEFAULT '[]',
    prepared_by    text NOT NULL DEFAULT '',
    published_by   text NOT NULL DEFAULT '',
    upper_region   text NOT NULL DEFAULT '',
    upper_code     text NOT NULL DEFAULT '',
    upper_edition  int NOT NULL DEFAULT 0,
    follows        boolean NOT NULL DEFAULT true,
    own            jsonb NOT NULL DEFAULT '{}',
    revision       int NOT NULL DEFAULT 1,
    ends_on        date,
    ends_as        text NOT NULL DEFAULT '',
    saved_at       timestamptz NOT NULL DEFAULT now(),
    document       jsonb NOT NULL,
    PRIMARY KEY (region, code, edition)
);
CREATE UNIQUE INDEX item_editions_published ON item_editions (region, code) WHERE state = 'published';
CREATE INDEX item_editions_words ON item_editions USING gin ((name || ' ' || popular || ' ' || organ_name || ' ' || code) gin_trgm_ops)
    WHERE state = 'published';
-- The manager's lists go on from the last row of a page, so each order in which they are read has its index.
CREATE INDEX item_editions_by_state ON item_editions (state, saved_at DESC, region DESC, code DESC, edition DESC);
CREATE INDEX item_editions_by_region ON item_editions (region, saved_at DESC, code DESC, edition DESC);
CREATE INDEX item_editions_by_time ON item_editions (saved_at DESC, region DESC, code DESC, edition DESC);
CREATE INDEX item_editions_below ON item_editions (upper_region, upper_code) WHERE upper_code <> '';
CREATE INDEX item_editions_to_start ON item_editions (effective_on) WHERE state = 'scheduled';
CREATE INDEX item_editions_to_end ON item_editions (ends_on) WHERE ends_on IS NOT NULL;

-- 当事人 and who may act for them.
CREATE TABLE parties (
    region      text NOT NULL,
    id          text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('person', 'company')),
    name        text NOT NULL,
    code        text NOT NULL DEFAULT '',
    facts       jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (region, id)
);
-- For finding who somebody is by her citizen number, and a company by its credit code.
CREATE INDEX parties_by_code ON parties (code) WHERE code <> '';

-- 授权: the sum of each mandate's history; one row for a party and an agent. No deeds: all of them; no items: every one.
-- What a person is to herself (relation own) stands here too, since every mandate starts from it.
CREATE TABLE mandates (
    region      text NOT NULL,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    party       text NOT NULL,
    account     text NOT NULL,
    relation    text NOT NULL DEFAULT 'own' CHECK (relation IN ('own', 'representative', 'agent', 'family', 'person')),
    status      text NOT NULL DEFAULT 'in_force' CHECK (status IN ('offered', 'in_force', 'ended')),
    deeds       text[] NOT NULL DEFAULT '{}',
    items       text[] NOT NULL DEFAULT '{}',
    valid_from  date,
    valid_until date,
    ended_on    date,
    version     int NOT NULL DEFAULT 0,
    last_hash   text NOT NULL DEFAULT '',
    state       json NOT NULL DEFAULT '{}',
    PRIMARY KEY (region, party, account)
);
CREATE UNIQUE INDEX mandates_id ON mandates (region, id);
CREATE INDEX mandates_by_account ON mandates (account);

-- 岗位: which role an official has in which office.
CREATE TABLE posts (
    region      text NOT NULL,
    account     text NOT NULL,
    role        text NOT NULL,
    office      text NOT NULL,
    name        text NOT NULL DEFAULT '',
    from_day    date NOT NULL DEFAULT '1970-01-01',
    until_day   date, -- The last day; none while the end is open.
    PRIMARY KEY (region, account, role, office, from_day)
);
CREATE INDEX posts_by_account ON posts (account);
CREATE INDEX posts_by_office ON posts (office, role);

-- 办件: the sum of each case's history.
CREATE TABLE cases (
    region         text NOT NULL,
    id             uuid NOT NULL,
    number         text NOT NULL,
    query_code     text NOT NULL,
    item           text NOT NULL,
    item_name      text NOT NULL,
    edition        int NOT NULL,
    organ          text NOT NULL,
    offices        text[] NOT NULL,
    holder         text NOT NULL,
    holder_name    text NOT NULL,
    stage          text NOT NULL,
    version        int NOT NULL,
    last_hash      text NOT NULL,
    submitted_at   timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    accepted_on    date,
    decided_on     date,
    statutory_due  date,
    promised_due   date,
    due_on         date,
    wake_on        date,
    look_on        date, -- When the worker looks next: never after wake_on, and put off only by the worker itself.
    late           text[] NOT NULL DEFAULT '{}',
    state          json NOT NULL,
    PRIMARY KEY (region, id)
) WITH (fillfactor = 80); -- Room for updates in place: every act changes the row.

CREATE UNIQUE INDEX cases_number ON cases (region, number);
CREATE INDEX cases_of_holder ON cases (holder, submitted_at DESC);
-- No index holds a column that every act changes, so that most acts update a case in place.
CREATE INDEX cases_of_organ ON cases (region, organ, submitted_at DESC);
-- For the city's figures: what is open, what was decided and what was accepted in a period.
CREATE INDEX cases_open ON cases (region, organ, stage) INCLUDE (promised_due, statutory_due)
    WHERE stage NOT IN ('returned', 'not_required', 'rejected_entry', 'delivered', 'withdrawn', 'terminated');
CREATE INDEX cases_decided ON cases (region, decided_on) INCLUDE (promised_due) WHERE decided_on IS NOT NULL;
CREATE INDEX cases_accepted ON cases (region, accepted_on) WHERE accepted_on IS NOT NULL;
CREATE INDEX cases_to_wake ON cases (look_on) WHERE look_on IS NOT NULL;

-- 申请: what the applicant has handed in, the other part of a case's state. It is large and seldom changes, so it stands
-- apart from what every act rewrites.
CREATE TABLE applications (
    region       text NOT NULL,
    case_id      uuid NOT NULL,
    organ        text NOT NULL,
    offices      text[] NOT NULL,
    holder       text NOT NULL,
    content      json NOT NULL,
    PRIMARY KEY (region, case_id),
    FOREIGN KEY (region, case_id) REFERENCES cases (region, id)
);

-- 待办: what an office has to do now. A case has one row, or one a branch when departments work in parallel.
CREATE TABLE tasks (
    region       text NOT NULL,
    case_id      uuid NOT NULL,
    slot         smallint NOT NULL,
    office       text NOT NULL,
    role         text NOT NULL,
    step         text NOT NULL DEFAULT '',
    step_name    text NOT NULL DEFAULT '',
    stage        text NOT NULL,
    due_on       date NOT NULL,
    number       text NOT NULL,
    item         text NOT NULL,
    item_name    text NOT NULL,
    holder_name  text NOT NULL,
    since        date NOT NULL,
    handler      text NOT NULL DEFAULT '', -- The account that has taken it on; '' while it waits for one of its office.
    joint        boolean NOT NULL DEFAULT false, -- Other offices work on the case at the same time.
    holder_kind  text NOT NULL DEFAULT '', -- person or company
    PRIMARY KEY (region, case_id, slot)
) WITH (fillfactor = 80);
CREATE INDEX tasks_of_office ON tasks (office, due_on, case_id);
CREATE INDEX tasks_of_handler ON tasks (handler, due_on, case_id) WHERE handler <> '';
CREATE INDEX tasks_unclaimed ON tasks (office, role, due_on, case_id) WHERE handler = '';
CREATE INDEX tasks_joint ON tasks (office, due_on, case_id) WHERE joint;

-- 日志: what happened, in order, once, chained. Appended and never edited.
CREATE TABLE journal (
    region        text NOT NULL,
    subject_kind  text NOT NULL,
    subject       uuid NOT NULL,
    seq           int NOT NULL,
    at            timestamptz NOT NULL,
    position      bigint GENERATED ALWAYS AS IDENTITY,
    xid           xid8 NOT NULL DEFAULT pg_current_xact_id(),
    actor         text NOT NULL,
    kind          text NOT NULL,
    data          jsonb NOT NULL,
    hash          text NOT NULL,
    PRIMARY KEY (region, subject, seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX journal_to_follow ON journal (xid, position);
CREATE TABLE journal_other PARTITION OF journal DEFAULT;

-- The same key twice gives the same answer, once.
CREATE TABLE answered (
    region      text NOT NULL,
    account     text NOT NULL,
    key         text NOT NULL,
    request     text NOT NULL,
    answer      json NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (region, account, key)
);

-- 文书: numbered without a gap per organ, kind and year, in the transaction of the act that issues them.
CREATE TABLE document_serials (
    region      text NOT NULL,
    organ       text NOT NULL,
    series      text NOT NULL,
    year        int NOT NULL,
    last        int NOT NULL,
    PRIMARY KEY (region, organ, series, year)
);

CREATE TABLE documents (
    region      text NOT NULL,
    id          uuid NOT NULL,
    case_id     uuid NOT NULL,
    seq         int NOT NULL,
    kind        text NOT NULL,
    organ       text NOT NULL,
    number      text NOT NULL,
    content     jsonb NOT NULL,
    issued_at   timestamptz NOT NULL,
    sha256      text NOT NULL DEFAULT '',
    trouble     text NOT NULL DEFAULT '',
    PRIMARY KEY (region, id),
    UNIQUE (region, organ, number),
    FOREIGN KEY (region, case_id) REFERENCES cases (region, id)
);
CREATE INDEX documents_to_make ON documents (issued_at) WHERE sha256 = '' AND trouble = '';
CREATE INDEX documents_of_case ON documents (region, case_id, seq);

-- 证照.
CREATE TABLE certificates (
    region       text NOT NULL,
    id           uuid NOT NULL,
    number       text NOT NULL,
    kind         text NOT NULL,
    name         text NOT NULL,
    holder       text NOT NULL,
    holder_name  text NOT NULL,
    organ        text NOT NULL,
    case_id      uuid,
    status       text NOT NULL,
    valid_from   date NOT NULL,
    valid_until  date,
    verify_code  text NOT NULL,
    version      int NOT NULL,
    last_hash    text NOT NULL,
    state        json NOT NULL,
    sha256       text NOT NULL DEFAULT '',
    trouble      text NOT NULL DEFAULT '',
    PRIMARY KEY (region, id),
    UNIQUE (region, organ, number)
);
CREATE UNIQUE INDEX certificates_code ON certificates (verify_code);
CREATE INDEX certificates_of_holder ON certificates (holder, kind);
CREATE INDEX certificates_of_case ON certificates (region, case_id);
CREATE INDEX certificates_ending ON certificates (valid_until) WHERE status IN ('valid', 'suspended');

-- 草稿: not history, since nothing has been asked of anyone yet. Kept until submitted or thrown away.
CREATE TABLE drafts (
    region      text NOT NULL,
    id          uuid NOT NULL,
    account     text NOT NULL,
    holder      text NOT NULL,
    item        text NOT NULL,
    edition     int NOT NULL,
    content     jsonb NOT NULL DEFAULT '{}',
    changed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (region, id)
);
CREATE INDEX drafts_of_account ON drafts (account, changed_at DESC);

-- 站内信.
CREATE TABLE messages (
    region      text NOT NULL,
    id          uuid NOT NULL,
    party       text NOT NULL,
    case_id     uuid,
    kind        text NOT NULL,
    subject     text NOT NULL,
    body        text NOT NULL,
    sent_at     timestamptz NOT NULL,
    read_at     timestamptz,
    PRIMARY KEY (region, id)
);
CREATE INDEX messages_of_party ON messages (party, sent_at DESC);

-- How far each follower of the journal has come; (xid, position) of the last entry it has dealt with.
CREATE TABLE followers (
    name        text PRIMARY KEY,
    xid         xid8 NOT NULL DEFAULT '0',
    position    bigint NOT NULL DEFAULT 0,
    moved_at    timestamptz NOT NULL DEFAULT now()
);

CREATE SEQUENCE case_serial;
