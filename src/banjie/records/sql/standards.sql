-- The registers all regions share: 基本目录 and 标准材料. They are public and small; no row is about a person.
CREATE TABLE basic_catalogue (
    code        text PRIMARY KEY,
    name        text NOT NULL,
    document    jsonb NOT NULL,
    loaded_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE standard_materials (
    key         text PRIMARY KEY,
    name        text NOT NULL,
    document    jsonb NOT NULL,
    loaded_at   timestamptz NOT NULL DEFAULT now()
);
