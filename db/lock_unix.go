//go:build unix

package db

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"hearth"
)

// fileLock keeps a second process away. It is a file beside the database: the
// database itself is opened by the driver alone, because closing any other
// descriptor of it would drop SQLite's own locks.
type fileLock struct{ f *os.File }

func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the database: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &fileLock{f}, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, hearth.Errorf(hearth.Conflict, "Another Hearth has this data open (%s). Stop it first, or choose another data directory.", path)
	}
	return nil, fmt.Errorf("locking the database: %w", err)
}

func (l *fileLock) release() error { return l.f.Close() }
