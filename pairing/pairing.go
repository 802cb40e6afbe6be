package pairing

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
	"sync"

	"hearth"
	"hearth/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the table of every store.
func Schema() db.Schema { return db.SchemaIn(schemaFiles, "pairing", "schema") }

// The stores, by the names of their files without ".db".
const (
	State   = "hearth"
	Archive = "archive"
	Replay  = "replay" // need not be there
)

// Options of New. Clock is required.
type Options struct {
	Dir    string // of the SQLite files; "" for PostgreSQL
	Clock  hearth.Clock
	Random io.Reader // of new names; nil: the system's

	// Accept takes what is there for the installation from now on, whatever
	// does not fit.
	Accept bool
}

// Pairing watches over the stores of one process. Its calls come one after the
// other: Look, Join, any number of Marks, Close.
type Pairing struct {
	o     Options
	files map[string]db.Files // as they were before anything was opened

	mu     sync.Mutex // of what follows
	record *record    // nil: there are no files
	joined bool
	marked hearth.Seq
	state  *db.DB
}

// New makes ready.
func New(o Options) *Pairing { return &Pairing{o: o, files: map[string]db.Files{}} }

// Mismatch says that stores do not belong together.
type Mismatch struct {
	Saw  string // what was found
	Plan string // what to do about it
}

func (m *Mismatch) Error() string { return m.Saw + " " + m.Plan }

// Unwrap gives it its code.
func (m *Mismatch) Unwrap() error { return &hearth.Error{Code: hearth.Damaged, Message: m.Error()} }

// Stores are the open databases; Replay may be nil.
type Stores struct{ State, Archive, Replay *db.DB }

func (s *Stores) each(f func(name string, d *db.DB) error) error {
	for _, store := range [...]struct {
		name string
		db   *db.DB
	}{{State, s.State}, {Archive, s.Archive}, {Replay, s.Replay}} {
		if store.db == nil {
			continue
		}
		if err := f(store.name, store.db); err != nil {
			return err
		}
	}
	return nil
}

// row is the table's row; start 0: there is none.
type row struct {
	name  string
	start int64
	head  int64
}

func readRow(ctx context.Context, d *db.DB) (r row, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow("SELECT name, start, head FROM installation WHERE id = 1").Scan(&r.name, &r.start, &r.head)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return r, err
}

// readRows reads the rows of all stores as they were at one moment, although
// other processes may be counting their starts.
func readRows(ctx context.Context, stores Stores) (map[string]row, error) {
	rows := map[string]row{}
	read := func(name string, d *db.DB) (err error) {
		if rows[name], err = readRow(ctx, d); err != nil {
			err = fmt.Errorf("pairing %s: %w", name, err)
		}
		return err
	}
	if err := stores.each(read); err != nil {
		return nil, err
	}
	for {
		before := rows[Archive]
		if err := read(State, stores.State); err != nil {
			return nil, err
		}
		if err := read(Archive, stores.Archive); err != nil || rows[Archive] == before {
			return rows, err
		}
	}
}

// Join compares the stores and counts this start in all of them. length is asked
// how many rows the archive's log has. To be called before anything is written.
func (p *Pairing) Join(ctx context.Context, stores Stores, length func() (hearth.Seq, error)) error {
	if !p.o.Accept {
		if err := stores.each(func(store string, d *db.DB) error { return p.lookWhetherWhole(ctx, store, d) }); err != nil {
			return err
		}
	}
	head, err := length()
	if err != nil {
		return err
	}
	rows, err := readRows(ctx, stores)
	if err != nil {
		return err
	}
	if !p.o.Accept {
		if err := p.compare(rows, head); err != nil {
			return err
		}
	}
	name, start, err := p.next(rows)
	if err != nil {
		return err
	}
	err = stores.each(func(store string, d *db.DB) (err error) {
		if name, err = p.count(ctx, d, store, name, start, head); err != nil {
			return fmt.Errorf("counting the start in %s: %w", store, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.joined, p.state, p.marked = true, stores.State, head
	if p.record == nil {
		return nil
	}
	p.record.begin(name, uint32(start), stores.Replay != nil)
	return p.record.write(p.o.Dir, phaseOpen, p.o.Clock())
}

// next is the name and the number of this start.
func (p *Pairing) next(rows map[string]row) (name string, start int64, err error) {
	state, archive := rows[State], rows[Archive]
	name, start = state.name, state.start+1
	if state.start == archive.start+1 && !p.o.Accept {
		start = state.start // the last one was cut off before it was counted in both
	}
	if p.o.Accept {
		for _, r := range rows {
			start = max(start, r.start+1)
		}
		for _, f := range p.files {
			start = max(start, int64(f.Stamp)+1)
		}
	}
	if name == "" {
		name = archive.name // nothing but Accept lets this be another than ""
	}
	if name != "" {
		return name, start, nil
	}
	var random [16]byte
	if p.o.Random == nil {
		p.o.Random = rand.Reader
	}
	if _, err := io.ReadFull(p.o.Random, random[:]); err != nil {
		return "", 0, fmt.Errorf("naming the installation: %w", err)
	}
	return hex.EncodeToString(random[:]), start, nil
}

// count writes name and number into a store and gives the name that it has then:
// of several processes that begin a PostgreSQL installation one is first. Numbers
// never fall.
func (p *Pairing) count(ctx context.Context, d *db.DB, store, name string, start int64, head hearth.Seq) (string, error) {
	if store != State {
		head = 0
	}
	anew := 0
	if p.o.Accept {
		anew = 1
	}
	err := d.Write(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(`
			INSERT INTO installation (id, name, store, start, head, marked) VALUES (1, ?1, ?2, ?3, ?4, ?5)
			ON CONFLICT (id) DO UPDATE SET store = excluded.store, marked = excluded.marked,
				name = CASE WHEN ?6 = 1 THEN excluded.name ELSE installation.name END,
				head = CASE WHEN ?6 = 1 OR installation.head < excluded.head THEN excluded.head ELSE installation.head END,
				start = CASE WHEN installation.start < excluded.start THEN excluded.start ELSE installation.start END
			RETURNING name`,
			name, store, start, int64(head), p.o.Clock().UnixMicro(), anew).Scan(&name)
		if err != nil {
			return err
		}
		return tx.Stamp(markOf(name, store), uint32(start))
	})
	if err != nil {
		return "", err
	}
	return name, d.Checkpoint(ctx) // so that the number is in the file, too
}

// Mark notes that the log has head rows on the disk, and which WALs there are.
func (p *Pairing) Mark(ctx context.Context, head hearth.Seq) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.joined {
		return nil
	}
	if err := p.markHead(ctx, head); err != nil || p.record == nil {
		return err
	}
	if changed, err := p.record.look(p.o.Dir); err != nil || !changed {
		return err
	}
	return p.record.write(p.o.Dir, phaseOpen, p.o.Clock())
}

func (p *Pairing) markHead(ctx context.Context, head hearth.Seq) error {
	if head <= p.marked {
		return nil
	}
	err := p.state.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE installation SET head = ?1, marked = ?2 WHERE id = 1 AND head < ?1", int64(head), p.o.Clock().UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("marking how far the log goes: %w", err)
	}
	p.marked = head
	return nil
}

// Forget is told when the replay window was removed.
func (p *Pairing) Forget() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.record == nil {
		return nil
	}
	delete(p.record.Stores, Replay)
	return p.note(phaseOpen)
}

// Close notes that the databases are about to be closed, which removes their
// WALs. Nothing may be written to them any more.
func (p *Pairing) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.note(phaseClosed)
}

// note writes the record. The caller holds the lock.
func (p *Pairing) note(phase string) error {
	if p.record == nil {
		return nil
	}
	if _, err := p.record.look(p.o.Dir); err != nil {
		return err
	}
	return p.record.write(p.o.Dir, phase, p.o.Clock())
}

// markOf names installation and store in the head of a file: 24 bits of the
// one's name and 8 of the other's.
func markOf(installation, store string) uint32 {
	m := crc32.ChecksumIEEE([]byte(installation)) &^ 0xff
	if m == 0 {
		m = 1 << 8
	}
	return m | uint32(crc32.ChecksumIEEE([]byte(store))&0xff)
}

func sameInstallation(a, b uint32) bool { return a>>8 == b>>8 }

// storeOf is which store a file was marked as, "" if none.
func storeOf(mark uint32) string {
	for _, store := range [...]string{State, Archive, Replay} {
		if uint32(crc32.ChecksumIEEE([]byte(store))&0xff) == mark&0xff {
			return store
		}
	}
	return ""
}

func (p *Pairing) path(store string) string { return filepath.Join(p.o.Dir, store+".db") }
