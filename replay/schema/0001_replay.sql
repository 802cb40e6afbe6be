-- Raw posts of the last hours or days, in the order in which they were read.
CREATE TABLE replay_block (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL, -- rising with time
    first        INTEGER NOT NULL, -- µs; when its first post was received
    last         INTEGER NOT NULL, -- µs; when its last one was
    posts        INTEGER NOT NULL,
    size         INTEGER NOT NULL, -- bytes of summary and body
    plain        INTEGER NOT NULL, -- bytes of the body unpacked
    rules        INTEGER NOT NULL, -- by which the summary's keys were made
    checksum     INTEGER NOT NULL, -- CRC-32C of id, workspace and body
    summary      BLOB    NOT NULL, -- Bloom filter of the posts' keys, zstd
    body         BLOB    NOT NULL, -- zstd
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX replay_block_age ON replay_block (id, size);
CREATE INDEX replay_block_time ON replay_block (workspace_id, last, first, posts, size);

-- What the networks said of posts and authors after they were read: hashes only.
CREATE TABLE replay_grave (
    workspace_id INTEGER NOT NULL,
    span         INTEGER NOT NULL, -- hours since 1970, in sixes: when it was said
    hash         INTEGER NOT NULL, -- of a post's or an author's name
    dead         INTEGER NOT NULL, -- 1: not to be shown; 0: shown again
    PRIMARY KEY (workspace_id, span, hash)
) WITHOUT ROWID;

-- Stretches of which the window may lack posts.
CREATE TABLE replay_gap (
    id        INTEGER PRIMARY KEY,
    gap_from  INTEGER NOT NULL, -- µs
    gap_to    INTEGER NOT NULL, -- µs
    reason    TEXT    NOT NULL
);

-- Whether the window is being written, and when it last was. One row.
CREATE TABLE replay_state (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    open    INTEGER NOT NULL, -- 1: taking posts; found so at a start: it crashed
    flushed INTEGER NOT NULL  -- µs; everything received before is on the disk
);
INSERT INTO replay_state (id, open, flushed) VALUES (1, 0, 0);
