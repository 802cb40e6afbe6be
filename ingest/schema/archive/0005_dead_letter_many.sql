-- What letters have in common is found by their error: the reason without its
-- numbers, '' in rows of before, which are filled in at the next start. Who
-- dismisses a letter can take that back for a while.
ALTER TABLE dead_letter ADD COLUMN error TEXT NOT NULL DEFAULT '';
ALTER TABLE dead_letter ADD COLUMN dismissed INTEGER NOT NULL DEFAULT 0; -- µs; 0: it is not
ALTER TABLE dead_letter ADD COLUMN dismissal INTEGER NOT NULL DEFAULT 0; -- the job that did; 0: it was dismissed alone

CREATE INDEX dead_letter_source ON dead_letter (workspace_id, source_id, dismissed, id);
CREATE INDEX dead_letter_error ON dead_letter (workspace_id, source_id, dismissed, error, id);
CREATE INDEX dead_letter_dismissed ON dead_letter (workspace_id, dismissed, id);
