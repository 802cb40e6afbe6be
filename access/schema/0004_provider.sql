-- Who else may say who somebody is. Providers belong to the installation.
CREATE TABLE provider (
    id        INTEGER NOT NULL PRIMARY KEY,
    version   INTEGER NOT NULL,
    name      TEXT    NOT NULL, -- on the button
    issuer    TEXT    NOT NULL,
    client_id TEXT    NOT NULL,
    secret    TEXT    NOT NULL, -- sealed; '': a public client
    terms     TEXT    NOT NULL, -- JSON: scopes, domains, roles and the like
    enabled   INTEGER NOT NULL, -- 1: people may sign in by it
    created   INTEGER NOT NULL, -- µs
    changed   INTEGER NOT NULL  -- µs
) WITHOUT ROWID;
CREATE UNIQUE INDEX provider_issuer ON provider (issuer);
CREATE UNIQUE INDEX provider_name ON provider (name);

-- One row, once somebody has decided.
CREATE TABLE sign_in (
    id       INTEGER NOT NULL PRIMARY KEY, -- 1
    password INTEGER NOT NULL              -- 1: people may sign in by password
) WITHOUT ROWID;
