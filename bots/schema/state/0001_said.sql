-- What people say of accounts, in hearth.db. Rows never change, they are only taken back.
CREATE TABLE bot_said (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    network      TEXT    NOT NULL,
    account      TEXT    NOT NULL, -- id on the network, or @ and a handle
    says         TEXT    NOT NULL, -- human or automated
    at           INTEGER NOT NULL, -- µs
    user_id      INTEGER NOT NULL,
    undone       INTEGER NOT NULL, -- µs; 0: it stands
    undone_by    INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE INDEX bot_said_account ON bot_said (workspace_id, network, account, id);
