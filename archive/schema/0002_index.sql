-- The token index (see archive/index): derived from the log, to be dropped and
-- rebuilt at will. Its terms begin with the workspace, so its tables do not
-- have one.
CREATE TABLE index_state (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    version   INTEGER NOT NULL, -- of the rules by which posts become terms
    position  INTEGER NOT NULL, -- rows of the log up to this one are in segments
    purged_at INTEGER NOT NULL  -- UTC microseconds, see purge.go
);
INSERT INTO index_state (id, version, position, purged_at) VALUES (1, 0, 0, 0);

CREATE TABLE index_segment (
    segment INTEGER PRIMARY KEY,
    level   INTEGER NOT NULL,
    head    BLOB NOT NULL
);

CREATE TABLE index_block (
    block INTEGER PRIMARY KEY, -- segment << 32 | number
    data  BLOB NOT NULL
);

-- Documents that are in a segment or on their way into one, but no longer to be
-- found: replaced, hidden or erased.
CREATE TABLE index_gone (
    seq   INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (seq, place)
) WITHOUT ROWID;
