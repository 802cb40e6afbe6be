package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/network/bluesky/fake"
)

// served is the real program, serving.
type served struct {
	*client.Client
	address string
	cmd     *exec.Cmd
	log     lockedLog
	ended   chan error
}

// lockedLog is what a process wrote, read while it writes.
type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts the program on a data directory, with settings besides those of
// all tests.
func serve(t *testing.T, dir string, env ...string) *served {
	t.Helper()
	return serveAs(t, "hearth", dir, env...)
}

// serveAs starts the program under one of the names that TestMain knows.
func serveAs(t *testing.T, name, dir string, env ...string) *served {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &served{cmd: &exec.Cmd{Path: self, Args: []string{name, "serve"}}, ended: make(chan error, 1)}
	s.cmd.Env = append(os.Environ(), "HEARTH_DATA="+dir, "HEARTH_LISTEN=127.0.0.1:0", "HEARTH_ALLOW=127.0.0.1:*", "HEARTH_LOG=info", "HEARTH_DRAIN=25s")
	s.cmd.Env = append(s.cmd.Env, env...)
	s.cmd.Stderr = &s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	t.Cleanup(func() { s.cmd.Process.Kill() })
	var note struct {
		Address, Key string
		Process      int
	}
	eventually(t, "the server is ready", func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "server.json"))
		return err == nil && json.Unmarshal(text, &note) == nil && note.Process == s.cmd.Process.Pid
	})
	s.address = note.Address
	if s.Client, err = client.New(note.Address, client.Options{Key: note.Key}); err != nil {
		t.Fatal(err)
	}
	return s
}

// signal sends SIGTERM and waits until the server says that it stops.
func (s *served) signal(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server stops", func() bool { return strings.Contains(s.log.String(), "msg=stopping") })
}

// gone waits for the end of the process and gives its exit code, -1 for a
// signal.
func (s *served) gone(t *testing.T) int {
	t.Helper()
	select {
	case err := <-s.ended:
		s.ended <- err
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(2 * time.Minute):
		t.Fatalf("the process does not end:\n%s", &s.log)
		return 0
	}
}

// proves STR3: a server that is told to stop under load ends with 0 within the
// time it has, and the next one goes on without loss or doubling; told again, it
// ends at once, as safely as by kill -9.
func TestAServerThatIsToldToStopLosesNothing(t *testing.T) {
	t.Parallel()
	host := fake.New(fake.Options{})
	network := httptest.NewServer(host)
	defer network.Close()
	defer network.CloseClientConnections()
	dir := t.TempDir()
	s := serve(t, dir)
	if _, err := s.AddMonitor(t.Context(), client.MonitorDraft{Name: "Acme", Query: "acme"}); err != nil {
		t.Fatal(err)
	}
	_, err := s.AddSource(t.Context(), client.SourceDraft{Network: "bluesky", Settings: map[string]string{
		"endpoint": "ws" + strings.TrimPrefix(network.URL, "http"), "appview": network.URL,
	}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the source listens", func() bool { return host.Connections() > 0 })

	said, stop, talked := 0, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(talked)
		for {
			select {
			case <-stop:
				return
			default:
				host.Publish(&hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:plc:ann"}, Text: fmt.Sprint("acme ", said)})
				said++
				time.Sleep(time.Millisecond)
			}
		}
	}()
	kept := func() int64 {
		st, err := s.Status(t.Context())
		if err != nil {
			return 0
		}
		return st.Rows
	}
	eventually(t, "posts are kept", func() bool { return kept() > 100 })

	// Told once, while posts come in: in good order.
	begun := hearth.SystemClock()
	s.signal(t)
	if code := s.gone(t); code != 0 {
		t.Fatalf("it ended with %d:\n%s", code, &s.log)
	}
	if took := hearth.SystemClock().Sub(begun); took > 60*time.Second { // 25, on a machine that has nothing else to do
		t.Errorf("it took %s", took)
	}
	if _, err := os.Stat(filepath.Join(dir, "server.json")); err == nil {
		t.Error("it left its address behind")
	}

	// Told twice, while somebody holds it up: at once.
	s = serve(t, dir)
	before := kept()
	eventually(t, "it goes on", func() bool { return kept() > before })
	from, to := io.Pipe()
	defer to.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go s.Import(ctx, from, client.ImportOptions{Format: "ndjson"}, nil)
	if _, err := io.WriteString(to, `{"network":"demo","id":"1","text":"an upload that does not end"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	before = kept()
	s.signal(t)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && s.cmd.ProcessState == nil {
		t.Fatal(err)
	}
	s.gone(t)

	// Nothing is lost and nothing is there twice.
	close(stop)
	<-talked
	s = serve(t, dir)
	if now := kept(); now < before {
		t.Errorf("%d rows were acknowledged, %d are there", before, now)
	}
	eventually(t, "everything that was said is kept once", func() bool {
		st, err := s.Status(t.Context())
		return err == nil && len(st.Monitors) == 1 && st.Monitors[0].Mentions == int64(said)
	})
	list, err := s.Sources(t.Context())
	if err != nil || list[0].Counters.Gaps > 0 || list[0].Counters.Stored != int64(said) {
		t.Errorf("%d were said, the source counts %+v, %v", said, list[0].Counters, err)
	}
	s.signal(t)
	if code := s.gone(t); code != 0 {
		t.Errorf("the last one ended with %d:\n%s", code, &s.log)
	}
}
