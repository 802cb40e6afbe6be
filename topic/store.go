package topic

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"slices"

	"hearth"
	groups "hearth/analysis/topic"
	"hearth/archive"
	"hearth/db"
	"hearth/query"
)

var errNoRows = sql.ErrNoRows

// errChanged says that people have changed topics since they were read.
var errChanged = &hearth.Error{Code: hearth.Unavailable, Message: "The topics were changed meanwhile."}

// model is what is known of a workspace as it stands at a row of the log.
func (f *follower) model(ctx context.Context, ws hearth.WorkspaceID, at hearth.Seq) (*model, error) {
	var revision int64
	err := f.t.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		revision, err = readRevision(tx, ws)
		return err
	})
	if err != nil {
		return nil, err
	}
	if m := f.models[ws]; m != nil && m.revision == revision {
		return m, nil
	}
	if len(f.models) >= mostModels {
		clear(f.models)
	}
	m, err := f.load(ctx, ws, at)
	if err == nil {
		f.models[ws] = m
	}
	return m, err
}

func readRevision(tx *db.Tx, ws hearth.WorkspaceID) (revision int64, err error) {
	err = tx.QueryRow(`SELECT coalesce(max(revision), 0) FROM topic_model WHERE workspace_id = ?`, ws).Scan(&revision)
	return revision, err
}

// load reads a model and learns what was sorted since it was written down.
func (f *follower) load(ctx context.Context, ws hearth.WorkspaceID, at hearth.Seq) (*model, error) {
	m := &model{Model: groups.NewModel(), apart: map[int64]bool{}}
	var since hearth.Seq
	var data []byte
	err := f.t.o.State.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(`SELECT revision, last_id, seq, data FROM topic_model WHERE workspace_id = ?`, ws).Scan(&m.revision, &m.last, &since, &data)
		if err != nil && err != errNoRows {
			return err
		}
		if len(data) > 0 {
			read, ok := groups.ReadModel(data)
			if !ok {
				f.t.o.Log.Error("what is known of words cannot be read; it is learned anew", "workspace", ws)
			} else {
				m.Model = read
			}
		}
		rows, err := tx.Query(`SELECT id, centroid, name, apart FROM topic WHERE workspace_id = ? AND live = 1`, ws)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var id int64
			var centroid []byte
			var name string
			var apart bool
			if err := rows.Scan(&id, &centroid, &name, &apart); err != nil {
				return err
			}
			g, ok := groups.ReadGroup(id, centroid)
			if !ok {
				f.t.o.Log.Error("a topic cannot be read; nothing is added to it any more", "workspace", ws, "topic", id)
				return nil
			}
			switch {
			case name != "" && !g.Frozen():
				g.Freeze()
			case name == "" && g.Frozen():
				g.Thaw()
			}
			m.Put(g)
			m.apart[id] = apart
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	for since < at {
		before := since
		err := f.t.o.Archive.ReadLog(ctx, ws, since, followRows, func(s *archive.Stored) error {
			if since = s.Seq; since > at || !s.Op.HasVersion() || s.Erased || s.Op == archive.Annotate && s.Replaces != 0 {
				return nil
			}
			query.AddPost(&f.doc, &s.Post)
			f.reader.Read(&f.doc, s.Post.Lang)
			m.Learn(&f.reader, min(timeOf(s), s.Received.UnixMicro()))
			m.since++
			return nil
		})
		if hearth.ErrorCode(err) == hearth.Damaged {
			since, err = since+1, nil
		}
		if err != nil {
			return nil, err
		}
		if since == before {
			break
		}
	}
	return m, nil
}

// write stores what was sorted.
func (w *sorting) write(tx *db.Tx, ws hearth.WorkspaceID, to hearth.Seq) error {
	revision, err := readRevision(tx, ws)
	if err != nil {
		return err
	}
	if revision != w.m.revision {
		return errChanged
	}
	added := map[int64]int64{}
	var posts []any
	for _, p := range w.posts {
		added[p.topic]++
		posts = append(posts, ws, p.seq, p.topic, p.at, p.person)
	}
	if _, err := tx.Many(`INSERT INTO topic_post (workspace_id, seq, topic_id, at, person) VALUES (?, ?, ?, ?, ?)`, posts); err != nil {
		return err
	}
	var rows []any
	for _, id := range sortedKeys(w.touched) {
		live, centroid := 0, []byte{}
		if g := w.m.Group(id); g != nil {
			live, centroid = 1, g.Bytes()
		}
		rows = append(rows, ws, id, "", "", "", "[]", live, added[id], w.touched[id], centroid)
	}
	_, err = tx.Many(`
		INSERT INTO topic (workspace_id, id, version, name, label, lang, phrases, parent_id, apart, muted, live, posts, labelled, first, centroid)
		VALUES (?, ?, 1, ?, ?, ?, ?, 0, 0, 0, ?, ?, 0, ?, ?)
		ON CONFLICT (workspace_id, id) DO UPDATE SET posts = topic.posts + excluded.posts, centroid = CASE WHEN excluded.live = 1 THEN excluded.centroid ELSE topic.centroid END,
			first = CASE WHEN excluded.first < topic.first THEN excluded.first ELSE topic.first END`, rows)
	if err != nil {
		return err
	}
	for _, done := range w.merged {
		if _, err := tx.Exec(`UPDATE topic SET parent_id = ?, live = 0 WHERE workspace_id = ? AND id = ?`, done.Into, ws, done.From); err != nil {
			return err
		}
	}
	if err := dropPosts(tx, ws, w.gone); err != nil {
		return err
	}
	for _, id := range w.forgot {
		if err := forget(tx, ws, id); err != nil {
			return err
		}
	}
	return w.checkpoint(tx, ws, to)
}

// dropPosts takes versions off that are replaced or erased.
func dropPosts(tx *db.Tx, ws hearth.WorkspaceID, gone []hearth.Seq) error {
	for _, seq := range gone {
		var id int64
		err := tx.QueryRow(`DELETE FROM topic_post WHERE workspace_id = ? AND seq = ? RETURNING topic_id`, ws, seq).Scan(&id)
		if err == errNoRows {
			continue
		}
		if err != nil {
			return err
		}
		// Its label may have been of words that are gone.
		if _, err := tx.Exec(`UPDATE topic SET posts = posts - 1, labelled = 0 WHERE workspace_id = ? AND id = ?`, ws, id); err != nil {
			return err
		}
	}
	return nil
}

// forget lets no new post come to a group. What is too small to be a topic is
// dropped.
func forget(tx *db.Tx, ws hearth.WorkspaceID, id int64) error {
	done, err := tx.Exec(`
		DELETE FROM topic WHERE workspace_id = ?1 AND id = ?2 AND posts < ?3 AND name = ''
		AND NOT EXISTS (SELECT 1 FROM topic c WHERE c.workspace_id = ?1 AND c.parent_id = ?2)`, ws, id, leastPosts)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE topic SET live = 0 WHERE workspace_id = ? AND id = ?`, ws, id)
		return err
	}
	_, err = tx.Exec(`DELETE FROM topic_post WHERE workspace_id = ? AND topic_id = ?`, ws, id)
	return err
}

// checkpoint writes the words down now and then, and the last id always.
func (w *sorting) checkpoint(tx *db.Tx, ws hearth.WorkspaceID, to hearth.Seq) error {
	if w.m.since < checkpoints {
		_, err := tx.Exec(`
			INSERT INTO topic_model (workspace_id, revision, last_id, seq, data) VALUES (?, 0, ?, 0, ?)
			ON CONFLICT (workspace_id) DO UPDATE SET last_id = excluded.last_id`, ws, w.m.last, []byte{})
		return err
	}
	_, err := tx.Exec(`
		INSERT INTO topic_model (workspace_id, revision, last_id, seq, data) VALUES (?, 0, ?, ?, ?)
		ON CONFLICT (workspace_id) DO UPDATE SET last_id = excluded.last_id, seq = excluded.seq, data = excluded.data`, ws, w.m.last, to, w.m.Bytes())
	return err
}

func sortedKeys(m map[int64]int64) []int64 {
	keys := make([]int64, 0, len(m))
	for id := range m {
		keys = append(keys, id)
	}
	slices.Sort(keys)
	return keys
}

const (
	labelPosts = 150  // of a topic that are read, the newest
	otherPosts = 1500 // that it is compared with
	labelMost  = 60   // topics at a time
	keptWords  = 8
	labelWords = 3
)

// read is a post as labelling needs it.
type read struct {
	seq     hearth.Seq
	topic   int64
	person  int64
	lang    string
	phrases []groups.Phrase
}

// labelAll gives labels to what has grown by a quarter, or has lost something.
func (f *follower) labelAll(ctx context.Context) error {
	for ws, m := range f.models {
		if !m.stale {
			continue
		}
		if err := f.label(ctx, ws); err != nil {
			return err
		}
		m.stale = false
	}
	return nil
}

func (f *follower) label(ctx context.Context, ws hearth.WorkspaceID) error {
	var due []int64
	var others []read
	members := map[int64][]read{}
	err := f.t.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT id FROM topic WHERE workspace_id = ? AND (posts >= ? AND posts * 4 >= labelled * 5 AND posts > labelled OR labelled = 0 AND label <> '')
			ORDER BY posts DESC, id LIMIT ?`, ws, leastPosts, labelMost)
		if err != nil {
			return err
		}
		err = db.EachRow(rows, func() error {
			var id int64
			err := rows.Scan(&id)
			due = append(due, id)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		if others, err = readPosts(tx.Query(`SELECT seq, topic_id, person FROM topic_post WHERE workspace_id = ? ORDER BY seq DESC LIMIT ?`, ws, otherPosts)); err != nil {
			return err
		}
		for _, id := range due {
			members[id], err = readPosts(tx.Query(`SELECT seq, topic_id, person FROM topic_post WHERE workspace_id = ? AND topic_id = ? ORDER BY at DESC, seq DESC LIMIT ?`, ws, id, labelPosts))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(due) == 0 {
		return err
	}
	if others, err = f.phrases(ctx, ws, others); err != nil {
		return err
	}
	var all groups.Corpus
	for _, p := range others {
		all.Add(uint64(p.person), p.phrases)
	}
	usual := map[string]bool{}
	if all.Posts >= thin {
		usual = all.Usual(usualShare)
	}
	labels := map[int64]labelled{}
	for _, id := range due {
		own, err := f.phrases(ctx, ws, members[id])
		if err != nil {
			return err
		}
		labels[id] = labelOf(id, own, others, usual)
	}
	return f.t.o.State.Write(ctx, func(tx *db.Tx) error {
		for _, id := range due {
			l := labels[id]
			phrases, err := json.Marshal(l.phrases)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE topic SET label = ?, lang = ?, phrases = ?, labelled = posts WHERE workspace_id = ? AND id = ?`, l.text, l.lang, string(phrases), ws, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func readPosts(rows *sql.Rows, err error) (list []read, _ error) {
	if err != nil {
		return nil, err
	}
	return list, db.EachRow(rows, func() error {
		var r read
		err := rows.Scan(&r.seq, &r.topic, &r.person)
		list = append(list, r)
		return err
	})
}

// phrases reads what posts say. What is gone by now is left out.
func (f *follower) phrases(ctx context.Context, ws hearth.WorkspaceID, posts []read) ([]read, error) {
	byReader := map[hearth.Seq]read{}
	seqs := make([]hearth.Seq, len(posts))
	for i, p := range posts {
		seqs[i], byReader[p.seq] = p.seq, p
	}
	rows, err := f.t.o.Archive.BySeq(ctx, ws, seqs)
	if err != nil {
		return nil, err
	}
	posts = posts[:0]
	for i := range rows {
		s := &rows[i]
		if s.Erased || s.Hidden {
			continue
		}
		p := byReader[s.Seq]
		query.AddPost(&f.doc, &s.Post)
		f.reader.Read(&f.doc, s.Post.Lang)
		p.lang, p.phrases = s.Post.Lang, f.reader.Phrases()
		posts = append(posts, p)
	}
	return posts, nil
}

// labelled is what a topic is called by its posts.
type labelled struct {
	text    string
	lang    string
	phrases []Phrase
}

// labelOf compares the posts of a topic with others in its language. What is usual,
// such as the name of a brand, is no label.
func labelOf(id int64, own, others []read, usual map[string]bool) (l labelled) {
	langs := map[string]int{}
	for _, p := range own {
		langs[p.lang]++
	}
	most := 0
	for lang, n := range langs {
		if n > most || n == most && lang < l.lang {
			l.lang, most = lang, n
		}
	}
	var here, there groups.Corpus
	for _, p := range own {
		if p.lang == l.lang {
			here.Add(uint64(p.person), p.phrases)
		}
	}
	for _, p := range others {
		if p.lang == l.lang && p.topic != id {
			there.Add(uint64(p.person), p.phrases)
		}
	}
	distinct := here.Distinct(&there, usual, keptWords)
	if len(distinct) == 0 && there.Posts < thin {
		distinct = here.Common(labelWords)
	}
	for _, d := range distinct {
		if float64(d.Posts) < leastShare*float64(here.Posts) {
			continue
		}
		l.phrases = append(l.phrases, Phrase{d.Text, d.Posts, d.People, math.Round(d.Z*10) / 10})
	}
	l.text = labelText(l.phrases)
	if l.phrases == nil {
		l.phrases = []Phrase{}
	}
	return l
}

// labelText is what a topic is called by its phrases.
func labelText(phrases []Phrase) (label string) {
	for _, p := range phrases[:min(len(phrases), labelWords)] {
		if label != "" {
			label += " · "
		}
		label += p.Text
	}
	return label
}

const (
	leastShare = 0.08 // of the posts: what fewer say is no label
	usualShare = 0.35 // of posts: a word that more have says nothing
	thin       = 20   // posts of others: too few to compare with
)
