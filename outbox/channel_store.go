package outbox

import (
	"database/sql"
	"encoding/json"
	"errors"

	"hearth"
	"hearth/db"
	"hearth/query"
)

// How channels are read from their table.

const selectChannel = `
SELECT workspace_id, id, version, kind, name, settings, target, secret, secret_old, old_until, paused, trouble, owner_id, dropped, created, changed,
	session_id
FROM channel`

func scanChannel(row db.Scanner) (c Channel, err error) {
	var settings string
	var until, created, changed int64
	err = row.Scan(&c.workspace, &c.ID, &c.Version, &c.Kind, &c.Name, &settings, &c.target, &c.secret, &c.secretOld, &until, &c.Paused, &c.Trouble,
		&c.Owner, &c.Dropped, &created, &changed, &c.session)
	if err != nil {
		return c, err
	}
	c.oldUntil, c.Created, c.Changed = db.FromMicros(until), db.FromMicros(created), db.FromMicros(changed)
	if err := json.Unmarshal([]byte(settings), &c.Settings); err != nil {
		return c, hearth.Errorf(hearth.Damaged, "The settings of channel %d cannot be read: %v.", c.ID, err)
	}
	if c.Settings.Query != "" {
		c.query, _ = query.Parse(c.Settings.Query)
	}
	return c, nil
}

func readChannel(tx *db.Tx, ws hearth.WorkspaceID, id ChannelID) (Channel, error) {
	c, err := scanChannel(tx.QueryRow(selectChannel+` WHERE workspace_id = ? AND id = ?`, int64(ws), int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return c, hearth.Errorf(hearth.NotFound, "There is no channel %d.", id)
	}
	return c, err
}

// readShared is readChannel of what belongs to the workspace; a device is
// nobody's but its owner's.
func readShared(tx *db.Tx, ws hearth.WorkspaceID, id ChannelID) (Channel, error) {
	c, err := readChannel(tx, ws, id)
	if err == nil && c.session != 0 {
		return Channel{}, hearth.Errorf(hearth.NotFound, "There is no channel %d.", id)
	}
	return c, err
}

func channelsIn(tx *db.Tx, ws hearth.WorkspaceID) ([]Channel, error) {
	return channelsAt(tx, ` WHERE workspace_id = ? ORDER BY id`, int64(ws))
}

// channelsAt are the channels that a condition means, in the order that it says.
func channelsAt(tx *db.Tx, where string, args ...any) (list []Channel, err error) {
	rows, err := tx.Query(selectChannel+where, args...)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		c, err := scanChannel(rows)
		list = append(list, c)
		return err
	})
	return list, err
}

func countWaiting(tx *db.Tx, c *Channel) error {
	return tx.QueryRow(`
		SELECT count(*) FILTER (WHERE state IN ('queued', 'sending')), count(*) FILTER (WHERE state IN ('dead', 'unknown'))
		FROM dispatch WHERE workspace_id = ? AND channel_id = ?`, int64(c.workspace), int64(c.ID)).Scan(&c.Waiting, &c.Dead)
}
