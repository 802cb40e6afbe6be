-- What posts are about, in hearth.db. All but names, merging by people, muting and
-- apart follows from the log and is built anew by following it again.

-- How far the log was followed. One row.
CREATE TABLE topic_place (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
);
INSERT INTO topic_place (id, seq) VALUES (1, 0);

-- What is known of a workspace's words, as it was after a row of the log.
CREATE TABLE topic_model (
    workspace_id INTEGER NOT NULL PRIMARY KEY,
    revision     INTEGER NOT NULL, -- rises with each change by people
    last_id      INTEGER NOT NULL, -- of topics
    seq          INTEGER NOT NULL, -- that data is of
    data         BLOB    NOT NULL  -- of package analysis/topic; empty: nothing yet
);

-- Posts that say the same.
CREATE TABLE topic (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    version      INTEGER NOT NULL, -- rises with each change by people
    name         TEXT    NOT NULL, -- that somebody gave it; '': none
    label        TEXT    NOT NULL, -- of its phrases; '': none yet
    lang         TEXT    NOT NULL, -- of most posts
    phrases      TEXT    NOT NULL, -- JSON array
    parent_id    INTEGER NOT NULL, -- the topic it is part of; 0: none
    apart        INTEGER NOT NULL, -- 1: people took it apart; it is merged by nobody else
    muted        INTEGER NOT NULL, -- 1: not listed
    live         INTEGER NOT NULL, -- 1: new posts are compared with it
    posts        INTEGER NOT NULL, -- stored versions that are its own
    labelled     INTEGER NOT NULL, -- posts when it was labelled
    first        INTEGER NOT NULL, -- µs; the earliest post
    centroid     BLOB    NOT NULL, -- of package analysis/topic
    PRIMARY KEY (workspace_id, id)
);

-- Which topic a version of a post belongs to.
CREATE TABLE topic_post (
    workspace_id INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    topic_id     INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs; published, else received
    person       INTEGER NOT NULL, -- a hash of the author
    PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX topic_post_topic ON topic_post (workspace_id, topic_id, at);
