-- 授权: acts on mandates. The table stands in schema.sql, since what an account is (standing_of) is made from it.

-- A mandate as the bound actor may see it; nothing when there is none.
CREATE OR REPLACE FUNCTION load_mandate(account text, parties text, offices text, regions text, reach text,
                                        p_region text, p_party text, p_agent text)
RETURNS TABLE (id uuid, version int, last_hash text, state json)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    RETURN QUERY SELECT m.id, m.version, m.last_hash, m.state FROM mandates m
                 WHERE m.region = p_region AND m.party = p_party AND m.account = p_agent;
END $$;

-- Keeps one act on a mandate. False for a lost race.
--
-- It works by the owner's right, because nobody may write the table herself; so it looks again at who acts: the agent
-- on a mandate that is there, whoever is or represents the party, a clerk at a window, or the platform itself.
CREATE OR REPLACE FUNCTION save_mandate(
    p_actor text, p_reach text, p_today date, p_expected int, p_mandate jsonb, p_state json, p_at timestamptz,
    p_entries jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    m mandates;
BEGIN
    m := jsonb_populate_record(NULL::mandates, p_mandate);
    m.state := p_state;
    IF NOT (p_reach = 'system'
            OR (m.account = p_actor AND p_expected > 0)
            OR EXISTS (SELECT 1 FROM mandates o WHERE o.region = m.region AND o.party = m.party AND o.account = p_actor
                       AND o.relation IN ('own', 'representative') AND o.status = 'in_force'
                       AND (o.valid_until IS NULL OR o.valid_until >= p_today))
            OR EXISTS (SELECT 1 FROM posts o WHERE o.account = p_actor AND o.role = 'window'
                       AND o.from_day <= p_today AND (o.until_day IS NULL OR o.until_day >= p_today))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this account has no say over the mandate';
    END IF;
    IF p_expected = 0 THEN
        INSERT INTO mandates SELECT m.* ON CONFLICT DO NOTHING;
    ELSE
        UPDATE mandates SET relation = m.relation, status = m.status, deeds = m.deeds, items = m.items,
            valid_from = m.valid_from, valid_until = m.valid_until, ended_on = m.ended_on, version = m.version,
            last_hash = m.last_hash, state = m.state
        WHERE region = m.region AND party = m.party AND account = m.account AND version = p_expected;
    END IF;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM append_journal(m.region, 'mandate', m.id, p_at, p_actor, p_entries);
    RETURN true;
END $$;

CREATE FUNCTION seen_mandate(p_region text, p_subject uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM mandates s WHERE s.region = p_region AND s.id = p_subject) $$;
