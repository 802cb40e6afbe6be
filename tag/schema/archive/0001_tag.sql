-- Tagging of many posts: what was asked for and how far it is. What was said of
-- each post are annotations under the run's number, in the same database.
CREATE TABLE tag_run (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    state        TEXT    NOT NULL, -- running, paused, done, cancelled, failed, undoing, undone
    reason       TEXT    NOT NULL, -- why it failed
    rule_id      INTEGER NOT NULL, -- 0: a person's
    query        TEXT    NOT NULL, -- the selection
    monitor_id   INTEGER NOT NULL,
    since        INTEGER NOT NULL, -- µs; 0: no bound
    until        INTEGER NOT NULL, -- µs; 0: no bound
    tags         TEXT    NOT NULL, -- JSON array
    dropped      TEXT    NOT NULL, -- JSON array
    cursor       TEXT    NOT NULL, -- of the page that comes next
    total        INTEGER NOT NULL, -- posts it was made for, as counted then
    looked       INTEGER NOT NULL,
    changed      INTEGER NOT NULL, -- posts whose tags it changed
    user_id      INTEGER NOT NULL,
    begun        INTEGER NOT NULL, -- µs
    written      INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE INDEX tag_run_open ON tag_run (state) WHERE state IN ('running', 'undoing');
