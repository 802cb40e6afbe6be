-- Rises whenever the list of segments changes, so that each of several processes
-- on one database notices that another one has changed it.
ALTER TABLE index_state ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
