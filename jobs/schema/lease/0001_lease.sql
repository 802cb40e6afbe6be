-- Who alone does something. It stands in the database of the effects, so that
-- their transaction can check the epoch.
CREATE TABLE lease (
    name       TEXT    NOT NULL PRIMARY KEY,
    epoch      INTEGER NOT NULL, -- rises each time it is taken: the fence
    process_id TEXT    NOT NULL, -- of table process in hearth.db; '': nobody
    taken      INTEGER NOT NULL  -- µs, for people
) WITHOUT ROWID;
