package archive

import (
	"context"
	"errors"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
)

// Known says of each key whether the archive has a row for it: a post, hidden
// or not, or the grave of a deleted one. It may err to the side of yes (for one
// in 2⁸⁰ keys), never to the side of no. It is for those who read a whole
// network and ask which of its deletions concern them.
func (a *Archive) Known(ctx context.Context, ws hearth.WorkspaceID, keys []hearth.Key) ([]bool, error) {
	known := make([]bool, len(keys))
	if len(keys) == 0 {
		return known, nil
	}
	asked := make(db.Blobs, len(keys))
	for i, k := range keys {
		key := keyOf(k)
		asked[i] = key[:]
	}
	err := a.db.Read(ctx, func(tx *db.Tx) error {
		for from := 0; from < len(asked); from += knownKeys {
			to := min(from+knownKeys, len(asked))
			there, err := keysAt(tx, ws, asked[from:to])
			if err != nil {
				return err
			}
			for i := from; i < to; i++ {
				_, known[i] = there[storeKey(asked[i])]
			}
		}
		return nil
	})
	return known, err
}

// knownKeys is how many keys one statement asks about.
const knownKeys = 4096

// KnowsAuthor says whether anything of an author is stored: a post, or that the
// author is hidden or gone. Like Known it is for those who read a whole network.
func (a *Archive) KnowsAuthor(ctx context.Context, ws hearth.WorkspaceID, network, id string) (bool, error) {
	known := false
	err := a.indexed(ctx, func(tx *db.Tx, x *index.Index) error {
		var one int64
		err := tx.QueryRow("SELECT 1 FROM author_state WHERE workspace_id = ? AND author = ?", int64(ws), authorKey(network, id)).Scan(&one)
		if err == nil {
			known = true
			return nil
		}
		if !errors.Is(err, errNoRows) {
			return err
		}
		var seqs []hearth.Seq
		err = a.visibleOf(tx, x, &pendingAuthor{workspace: ws, network: network, id: id}, &seqs)
		known = len(seqs) > 0
		return err
	})
	return known, err
}
