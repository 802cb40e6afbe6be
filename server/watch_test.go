package server_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/network/bluesky/fake"
	"hearth/server"
)

// heard is a running server with a source that reads what an invented network
// says, and a monitor.
func heard(t *testing.T, config server.Config) (*running, *fake.Server) {
	t.Helper()
	host := fake.New(fake.Options{})
	network := httptest.NewServer(host)
	t.Cleanup(func() { network.CloseClientConnections(); network.Close() })
	config.Allow = []string{network.Listener.Addr().String()}
	r := start(t, config)
	if _, err := r.AddMonitor(t.Context(), client.MonitorDraft{Name: "Acme", Query: "acme"}); err != nil {
		t.Fatal(err)
	}
	_, err := r.AddSource(t.Context(), client.SourceDraft{Network: "bluesky", Settings: map[string]string{
		"endpoint": "ws" + strings.TrimPrefix(network.URL, "http"), "appview": network.URL,
	}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the source listens", func() bool { return host.Connections() > 0 })
	return r, host
}

// eventually waits for something to become true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("it never came that %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestMetricsSayWhatIsCounted(t *testing.T) {
	t.Parallel()
	r, host := heard(t, configIn(t.TempDir()))
	host.Publish(&hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:plc:ann"}, Text: "Acme is slow"})
	host.Publish(&hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:plc:ann"}, Text: "a quiet day"})
	var text string
	eventually(t, "the metrics count the posts", func() bool {
		_, text = r.ask(http.MethodGet, "/metrics", r.key, "")
		return strings.Contains(text, `hearth_source_events_total{network="bluesky",source="1",workspace="1"} 2`) && strings.Contains(text, `hearth_consumer_lag_rows{consumer="monitor"} 0`)
	})
	for _, line := range []string{
		`hearth_ready 1`, `hearth_source_stored_total{network="bluesky",source="1",workspace="1"} 1`, `hearth_source_unwanted_total{network="bluesky",source="1",workspace="1"} 1`,
		`hearth_match_queries 1`, `hearth_archive_rows_total 1`, `hearth_outbound_hosts_broken 0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
	for _, pattern := range []string{`hearth_commit_seconds_count\{database="archive"\} [1-9]`, `hearth_storage_bytes\{file="archive.db"\} [1-9]`, `hearth_outbound_calls_total [1-9]`, `(?m)^go_goroutines [1-9]`, `hearth_source_state\{network="bluesky",source="1",state="(listening|catching up)",workspace="1"\} 1`, `hearth_source_age_seconds\{[^}]*\} [0-9]`,
		`hearth_consumer_lag_rows\{consumer="alerts"\} `, `hearth_consumer_lag_rows\{consumer="copies"\} `, `hearth_consumer_lag_rows\{consumer="tag-rules"\} `, `hearth_consumer_lag_rows\{consumer="topics"\} `, `hearth_consumer_lag_seconds\{consumer="monitor"\} 0`} {
		if !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("there is no %s", pattern)
		}
	}
}

func TestEveryConsumerOfTheLogSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	r, host := heard(t, configIn(t.TempDir()))
	host.Publish(&hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:plc:ann"}, Text: "Acme is slow"})
	eventually(t, "all have taken the post in", func() bool {
		st, err := r.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range st.Consumers {
			names = append(names, c.Name)
			if c.At+c.Behind < st.Rows {
				t.Fatalf("%s is at row %d and %d behind; there are %d", c.Name, c.At, c.Behind, st.Rows)
			}
			if c.At < 1 {
				return false
			}
		}
		if slices.Sort(names); !slices.Equal(names, []string{"alerts", "bots", "copies", "monitor", "tag-rules", "topics"}) {
			t.Fatalf("these say how far they are: %q", names)
		}
		return true
	})
}

func TestMetricsAndProfilesAreGuardedAsTheStatusPage(t *testing.T) {
	t.Parallel()
	config := configIn(t.TempDir())
	config.Public, config.Pprof = true, true
	r := start(t, config)
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/goroutine?debug=1"} {
		if answer, text := r.ask(http.MethodGet, path, "", ""); answer.StatusCode != http.StatusUnauthorized || strings.Contains(text, "hearth_") {
			t.Errorf("%s without a key: %s", path, answer.Status)
		}
		if answer, _ := r.ask(http.MethodGet, path, r.key, ""); answer.StatusCode != http.StatusOK {
			t.Errorf("%s with the key: %s", path, answer.Status)
		}
	}
	if answer, text := r.ask(http.MethodGet, "/readyz", "", ""); answer.StatusCode != http.StatusOK || strings.Contains(text, "checks") {
		t.Errorf("readiness without a key: %s %s", answer.Status, text)
	}
	closed := start(t, configIn(t.TempDir()))
	if answer, _ := closed.ask(http.MethodGet, "/metrics", "", ""); answer.StatusCode != http.StatusOK {
		t.Errorf("metrics on loopback: %s", answer.Status)
	}
	if answer, _ := closed.ask(http.MethodGet, "/debug/pprof/heap", closed.key, ""); answer.StatusCode != http.StatusNotFound {
		t.Errorf("profiles that nobody asked for: %s", answer.Status)
	}
}

func TestReadinessSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	type health struct {
		Status string
		Checks []struct {
			Name, Detail string
			OK           bool
		}
	}
	ask := func(h http.Handler, path string) (int, health) {
		w := httptest.NewRecorder()
		q := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil)
		h.ServeHTTP(w, q)
		var doc health
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
			t.Fatalf("%s: %s", err, w.Body)
		}
		return w.Code, doc
	}
	s, err := server.Build(t.Context(), configIn(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if code, _ := ask(s.Handler(), "/healthz"); code != http.StatusOK {
		t.Errorf("alive: %d", code)
	}
	code, doc := ask(s.Handler(), "/readyz")
	if code != http.StatusServiceUnavailable || doc.Status != "not ready" || len(doc.Checks) != 4 || doc.Checks[0].Detail != "The server is starting." || doc.Checks[1].Name != "stores" || !doc.Checks[1].OK || doc.Checks[2].OK {
		t.Errorf("before it runs: %d %+v", code, doc)
	}
	r := start(t, configIn(t.TempDir()))
	eventually(t, "it is ready", func() bool {
		answer, text := r.ask(http.MethodGet, "/readyz", "", "")
		return answer.StatusCode == http.StatusOK && strings.Contains(text, `"status":"ready"`) && strings.Contains(text, `"disk"`)
	})
}

// proves IB4, F25: who holds connections, or sends slowly, keeps nobody out and
// does not stay.
func TestWhoDoesNothingKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	const idlers = 1_500 // more than may be connected
	r := start(t, configIn(t.TempDir()))
	at := strings.TrimPrefix(r.address, "http://")
	var mu sync.Mutex
	var held []net.Conn
	defer func() {
		for _, c := range held {
			c.Close()
		}
	}()
	dial := func(send string) net.Conn {
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, send)
		mu.Lock()
		held = append(held, c)
		mu.Unlock()
		return c
	}
	// One that was served and is idle, one that sends its header slowly.
	idle, slow := dial("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), dial("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
	answers := bufio.NewReader(idle)
	answer, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, answer.Body)
	var group sync.WaitGroup
	group.Go(func() { closedByServer(t, "an idle connection", idle) })
	group.Go(func() { closedByServer(t, "a slow header", slow) })
	group.Wait()

	first := dial("GET /")
	for i := range idlers {
		if i%2 == 0 {
			dial("")
		} else {
			dial("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
		}
		if i%100 == 0 {
			begun := time.Now()
			answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(r.address + "/healthz")
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Fatalf("after %d idle connections: %v", i, err)
			}
			answer.Body.Close()
			if took := time.Since(begun); took > 8*time.Second { // they are closed after 10
				t.Errorf("after %d idle connections an answer took %s", i, took)
			}
		}
	}
	closedByServer(t, "the longest idle connection", first)
}

// closedByServer waits until the server closes a connection.
func closedByServer(t *testing.T, what string, c net.Conn) {
	c.SetReadDeadline(time.Now().Add(time.Minute))
	_, err := io.Copy(io.Discard, c)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		t.Errorf("%s is still open", what)
	}
}

func TestALongHeaderIsRefused(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	if answer, _ := r.ask(http.MethodGet, "/healthz", "", "", "X-Long", strings.Repeat("x", 32<<10)); answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("the answer is %s", answer.Status)
	}
}

// TestTheLogHoldsNoWordsNamesOrSecrets runs everything that logs with texts that
// can be found again.
func TestTheLogHoldsNoWordsNamesOrSecrets(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	config := configIn(t.TempDir())
	config.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r, host := heard(t, config)
	host.SetProfile("did:plc:canary", fake.Profile{Handle: "canaryhandle.example", Name: "Canary Name"})
	host.Publish(&hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:plc:canary"}, Text: "acme canarytext"})
	eventually(t, "the post is kept", func() bool {
		st, err := r.Status(t.Context())
		return err == nil && st.Posts == 1
	})
	// A source with a secret that cannot be reached, one that is refused.
	for _, at := range []string{"http://127.0.0.1:1", "http://169.254.169.254"} {
		if _, err := r.AddSource(t.Context(), client.SourceDraft{Network: "mastodon", Name: at, Settings: map[string]string{"server": at, "token": "canarytoken"}}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "both sources are in trouble", func() bool {
		list, err := r.Sources(t.Context())
		return err == nil && len(list) == 3 && list[1].Trouble != "" && list[2].Trouble != ""
	})
	r.ask(http.MethodGet, "/api/search?query=canaryquery", r.key, "")
	r.ask(http.MethodGet, "/api/search?query=%28canaryquery", r.key, "")
	r.ask(http.MethodPost, "/api/monitors", r.key, `{"name":"canarymonitor","query":"(canaryquery"}`)
	r.ask(http.MethodGet, "/api/status", "canarykey", "")
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	text := log.String()
	if !strings.Contains(text, "msg=listening") || !strings.Contains(text, "msg=stopping") || !strings.Contains(text, "source=") {
		t.Fatalf("the log is not there:\n%s", text)
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(strings.ToLower(line), "canary") || strings.Contains(line, r.key) {
			t.Errorf("the log says: %s", line)
		}
	}
}

// lockedBuffer is a bytes.Buffer for several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
