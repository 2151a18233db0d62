-- 通知: where people want to be told, what was sent to whom, and what came of it.

-- An address is used only once its owner has confirmed it by a code that was sent there.
CREATE TABLE notice_addresses (
    region       text NOT NULL,
    account      text NOT NULL,
    channel      text NOT NULL CHECK (channel IN ('mail', 'sms')),
    address      text NOT NULL,
    verified_at  timestamptz,
    code_hash    text NOT NULL DEFAULT '',
    code_until   timestamptz,
    code_tries   int NOT NULL DEFAULT 0,
    PRIMARY KEY (region, account, channel)
);

-- A person who does not want to hear of a case outside the inbox. Legal notices come all the same.
CREATE TABLE notice_mutes (
    region       text NOT NULL,
    account      text NOT NULL,
    case_id      uuid NOT NULL,
    PRIMARY KEY (region, case_id, account)
);

-- 送达记录: every sending, from the moment it was planned; the inbox has one of its own, which is there at once.
CREATE TABLE notice_deliveries (
    region       text NOT NULL,
    id           uuid NOT NULL,
    message_id   uuid NOT NULL,
    account      text NOT NULL,
    channel      text NOT NULL,
    address      text NOT NULL,
    template     text NOT NULL,
    edition      int NOT NULL,
    subject      text NOT NULL,
    text         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    not_before   timestamptz NOT NULL,
    tries        int NOT NULL DEFAULT 0,
    receipt      text NOT NULL DEFAULT '',
    trouble      text NOT NULL DEFAULT '',
    changed_at   timestamptz NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX notice_deliveries_of_message ON notice_deliveries (message_id);
CREATE INDEX notice_deliveries_dead ON notice_deliveries (region, changed_at DESC) WHERE state = 'dead';

-- 提醒: each kind of reminder is looked for once a day.
CREATE TABLE notice_rounds (
    region       text NOT NULL,
    kind         text NOT NULL,
    day          date NOT NULL,
    PRIMARY KEY (region, kind, day)
);

-- 催办: what the history of cases says of urgings, for the desks and for those who watch over them.
CREATE TABLE urges (
    region       text NOT NULL,
    case_id      uuid NOT NULL,
    seq          int NOT NULL,
    number       text NOT NULL,
    item_name    text NOT NULL,
    organ        text NOT NULL,
    offices      text[] NOT NULL,
    desk         text NOT NULL,
    urged_at     timestamptz NOT NULL,
    answer_by    date NOT NULL,
    answered_at  timestamptz,
    answer       text NOT NULL DEFAULT '',
    PRIMARY KEY (region, case_id, seq)
);
CREATE INDEX urges_open ON urges (region, answer_by) WHERE answered_at IS NULL;
CREATE INDEX urges_of_desk ON urges (desk, answer_by) WHERE answered_at IS NULL;
CREATE INDEX urges_of_organ ON urges (organ, answer_by) WHERE answered_at IS NULL;
CREATE INDEX urges_lately ON urges (region, urged_at DESC);

-- 补正草稿: what she has put right so far, point by point, until all of it is handed in.
CREATE TABLE correction_drafts (
    region       text NOT NULL,
    case_id      uuid NOT NULL,
    notice       int NOT NULL,
    target       text NOT NULL,
    value        jsonb NOT NULL,
    kept_at      timestamptz NOT NULL,
    PRIMARY KEY (region, case_id, notice, target)
);

ALTER TABLE notice_addresses ENABLE ROW LEVEL SECURITY;
CREATE POLICY notice_addresses_own ON notice_addresses
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));

ALTER TABLE notice_mutes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notice_mutes_own ON notice_mutes
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));

-- The inbox's own line belongs to no account. Supervisors see what could not be delivered in their regions; what it says is the person's own.
ALTER TABLE notice_deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY notice_deliveries_own ON notice_deliveries FOR SELECT
    USING ((account <> '' AND account = (SELECT current_setting('banjie.account', true)))
           OR (state = 'dead' AND region = ANY ((SELECT bound('regions'))::text[])) OR (SELECT is_system()));
CREATE POLICY notice_deliveries_kept ON notice_deliveries USING ((SELECT is_system()));

ALTER TABLE notice_rounds ENABLE ROW LEVEL SECURITY;
CREATE POLICY notice_rounds_kept ON notice_rounds USING ((SELECT is_system()));

ALTER TABLE urges ENABLE ROW LEVEL SECURITY;
CREATE POLICY urges_seen ON urges FOR SELECT
    USING (offices && (SELECT bound('offices'))::text[] OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));
CREATE POLICY urges_kept ON urges USING ((SELECT is_system()));

-- Whoever may see a case as its applicant; the desk sees only what has been handed in.
ALTER TABLE correction_drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY correction_drafts_own ON correction_drafts
    USING ((SELECT is_system())
           OR EXISTS (SELECT 1 FROM cases c WHERE c.region = correction_drafts.region AND c.id = correction_drafts.case_id
                      AND (c.holder = ANY ((SELECT bound('parties'))::text[])
                           OR (c.holder || '/correct' = ANY ((SELECT bound('parties'))::text[])
                               AND ARRAY[c.holder || '/*', c.holder || '/' || c.item]
                                   && (SELECT bound('parties'))::text[]))));
