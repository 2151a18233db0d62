-- What comes to an end with a draft: what was asked for it, and its uploads that are not whole. Nobody but whoever began
-- it reads a draft, so the sweep of those left lying is a question of its own: it answers with no more than their names.
CREATE INDEX drafts_left ON drafts (changed_at);

CREATE FUNCTION sweep_drafts(p_before timestamptz, p_most int) RETURNS TABLE (region text, id uuid)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM drafts d USING (
            SELECT l.region, l.id FROM drafts l WHERE l.changed_at < p_before AND is_system()
            ORDER BY l.changed_at LIMIT p_most FOR UPDATE SKIP LOCKED) AS left_lying
        WHERE d.region = left_lying.region AND d.id = left_lying.id
        RETURNING d.region, d.id),
    dropped AS (
        DELETE FROM ask_values v USING gone WHERE v.region = gone.region AND v.draft = gone.id)
    SELECT gone.region, gone.id FROM gone;
$$;
