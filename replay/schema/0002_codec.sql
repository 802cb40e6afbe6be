-- How the body is packed: 0 zstd, 1 S2, to be packed again when there is time.
ALTER TABLE replay_block ADD COLUMN codec INTEGER NOT NULL DEFAULT 0;
CREATE INDEX replay_block_codec ON replay_block (id) WHERE codec = 1;
