-- The paths under which networks send to sources by themselves.
CREATE TABLE source_path (
    workspace_id INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    token_hash   TEXT    NOT NULL, -- SHA-256, hexadecimal: what a request is found by
    token        TEXT    NOT NULL, -- sealed, to be shown again
    made         INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, source_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX source_path_token ON source_path (token_hash);
