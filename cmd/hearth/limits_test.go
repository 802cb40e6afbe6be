//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hearth"
	"hearth/client"
	"hearth/network/networktest/wire"
)

// limit sets a limit of a running process.
func (s *served) limit(t *testing.T, resource int, most uint64) {
	t.Helper()
	var old unix.Rlimit
	if err := unix.Prlimit(s.cmd.Process.Pid, resource, nil, &old); err != nil {
		t.Fatal(err)
	}
	if err := unix.Prlimit(s.cmd.Process.Pid, resource, &unix.Rlimit{Cur: most, Max: old.Max}, nil); err != nil {
		t.Fatal(err)
	}
}

// inProc reads a number of kilobytes of the process, in bytes.
func (s *served) inProc(t *testing.T, name string) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	t.Fatalf("there is no %s in\n%s", name, text)
	return 0
}

// The program gets no more memory from the system while it is under load. It
// may die of that, and does here; the next one is back at once and nothing is
// lost. Before that it keeps to the memory that it was told to use.
//
// proves F9
func TestWithoutMemoryTheProgramDiesAndTheNextOneGoesOn(t *testing.T) {
	t.Parallel()
	k := newTalk(t, time.Millisecond, 1)
	dir := t.TempDir()
	s := serve(t, dir, "GOMEMLIMIT=128MiB")
	k.furnish(s.Client)
	k.begin()
	eventually(t, "the program is under load", func() bool { return kept(s.Client) > 500 })
	if own := s.heap(t); own > 128<<20 {
		t.Errorf("told to use 128 MiB it uses %d", own>>20)
	}
	acked := kept(s.Client)
	s.limit(t, unix.RLIMIT_DATA, uint64(s.inProc(t, "VmData"))) // not one byte more
	died, first := make(chan struct{}), s
	var hungry sync.WaitGroup
	hungry.Go(func() { // what needs memory
		for n := 0; ; n++ {
			select {
			case <-died:
				return
			default:
			}
			file := strings.Repeat(`{"network":"demo","id":"`+fmt.Sprint(n)+`","text":"`+strings.Repeat("word ", 30_000)+`"}`+"\n", 20)
			first.Import(context.Background(), strings.NewReader(file), client.ImportOptions{ID: fmt.Sprint(n), Format: "ndjson"}, nil)
		}
	})
	code := s.gone(t)
	close(died)
	hungry.Wait()
	if said := s.log.String(); !strings.Contains(said, "out of memory") && !strings.Contains(said, "cannot allocate memory") &&
		!strings.Contains(said, "failed to allocate") { // so says the race detector
		t.Fatalf("it ended with %d, but not for want of memory: the fault did not fire\n%s", code, &s.log)
	}
	begun := hearth.SystemClock()
	s = serve(t, dir)
	if now := kept(s.Client); now < acked {
		t.Errorf("%d rows were acknowledged, and %d are there", acked, now)
	}
	said := k.said.Load()
	eventually(t, "it has caught up", func() bool { return kept(s.Client) >= said })
	t.Logf("back at full rate after %v", hearth.SystemClock().Sub(begun)) // 10 s are allowed, on a machine that has nothing else to do
	list, err := s.Imports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list { // so that settled sees the talk alone
		if _, err := s.UndoImport(t.Context(), p.ID); err != nil {
			t.Fatal(err)
		}
	}
	k.settled(s.Client)
}

// openFiles are what a process has open: how many descriptors, and how many of
// them are files of the stores.
func (s *served) openFiles(t *testing.T, dir string) (all, stores int) {
	t.Helper()
	fds := fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid)
	list, err := os.ReadDir(fds)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if at, err := os.Readlink(filepath.Join(fds, e.Name())); err == nil && strings.HasPrefix(at, dir) && strings.Contains(at, ".db") {
			stores++
		}
	}
	return len(list), stores
}

// The program has no file descriptor left, because strangers hold them all. Its
// stores stay open and the stream goes on; strangers are turned away; and as
// soon as they are gone, everything works again.
//
// proves F10, STR1
func TestWithoutFileDescriptorsTheStoresStayOpen(t *testing.T) {
	t.Parallel()
	k := newTalk(t, time.Millisecond, 1)
	dir := t.TempDir()
	s := serve(t, dir)
	k.furnish(s.Client)
	k.begin()
	eventually(t, "the program is under load", func() bool { return kept(s.Client) > 100 })
	all, stores := s.openFiles(t, dir)
	const most = 64
	if all >= most || stores < 4 {
		t.Fatalf("%d descriptors are open, %d of them of stores", all, stores)
	}
	s.limit(t, unix.RLIMIT_NOFILE, most)
	at := strings.TrimPrefix(s.address, "http://")
	stop, strangers := make(chan struct{}), make(chan struct{})
	go func() { // take every descriptor there is, again and again, for idle ones are closed
		defer close(strangers)
		var held []net.Conn
		defer func() {
			for _, c := range held {
				c.Close()
			}
		}()
		for {
			for range most {
				if c, err := net.DialTimeout("tcp", at, time.Second); err == nil {
					held = append(held, c)
				}
			}
			select {
			case <-stop:
				return
			case <-time.After(500 * time.Millisecond):
			}
			for len(held) > 4*most {
				held[0].Close()
				held = held[1:]
			}
		}
	}()
	eventually(t, "no descriptor is left", func() bool { all, _ := s.openFiles(t, dir); return all >= most })
	// The stream is cut, so that it needs a descriptor when there is none.
	said := k.said.Load()
	if k.line.Now(wire.Fault{Kind: wire.Reset}) == 0 {
		t.Error("there was no stream to cut")
	}
	eventually(t, "something goes wrong for want of descriptors", func() bool { return strings.Contains(s.log.String(), "too many open files") })
	eventually(t, "more is said meanwhile", func() bool { return k.said.Load() > said+500 })
	if _, now := s.openFiles(t, dir); now < 4 {
		t.Errorf("of %d files of stores %d are open", stores, now)
	}
	select {
	case <-s.ended:
		t.Fatalf("it ended:\n%s", &s.log)
	default:
	}
	close(stop)
	<-strangers
	k.settled(s.Client)
}
