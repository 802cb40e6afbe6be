-- What is known of copies, in archive.db, so that it commits with the position in the
-- log. All of it is derived.

-- Texts that were told lately, or more than once.
CREATE TABLE copy_text (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL, -- the row of the log that brought it
    cluster      INTEGER NOT NULL, -- the smallest id of the texts that are alike
    hash         INTEGER NOT NULL, -- of the text as it is read
    letters      INTEGER NOT NULL,
    sketch       BLOB    NOT NULL, -- empty: not compared any more
    posts        INTEGER NOT NULL,
    first        INTEGER NOT NULL, -- µs; of its posts
    last         INTEGER NOT NULL, -- µs
    expires      INTEGER NOT NULL, -- µs, by the time of arrival; then it is not compared any more
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX copy_text_hash ON copy_text (workspace_id, hash, id);
CREATE INDEX copy_text_cluster ON copy_text (workspace_id, cluster);
CREATE INDEX copy_text_expires ON copy_text (workspace_id, expires) WHERE length(sketch) > 0;

-- By what texts that may be alike are found.
CREATE TABLE copy_band (
    workspace_id INTEGER NOT NULL,
    band         INTEGER NOT NULL,
    text_id      INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, band, text_id)
) WITHOUT ROWID;

-- The posts that tell a text.
CREATE TABLE copy_post (
    workspace_id INTEGER NOT NULL,
    seq          INTEGER NOT NULL, -- the version that stands
    text_id      INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs; published, else received
    author       INTEGER NOT NULL, -- a hash; 0: nobody knows
    hidden       INTEGER NOT NULL, -- 1: not shown at the moment
    PRIMARY KEY (workspace_id, seq)
) WITHOUT ROWID;
CREATE INDEX copy_post_text ON copy_post (workspace_id, text_id, at, seq);
