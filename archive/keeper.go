package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
)

// The finder's second goroutine writes full tails as segments, merges segments
// and removes what is left over, in small transactions between those of the
// appender.

const (
	blockBytes = 1 << 20 // of one transaction that writes blocks
	dropBlocks = 256     // of one transaction that removes blocks
	goneRows   = 1000    // of one transaction that removes rows of index_gone
)

// load reads what the last run left. An index of another version, or one that
// is broken, is begun anew.
func (f *finder) load(ctx context.Context) error {
	err := f.a.db.Read(ctx, f.read)
	if errors.Is(err, index.ErrBroken) {
		return f.rebuild(ctx)
	}
	return err
}

func (f *finder) read(tx *db.Tx) error {
	var version, position int64
	if err := tx.QueryRow("SELECT version, position FROM index_state WHERE id = 1").Scan(&version, &position); err != nil {
		return err
	}
	if err := tx.QueryRow("SELECT coalesce(max(block) >> 32, 0) FROM index_block").Scan(&f.last); err != nil {
		return err
	}
	if version != indexVersion() {
		return index.ErrBroken
	}
	rows, err := tx.Query("SELECT segment, level, head FROM index_segment ORDER BY segment")
	if err != nil {
		return err
	}
	defer rows.Close()
	var segments []*segment
	for rows.Next() {
		var s segment
		var head []byte
		if err := rows.Scan(&s.number, &s.level, &head); err != nil {
			return err
		}
		if s.Segment, err = index.OpenSegment(head); err != nil {
			return err
		}
		segments = append(segments, &s)
		f.last = max(f.last, s.number)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	gone, err := tx.Query("SELECT place, seq FROM index_gone")
	docs, err := scanDocs(gone, err)
	if err != nil {
		return err
	}
	for _, d := range docs {
		for _, s := range segments {
			if found, err := s.Remove(blockReader(tx, s.number), d); err != nil {
				return err
			} else if found {
				break
			}
		}
	}
	f.segments, f.position, f.applied = segments, hearth.Seq(position), hearth.Seq(position)
	return nil
}

// rebuild begins an empty index, which then follows the log from its beginning.
func (f *finder) rebuild(ctx context.Context) error {
	return f.a.db.Write(ctx, func(tx *db.Tx) error {
		for _, statement := range []string{
			"DELETE FROM index_segment",
			"DELETE FROM index_gone",
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("UPDATE index_state SET version = ?, position = 0 WHERE id = 1", indexVersion()); err != nil {
			return err
		}
		tx.AfterCommit(func() {
			f.mu.Lock()
			f.generation++
			f.merged = append(f.merged, f.segments...)
			f.segments, f.applied, f.position, f.suspected = nil, 0, 0, false
			f.tails = []*tail{{Tail: index.NewTail()}}
			f.mu.Unlock()
			signal(f.poke)
			signal(f.work)
		})
		return nil
	})
}

// house keeps the index in order until ctx ends.
func (f *finder) house(ctx context.Context) {
	signal(f.work)
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.work:
			f.keep(ctx, func() error { return f.tidy(ctx) })
		}
	}
}

// smallTail is a tail not worth a segment: its rows are read again from the log
// within moments.
const smallTail = 2000

// close writes what is in memory, so that the next start has less to read. The
// other goroutines have ended.
func (f *finder) close() error {
	ctx := context.Background()
	if f.err != nil {
		return nil
	}
	if f.tails[len(f.tails)-1].Docs() >= smallTail {
		f.tails = append(f.tails, &tail{Tail: index.NewTail()})
	}
	for len(f.tails) > 1 {
		if err := f.writeTail(ctx, f.tails[0]); err != nil {
			if errors.Is(err, db.ErrUnknownOutcome) {
				return nil // it is derived; whoever runs the process knows
			}
			return err
		}
	}
	return nil
}

// tidy does what there is to do.
func (f *finder) tidy(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			f.swept = false // blocks of what failed are left
		}
	}()
	for {
		if f.isSuspected() {
			return index.ErrBroken
		}
		if err := f.dropMerged(ctx); err != nil {
			return err
		}
		if t := f.fullTail(); t != nil {
			if err := f.writeTail(ctx, t); err != nil {
				return fmt.Errorf("writing the index: %w", err)
			}
			continue
		}
		if inputs := f.mergeable(); inputs != nil {
			if err := f.merge(ctx, inputs); err != nil {
				return fmt.Errorf("merging the index: %w", err)
			}
			continue
		}
		return nil
	}
}

func (f *finder) isSuspected() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.suspected
}

// fullTail is the oldest tail that takes no documents any more.
func (f *finder) fullTail() *tail {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.tails) < 2 {
		return nil
	}
	return f.tails[0]
}

// mergeable is segments that should be one: fanout of a level, or one of which
// a quarter is gone.
func (f *finder) mergeable() []*segment {
	f.mu.Lock()
	defer f.mu.Unlock()
	for level := range maxLevel {
		var same []*segment
		for _, s := range f.segments {
			if s.level == level {
				same = append(same, s)
			}
		}
		if len(same) >= fanout {
			return same[:fanout]
		}
	}
	for _, s := range f.segments {
		if s.Removed() > 0 && (f.purging || s.Removed() >= s.Docs()/4) {
			return []*segment{s}
		}
	}
	f.purging = false
	return nil
}

// purge has every segment that holds removed documents written anew without
// them, and returns when that is done.
func (f *finder) purge(ctx context.Context) error {
	f.mu.Lock()
	f.purging = true
	f.mu.Unlock()
	for {
		next := f.moved.next()
		f.mu.Lock()
		done, err := !f.purging && len(f.merged) == 0, f.err
		f.mu.Unlock()
		if done || err != nil {
			return err
		}
		signal(f.work)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-next:
		case <-f.a.stopped:
			return errClosed
		}
	}
}

// levelOf is the level of a segment by its size.
func levelOf(docs int) int {
	level := 0
	for limit := tailDocs * fanout / 2; docs >= limit && level < maxLevel; limit *= fanout {
		level++
	}
	return level
}

// writeTail makes a segment of a tail.
func (f *finder) writeTail(ctx context.Context, t *tail) error {
	_, generation := f.standing()
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

// merge makes one segment of several.
func (f *finder) merge(ctx context.Context, inputs []*segment) error {
	_, generation := f.standing()
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
			docs, err := in.RemovedDocs(blockReader(tx, in.number))
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
			if _, err := s.Remove(blockReader(tx, s.number), d); err != nil {
				return err
			}
		}
		replace()
		f.segments = append(f.segments, s)
		return nil
	})
	f.moved.all()
	if err != nil {
		// The tables have the segment, the memory has not: begin anew.
		err = errors.Join(index.ErrBroken, err)
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

// dropMerged removes the blocks of segments that nobody uses any more, and at
// the first call those that an unfinished run has left.
func (f *finder) dropMerged(ctx context.Context) error {
	if !f.swept {
		if err := f.sweep(ctx); err != nil {
			return err
		}
		f.swept = true
	}
	f.mu.Lock()
	var free []*segment
	f.merged = slices.DeleteFunc(f.merged, func(s *segment) bool {
		if s.users == 0 {
			free = append(free, s)
		}
		return s.users == 0
	})
	f.mu.Unlock()
	for _, s := range free {
		if err := f.dropBlocks(ctx, s.number); err != nil {
			return err
		}
	}
	f.moved.all()
	return nil
}

// sweep drops blocks of segments that are not in the list.
func (f *finder) sweep(ctx context.Context) error {
	for next := int64(0); ; {
		var block, registered int64
		err := f.a.db.Read(ctx, func(tx *db.Tx) error {
			if err := tx.QueryRow("SELECT block FROM index_block WHERE block >= ? ORDER BY block LIMIT 1", next<<32).Scan(&block); err != nil {
				return err
			}
			return tx.QueryRow("SELECT count(*) FROM index_segment WHERE segment = ?", block>>32).Scan(&registered)
		})
		if errors.Is(err, errNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if registered == 0 && !f.isMerged(block>>32) {
			if err := f.dropBlocks(ctx, block>>32); err != nil {
				return err
			}
		}
		next = block>>32 + 1
	}
}

func (f *finder) isMerged(number int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.merged, func(s *segment) bool { return s.number == number })
}

func (f *finder) dropBlocks(ctx context.Context, number int64) error {
	for {
		var n int64
		err := f.a.db.Write(ctx, func(tx *db.Tx) error {
			const drop = "DELETE FROM index_block WHERE block IN (SELECT block FROM index_block WHERE block >= ? AND block < ? LIMIT ?)"
			done, err := tx.Exec(drop, number<<32, (number+1)<<32, dropBlocks)
			if err != nil {
				return err
			}
			n, err = done.RowsAffected()
			return err
		})
		if err != nil || n < dropBlocks {
			return err
		}
	}
}

// builder writes the blocks of one segment.
type builder struct {
	f      *finder
	ctx    context.Context
	number int64
	blocks []block
	size   int
}

type block struct {
	no   uint32
	data []byte
}

func (f *finder) begin(ctx context.Context) *builder {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	return &builder{f: f, ctx: ctx, number: f.last}
}

func (b *builder) writer() *index.Writer {
	return index.NewWriter(func(no uint32, data []byte) error {
		b.blocks = append(b.blocks, block{no, slices.Clone(data)})
		b.size += len(data)
		if b.size < blockBytes {
			return nil
		}
		return b.f.a.db.Write(b.ctx, b.flush)
	})
}

func (b *builder) flush(tx *db.Tx) error {
	for _, block := range b.blocks {
		if _, err := tx.Exec("INSERT INTO index_block (block, data) VALUES (?, ?)", b.number<<32|int64(block.no), block.data); err != nil {
			return err
		}
	}
	b.blocks, b.size = b.blocks[:0], 0
	return nil
}

// finish registers the segment together with what else changes. It returns nil
// if the index was begun anew meanwhile.
func (b *builder) finish(head []byte, with func(*db.Tx) error, generation int) (*segment, error) {
	opened, err := index.OpenSegment(head)
	if err != nil {
		return nil, err
	}
	s := &segment{Segment: opened, number: b.number, level: levelOf(opened.Docs())}
	err = b.f.a.db.Write(b.ctx, func(tx *db.Tx) error {
		if _, now := b.f.standing(); now != generation {
			return errOutdated
		}
		if err := b.flush(tx); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO index_segment (segment, level, head) VALUES (?, ?, ?)", s.number, s.level, head); err != nil {
			return err
		}
		return with(tx)
	})
	if errors.Is(err, errOutdated) {
		b.f.mu.Lock()
		b.f.merged = append(b.f.merged, s)
		b.f.mu.Unlock()
		return nil, nil
	}
	return s, err
}

var errOutdated = errors.New("the index was begun anew")
