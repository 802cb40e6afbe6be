package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"hearth"
	"hearth/ingest"
)

// The key that seals secrets stands apart from the databases, so that neither
// they nor their copies hold what they would open with.
const (
	keysDir  = "keys"
	sealFile = "sources.key"
	userFile = "users.key"
)

// sealer seals the secrets of sources with the key of a data directory.
func sealer(dir string, random io.Reader) (*ingest.Sealer, error) {
	key, err := keyFile(dir, sealFile, ingest.SealKeySize, random)
	if err != nil {
		return nil, err
	}
	return ingest.NewSealer(key)
}

// keyFile reads a key of a data directory, or makes it at the first start. It is
// called when the lock on the directory is held.
func keyFile(dir, name string, size int, random io.Reader) ([]byte, error) {
	if random == nil {
		random = rand.Reader
	}
	keys := filepath.Join(dir, keysDir)
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "The directory %s cannot be made: %v.", keys, cause(err))
	}
	path := filepath.Join(keys, name)
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, size)
		if _, err := io.ReadFull(random, key); err != nil {
			return nil, fmt.Errorf("making the key for secrets: %w", err)
		}
		err = writeKey(path, key)
	}
	if err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "The key file %s cannot be used: %v.", path, cause(err))
	}
	return key, nil
}

// writeKey leaves the whole key on the disk or no file at all.
func writeKey(path string, key []byte) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(key)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, path)
}
