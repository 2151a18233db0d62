-- 电子监察: what is watched, the cards, the orders, the causes of delay, incidents, findings and grades. The history of
-- each is in the journal; these rows are its sum. None of them holds a word about the applicant.

-- 监察索引: when to look at each open case next. Marked behind the journal, worked off by the worker; cases that ended
-- are gone from it, so that it is as large as what is open.
CREATE TABLE watch (
    region        text NOT NULL,
    case_id       uuid NOT NULL,
    look_on       date,
    promised_due  date,
    organ         text NOT NULL DEFAULT '',
    office        text NOT NULL DEFAULT '',
    item          text NOT NULL DEFAULT '',
    level         smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX watch_to_look ON watch (look_on) WHERE look_on IS NOT NULL;
CREATE INDEX watch_ahead ON watch (region, promised_due) WHERE promised_due IS NOT NULL;

-- What happened to clocks, by day: what the search for abuse reads instead of the whole journal.
CREATE TABLE clock_acts (
    region        text NOT NULL,
    case_id       uuid NOT NULL,
    seq           int NOT NULL,
    day           date NOT NULL,
    at            timestamptz NOT NULL,
    kind          text NOT NULL,
    actor         text NOT NULL,
    due_on        date,
    PRIMARY KEY (region, case_id, seq)
);
CREATE INDEX clock_acts_of_day ON clock_acts (region, day, kind);
CREATE INDEX clock_acts_of_actor ON clock_acts (actor, day) WHERE kind IN ('Approved', 'Denied');

-- 红黄牌.
CREATE TABLE cards (
    region        text NOT NULL,
    id            uuid NOT NULL,
    case_id       uuid NOT NULL,
    number        text NOT NULL,
    item          text NOT NULL,
    organ         text NOT NULL,
    office        text NOT NULL,
    account       text NOT NULL,
    clock         text NOT NULL,
    level         smallint NOT NULL,
    highest       smallint NOT NULL,
    status        text NOT NULL,
    appealed      boolean NOT NULL,
    due_on        date NOT NULL,
    shown_on      date NOT NULL,
    red_on        date,
    rungs         smallint NOT NULL,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX cards_of_case ON cards (region, case_id);
CREATE INDEX cards_open ON cards (region, level DESC, due_on) WHERE status = 'open';
CREATE INDEX cards_of_organ ON cards (organ, level DESC, due_on) WHERE status = 'open';
CREATE INDEX cards_of_office ON cards (office, level DESC, due_on) WHERE status = 'open';
CREATE INDEX cards_appealed ON cards (region, shown_on) WHERE appealed;
CREATE INDEX cards_shown ON cards (organ, shown_on) INCLUDE (highest, status);
CREATE INDEX cards_red ON cards (organ, red_on) INCLUDE (highest, status) WHERE red_on IS NOT NULL;
CREATE INDEX cards_of_account ON cards (account, shown_on) WHERE account <> '';
-- When the next rung of a red card is called; null at the top of the ladder.
CREATE TABLE card_calls (
    region        text NOT NULL,
    card          uuid NOT NULL,
    call_on       date NOT NULL,
    PRIMARY KEY (region, card)
);
CREATE INDEX card_calls_due ON card_calls (call_on);

-- 督办.
CREATE TABLE orders (
    region        text NOT NULL,
    id            uuid NOT NULL,
    serial        text NOT NULL,
    case_id       uuid,
    number        text NOT NULL,
    organ         text NOT NULL,
    office        text NOT NULL,
    account       text NOT NULL,
    status        text NOT NULL,
    issued_at     timestamptz NOT NULL,
    reply_by      date NOT NULL,
    rungs         smallint NOT NULL,
    was_late      boolean NOT NULL,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, serial)
);
CREATE INDEX orders_of_case ON orders (region, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX orders_owed ON orders (reply_by) WHERE status IN ('issued', 'returned');
CREATE INDEX orders_open ON orders (region, reply_by) WHERE status <> 'closed';
CREATE INDEX orders_lately ON orders (region, issued_at DESC);
CREATE INDEX orders_of_organ ON orders (organ, issued_at);
CREATE INDEX orders_of_office ON orders (office, reply_by) WHERE status IN ('issued', 'returned');
CREATE TABLE order_serials (
    region        text NOT NULL,
    year          int NOT NULL,
    last          int NOT NULL,
    PRIMARY KEY (region, year)
);

-- 超期原因: one row a late case, so that it can have one primary cause at most.
CREATE TABLE delays (
    region        text NOT NULL,
    id            uuid NOT NULL,
    case_id       uuid NOT NULL,
    number        text NOT NULL,
    item          text NOT NULL,
    organ         text NOT NULL,
    office        text NOT NULL,
    account       text NOT NULL,
    status        text NOT NULL,
    cause         text NOT NULL,
    new_staff     boolean NOT NULL,
    found_on      date NOT NULL,
    ended_on      date,
    urged_on      date,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, case_id)
);
CREATE INDEX delays_of_organ ON delays (organ, found_on);
CREATE INDEX delays_of_office ON delays (office, found_on) WHERE cause = '';
CREATE INDEX delays_open ON delays (region, status, found_on) WHERE status <> 'confirmed';
CREATE INDEX delays_found ON delays (region, found_on);
CREATE INDEX delays_to_urge ON delays (coalesce(urged_on, ended_on)) WHERE cause = '' AND ended_on IS NOT NULL;

-- 系统故障, and what the probe has measured lately.
CREATE TABLE incidents (
    region        text NOT NULL,
    id            uuid NOT NULL,
    name          text NOT NULL,
    status        text NOT NULL,
    began_at      timestamptz NOT NULL,
    ended_at      timestamptz,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX incidents_lately ON incidents (region, began_at DESC);
CREATE UNIQUE INDEX incidents_open ON incidents (region, name) WHERE status = 'open';
CREATE TABLE probe_readings (
    region        text NOT NULL,
    name          text NOT NULL,
    at            timestamptz NOT NULL,
    ms            int,
    PRIMARY KEY (region, name, at)
);

-- 异常办理.
CREATE TABLE findings (
    region        text NOT NULL,
    id            uuid NOT NULL,
    pattern       text NOT NULL,
    day           date NOT NULL,
    organ         text NOT NULL,
    official      text NOT NULL,
    status        text NOT NULL,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX findings_lately ON findings (region, status, day DESC);

-- 效能等次: an organ's may be seen by who watches and by the organ; an official's by herself.
CREATE TABLE grades (
    region        text NOT NULL,
    id            uuid NOT NULL,
    whose         text NOT NULL,
    of            text NOT NULL,
    quarter       date NOT NULL,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, whose, of, quarter)
);
CREATE INDEX grades_of ON grades (of, quarter DESC);

-- 工作提醒: what the platform tells an official.
CREATE TABLE staff_notices (
    region        text NOT NULL,
    id            uuid NOT NULL,
    account       text NOT NULL,
    kind          text NOT NULL,
    subject       text NOT NULL,
    body          text NOT NULL,
    href          text NOT NULL,
    sent_at       timestamptz NOT NULL,
    read_at       timestamptz,
    PRIMARY KEY (region, id)
);
CREATE INDEX staff_notices_of ON staff_notices (account, sent_at DESC);
CREATE INDEX staff_notices_unread ON staff_notices (account) WHERE read_at IS NULL;

-- Who has a post in an office with one of these roles; for supervisors and leaders, those who watch the region or one above it.
CREATE FUNCTION called(p_region text, p_office text, p_roles text[], p_today date) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH RECURSIVE above AS (
        SELECT p_region AS code
        UNION SELECT r.parent FROM regions r JOIN above a ON r.code = a.code WHERE r.parent IS NOT NULL)
    SELECT coalesce(array_agg(DISTINCT account ORDER BY account), '{}') FROM posts
    WHERE role = ANY (p_roles) AND from_day <= p_today AND (until_day IS NULL OR until_day >= p_today)
        AND CASE WHEN role IN ('supervisor', 'leader') THEN region IN (SELECT code FROM above) ELSE office = p_office END;
$$;

ALTER TABLE watch ENABLE ROW LEVEL SECURITY;
CREATE POLICY watch_seen ON watch FOR SELECT
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR region = ANY ((SELECT bound('regions'))::text[])
           OR (SELECT is_system()));
CREATE POLICY watch_kept ON watch USING ((SELECT is_system()));

ALTER TABLE clock_acts ENABLE ROW LEVEL SECURITY;
CREATE POLICY clock_acts_kept ON clock_acts USING ((SELECT is_system()));

ALTER TABLE cards ENABLE ROW LEVEL SECURITY;
CREATE POLICY cards_seen ON cards
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR office = ANY ((SELECT bound('offices'))::text[])
           OR region = ANY ((SELECT bound('regions'))::text[]) OR (SELECT is_system()));
ALTER TABLE card_calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY card_calls_kept ON card_calls USING ((SELECT is_system()));

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY orders_seen ON orders
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR office = ANY ((SELECT bound('offices'))::text[])
           OR region = ANY ((SELECT bound('regions'))::text[]) OR (SELECT is_system()));
ALTER TABLE order_serials ENABLE ROW LEVEL SECURITY;
CREATE POLICY order_serials_kept ON order_serials
    USING (region = ANY ((SELECT bound('regions'))::text[]) OR (SELECT is_system()));

ALTER TABLE delays ENABLE ROW LEVEL SECURITY;
CREATE POLICY delays_seen ON delays
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR office = ANY ((SELECT bound('offices'))::text[])
           OR region = ANY ((SELECT bound('regions'))::text[]) OR (SELECT is_system()));

-- An incident is the platform's own; every official works around it. Recorded by whoever watches, or by the probe.
ALTER TABLE incidents ENABLE ROW LEVEL SECURITY;
CREATE POLICY incidents_seen ON incidents FOR SELECT
    USING ((SELECT bound('offices')) <> '{}' OR (SELECT bound('regions')) <> '{}' OR (SELECT is_system()));
CREATE POLICY incidents_kept ON incidents
    USING (region = ANY ((SELECT bound('regions'))::text[]) OR (SELECT is_system()));
ALTER TABLE probe_readings ENABLE ROW LEVEL SECURITY;
CREATE POLICY probe_readings_seen ON probe_readings FOR SELECT
    USING (region = ANY ((SELECT bound('regions'))::text[]) OR (SELECT is_system()));
CREATE POLICY probe_readings_kept ON probe_readings USING ((SELECT is_system()));

ALTER TABLE findings ENABLE ROW LEVEL SECURITY;
CREATE POLICY findings_seen ON findings
    USING (region = ANY ((SELECT bound('regions'))::text[]) OR (SELECT is_system()));

ALTER TABLE grades ENABLE ROW LEVEL SECURITY;
CREATE POLICY grades_seen ON grades FOR SELECT
    USING ((whose = 'organ' AND (region = ANY ((SELECT bound('regions'))::text[])
                                 OR of = ANY ((SELECT bound('offices'))::text[])))
           OR (whose = 'official' AND of = (SELECT current_setting('banjie.account', true)))
           OR (SELECT is_system()));
CREATE POLICY grades_kept ON grades FOR INSERT
    WITH CHECK ((whose = 'organ' AND region = ANY ((SELECT bound('regions'))::text[])) OR (SELECT is_system()));

ALTER TABLE staff_notices ENABLE ROW LEVEL SECURITY;
CREATE POLICY staff_notices_own ON staff_notices
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));

CREATE FUNCTION seen_card(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM cards s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_order(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM orders s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_delay(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM delays s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_incident(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM incidents s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_finding(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM findings s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_grade(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM grades s WHERE s.region = p_region AND s.id = p_subject) $$;
