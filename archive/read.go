package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"hearth"
	"hearth/db"
)

const rowColumns = "seq, workspace_id, op, replaces, body, sum"

// scan reads a row whose columns are rowColumns and checks it. body is a
// *[]byte, or a *sql.RawBytes, which lasts until the next step of the rows.
func (r *row) scan(scan func(...any) error, body any) error {
	var seq, workspace, op, replaces, sum int64
	if err := scan(&seq, &workspace, &op, &replaces, body, &sum); err != nil {
		return err
	}
	*r = row{seq: hearth.Seq(seq), workspace: hearth.WorkspaceID(workspace), op: Op(op), replaces: hearth.Seq(replaces), sum: uint32(sum)}
	switch b := body.(type) {
	case *[]byte:
		r.body = *b
	case *sql.RawBytes:
		r.body = *b
	}
	if r.body != nil && r.checksum() != r.sum {
		return damaged(r.seq)
	}
	return nil
}

// load reads the content of one row of a workspace.
func (a *Archive) load(tx *db.Tx, ws hearth.WorkspaceID, seq hearth.Seq, c *content) (row, error) {
	var r row
	var body []byte
	err := r.scan(tx.QueryRow("SELECT "+rowColumns+" FROM post WHERE seq = ? AND workspace_id = ?", int64(seq), int64(ws)).Scan, &body)
	switch {
	case errors.Is(err, errNoRows):
		return row{}, hearth.Errorf(hearth.NotFound, "There is no such post.")
	case err != nil:
		return row{}, fmt.Errorf("reading row %d: %w", seq, err)
	}
	if r.workspace != ws {
		return row{}, hearth.Errorf(hearth.Internal, "A row of another workspace was read.")
	}
	if err := a.open(&r, c); err != nil {
		return row{}, err
	}
	return r, nil
}

// loadRows calls each for those of the rows that are there and whole, in any
// order.
func (a *Archive) loadRows(tx *db.Tx, ws hearth.WorkspaceID, seqs []hearth.Seq, each func(*row) error) error {
	numbers := make(db.Ints, len(seqs))
	for i, seq := range seqs {
		numbers[i] = int64(seq)
	}
	rows, err := tx.Query("SELECT "+rowColumns+" FROM post WHERE workspace_id = ? AND seq IN (?...)", int64(ws), numbers)
	if err != nil {
		return fmt.Errorf("reading %d rows: %w", len(seqs), err)
	}
	return db.EachRow(rows, func() error {
		var r row
		var body []byte
		err := r.scan(rows.Scan, &body)
		if hearth.ErrorCode(err) == hearth.Damaged {
			return nil
		}
		if err != nil {
			return err
		}
		return each(&r)
	})
}

// open unpacks the body of a row that passed its checksum.
func (a *Archive) open(r *row, c *content) error {
	*c = content{}
	if r.body == nil {
		return nil
	}
	if err := a.packer.unpack(r.body, c); err != nil {
		return damaged(r.seq)
	}
	return nil
}

// stored is a row as readers see it.
func (r *row) stored(c *content) Stored {
	return Stored{
		Seq: r.seq, Workspace: r.workspace, Op: r.op, Replaces: r.replaces, Erased: r.body == nil,
		Post: c.post, Revision: c.revision, Monitors: c.monitors, Source: c.source, At: c.at, Received: c.received,
		Judged: c.judged, base: c.base,
	}
}

const upToRows = 500 // that ReadLogUpTo gives at once

// ReadLogUpTo gives do all rows of the log up to one, in order and some hundreds at a time,
// for whoever works out anew what is kept of them; progress is told how far it is. A row
// that fails its checksum is left out.
func (a *Archive) ReadLogUpTo(ctx context.Context, until hearth.Seq, do func([]Stored) error, progress func(share float64)) error {
	for at := hearth.Seq(0); at < until; progress(float64(at) / float64(until)) {
		var rows []Stored
		last := at
		err := a.ReadLog(ctx, 0, at, int(min(upToRows, until-at)), func(s *Stored) error {
			last = s.Seq
			rows = append(rows, *s)
			return nil
		})
		if hearth.ErrorCode(err) == hearth.Damaged {
			last, err = last+1, nil
		}
		if err != nil {
			return err
		}
		if last == at {
			return nil
		}
		if err := do(rows); err != nil {
			return err
		}
		at = last
	}
	return nil
}

// ReadLog calls each for the rows after one, in order, at most limit of them; a row
// is good until each returns, unless it is copied.
// Workspace 0 means the rows of all workspaces: for those who serve them all,
// never for an answer to somebody. A row that fails its checksum ends the
// reading with a Damaged error. The rows come from one snapshot, so keep the
// limit in the thousands and the work of each small.
func (a *Archive) ReadLog(ctx context.Context, ws hearth.WorkspaceID, after hearth.Seq, limit int, each func(*Stored) error) error {
	return a.db.Read(ctx, func(tx *db.Tx) error {
		return a.readLog(tx, ws, after, limit, each)
	})
}

const (
	readLogOfAll = "SELECT " + rowColumns + " FROM post WHERE seq > ? ORDER BY seq LIMIT ?" // cross-workspace: consumers
	readLogOfOne = "SELECT " + rowColumns + " FROM post WHERE seq > ? AND workspace_id = ? ORDER BY seq LIMIT ?"
)

func (a *Archive) readLog(tx *db.Tx, ws hearth.WorkspaceID, after hearth.Seq, limit int, each func(*Stored) error) error {
	var rows *sql.Rows
	var err error
	if ws == 0 {
		rows, err = tx.Query(readLogOfAll, int64(after), limit)
	} else {
		rows, err = tx.Query(readLogOfOne, int64(after), int64(ws), limit)
	}
	if err != nil {
		return fmt.Errorf("reading the log: %w", err)
	}
	defer rows.Close()
	var r row
	var body sql.RawBytes
	var c content
	var s Stored // large, and each would be one on the heap
	for rows.Next() {
		if err := r.scan(rows.Scan, &body); err != nil {
			return err
		}
		if err := a.open(&r, &c); err != nil {
			return err
		}
		s = r.stored(&c)
		if s.Op == Show && !s.Erased {
			if err := a.fillShown(tx, &s); err != nil {
				return err
			}
		}
		if err := each(&s); err != nil {
			return err
		}
	}
	return rows.Err()
}

// fillShown gives a Show the version that it shows.
func (a *Archive) fillShown(tx *db.Tx, s *Stored) error {
	var c content
	if _, err := a.load(tx, s.Workspace, s.Replaces, &c); err != nil {
		return err
	}
	if c.post.Network != "" {
		s.Post, s.Revision, s.Monitors = c.post, c.revision, c.monitors
	}
	return nil
}

// Get is the newest version of a post. Missing and deleted are the same
// NotFound error; a hidden one is there, and says so.
func (a *Archive) Get(ctx context.Context, ws hearth.WorkspaceID, key hearth.Key) (*Stored, error) {
	var s Stored
	err := a.db.Read(ctx, func(tx *db.Tx) error {
		l := &log{a: a, tx: tx, workspace: ws}
		c, err := l.find(key)
		if err != nil {
			return err
		}
		if !c.found || c.state == gone {
			return hearth.Errorf(hearth.NotFound, "There is no such post.")
		}
		s, err = a.bySeq(tx, ws, c.seq)
		s.Hidden = c.state == hidden
		return err
	})
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// BySeq is the rows with the given numbers, in the order asked for; numbers
// that the workspace does not have are left out.
func (a *Archive) BySeq(ctx context.Context, ws hearth.WorkspaceID, seqs []hearth.Seq) ([]Stored, error) {
	list := make([]Stored, 0, len(seqs))
	err := a.db.Read(ctx, func(tx *db.Tx) error {
		for part := range slices.Chunk(seqs, bySeqRows) {
			some, err := a.someBySeq(tx, ws, part)
			if err != nil {
				return err
			}
			list = append(list, some...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// bySeqRows is how many rows one statement reads.
const bySeqRows = 500

func (a *Archive) someBySeq(tx *db.Tx, ws hearth.WorkspaceID, seqs []hearth.Seq) ([]Stored, error) {
	found := make(map[hearth.Seq]Stored, len(seqs))
	err := a.loadRows(tx, ws, seqs, func(r *row) error {
		var c content
		if err := a.open(r, &c); err != nil {
			return nil // damaged
		}
		found[r.seq] = r.stored(&c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]Stored, 0, len(seqs))
	for _, seq := range seqs {
		s, ok := found[seq]
		if !ok { // not there, or damaged, which is to be said
			s, err = a.bySeq(tx, ws, seq)
			if hearth.ErrorCode(err) == hearth.NotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
		} else if s.Op == Show && !s.Erased {
			if err := a.fillShown(tx, &s); err != nil {
				return nil, err
			}
		}
		list = append(list, s)
	}
	l := &log{a: a, tx: tx, workspace: ws}
	return list, l.markHidden(list)
}

func (a *Archive) bySeq(tx *db.Tx, ws hearth.WorkspaceID, seq hearth.Seq) (Stored, error) {
	var c content
	r, err := a.load(tx, ws, seq, &c)
	if err != nil {
		return Stored{}, err
	}
	s := r.stored(&c)
	if s.Op == Show && !s.Erased {
		err = a.fillShown(tx, &s)
	}
	return s, err
}

// markHidden says of versions whether they, or their authors, are hidden now.
func (l *log) markHidden(list []Stored) error {
	if len(list) == 0 {
		return nil
	}
	var authors, keys db.Blobs
	for i := range list {
		p := &list[i].Post
		key := keyOf(p.Key())
		authors, keys = append(authors, authorKey(p.Network, p.Author.ID)), append(keys, key[:])
	}
	var states map[string]state
	var err error
	if l.a.authors.Load() != 0 || l.a.db.Shared() {
		if states, err = authorsAt(l.tx, l.workspace, authors); err != nil {
			return err
		}
	}
	stand, err := keysAt(l.tx, l.workspace, keys)
	if err != nil {
		return err
	}
	for i := range list {
		s := &list[i]
		if s.Post.Author.ID != "" && states[string(authors[i])] == hidden {
			s.Hidden = true
			continue
		}
		at, ok := stand[storeKey(keys[i])]
		if !ok || at.seq == s.Seq && at.state != hidden {
			continue
		}
		// It is hidden, is not the newest version or shares its key.
		const find = "SELECT count(*) FROM post_hidden WHERE workspace_id = ? AND author = ? AND seq = ?"
		n := 0
		if err := l.tx.QueryRow(find, int64(l.workspace), []byte(authors[i]), int64(s.Seq)).Scan(&n); err != nil {
			return err
		}
		s.Hidden = n > 0
	}
	return nil
}

// seqsOf collects the one column of a query.
func seqsOf(rows *sql.Rows, err error) ([]hearth.Seq, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var seqs []hearth.Seq
	for rows.Next() {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			return nil, err
		}
		seqs = append(seqs, hearth.Seq(seq))
	}
	return seqs, rows.Err()
}
