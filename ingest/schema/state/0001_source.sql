-- The configured streams of posts. Removed ones stay, so that an id is never
-- given twice and their posts keep a name.
CREATE TABLE source (
    workspace_id    INTEGER NOT NULL,
    id              INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    network         TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    settings        TEXT    NOT NULL, -- JSON object of strings
    paused          INTEGER NOT NULL, -- 0 or 1
    keep_everything INTEGER NOT NULL, -- 0 or 1
    created         INTEGER NOT NULL, -- µs
    changed         INTEGER NOT NULL, -- µs
    removed         INTEGER,          -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX source_name ON source (workspace_id, name) WHERE removed IS NULL;
