package copies

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/analysis/duplicate"
	"hearth/archive"
	"hearth/db"
	"hearth/fault"
	"hearth/query"
	"hearth/text"
)

// consumer is the name under which copies follow the log.
const consumer = "copies.1"

const (
	window     = 7 * 24 * time.Hour // within which texts that are alike are one cluster, and for which they are kept
	candidates = 256                // texts that one is compared with at most
)

// Consumer is what turns the log into clusters; Run feeds it. It is given for tests
// and tools that feed it themselves, one at a time.
func Consumer() archive.Consumer {
	f := &folder{}
	return archive.Consumer{Name: consumer, Beside: true, Apply: f.apply}
}

// folder folds rows of the log. It keeps only room to work in.
type folder struct {
	doc    text.Doc
	reader duplicate.Reader
	sketch duplicate.Sketch
}

func (f *folder) apply(_ context.Context, tx *db.Tx, rows []archive.Stored) error {
	b := batch{folder: f, tx: tx, torn: map[place]bool{}}
	for i := range rows {
		s := &rows[i]
		b.ws, b.now = s.Workspace, s.Received.UnixMicro()
		if err := b.row(s); err != nil {
			return fmt.Errorf("comparing row %d: %w", s.Seq, err)
		}
	}
	if err := b.mend(); err != nil {
		return err
	}
	if err := b.forget(rows); err != nil {
		return err
	}
	return fault.Point("copies.fold.written")
}

// batch is one call of apply.
type batch struct {
	*folder
	tx   *db.Tx
	ws   hearth.WorkspaceID // of the row
	now  int64              // when it arrived
	torn map[place]bool     // clusters that may fall apart
}

// place is a text or a cluster in a workspace.
type place struct {
	ws hearth.WorkspaceID
	id int64
}

// row folds one row in. What happens to an author happens to each of the posts in
// rows of their own.
func (b *batch) row(s *archive.Stored) error {
	switch s.Op {
	case archive.Create, archive.Update, archive.Annotate:
		return b.put(s)
	case archive.Delete:
		return b.take(s.Replaces)
	case archive.Hide, archive.Show:
		_, err := b.tx.Exec(`UPDATE copy_post SET hidden = ? WHERE workspace_id = ? AND seq = ?`, db.Truth(s.Op == archive.Hide), b.ws, s.Replaces)
		return err
	}
	return nil
}

// told is a text as its row says.
type told struct {
	id, cluster        int64
	posts, first, last int64
	expires            int64
	sketch             duplicate.Sketch
	bare               bool // without a sketch
}

const toldColumns = `id, cluster, posts, first, last, expires, hash, letters, sketch`

func (t *told) scan(row interface{ Scan(...any) error }) error {
	var hash int64
	var values []byte
	err := row.Scan(&t.id, &t.cluster, &t.posts, &t.first, &t.last, &t.expires, &hash, &t.sketch.Letters, &values)
	t.sketch.Hash = uint64(hash)
	t.bare = !t.sketch.SetValues(values)
	return err
}

// put takes a version in.
func (b *batch) put(s *archive.Stored) error {
	if !s.Erased {
		query.AddPost(&b.doc, &s.Post)
		b.reader.Read(&b.doc, &b.sketch)
		same, err := b.follows(s)
		if same || err != nil {
			return err
		}
	}
	if err := b.take(s.Replaces); err != nil || s.Erased || !b.sketch.Tells() {
		return err
	}
	at := s.Post.Published
	if at.IsZero() {
		at = s.Received
	}
	id, err := b.tell(int64(s.Seq), at.UnixMicro())
	if err != nil {
		return err
	}
	_, err = b.tx.Exec(`INSERT INTO copy_post (workspace_id, seq, text_id, at, author, hidden) VALUES (?, ?, ?, ?, ?, 0)`,
		b.ws, s.Seq, id, at.UnixMicro(), authorOf(&s.Post))
	return err
}

// follows lets a version that reads as the one before take its place.
func (b *batch) follows(s *archive.Stored) (bool, error) {
	if s.Replaces == 0 {
		return false, nil
	}
	done, err := b.tx.Exec(`UPDATE copy_post SET seq = ? WHERE workspace_id = ? AND seq = ? AND text_id IN
		(SELECT id FROM copy_text WHERE workspace_id = ? AND hash = ?)`, s.Seq, b.ws, s.Replaces, b.ws, int64(b.sketch.Hash))
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// tell counts a post to its text, which it makes if it is new, and returns the id.
func (b *batch) tell(seq, at int64) (int64, error) {
	t, err := b.known()
	if err != nil {
		return 0, err
	}
	expires := b.now + window.Microseconds()
	fresh := t == nil
	if fresh {
		t = &told{id: seq, cluster: seq, first: at, last: at}
		const insert = `INSERT INTO copy_text (workspace_id, id, cluster, hash, letters, sketch, posts, first, last, expires) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)`
		if _, err := b.tx.Exec(insert, b.ws, t.id, t.cluster, int64(b.sketch.Hash), b.sketch.Letters, b.sketch.AppendValues(nil), at, at, expires); err != nil {
			return 0, err
		}
	} else {
		fresh = t.bare || at < t.first || at > t.last
		t.first, t.last = min(t.first, at), max(t.last, at)
		const count = `UPDATE copy_text SET posts = posts + 1, sketch = ?, first = ?, last = ?, expires = ? WHERE workspace_id = ? AND id = ?`
		if _, err := b.tx.Exec(count, b.sketch.AppendValues(nil), t.first, t.last, max(expires, t.expires), b.ws, t.id); err != nil {
			return 0, err
		}
	}
	if t.posts == 0 || t.bare {
		if err := b.band(t.id, &b.sketch); err != nil {
			return 0, err
		}
	}
	if fresh {
		return t.id, b.relate(t)
	}
	return t.id, nil
}

// known finds the text that was read, if it has not expired.
func (b *batch) known() (*told, error) {
	var t told
	err := t.scan(b.tx.QueryRow(`SELECT `+toldColumns+` FROM copy_text WHERE workspace_id = ? AND hash = ? ORDER BY id LIMIT 1`, b.ws, int64(b.sketch.Hash)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if t.expires <= b.now && !t.bare {
		gone, err := b.expire(b.ws, &t)
		if gone || err != nil {
			return nil, err
		}
		t.bare = true
	}
	return &t, nil
}

func (b *batch) band(id int64, s *duplicate.Sketch) error {
	args := make([]any, 0, 3*duplicate.Bands)
	for _, band := range s.Bands() {
		args = append(args, b.ws, int64(band), id)
	}
	_, err := b.tx.Many(`INSERT INTO copy_band (workspace_id, band, text_id) VALUES (?, ?, ?)`, args)
	return err
}

func (b *batch) unband(ws hearth.WorkspaceID, t *told) error {
	if t.bare {
		return nil
	}
	args := append([]any{ws, t.id}, bandsOf(&t.sketch)...)
	_, err := b.tx.Exec(`DELETE FROM copy_band WHERE workspace_id = ? AND text_id = ? AND band IN (`+marks(duplicate.Bands)+`)`, args...)
	return err
}

func bandsOf(s *duplicate.Sketch) (list []any) {
	for _, band := range s.Bands() {
		list = append(list, int64(band))
	}
	return list
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// relate joins the clusters of a text and of all that are alike.
func (b *batch) relate(t *told) error {
	args := append([]any{b.ws, b.ws}, bandsOf(&b.sketch)...)
	args = append(args, t.cluster, b.now, t.last+window.Microseconds(), t.first-window.Microseconds(), candidates)
	rows, err := b.tx.Query(`SELECT `+toldColumns+` FROM copy_text
		WHERE workspace_id = ? AND id IN (SELECT text_id FROM copy_band WHERE workspace_id = ? AND band IN (`+marks(duplicate.Bands)+`))
		  AND cluster <> ? AND expires > ? AND first <= ? AND last >= ? ORDER BY id LIMIT ?`, args...)
	if err != nil {
		return err
	}
	joined := []int64{t.cluster}
	err = db.EachRow(rows, func() error {
		var other told
		if err := other.scan(rows); err != nil {
			return err
		}
		if !other.bare && duplicate.Relate(&b.sketch, &other.sketch) != duplicate.Unrelated && !slices.Contains(joined, other.cluster) {
			joined = append(joined, other.cluster)
		}
		return nil
	})
	if err != nil || len(joined) == 1 {
		return err
	}
	to := slices.Min(joined)
	for _, from := range joined {
		if from == to {
			continue
		}
		if _, err := b.tx.Exec(`UPDATE copy_text SET cluster = ? WHERE workspace_id = ? AND cluster = ?`, to, b.ws, from); err != nil {
			return err
		}
		if b.torn[place{b.ws, from}] {
			delete(b.torn, place{b.ws, from})
			b.torn[place{b.ws, to}] = true
		}
	}
	return nil
}

// take lets a version leave its text.
func (b *batch) take(seq hearth.Seq) error {
	if seq == 0 {
		return nil
	}
	var id int64
	err := b.tx.QueryRow(`DELETE FROM copy_post WHERE workspace_id = ? AND seq = ? RETURNING text_id`, b.ws, seq).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	var t told
	if err := t.scan(b.tx.QueryRow(`SELECT `+toldColumns+` FROM copy_text WHERE workspace_id = ? AND id = ?`, b.ws, id)); err != nil {
		return err
	}
	b.torn[place{b.ws, t.cluster}] = true
	if t.posts == 1 {
		return b.drop(b.ws, &t)
	}
	_, err = b.tx.Exec(`UPDATE copy_text SET posts = posts - 1,
			first = (SELECT min(at) FROM copy_post WHERE workspace_id = ?1 AND text_id = ?2),
			last = (SELECT max(at) FROM copy_post WHERE workspace_id = ?1 AND text_id = ?2)
		WHERE workspace_id = ?1 AND id = ?2`, b.ws, id)
	return err
}

func (b *batch) drop(ws hearth.WorkspaceID, t *told) error {
	if err := b.unband(ws, t); err != nil {
		return err
	}
	_, err := b.tx.Exec(`DELETE FROM copy_text WHERE workspace_id = ? AND id = ?`, ws, t.id)
	return err
}

// AuthorHash names an author in the tables of this package: by the id on the network,
// else by the handle; 0: nobody knows.
func AuthorHash(network, id, handle string) int64 {
	if id == "" {
		id = query.Key(query.FieldAuthor, handle)
	}
	if id == "" {
		return 0
	}
	return int64(text.Hash([]byte(network + "\x00" + id)))
}

// authorOf is who wrote a post.
func authorOf(p *hearth.Post) int64 {
	return AuthorHash(p.Network, p.Author.ID, p.Author.Handle)
}
