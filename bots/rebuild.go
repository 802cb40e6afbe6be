package bots

import (
	"context"

	"hearth/db"
)

// Rebuild forgets all figures and verdicts, follows the log anew up to its present end
// and judges. Nobody else may follow it meanwhile, and copies are to have followed it
// before. What people say of accounts stays.
func (b *Bots) Rebuild(ctx context.Context, progress func(share float64)) error {
	err := b.o.Archive.Restart(ctx, consumer, func(tx *db.Tx) error {
		for _, statement := range [...]string{`DELETE FROM bot_post`, `DELETE FROM bot_account`, `UPDATE bot_change SET version = version + 1`} { // all workspaces: the tables as a whole
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.o.Archive.Catch(ctx, Consumer(), progress); err != nil {
		return err
	}
	return b.Judge(ctx)
}
