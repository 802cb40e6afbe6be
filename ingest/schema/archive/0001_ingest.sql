-- Rows of ingest in archive.db, so that they commit with the posts.

-- Where a source goes on, and what became of everything it read.
CREATE TABLE source_cursor (
    workspace_id INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    cursor       TEXT    NOT NULL,
    counters     TEXT    NOT NULL, -- JSON of Counters
    newest       INTEGER NOT NULL, -- µs; time of the newest event; 0: none yet
    written      INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, source_id)
) WITHOUT ROWID;

-- A stretch of a stream that cannot be had again.
CREATE TABLE source_gap (
    workspace_id INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    place_from   TEXT    NOT NULL, -- in the network's words
    place_to     TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    noticed      INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, source_id, id)
) WITHOUT ROWID;

-- What could not be read or kept, with its bytes.
CREATE TABLE dead_letter (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    source_id    INTEGER NOT NULL, -- 0: an import's
    import_id    TEXT    NOT NULL, -- '': a source's
    line         INTEGER NOT NULL, -- of an import; else 0
    kind         TEXT    NOT NULL, -- raw: bytes as the network sent them; post: a post document
    reason       TEXT    NOT NULL,
    raw          BLOB    NOT NULL, -- at most 64 KiB
    size         INTEGER NOT NULL, -- of the whole; larger than raw where that was cut
    noticed      INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
);

-- The room that dead letters take, so that garbage cannot fill the disk.
CREATE TABLE dead_letter_room (
    workspace_id INTEGER NOT NULL PRIMARY KEY,
    last_id      INTEGER NOT NULL,
    bytes        INTEGER NOT NULL,
    crowded_out  INTEGER NOT NULL  -- letters that newer ones pushed out
) WITHOUT ROWID;

-- Small facts that networks remember (a handle of an id). May be emptied.
CREATE TABLE source_cache (
    workspace_id INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    value        TEXT    NOT NULL,
    written      INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, source_id, name)
) WITHOUT ROWID;

-- Files brought in.
CREATE TABLE import (
    workspace_id INTEGER NOT NULL,
    id           TEXT    NOT NULL, -- of the content, as the caller computes it
    name         TEXT    NOT NULL,
    format       TEXT    NOT NULL,
    state        TEXT    NOT NULL, -- running, done, stopped, undoing, undone
    reason       TEXT    NOT NULL, -- why stopped
    records      INTEGER NOT NULL, -- records dealt with: where a resumed import goes on
    counters     TEXT    NOT NULL, -- JSON of Counters
    begun        INTEGER NOT NULL, -- µs
    written      INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;

-- Which rows of the log an import wrote.
CREATE TABLE import_row (
    workspace_id INTEGER NOT NULL,
    import_id    TEXT    NOT NULL,
    row          INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, import_id, row),
    FOREIGN KEY (workspace_id, import_id) REFERENCES import (workspace_id, id)
) WITHOUT ROWID;
