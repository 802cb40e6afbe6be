-- Charts are read from tiles instead of one row for every hour and combination:
-- a year of a busy monitor is 1,464 rows. The derived tables are built anew.
UPDATE monitor_build SET number = number + 1, seq = 0;
DELETE FROM mention;
DELETE FROM tally;
DELETE FROM tally_missed;
DELETE FROM dimension;
DROP TABLE rollup;

-- How many visible posts there are in all: of each monitor, and under monitor 0
-- of all.
CREATE TABLE total (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    dimension_id INTEGER NOT NULL,
    posts        INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, monitor_id, dimension_id)
) WITHOUT ROWID;

-- The same posts by time: six hours of one monitor are a tile. What a tile is
-- packed like says package monitor/tile.
CREATE TABLE tile (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL, -- 0: all posts
    start        INTEGER NOT NULL, -- times six hours since 1970
    counts       BLOB    NOT NULL, -- posts by quarter of an hour and dimension
    names        BLOB    NOT NULL, -- posts by name; of monitor 0 none
    PRIMARY KEY (workspace_id, monitor_id, start)
);

-- Who and what mentions name: authors, hashtags, hosts and addresses. A name is
-- there as long as a counted version of a post has it.
CREATE TABLE name (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL, -- its low three bits are the kind
    kind         INTEGER NOT NULL, -- 1 author, 2 hashtag, 3 host, 4 address
    network      TEXT    NOT NULL, -- of an author; else ''
    text         TEXT    NOT NULL, -- as the query language compares it; of an author the id
    label        TEXT    NOT NULL, -- for people
    posts        INTEGER NOT NULL, -- counted versions that have it, hidden ones too
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX name_text ON name (workspace_id, kind, network, text);

ALTER TABLE tally ADD COLUMN names BLOB NOT NULL DEFAULT ''; -- ids as varints; of a version that no monitor caught none
