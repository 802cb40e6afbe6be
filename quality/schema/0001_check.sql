-- Random samples of what monitors caught, judged by people.
CREATE TABLE quality_check (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    field        TEXT    NOT NULL, -- archive.Field
    seed         INTEGER NOT NULL, -- of the draw
    posts_of     INTEGER NOT NULL, -- posts it was drawn from
    user_id      INTEGER NOT NULL,
    begun        INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE INDEX quality_check_monitor ON quality_check (workspace_id, monitor_id, field, id);
CREATE TABLE quality_check_post (
    workspace_id INTEGER NOT NULL,
    check_id     INTEGER NOT NULL,
    place        INTEGER NOT NULL, -- from 1
    network      TEXT    NOT NULL,
    post_id      TEXT    NOT NULL,
    machine      TEXT    NOT NULL, -- what the analysis said; '': nothing
    answer       TEXT    NOT NULL, -- what a person says; '': nothing yet, '?': something else
    run          INTEGER NOT NULL, -- under which the post was corrected; 0: it was not
    user_id      INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs of the answer
    PRIMARY KEY (workspace_id, check_id, place)
) WITHOUT ROWID;
