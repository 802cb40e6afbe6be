package pairing

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"hearth/db"
)

// File is the name of the record beside the databases.
const File = "stores.json"

// What a record says of the databases.
const (
	phaseOpening = "opening" // not all of them have this start's number yet
	phaseOpen    = "open"
	phaseClosed  = "closed" // or about to be
)

// record is what stores.json holds.
type record struct {
	Installation string           `json:"installation"`
	Phase        string           `json:"phase"`
	Written      time.Time        `json:"written"`
	Stores       map[string]*file `json:"stores"`
	Sum          uint32           `json:"sum"` // CRC-32 of this document with sum 0
}

// file is what is known of one database.
type file struct {
	Start  uint32 `json:"start"` // the number in its head
	Family uint32 `json:"wal"`   // of its WAL; 0: it holds nothing
	Reset  uint32 `json:"reset"` // of its WAL, when this was written
}

// mostRecord bounds what is read of a record.
const mostRecord = 64 << 10

// readRecord gives nil where there is none.
func readRecord(dir string) (*record, error) {
	path := filepath.Join(dir, File)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var text []byte
	if err == nil && info.Size() <= mostRecord {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	r := new(record)
	if err := json.Unmarshal(text, r); err != nil || r.sum() != r.Sum {
		return nil, &Mismatch{fmt.Sprintf("%s is not as Hearth wrote it.", path),
			"Nothing in the databases need be wrong: hearth doctor --accept --deep looks at them and writes it anew."}
	}
	return r, nil
}

func (r *record) sum() uint32 {
	c := *r
	c.Sum = 0
	text, err := json.Marshal(c)
	if err != nil {
		return 0
	}
	return crc32.ChecksumIEEE(text)
}

// begin notes that all stores carry this start's number, and nothing else: their
// WALs were just emptied.
func (r *record) begin(installation string, start uint32, replay bool) {
	r.Installation = installation
	for _, store := range [...]string{State, Archive, Replay} {
		if store != Replay || replay {
			r.Stores[store] = &file{Start: start}
		}
	}
}

// look reads what the WALs say of themselves and tells whether that is news.
func (r *record) look(dir string) (changed bool, err error) {
	for store, f := range r.Stores {
		w, err := db.ReadWAL(filepath.Join(dir, store+".db"))
		if err != nil {
			return false, err
		}
		if !w.Empty() && (f.Family != w.Family || f.Reset != w.Reset) {
			f.Family, f.Reset, changed = w.Family, w.Reset, true
		}
	}
	return changed, nil
}

// write puts the record on the disk. Where there is no room for it, it is
// removed rather than left wrong: then it proves nothing, and nothing false.
func (r *record) write(dir, phase string, now time.Time) error {
	r.Phase, r.Written = phase, now.UTC().Truncate(time.Second)
	r.Sum = r.sum()
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, File)
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.Write(append(text, '\n'))
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		os.Remove(part)
		if gone := os.Remove(path); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			return fmt.Errorf("writing %s: %w", path, err)
		}
	}
	return db.SyncFile(dir)
}
