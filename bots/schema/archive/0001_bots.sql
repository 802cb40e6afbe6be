-- How accounts behave, in archive.db, so that it commits with the position in the log.
-- All of it is derived.

-- The accounts whose posts are kept.
CREATE TABLE bot_account (
    workspace_id INTEGER NOT NULL,
    author       INTEGER NOT NULL, -- a hash, as copy_post has it
    network      TEXT    NOT NULL,
    account      TEXT    NOT NULL, -- id on the network, or @ and a handle
    label        TEXT    NOT NULL, -- for people
    declared     INTEGER NOT NULL, -- 1: the network says that it is automated
    followers    INTEGER NOT NULL, -- -1: not known
    due          INTEGER NOT NULL, -- the row of the log since which it is to be judged; 0: it is
    gone         INTEGER NOT NULL, -- 1: the account was deleted
    judged       INTEGER NOT NULL, -- µs; 0: never
    band         TEXT    NOT NULL,
    posts        INTEGER NOT NULL, -- by which it was judged
    verdict      TEXT    NOT NULL, -- JSON: score and reasons
    said         TEXT    NOT NULL, -- human or automated, if a person said so
    PRIMARY KEY (workspace_id, author)
) WITHOUT ROWID;
CREATE INDEX bot_account_due ON bot_account (due, workspace_id, author) WHERE due > 0;
CREATE INDEX bot_account_judged ON bot_account (judged, workspace_id, author);
CREATE INDEX bot_account_band ON bot_account (workspace_id, band, posts, author);
CREATE INDEX bot_account_said ON bot_account (workspace_id, said, author) WHERE said <> '';

-- Their newest posts.
CREATE TABLE bot_post (
    workspace_id INTEGER NOT NULL,
    seq          INTEGER NOT NULL, -- the version that stands
    author       INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs; published, else received
    text         INTEGER NOT NULL, -- 1: it says enough to be compared, in words of its own
    reply        INTEGER NOT NULL,
    host         TEXT    NOT NULL, -- where its first link leads
    hidden       INTEGER NOT NULL, -- 1: not shown at the moment
    PRIMARY KEY (workspace_id, seq)
) WITHOUT ROWID;
CREATE INDEX bot_post_author ON bot_post (workspace_id, author, at, seq);

-- How often the accounts that queries ask for have changed.
CREATE TABLE bot_change (
    workspace_id INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    PRIMARY KEY (workspace_id)
) WITHOUT ROWID;
