-- The walls between tenants. The first one is there from the beginning.
CREATE TABLE workspace (
    id       INTEGER NOT NULL PRIMARY KEY,
    version  INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    created  INTEGER NOT NULL, -- µs
    archived INTEGER NOT NULL  -- µs; 0: it is in use
) WITHOUT ROWID;
CREATE UNIQUE INDEX workspace_name ON workspace (name) WHERE archived = 0;
INSERT INTO workspace (id, version, name, created, archived) VALUES (1, 1, 'Hearth', 0, 0);

-- Names under which a company speaks.
CREATE TABLE brand (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    created      INTEGER NOT NULL, -- µs
    archived     INTEGER NOT NULL, -- µs; 0: it is in use
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id) REFERENCES workspace (id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX brand_name ON brand (workspace_id, name) WHERE archived = 0;

-- People who sign in. They belong to no workspace; member says to which they
-- may go.
CREATE TABLE users (
    id        INTEGER NOT NULL PRIMARY KEY,
    version   INTEGER NOT NULL,
    name      TEXT    NOT NULL, -- what is typed to sign in, small letters
    full_name TEXT    NOT NULL,
    mail      TEXT    NOT NULL,
    password  TEXT    NOT NULL, -- argon2id, PHC string; '': there is none
    totp      TEXT    NOT NULL, -- sealed; '': there is none
    totp_step INTEGER NOT NULL, -- the last time step whose code was taken
    epoch     INTEGER NOT NULL, -- sessions of other epochs are over
    handle    BLOB    NOT NULL, -- what passkeys know the person by; random
    created   INTEGER NOT NULL, -- µs
    changed   INTEGER NOT NULL, -- µs
    signed_in INTEGER NOT NULL  -- µs, the last time
) WITHOUT ROWID;
CREATE UNIQUE INDEX users_name ON users (name);
CREATE UNIQUE INDEX users_handle ON users (handle);

-- Who may go where, as what.
CREATE TABLE member (
    workspace_id INTEGER NOT NULL,
    user_id      INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    role         TEXT    NOT NULL,
    disabled     INTEGER NOT NULL, -- µs; 0: they may come in
    joined       INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, user_id),
    FOREIGN KEY (workspace_id) REFERENCES workspace (id),
    FOREIGN KEY (user_id) REFERENCES users (id)
) WITHOUT ROWID;
CREATE INDEX member_user ON member (user_id, workspace_id);

-- Roles that differ for a brand from that in the workspace.
CREATE TABLE member_brand (
    workspace_id INTEGER NOT NULL,
    user_id      INTEGER NOT NULL,
    brand_id     INTEGER NOT NULL,
    role         TEXT    NOT NULL, -- 'none': the brand is not theirs
    PRIMARY KEY (workspace_id, user_id, brand_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES member (workspace_id, user_id),
    FOREIGN KEY (workspace_id, brand_id) REFERENCES brand (workspace_id, id)
) WITHOUT ROWID;

CREATE TABLE team (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    created      INTEGER NOT NULL, -- µs
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id) REFERENCES workspace (id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX team_name ON team (workspace_id, name);

CREATE TABLE team_member (
    workspace_id INTEGER NOT NULL,
    team_id      INTEGER NOT NULL,
    user_id      INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, team_id, user_id),
    FOREIGN KEY (workspace_id, team_id) REFERENCES team (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES member (workspace_id, user_id)
) WITHOUT ROWID;

-- Browsers that are signed in. They belong to people, and to no workspace.
CREATE TABLE session (
    id           INTEGER NOT NULL PRIMARY KEY,
    hash         BLOB    NOT NULL, -- of the token
    user_id      INTEGER NOT NULL,
    looks_at     INTEGER NOT NULL, -- a workspace
    epoch        INTEGER NOT NULL, -- the user's when it began
    device       TEXT    NOT NULL, -- what the browser says it is
    address      TEXT    NOT NULL, -- where it was last used
    method       TEXT    NOT NULL, -- how it began
    created      INTEGER NOT NULL, -- µs
    seen         INTEGER NOT NULL, -- µs
    proved       INTEGER NOT NULL, -- µs, when the person last proved who they are
    FOREIGN KEY (user_id) REFERENCES users (id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX session_hash ON session (hash);
CREATE INDEX session_of ON session (user_id);
CREATE INDEX session_seen ON session (seen);

-- Secrets that are good once, for one purpose.
CREATE TABLE ticket (
    hash    BLOB    NOT NULL PRIMARY KEY,
    purpose TEXT    NOT NULL,
    user_id INTEGER NOT NULL, -- 0: nobody in particular
    data    TEXT    NOT NULL, -- JSON, of the purpose
    tries   INTEGER NOT NULL, -- that failed
    created INTEGER NOT NULL, -- µs
    expires INTEGER NOT NULL, -- µs
    used    INTEGER NOT NULL  -- µs; 0: not yet
) WITHOUT ROWID;
CREATE INDEX ticket_expires ON ticket (expires);

CREATE TABLE invitation (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    hash         BLOB    NOT NULL, -- of the token in the link
    mail         TEXT    NOT NULL, -- for people to tell them apart; proves nothing
    role         TEXT    NOT NULL,
    invited_by   INTEGER NOT NULL, -- hearth.UserID
    created      INTEGER NOT NULL, -- µs
    expires      INTEGER NOT NULL, -- µs
    used         INTEGER NOT NULL, -- µs; 0: not yet
    used_by      INTEGER NOT NULL, -- hearth.UserID
    withdrawn    INTEGER NOT NULL, -- µs; 0: it holds
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id) REFERENCES workspace (id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX invitation_hash ON invitation (hash);

CREATE TABLE api_key (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    hash         BLOB    NOT NULL, -- of the token
    name         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL, -- permissions, with spaces between
    user_id      INTEGER NOT NULL, -- who made it; 0: the operator
    created      INTEGER NOT NULL, -- µs
    expires      INTEGER NOT NULL, -- µs
    seen         INTEGER NOT NULL, -- µs
    revoked      INTEGER NOT NULL, -- µs; 0: it holds
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id) REFERENCES workspace (id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX api_key_hash ON api_key (hash);

-- Codes that stand in for a lost second factor, each once.
CREATE TABLE recovery_code (
    user_id INTEGER NOT NULL,
    hash    BLOB    NOT NULL,
    used    INTEGER NOT NULL, -- µs; 0: not yet
    PRIMARY KEY (user_id, hash),
    FOREIGN KEY (user_id) REFERENCES users (id)
) WITHOUT ROWID;

CREATE TABLE passkey (
    id         BLOB    NOT NULL PRIMARY KEY, -- of the credential
    user_id    INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    credential TEXT    NOT NULL, -- JSON of go-webauthn
    created    INTEGER NOT NULL, -- µs
    seen       INTEGER NOT NULL, -- µs
    FOREIGN KEY (user_id) REFERENCES users (id)
) WITHOUT ROWID;
CREATE INDEX passkey_user ON passkey (user_id);

-- Who somebody is elsewhere: the issuer's word, not the mail address.
CREATE TABLE identity (
    issuer  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    user_id INTEGER NOT NULL,
    shown   TEXT    NOT NULL, -- for the person to recognise it
    created INTEGER NOT NULL, -- µs
    seen    INTEGER NOT NULL, -- µs
    PRIMARY KEY (issuer, subject),
    FOREIGN KEY (user_id) REFERENCES users (id)
) WITHOUT ROWID;
CREATE INDEX identity_user ON identity (user_id);

-- Guesses that were taken, by what is limited.
CREATE TABLE attempt (
    bucket TEXT    NOT NULL PRIMARY KEY,
    began  INTEGER NOT NULL, -- µs, of the stretch of time that is counted
    taken  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX attempt_began ON attempt (began);

-- From where people have signed in before: browsers and networks that the
-- guesses of others do not shut out.
CREATE TABLE familiar (
    user_id INTEGER NOT NULL,
    place   TEXT    NOT NULL,
    seen    INTEGER NOT NULL, -- µs
    PRIMARY KEY (user_id, place),
    FOREIGN KEY (user_id) REFERENCES users (id)
) WITHOUT ROWID;
CREATE INDEX familiar_seen ON familiar (seen);

-- What was done, by whom. Each line's chain covers the line before it.
CREATE TABLE audit (
    workspace_id INTEGER NOT NULL,
    id           INTEGER NOT NULL,
    at           INTEGER NOT NULL, -- µs
    kind         TEXT    NOT NULL, -- of the actor
    user_id      INTEGER NOT NULL,
    actor        TEXT    NOT NULL,
    verb         TEXT    NOT NULL,
    object_kind  TEXT    NOT NULL,
    object_id    TEXT    NOT NULL,
    was          TEXT    NOT NULL, -- JSON; '': nothing
    now          TEXT    NOT NULL, -- JSON; '': nothing
    address      TEXT    NOT NULL,
    chain        BLOB    NOT NULL, -- SHA-256
    PRIMARY KEY (workspace_id, id)
) WITHOUT ROWID;
CREATE INDEX audit_at ON audit (workspace_id, at);
CREATE INDEX audit_verb ON audit (workspace_id, verb, id);
CREATE INDEX audit_object ON audit (workspace_id, object_kind, object_id, id);
CREATE INDEX audit_user ON audit (workspace_id, user_id, id);

CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'a line of the audit log never changes');
END;
CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'a line of the audit log is never removed');
END;

-- The last line of each log, so that a missing end is noticed.
CREATE TABLE audit_head (
    workspace_id INTEGER NOT NULL PRIMARY KEY,
    id           INTEGER NOT NULL,
    chain        BLOB    NOT NULL
) WITHOUT ROWID;
