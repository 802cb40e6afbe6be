-- What changing a monitor's query did, as it was when its past had been searched.
-- Posts stand by their rows only, so that what is erased is gone here, too.
CREATE TABLE monitor_effect (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    base         INTEGER NOT NULL, -- the version it is compared with
    made         INTEGER NOT NULL, -- µs
    gained       INTEGER NOT NULL,
    lost         INTEGER NOT NULL,
    kept         INTEGER NOT NULL,
    exact        INTEGER NOT NULL, -- 0: counting took too long, they are at least so many
    gained_posts TEXT    NOT NULL, -- JSON array of seqs, the newest first
    lost_posts   TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, monitor_id, version, base)
) WITHOUT ROWID;
