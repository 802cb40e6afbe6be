-- Lists of words, authors or sites that queries share by name.
CREATE TABLE list (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    kind         TEXT    NOT NULL, -- words, authors, sites
    name         TEXT    NOT NULL,
    name_key     TEXT    NOT NULL, -- as queries compare it
    entries      TEXT    NOT NULL, -- JSON array, in canonical form
    created      INTEGER NOT NULL, -- µs
    changed      INTEGER NOT NULL, -- µs
    removed      INTEGER,          -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX list_name ON list (workspace_id, name_key) WHERE removed IS NULL;

-- How a list stood in each of its versions.
CREATE TABLE list_version (
    workspace_id INTEGER NOT NULL,
    list_id      INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    entries      TEXT    NOT NULL,
    changed      INTEGER NOT NULL, -- µs
    changed_by   INTEGER NOT NULL, -- hearth.UserID
    PRIMARY KEY (workspace_id, list_id, version),
    FOREIGN KEY (workspace_id, list_id) REFERENCES list (workspace_id, id)
) WITHOUT ROWID;

-- A version of a monitor that another version of a list made.
ALTER TABLE monitor_version ADD COLUMN list_id INTEGER NOT NULL DEFAULT 0;      -- 0: none
ALTER TABLE monitor_version ADD COLUMN list_version INTEGER NOT NULL DEFAULT 0;
