package jobs

import (
	"context"
	"database/sql"
	"errors"

	"hearth"
	"hearth/db"
)

// ErrHeld says that another living process holds a lease.
var ErrHeld = &hearth.Error{Code: hearth.Conflict, Message: "Another process of this Hearth does this already; it is taken over when that process ends."}

// ErrFenced says that a lease or a job was taken over by somebody else: what
// the transaction did is undone, and whoever gets this must stop.
var ErrFenced = &hearth.Error{Code: hearth.Conflict, Message: "Another process has taken this over meanwhile; nothing of it was saved here."}

// Leases are the leases of one database. They are safe for concurrent use.
type Leases struct {
	process *Process
	db      *db.DB
}

// Leases gives the leases in a database that was opened with LeaseSchema.
func (p *Process) Leases(d *db.DB) *Leases { return &Leases{process: p, db: d} }

// Process is the process that takes them.
func (l *Leases) Process() *Process { return l.process }

// Lease is the right to do something alone. It does not run out: it ends when
// it is given back, or when its process was declared dead.
type Lease struct {
	of      *Leases
	name    string
	epoch   int64
	process string
	life    context.Context
}

// Take takes the lease of a name, or fails with ErrHeld. Taken again by the
// process that holds it, it is a new lease, and the old one is fenced.
func (l *Leases) Take(ctx context.Context, name string) (*Lease, error) {
	self, life := l.process.self()
	if self == "" {
		return nil, ErrHeld // until this process has joined again
	}
	epoch, holder, err := l.read(ctx, name)
	if err != nil {
		return nil, err
	}
	if holder != self {
		living, err := l.process.living(ctx)
		if err != nil {
			return nil, err
		}
		if living[holder] {
			return nil, ErrHeld
		}
	}
	got := &Lease{of: l, name: name, epoch: epoch + 1, process: self, life: life}
	return got, l.db.Write(ctx, func(tx *db.Tx) error {
		done, err := tx.Exec(`
			INSERT INTO lease (name, epoch, process_id, taken) VALUES (?, ?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, process_id = excluded.process_id, taken = excluded.taken
			WHERE lease.epoch = ?`, name, got.epoch, self, db.Micros(l.process.o.Clock()), epoch)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrHeld) // somebody was quicker
		}
		return nil
	})
}

func (l *Leases) read(ctx context.Context, name string) (epoch int64, holder string, err error) {
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow("SELECT epoch, process_id FROM lease WHERE name = ?", name).Scan(&epoch, &holder)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return epoch, holder, err
}

// Elsewhere is the names of the leases that other living processes hold.
func (l *Leases) Elsewhere(ctx context.Context) (map[string]bool, error) {
	if l.process.o.Alone {
		return nil, nil
	}
	self, _ := l.process.self()
	holders := map[string]string{}
	err := l.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT name, process_id FROM lease WHERE process_id <> '' AND process_id <> ?", self)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var name, holder string
			err := rows.Scan(&name, &holder)
			holders[name] = holder
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	living, err := l.process.living(ctx)
	held := make(map[string]bool, len(holders))
	for name, holder := range holders {
		if living[holder] {
			held[name] = true
		}
	}
	return held, err
}

// Keep does something as long as no other process does it: it waits for the
// lease, calls do, and waits again if the lease was lost. The context that do
// gets ends with the lease. It returns when ctx ends, with ctx's error, or with
// do's answer.
func (l *Leases) Keep(ctx context.Context, name string, do func(ctx context.Context, lease *Lease) error) error {
	for {
		looked := l.process.Looked()
		lease, err := l.Take(ctx, name)
		if err == nil {
			err = lease.do(ctx, do)
			if !lease.Lost() && !errors.Is(err, ErrFenced) {
				return err
			}
			continue
		}
		if !errors.Is(err, ErrHeld) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-looked:
		}
	}
}

// do calls do under the lease and gives it back.
func (l *Lease) do(ctx context.Context, do func(context.Context, *Lease) error) error {
	within, cancel := l.Within(ctx)
	defer cancel()
	err := do(within, l)
	if giving := l.Release(context.WithoutCancel(ctx)); err == nil {
		err = giving
	}
	return err
}

// Epoch is the number of times the lease was taken: of two that hold it, the
// one with the lower epoch is a zombie.
func (l *Lease) Epoch() int64 { return l.epoch }

// Within is ctx, ended when the lease is lost. Call cancel when it is not
// needed any more.
func (l *Lease) Within(ctx context.Context) (within context.Context, cancel context.CancelFunc) {
	within, end := context.WithCancelCause(ctx)
	stop := context.AfterFunc(l.life, func() { end(ErrFenced) })
	return within, func() { stop(); end(nil) }
}

// Lost says that this process was declared dead, or left, since it took the
// lease.
func (l *Lease) Lost() bool { return l.life.Err() != nil }

// Hold is nil if the lease still holds when tx commits, else ErrFenced, with
// which the transaction must end. tx belongs to the database of the lease.
func (l *Lease) Hold(tx *db.Tx) error {
	return holds(tx, "SELECT count(*) FROM lease WHERE name = ? AND epoch = ?", l.name, l.epoch)
}

// holds checks that a row is as it was. Nobody else writes until tx ends, so it
// stays so.
func holds(tx *db.Tx, look string, args ...any) error {
	var n int64
	err := tx.QueryRow(look, args...).Scan(&n)
	if err == nil && n == 0 {
		return ErrFenced
	}
	return err
}

// Release gives the lease back, so that others need not wait for it. Of a
// lease that was lost it does nothing.
func (l *Lease) Release(ctx context.Context) error {
	return l.of.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE lease SET process_id = '' WHERE name = ? AND epoch = ?", l.name, l.epoch)
		return err
	})
}

// fatal says that the process must stop: nobody knows what is on the disk.
func fatal(err error) bool { return errors.Is(err, db.ErrUnknownOutcome) }
