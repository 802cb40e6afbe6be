package server

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"hearth"
)

// The files of a data directory.
const (
	stateStore   = "hearth"
	archiveStore = "archive"

	stateFile   = stateStore + ".db"
	archiveFile = archiveStore + ".db"
	replayFile  = "replay.db"
	uploadsDir  = "uploads"
	noteFile    = "server.json" // how to reach the server that runs here
)

// makeHome makes sure that the data directory is there and nobody else's.
func makeHome(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return hearth.Errorf(hearth.Invalid, "The data directory %s cannot be made: %v.", dir, cause(err))
	}
	info, err := os.Stat(dir)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "The data directory %s cannot be opened: %v.", dir, cause(err))
	}
	if !info.IsDir() {
		return hearth.Errorf(hearth.Invalid, "%s is a file; the data directory must be a directory.", dir)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return hearth.Errorf(hearth.Invalid, "Others may look into the data directory %s; make it private: chmod 700 %s", dir, dir)
		}
	}
	return nil
}

// cause is what the system says, without the path again.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// note tells commands how to reach the server that runs on a data directory.
type note struct {
	Address string    `json:"address"`
	Key     string    `json:"key"`
	Process int       `json:"process"`
	Started time.Time `json:"started"`
}

// write puts the note into the directory, readable for its owner only.
func (n *note) write(dir string) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	part := filepath.Join(dir, noteFile+".part")
	os.Remove(part)
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing down the server's address: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing down the server's address: %w", err)
	}
	return os.Rename(part, filepath.Join(dir, noteFile))
}

// readNote is nil where no server left one.
func readNote(dir string) (*note, error) {
	f, err := os.Open(filepath.Join(dir, noteFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, hearth.Errorf(hearth.Denied, "The server's address in %s cannot be read: %v. Run the command as the user that runs the server.", dir, cause(err))
	}
	defer f.Close()
	n := new(note)
	if err := json.NewDecoder(io.LimitReader(f, 64<<10)).Decode(n); err != nil {
		return nil, nil // half a note is none
	}
	return n, nil
}

func removeNote(dir string) { os.Remove(filepath.Join(dir, noteFile)) }

// newKey makes the secret that commands show to the server.
func newKey(random io.Reader) (string, error) {
	var secret [32]byte
	if random == nil {
		random = rand.Reader
	}
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return "", fmt.Errorf("making a key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(secret[:]), nil
}
