-- What monitors know of the log, in archive.db, so that it commits with the
-- position in the log. All but monitor_hit, backfill and monitor_purged is
-- derived and can be dropped and built again.

-- Which building of the derived tables is in force: the consumer's name ends
-- in its number, so a new building begins at the log's first row. One row.
CREATE TABLE monitor_build (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    seq    INTEGER NOT NULL -- the last row of the log that was taken in
);
INSERT INTO monitor_build (id, number, seq) VALUES (1, 1, 0);

-- Combinations of what posts are counted by.
CREATE TABLE dimension (
    id           INTEGER PRIMARY KEY,
    workspace_id INTEGER NOT NULL,
    network      TEXT    NOT NULL,
    lang         TEXT    NOT NULL, -- primary language, lower case; '': not known
    sentiment    TEXT    NOT NULL, -- '': not known
    kind         TEXT    NOT NULL,
    intents      INTEGER NOT NULL, -- bit i: hearth.Intents[i]
    UNIQUE (workspace_id, network, lang, sentiment, kind, intents)
);

-- Every version that is counted now, with what it was counted as: what is taken
-- off again when it is edited, hidden or erased, its content gone by then.
CREATE TABLE tally (
    workspace_id INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs; published, else received
    dimension_id INTEGER NOT NULL,
    hidden       INTEGER NOT NULL, -- 1: not counted at the moment
    monitors     TEXT    NOT NULL, -- JSON array of ids, rising
    PRIMARY KEY (workspace_id, seq)
) WITHOUT ROWID;

-- Versions that were taken off before they were counted, because their own row
-- of the log was erased or is a dead letter: replayed, it must not count.
CREATE TABLE tally_missed (
    workspace_id INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, seq)
) WITHOUT ROWID;

-- Visible posts that a monitor caught, by time.
CREATE TABLE mention (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs
    seq          INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, monitor_id, at, seq)
) WITHOUT ROWID;

-- How many visible posts there are: of each monitor, and under monitor 0 of all.
-- The same posts stand in each span, so that any range is read in few rows.
CREATE TABLE rollup (
    workspace_id INTEGER NOT NULL,
    span         INTEGER NOT NULL, -- 0: an hour; 1: a day, UTC; 2: all time
    monitor_id   INTEGER NOT NULL,
    start        INTEGER NOT NULL, -- hours or days since 1970; of all time 0
    dimension_id INTEGER NOT NULL,
    posts        INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, span, monitor_id, start, dimension_id)
) WITHOUT ROWID;

-- What monitors found in the past, when they were made or changed.
CREATE TABLE monitor_hit (
    workspace_id INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, seq, monitor_id)
) WITHOUT ROWID;
CREATE INDEX monitor_hit_monitor ON monitor_hit (workspace_id, monitor_id, seq);

-- How far the search of the past has come.
CREATE TABLE backfill (
    workspace_id  INTEGER NOT NULL,
    monitor_id    INTEGER NOT NULL,
    query_version INTEGER NOT NULL,
    state         TEXT    NOT NULL, -- running, done, cancelled
    cursor        TEXT    NOT NULL, -- of archive.Search
    reached       INTEGER NOT NULL, -- µs; the time the search has come back to; 0: none yet
    looked        INTEGER NOT NULL, -- posts looked at
    found         INTEGER NOT NULL, -- of these, mentions
    begun         INTEGER NOT NULL, -- µs
    written       INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, monitor_id)
) WITHOUT ROWID;

-- Monitors that are gone for good: a rebuild must not bring them back.
CREATE TABLE monitor_purged (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, monitor_id)
) WITHOUT ROWID;
