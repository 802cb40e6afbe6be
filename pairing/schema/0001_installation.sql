-- Which installation this store is a part of. One row, once it has been opened.
CREATE TABLE installation (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    name   TEXT    NOT NULL, -- random, the same in all stores of an installation
    store  TEXT    NOT NULL, -- which of them this is
    start  INTEGER NOT NULL, -- the last start, counted from 1; hearth.db knows of one first
    head   INTEGER NOT NULL, -- in hearth.db: rows that the log had for certain; else 0
    marked INTEGER NOT NULL  -- µs; when that was
);
