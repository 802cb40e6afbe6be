-- What people say of campaigns, in hearth.db.

-- Campaigns that somebody has seen enough of.
CREATE TABLE campaign_mute (
    workspace_id INTEGER NOT NULL,
    campaign     TEXT    NOT NULL, -- its id
    at           INTEGER NOT NULL, -- µs
    user_id      INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, campaign)
) WITHOUT ROWID;

-- Accounts that may act in step: our own, our ambassadors.
CREATE TABLE campaign_own (
    workspace_id INTEGER NOT NULL,
    network      TEXT    NOT NULL,
    author       TEXT    NOT NULL, -- id on the network, or @ and a handle
    at           INTEGER NOT NULL, -- µs
    user_id      INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, network, author)
) WITHOUT ROWID;
