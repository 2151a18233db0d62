-- 练习办件: what newcomers practise on. Its cases stand here alone: no journal, no worklist, no figure knows them.
CREATE TABLE practices (
    region        text NOT NULL,
    id            uuid NOT NULL,
    account       text NOT NULL,
    exercise      text NOT NULL,
    item          text NOT NULL,
    begun_at      timestamptz NOT NULL,
    finished_at   timestamptz,
    score         int,
    passed        boolean,
    version       int NOT NULL,
    state         json NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX practices_of_account ON practices (account, begun_at DESC);
CREATE UNIQUE INDEX practices_open ON practices (account, exercise) WHERE finished_at IS NULL;

-- Her own practice; of her office's newcomers the platform itself shows the results to whoever confirms them.
ALTER TABLE practices ENABLE ROW LEVEL SECURITY;
CREATE POLICY practices_seen ON practices
    USING (account = (SELECT current_setting('banjie.account', true)) OR (SELECT is_system()));
