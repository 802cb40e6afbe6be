package jobs

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hearth"
	"hearth/db"
)

// ProcessOptions say who joins. State, Clock and Log are required.
type ProcessOptions struct {
	State *db.DB // hearth.db, with StateSchema
	Clock hearth.Clock
	Log   *slog.Logger
	Name  string // for people: the host and the number of the process

	// Alone says that no other process can have the databases open, as it is on
	// SQLite: nobody has to be told that this one lives.
	Alone bool

	// Beat is how often a process says that it lives; 0 means 600 ms. One that
	// was silent for five beats is taken for dead.
	Beat time.Duration
}

const (
	defaultBeat  = 600 * time.Millisecond // so that who is killed is replaced within five seconds
	silentBeats  = 5
	maxNameBytes = 200
)

// Process is this process among those that work on the same databases. It is
// safe for concurrent use.
//
// Whether another one lives is judged by its beat, a number that rises: only if
// it stayed the same over five looks, each a beat after the other by this
// process's own timer, is that process declared dead, and its row removed. So
// no clock is compared with another, and a clock that jumps kills nobody. That
// judgement may be wrong (a machine that slept); then the epoch of each lease
// and the fence of each job refuse what the zombie writes.
type Process struct {
	o ProcessOptions

	mu     sync.Mutex
	id     string // "": declared dead, and not joined again yet
	life   context.Context
	end    context.CancelFunc
	others map[string]observation
	looked chan struct{}
}

// observation is another process as this one saw it.
type observation struct {
	beat   int64
	silent int // looks at which it was the same
}

// Join makes this process one of those that may hold leases and run jobs. Run
// keeps it one; Leave ends it.
func Join(ctx context.Context, o ProcessOptions) (*Process, error) {
	if o.Beat <= 0 {
		o.Beat = defaultBeat
	}
	if len(o.Name) > maxNameBytes {
		o.Name = o.Name[:maxNameBytes]
	}
	p := &Process{o: o, others: map[string]observation{}, looked: make(chan struct{})}
	if err := p.join(ctx); err != nil {
		return nil, fmt.Errorf("joining the processes: %w", err)
	}
	return p, nil
}

func (p *Process) join(ctx context.Context) error {
	id := rand.Text()
	err := p.o.State.Write(ctx, func(tx *db.Tx) error {
		if p.o.Alone {
			if _, err := tx.Exec("DELETE FROM process"); err != nil {
				return err
			}
		}
		_, err := tx.Exec("INSERT INTO process (id, name, beat, begun) VALUES (?, ?, 0, ?)", id, p.o.Name, db.Micros(p.o.Clock()))
		return err
	})
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.id = id
	p.life, p.end = context.WithCancel(context.WithoutCancel(ctx))
	return nil
}

// Run says that this process lives and looks whether others do, until ctx
// ends. It returns nil, or db.ErrUnknownOutcome.
func (p *Process) Run(ctx context.Context) error {
	if p.o.Alone {
		<-ctx.Done()
		return nil
	}
	timer := time.NewTimer(p.o.Beat)
	defer timer.Stop()
	for failures := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		err := p.look(ctx)
		switch {
		case err == nil:
			failures = 0
		case fatal(err):
			return err
		case ctx.Err() != nil:
			return nil
		default:
			if failures++; failures == silentBeats {
				p.o.Log.Error("the database does not answer; what this process alone may do is left to others", "error", err)
				p.lose()
			}
		}
		timer.Reset(p.o.Beat)
	}
}

// Leave gives everything back at once. What this process still writes under a
// lease may be refused from now on.
func (p *Process) Leave(ctx context.Context) error {
	id, _ := p.self()
	p.lose()
	if id == "" {
		return nil
	}
	return p.o.State.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM process WHERE id = ?", id)
		return err
	})
}

// self is the name under which this process holds things, "" if it may hold
// none, and a context that ends when it loses them.
func (p *Process) self() (id string, life context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.id, p.life
}

// lose ends whatever this process holds.
func (p *Process) lose() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.id = ""
	p.end()
}

// Looked is closed at the next look at the other processes: a moment to try
// again to take what another one held.
func (p *Process) Looked() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.looked
}

// look is one beat.
func (p *Process) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, silentBeats*p.o.Beat)
	defer cancel()
	id, _ := p.self()
	if id == "" {
		if err := p.join(ctx); err != nil {
			return err
		}
		id, _ = p.self()
	}
	beats := map[string]int64{}
	err := p.o.State.Write(ctx, func(tx *db.Tx) error {
		clear(beats)
		if _, err := tx.Exec("UPDATE process SET beat = beat + 1 WHERE id = ?", id); err != nil {
			return err
		}
		rows, err := tx.Query("SELECT id, beat FROM process")
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var other string
			var beat int64
			err := rows.Scan(&other, &beat)
			beats[other] = beat
			return err
		})
	})
	if err != nil {
		return err
	}
	if _, ok := beats[id]; !ok {
		p.o.Log.Warn("this process was silent for so long that others took over what it did; it begins anew")
		p.lose()
		return p.join(ctx)
	}
	delete(beats, id)
	if err := p.bury(ctx, p.silent(beats)); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.looked)
	p.looked = make(chan struct{})
	return nil
}

// silent are the processes that have not beaten for too long.
func (p *Process) silent(beats map[string]int64) map[string]int64 {
	dead := map[string]int64{}
	for id := range p.others {
		if _, ok := beats[id]; !ok {
			delete(p.others, id)
		}
	}
	for id, beat := range beats {
		seen, ok := p.others[id]
		if !ok || seen.beat != beat {
			p.others[id] = observation{beat: beat}
			continue
		}
		seen.silent++
		p.others[id] = seen
		if seen.silent >= silentBeats {
			dead[id] = beat
		}
	}
	return dead
}

// bury declares processes dead that did not beat meanwhile.
func (p *Process) bury(ctx context.Context, dead map[string]int64) error {
	if len(dead) == 0 {
		return nil
	}
	return p.o.State.Write(ctx, func(tx *db.Tx) error {
		for id, beat := range dead {
			done, err := tx.Exec("DELETE FROM process WHERE id = ? AND beat = ?", id, beat)
			if err != nil {
				return err
			}
			if n, _ := done.RowsAffected(); n == 1 {
				tx.AfterCommit(func() { p.o.Log.Warn("another process fell silent; what it did is taken over", "process", id) })
			}
		}
		return nil
	})
}

// living is the other processes that may still hold something.
func (p *Process) living(ctx context.Context) (map[string]bool, error) {
	if p.o.Alone {
		return nil, nil
	}
	living := map[string]bool{}
	err := p.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT id FROM process")
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var id string
			err := rows.Scan(&id)
			living[id] = true
			return err
		})
	})
	return living, err
}
