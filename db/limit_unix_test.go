//go:build unix

package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hearth/db"
	"hearth/db/dbtest"
)

// A commit that the disk refuses stops everything: proves I25. The child runs
// into a file size limit, which the WAL hits while it commits.
func TestACommitThatFailsHasAnUnknownOutcome(t *testing.T) {
	if os.Getenv("HEARTH_TEST_CHILD") == "limit" {
		limitedChild()
		return
	}
	dbtest.SQLiteOnly(t, "it limits the size of the file")
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestACommitThatFailsHasAnUnknownOutcome$")
	cmd.Env = append(os.Environ(), "HEARTH_TEST_CHILD=limit", "HEARTH_TEST_DIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("child: ok")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func limitedChild() {
	signal.Ignore(syscall.SIGXFSZ)
	d, err := db.Open(context.Background(), filepath.Join(os.Getenv("HEARTH_TEST_DIR"), "x.db"), db.Options{Schemas: []db.Schema{notes}})
	if err != nil {
		fmt.Println("child: open:", err)
		return
	}
	limit := syscall.Rlimit{Cur: 200_000, Max: 200_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Println("child: limit:", err)
		return
	}
	for range 100 {
		if err = add(d, strings.Repeat("x", 10_000)); err != nil {
			break
		}
	}
	if !errors.Is(err, db.ErrUnknownOutcome) {
		fmt.Println("child: the write that hit the limit answered:", err)
		return
	}
	select {
	case <-d.Broken():
	default:
		fmt.Println("child: Broken is open")
		return
	}
	if err := add(d, "after"); !errors.Is(err, db.ErrUnknownOutcome) {
		fmt.Println("child: the next write answered:", err)
		return
	}
	if err := d.Read(context.Background(), func(*db.Tx) error { return nil }); !errors.Is(err, db.ErrUnknownOutcome) {
		fmt.Println("child: the next read answered:", err)
		return
	}
	fmt.Println("child: ok")
}
