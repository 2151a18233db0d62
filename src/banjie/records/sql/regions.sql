-- Places for addresses: the divisions of the first migration, down to the village, with how long each is valid.
-- A code that has gone stays, with what it went into: an address of then must be read for ever.
ALTER TABLE regions ADD COLUMN valid_from date, ADD COLUMN valid_until date, ADD COLUMN successor text;
CREATE INDEX regions_below ON regions (parent, code);
