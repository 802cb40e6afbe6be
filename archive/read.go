package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

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
	}
}

// ReadLog calls each for the rows after one, in order, at most limit of them.
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
	for rows.Next() {
		if err := r.scan(rows.Scan, &body); err != nil {
			return err
		}
		if err := a.open(&r, &c); err != nil {
			return err
		}
		s := r.stored(&c)
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
		l := &log{a: a, tx: tx, workspace: ws}
		for _, seq := range seqs {
			s, err := a.bySeq(tx, ws, seq)
			if hearth.ErrorCode(err) == hearth.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			if s.Hidden, err = l.isHidden(&s); err != nil {
				return err
			}
			list = append(list, s)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
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

// isHidden says whether a version, or its author, is hidden now.
func (l *log) isHidden(s *Stored) (bool, error) {
	if l.a.authors.Load() != 0 || l.a.db.Shared() {
		if s.Post.Author.ID != "" {
			if is, err := l.stateOf(s.Post.Network, s.Post.Author.ID); err != nil || is == hidden {
				return is == hidden, err
			}
		}
	}
	const find = "SELECT COUNT(*) FROM post_hidden WHERE workspace_id = ? AND author = ? AND seq = ?"
	n := 0
	err := l.tx.QueryRow(find, int64(l.workspace), authorKey(s.Post.Network, s.Post.Author.ID), int64(s.Seq)).Scan(&n)
	return n > 0, err
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
