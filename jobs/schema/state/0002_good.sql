-- When a job of a schedule was done last, so that one that has not done any good
-- for long is noticed, whatever became of the jobs since.
ALTER TABLE schedule ADD COLUMN good INTEGER NOT NULL DEFAULT 0; -- µs; 0: never
