-- People whose responses count in full: trust in the ranking of voices begins at
-- them.
CREATE TABLE trusted (
    workspace_id INTEGER NOT NULL,
    network      TEXT    NOT NULL,
    author       TEXT    NOT NULL, -- id on the network, or @ and a handle in compared form
    note         TEXT    NOT NULL, -- why, for people
    added        INTEGER NOT NULL, -- µs
    added_by     INTEGER NOT NULL, -- hearth.UserID
    PRIMARY KEY (workspace_id, network, author)
) WITHOUT ROWID;

-- Sets of monitors that are compared again and again.
CREATE TABLE comparison (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    created      INTEGER NOT NULL, -- µs
    changed      INTEGER NOT NULL, -- µs
    removed      INTEGER,          -- µs; its id is never given twice
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX comparison_name ON comparison (workspace_id, name) WHERE removed IS NULL;

CREATE TABLE comparison_monitor (
    workspace_id  INTEGER NOT NULL,
    comparison_id INTEGER NOT NULL,
    place         INTEGER NOT NULL, -- from 0, in the order in which they are shown
    monitor_id    INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, comparison_id, place),
    FOREIGN KEY (workspace_id, comparison_id) REFERENCES comparison (workspace_id, id)
) WITHOUT ROWID;
