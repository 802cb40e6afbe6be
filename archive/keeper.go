package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

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
	var l *listing
	err := f.a.db.Read(ctx, func(tx *db.Tx) (err error) {
		l, err = f.read(tx)
		return err
	})
	if errors.Is(err, index.ErrBroken) {
		return f.rebuild(ctx)
	}
	if err == nil {
		f.take(l)
	}
	return err
}

// listing is what the tables say of the segments.
type listing struct {
	generation int64
	position   hearth.Seq
	last       int64
	segments   []*segment
}

// take makes a listing the one in memory.
func (f *finder) take(l *listing) {
	f.listed, f.segments, f.position, f.applied = l.generation, l.segments, l.position, l.position
	f.last = max(f.last, l.last)
}

func (f *finder) read(tx *db.Tx) (*listing, error) {
	l := &listing{}
	var version int64
	if err := tx.QueryRow("SELECT version, position, generation FROM index_state WHERE id = 1").Scan(&version, &l.position, &l.generation); err != nil {
		return nil, err
	}
	if err := tx.QueryRow("SELECT coalesce(max(block) >> 32, 0) FROM index_block").Scan(&l.last); err != nil {
		return nil, err
	}
	switch {
	case version > indexVersion() && f.a.db.Shared():
		return nil, hearth.Errorf(hearth.Unavailable, "A newer Hearth on the same database keeps the search index. Start that version here too.")
	case version != indexVersion():
		return nil, index.ErrBroken
	}
	rows, err := tx.Query("SELECT segment, level, head FROM index_segment ORDER BY segment")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s segment
		var head []byte
		if err := rows.Scan(&s.number, &s.level, &head); err != nil {
			return nil, err
		}
		if s.Segment, err = index.OpenSegment(head); err != nil {
			return nil, err
		}
		s.head = headOf(head)
		l.segments = append(l.segments, &s)
		l.last = max(l.last, s.number)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	gone, err := tx.Query("SELECT place, seq FROM index_gone")
	docs, err := scanDocs(gone, err)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		for _, s := range l.segments {
			if found, err := s.Remove(f.reader(tx, s), d); err != nil {
				return nil, err
			} else if found {
				break
			}
		}
	}
	return l, nil
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
		var listed int64
		const empty = "UPDATE index_state SET version = ?, position = 0, generation = generation + 1 WHERE id = 1 RETURNING generation"
		if err := tx.QueryRow(empty, indexVersion()).Scan(&listed); err != nil {
			return err
		}
		tx.AfterCommit(func() { f.emptied(listed) })
		return nil
	})
}

// emptied begins the index in memory anew, as the tables have it from a generation on.
// Where the tables were read again meanwhile, the memory has that already, and what was
// written since: it stays.
func (f *finder) emptied(listed int64) {
	f.mu.Lock()
	f.suspected = false
	if f.listed < listed {
		f.generation++
		f.listed = listed
		f.merged = append(f.merged, f.segments...)
		f.segments, f.applied, f.position = nil, 0, 0
		f.tails = []*tail{newTail()}
	}
	f.mu.Unlock()
	signal(f.poke)
	signal(f.work)
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
	if f.claim == nil {
		return nil // another process writes it, or nothing was to be written
	}
	defer f.claim.Release()
	if f.err != nil {
		return nil
	}
	if f.tails[len(f.tails)-1].Docs() >= smallTail {
		f.tails = append(f.tails, &tail{Tail: index.NewTail()})
	}
	for len(f.tails) > 1 {
		if err := f.writeTail(ctx, f.tails[0], f.generation); err != nil {
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
		if keeps, err := f.keeps(ctx); err != nil || !keeps {
			return err
		}
		if f.hasLeftovers() {
			f.swept = false
		}
		asked, err := f.askedPurge(ctx)
		if err != nil {
			return err
		}
		if err := f.dropMerged(ctx); err != nil {
			return err
		}
		if t, generation := f.fullTail(); t != nil {
			if err := f.writeTail(ctx, t, generation); err != nil {
				return fmt.Errorf("writing the index: %w", err)
			}
			continue
		}
		if inputs, generation := f.mergeable(); inputs != nil {
			if err := f.merge(ctx, inputs, generation); err != nil {
				return fmt.Errorf("merging the index: %w", err)
			}
			continue
		}
		return f.purged(ctx, asked)
	}
}

// askedPurge begins the purge that somebody asked for and nobody did yet, and
// gives its number; 0: none. A single process needs no asking.
func (f *finder) askedPurge(ctx context.Context) (asked int64, err error) {
	if !f.a.db.Shared() {
		return 0, nil
	}
	var done int64
	err = f.a.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT purge_asked, purge_done FROM index_state WHERE id = 1").Scan(&asked, &done)
	})
	if err != nil || asked <= done {
		return 0, err
	}
	f.mu.Lock()
	f.purging = true
	f.mu.Unlock()
	return asked, nil
}

// purged notes that a purge is done, once no search uses what it replaced.
func (f *finder) purged(ctx context.Context, asked int64) error {
	f.mu.Lock()
	done := asked > 0 && !f.purging && len(f.merged) == 0
	f.mu.Unlock()
	if !done {
		return nil // view.done begins again
	}
	return f.a.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE index_state SET purge_done = ? WHERE id = 1 AND purge_done < ?", asked, asked)
		return err
	})
}

func (f *finder) isSuspected() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.suspected
}

func (f *finder) hasLeftovers() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	has := f.leftovers
	f.leftovers = false
	return has
}

// fullTail is the oldest tail that takes no documents any more, and the index that it
// is of: one that is begun anew in the next moment is another.
func (f *finder) fullTail() (*tail, int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.tails) < 2 {
		return nil, f.generation
	}
	return f.tails[0], f.generation
}

// mergeable is segments that should be one: fanout of a level, or one of which
// a quarter is gone.
func (f *finder) mergeable() ([]*segment, int) {
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
			return same[:fanout], f.generation
		}
	}
	for _, s := range f.segments {
		if s.Removed() > 0 && (f.purging || s.Removed() >= s.Docs()/4) {
			return []*segment{s}, f.generation
		}
	}
	f.purging = false
	return nil, f.generation
}

// purge has every segment that holds removed documents written anew without
// them, and returns when that is done.
func (f *finder) purge(ctx context.Context) error {
	if f.a.db.Shared() {
		return f.askToPurge(ctx)
	}
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

// askToPurge has the process that keeps the index purge it, and waits. If that
// one ends, the next one does it.
func (f *finder) askToPurge(ctx context.Context) error {
	var number int64
	err := f.a.db.Write(ctx, func(tx *db.Tx) error {
		return tx.QueryRow("UPDATE index_state SET purge_asked = purge_asked + 1 WHERE id = 1 RETURNING purge_asked").Scan(&number)
	})
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for err == nil {
		signal(f.work)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.a.stopped:
			return errClosed
		case <-tick.C:
		}
		var done int64
		err = f.a.db.Read(ctx, func(tx *db.Tx) error {
			return tx.QueryRow("SELECT purge_done FROM index_state WHERE id = 1").Scan(&done)
		})
		if err == nil && done >= number {
			return nil
		}
	}
	return err
}

// levelOf is the level of a segment by its size.
func levelOf(docs int) int {
	level := 0
	for limit := tailDocs * fanout / 2; docs >= limit && level < maxLevel; limit *= fanout {
		level++
	}
	return level
}
