package archive

import (
	"context"
	"errors"
	"fmt"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
)

// The finder's second goroutine writes full tails as segments, merges segments
// and removes what is left over, in small transactions between those of the
// appender.

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
