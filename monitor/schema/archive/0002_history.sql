-- A search of the past goes through what is stored, then the replay window, then
-- the networks' own search.
ALTER TABLE backfill ADD COLUMN stage TEXT NOT NULL DEFAULT 'stored'; -- stored, window, networks
ALTER TABLE backfill ADD COLUMN since INTEGER NOT NULL DEFAULT 0;     -- µs; how far back it goes; 0: all the way
ALTER TABLE backfill ADD COLUMN total INTEGER NOT NULL DEFAULT 0;     -- posts to be gone through
ALTER TABLE backfill ADD COLUMN brought INTEGER NOT NULL DEFAULT 0;   -- of those found, posts that were not stored before
ALTER TABLE backfill ADD COLUMN worked INTEGER NOT NULL DEFAULT 0;    -- µs spent, rests left out
ALTER TABLE backfill ADD COLUMN source_id INTEGER NOT NULL DEFAULT 0; -- whose network is being searched; 0: none yet
ALTER TABLE backfill ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';     -- JSON array of sentences for a person
