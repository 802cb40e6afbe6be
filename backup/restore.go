package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/fault"
	"hearth/pairing"
)

// restoringSuffix is behind the name of a directory that is being restored to.
const restoringSuffix = ".restoring"

// Verify reads every part of a backup and compares it with the manifest. Parts
// that are encrypted are decrypted and read as well if identities are given;
// that needs room for them in the directory of temporary files.
func Verify(ctx context.Context, dir string, with []age.Identity, progress func(Progress)) (Manifest, error) {
	m, err := Read(dir)
	if err != nil {
		return m, err
	}
	meter := newMeter(ctx, progress)
	for i := range m.Parts {
		if err := m.Parts[i].check(dir, meter); err != nil {
			return m, err
		}
	}
	if m.Sealed() && len(with) == 0 {
		return m, nil
	}
	for i := range m.Parts {
		p, path := &m.Parts[i], filepath.Join(dir, m.Parts[i].File)
		if p.Sealed {
			plain, err := os.MkdirTemp("", "hearth-backup")
			if err != nil {
				return m, err
			}
			defer os.RemoveAll(plain)
			path = filepath.Join(plain, p.Name)
			if err := p.unpack(dir, path, with, meter); err != nil {
				return m, err
			}
		}
		if err := p.examine(ctx, path, &m, meter); err != nil {
			return m, err
		}
	}
	return m, nil
}

// check compares the bytes of a part with the manifest.
func (p *Part) check(dir string, meter *meter) error {
	path := filepath.Join(dir, p.File)
	meter.begin("reading "+p.File, p.Bytes)
	sum, size, err := hashOf(path, meter)
	if errors.Is(err, fs.ErrNotExist) {
		return hearth.Errorf(hearth.Damaged, "%s is missing in the backup %s. Use another backup.", p.File, dir)
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	if size != p.Bytes {
		return hearth.Errorf(hearth.Damaged, "%s has %d bytes, but had %d when the backup was made. Use another backup.", path, size, p.Bytes)
	}
	if sum != p.SHA256 {
		return hearth.Errorf(hearth.Damaged, "%s is not as it was when the backup was made. Use another backup.", path)
	}
	return nil
}

// unpack writes the database of a part to a new file.
func (p *Part) unpack(dir, to string, with []age.Identity, meter *meter) error {
	filter := plainly
	if p.Sealed {
		if len(with) == 0 {
			return hearth.Errorf(hearth.Denied, "This backup is encrypted; name the file with the secret key: --identity FILE.")
		}
		filter = unseal(with)
	}
	meter.begin("unpacking "+p.Name, p.Bytes)
	sum, _, err := copyFile(to, filepath.Join(dir, p.File), meter, filter)
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", p.File, err)
	}
	if sum != p.Plain {
		return hearth.Errorf(hearth.Damaged, "What %s holds is not what was backed up. Use another backup.", p.File)
	}
	return nil
}

// examine reads the database of a part and compares it with the manifest.
func (p *Part) examine(ctx context.Context, path string, m *Manifest, meter *meter) error {
	meter.begin("checking "+p.Name, fileSize(path))
	return db.Examine(ctx, path, func(tx *db.Tx) error {
		applied, err := db.Schemas(tx)
		if err != nil {
			return err
		}
		for name, n := range p.Schemas {
			if applied[name] != n {
				return hearth.Errorf(hearth.Damaged, "%s has other tables than the manifest says. Use another backup.", p.File)
			}
		}
		if p.Name != ArchiveFile {
			return nil
		}
		rows, err := archive.CheckLog(tx)
		if err == nil && rows != m.Rows {
			err = hearth.Errorf(hearth.Damaged, "%s ends at row %d, but the manifest says %d. Use another backup.", p.File, rows, m.Rows)
		}
		return err
	})
}

// Restore puts a backup into a data directory that is not there yet, or empty.
// Every part is verified before it is copied, and the copy after. open is
// called with the directory before it gets its name, to start the databases on
// it as a server would; an error of it is the outcome. Broken off, it leaves a
// directory whose name ends in .restoring, which the next call clears away.
func Restore(ctx context.Context, dir, data string, with []age.Identity, open func(dir string) error, progress func(Progress)) (Manifest, error) {
	m, err := Read(dir)
	if err != nil {
		return m, err
	}
	data = filepath.Clean(data)
	if err := fresh(data); err != nil {
		return m, err
	}
	meter := newMeter(ctx, progress)
	for i := range m.Parts {
		if err := m.Parts[i].check(dir, meter); err != nil {
			return m, err
		}
	}
	part := data + restoringSuffix
	if err := clearAway(part); err != nil {
		return m, err
	}
	if err := os.MkdirAll(part, 0o700); err != nil {
		return m, hearth.Errorf(hearth.Invalid, "The data directory cannot be made: %v.", err)
	}
	err = m.fill(ctx, dir, part, with, meter)
	if err == nil && open != nil {
		meter.begin("opening", 0)
		err = open(part)
	}
	if err == nil {
		err = takeName(part, data)
	}
	if err != nil {
		return m, errors.Join(err, clearAway(part))
	}
	return m, nil
}

// fresh refuses a directory that has anything in it.
func fresh(data string) error {
	d, err := os.Open(data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "The data directory cannot be opened: %v.", err)
	}
	defer d.Close()
	if _, err := d.Readdirnames(1); err != io.EOF {
		return hearth.Errorf(hearth.Conflict, "%s is not empty. A backup is restored into a fresh directory only: "+
			"move the old one aside, or name another with --data.", data)
	}
	return nil
}

// clearAway removes what a restore that failed, or was broken off, has left.
func clearAway(part string) error {
	for _, name := range []string{StateFile, ArchiveFile} {
		for _, suffix := range []string{"", "-wal", "-shm", "-journal", ".lock"} {
			os.Remove(filepath.Join(part, name+suffix))
		}
	}
	for _, suffix := range []string{"", ".part"} {
		os.Remove(filepath.Join(part, pairing.File+suffix))
	}
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return hearth.Errorf(hearth.Conflict, "%s is in the way: %v. Remove it.", part, cause(err))
	}
	return nil
}

func (m *Manifest) fill(ctx context.Context, dir, part string, with []age.Identity, meter *meter) error {
	for i := range m.Parts {
		p, to := &m.Parts[i], filepath.Join(part, m.Parts[i].Name)
		if err := p.unpack(dir, to, with, meter); err != nil {
			return err
		}
		if err := p.examine(ctx, to, m, meter); err != nil {
			return err
		}
		if err := fault.Point("restore.part.written"); err != nil {
			return err
		}
	}
	return nil
}

// takeName gives the restored directory its name. Everything in it is on the
// disk.
func takeName(part, data string) error {
	if err := db.SyncFile(part); err != nil {
		return err
	}
	if err := fault.Point("restore.name.due"); err != nil {
		return err
	}
	os.Remove(data) // an empty directory; one that is not stays, and the name cannot be taken
	if err := os.Rename(part, data); err != nil {
		return hearth.Errorf(hearth.Conflict, "The restored data cannot take the name %s: %v.", data, err)
	}
	return db.SyncFile(filepath.Dir(data))
}
