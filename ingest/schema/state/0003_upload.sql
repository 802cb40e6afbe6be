-- Files that people sent to be imported, until they are. What is in them stands
-- beside the databases, in a file named by the id.
CREATE TABLE upload (
    workspace_id INTEGER NOT NULL,
    id           TEXT    NOT NULL, -- of the content: the import it becomes
    name         TEXT    NOT NULL, -- that the file had
    format       TEXT    NOT NULL,
    settings     TEXT    NOT NULL, -- JSON object of strings, of the format
    size         INTEGER NOT NULL, -- bytes
    sent         INTEGER NOT NULL, -- µs
    check_job    INTEGER NOT NULL, -- that looks it through
    import_job   INTEGER NOT NULL, -- that brings it in; 0: nobody has asked yet
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
