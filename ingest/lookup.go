package ingest

import (
	"context"

	"hearth"
	"hearth/archive"
)

// lookedUp is which of the posts and authors that a job asks about are stored.
type lookedUp struct {
	posts   map[hearth.Key]bool
	authors map[author]bool
}

// lookUp asks the archive about posts that are edited or deleted and authors to
// whom something happened. Most of those on a network concern nobody here, and
// the archive would keep a grave for each.
func lookUp(ctx context.Context, a *archive.Archive, ws hearth.WorkspaceID, keys []hearth.Key, authors []author) (lookedUp, error) {
	var l lookedUp
	if len(keys) > 0 {
		known, err := a.Known(ctx, ws, keys)
		if err != nil {
			return l, err
		}
		l.posts = make(map[hearth.Key]bool, len(keys))
		for i, k := range keys {
			l.posts[k] = known[i]
		}
	}
	for _, who := range authors {
		if l.authors == nil {
			l.authors = make(map[author]bool, len(authors))
		}
		known, err := a.KnowsAuthor(ctx, ws, who.network, who.id)
		if err != nil {
			return l, err
		}
		l.authors[who] = known
	}
	return l, nil
}
