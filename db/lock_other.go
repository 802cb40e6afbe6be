//go:build !unix

package db

import (
	"os"

	"hearth"
)

// fileLock keeps a second process away: here a file that cannot be removed or
// opened again while it is open for exclusive use.
type fileLock struct {
	f    *os.File
	path string
}

func lockFile(path string) (*fileLock, error) {
	// An open file cannot be removed on Windows, so a file that can be was
	// left behind by a process that is gone.
	os.Remove(path)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, hearth.Errorf(hearth.Conflict, "Another Hearth has this data open (%s). Stop it first, or choose another data directory.", path)
	}
	return &fileLock{f, path}, nil
}

func (l *fileLock) release() error {
	err := l.f.Close()
	os.Remove(l.path)
	return err
}
