package archive

import (
	"context"
	"errors"

	"hearth"
)

// exportRows is how many posts are read in one snapshot.
const exportRows = 500

// Export calls each for every post that a search finds, oldest first whatever
// the search says, without end of time. It holds no snapshot while each runs:
// posts that are published while it is under way come too. Limit means nothing
// here; Cursor begins behind a post.
func (a *Archive) Export(ctx context.Context, ws hearth.WorkspaceID, s Search, each func(*Stored) error) error {
	s.Limit, s.Oldest = exportRows, true
	for patience := a.searchTime; ; {
		page, err := a.search(ctx, ws, s, patience)
		if errors.Is(err, errTooSlow) || errors.Is(err, errBehindLog) {
			patience *= 2 // there was no time for a single post
			continue
		}
		if err != nil {
			return err
		}
		for i := range page.Posts {
			if err := each(&page.Posts[i].Stored); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		s.Cursor = page.Next
	}
}
