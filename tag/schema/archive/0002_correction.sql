-- What a run corrects, besides tags.
ALTER TABLE tag_run ADD COLUMN corrections TEXT NOT NULL DEFAULT '[]'; -- JSON array of field and value
