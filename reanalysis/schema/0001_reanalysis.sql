-- Re-analyses: what was to be judged anew, how far that is and what came of it. The
-- posts' judgements themselves are versions of the log, in the same database.
CREATE TABLE reanalysis_run (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    state        TEXT    NOT NULL, -- running, paused, done, cancelled, failed, undoing, undone
    reason       TEXT    NOT NULL, -- why it stands, or failed
    whole        INTEGER NOT NULL, -- 1: every post that was stored when it began
    query        TEXT    NOT NULL, -- else the selection
    monitor_id   INTEGER NOT NULL,
    since        INTEGER NOT NULL, -- µs; 0: no bound
    until        INTEGER NOT NULL, -- µs; 0: no bound
    models       TEXT    NOT NULL, -- JSON: versions by which it judges
    head         INTEGER NOT NULL, -- last row of the log when it began
    cursor       TEXT    NOT NULL, -- of the page that comes next; of a whole one, the row down to which it is
    back         INTEGER NOT NULL, -- row of the log up to which it is undone
    total        INTEGER NOT NULL, -- posts it was made for, as counted then
    looked       INTEGER NOT NULL,
    same_models  INTEGER NOT NULL, -- of them, those that these models had judged before
    changed      INTEGER NOT NULL, -- posts that say something else now
    kept         INTEGER NOT NULL, -- posts on which a person's word holds against the models
    skipped      INTEGER NOT NULL, -- posts that could not be judged
    user_id      INTEGER NOT NULL, -- 0: the program, as its models are new
    begun        INTEGER NOT NULL, -- µs
    written      INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE INDEX reanalysis_run_open ON reanalysis_run (state) WHERE state IN ('running', 'undoing');
-- How many posts went from which word to which.
CREATE TABLE reanalysis_move (
    workspace_id INTEGER NOT NULL,
    run          INTEGER NOT NULL,
    field        TEXT    NOT NULL, -- archive.Field
    lang         TEXT    NOT NULL, -- of the posts, after it
    was          TEXT    NOT NULL, -- '': nothing
    becomes      TEXT    NOT NULL, -- '': nothing
    posts        INTEGER NOT NULL,
    examples     TEXT    NOT NULL, -- JSON: some of their keys
    PRIMARY KEY (workspace_id, run, field, lang, was, becomes)
) WITHOUT ROWID;
-- What became of the figures of monitors, over the posts that were looked at.
CREATE TABLE reanalysis_monitor (
    workspace_id    INTEGER NOT NULL,
    run             INTEGER NOT NULL,
    monitor_id      INTEGER NOT NULL,
    posts_before    INTEGER NOT NULL,
    posts_after     INTEGER NOT NULL,
    said_before     INTEGER NOT NULL, -- of them, posts with a sentiment
    said_after      INTEGER NOT NULL,
    negative_before INTEGER NOT NULL,
    negative_after  INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, run, monitor_id)
) WITHOUT ROWID;
-- The models that the program has had, the newest last: a re-analysis begins by itself
-- once for each row but the one of an empty archive.
CREATE TABLE reanalysis_models (
    id     INTEGER PRIMARY KEY,
    models TEXT    NOT NULL, -- JSON
    at     INTEGER NOT NULL  -- µs
);
