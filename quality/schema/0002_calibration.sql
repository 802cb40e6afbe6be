-- What a workspace's people taught, in versions; none is ever changed.
CREATE TABLE quality_calibration (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs
    user_id      INTEGER NOT NULL, -- 0: made by night
    answers      INTEGER NOT NULL, -- judged posts that it was made of
    right_before INTEGER NOT NULL, -- of them, by the shared model
    right_after  INTEGER NOT NULL, -- and by a layer made of the others
    looked       INTEGER NOT NULL, -- newest posts that it was tried on
    moves        TEXT    NOT NULL, -- JSON: what becomes of them, from and to
    layer        TEXT    NOT NULL, -- JSON of analysis.Layer
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
-- Which one is on: the last row says so.
CREATE TABLE quality_switch (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    calibration  INTEGER NOT NULL, -- 0: none, the shared models alone
    user_id      INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
