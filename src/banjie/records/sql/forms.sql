-- What drafts hold for a form that an official is about to change: how many there are, and in how many of them each
-- field stands. Counts only; nobody's answers leave it. It looks past the policy of drafts, which shows each to its
-- own account alone, and costs what the drafts of this one item cost.
CREATE INDEX drafts_of_item ON drafts (region, item);

CREATE OR REPLACE FUNCTION form_answers_kept(p_region text, p_item text) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH open AS (
        SELECT content FROM drafts WHERE region = p_region AND item = p_item AND NOT content ? 'sent'),
    answers AS (
        SELECT kept.key FROM open, jsonb_each(coalesce(content -> 'data', '{}')) AS kept
        WHERE kept.value <> 'null'
        UNION ALL
        SELECT rows.key FROM open, LATERAL (
            SELECT DISTINCT split_part(name, '.', 1) AS key
            FROM jsonb_object_keys(coalesce(content -> 'rows', '{}')) AS name) AS rows)
    SELECT json_build_object(
        'drafts', (SELECT count(*) FROM open),
        'fields', coalesce((SELECT json_object_agg(key, many)
                            FROM (SELECT key, count(*) AS many FROM answers GROUP BY key) AS counted), '{}'))
$$;

-- An application being filled in, opened in one call: the draft of this account, what is on record of its holder and
-- of the account's own party, and the certificates the holder has that are valid. Everything under the policies.
CREATE INDEX parties_of_id ON parties (id);

CREATE OR REPLACE FUNCTION open_draft(account text, parties text, offices text, regions text, reach text,
                                      p_draft uuid, p_own text) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
    opened drafts%ROWTYPE;
BEGIN
    PERFORM bind(account, parties, offices, regions, reach);
    SELECT d.* INTO opened FROM drafts d WHERE d.account = open_draft.account AND d.id = p_draft;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object(
        'draft', row_to_json(opened),
        'facts', (SELECT coalesce(json_object_agg(p.id, p.facts), '{}') FROM parties p
                  WHERE p.id = opened.holder OR p.id = p_own),
        'held', (SELECT coalesce(json_agg(json_build_array(c.kind, c.number, c.valid_until)
                                          ORDER BY c.valid_from DESC), '[]')
                 FROM certificates c WHERE c.holder = opened.holder AND c.status = 'valid'));
END $$;
