package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hearth"
	"hearth/db"
)

// Several processes may have an archive open on one PostgreSQL database. What
// each keeps in memory is compared with the tables in the transaction that uses
// it:
//
//   - An append reads the head of the log, and whether authors have a state,
//     under the lock of writes.
//   - Each process follows the log into an index of its own in memory. One of
//     them, the keeper, writes segments and merges them; each change of their
//     list raises index_state.generation. Whoever reads blocks compares that
//     number with the list in memory, in the same snapshot, and loads the list
//     anew if it differs. So a process may lose its claim to be the keeper at any
//     moment: what it writes after that does not count.
//   - A consumer's position is moved by compare-and-set; who comes second reads
//     the position again.

// watchEvery is how often a process looks what others have appended, settleEvery
// how often it sees to authors that a process which has ended left pending, and
// who keeps the index.
const (
	watchEvery  = 100 * time.Millisecond
	settleEvery = 5 * time.Second
)

// outlook is what the tables say that other processes may have changed.
type outlook struct {
	head       hearth.Seq
	authors    bool // some have a state
	generation int64
}

// look reads the outlook of a snapshot.
func look(tx *db.Tx) (o outlook, err error) {
	const ask = "SELECT h.seq, EXISTS (SELECT 1 FROM author_state), i.generation FROM log_head h JOIN index_state i ON i.id = h.id WHERE h.id = 1" // cross-workspace: the outlook
	if err := tx.QueryRow(ask).Scan(&o.head, &o.authors, &o.generation); err != nil {
		return o, fmt.Errorf("looking at the log: %w", err)
	}
	return o, nil
}

// learn takes an outlook in.
func (a *Archive) learn(o outlook) {
	if o.authors {
		a.authors.CompareAndSwap(0, 1)
	}
	a.moveHead(o.head)
}

// moveHead tells everybody that the log goes up to a row, unless it is known to
// go further.
func (a *Archive) moveHead(to hearth.Seq) {
	for {
		head := a.head.Load()
		if int64(to) <= head {
			return
		}
		if a.head.CompareAndSwap(head, int64(to)) {
			a.wake.all()
			signal(a.finder.poke)
			return
		}
	}
}

// refresh learns what other processes have done.
func (a *Archive) refresh(ctx context.Context) error {
	var o outlook
	err := a.db.Read(ctx, func(tx *db.Tx) (err error) {
		o, err = look(tx)
		return err
	})
	if err != nil {
		return err
	}
	a.learn(o)
	if a.finder.isStale(o.generation) {
		_, err = a.finder.reload(ctx)
	}
	return err
}

// watch refreshes until ctx ends. Trouble with the database is seen by those
// who use it.
func (a *Archive) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		a.refresh(ctx)
		if n%int(settleEvery/watchEvery) == 0 {
			signal(a.unsettled)
			signal(a.finder.work)
		}
	}
}

// errStale says that another process has changed the list of segments.
var errStale = errors.New("another process has changed the index")

// errBehind says that another process has appended rows that the index in
// memory does not have yet.
var errBehind = errors.New("another process has appended")

func (f *finder) isStale(generation int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listed != generation
}

// fresh refuses a snapshot that does not belong to the list in memory.
func (f *finder) fresh(tx *db.Tx) error {
	if !f.a.db.Shared() {
		return nil
	}
	o, err := look(tx)
	if err == nil && f.isStale(o.generation) {
		err = errStale
	}
	return err
}

// reload reads the list of segments anew, if it has changed, and has the rows
// behind them followed again.
func (f *finder) reload(ctx context.Context) (changed bool, err error) {
	f.shape.Lock()
	defer f.shape.Unlock()
	var l *listing
	err = f.a.db.Read(ctx, func(tx *db.Tx) error {
		o, err := look(tx)
		if err != nil || !f.isStale(o.generation) {
			return err
		}
		l, err = f.read(tx)
		return err
	})
	if err != nil || l == nil {
		return false, err
	}
	f.mu.Lock()
	f.generation++
	f.take(l)
	f.tails = []*tail{newTail()}
	f.leftovers = true
	f.mu.Unlock()
	f.moved.all()
	signal(f.poke)
	signal(f.work)
	return true, nil
}

// keeps says whether this process is the one that writes the index, and becomes
// it if there is none.
func (f *finder) keeps(ctx context.Context) (bool, error) {
	if f.claim != nil {
		if f.claim.Held(ctx) {
			return true, nil
		}
		f.claim.Release()
		f.claim = nil
	}
	claim, err := f.a.db.Claim(ctx, "archive index")
	if err != nil || claim == nil {
		return false, err
	}
	if f.a.db.Shared() { // whoever wrote it before shall notice
		err = f.a.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE index_state SET generation = generation + 1 WHERE id = 1")
			return err
		})
		if err == nil {
			_, err = f.reload(ctx)
		}
	}
	if err != nil {
		return false, errors.Join(err, claim.Release())
	}
	f.claim = claim
	return true, nil
}
