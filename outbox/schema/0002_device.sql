-- Browsers that tell a person what happens. They are channels of their own.
ALTER TABLE channel ADD COLUMN session_id INTEGER NOT NULL DEFAULT 0; -- in which the browser is signed in; 0: no device
ALTER TABLE channel ADD COLUMN endpoint TEXT NOT NULL DEFAULT ''; -- SHA-256 of the browser's address, in hex
CREATE INDEX channel_endpoint ON channel (endpoint) WHERE endpoint <> '';
