-- The processes that work on these databases. A row that is gone never comes
-- back: whoever finds none knows that the process has no rights any more.
CREATE TABLE process (
    id    TEXT    NOT NULL PRIMARY KEY,
    name  TEXT    NOT NULL, -- host and number, for people
    beat  INTEGER NOT NULL, -- rises while it lives
    begun INTEGER NOT NULL  -- µs
) WITHOUT ROWID;

-- The last number given to a job.
CREATE TABLE job_number (
    id   INTEGER NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
);
INSERT INTO job_number (id, last) VALUES (1, 0);

-- Work that is to be done, is being done, or was done lately.
CREATE TABLE job (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    args         TEXT    NOT NULL, -- JSON
    unique_key   TEXT    NOT NULL, -- '': none
    passing_key  INTEGER NOT NULL, -- 1: the key is given up when the job ends
    serial_key   TEXT    NOT NULL, -- '': none
    priority     INTEGER NOT NULL,
    state        TEXT    NOT NULL, -- waiting, running, done, dead, cancelled
    due          INTEGER NOT NULL, -- µs
    attempts     INTEGER NOT NULL, -- begun
    process_id   TEXT    NOT NULL, -- that runs it; '': none
    fence        INTEGER NOT NULL, -- rises with each attempt
    cancel       INTEGER NOT NULL, -- 1: it shall end
    error        TEXT    NOT NULL, -- of the last attempt that failed
    done         INTEGER NOT NULL,
    total        INTEGER NOT NULL, -- 0: nobody knows
    note         TEXT    NOT NULL, -- how far it is, in words
    result       TEXT    NOT NULL, -- JSON; '': none
    schedule     TEXT    NOT NULL, -- that began it; '': none
    created      INTEGER NOT NULL, -- µs
    begun        INTEGER NOT NULL, -- µs, of the last attempt
    ended        INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;

CREATE INDEX job_next ON job (priority DESC, due, id) WHERE state = 'waiting';
CREATE INDEX job_due ON job (due) WHERE state = 'waiting';
CREATE INDEX job_running ON job (process_id) WHERE state = 'running';
CREATE INDEX job_state ON job (workspace_id, state, id);
CREATE UNIQUE INDEX job_key ON job (workspace_id, kind, unique_key) WHERE unique_key <> '';
CREATE UNIQUE INDEX job_serial ON job (workspace_id, serial_key) WHERE state = 'running' AND serial_key <> '';

-- What is begun again and again.
CREATE TABLE schedule (
    workspace_id INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    timing       TEXT    NOT NULL, -- daily 03:30
    zone         TEXT    NOT NULL, -- IANA
    kind         TEXT    NOT NULL,
    args         TEXT    NOT NULL, -- JSON
    paused       INTEGER NOT NULL, -- 0 or 1
    last         INTEGER NOT NULL, -- µs, of the last occurrence that is dealt with
    last_day     INTEGER NOT NULL, -- its local day as 20261101; 0: none
    fired        INTEGER NOT NULL, -- how often
    skipped      INTEGER NOT NULL, -- because the job before was not done
    job_id       INTEGER NOT NULL, -- the last; 0: none
    PRIMARY KEY (workspace_id, name)
) WITHOUT ROWID;
