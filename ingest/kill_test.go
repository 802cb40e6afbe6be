package ingest_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/match"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/network/bluesky/fake"
	"hearth/network/webhook"
	"hearth/query"
)

// childEnv makes the test binary a child that ingests until it is killed.
const childEnv = "HEARTH_INGEST_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childEnv); mode != "" {
		if err := child(mode, os.Getenv("HEARTH_INGEST_DIR"), os.Getenv("HEARTH_INGEST_URL")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child opens the house in dir and either listens to the source that is there
// or imports the file that url names. It says "ready" and then what is durable.
func child(mode, dir, url string) error {
	ctx := context.Background()
	go func() { // not longer than the test that began it
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	state, err := db.Open(ctx, db.At(dir, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema()}})
	if err != nil {
		return err
	}
	store, err := db.Open(ctx, db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema()}})
	if err != nil {
		return err
	}
	a, err := archive.Open(ctx, store, archive.Options{Clock: hearth.SystemClock})
	if err != nil {
		return err
	}
	pie, _ := query.Parse("pie")
	set := match.NewSet([]match.Standing{{ID: 1, Query: pie}})
	sources := ingest.NewSources(ingest.Options{
		State: state, Archive: a, Store: store, Clock: hearth.SystemClock, Log: slog.New(slog.DiscardHandler),
		Networks: []network.Network{bluesky.Network(), webhook.Network()}, Queries: func(hearth.WorkspaceID) *match.Set { return set },
		Sealer: hookSealer(),
		Random: func() float64 { return 0 },
	})
	if mode == "hook" {
		return hookChild(ctx, sources)
	}
	if mode == "import" {
		f, err := os.Open(url)
		if err != nil {
			return err
		}
		fmt.Println("ready")
		report, err := ingest.NewImports(sources).Import(ctx, owner, ingest.File{
			ID: "file", Format: lines, Body: f,
			Progress: func(r ingest.Report) { fmt.Println("acked", r.Records) },
		})
		fmt.Println("ended", report.State)
		return err
	}
	if list, err := sources.List(ctx, owner); err != nil || len(list) == 0 {
		_, err := sources.Add(ctx, owner, ingest.Draft{Network: "bluesky", Settings: map[string]string{
			"endpoint": "ws" + strings.TrimPrefix(url, "http"), "appview": url,
		}})
		if err != nil {
			return err
		}
	}
	fmt.Println("ready")
	go func() {
		for range time.Tick(2 * time.Millisecond) {
			if st, err := sources.StatusOf(ctx, owner, 1); err == nil {
				fmt.Println("acked", st.Progress.Counters.Stored)
			}
		}
	}()
	return sources.Run(ctx)
}

// killed runs a child, waits until it says that more than what is durable
// already is, and kills it a random moment after that. It gives what the child
// last called durable, and whether it ended by itself.
func killed(t *testing.T, mode, dir, url string, durable int64, after time.Duration) (acked int64, ended bool) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), childEnv+"="+mode, "HEARTH_INGEST_DIR="+dir, "HEARTH_INGEST_URL="+url)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil { // it ends with this process
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
	defer kill.Stop()
	acked = durable
	for scan := bufio.NewScanner(out); scan.Scan(); {
		word, rest, _ := strings.Cut(scan.Text(), " ")
		switch word {
		case "acked":
			n, _ := strconv.ParseInt(rest, 10, 64)
			if acked == durable && n > durable {
				kill.Reset(after)
			}
			acked = max(acked, n)
		case "ended":
			ended = rest == ingest.ImportDone
		}
	}
	cmd.Wait()
	return acked, ended
}

// proves F1, I3, I6, I24: nothing acknowledged is lost, nothing is doubled.
func TestKillingTheProcessWhileASourceRunsLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	dir, dice := dbtest.Home(t), rand.New(rand.NewPCG(1, 2))
	bsky := fake.New(fake.Options{Keep: 1_000_000})
	server := httptest.NewServer(bsky)
	defer server.Close()
	var published atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for bsky.Connections() == 0 { // a stream without a cursor begins now
			<-tick.C
		}
		for i := 0; ; i++ {
			if i%10 == 0 {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
				}
			}
			if i%3 != 0 {
				bsky.Publish(&hearth.Post{Text: fmt.Sprintf("cake %d", i), Author: hearth.Author{ID: "did:plc:ann"}})
				continue
			}
			bsky.Publish(&hearth.Post{Text: fmt.Sprintf("pie %d", published.Load()), Author: hearth.Author{ID: "did:plc:ann"}})
			published.Add(1)
		}
	}()
	var acked int64
	for range dbtest.KillRounds(4) {
		acked, _ = killed(t, "source", dir, server.URL, acked, time.Duration(dice.IntN(150))*time.Millisecond)
	}
	close(stop)
	<-stopped
	h := open(t, dir)
	h.listen("pie")
	o := h.options()
	o.Networks = []network.Network{bluesky.Network()}
	w := &world{house: h, sources: ingest.NewSources(o)}
	w.run(t)
	want := int(published.Load())
	within(t, 60*time.Second, "everything published is stored", func() bool { return len(h.rows()) >= want })
	w.stop()
	var texts []string
	for i := range want {
		texts = append(texts, fmt.Sprintf("pie %d", i))
	}
	if got := h.texts(); !slices.Equal(got, texts) {
		t.Errorf("%d rows, want the %d published, each once and in order", len(got), want)
	}
	if int(acked) > want || acked == 0 {
		t.Errorf("%d were acknowledged of %d", acked, want)
	}
	st := w.status(t, 1)
	h.balanced(st.Progress.Counters)
	if st.Progress.Counters.Stored != int64(want) || st.Progress.Counters.Gaps != 0 {
		t.Errorf("counters %+v for %d posts", st.Progress.Counters, want)
	}
}

// proves IMP1, F2 for import batches
func TestKillingTheProcessWhileAFileIsImportedLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	dir, dice := dbtest.Home(t), rand.New(rand.NewPCG(3, 4))
	path := filepath.Join(t.TempDir(), "file")
	records := int64(40_000)
	if dbtest.OnPostgreSQL() {
		records = 10_000
	}
	if err := os.WriteFile(path, []byte(file(0, int(records), 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	var acked int64
	kills := 0
	for range dbtest.KillRounds(4) {
		var ended bool
		if acked, ended = killed(t, "import", dir, path, acked, time.Duration(dice.IntN(60))*time.Millisecond); ended {
			break
		}
		kills++
	}
	if kills == 0 {
		t.Error("the import was never killed: the fault did not fire")
	}
	h := open(t, dir)
	before := int64(len(h.rows()))
	if lines := acked - acked/100; before < lines {
		t.Errorf("%d records were reported as done but only %d posts are there", acked, before)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	report, err := imports(h).Import(t.Context(), owner, ingest.File{ID: "file", Format: lines, Body: io.Reader(f)})
	if err != nil {
		t.Fatal(err)
	}
	good := records - records/100
	if report.Stored != good || report.Duplicates != 0 || report.Rejects != records/100 || report.Resumed < acked {
		t.Errorf("report %+v after %d were acknowledged", report, acked)
	}
	if rows := h.rows(); int64(len(rows)) != good {
		t.Errorf("%d rows", len(rows))
	}
	if n := int64(len(h.letters())); n != records/100 {
		t.Errorf("%d dead letters", n)
	}
}
