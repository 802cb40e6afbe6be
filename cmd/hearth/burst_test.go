//go:build linux

package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/db/dbfault"
)

// slowSync is how long each sync of the slow disk takes.
const slowSync = 100 * time.Millisecond

// onSlowDisk is the program as slow-hearth: every sync of its databases takes
// slowSync longer.
func onSlowDisk() {
	_, err := dbfault.Watch(os.Getenv("HEARTH_DATA"), func(c dbfault.Call) dbfault.Verdict {
		if c.Op == dbfault.Sync {
			time.Sleep(slowSync)
		}
		return dbfault.Verdict{}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	main()
}

// Far more is said than the disk can take at the time. The program lets the
// network wait and takes no more memory for it; its cursor names nothing that is
// not on the disk; and when it is quiet again it catches up with everything.
//
// proves F23, I6, I36
func TestABurstOnASlowDiskWaitsAndIsKept(t *testing.T) {
	t.Parallel()
	k := newTalk(t, 10*time.Millisecond, 250)
	dir := t.TempDir()
	s := serveAs(t, "slow-hearth", dir)
	k.furnish(s.Client)
	before := s.heap(t)
	k.begin()
	most, behind := int64(0), int64(0)
	look := func() {
		most = max(most, s.heap(t)-before)
		if now := kept(s.Client); now >= 0 {
			behind = max(behind, k.said.Load()-now)
		}
	}
	eventually(t, "much is said", func() bool { look(); return k.said.Load() > 20_000 })
	k.stop()
	begun := hearth.SystemClock()
	eventually(t, "it has caught up", func() bool { look(); return kept(s.Client) >= k.said.Load() })
	t.Logf("%d things were said, the program was %d behind at most, took %d MiB for it, and had caught up %v later",
		2*k.said.Load(), behind, most>>20, hearth.SystemClock().Sub(begun).Round(100*time.Millisecond))
	if behind < 5_000 {
		t.Error("it was never far behind: the fault did not fire")
	}
	if most > 192<<20 {
		t.Errorf("it took %d MiB", most>>20)
	}
	if mean := s.meanCommit(t); mean < slowSync {
		t.Errorf("a commit took %v, faster than the disk: the fault did not fire", mean)
	}
	k.settled(s.Client)
}

// meanCommit is how long a write of the archive took.
func (s *served) meanCommit(t *testing.T) time.Duration {
	t.Helper()
	of := func(name string) float64 { return s.metric(t, "hearth_commit_seconds_"+name+`{database="archive"}`) }
	return time.Duration(of("sum") / of("count") * float64(time.Second))
}

// heap is the memory in use for what the program itself has made, in bytes.
func (s *served) heap(t *testing.T) int64 {
	t.Helper()
	return int64(s.metric(t, "go_memstats_heap_inuse_bytes"))
}

// metric reads a number that the program shows.
func (s *served) metric(t *testing.T, name string) float64 {
	t.Helper()
	answer, err := http.Get(s.address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("there is no %s in\n%s", name, text)
	return 0
}
