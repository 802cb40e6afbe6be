package topic

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	groups "hearth/analysis/topic"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/query"
	"hearth/text"
)

// Detail is one topic in full.
type Detail struct {
	From, To time.Time
	Topic    Topic
	Points   []Point
	Width    time.Duration // of a point
	Parts    []Part        // what was merged into it
	Drift    float64       // of one with a name: how far its posts have moved on, 0 to 1
	Read     bool          // as of Ranking
}

// Point is a moment of a trend.
type Point struct {
	Start                   time.Time
	People, Posts, Negative int64
}

// Part is a topic that was merged into another.
type Part struct {
	ID    ID
	Name  string
	Posts int64 // all that are stored
}

// Get gives one topic. One that is part of another is that other one.
func (t *Topics) Get(ctx context.Context, by access.Actor, id ID, s Search) (d Detail, err error) {
	c, err := t.count(ctx, by, &s)
	if err != nil {
		return d, err
	}
	root := c.family.root(id)
	if root == nil {
		return d, noTopic(id)
	}
	d = Detail{From: s.From, To: s.To, Topic: c.topic(root, s.From.UnixMicro()), Read: c.whole}
	width := pointWidth(s.To.Sub(s.From))
	d.Width = time.Duration(width) * time.Microsecond
	now := c.now[root.id]
	for k := int64(0); s.From.UnixMicro()+k*width < s.To.UnixMicro(); k++ {
		p := Point{Start: db.FromMicros(s.From.UnixMicro() + k*width)}
		if now != nil && now.points[k] != nil {
			one := now.points[k]
			p.People, p.Posts, p.Negative = int64(len(one.people)), one.posts, one.negative
		}
		d.Points = append(d.Points, p)
	}
	shown, err := t.show(ctx, by, c, &d.Topic)
	if err != nil {
		return d, err
	}
	if !shown {
		return Detail{}, noTopic(id)
	}
	if !c.seesAll { // parts and drift are of posts that they do not see, too
		return d, nil
	}
	err = t.o.State.Read(ctx, func(tx *db.Tx) error {
		for _, part := range c.family.parts(root.id) {
			one := Part{ID: part, Name: c.family.rows[part].shown()}
			if err := tx.QueryRow(`SELECT posts FROM topic WHERE workspace_id = ? AND id = ?`, by.Workspace, part).Scan(&one.Posts); err != nil {
				return err
			}
			if one.Name != "" && one.Posts > 0 {
				d.Parts = append(d.Parts, one)
			}
		}
		var centroid []byte
		if err := tx.QueryRow(`SELECT centroid FROM topic WHERE workspace_id = ? AND id = ?`, by.Workspace, root.id).Scan(&centroid); err != nil {
			return err
		}
		if g, ok := groups.ReadGroup(int64(root.id), centroid); ok && root.name != "" {
			d.Drift = g.Drift()
		}
		return nil
	})
	return d, err
}

// Page is some posts of a topic, the newest first.
type Page struct {
	Posts []archive.Hit
	Next  string // the cursor of what comes after; "": nothing
}

const scanned = 20_000 // mentions that are looked through for one page

// Posts gives the posts of a topic that a monitor caught, a page at a time.
func (t *Topics) Posts(ctx context.Context, by access.Actor, id ID, s Search, cursor string) (page Page, err error) {
	seesAll, err := t.ready(ctx, by, &s)
	if err != nil {
		return page, err
	}
	var all *family
	err = t.o.State.Read(ctx, func(tx *db.Tx) error {
		all, err = readFamily(tx, by.Workspace)
		return err
	})
	if err != nil {
		return page, err
	}
	wanted := all.root(id)
	if wanted == nil && seesAll {
		return page, noTopic(id)
	}
	after, err := readCursor(cursor)
	if err != nil || wanted == nil {
		return page, err
	}
	limit := s.Limit
	if limit <= 0 {
		limit = usualLimit
	}
	limit = min(limit, mostLimit)
	seen := 0
	var seqs []hearth.Seq
	whole, err := t.each(ctx, by.Workspace, s.Monitor, s.From.UnixMicro(), s.To.UnixMicro(), after, scanned, func(p *placed) bool {
		if len(seqs) == limit {
			return false
		}
		seen++
		after = p.Caught
		if root := all.root(p.topic); root != nil && root.id == wanted.id {
			seqs = append(seqs, p.Seq)
		}
		return true
	})
	if err != nil {
		return page, err
	}
	if !whole && seen > 0 {
		page.Next = writeCursor(after)
	}
	rows, err := t.seen(ctx, by, seqs)
	for i := range rows {
		page.Posts = append(page.Posts, archive.Hit{Stored: rows[i]})
	}
	return page, err
}

func writeCursor(at monitor.Caught) string {
	b := binary.AppendVarint(nil, at.At)
	return base64.RawURLEncoding.EncodeToString(binary.AppendVarint(b, int64(at.Seq)))
}

func readCursor(cursor string) (at monitor.Caught, err error) {
	if cursor == "" {
		return at, nil
	}
	wrong := &hearth.Error{Code: hearth.Invalid, Field: "cursor", Message: "This is no cursor of a list of posts; begin at the top."}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(cursor) > 64 {
		return at, wrong
	}
	when, n := binary.Varint(b)
	if n <= 0 {
		return at, wrong
	}
	seq, m := binary.Varint(b[n:])
	if m <= 0 || seq <= 0 {
		return at, wrong
	}
	return monitor.Caught{At: when, Seq: hearth.Seq(seq)}, nil
}

// Saying is what is said in one time against the time before.
type Saying struct {
	From, To    time.Time
	More, Less  []Said
	Posts       int64 // that were read of the time, the newest
	PostsBefore int64
}

// Said is a phrase that is used more or less than before.
type Said struct {
	Text   string
	Lang   string
	Posts  int64 // that have it
	Before int64
	People int64 // who use it where it is used more; 50: or more
	Z      float64
	Query  string // finds the posts
}

const (
	saidPosts = 3000 // of a time that are read, the newest
	saidLeast = 15   // posts of a language in each time
	saidMost  = 12   // phrases
)

// Said compares what is said with the time before. It reads up to 6,000 posts, which
// takes a second.
func (t *Topics) Said(ctx context.Context, by access.Actor, s Search) (said Saying, err error) {
	if _, err := t.ready(ctx, by, &s); err != nil {
		return said, err
	}
	said.From, said.To = s.From, s.To
	from, to := s.From.UnixMicro(), s.To.UnixMicro()
	now, err := t.corpora(ctx, by.Workspace, s.Monitor, from, to, &said.Posts)
	if err != nil {
		return said, err
	}
	before, err := t.corpora(ctx, by.Workspace, s.Monitor, from-(to-from), from, &said.PostsBefore)
	if err != nil {
		return said, err
	}
	for lang, here := range now {
		there := before[lang]
		if there == nil || here.Posts < saidLeast || there.Posts < saidLeast {
			continue
		}
		for _, d := range here.Distinct(there, nil, saidMost) {
			said.More = append(said.More, Said{d.Text, lang, int64(d.Posts), int64(d.Before), int64(d.People), d.Z, phrase(d.Text)})
		}
		for _, d := range there.Distinct(here, nil, saidMost) {
			said.Less = append(said.Less, Said{d.Text, lang, int64(d.Before), int64(d.Posts), int64(d.People), -d.Z, phrase(d.Text)})
		}
	}
	sortSaid := func(list []Said) []Said {
		slices.SortFunc(list, func(a, b Said) int {
			switch x, y := max(a.Z, -a.Z), max(b.Z, -b.Z); {
			case x > y:
				return -1
			case x < y:
				return 1
			}
			return strings.Compare(a.Lang+a.Text, b.Lang+b.Text)
		})
		return list[:min(len(list), saidMost)]
	}
	said.More, said.Less = sortSaid(said.More), sortSaid(said.Less)
	return said, nil
}

// phrase is a query for the posts that say something.
func phrase(words string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(words) + `"`
}

// corpora counts the phrases of a time by language.
func (t *Topics) corpora(ctx context.Context, ws hearth.WorkspaceID, id hearth.MonitorID, from, to int64, posts *int64) (map[string]*groups.Corpus, error) {
	caught, err := t.o.Monitors.Caught(ctx, ws, id, from, to, monitor.Caught{}, saidPosts)
	if err != nil {
		return nil, err
	}
	seqs := make([]hearth.Seq, len(caught))
	for i, c := range caught {
		seqs[i] = c.Seq
	}
	rows, err := t.o.Archive.BySeq(ctx, ws, seqs)
	if err != nil {
		return nil, err
	}
	all := map[string]*groups.Corpus{}
	var reader groups.Reader
	var doc text.Doc
	for i := range rows {
		s := &rows[i]
		if s.Erased || s.Hidden {
			continue
		}
		*posts++
		query.AddPost(&doc, &s.Post)
		reader.Read(&doc, s.Post.Lang)
		if all[s.Post.Lang] == nil {
			all[s.Post.Lang] = &groups.Corpus{}
		}
		all[s.Post.Lang].Add(uint64(personOf(&s.Post)), reader.Phrases())
	}
	return all, ctx.Err()
}

// folded is a text as phrases are looked for in it.
func folded(s string) string { return text.Fold(s[:min(len(s), 4000)]) }

func holds(folded, phrase string) bool { return strings.Contains(folded, text.Fold(phrase)) }
