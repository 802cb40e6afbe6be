package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/server"
)

// running is a real server on a free port.
type running struct {
	*client.Client
	built   *server.Server
	t       testing.TB
	address string
	key     string
	config  server.Config
	stop    context.CancelFunc
	ended   chan error
}

func configIn(dir string) server.Config {
	settings, _, err := server.Load(map[string]string{"data": dir, "listen": "127.0.0.1:0"}, func(string) string { return "" })
	if err != nil {
		panic(err)
	}
	return server.Config{Settings: settings, Logger: slog.New(slog.DiscardHandler)}
}

func start(t testing.TB, config server.Config) *running {
	t.Helper()
	r := &running{t: t, config: config, ended: make(chan error, 1)}
	s, err := server.Build(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	ready := make(chan string, 1)
	go func() { r.ended <- errors.Join(s.Run(ctx, func(a string) { ready <- a }), s.Close()) }()
	select {
	case r.address = <-ready:
	case err := <-r.ended:
		t.Fatal(err)
	}
	t.Cleanup(func() { r.end() })
	r.built, r.key = s, s.Key()
	if r.Client, err = client.New(r.address, client.Options{Key: r.key}); err != nil {
		t.Fatal(err)
	}
	return r
}

// end stops the server and gives what Run and Close said.
func (r *running) end() error {
	r.stop()
	select {
	case err := <-r.ended:
		r.ended <- err
		return err
	case <-time.After(30 * time.Second):
		r.t.Error("the server did not stop")
		return nil
	}
}

// ask sends a raw request.
func (r *running) ask(method, path, key, body string, header ...string) (*http.Response, string) {
	r.t.Helper()
	q, err := http.NewRequest(method, r.address+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if key != "" {
		q.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		q.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			q.Host = header[i+1]
		} else {
			q.Header.Set(header[i], header[i+1])
		}
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer, string(text)
}

// until polls a condition.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline, tick := time.After(time.Minute), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			t.Fatalf("never: %s", what)
		case <-tick.C:
		}
	}
}

func TestTheDataDirectoryIsPrivateAndTheNoteGoesWithTheServer(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	r := start(t, configIn(dir))
	mode := func(name string) os.FileMode {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if m := mode(dir); m != 0o700 {
		t.Errorf("the data directory has mode %o", m)
	}
	if m := mode(filepath.Join(dir, "server.json")); m != 0o600 {
		t.Errorf("the note has mode %o", m)
	}
	if err := r.end(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "server.json")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the note is still there")
	}
}

func TestASecondServerIsRefusedWithAWayOut(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	err := server.Serve(t.Context(), r.config, nil)
	if hearth.ErrorCode(err) != hearth.Conflict || !strings.Contains(err.Error(), r.address) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("got %v", err)
	}
}

func TestTheKeyIsNeededForEverythingButThePage(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	for path, want := range map[string]int{"/mentions": 200, "/status.json": 200, "/static/hearth.css": 200, "/api/status": 401, "/api/openapi.json": 401, "/api/nothing": 401} {
		if answer, _ := r.ask("GET", path, "", ""); answer.StatusCode != want {
			t.Errorf("%s without the key answers %d, want %d", path, answer.StatusCode, want)
		}
	}
	if answer, _ := r.ask("GET", "/api/status", r.key+"x", ""); answer.StatusCode != 401 {
		t.Errorf("a wrong key answers %d", answer.StatusCode)
	}
	if answer, _ := r.ask("GET", "/api/openapi.json", r.key, ""); answer.StatusCode != 200 {
		t.Errorf("the right key answers %d", answer.StatusCode)
	}
	if _, text := r.ask("GET", "/status.json", "", ""); strings.Contains(text, r.key) {
		t.Error("the page shows the key")
	}
}

func TestAPublicServerAsksForTheKeyEverywhere(t *testing.T) {
	t.Parallel()
	config := configIn(t.TempDir())
	config.Public = true
	r := start(t, config)
	for _, path := range []string{"/mentions", "/status.json", "/api/status"} {
		if answer, _ := r.ask("GET", path, "", ""); answer.StatusCode != 401 {
			t.Errorf("%s without the key answers %d", path, answer.StatusCode)
		}
		if answer, _ := r.ask("GET", path, r.key, ""); answer.StatusCode != 200 {
			t.Errorf("%s with the key answers %d", path, answer.StatusCode)
		}
	}
	q, _ := http.NewRequest("GET", r.address+"/mentions", nil)
	q.SetBasicAuth("anybody", r.key)
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 200 {
		t.Errorf("a browser with the key gets %d", answer.StatusCode)
	}
}

func TestListeningPubliclyMustBeMeant(t *testing.T) {
	t.Parallel()
	load := func(given map[string]string) error {
		_, _, err := server.Load(given, func(string) string { return "" })
		return err
	}
	for _, address := range []string{"0.0.0.0:8787", ":8787", "[::]:8787", "192.0.2.1:80"} {
		if err := load(map[string]string{"listen": address}); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%s: %v", address, err)
		}
		if err := load(map[string]string{"listen": address, "public": "true"}); err != nil {
			t.Errorf("%s, meant: %v", address, err)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:1", "[::1]:8787", "127.9.9.9:1"} {
		if err := load(map[string]string{"listen": address}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// proves the server's part of BR5: another site can neither read the open pages
// under its own name nor write from a browser that has the key.
func TestOtherSitesCannotReachInThroughABrowser(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	if answer, _ := r.ask("GET", "/status.json", "", "", "Host", "evil.example"); answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("under another name the page answers %d", answer.StatusCode)
	}
	draft := `{"name":"x","query":"coffee"}`
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://evil.example"}} {
		if answer, _ := r.ask("POST", "/api/monitors", r.key, draft, header...); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%v: a write answers %d", header, answer.StatusCode)
		}
	}
	if list, err := r.Monitors(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%d monitors, %v", len(list), err)
	}
	if answer, _ := r.ask("POST", "/api/monitors", r.key, draft, "Sec-Fetch-Site", "same-origin"); answer.StatusCode != http.StatusCreated {
		t.Errorf("a write from our own page answers %d", answer.StatusCode)
	}
}

func TestPagesAllowNothingForeign(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	answer, text := r.ask("GET", "/mentions", "", "")
	policy := answer.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is unsafe: %s", policy)
	}
	for _, bad := range []string{"<style", "style=", "onclick", "<script>"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %s, which the policy refuses", bad)
		}
	}
	if answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("nosniff is missing")
	}
}

// proves the refusal half of IB5 and TN2.
func TestBodiesAreReadStrictly(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	refuse := func(body, field string) {
		t.Helper()
		answer, text := r.ask("POST", "/api/monitors", r.key, body)
		var p client.Problem
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatalf("%s: %v in %s", body, err, text)
		}
		if answer.StatusCode/100 != 4 || p.Code != "invalid" || p.Detail == "" || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s is answered %d %s", body, answer.StatusCode, text)
		}
		if field != "" && p.Field != field {
			t.Errorf("%s: the field at fault is %q, want %q", body, p.Field, field)
		}
	}
	refuse(`{"name":"a","query":"b","query":"c"}`, "")
	refuse(`{"name":"a","Query":"b"}`, "")
	refuse(`{"name":"a","query":"b","workspace":7}`, "workspace")
	refuse(`{"name":5,"query":"b"}`, "name")
	refuse(`{"query":"b"}`, "")
	refuse(`{"name":"a","query":"b AND"}`, "query")
	refuse(`{"name":`, "")
	refuse(strings.Repeat("[", 100_000), "")
	answer, _ := r.ask("POST", "/api/query/check", r.key, `{"query":"`+strings.Repeat("a ", 5<<20)+`"}`)
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a body of 10 MiB is answered %d", answer.StatusCode)
	}
}

func TestAWrongQueryIsExplainedOverTheWire(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	_, err := r.AddMonitor(t.Context(), client.MonitorDraft{Name: "x", Query: "a OR b AND c"})
	var wrong *client.QueryError
	if !errors.As(err, &wrong) || hearth.ErrorCode(err) != hearth.Invalid {
		t.Fatalf("got %v", err)
	}
	if _, err := r.ExplainQuery(t.Context(), "a OR b AND c"); !errors.As(err, &wrong) {
		t.Errorf("explaining: %v", err)
	}
	if e, err := r.ExplainQuery(t.Context(), "Apple"); err != nil || e.Canonical != "apple" || e.Explain == "" || e.Cost != 1 {
		t.Errorf("explaining: %+v, %v", e, err)
	}
	if d := wrong.Diagnostics; len(d) != 1 || d[0].Code != "mixed-operators" || d[0].Offset != 7 {
		t.Errorf("got %+v", d)
	}
}

func TestErrorsKeepTheirCodeOverTheWire(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	ctx := t.Context()
	m, err := r.AddMonitor(ctx, client.MonitorDraft{Name: "Coffee", Query: "coffee"})
	if err != nil {
		t.Fatal(err)
	}
	name := "Tea"
	if m, err = r.ChangeMonitor(ctx, m.ID, client.MonitorChange{Version: m.Version, Name: &name}); err != nil {
		t.Fatal(err)
	}
	want := func(code hearth.Code, err error) {
		t.Helper()
		if hearth.ErrorCode(err) != code {
			t.Errorf("got %q (%v), want %q", hearth.ErrorCode(err), err, code)
		}
	}
	_, err = r.Monitor(ctx, 99)
	want(hearth.NotFound, err)
	_, err = r.ChangeMonitor(ctx, m.ID, client.MonitorChange{Version: 1, Name: &name})
	want(hearth.Conflict, err)
	_, err = r.AddMonitor(ctx, client.MonitorDraft{Name: "Tea", Query: "tea"})
	want(hearth.Conflict, err)
	_, err = r.AddSource(ctx, client.SourceDraft{Network: "nowhere"})
	want(hearth.Invalid, err)
	_, err = r.Search(ctx, client.SearchRequest{Cursor: "nonsense!"})
	want(hearth.Invalid, err)
	stranger, err := client.New(r.address, client.Options{Key: "wrong"})
	if err != nil {
		t.Fatal(err)
	}
	want(hearth.Denied, stranger.Ping(ctx))
	r.end()
	want(hearth.Unavailable, r.Ping(ctx))
}

func posts(n int) string {
	var b strings.Builder
	for i := range n {
		p := hearth.Post{Network: "demo", ID: strings.Repeat("x", i%7) + hearth.Seq(i).String(), Text: "coffee number " + hearth.Seq(i).String(),
			Published: time.Date(2026, 11, 1, 0, 0, i, 0, time.UTC)}
		b.Write(append(hearth.AppendPost(nil, &p), '\n'))
	}
	return b.String()
}

func TestAFileComesInAndGoesOutAgain(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*testing.T) *client.Client{
		"served": func(t *testing.T) *client.Client { return start(t, configIn(t.TempDir())).Client },
		"in process": func(t *testing.T) *client.Client {
			c, done, err := server.Connect(t.Context(), configIn(t.TempDir()), os.Getenv, true)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { done() })
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, ctx := begin(t), t.Context()
			file := posts(3000)
			told := 0
			done, err := c.Import(ctx, strings.NewReader(file), client.ImportOptions{ID: "one", Name: "posts.ndjson"}, func(client.ImportProgress) { told++ })
			if err != nil || !done.Done || done.Stored != 3000 || done.Format != "ndjson" || told == 0 {
				t.Fatalf("%+v, told %d times, %v", done, told, err)
			}
			if done, err = c.Import(ctx, strings.NewReader(file), client.ImportOptions{Name: "posts.ndjson"}, nil); err != nil || done.Stored != 0 || done.Duplicates != 3000 {
				t.Errorf("again: %+v, %v", done, err)
			}
			body, err := c.Export(ctx, client.ExportRequest{})
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			got, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(got, []byte("\n")); n != 3000 {
				t.Errorf("%d lines came out", n)
			}
			page, err := c.Search(ctx, client.SearchRequest{Search: client.Search{Query: `"coffee number"`}, Limit: 7})
			if err != nil || len(page.Posts) != 7 || page.Next == "" || page.Posts[0].Post.Text != "coffee number 2999" || len(page.Posts[0].Highlights) == 0 {
				t.Errorf("%+v, %v", page, err)
			}
			if counts, err := c.Count(ctx, client.CountRequest{Search: client.Search{Query: "coffee"}}); err != nil || counts.Total != 3000 {
				t.Errorf("%+v, %v", counts, err)
			}
		})
	}
}

func TestAFileNobodyCanReadIsAnsweredBeforeAnythingIsStored(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	for _, file := range []string{"", "\x00\x01\x02", "hello world\n", "\x1f\x8bnot really gzip"} {
		_, err := r.Import(t.Context(), strings.NewReader(file), client.ImportOptions{Name: "x.bin"}, nil)
		if hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func TestFollowingSeesWhatIsStoredAndEndsWithTheServer(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	ctx := t.Context()
	if _, err := r.Import(ctx, strings.NewReader(posts(1)), client.ImportOptions{Name: "a.ndjson"}, nil); err != nil {
		t.Fatal(err)
	}
	heard := make(chan int64, 100)
	ended := make(chan error, 1)
	go func() {
		ended <- r.Follow(ctx, client.FollowRequest{Search: client.Search{Query: "coffee"}, After: -1}, func(h *client.Hit) error {
			if len(h.Highlights) == 0 {
				t.Error("nothing is marked")
			}
			heard <- h.Seq
			return nil
		})
	}()
	if seq := <-heard; seq != 1 {
		t.Errorf("first heard row %d", seq)
	}
	if _, err := r.Import(ctx, strings.NewReader(posts(3)), client.ImportOptions{Name: "b.ndjson"}, nil); err != nil {
		t.Fatal(err)
	}
	for want := int64(2); want <= 3; want++ {
		if seq := <-heard; seq != want {
			t.Errorf("heard row %d, want %d", seq, want)
		}
	}
	begun := hearth.SystemClock()
	if err := r.end(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if took := hearth.SystemClock().Sub(begun); took > 10*time.Second {
		t.Errorf("stopping took %s with somebody following", took)
	}
	if err := <-ended; hearth.ErrorCode(err) != hearth.Unavailable {
		t.Errorf("the follower was told %v", err)
	}
}

func TestAStaleNoteIsNoticedAndRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	note := filepath.Join(dir, "server.json")
	if err := os.WriteFile(note, []byte(`{"address":"http://`+gone.Addr().String()+`","key":"k","process":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, done, err := server.Connect(t.Context(), configIn(dir), os.Getenv, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(note); !errors.Is(err, os.ErrNotExist) {
		t.Error("the stale note is still there")
	}
	if err := done(); err != nil {
		t.Error(err)
	}
}

func TestCommandsOnOneDirectoryWaitForEachOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			c, done, err := server.Connect(t.Context(), configIn(dir), os.Getenv, true)
			if err == nil {
				err = errors.Join(c.Ping(t.Context()), done())
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// An import that is done is answered without its file, which may still be on its
// way. Who then asks something else on the same connection is answered too.
func TestAConnectionServesOnAfterAFileThatNobodyHadToRead(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	file := posts(40_000) // more than net/http reads by itself
	if _, err := r.Import(t.Context(), strings.NewReader(file), client.ImportOptions{ID: "one", Format: "ndjson"}, nil); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	ask := func(method, path, body string) string {
		t.Helper()
		q, err := http.NewRequest(method, r.address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", "Bearer "+r.key)
		if err := q.Write(conn); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		answer, err := http.ReadResponse(answers, q)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %d %s, %v", method, path, answer.StatusCode, text, err)
		}
		return string(text)
	}
	if got := ask("POST", "/api/import?id=one&format=ndjson", file); !strings.Contains(got, `"done":true`) {
		t.Fatalf("the same file again: %s", got)
	}
	if got := ask("GET", "/api/imports", ""); !strings.Contains(got, `"id":"one"`) {
		t.Errorf("asked next: %s", got)
	}
}
