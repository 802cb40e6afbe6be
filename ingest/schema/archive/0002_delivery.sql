-- What networks sent by themselves, as it came: stored before it is
-- acknowledged, read afterwards. Next to the posts, so that the place up to
-- which it was read commits with them.
CREATE TABLE delivery (
    workspace_id INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    seq          INTEGER NOT NULL, -- in the order of arrival, from 1
    name         TEXT,             -- by which it is known when it comes again; NULL: it may
    received     INTEGER NOT NULL, -- µs
    tries        INTEGER NOT NULL, -- that failed to read it
    size         INTEGER NOT NULL, -- bytes of the body as it came
    header       TEXT    NOT NULL, -- JSON, the headers that reading needs
    body         BLOB    NOT NULL, -- emptied once it was read and room is needed
    PRIMARY KEY (workspace_id, source_id, seq)
);

CREATE UNIQUE INDEX delivery_name ON delivery (workspace_id, source_id, name);

-- How far a source's deliveries were read, and the room they take.
CREATE TABLE delivery_place (
    workspace_id  INTEGER NOT NULL,
    source_id     INTEGER NOT NULL,
    last_seq      INTEGER NOT NULL, -- given to the last that came
    read_seq      INTEGER NOT NULL, -- read up to here
    emptied_seq   INTEGER NOT NULL, -- bodies up to here are gone
    waiting       INTEGER NOT NULL, -- deliveries not read yet
    waiting_bytes INTEGER NOT NULL,
    kept_bytes    INTEGER NOT NULL, -- of bodies that were read and are still there
    received      INTEGER NOT NULL, -- µs; when the last came
    PRIMARY KEY (workspace_id, source_id)
) WITHOUT ROWID;
