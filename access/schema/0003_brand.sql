-- Brands stand below each other, and keys can be for one.
ALTER TABLE brand ADD COLUMN parent INTEGER NOT NULL DEFAULT 0; -- the brand above; 0: none
ALTER TABLE api_key ADD COLUMN brand_id INTEGER NOT NULL DEFAULT 0; -- 0: the whole workspace
ALTER TABLE invitation ADD COLUMN brand_id INTEGER NOT NULL DEFAULT 0; -- that the role is for; 0: the workspace
