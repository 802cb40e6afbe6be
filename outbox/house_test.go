package outbox_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/outbound"
	"hearth/outbox"
)

const here = hearth.DefaultWorkspace

var owner = access.LocalOwner(here)

func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

// house is an outbox on a real database that sends to this machine.
type house struct {
	t     *testing.T
	state *db.DB
	box   *outbox.Outbox
	stop  func()

	mu     sync.Mutex
	now    time.Time
	hidden map[hearth.Seq]bool
	gone   bool // the owner of channels
	mail   *outbox.MailServer
	access *access.Access // of tests with people
}

func (h *house) log() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) advance(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *house) locked(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
}

func open(t *testing.T) *house { return openWith(t, nil) }

func openWith(t *testing.T, mail *outbox.MailServer) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC), hidden: map[hearth.Seq]bool{}, mail: mail}
	var err error
	h.state, err = db.Open(t.Context(), dbtest.Location(t), db.Options{Schemas: []db.Schema{access.StateSchema(), outbox.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.state.Close() })
	h.build()
	return h
}

// build makes the outbox anew, as the next process does.
func (h *house) build() {
	h.t.Helper()
	allow, err := outbound.ParseException("127.0.0.1:*")
	if err != nil {
		h.t.Fatal(err)
	}
	keys, err := outbox.NewPushKeys([]byte("an invented secret of 32 bytes!!"))
	if err != nil {
		h.t.Fatal(err)
	}
	keys.Contact = "hearth@acme.example"
	h.box = outbox.New(outbox.Options{
		State: h.state, Out: outbound.New(outbound.Config{Allow: []outbound.Exception{allow}, Clock: h.clock}), Clock: h.clock, Log: slog.New(slog.DiscardHandler),
		Seal: func(label, secret string) string {
			return base64.StdEncoding.EncodeToString([]byte(label + "\x01" + secret))
		},
		Open: func(label, sealed string) (string, error) {
			b, err := base64.StdEncoding.DecodeString(sealed)
			secret, ok := strings.CutPrefix(string(b), label+"\x01")
			if err != nil || !ok {
				return "", fmt.Errorf("%q does not open %q", label, sealed)
			}
			return secret, nil
		},
		Mail: h.mail, Push: &keys, Address: "https://hearth.acme.example", Random: func() float64 { return 0 },
		Events: []string{"mention.created", "alert.raised"}, Told: []string{"alert.raised"},
		Languages: []string{"de", "fi"}, Say: func(lang, sentence string) string { return "<" + lang + "> " + sentence },
		Reached: func(ctx context.Context, ws hearth.WorkspaceID, user hearth.UserID, session access.SessionID) (bool, error) {
			return h.access.Reaches(ctx, ws, user, session)
		},
		Shown: func(_ context.Context, _ hearth.WorkspaceID, seq hearth.Seq) (bool, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			return !h.hidden[seq], nil
		},
		May: func(context.Context, hearth.WorkspaceID, hearth.UserID) (bool, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			return !h.gone, nil
		},
	})
}

// run sends until the test ends or stop is called.
func (h *house) run() {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	box := h.box
	go func() { done <- box.Run(ctx) }()
	h.stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	h.t.Cleanup(h.stop)
}

func (h *house) add(d outbox.ChannelDraft) (outbox.Channel, string) {
	h.t.Helper()
	if d.Name == "" {
		d.Name = "test"
	}
	c, secret, err := h.box.AddChannel(h.t.Context(), owner, d)
	if err != nil {
		h.t.Fatal(err)
	}
	return c, secret
}

func (h *house) hook(address string) (outbox.Channel, string) {
	h.t.Helper()
	return h.add(outbox.ChannelDraft{Kind: outbox.Webhook, Settings: outbox.Settings{Address: address}})
}

func (h *house) publish(e outbox.Event) {
	h.t.Helper()
	if e.Type == "" {
		e.Type = "alert.raised"
	}
	e.At = h.clock()
	err := h.state.Write(h.t.Context(), func(tx *db.Tx) error { return h.box.Publish(tx, here, e) })
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) list() []outbox.Dispatch {
	h.t.Helper()
	page, err := h.box.Dispatches(context.Background(), owner, outbox.Search{})
	if err != nil {
		h.t.Fatal(err)
	}
	return page.Dispatches
}

// becomes waits until the only dispatch is in a state.
func (h *house) becomes(state outbox.State) outbox.Dispatch {
	h.t.Helper()
	var list []outbox.Dispatch
	within(h.t, func() bool { list = h.list(); return len(list) == 1 && list[0].State == state }, func() string {
		return fmt.Sprintf("the only dispatch is %s: %+v", state, list)
	})
	d, err := h.box.Dispatch(h.t.Context(), owner, list[0].ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

func within(t testing.TB, condition func() bool, what func() string) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatal("never: " + what())
		case <-tick.C:
		}
	}
}

// receiver takes what is sent to it.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []taken
	answer func(n int, w http.ResponseWriter) // nil: 204
}

type taken struct {
	header http.Header
	body   []byte
}

func receive(t *testing.T, answer func(n int, w http.ResponseWriter)) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.got = append(r.got, taken{q.Header.Clone(), body})
		n := len(r.got)
		r.mu.Unlock()
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(n, w)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) all() []taken {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]taken{}, r.got...)
}

// breakOff ends a connection without an answer.
func breakOff(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

// post office is a mail server that does as it is told.
type office struct {
	server outbox.MailServer
	mu     sync.Mutex
	mails  []string
	rcpt   string // answer to RCPT; "": 250
	end    string // answer to the end of DATA; "": 250; "none": it hangs up
}

func openOffice(t *testing.T) *office {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	o := &office{server: outbox.MailServer{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Plain: true, From: "Hearth <hearth@acme.example>"}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go o.serve(conn)
		}
	}()
	return o
}

func (o *office) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	say := func(s string) { fmt.Fprintf(conn, "%s\r\n", s) }
	say("220 mail.acme.example ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		o.mu.Lock()
		rcpt, end := o.rcpt, o.end
		o.mu.Unlock()
		switch verb := strings.ToUpper(line[:min(4, len(line))]); {
		case verb == "RCPT" && rcpt != "":
			say(rcpt)
		case verb == "DATA":
			say("354 go on")
			var b strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				b.WriteString(line)
			}
			o.mu.Lock()
			o.mails = append(o.mails, b.String())
			o.mu.Unlock()
			switch end {
			case "none":
				return
			case "":
				say("250 taken")
			default:
				say(end)
			}
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (o *office) got() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string{}, o.mails...)
}

func (o *office) set(rcpt, end string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rcpt, o.end = rcpt, end
}
