package archive

import (
	"context"
	"errors"
	"slices"

	"hearth/archive/index"
	"hearth/db"
	"hearth/fault"
)

// goneRows is how many rows of index_gone one transaction removes.
const goneRows = 1000

// writeTail makes a segment of a tail of an index.
func (f *finder) writeTail(ctx context.Context, t *tail, generation int) error {
	b := f.begin(ctx)
	head, dropped, err := t.Write(b.writer())
	if err != nil {
		return err
	}
	s, err := b.finish(head, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE index_state SET position = ? WHERE id = 1", int64(t.last))
		return err
	}, generation)
	if err != nil || s == nil {
		return err
	}
	err = f.swap(ctx, generation, s, dropped, func(*db.Tx) ([]index.Doc, error) { return t.Removed(), nil }, func() {
		f.tails = slices.DeleteFunc(f.tails, func(o *tail) bool { return o == t })
		f.position = t.last
	})
	if err != nil {
		return err
	}
	return f.forgetGone(ctx, dropped)
}

// merge makes one segment of several of an index.
func (f *finder) merge(ctx context.Context, inputs []*segment, generation int) error {
	parts := make([]index.Part, len(inputs))
	for i, s := range inputs {
		parts[i] = index.Part{Segment: s.Segment, Read: f.freeReader(ctx, s.number)}
	}
	b := f.begin(ctx)
	head, dropped, err := index.Merge(parts, b.writer())
	if err != nil {
		return err
	}
	s, err := b.finish(head, func(tx *db.Tx) error {
		for _, in := range inputs {
			if _, err := tx.Exec("DELETE FROM index_segment WHERE segment = ?", in.number); err != nil {
				return err
			}
		}
		return nil
	}, generation)
	if err != nil || s == nil {
		return err
	}
	removed := func(tx *db.Tx) (list []index.Doc, err error) {
		for _, in := range inputs {
			docs, err := in.RemovedDocs(f.reader(tx, in))
			if err != nil {
				return nil, err
			}
			list = append(list, docs...)
		}
		return list, nil
	}
	err = f.swap(ctx, generation, s, dropped, removed, func() {
		f.segments = slices.DeleteFunc(f.segments, func(o *segment) bool { return slices.Contains(inputs, o) })
		for _, in := range inputs {
			in.merged = true
			f.merged = append(f.merged, in)
		}
	})
	if err != nil {
		return err
	}
	return f.forgetGone(ctx, dropped)
}

// freeReader reads blocks each in a transaction of its own: blocks never
// change, and a long snapshot would keep the WAL from being reused.
func (f *finder) freeReader(ctx context.Context, number int64) index.Read {
	return func(no uint32) (data []byte, err error) {
		err = f.a.db.Read(ctx, func(tx *db.Tx) error {
			data, err = blockReader(tx, number)(no)
			return err
		})
		return data, err
	}
}

// swap puts a written segment in the place of what it was made of. What was
// removed there while it was written is removed from it too.
func (f *finder) swap(ctx context.Context, generation int, s *segment, dropped []index.Doc, removed func(*db.Tx) ([]index.Doc, error), replace func()) error {
	left := make(map[index.Doc]struct{}, len(dropped))
	for _, d := range dropped {
		left[d] = struct{}{}
	}
	if err := fault.Point("archive.index.registered"); err != nil {
		return err
	}
	f.shape.Lock()
	defer f.shape.Unlock()
	// The tables have it already, so an ending context must not keep it out.
	err := f.a.db.Read(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.generation != generation {
			return nil
		}
		docs, err := removed(tx)
		if err != nil {
			return err
		}
		for _, d := range docs {
			if _, ok := left[d]; ok {
				continue
			}
			if _, err := s.Remove(f.reader(tx, s), d); err != nil {
				return err
			}
		}
		replace()
		f.segments = append(f.segments, s)
		return nil
	})
	f.moved.all()
	if err != nil {
		// The tables have the segment, the memory has not: it is read anew.
		f.mu.Lock()
		f.listed = -1
		f.mu.Unlock()
		err = errors.Join(errStale, err)
	}
	return err
}

// forgetGone removes the notes of documents that are in no segment any more.
func (f *finder) forgetGone(ctx context.Context, docs []index.Doc) error {
	for part := range slices.Chunk(docs, goneRows) {
		err := f.a.db.Write(ctx, func(tx *db.Tx) error {
			for _, d := range part {
				if _, err := tx.Exec("DELETE FROM index_gone WHERE seq = ? AND place = ?", d.Seq, d.Place); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
