package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// faulty is the program with its crash points, built when it is first asked for.
var faulty faultyProgram

type faultyProgram struct {
	once sync.Once
	dir  string
	err  error
}

func (f *faultyProgram) path(t *testing.T) string {
	t.Helper()
	f.once.Do(func() {
		if f.dir, f.err = os.MkdirTemp("", "hearth-faulty"); f.err != nil {
			return
		}
		build := exec.Command("go", "build", "-tags", "fault", "-o", f.dir, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			f.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if f.err != nil {
		t.Fatal(f.err)
	}
	return filepath.Join(f.dir, "hearth")
}

func (f *faultyProgram) remove() {
	if f.dir != "" {
		os.RemoveAll(f.dir)
	}
}
