package archive

import (
	"hearth"
	"hearth/archive/index"
	"hearth/db"
)

// fetcher reads candidates, many in one statement, and hands them on in the
// order in which they were proposed. What was erased since the index proposed
// it, and what is damaged, is passed over.
type fetcher struct {
	a         *Archive
	tx        *db.Tx
	workspace hearth.WorkspaceID
	each      func(*decision) error
	decision  decision

	pending []index.Doc
	size    int   // of pending at which it is read
	passed  bool  // one was handed on or passed over
	last    int64 // its place
	seqs    []hearth.Seq
	rows    map[hearth.Seq]row
}

// Candidates of one statement: what a page needs if all of them are wanted,
// then more and more.
const (
	fewestFetched = 16
	mostFetched   = 256
)

func newFetcher(a *Archive, tx *db.Tx, ws hearth.WorkspaceID, s *Search, each func(*decision) error) *fetcher {
	page := s.Limit
	if page <= 0 {
		page = defaultLimit
	}
	return &fetcher{a: a, tx: tx, workspace: ws, each: each, decision: decision{search: s},
		size: min(max(page+1, fewestFetched), mostFetched), rows: map[hearth.Seq]row{}}
}

// take adds a candidate, and hands those on that are due.
func (f *fetcher) take(place int64, seq hearth.Seq) error {
	f.pending = append(f.pending, index.Doc{Place: place, Seq: int64(seq)})
	if len(f.pending) < f.size {
		return nil
	}
	f.size = min(2*f.size, mostFetched)
	return f.flush()
}

// flush hands on what is pending.
func (f *fetcher) flush() error {
	if len(f.pending) == 0 {
		return nil
	}
	if err := f.tx.Err(); err != nil {
		return err
	}
	f.seqs = f.seqs[:0]
	for _, d := range f.pending {
		f.seqs = append(f.seqs, hearth.Seq(d.Seq))
	}
	clear(f.rows)
	err := f.a.loadRows(f.tx, f.workspace, f.seqs, func(r *row) error {
		f.rows[r.seq] = *r
		return nil
	})
	if err != nil {
		return err
	}
	d := &f.decision
	for _, doc := range f.pending {
		if err := f.tx.Err(); err != nil {
			return err
		}
		found, ok := f.rows[hearth.Seq(doc.Seq)]
		if !ok {
			f.pass(doc)
			continue
		}
		d.place, d.row = doc.Place, found
		err := f.a.open(&d.row, &d.content)
		if hearth.ErrorCode(err) == hearth.Damaged || err == nil && d.received.IsZero() {
			f.pass(doc)
			continue
		}
		if err != nil {
			return err
		}
		if err := f.each(d); err != nil {
			return err
		}
		f.pass(doc)
	}
	f.pending = f.pending[:0]
	return nil
}

// pass notes that there is no way back behind a candidate.
func (f *fetcher) pass(d index.Doc) { f.passed, f.last = true, d.Place }
