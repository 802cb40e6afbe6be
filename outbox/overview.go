package outbox

import (
	"context"

	"hearth/access"
	"hearth/db"
)

// Overview is how sending goes in a workspace.
type Overview struct {
	Paused  bool  // nothing leaves
	Waiting int64 // dispatches that are to be sent
	Unknown int64 // of which nobody knows whether they arrived
	Dead    int64 // that were tried for three days
}

// Overview says how sending goes.
func (o *Outbox) Overview(ctx context.Context, by access.Actor) (v Overview, err error) {
	if err := by.Check(access.ReadChannels); err != nil {
		return v, err
	}
	err = o.o.State.Read(ctx, func(tx *db.Tx) error {
		if v.Paused, err = pausedIn(tx, by.Workspace); err != nil {
			return err
		}
		return tx.QueryRow(`
			SELECT count(*) FILTER (WHERE state IN ('queued', 'sending')), count(*) FILTER (WHERE state = 'unknown'), count(*) FILTER (WHERE state = 'dead')
			FROM dispatch WHERE workspace_id = ? AND state IN ('queued', 'sending', 'unknown', 'dead')`, int64(by.Workspace)).Scan(&v.Waiting, &v.Unknown, &v.Dead)
	})
	return v, err
}
