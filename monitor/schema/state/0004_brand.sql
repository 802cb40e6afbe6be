-- To which brands a monitor belongs; without a row it is the whole workspace's.
CREATE TABLE monitor_brand (
    workspace_id INTEGER NOT NULL,
    monitor_id   INTEGER NOT NULL,
    brand_id     INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, monitor_id, brand_id),
    FOREIGN KEY (workspace_id, monitor_id) REFERENCES monitor (workspace_id, id)
) WITHOUT ROWID;
