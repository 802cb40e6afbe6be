package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/demo"
	"hearth/network"
	"hearth/network/all"
	"hearth/server"
)

// world is the server that all walks share; each has a browser of its own.
type world struct {
	settings map[string]string // beside those that every world has
	chromium string            // where the browser is
	address  string
	api      *client.Client
	now      time.Time
	invented *demo.World
	live     live
	err      error
	stop     []func()
}

var (
	shared     world
	buildWorld sync.Once
)

func TestMain(m *testing.M) {
	code := m.Run()
	shared.end()
	os.Exit(code)
}

// end ends what was begun, the latest first.
func (w *world) end() {
	for _, stop := range slices.Backward(w.stop) {
		stop()
	}
}

// browserPath is where the browser is; "": there is none.
func browserPath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// visit gives the world, built when first asked for.
func visit(t *testing.T) *world {
	t.Helper()
	path := browserPath()
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not installed; .ci/parts installs it")
		}
		t.Skip("chromium is not installed (Debian: apt-get install chromium): the walks are left out")
	}
	if testing.Short() {
		t.Skip("a browser takes long")
	}
	buildWorld.Do(func() { shared.err = shared.build(path) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return &shared
}

func (w *world) build(chromium string) error {
	if err := w.begin(chromium); err != nil {
		return err
	}
	return w.fill(context.Background())
}

// begin starts a server on nothing.
func (w *world) begin(chromium string) error {
	w.chromium = chromium
	dir, err := os.MkdirTemp("", "hearth-e2e-")
	if err != nil {
		return err
	}
	w.stop = append(w.stop, func() { os.RemoveAll(dir) })
	given := map[string]string{"data": dir, "listen": "127.0.0.1:0"}
	maps.Copy(given, w.settings)
	settings, _, err := server.Load(given, func(string) string { return "" })
	if err != nil {
		return err
	}
	w.live.events = make(chan []network.Event)
	s, err := server.Build(context.Background(), server.Config{
		Settings: settings, Logger: slog.New(slog.DiscardHandler), Networks: append(all.Networks(), w.live.network()),
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- errors.Join(s.Run(ctx, func(a string) { ready <- a }), s.Close()) }()
	w.stop = append(w.stop, func() { stop(); <-ended })
	select {
	case w.address = <-ready:
	case err := <-ended:
		ended <- err
		return err
	}
	w.api, err = client.New(w.address, client.Options{Key: s.Key()})
	return err
}

// fill lets the monitors of the demo hear the last week of its world.
func (w *world) fill(ctx context.Context) error {
	for _, draft := range demo.Monitors() {
		if _, err := w.api.AddMonitor(ctx, draft); err != nil {
			return err
		}
	}
	w.now = hearth.SystemClock()
	var posts []hearth.Post
	w.invented = demo.NewWorld(1)
	for _, e := range w.invented.History(w.now) {
		if e.Kind == demo.Posted && e.At.After(w.now.AddDate(0, 0, -7)) {
			posts = append(posts, e.Post)
		}
	}
	return w.bring(ctx, posts...)
}

// bring stores posts and waits until they are counted.
func (w *world) bring(ctx context.Context, posts ...hearth.Post) error {
	var file bytes.Buffer
	for i := range posts {
		file.Write(append(hearth.AppendPost(nil, &posts[i]), '\n'))
	}
	_, err := w.api.Import(ctx, &file, client.ImportOptions{Name: "world.ndjson", Format: "ndjson"}, nil)
	if err != nil {
		return err
	}
	for {
		status, err := w.api.Status(ctx)
		if err != nil {
			return err
		}
		if status.Rows > 0 && status.Counted >= status.Rows {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// follows waits until a consumer has taken in all that is stored now. However slow the
// machine, it fails only if the consumer takes nothing in for a minute.
func (w *world) follows(t *testing.T, consumer string) {
	t.Helper()
	const patience = time.Minute
	var until, at int64 = -1, -1
	moved := hearth.SystemClock()
	for {
		status, err := w.api.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(status.Consumers, func(c client.Consumer) bool { return c.Name == consumer })
		if i < 0 {
			t.Fatalf("nobody is called %s: %+v", consumer, status.Consumers)
		}
		if until < 0 {
			until = status.Rows
		}
		c := &status.Consumers[i]
		if c.At >= until {
			return
		}
		if c.At > at {
			at, moved = c.At, hearth.SystemClock()
		} else if hearth.SystemClock().Sub(moved) > patience {
			t.Fatalf("%s stands still at row %d of %d", consumer, at, until)
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
