-- 政务服务大厅, 便民服务中心: where one goes, with its hours and windows. A register, open to everyone.
CREATE TABLE halls (
    region      text NOT NULL,
    code        text NOT NULL,
    name        text NOT NULL,
    address     text NOT NULL,
    hours       text NOT NULL DEFAULT '',
    phone       text NOT NULL DEFAULT '',
    windows     text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (region, code)
);
CREATE UNIQUE INDEX halls_by_code ON halls (code);
