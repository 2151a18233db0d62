-- 办件卷宗: meetings, site visits and checklists beside a case, each the sum of its history.

-- Whether the bound offices, or those who watch its region, see the case: officials' eyes, never the applicant's.
CREATE FUNCTION office_sees(p_region text, p_case uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT 1 FROM cases c WHERE c.region = p_region AND c.id = p_case
                   AND (c.organ = ANY (bound('offices')) OR c.offices && bound('offices')
                        OR c.region = ANY (bound('regions'))));
$$;

-- 会议. An office that is asked to come sees the meeting, also when it has no part in the case. The applicant sees a
-- hearing, which is hers, and no other.
CREATE TABLE meetings (
    region       text NOT NULL,
    id           uuid NOT NULL,
    case_id      uuid NOT NULL,
    number       text NOT NULL,
    item         text NOT NULL,
    organ        text NOT NULL,
    offices      text[] NOT NULL,
    holder       text NOT NULL,
    kind         text NOT NULL,
    status       text NOT NULL,
    starts       timestamptz,
    chair        text NOT NULL DEFAULT '',
    wake_on      date,
    version      int NOT NULL,
    last_hash    text NOT NULL,
    state        json NOT NULL,
    PRIMARY KEY (region, id),
    FOREIGN KEY (region, case_id) REFERENCES cases (region, id)
);
CREATE INDEX meetings_of_case ON meetings (region, case_id);
CREATE INDEX meetings_of_offices ON meetings USING gin (offices) WHERE status IN ('offered', 'asked', 'called', 'held');
CREATE INDEX meetings_of_organ ON meetings (organ, starts DESC);
CREATE INDEX meetings_to_wake ON meetings (wake_on) WHERE wake_on IS NOT NULL;

ALTER TABLE meetings ENABLE ROW LEVEL SECURITY;
CREATE POLICY meetings_seen ON meetings
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR offices && (SELECT bound('offices'))::text[]
           OR (SELECT is_system()) OR office_sees(region, case_id)
           OR (kind = 'hearing'
               AND (holder = ANY ((SELECT bound('parties'))::text[])
                    OR ARRAY[holder || '/*', holder || '/' || item] && (SELECT bound('parties'))::text[])));
CREATE FUNCTION seen_meeting(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM meetings s WHERE s.region = p_region AND s.id = p_subject) $$;

-- 现场核查. The applicant sees when somebody comes, and the record she is asked to sign.
CREATE TABLE site_visits (
    region       text NOT NULL,
    id           uuid NOT NULL,
    case_id      uuid NOT NULL,
    number       text NOT NULL,
    item         text NOT NULL,
    organ        text NOT NULL,
    holder       text NOT NULL,
    status       text NOT NULL,
    day          date NOT NULL,
    place        int NOT NULL,
    visitors     text[] NOT NULL,
    version      int NOT NULL,
    last_hash    text NOT NULL,
    state        json NOT NULL,
    PRIMARY KEY (region, id),
    FOREIGN KEY (region, case_id) REFERENCES cases (region, id)
);
CREATE INDEX site_visits_of_case ON site_visits (region, case_id);
CREATE INDEX site_visits_of_day ON site_visits (organ, day, place);

ALTER TABLE site_visits ENABLE ROW LEVEL SECURITY;
CREATE POLICY site_visits_seen ON site_visits
    USING (organ = ANY ((SELECT bound('offices'))::text[]) OR (SELECT is_system()) OR office_sees(region, case_id)
           OR holder = ANY ((SELECT bound('parties'))::text[])
           OR ARRAY[holder || '/*', holder || '/' || item] && (SELECT bound('parties'))::text[]);
CREATE FUNCTION seen_site_visit(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM site_visits s WHERE s.region = p_region AND s.id = p_subject) $$;

-- 审查要点核对: the offices' own working paper.
CREATE TABLE checklists (
    region       text NOT NULL,
    id           uuid NOT NULL,
    case_id      uuid NOT NULL,
    organ        text NOT NULL,
    version      int NOT NULL,
    last_hash    text NOT NULL,
    state        json NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, case_id),
    FOREIGN KEY (region, case_id) REFERENCES cases (region, id)
);

ALTER TABLE checklists ENABLE ROW LEVEL SECURITY;
CREATE POLICY checklists_seen ON checklists USING ((SELECT is_system()) OR office_sees(region, case_id));
CREATE FUNCTION seen_checklist(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM checklists s WHERE s.region = p_region AND s.id = p_subject) $$;

-- 查看记录: the organ that decides a case sees who has looked at it, for its 全部记录.
CREATE POLICY looks_of_organ ON looks FOR SELECT
    USING (EXISTS (SELECT 1 FROM cases c WHERE c.region = looks.region AND c.id = looks.case_id
                   AND c.organ = ANY ((SELECT bound('offices'))::text[])));
