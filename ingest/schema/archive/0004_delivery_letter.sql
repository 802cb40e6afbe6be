-- The delivery that a dead letter came in, 0 if in none: its body is kept until
-- the letter is settled, so that one too long for a letter can be replayed.
ALTER TABLE dead_letter ADD COLUMN delivery INTEGER NOT NULL DEFAULT 0;
