-- What people and rules say of posts: statements, in the order in which they
-- were made. They are never changed, only taken back; a version of the log with
-- op 8 holds the post as they make it. Erasing a post takes its rows away.
CREATE TABLE annotation (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,           -- rising
    key          BLOB    NOT NULL,           -- of the post, as in post_key
    field        TEXT    NOT NULL,           -- archive.Field
    value        TEXT    NOT NULL,           -- what it says; '': it takes was away
    was          TEXT    NOT NULL,           -- what was there before; '': nothing
    user_id      INTEGER NOT NULL,           -- who said it; 0: no person
    rule_id      INTEGER NOT NULL,           -- which rule said it; 0: none
    run          INTEGER NOT NULL,           -- the work of which it is a part; 0: none
    at           INTEGER NOT NULL,           -- UTC microseconds
    undone       INTEGER NOT NULL DEFAULT 0, -- UTC microseconds; 0: it stands
    undone_by    INTEGER NOT NULL DEFAULT 0, -- hearth.UserID
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE INDEX annotation_post ON annotation (workspace_id, key, id);
CREATE INDEX annotation_run ON annotation (workspace_id, run, undone, id) WHERE run > 0;
