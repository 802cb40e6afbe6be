package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"filippo.io/age"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/fault"
)

// Options of Backups. State, Store and Clock are required.
type Options struct {
	State   *db.DB // hearth.db
	Store   *db.DB // archive.db
	Version string
	Clock   hearth.Clock

	// Free is the room left on the disk of a directory, -1 where nobody knows;
	// nil means that nobody asks.
	Free func(dir string) int64
}

// Backups makes backups of the installation that is open, one at a time.
type Backups struct {
	o  Options
	mu sync.Mutex // held while one is made
}

// New makes ready.
func New(o Options) *Backups { return &Backups{o: o} }

// Request says where a backup goes.
type Request struct {
	// Directory is made; it must not be there yet. It is a path on the machine
	// that Hearth runs on, from the root on.
	Directory string

	// Recipients are age's public keys (age1…) that the parts are encrypted to;
	// none: they are not encrypted.
	Recipients []string
}

// Make writes a backup and reads it again. After an error, or the end of ctx,
// there is none. progress may be nil.
func (b *Backups) Make(ctx context.Context, by access.Actor, r Request, progress func(Progress)) (Manifest, error) {
	if err := by.Check(access.WriteOperations); err != nil {
		return Manifest{}, err
	}
	return b.make(ctx, by, r, progress)
}

func (b *Backups) make(ctx context.Context, by access.Actor, r Request, progress func(Progress)) (Manifest, error) {
	to, err := recipients(r.Recipients)
	if err != nil {
		return Manifest{}, err
	}
	if !b.mu.TryLock() {
		return Manifest{}, hearth.Errorf(hearth.Conflict, "A backup is being made already; wait until it has ended.")
	}
	defer b.mu.Unlock()
	if err := b.checkTarget(r.Directory); err != nil {
		return Manifest{}, err
	}
	what := struct {
		Directory string `json:"directory"`
		Encrypted bool   `json:"encrypted"`
	}{r.Directory, len(to) > 0}
	if err := access.Note(ctx, b.o.State, b.o.Clock(), by, "backup.make", access.Of("workspace", by.Workspace), nil, what); err != nil {
		return Manifest{}, err
	}
	j := &job{b: b, to: to, part: r.Directory + partSuffix, meter: newMeter(ctx, progress)}
	m, err := j.run(ctx)
	if err == nil {
		err = j.publish(r.Directory, &m)
	}
	if err != nil {
		return Manifest{}, errors.Join(err, discard(j.part))
	}
	return m, nil
}

// checkTarget refuses a place that a backup cannot go to.
func (b *Backups) checkTarget(dir string) error {
	invalid := func(format string, args ...any) error {
		return &hearth.Error{Code: hearth.Invalid, Field: "directory", Message: fmt.Sprintf(format, args...)}
	}
	if !filepath.IsAbs(dir) || filepath.Clean(dir) != dir || filepath.Dir(dir) == dir {
		return invalid("Name the directory of the backup from the root on, such as /backup/hearth-monday.")
	}
	if _, err := os.Lstat(dir); err == nil {
		return hearth.Errorf(hearth.Conflict, "%s is there already; a backup overwrites nothing. Choose another name.", dir)
	}
	for _, d := range []*db.DB{b.o.State, b.o.Store} {
		if within := filepath.Dir(d.Path()); dir == within || strings.HasPrefix(dir, within+string(filepath.Separator)) {
			return invalid("%s is inside the data directory; what happens to that would happen to the backup. Choose another place, better on another disk.", dir)
		}
	}
	parent := filepath.Dir(dir)
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return invalid("There is no directory %s to make the backup in.", parent)
	}
	if b.o.Free == nil {
		return nil
	}
	need := size(b.o.State) + size(b.o.Store)
	if free := b.o.Free(parent); free >= 0 && free < need {
		return hearth.Errorf(hearth.Unavailable, "The backup may need %d MB, but only %d MB are free in %s.", need>>20+1, free>>20, parent)
	}
	return nil
}

func size(d *db.DB) int64 { return fileSize(d.Path()) + fileSize(d.Path()+"-wal") }

// discard removes what a backup that failed, or was broken off, has left.
func discard(part string) error {
	for _, name := range []string{StateFile, ArchiveFile} {
		for _, suffix := range []string{"", "-journal", sealedSuffix} {
			os.Remove(filepath.Join(part, name+suffix))
		}
	}
	os.Remove(filepath.Join(part, manifestFile))
	os.Remove(filepath.Join(part, manifestFile+partSuffix))
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return hearth.Errorf(hearth.Conflict, "%s is in the way: %v. Remove it.", part, cause(err))
	}
	return nil
}

// job makes one backup.
type job struct {
	b     *Backups
	to    []age.Recipient
	part  string // the directory it grows in
	meter *meter
}

func (j *job) run(ctx context.Context) (Manifest, error) {
	m := Manifest{Layout: layout, Version: j.b.o.Version, Begun: j.b.o.Clock().UTC()}
	if err := discard(j.part); err != nil {
		return m, err
	}
	if err := os.Mkdir(j.part, 0o700); err != nil {
		return m, hearth.Errorf(hearth.Invalid, "The backup cannot be made: %v.", err)
	}
	for _, of := range []struct {
		name string
		db   *db.DB
	}{{StateFile, j.b.o.State}, {ArchiveFile, j.b.o.Store}} {
		p, err := j.copy(ctx, of.name, of.db, &m)
		if err != nil {
			return m, fmt.Errorf("backing up %s: %w", of.name, err)
		}
		m.Parts = append(m.Parts, p)
		if err := fault.Point("backup.part.written"); err != nil {
			return m, err
		}
	}
	m.Made = j.b.o.Clock().UTC()
	return m, nil
}

// copy writes one part, reads it, and encrypts it.
func (j *job) copy(ctx context.Context, name string, d *db.DB, m *Manifest) (Part, error) {
	p := Part{Name: name, File: name}
	path := filepath.Join(j.part, name)
	j.meter.begin("copying "+name, size(d))
	stop := j.meter.watch(path)
	err := d.Snapshot(ctx, path)
	stop()
	if err != nil {
		return p, err
	}
	if err := j.b.examine(ctx, path, &p, m, j.meter); err != nil {
		return p, err
	}
	j.meter.begin("hashing "+name, fileSize(path))
	if p.Plain, p.Bytes, err = hashOf(path, j.meter); err != nil {
		return p, err
	}
	p.SHA256 = p.Plain
	if len(j.to) == 0 {
		return p, nil
	}
	p.File, p.Sealed = name+sealedSuffix, true
	j.meter.begin("encrypting "+name, p.Bytes)
	if p.SHA256, p.Bytes, err = copyFile(filepath.Join(j.part, p.File), path, j.meter, sealFor(j.to)); err != nil {
		return p, err
	}
	return p, os.Remove(path)
}

// examine reads a part and notes what it is.
func (b *Backups) examine(ctx context.Context, path string, p *Part, m *Manifest, meter *meter) error {
	meter.begin("checking "+p.Name, fileSize(path))
	return db.Examine(ctx, path, func(tx *db.Tx) (err error) {
		if p.Schemas, err = db.Schemas(tx); err != nil || p.Name != ArchiveFile {
			return err
		}
		m.Rows, err = archive.CheckLog(tx)
		return err
	})
}

// publish gives the backup its name.
func (j *job) publish(dir string, m *Manifest) error {
	if err := m.write(j.part); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	if err := db.SyncFile(j.part); err != nil {
		return err
	}
	if err := fault.Point("backup.name.due"); err != nil {
		return err
	}
	if err := os.Rename(j.part, dir); err != nil {
		return hearth.Errorf(hearth.Conflict, "The backup cannot be named %s: %v.", dir, err)
	}
	again, err := Read(dir)
	if err == nil && again.Rows != m.Rows {
		err = again.damaged(dir)
	}
	return errors.Join(err, db.SyncFile(filepath.Dir(dir)))
}
