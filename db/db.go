package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"hearth"
)

// DB is one open database. It may be used by many goroutines at once.
type DB struct {
	location string // as shown to people
	engine   engine
	writer   *conn
	readers  readers
	all      []*conn

	writes   chan *write
	accepted atomic.Int64
	closing  chan struct{} // closed by Close
	written  chan struct{} // closed when the writer's goroutine has ended

	committed func(writes int, took time.Duration)
	clock     hearth.Clock

	broken    chan struct{} // closed after a commit of unknown outcome
	closeOnce sync.Once
	closeErr  error
}

// Options of Open. The zero value is sound.
type Options struct {
	// Readers is the number of reading connections; 0 means 4.
	Readers int

	// Schemas are applied in order before anything else touches the database.
	Schemas []Schema

	// WriterCache and ReaderCache are SQLite's page caches of the writer and of
	// each reader in KiB; 0 means 32 MiB and 8 MiB. They fill only with use.
	WriterCache, ReaderCache int

	// PageSize is SQLite's page in bytes, a power of two from 512 to 65,536, of
	// a file that is made now; 0 means 4,096. Large ones suit large blobs.
	PageSize int

	// Committed, if set, is told by Clock how long each commit took, from its
	// beginning to the confirmation, and of how many writes. The writer waits
	// for it.
	Committed func(writes int, took time.Duration)
	Clock     hearth.Clock // nil: the machine's

	// Locked, if set, is called when a SQLite file is locked against other
	// processes and nothing has been opened or made yet. Its error refuses.
	Locked func() error

	// Alone refuses, with a Conflict, a database that somebody else has open,
	// and keeps others from opening it. A SQLite file is always so.
	Alone bool

	copying bool // to make a copy into it, which it is marked with
}

// Open opens a database, creating it if need be, applies the schemas and starts
// the writer. The location is the path of a SQLite file, or the URL of a
// PostgreSQL database (see At and IsURL).
//
// It refuses, with a Conflict or Unavailable error that names the repair, a
// schema from a newer Hearth, and with a Damaged error one that is another than
// was applied. Of SQLite: a second process on the same file, a network file
// system, a version before 3.53, settings that are not in force when read back,
// and with a Damaged error a file that is no database. Of PostgreSQL: a version before 15, another encoding than UTF-8, a
// server that only follows another, and, unless the URL accepts them, fsync and
// full_page_writes off and missing data checksums.
func Open(ctx context.Context, location string, o Options) (_ *DB, err error) {
	if o.Readers <= 0 {
		o.Readers = 4
	}
	d := &DB{
		location: location,
		readers:  readers{free: make(chan struct{}, o.Readers)},
		writes:   make(chan *write, maxGroup),
		closing:  make(chan struct{}),
		written:  make(chan struct{}),
		broken:   make(chan struct{}),
	}
	if d.clock, d.committed = o.Clock, o.Committed; d.clock == nil {
		d.clock = hearth.SystemClock
	}
	if err := d.choose(&o); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.release())
		}
	}()
	if d.writer, err = d.connect(ctx, writing); err != nil {
		return nil, err
	}
	if err := migrate(ctx, d.writer, o.Schemas, o.copying); err != nil {
		return nil, err
	}
	for range o.Readers {
		r, err := d.connect(ctx, reading)
		if err != nil {
			return nil, err
		}
		d.readers.put(r)
	}
	go d.writeLoop()
	return d, nil
}

// choose makes the engine that a location asks for.
func (d *DB) choose(o *Options) error {
	if IsURL(d.location) {
		e, err := newPostgres(d.location, o)
		if err != nil {
			return err
		}
		d.engine, d.location = e, e.shown
		return nil
	}
	e, err := newSQLite(d.location, o)
	if err != nil {
		return err
	}
	d.engine, d.location = e, e.path
	return nil
}

func (d *DB) connect(ctx context.Context, r role) (*conn, error) {
	c := &conn{engine: d.engine, role: r, stmts: make(map[string]*sql.Stmt)}
	d.all = append(d.all, c)
	return c, d.engine.open(ctx, c)
}

// Path is the absolute path of the file, or which PostgreSQL database it is,
// without anything secret.
func (d *DB) Path() string { return d.location }

// Shared says that other processes may read and write the database too, so that
// what one remembers of it has to be compared with what is there.
func (d *DB) Shared() bool { return d.engine.shared() }

// Broken is closed when a commit had an unknown outcome. Whoever runs the
// process must stop it then; until it does, every call fails with
// ErrUnknownOutcome.
func (d *DB) Broken() <-chan struct{} { return d.broken }

// Close waits for the writes that were accepted, leaves the database in order
// and gives it back. Reads that are still running end with an error.
func (d *DB) Close() error {
	d.closeOnce.Do(func() {
		close(d.closing)
		<-d.written
		sound := true
		select {
		case <-d.broken:
			sound = false
		default:
		}
		d.closeErr = errors.Join(d.engine.leave(d.writer, sound), d.release())
	})
	return d.closeErr
}

func (d *DB) release() error {
	var errs []error
	for _, c := range d.all {
		errs = append(errs, c.close())
	}
	return errors.Join(append(errs, d.engine.release())...)
}
