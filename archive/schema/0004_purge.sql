-- Which purge was asked for and which was done last: of several processes on one
-- database one keeps the index and purges it, whoever asks.
ALTER TABLE index_state ADD COLUMN purge_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE index_state ADD COLUMN purge_done INTEGER NOT NULL DEFAULT 0;
