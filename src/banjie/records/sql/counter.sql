-- 预约, 排队, 窗口代办. The history of each is in the journal; these rows are its sum.

-- 预约: seen by the party it is for and by whoever made it.
CREATE TABLE bookings (
    region        text NOT NULL,
    id            uuid NOT NULL,
    code          text NOT NULL,
    hall          text NOT NULL,
    grp           text NOT NULL,
    item          text NOT NULL,
    party         text NOT NULL,
    account       text NOT NULL,
    status        text NOT NULL,
    day           date NOT NULL,
    starts        timestamptz NOT NULL,
    remind_at     timestamptz,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, code)
);
-- One person comes once a day for one matter.
CREATE UNIQUE INDEX bookings_once ON bookings (region, party, item, day) WHERE status = 'booked';
CREATE INDEX bookings_of_party ON bookings (party, starts DESC);
CREATE INDEX bookings_to_remind ON bookings (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX bookings_to_come ON bookings (starts) WHERE status = 'booked';

-- How many people have a slot: counts alone, so that everyone may see what is free. No slot is given to more than it takes.
CREATE TABLE booking_slots (
    region        text NOT NULL,
    hall          text NOT NULL,
    grp           text NOT NULL,
    starts        timestamptz NOT NULL,
    taken         int NOT NULL CHECK (taken >= 0),
    PRIMARY KEY (region, hall, grp, starts)
);

-- 号票: numbers of a hall's day without a gap, and no name.
CREATE TABLE queue_days (
    region        text NOT NULL,
    hall          text NOT NULL,
    day           date NOT NULL,
    last          int NOT NULL,
    PRIMARY KEY (region, hall, day)
);

CREATE TABLE queue_tickets (
    region        text NOT NULL,
    id            uuid NOT NULL,
    hall          text NOT NULL,
    day           date NOT NULL,
    serial        int NOT NULL,
    number        text NOT NULL,
    grp           text NOT NULL,
    status        text NOT NULL,
    turn_at       timestamptz NOT NULL,
    not_before    timestamptz NOT NULL,
    called_at     timestamptz,
    begun_at      timestamptz,
    ended_at      timestamptz,
    win           text NOT NULL DEFAULT '',
    account       text NOT NULL DEFAULT '',
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, hall, day, serial)
);
CREATE INDEX queue_waiting ON queue_tickets (region, hall, day, grp, turn_at, serial) WHERE status = 'waiting';
CREATE INDEX queue_called ON queue_tickets (region, hall, day, called_at DESC) WHERE status IN ('called', 'serving');
CREATE INDEX queue_absent ON queue_tickets (region, hall, day, ended_at DESC) WHERE status = 'absent';
CREATE INDEX queue_done ON queue_tickets (region, hall, grp, ended_at DESC) WHERE status = 'done';
CREATE INDEX queue_of_account ON queue_tickets (account) WHERE status IN ('called', 'serving');
CREATE INDEX queue_left_over ON queue_tickets (day) WHERE status IN ('waiting', 'called', 'absent', 'serving');

-- 窗口代办: while a row is open its clerk may see the party and act for it; afterwards only the party sees the row.
CREATE TABLE counter_sessions (
    region        text NOT NULL,
    id            uuid NOT NULL,
    account       text NOT NULL,
    hall          text NOT NULL,
    party         text NOT NULL,
    visitor       text NOT NULL,
    item          text NOT NULL,
    status        text NOT NULL,
    opened_at     timestamptz NOT NULL,
    until         timestamptz NOT NULL,
    version       int NOT NULL,
    last_hash     text NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
-- A window has one visitor at a time.
CREATE UNIQUE INDEX counter_open ON counter_sessions (account) WHERE status = 'open';
CREATE INDEX counter_to_end ON counter_sessions (until) WHERE status = 'open';
CREATE INDEX counter_of_party ON counter_sessions (party, opened_at DESC);
CREATE INDEX counter_of_visitor ON counter_sessions (visitor, opened_at DESC);

ALTER TABLE bookings ENABLE ROW LEVEL SECURITY;
CREATE POLICY bookings_seen ON bookings FOR SELECT
    USING (party = ANY ((SELECT bound('parties'))::text[]) OR account = (SELECT current_setting('banjie.account', true))
           OR (SELECT is_system()));
CREATE POLICY bookings_begun ON bookings FOR INSERT
    WITH CHECK (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));
CREATE POLICY bookings_moved ON bookings FOR UPDATE
    USING (party = ANY ((SELECT bound('parties'))::text[]) OR account = (SELECT current_setting('banjie.account', true))
           OR (SELECT is_system()));

-- A number is on every screen of the hall; only the platform gives one or moves it on.
ALTER TABLE queue_tickets ENABLE ROW LEVEL SECURITY;
CREATE POLICY queue_seen ON queue_tickets FOR SELECT USING (true);
CREATE POLICY queue_kept ON queue_tickets USING ((SELECT is_system()));

ALTER TABLE counter_sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY counter_seen ON counter_sessions FOR SELECT
    USING ((status = 'open' AND account = (SELECT current_setting('banjie.account', true)))
           OR party = ANY ((SELECT bound('parties'))::text[]) OR visitor = ANY ((SELECT bound('parties'))::text[])
           OR (SELECT is_system()));
CREATE POLICY counter_kept ON counter_sessions USING ((SELECT is_system()));

CREATE FUNCTION seen_booking(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM bookings s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_counter(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM counter_sessions s WHERE s.region = p_region AND s.id = p_subject) $$;
CREATE FUNCTION seen_ticket(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT cardinality(bound('offices')) > 0 $$;

-- The parties of the bound account's open session.
CREATE OR REPLACE FUNCTION at_counter() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(party), '{}') FROM counter_sessions
    WHERE account = current_setting('banjie.account', true) AND status = 'open' AND item <> '';
$$;

-- While a session is open its clerk sees which licences and papers the party has, so that nobody asks for them again.
CREATE POLICY certificates_at_counter ON certificates FOR SELECT
    USING (holder = ANY ((SELECT at_counter())::text[]));
CREATE POLICY library_papers_at_counter ON library_papers FOR SELECT
    USING (party = ANY ((SELECT at_counter())::text[]));

-- The open session of a clerk, read before she is bound; what has run out is not open any more.
CREATE OR REPLACE FUNCTION counter_session_of(p_account text, p_now timestamptz)
RETURNS TABLE (region text, id text, version int, state json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.region, s.id::text, s.version, s.state FROM counter_sessions s
    WHERE s.account = p_account AND s.status = 'open' AND s.until > p_now;
$$;

-- What was begun at a counter and not handed in goes home with the visitor: to her own account, or to wait for her
-- where no account reads it (`counter:` and her party). What was looked up for it is thrown away.
CREATE OR REPLACE FUNCTION send_home(p_region text, p_clerk text, p_drafts uuid[], p_to text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sent int;
BEGIN
    IF NOT is_system() THEN
        RAISE insufficient_privilege USING MESSAGE = 'only the platform sends drafts home';
    END IF;
    DELETE FROM ask_values WHERE region = p_region AND draft = ANY (p_drafts) AND account = p_clerk;
    UPDATE uploads SET account = p_to WHERE region = p_region AND draft = ANY (p_drafts) AND account = p_clerk;
    DELETE FROM drafts WHERE region = p_region AND id = ANY (p_drafts) AND account = p_clerk AND content ? 'sent';
    UPDATE drafts SET account = p_to, content = content - 'asked'
    WHERE region = p_region AND id = ANY (p_drafts) AND account = p_clerk;
    GET DIAGNOSTICS sent = ROW_COUNT;
    RETURN sent;
END $$;

-- And when she comes again what waits for her is taken up.
CREATE OR REPLACE FUNCTION take_up_again(p_region text, p_waiting text, p_party text, p_clerk text)
RETURNS TABLE (id text, item text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT is_system() THEN
        RAISE insufficient_privilege USING MESSAGE = 'only the platform takes drafts up';
    END IF;
    RETURN QUERY UPDATE drafts d SET account = p_clerk
        WHERE d.region = p_region AND d.account = p_waiting AND d.holder = p_party RETURNING d.id::text, d.item;
END $$;
