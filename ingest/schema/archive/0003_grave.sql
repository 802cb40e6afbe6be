-- Deletions of posts that were not kept, by hashes of their names, so that one
-- that comes late stays dead after a restart too. Chunks of a source, the newest
-- has the highest id.
CREATE TABLE grave (
    workspace_id INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    dug          INTEGER NOT NULL, -- µs; when the last of them was
    hashes       BLOB    NOT NULL, -- eight bytes each
    PRIMARY KEY (workspace_id, source_id, id)
);
