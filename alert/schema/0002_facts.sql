-- What our own sentences say, for those who word them in a language of their own.
ALTER TABLE notice ADD COLUMN facts TEXT NOT NULL DEFAULT ''; -- JSON, alert.Facts
ALTER TABLE incident_entry ADD COLUMN facts TEXT NOT NULL DEFAULT ''; -- JSON array of alert.Fact
