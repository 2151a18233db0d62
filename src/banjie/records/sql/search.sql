-- What a search reads: each text of the catalogue once, and who offers it. Public, like the catalogue itself.
--
-- A city's counties and villages publish the same items under the same names, so the texts are some thousands while
-- the offers are a hundred and seventy thousand short rows. Both follow the catalogue by themselves, whoever writes it.
CREATE TABLE item_texts (
    key         text PRIMARY KEY,
    name        text NOT NULL,
    official    text NOT NULL,
    popular     text[] NOT NULL,
    situations  text[] NOT NULL,
    laws        text[] NOT NULL,
    kind        text NOT NULL,
    audiences   text[] NOT NULL,
    online      boolean NOT NULL,
    at_once     boolean NOT NULL
);

CREATE TABLE item_offers (
    region      text NOT NULL,
    code        text NOT NULL,
    edition     int NOT NULL,
    organ_name  text NOT NULL,
    text_key    text NOT NULL,
    PRIMARY KEY (region, code)
);

-- Which offers have changed, in the order of the transactions that changed them. `keys` is NULL when they are so many
-- that whoever keeps them in memory had better read everything anew.
CREATE TABLE offer_changes (
    generation  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    keys        text[]
);

-- How often an item is applied for; counted behind the journal, never by looking at the cases.
CREATE TABLE item_use (
    region      text NOT NULL,
    item        text NOT NULL,
    filed       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (region, item)
);

CREATE OR REPLACE FUNCTION texts_at(document jsonb, path jsonpath, each int) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT left(found #>> '{}', each)) FILTER (WHERE found #>> '{}' <> ''), '{}')
    FROM (SELECT found FROM jsonb_path_query(document, path) AS found LIMIT 60) AS those;
$$;

-- Runs with its owner's rights: nobody else may write what a search reads.
CREATE OR REPLACE FUNCTION follow_catalogue() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moved text[];
BEGIN
    IF NOT EXISTS (SELECT 1 FROM changed c WHERE c.state = 'published')
       AND NOT EXISTS (SELECT 1 FROM changed c JOIN item_offers o USING (region, code, edition)) THEN
        RETURN NULL;
    END IF;
    -- Generations are given in the order of commits: a reader that has seen one has seen all before it.
    PERFORM pg_advisory_xact_lock(hashtextextended('offer_changes', 0));
    DELETE FROM item_offers o USING changed c
    WHERE o.region = c.region AND o.code = c.code AND o.edition = c.edition AND c.state <> 'published';
    WITH said AS MATERIALIZED (
        SELECT c.region, c.code, c.edition, c.organ_name, c.name, c.kind, c.audiences,
            coalesce(nullif(d.name, ''), c.name) AS official,
            texts_at(d.popular_names, '$[*]', 60) AS popular,
            texts_at(d.questions, '$[*].options[*].label', 60) AS situations,
            texts_at(d.basis, '$[*].law', 80) AS laws,
            coalesce(d.depth, '') IN ('III', 'IV') AS online,
            coalesce(d.handling, '') = '1' AS at_once
        -- The document is unpacked once for all that is taken from it.
        FROM changed c, jsonb_to_record(c.document) AS d(name text, popular_names jsonb, questions jsonb, basis jsonb,
            depth text, handling text)
        WHERE c.state = 'published'
    ), keyed AS MATERIALIZED (
        SELECT s.*, md5(concat_ws(E'\x1f', name, official, popular::text, situations::text, laws::text, kind,
            audiences::text, online::text, at_once::text)) AS key FROM said s
    ), texts AS (
        INSERT INTO item_texts SELECT DISTINCT ON (key) key, name, official, popular, situations, laws, kind, audiences,
            online, at_once FROM keyed ON CONFLICT DO NOTHING
    )
    INSERT INTO item_offers (region, code, edition, organ_name, text_key)
    SELECT DISTINCT ON (region, code) region, code, edition, organ_name, key FROM keyed ORDER BY region, code, edition DESC
    ON CONFLICT (region, code) DO UPDATE SET edition = EXCLUDED.edition, organ_name = EXCLUDED.organ_name,
        text_key = EXCLUDED.text_key;
    SELECT CASE WHEN count(*) <= 200 THEN array_agg(DISTINCT c.region || '/' || c.code) END INTO moved FROM changed c;
    INSERT INTO offer_changes (keys) VALUES (moved);
    RETURN NULL;
END $$;

CREATE TRIGGER item_editions_added AFTER INSERT ON item_editions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_catalogue();
CREATE TRIGGER item_editions_changed AFTER UPDATE ON item_editions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION follow_catalogue();
