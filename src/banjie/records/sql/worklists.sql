-- Worklists beside the lines themselves (tasks): what officials wait for, keep for themselves, and have open; how an
-- office's lines are shared out.

-- 等待他人: a case somebody has had in hand that lies with the applicant, with a special procedure or with another
-- office. Kept behind the journal, so that no act pays for it.
CREATE TABLE awaited (
    region       text NOT NULL,
    case_id      uuid NOT NULL,
    account      text NOT NULL,
    office       text NOT NULL,
    waits_for    text NOT NULL, -- applicant, special or office
    stage        text NOT NULL,
    step_name    text NOT NULL,
    due_on       date NOT NULL,
    since        date NOT NULL,
    number       text NOT NULL,
    item         text NOT NULL,
    item_name    text NOT NULL,
    holder_name  text NOT NULL,
    holder_kind  text NOT NULL,
    PRIMARY KEY (region, case_id, account)
);
CREATE INDEX awaited_of_account ON awaited (account, due_on, case_id);

ALTER TABLE awaited ENABLE ROW LEVEL SECURITY;
CREATE POLICY awaited_seen ON awaited FOR SELECT
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));
CREATE POLICY awaited_kept ON awaited FOR ALL USING ((SELECT is_system()));

-- 分派规则: how the lines of an office and role are given out; and who takes part, for which items and regions ({}: all).
CREATE TABLE assignment_rules (
    region       text NOT NULL,
    office       text NOT NULL,
    role         text NOT NULL,
    way          text NOT NULL, -- free, turn or load
    changed_by   text NOT NULL,
    changed_at   timestamptz NOT NULL,
    PRIMARY KEY (region, office, role)
);
CREATE TABLE assignment_shares (
    region       text NOT NULL,
    office       text NOT NULL,
    role         text NOT NULL,
    account      text NOT NULL,
    takes_part   boolean NOT NULL DEFAULT true,
    items        text[] NOT NULL DEFAULT '{}',
    regions      text[] NOT NULL DEFAULT '{}',
    turn         bigint NOT NULL DEFAULT 0, -- The number of the last line given to her; the lowest is next.
    PRIMARY KEY (region, office, role, account)
);
ALTER TABLE assignment_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY assignment_rules_seen ON assignment_rules
    USING (office = ANY ((SELECT bound('offices'))::text[]) OR (SELECT is_system()));
ALTER TABLE assignment_shares ENABLE ROW LEVEL SECURITY;
CREATE POLICY assignment_shares_seen ON assignment_shares
    USING (office = ANY ((SELECT bound('offices'))::text[]) OR (SELECT is_system()));

-- 常用视图: an official's own addresses of the worklist, and the columns she wants to see.
CREATE TABLE saved_views (
    region       text NOT NULL,
    account      text NOT NULL,
    name         text NOT NULL,
    query        text NOT NULL,
    made_at      timestamptz NOT NULL,
    PRIMARY KEY (region, account, name)
);
CREATE TABLE desk_columns (
    region       text NOT NULL,
    account      text NOT NULL,
    columns      text[] NOT NULL,
    PRIMARY KEY (region, account)
);
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
CREATE POLICY saved_views_own ON saved_views
    USING (account <> '' AND account = (SELECT current_setting('banjie.account', true)));
ALTER TABLE desk_columns ENABLE ROW LEVEL SECURITY;
CREATE POLICY desk_columns_own ON desk_columns
    USING (account <> '' AND account = (SELECT current_setting('banjie.account', true)));

-- 常用意见: sentences an official keeps for herself, or shares with her office. `kind` is of workflow.StepKind, '' for all.
CREATE TABLE opinion_templates (
    region       text NOT NULL,
    id           uuid NOT NULL,
    account      text NOT NULL,
    office       text NOT NULL,
    shared       boolean NOT NULL,
    kind         text NOT NULL,
    words        text NOT NULL,
    made_at      timestamptz NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX opinion_templates_own ON opinion_templates (account);
CREATE INDEX opinion_templates_shared ON opinion_templates (office) WHERE shared;
ALTER TABLE opinion_templates ENABLE ROW LEVEL SECURITY;
CREATE POLICY opinion_templates_seen ON opinion_templates FOR SELECT
    USING (account = (SELECT current_setting('banjie.account', true))
           OR (shared AND office = ANY ((SELECT bound('offices'))::text[])));
CREATE POLICY opinion_templates_made ON opinion_templates FOR INSERT
    WITH CHECK (account <> '' AND account = current_setting('banjie.account', true)
                AND office = ANY (bound('offices')));
CREATE POLICY opinion_templates_dropped ON opinion_templates FOR DELETE
    USING (account = current_setting('banjie.account', true));

-- 正在查看: who has a case open on the screen. A row that has not been renewed for a while says nothing any more; none
-- of it needs to outlive a crash.
CREATE UNLOGGED TABLE open_cases (
    region       text NOT NULL,
    case_id      uuid NOT NULL,
    account      text NOT NULL,
    opened_at    timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    PRIMARY KEY (region, case_id, account)
);
CREATE INDEX open_cases_old ON open_cases (seen_at);
ALTER TABLE open_cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY open_cases_seen ON open_cases FOR SELECT
    USING ((SELECT is_system()) OR account = current_setting('banjie.account', true)
           OR EXISTS (SELECT 1 FROM cases c WHERE c.region = open_cases.region AND c.id = open_cases.case_id));
CREATE POLICY open_cases_opened ON open_cases FOR INSERT
    WITH CHECK (account <> '' AND account = current_setting('banjie.account', true)
                AND EXISTS (SELECT 1 FROM cases c WHERE c.region = open_cases.region AND c.id = open_cases.case_id));
CREATE POLICY open_cases_renewed ON open_cases FOR UPDATE USING (account = current_setting('banjie.account', true));
CREATE POLICY open_cases_closed ON open_cases FOR DELETE
    USING ((SELECT is_system()) OR account = current_setting('banjie.account', true));

-- Whom the lines of an office may be given to: the holders of its posts, with the lines each of them has now (counted to
-- a thousand). Asked by whoever serves in the office, and by the machine.
CREATE FUNCTION colleagues_of(p_office text, p_today date) RETURNS TABLE (account text, name text, roles text[], lines bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT p.account, coalesce(min(a.display_name), p.account), array_agg(DISTINCT p.role),
           (SELECT count(*) FROM (SELECT 1 FROM tasks t WHERE t.handler = p.account LIMIT 1000) AS counted)
    FROM posts p LEFT JOIN records_account a ON a.key = p.account AND a.is_active
    WHERE p.office = p_office AND p.from_day <= p_today AND (p.until_day IS NULL OR p.until_day >= p_today)
          AND (p_office = ANY (bound('offices')) OR is_system())
    GROUP BY p.account ORDER BY p.account;
$$;

-- The posts of one account on a day, for whether a line may be given to her; one row without a role when she has none.
CREATE FUNCTION posts_of(p_account text, p_today date) RETURNS TABLE (name text, role text, office text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(a.display_name, p_account), p.role, p.office
    FROM (SELECT 1) one LEFT JOIN records_account a ON a.key = p_account
    LEFT JOIN posts p ON p.account = p_account AND p.from_day <= p_today
        AND (p.until_day IS NULL OR p.until_day >= p_today);
$$;

-- Posts that have ended: lines whose handler may no longer do them go back to their office. Written by the database
-- itself, whoever ends a post by whatever way.
CREATE TABLE posts_ended (
    region       text NOT NULL,
    account      text NOT NULL,
    office       text NOT NULL,
    role         text NOT NULL,
    PRIMARY KEY (region, account, office, role)
);
CREATE INDEX posts_of_office ON posts (office);

CREATE FUNCTION note_ended_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO posts_ended VALUES (OLD.region, OLD.account, OLD.office, OLD.role) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER posts_end AFTER DELETE ON posts FOR EACH ROW EXECUTE FUNCTION note_ended_post();

-- What is on the desk of somebody who holds the post for it no more: it was ended, or its last day is over.
CREATE INDEX posts_until ON posts (until_day) WHERE until_day IS NOT NULL;
CREATE FUNCTION lines_left_behind(p_today date, p_most int)
RETURNS TABLE (region text, number text, step text, handler text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT t.region, t.number, t.step, t.handler
    FROM (SELECT account, office FROM posts_ended
          UNION SELECT account, office FROM posts WHERE until_day < p_today AND until_day >= p_today - 30) e
    JOIN tasks t ON t.handler = e.account AND t.office = e.office AND t.handler <> ''
    WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.account = t.handler AND p.office = t.office
                      AND p.from_day <= p_today AND (p.until_day IS NULL OR p.until_day >= p_today)
                      AND (p.role = t.role OR (p.role = 'head' AND t.role = 'decider')))
    LIMIT p_most;
$$;
