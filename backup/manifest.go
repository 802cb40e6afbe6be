package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"hearth"
	"hearth/db"
)

// The files of a backup.
const (
	StateFile    = "hearth.db"
	ArchiveFile  = "archive.db"
	manifestFile = "manifest.json"
	sealedSuffix = ".age"
	partSuffix   = ".part"
)

// layout is the version of what a backup looks like.
const layout = 1

// Manifest says what a backup is. It is written last.
type Manifest struct {
	Layout  int        `json:"layout"`
	Version string     `json:"version"` // of the Hearth that made it
	Begun   time.Time  `json:"begun"`   // the state is of a moment after this,
	Made    time.Time  `json:"made"`    // the archive of one before this
	Rows    hearth.Seq `json:"rows"`    // of the archive's log
	Parts   []Part     `json:"parts"`
	Sum     string     `json:"sum"` // SHA-256 of this document with an empty sum
}

// Part is one database of a backup.
type Part struct {
	Name    string         `json:"name"` // of the database: hearth.db, archive.db
	File    string         `json:"file"` // of the part
	Bytes   int64          `json:"bytes"`
	SHA256  string         `json:"sha256"`
	Plain   string         `json:"plain_sha256"` // of the database, the same unless the part is encrypted
	Sealed  bool           `json:"sealed,omitempty"`
	Schemas map[string]int `json:"schemas"` // files of each schema that were applied
}

// Sealed says that the parts are encrypted.
func (m *Manifest) Sealed() bool {
	for i := range m.Parts {
		if m.Parts[i].Sealed {
			return true
		}
	}
	return false
}

// Bytes is the size of all parts.
func (m *Manifest) Bytes() (n int64) {
	for i := range m.Parts {
		n += m.Parts[i].Bytes
	}
	return n
}

// encode writes the document with its sum.
func (m Manifest) encode() ([]byte, error) {
	m.Sum = ""
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	m.Sum = hex.EncodeToString(sum[:])
	text, err = json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// write leaves the whole manifest in a directory, or none.
func (m *Manifest) write(dir string) error {
	text, err := m.encode()
	if err != nil {
		return err
	}
	path := filepath.Join(dir, manifestFile)
	part := path + partSuffix
	if err := os.WriteFile(part, text, 0o600); err != nil {
		return err
	}
	if err := db.SyncFile(part); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// largestManifest bounds what is read of a manifest.
const largestManifest = 1 << 20

// Read gives the manifest of a backup and looks at nothing else.
func Read(dir string) (Manifest, error) {
	var m Manifest
	f, err := os.Open(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, hearth.Errorf(hearth.NotFound, "%s is no backup: it has no %s. One whose name ends in %s was broken off and is of no use.", dir, manifestFile, partSuffix)
	}
	if err != nil {
		return m, hearth.Errorf(hearth.Invalid, "The backup %s cannot be read: %v.", dir, cause(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, largestManifest))
	if err != nil {
		return m, hearth.Errorf(hearth.Invalid, "The backup %s cannot be read: %v.", dir, cause(err))
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		var newer struct{ Layout int }
		if json.Unmarshal(text, &newer) == nil && newer.Layout > layout {
			return m, hearth.Errorf(hearth.Conflict, "The backup %s was made by a newer Hearth; restore it with that one.", dir)
		}
		return m, m.damaged(dir)
	}
	if m.Layout > layout {
		return m, hearth.Errorf(hearth.Conflict, "The backup %s was made by a newer Hearth (%s); restore it with that one.", dir, m.Version)
	}
	again, err := m.encode()
	if err != nil || !bytes.Equal(again, text) || len(m.Parts) == 0 {
		return m, m.damaged(dir)
	}
	for i := range m.Parts {
		if p := &m.Parts[i]; p.Name != StateFile && p.Name != ArchiveFile || p.File != p.Name && p.File != p.Name+sealedSuffix {
			return m, m.damaged(dir)
		}
	}
	return m, nil
}

func (m *Manifest) damaged(dir string) error {
	return hearth.Errorf(hearth.Damaged, "The %s of the backup %s is not as it was written. Use another backup.", manifestFile, dir)
}

// cause is what the system says, without the path again.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
