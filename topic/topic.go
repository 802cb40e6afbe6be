package topic

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/query"
)

//go:embed schema/*.sql
var schemas embed.FS

// Schema is the tables of this package in hearth.db.
func Schema() db.Schema { return db.SchemaIn(schemas, "topic", "schema") }

// Options of New; all are required.
type Options struct {
	State    *db.DB // hearth.db, with Schema and the audit log
	Archive  *archive.Archive
	Monitors *monitor.Monitors
	Clock    hearth.Clock
	Log      *slog.Logger
}

// Topics are those of all workspaces. It may be used by many goroutines at once.
type Topics struct {
	o     Options
	posts *monitor.Posts
}

// New makes the topics of an archive; Run finds them. They answer for topic: in searches
// of the monitors' archive, and for its facet.
func New(o Options) *Topics {
	t := &Topics{o: o, posts: monitor.NewPosts(o.Monitors)}
	if o.Monitors != nil { // else posts are only sorted
		o.Monitors.Know(t.selected, query.FieldTopic)
		o.Monitors.Sort(t.sorted, query.FieldTopic)
	}
	return t
}

// Place is the last row of the log that was sorted.
func (t *Topics) Place(ctx context.Context) (at hearth.Seq, err error) {
	return at, t.o.State.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow(`SELECT seq FROM topic_place WHERE id = 1`).Scan(&at) })
}

// ID names a topic within its workspace.
type ID int64

// Phrase is what the posts of a topic say and others do not.
type Phrase struct {
	Text   string  `json:"text"`
	Posts  int     `json:"posts"`  // of those read that have it
	People int     `json:"people"` // who use it; 50: or more
	Z      float64 `json:"z"`      // by how many deviations more than others
}

// row is a topic as it is kept, or a part of one.
type row struct {
	id      ID
	version int64
	name    string
	label   string
	lang    string
	phrases []Phrase
	parent  ID
	apart   bool
	muted   bool
	first   int64
	merged  []ID // by the change that is being made
}

// shown is what people call it.
func (r *row) shown() string {
	if r.name != "" {
		return r.name
	}
	return r.label
}

// family is the topics of a workspace, with what they are part of.
type family struct{ rows map[ID]*row }

// readFamily reads all rows that have a label or a name, or are part of another.
func readFamily(tx *db.Tx, ws hearth.WorkspaceID) (*family, error) {
	rows, err := tx.Query(`
		SELECT id, version, name, label, lang, phrases, parent_id, apart, muted, first FROM topic
		WHERE workspace_id = ? AND (label <> '' OR name <> '' OR parent_id <> 0) ORDER BY id`, ws)
	if err != nil {
		return nil, err
	}
	f := &family{map[ID]*row{}}
	err = db.EachRow(rows, func() error {
		r := &row{}
		var phrases string
		if err := rows.Scan(&r.id, &r.version, &r.name, &r.label, &r.lang, &phrases, &r.parent, &r.apart, &r.muted, &r.first); err != nil {
			return err
		}
		f.rows[r.id] = r
		return json.Unmarshal([]byte(phrases), &r.phrases)
	})
	return f, err
}

const deepest = 64 // merged into merged

// root is the topic that one is part of, itself if of none; nil if it has no label.
func (f *family) root(id ID) *row {
	for range deepest {
		r := f.rows[id]
		if r == nil || r.parent == 0 || f.rows[r.parent] == nil {
			return r
		}
		id = r.parent
	}
	return nil
}

// under says that a topic is part of another, however far down.
func (f *family) under(id, other ID) bool {
	for range deepest {
		r := f.rows[id]
		if r == nil || r.parent == 0 {
			return false
		}
		if id = r.parent; id == other {
			return true
		}
	}
	return true
}

// parts are the topics that were merged into one, all the way down, without itself.
func (f *family) parts(id ID) (list []ID) {
	for part, r := range f.rows {
		if root := f.root(part); root != nil && root.id == id && r.id != id {
			list = append(list, part)
		}
	}
	slices.Sort(list)
	return list
}

// nameOf is a name as it is kept.
func nameOf(name string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(name, "\uFFFD")), " ")
}

func noTopic(id ID) error { return hearth.Errorf(hearth.NotFound, "There is no topic %d.", id) }
