-- The log: every version and event of every post, numbered without a hole in
-- the order of commits. Consumers read it by seq; nothing else orders it.
CREATE TABLE post (
    seq          INTEGER PRIMARY KEY,
    workspace_id INTEGER NOT NULL,
    op           INTEGER NOT NULL,           -- archive.Op
    replaces     INTEGER NOT NULL DEFAULT 0, -- seq of the version this row replaces, hides, shows or erases; 0: none
    body         BLOB,                       -- NULL once erased
    sum          INTEGER NOT NULL,           -- CRC-32C of the columns above
    erased_at    INTEGER                     -- UTC microseconds
);

CREATE TRIGGER post_never_changes BEFORE UPDATE ON post
WHEN NOT (OLD.body IS NOT NULL AND NEW.body IS NULL
    AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
    AND NEW.seq = OLD.seq AND NEW.workspace_id = OLD.workspace_id AND NEW.op = OLD.op
    AND NEW.replaces = OLD.replaces AND NEW.sum = OLD.sum)
BEGIN
    SELECT RAISE(ABORT, 'a row of the log never changes, except that erasure takes its content away');
END;

CREATE TRIGGER post_is_never_removed BEFORE DELETE ON post
BEGIN
    SELECT RAISE(ABORT, 'a row of the log is never removed');
END;

-- The number of the last row of the log. One row.
CREATE TABLE log_head (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
);
INSERT INTO log_head (id, seq) VALUES (1, 0);

-- Which row of the log holds a post now.
CREATE TABLE post_key (
    workspace_id INTEGER NOT NULL,
    key          BLOB NOT NULL,    -- of network and id, see key.go
    seq          INTEGER NOT NULL, -- its newest version, or the row that deleted it
    state        INTEGER NOT NULL, -- 0 visible, 1 hidden, 2 gone
    PRIMARY KEY (workspace_id, key)
) WITHOUT ROWID;

-- Visible posts by the time they were published.
CREATE TABLE post_time (
    workspace_id INTEGER NOT NULL,
    place        INTEGER NOT NULL, -- milliseconds << 12, see place.go
    seq          INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, place)
) WITHOUT ROWID;

-- Events after the first one of a post, so that each counts once.
CREATE TABLE post_event (
    workspace_id INTEGER NOT NULL,
    event        BLOB NOT NULL, -- of key, kind and revision
    PRIMARY KEY (workspace_id, event)
) WITHOUT ROWID;

-- Authors whose posts are not shown, or gone for good.
CREATE TABLE author_state (
    workspace_id INTEGER NOT NULL,
    author       BLOB NOT NULL,    -- of network and id
    state        INTEGER NOT NULL, -- 0 shown again, 1 hidden, 2 gone
    pending      INTEGER NOT NULL, -- 1: not all of the author's posts follow the state yet
    network      TEXT NOT NULL,
    author_id    TEXT NOT NULL,
    PRIMARY KEY (workspace_id, author)
) WITHOUT ROWID;

-- Hidden posts of hidden authors, to be found again when they are shown.
CREATE TABLE post_hidden (
    workspace_id INTEGER NOT NULL,
    author       BLOB NOT NULL,
    seq          INTEGER NOT NULL,
    place        INTEGER NOT NULL, -- where it stood last; shown again, it stands behind that
    PRIMARY KEY (workspace_id, author, seq)
) WITHOUT ROWID;

-- How far each consumer of the log has come. Consumers serve all workspaces.
CREATE TABLE consumer_position (
    consumer TEXT PRIMARY KEY,
    seq      INTEGER NOT NULL
) WITHOUT ROWID;

-- Rows of the log that a consumer could not take in.
CREATE TABLE consumer_dead_letter (
    workspace_id INTEGER NOT NULL,
    consumer     TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    error        TEXT NOT NULL,
    at           INTEGER NOT NULL, -- UTC microseconds
    PRIMARY KEY (workspace_id, consumer, seq)
) WITHOUT ROWID;
