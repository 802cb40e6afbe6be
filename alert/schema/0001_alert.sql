-- What is watched for spikes and what was found, in hearth.db. The counts follow
-- the archive's log: they commit together with the place in it.

-- How far the log was followed, and when that was last done. One row.
CREATE TABLE alert_place (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    seq   INTEGER NOT NULL, -- the last row of the log that was taken in; -1: none yet, the first look begins at the end
    beat  INTEGER NOT NULL, -- µs; the last time somebody watched; 0: never
    blind INTEGER NOT NULL, -- µs; until when nobody had watched before the present stretch
    alerts INTEGER NOT NULL, -- the last ids given
    incidents INTEGER NOT NULL,
    notices INTEGER NOT NULL
);
INSERT INTO alert_place (id, seq, beat, blind, alerts, incidents, notices) VALUES (1, -1, 0, 0, 0, 0, 0);

-- How a monitor is watched, where somebody decided it.
CREATE TABLE alert_rule (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    rule         TEXT    NOT NULL, -- JSON, alert.Rule
    changed      INTEGER NOT NULL, -- µs
    changed_by   INTEGER NOT NULL, -- hearth.UserID
    PRIMARY KEY (workspace_id, monitor_id)
) WITHOUT ROWID;

-- Posts that arrived live, by quarters of an hour.
CREATE TABLE alert_bin (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    start        INTEGER NOT NULL, -- quarters of an hour since 1970
    source_id    INTEGER NOT NULL,
    posts        INTEGER NOT NULL, -- all but own
    known        INTEGER NOT NULL, -- of all, those whose sentiment is known
    negative     INTEGER NOT NULL, -- of these
    own          INTEGER NOT NULL, -- of the own campaign
    PRIMARY KEY (workspace_id, monitor_id, start, source_id)
) WITHOUT ROWID;
CREATE INDEX alert_bin_start ON alert_bin (start);

-- What is usual for a monitor.
CREATE TABLE alert_series (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    done         INTEGER NOT NULL, -- the first bin that was not learned yet
    learned      TEXT    NOT NULL, -- JSON
    PRIMARY KEY (workspace_id, monitor_id)
) WITHOUT ROWID;

CREATE TABLE alert (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    class        TEXT    NOT NULL, -- watch, act, all-hands
    state        TEXT    NOT NULL, -- open, over
    began        INTEGER NOT NULL, -- µs; of the bin that fired first
    raised       INTEGER NOT NULL, -- µs
    last         INTEGER NOT NULL, -- µs; the last time it fired
    evidence     TEXT    NOT NULL, -- JSON, alert.Evidence
    told_class   TEXT    NOT NULL,
    told_posts   INTEGER NOT NULL,
    same_as      INTEGER NOT NULL, -- the alert of another monitor about the same posts; 0: none
    incident_id  INTEGER NOT NULL, -- 0: none
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX alert_once ON alert (workspace_id, monitor_id, began);
CREATE INDEX alert_open ON alert (last) WHERE state = 'open';

-- What people think of alerts.
CREATE TABLE alert_vote (
    workspace_id INTEGER NOT NULL,
    alert_id     INTEGER NOT NULL,
    user_id      INTEGER NOT NULL,
    useful       INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, alert_id, user_id)
) WITHOUT ROWID;

CREATE TABLE incident (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    title        TEXT    NOT NULL,
    class        TEXT    NOT NULL,
    status       TEXT    NOT NULL, -- open, mitigated, closed
    owner_id     INTEGER NOT NULL, -- hearth.UserID; 0: nobody
    alert_id     INTEGER NOT NULL, -- 0: opened by hand
    monitor_id   INTEGER NOT NULL, -- whose posts it is about; 0: none
    threshold    INTEGER NOT NULL, -- posts that would be a crisis
    runbook      TEXT    NOT NULL, -- JSON array of alert.Step
    statement    TEXT    NOT NULL,
    report       TEXT    NOT NULL, -- after action
    began        INTEGER NOT NULL, -- µs
    opened       INTEGER NOT NULL, -- µs
    changed      INTEGER NOT NULL, -- µs
    closed       INTEGER NOT NULL, -- µs; 0: not yet
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE INDEX incident_status ON incident (workspace_id, status, id);

-- What happened in an incident, in order.
CREATE TABLE incident_entry (
    workspace_id INTEGER NOT NULL,
    incident_id  INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    by_user      INTEGER NOT NULL, -- hearth.UserID; 0: Hearth itself
    at           INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, incident_id, number)
) WITHOUT ROWID;

-- Sizes of spreads that are over, by their age: what forecasts are learned from.
CREATE TABLE alert_growth (
    workspace_id INTEGER NOT NULL,
    alert_id     INTEGER NOT NULL,
    minutes      INTEGER NOT NULL, -- the age
    posts        INTEGER NOT NULL,
    recent       INTEGER NOT NULL, -- of these in the second half of the age
    final        INTEGER NOT NULL, -- posts in the end; 0: not over yet
    PRIMARY KEY (workspace_id, alert_id, minutes)
) WITHOUT ROWID;

-- Whether everything scheduled is held back.
CREATE TABLE publishing_pause (
    workspace_id INTEGER NOT NULL PRIMARY KEY,
    paused       INTEGER NOT NULL,
    incident_id  INTEGER NOT NULL, -- 0: none
    by_user      INTEGER NOT NULL,
    at           INTEGER NOT NULL -- µs
) WITHOUT ROWID;

-- What people should see when they look.
CREATE TABLE notice (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    kind         TEXT    NOT NULL, -- alert.raised, incident.changed, source.failed …
    class        TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    alert_id     INTEGER NOT NULL, -- 0: none
    incident_id  INTEGER NOT NULL, -- 0: none
    source_id    INTEGER NOT NULL, -- 0: none
    at           INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;

CREATE TABLE notice_read (
    workspace_id INTEGER NOT NULL,
    user_id      INTEGER NOT NULL,
    notice_id    INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, user_id, notice_id)
) WITHOUT ROWID;

-- Which sources are known to be broken, so that each break is told once.
CREATE TABLE alert_source (
    workspace_id INTEGER NOT NULL,
    source_id    INTEGER NOT NULL,
    failed       INTEGER NOT NULL, -- 0 or 1
    times        INTEGER NOT NULL,
    since        INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, source_id)
) WITHOUT ROWID;
