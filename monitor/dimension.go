package monitor

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
)

// dimension is what a post is counted by.
type dimension struct {
	workspace hearth.WorkspaceID
	network   string
	lang      string // primary language, lower case; "": not known
	sentiment string
	kind      string
	intents   uint8 // bit i: hearth.Intents[i]
}

func dimensionOf(ws hearth.WorkspaceID, p *hearth.Post) dimension {
	d := dimension{
		workspace: ws, network: p.Network, lang: primaryLanguage(p.Lang),
		sentiment: string(p.Sentiment), kind: string(p.KindOf()),
	}
	for _, intent := range p.Intent {
		if i := slices.Index(hearth.Intents[:], intent); i >= 0 {
			d.intents |= 1 << i
		}
	}
	return d
}

// primaryLanguage is the first part of a tag, fi of fi-FI. Whatever is no
// language code counts as not known, so that nobody can make endless rows.
func primaryLanguage(tag string) string {
	primary := tag
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		primary = tag[:i]
	}
	if len(primary) < 2 || len(primary) > 3 {
		return ""
	}
	for _, c := range []byte(primary) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return ""
		}
	}
	return strings.ToLower(primary)
}

// timeOf is the time a post counts at: when it was published, or if it does not
// say when it was received. The archive orders by the same.
func timeOf(s *archive.Stored) time.Time {
	if s.Post.Published.IsZero() {
		return s.Received
	}
	return s.Post.Published
}

// dimensions remembers the ids of dimensions. Those made in a transaction are
// forgotten before the next: nobody knows yet whether it was committed.
type dimensions struct {
	ids   map[dimension]int64
	fresh []dimension
}

const maxDimensions = 100_000

func (ds *dimensions) begin() {
	for _, d := range ds.fresh {
		delete(ds.ids, d)
	}
	ds.fresh = ds.fresh[:0]
	if ds.ids == nil || len(ds.ids) > maxDimensions {
		ds.ids = map[dimension]int64{}
	}
}

// id finds or makes the row of a dimension.
func (ds *dimensions) id(tx *db.Tx, d dimension) (id int64, err error) {
	if id, ok := ds.ids[d]; ok {
		return id, nil
	}
	err = tx.QueryRow(`
		SELECT id FROM dimension
		WHERE workspace_id = ? AND network = ? AND lang = ? AND sentiment = ? AND kind = ? AND intents = ?`,
		d.workspace, d.network, d.lang, d.sentiment, d.kind, d.intents).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		ds.fresh = append(ds.fresh, d)
		err = tx.QueryRow(`
			INSERT INTO dimension (id, workspace_id, network, lang, sentiment, kind, intents)
			SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ? FROM dimension
			RETURNING id`, d.workspace, d.network, d.lang, d.sentiment, d.kind, d.intents).Scan(&id)
	}
	if err != nil {
		return 0, err
	}
	ds.ids[d] = id
	return id, nil
}
