-- The saved queries that listen. Removed ones stay for a while, so that they
-- can be restored, and their ids are never given twice.
CREATE TABLE monitor (
    workspace_id  INTEGER NOT NULL,
    id            INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    query_version INTEGER NOT NULL, -- the version in which the query was last changed, or listening began again
    name          TEXT    NOT NULL,
    query         TEXT    NOT NULL, -- as a person wrote it
    canonical     TEXT    NOT NULL, -- as it is compared
    paused        INTEGER NOT NULL, -- 0 or 1
    created       INTEGER NOT NULL, -- µs
    changed       INTEGER NOT NULL, -- µs
    removed       INTEGER,          -- µs
    purged        INTEGER NOT NULL DEFAULT 0, -- 1: it cannot be restored, its mentions are being cleared away; 2: they are gone
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX monitor_name ON monitor (workspace_id, name) WHERE removed IS NULL;
CREATE INDEX monitor_removed ON monitor (removed) WHERE removed IS NOT NULL AND purged < 2;

-- How a monitor stood in each of its versions.
CREATE TABLE monitor_version (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    query        TEXT    NOT NULL,
    canonical    TEXT    NOT NULL,
    paused       INTEGER NOT NULL,
    changed      INTEGER NOT NULL, -- µs
    changed_by   INTEGER NOT NULL, -- hearth.UserID
    PRIMARY KEY (workspace_id, monitor_id, version),
    FOREIGN KEY (workspace_id, monitor_id) REFERENCES monitor (workspace_id, id)
) WITHOUT ROWID;
