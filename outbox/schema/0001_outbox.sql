-- What leaves the house by itself, in hearth.db.

-- The last ids given. One row.
CREATE TABLE outbox_number (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    channels   INTEGER NOT NULL,
    dispatches INTEGER NOT NULL
);
INSERT INTO outbox_number (id, channels, dispatches) VALUES (1, 0, 0);

-- Where things are sent to.
CREATE TABLE channel (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    kind         TEXT    NOT NULL, -- webhook, chat, mail, push
    name         TEXT    NOT NULL,
    settings     TEXT    NOT NULL, -- JSON, outbox.Settings
    target       TEXT    NOT NULL, -- sealed: an address that is a secret itself
    secret       TEXT    NOT NULL, -- sealed: what webhooks are signed with
    secret_old   TEXT    NOT NULL, -- sealed: the one before
    old_until    INTEGER NOT NULL, -- µs; until when webhooks are signed with it, too
    paused       INTEGER NOT NULL, -- 0 or 1
    trouble      TEXT    NOT NULL, -- why Hearth paused it
    owner_id     INTEGER NOT NULL, -- hearth.UserID who made it
    dropped      INTEGER NOT NULL, -- events that found no room
    created      INTEGER NOT NULL, -- µs
    changed      INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;

-- What is to be sent, is being sent and was sent.
CREATE TABLE dispatch (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    channel_id   INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    event        TEXT    NOT NULL,
    event_key    TEXT    NOT NULL, -- with the channel: there is one of each
    message_id   TEXT    NOT NULL, -- what the receiver knows it by
    seq          INTEGER NOT NULL, -- of the post it is about; 0: none
    title        TEXT    NOT NULL,
    body         BLOB    NOT NULL, -- the exact bytes
    state        TEXT    NOT NULL, -- queued, sending, sent, failed, unknown, dead
    due          INTEGER NOT NULL, -- µs
    attempts     INTEGER NOT NULL,
    fence        INTEGER NOT NULL,
    status       INTEGER NOT NULL, -- of the last answer; 0: none
    error        TEXT    NOT NULL,
    created      INTEGER NOT NULL, -- µs
    begun        INTEGER NOT NULL, -- µs; the last attempt
    ended        INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX dispatch_once ON dispatch (workspace_id, channel_id, event_key);
CREATE INDEX dispatch_due ON dispatch (workspace_id, channel_id, due) WHERE state = 'queued';
CREATE INDEX dispatch_state ON dispatch (state, due);

CREATE TRIGGER dispatch_ends BEFORE UPDATE ON dispatch
WHEN OLD.state IN ('sent', 'failed')
    OR OLD.state = 'queued' AND NEW.state NOT IN ('queued', 'sending', 'failed', 'dead')
    OR OLD.state = 'dead' AND NEW.state <> 'queued'
    OR OLD.state = 'unknown' AND NEW.state NOT IN ('sent', 'queued', 'failed')
BEGIN
    SELECT RAISE(ABORT, 'a dispatch does not change like this');
END;

-- Every time something was tried.
CREATE TABLE dispatch_attempt (
    workspace_id INTEGER NOT NULL,
    dispatch_id  INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    begun        INTEGER NOT NULL, -- µs
    ended        INTEGER NOT NULL, -- µs; 0: not yet, or nobody knows
    result       TEXT    NOT NULL, -- the state it led to
    status       INTEGER NOT NULL,
    error        TEXT    NOT NULL,
    PRIMARY KEY (workspace_id, dispatch_id, attempt)
) WITHOUT ROWID;

-- Whether a workspace sends nothing at the moment.
CREATE TABLE outbox_pause (
    workspace_id INTEGER NOT NULL PRIMARY KEY,
    paused       INTEGER NOT NULL,
    by_user      INTEGER NOT NULL,
    at           INTEGER NOT NULL -- µs
) WITHOUT ROWID;
