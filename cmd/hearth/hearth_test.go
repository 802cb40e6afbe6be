package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hearth"
	"hearth/db/dbtest"
	"hearth/network/bluesky/fake"
)

func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"hearth": main, "slow-hearth": onSlowDisk})
}

// suite cleans up behind all tests.
type suite struct{ *testing.M }

func (s suite) Run() int {
	defer faulty.remove()
	return s.M.Run()
}

// TestCommands runs the scripts below testdata against the real program.
func TestCommands(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HEARTH_DATA", filepath.Join(e.WorkDir, "data"))
			e.Setenv("HEARTH_LISTEN", "127.0.0.1:0")
			e.Setenv("HEARTH_LOG", "error")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await":   await,
			"until":   until,
			"lines":   lines,
			"jsonl":   jsonLines,
			"network": network,
			"address": address,

			"postgres": postgres,
		},
		Condition: func(name string) (bool, error) {
			if name != "postgres" {
				return false, fmt.Errorf("there is no condition %s", name)
			}
			missing := dbtest.Missing()
			if missing != nil && os.Getenv("CI") != "" {
				return false, missing
			}
			return missing == nil, nil
		},
	})
}

// postgres NAME sets a variable to the URL of an empty place in a PostgreSQL.
func postgres(ts *testscript.TestScript, _ bool, args []string) {
	cluster, err := dbtest.Start()
	ts.Check(err)
	ts.Setenv(args[0], cluster.Home())
}

// await FILE [TEXT] waits until a file is there and holds a text.
func await(ts *testscript.TestScript, neg bool, args []string) {
	want := strings.Join(args[1:], " ")
	poll(ts, fmt.Sprintf("%s holds %q", args[0], want), func() bool {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		return neg == (err != nil || !strings.Contains(string(text), want))
	})
}

// until TEXT COMMAND … runs a command again and again until it prints a text.
func until(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, fmt.Sprintf("%v prints %q", args[1:], args[0]), func() bool {
		return ts.Exec(args[1], args[2:]...) == nil && strings.Contains(ts.ReadFile("stdout"), args[0])
	})
}

// poll waits a minute for a condition.
func poll(ts *testscript.TestScript, what string, done func() bool) {
	deadline, tick := time.After(time.Minute), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			ts.Fatalf("never: %s", what)
		case <-tick.C:
		}
	}
}

// lines N checks how many lines the last command printed.
func lines(ts *testscript.TestScript, neg bool, args []string) {
	got := strings.Count(ts.ReadFile("stdout"), "\n")
	if (fmt.Sprint(got) == args[0]) == neg {
		ts.Fatalf("%d lines were printed, want %s", got, args[0])
	}
}

// jsonLines checks that every line printed is a JSON document.
func jsonLines(ts *testscript.TestScript, neg bool, args []string) {
	for i, line := range strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), "\n") {
		if json.Valid([]byte(line)) == neg {
			ts.Fatalf("line %d: %s", i+1, line)
		}
	}
}

// network opens an invented Bluesky on which somebody says, again and again,
// each of the texts given, and sets $NETWORK to its address.
func network(ts *testscript.TestScript, _ bool, texts []string) {
	host := fake.New(fake.Options{})
	server := httptest.NewServer(host)
	host.SetProfile("did:plc:ann", fake.Profile{Handle: "ann.example", Name: "Ann"})
	done := make(chan struct{})
	ts.Defer(func() { close(done); server.CloseClientConnections(); server.Close() })
	go func() {
		for {
			for _, text := range texts {
				host.Publish(&hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:plc:ann"}, Text: strings.ReplaceAll(text, `\e`, "\x1b")})
			}
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	ts.Setenv("NETWORK", strings.TrimPrefix(server.URL, "http://"))
}

// address sets $ADDRESS to where the server on $HEARTH_DATA listens and checks
// that its status page answers.
func address(ts *testscript.TestScript, _ bool, _ []string) {
	text, err := os.ReadFile(filepath.Join(ts.Getenv("HEARTH_DATA"), "server.json"))
	ts.Check(err)
	var note struct{ Address string }
	ts.Check(json.Unmarshal(text, &note))
	answer, err := http.Get(note.Address + "/")
	ts.Check(err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		ts.Fatalf("the status page answers %s", answer.Status)
	}
	ts.Setenv("ADDRESS", note.Address)
}
