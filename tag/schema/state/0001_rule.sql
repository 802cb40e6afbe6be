-- Rules that tag.
CREATE TABLE tag_rule (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    place        INTEGER NOT NULL, -- rules are asked in this order
    name         TEXT    NOT NULL,
    query        TEXT    NOT NULL,
    monitor_id   INTEGER NOT NULL, -- 0: all posts
    tags         TEXT    NOT NULL, -- JSON array
    stop         INTEGER NOT NULL, -- 1: no later rule is asked about a post that matches
    paused       INTEGER NOT NULL,
    since        INTEGER NOT NULL, -- row of the log behind which it looks
    created      INTEGER NOT NULL, -- µs
    changed      INTEGER NOT NULL, -- µs
    removed      INTEGER,          -- µs; its id is never given twice
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
