-- What a workspace wants done with four eyes only. No row: nothing.
CREATE TABLE four_eyes (
    workspace_id INTEGER NOT NULL PRIMARY KEY,
    version      INTEGER NOT NULL,
    areas        TEXT    NOT NULL, -- with spaces between
    salt         BLOB    NOT NULL, -- of the sums of what is asked for
    changed      INTEGER NOT NULL, -- µs
    FOREIGN KEY (workspace_id) REFERENCES workspace (id)
) WITHOUT ROWID;

-- What somebody asked for that takes a second person.
CREATE TABLE approval (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    area         TEXT    NOT NULL,
    verb         TEXT    NOT NULL, -- as in the audit log
    object_kind  TEXT    NOT NULL,
    object_id    TEXT    NOT NULL,
    needs        TEXT    NOT NULL, -- the permission of whoever does it or approves it
    gives        TEXT    NOT NULL, -- roles that whoever approves must cover, with spaces between
    digest       BLOB    NOT NULL, -- of everything that decides what happens
    was          TEXT    NOT NULL, -- JSON for people; '': nothing
    now          TEXT    NOT NULL, -- likewise
    why          TEXT    NOT NULL, -- as whoever asks says; '': not said
    form         TEXT    NOT NULL, -- sealed, to do the same again in a browser; '': none
    kind         TEXT    NOT NULL, -- of the actor who asks
    user_id      INTEGER NOT NULL, -- likewise
    key_id       INTEGER NOT NULL, -- likewise; 0: none
    actor        TEXT    NOT NULL, -- likewise: the name
    asked        INTEGER NOT NULL, -- µs
    expires      INTEGER NOT NULL, -- µs
    state        TEXT    NOT NULL, -- waiting, approved, refused, withdrawn, void, done
    decided_by   INTEGER NOT NULL, -- hearth.UserID; 0: nobody yet
    decider      TEXT    NOT NULL, -- their name
    note         TEXT    NOT NULL, -- what they said
    decided      INTEGER NOT NULL, -- µs; 0: not yet
    ended        INTEGER NOT NULL, -- µs: done, refused, withdrawn or void; 0: not yet
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id) REFERENCES workspace (id)
) WITHOUT ROWID;
CREATE INDEX approval_digest ON approval (workspace_id, digest, id);
CREATE INDEX approval_state ON approval (workspace_id, state, id);
