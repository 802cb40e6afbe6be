package server_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/ingest"
	"hearth/network"
	feedfake "hearth/network/feed/fake"
	"hearth/network/webhook/fake"
	"hearth/server"
)

// hookConfig is a server that takes webhooks too.
func hookConfig(dir string) server.Config {
	config := configIn(dir)
	config.Webhooks = "127.0.0.1:0"
	return config
}

const hookSecret = "whsec_bm90IGEgc2VjcmV0IGJ1dCBsb25nIGVub3VnaA=="

// addHook adds a source that keeps everything and gives a sender for it.
func (r *running) addHook(name string) (client.Source, *fake.Sender) {
	r.t.Helper()
	src, err := r.AddSource(r.t.Context(), client.SourceDraft{
		Name: name, Network: "webhook", KeepEverything: true, Settings: map[string]string{"secret": hookSecret, "network": "shop"},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return src, r.sender(src.ID)
}

func (r *running) sender(id int64) *fake.Sender {
	r.t.Helper()
	src, err := r.Source(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	sc, _ := network.SchemeOf("standard")
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	r.t.Cleanup(c.CloseIdleConnections)
	return &fake.Sender{Address: src.Deliveries.Address, Scheme: sc, Secret: []byte("not a secret but long enough"), Client: c, Clock: hearth.SystemClock}
}

// stored waits until the source has stored so many posts.
func (r *running) stored(id, want int64) client.Source {
	r.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		src, err := r.Source(r.t.Context(), id)
		if err != nil {
			r.t.Fatal(err)
		}
		if src.Counters.Stored >= want && src.Deliveries.Waiting == 0 {
			return src
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("only %d posts were stored: %+v", src.Counters.Stored, src)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestAPostThatIsSentIsFound(t *testing.T) {
	t.Parallel()
	r := start(t, hookConfig(t.TempDir()))
	src, sender := r.addHook("shop")
	if !strings.HasPrefix(sender.Address, "http://127.0.0.1:") || src.Deliveries.Example == "" || len(src.Made) > 0 {
		t.Errorf("the source is %+v", src)
	}
	status, err := sender.Send(t.Context(), "application/json", `{"id":"r1","text":"The kettle broke"}`)
	if err != nil || status != http.StatusNoContent {
		t.Fatal(status, err)
	}
	now := r.stored(src.ID, 1)
	if now.State != string(ingest.Listening) || now.Deliveries.Accepted != 1 || now.Deliveries.Last.IsZero() {
		t.Errorf("the source is %+v", now)
	}
	page, err := r.Search(t.Context(), client.SearchRequest{Search: client.Search{Query: "kettle"}})
	if err != nil || len(page.Posts) != 1 || page.Posts[0].Post.Network != "shop" {
		t.Errorf("found %+v, %v", page, err)
	}
	if again, err := r.RotateCallback(t.Context(), src.ID); err != nil || again.Deliveries.Address == sender.Address {
		t.Errorf("after the rotation: %+v, %v", again.Deliveries, err)
	}
	if status, err := sender.Send(t.Context(), "application/json", `{"text":"x"}`); err != nil || status != http.StatusNotFound {
		t.Errorf("at the old address: %d, %v", status, err)
	}
}

func TestTheWebhookListenerAnswersNothingElse(t *testing.T) {
	t.Parallel()
	r := start(t, hookConfig(t.TempDir()))
	_, sender := r.addHook("shop")
	u, err := url.Parse(sender.Address)
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + u.Host
	for _, c := range []struct {
		method, address string
		header          http.Header
		want            int
	}{
		{"GET", base + "/", nil, http.StatusNotFound},
		{"GET", base + "/api/status", http.Header{"Authorization": {"Bearer " + r.key}}, http.StatusNotFound},
		{"POST", base + "/in/", nil, http.StatusNotFound},
		{"POST", base + "/in/../api/sources", nil, http.StatusNotFound},
		{"POST", base + "/in/" + strings.Repeat("A", 43), nil, http.StatusNotFound},
		{"GET", sender.Address + "?hub.challenge=x", nil, http.StatusNotFound},
		{"PUT", sender.Address, nil, http.StatusMethodNotAllowed},
		{"POST", sender.Address, nil, http.StatusUnauthorized},
		{"OPTIONS", sender.Address, http.Header{"Webhook-Request-Origin": {"bus.example"}}, http.StatusOK},
		{"OPTIONS", base + "/in/x", http.Header{"Webhook-Request-Origin": {"bus.example"}}, http.StatusNotFound},
	} {
		q, err := http.NewRequest(c.method, c.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Header = c.header
		answer, err := sender.Client.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.address, answer.StatusCode, c.want)
		}
		if allowed := answer.Header.Get("WebHook-Allowed-Origin"); (allowed == "bus.example") != (c.method == "OPTIONS" && c.want == http.StatusOK) {
			t.Errorf("%s %s allows %q", c.method, c.address, allowed)
		}
	}
	for _, fault := range fake.Faults {
		if status, err := sender.Do(t.Context(), "1", "application/json", `{"text":"x"}`, fault); err != nil || status != http.StatusUnauthorized {
			t.Errorf("%v: %d, %v", fault, status, err)
		}
	}
}

// proves F19
func TestTheSameWebhookAThousandTimesIsStoredOnceAcrossARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, hookConfig(dir))
	src, _ := r.addHook("shop")
	for half := range 2 {
		if half == 1 {
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			r = start(t, hookConfig(dir))
		}
		sender := r.sender(src.ID)
		var good atomic.Int64
		var all sync.WaitGroup
		for range 500 {
			all.Go(func() {
				for try := 0; try < 100; try++ {
					status, err := sender.Do(t.Context(), "the-one", "application/json", `{"id":"r1","text":"The kettle broke"}`, fake.None)
					if err == nil && status/100 == 2 {
						good.Add(1)
						return
					}
					if err == nil && status != http.StatusServiceUnavailable {
						t.Errorf("answered %d", status)
						return
					}
				}
			})
		}
		all.Wait()
		if good.Load() != 500 {
			t.Errorf("%d were acknowledged", good.Load())
		}
		if now := r.stored(src.ID, 1); now.Counters.Frames != 1 || now.Counters.Stored != 1 || now.Deliveries.Accepted+now.Deliveries.Duplicates != 500 {
			t.Errorf("the source is %+v", now)
		}
	}
}

// proves F20: bodies without an end and of a gigabyte are refused.
func TestAHugeWebhookIsRefused(t *testing.T) {
	t.Parallel()
	r := start(t, hookConfig(t.TempDir()))
	_, sender := r.addHook("shop")
	for _, length := range []int64{-1, 1 << 30} {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, sender.Address, io.NopCloser(zeros{}))
		if err != nil {
			t.Fatal(err)
		}
		q.ContentLength = length
		answer, err := sender.Client.Do(q)
		if err != nil { // the server may close before everything is sent
			continue
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("of length %d: %d", length, answer.StatusCode)
		}
	}
	if status, err := sender.Send(t.Context(), "application/json", `{"text":"x"}`); err != nil || status != http.StatusNoContent {
		t.Errorf("afterwards: %d, %v", status, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// proves F25, IB4: whoever sends slowly is cut off, and nobody waits for them.
func TestSlowSendersAreCutOffAndHoldUpNobody(t *testing.T) {
	t.Parallel()
	r := start(t, hookConfig(t.TempDir()))
	src, sender := r.addHook("shop")
	u, err := url.Parse(sender.Address)
	if err != nil {
		t.Fatal(err)
	}
	var cut sync.WaitGroup
	for i := range 200 {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		begin := "POST " + u.Path + " HTTP/1.1\r\nHost: x\r\n"
		if i%2 == 0 {
			begin += "Content-Length: 1000\r\n\r\n{"
		}
		if _, err := io.WriteString(conn, begin); err != nil {
			t.Fatal(err)
		}
		cut.Go(func() { // until the server has had enough
			conn.SetReadDeadline(time.Now().Add(time.Minute))
			if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Errorf("a slow sender is still connected: %v", err)
			}
		})
	}
	var took []time.Duration
	for i := range 20 {
		begun := time.Now()
		if status, err := sender.Send(t.Context(), "application/json", fmt.Sprintf(`{"text":"%d"}`, i)); err != nil || status != http.StatusNoContent {
			t.Fatal(status, err)
		}
		if _, err := r.Sources(t.Context()); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	t.Logf("beside 200 slow senders: median %v, slowest %v", took[len(took)/2], took[len(took)-1])
	cut.Wait()
	if status, err := sender.Send(t.Context(), "application/json", `{"text":"afterwards"}`); err != nil || status != http.StatusNoContent {
		t.Errorf("afterwards: %d, %v", status, err)
	}
	r.stored(src.ID, 1)
}

// proves STR2 for webhooks
func TestAFullDiskAsksSendersToComeAgain(t *testing.T) {
	t.Parallel()
	h := server.NewHookHandler(nil, func() bool { return true })
	answer := serve(h, http.MethodPost, "/in/x", "{}")
	if answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
		t.Errorf("answered %d, %v", answer.Code, answer.Header())
	}
}

type answering struct{ err error }

func (a answering) Deliver(context.Context, string, http.Header, io.Reader) error { return a.err }
func (a answering) Expects(context.Context, string) error                         { return a.err }
func (a answering) Answer(context.Context, string, url.Values) (string, error) {
	return "<b>challenge</b>", a.err
}

func TestErrorsTellSendersWhatToDo(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]int{
		ingest.ErrBusy:                       http.StatusServiceUnavailable,
		ingest.ErrTooLarge:                   http.StatusRequestEntityTooLarge,
		io.ErrUnexpectedEOF:                  http.StatusServiceUnavailable,
		hearth.Errorf(hearth.Damaged, "x"):   http.StatusServiceUnavailable,
		hearth.Errorf(hearth.Denied, "Why."): http.StatusUnauthorized,
		hearth.Errorf(hearth.NotFound, "x"):  http.StatusNotFound,
	} {
		answer := serve(server.NewHookHandler(answering{err}, func() bool { return false }), http.MethodPost, "/in/x", "{}")
		if answer.Code != want || (want == http.StatusServiceUnavailable) != (answer.Header().Get("Retry-After") != "") {
			t.Errorf("%v is answered %d, %v", err, answer.Code, answer.Header())
		}
		if hearth.ErrorCode(err) == hearth.Damaged && strings.Contains(answer.Body.String(), "x") {
			t.Errorf("our own trouble is told to strangers: %s", answer.Body)
		}
	}
	answer := serve(server.NewHookHandler(answering{}, func() bool { return false }), http.MethodGet, "/in/x?hub.challenge=1", "")
	if answer.Code != http.StatusOK || answer.Body.String() != "<b>challenge</b>" || !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("a challenge is answered %d %v %s", answer.Code, answer.Header(), answer.Body)
	}
}

func TestWebhookSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		webhooks, public string
		good             bool
	}{
		{"", "", true}, {"127.0.0.1:8788", "", true}, {":8788", "https://hooks.acme.example", true}, {":8788", "http://127.0.0.1:9/x", true},
		{"8788", "", false}, {"", "https://hooks.acme.example", false}, {":1", "http://hooks.acme.example", false},
		{":1", "https://a:b@hooks.acme.example", false}, {":1", "https://hooks.acme.example/?x=1", false},
	} {
		_, _, err := server.Load(map[string]string{"data": t.TempDir(), "webhooks": c.webhooks, "webhooks-url": c.public}, func(string) string { return "" })
		if (err == nil) != c.good {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func serve(h http.Handler, method, target, body string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest(method, target, strings.NewReader(body)))
	return answer
}

// BenchmarkWebhooks measures the time from sending a delivery until it is
// acknowledged, so on the disk, at 1,000 a second (WHI3).
func BenchmarkWebhooks(b *testing.B) {
	r := start(b, hookConfig(b.TempDir()))
	src, err := r.AddSource(b.Context(), client.SourceDraft{Network: "webhook", Settings: map[string]string{"secret": hookSecret}})
	if err != nil {
		b.Fatal(err)
	}
	sc, _ := network.SchemeOf("standard")
	sender := &fake.Sender{Address: src.Deliveries.Address, Scheme: sc, Secret: []byte("not a secret but long enough"), Clock: hearth.SystemClock,
		Client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 512}}}
	const rate = 1000
	took := make([]time.Duration, b.N)
	var all sync.WaitGroup
	begun := time.Now()
	for i := range b.N {
		due := begun.Add(time.Duration(i) * time.Second / rate)
		time.Sleep(time.Until(due))
		all.Go(func() {
			status, err := sender.Send(b.Context(), "application/json", fmt.Sprintf(`{"id":"%d","text":"The kettle broke again, and nobody answers the telephone. Number %d"}`, i, i))
			if err != nil || status != http.StatusNoContent {
				b.Errorf("%d, %v", status, err)
			}
			took[i] = time.Since(due) // from when it was due: waiting counts
		})
	}
	all.Wait()
	slices.Sort(took)
	at := func(p float64) float64 { return float64(took[int(p*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(float64(b.N)/time.Since(begun).Seconds(), "deliveries/s")
}

// A feed that is asked every five minutes is heard at once where its hub pushes.
func TestAFeedsHubPushesThroughTheWholeHouse(t *testing.T) {
	t.Parallel()
	hub := &feedfake.Hub{Client: http.DefaultClient}
	hubServer := httptest.NewServer(hub)
	defer hubServer.Close()
	site := feedfake.New(feedfake.Options{Header: http.Header{"Link": {`<` + hubServer.URL + `>; rel="hub", </feed>; rel="self"`}}})
	siteServer := httptest.NewServer(site)
	defer siteServer.Close()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := configIn(t.TempDir())
	config.Webhooks, config.WebhooksURL, config.Allow = probe.Addr().String(), "http://"+probe.Addr().String(), []string{"127.0.0.1:*"}
	probe.Close()
	r := start(t, config)
	src, err := r.AddSource(t.Context(), client.SourceDraft{Network: "feed", KeepEverything: true, Settings: map[string]string{"url": siteServer.URL + "/feed"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(src.Made) > 0 || src.Settings["push_secret"] != ingest.Kept {
		t.Errorf("the source is %+v", src)
	}
	deadline := time.Now().Add(time.Minute)
	for confirmed := 0; confirmed == 0; confirmed, _, _ = hub.Subscribers() {
		if time.Now().After(deadline) {
			t.Fatal("nobody subscribed")
		}
		<-time.After(5 * time.Millisecond)
	}
	document := []byte(`<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>urn:1</id><title>The kettle broke</title></entry></feed>`)
	if got := hub.Push("application/atom+xml", document, ""); len(got) != 1 || got[0] != http.StatusNoContent {
		t.Fatalf("the push is answered %v", got)
	}
	if got := hub.Push("application/atom+xml", document, "forged"); len(got) != 1 || got[0] != http.StatusUnauthorized {
		t.Errorf("a forged push is answered %v", got)
	}
	r.stored(src.ID, 1)
	if confirmed, asked, misled := hub.Subscribers(); confirmed != 1 || asked != 1 || misled != 0 {
		t.Errorf("%d subscriptions, asked %d times, misled %d times", confirmed, asked, misled)
	}
}
