-- How often somebody has tried: a counter for each (keyed hash of) address or account, good until its time is over.
-- Nothing here says who it was, so there are no policies; unlogged, since losing it in a crash does no harm.
CREATE UNLOGGED TABLE tries (
    bucket   text PRIMARY KEY,
    count    int NOT NULL,
    ends_at  timestamptz NOT NULL
);
CREATE INDEX tries_ended ON tries (ends_at);

-- Counts a try and answers with the seconds to wait, 0 for none. A few old counters go at each call, so that the table
-- stays as small as the last hour.
CREATE OR REPLACE FUNCTION take_try(p_bucket text, p_seconds int, p_most int, p_now timestamptz) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    t tries;
BEGIN
    DELETE FROM tries WHERE bucket IN (SELECT old.bucket FROM tries old WHERE old.ends_at < p_now - interval '1 hour'
                                       ORDER BY old.ends_at LIMIT 20 FOR UPDATE SKIP LOCKED);
    INSERT INTO tries VALUES (p_bucket, 1, p_now + make_interval(secs => p_seconds))
    ON CONFLICT (bucket) DO UPDATE SET
        count = CASE WHEN tries.ends_at <= p_now THEN 1 ELSE tries.count + 1 END,
        ends_at = CASE WHEN tries.ends_at <= p_now THEN excluded.ends_at ELSE tries.ends_at END
    RETURNING * INTO t;
    RETURN CASE WHEN t.count > p_most THEN greatest(1, ceil(extract(epoch FROM t.ends_at - p_now)))::int ELSE 0 END;
END $$;
