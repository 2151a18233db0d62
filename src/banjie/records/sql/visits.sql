-- Who comes with a session: the account, what it is today, and how many messages wait for it, in one call.
CREATE INDEX messages_unread ON messages (party) WHERE read_at IS NULL;

-- Read before anyone is bound, like standing_of. Messages are counted to the parties an account may act for in everything;
-- those of a narrower mandate follow its cases and are counted under the policies.
CREATE FUNCTION visit(p_account bigint, p_today date, OUT account json, OUT standing json, OUT unread bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT row_to_json(a), standing_of(a.key, p_today),
           (SELECT count(*) FROM messages m
            WHERE m.read_at IS NULL AND m.party IN
                  (SELECT h.party FROM mandates h
                   WHERE h.account = a.key AND h.status = 'in_force' AND h.deeds = '{}' AND h.items = '{}'
                   AND (h.valid_from IS NULL OR h.valid_from <= p_today)
                   AND (h.valid_until IS NULL OR h.valid_until >= p_today)))
    FROM records_account a WHERE a.id = p_account AND a.is_active;
$$;
