-- How people like to read; '' is as their browser has it.
ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN zone TEXT NOT NULL DEFAULT ''; -- of the time zone database
ALTER TABLE users ADD COLUMN theme TEXT NOT NULL DEFAULT '';
