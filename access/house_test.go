package access_test

import (
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/db/dbtest"
)

const here = hearth.DefaultWorkspace

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// clock is set by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is access on a real database.
type house struct {
	*access.Access
	t     testing.TB
	state *db.DB
	clock *clock

	options access.Options
	tokens  map[access.SessionID]string // of the sessions that addPasskey began
}

// proves the parity half of G2: the same rules on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

func open(t testing.TB) *house { return openAt(t, dbtest.Location(t), nil) }

func openAt(t testing.TB, location string, change func(*access.Options)) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{now: noon}, tokens: map[access.SessionID]string{}}
	var err error
	if h.state, err = db.Open(t.Context(), location, db.Options{Schemas: []db.Schema{access.StateSchema()}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.state.Close() })
	o := access.Options{
		State: h.state, Clock: h.clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Seal: make([]byte, access.SealSize),
	}
	if change != nil {
		change(&o)
	}
	h.options = o
	if h.Access, err = access.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return h
}

var operator = access.LocalOwner(here)

const password = "a lamp beside the window"

// from is a caller at an address.
func from(address string) access.Caller {
	return access.Caller{Address: netip.MustParseAddr(address), Agent: "Firefox on Linux"}
}

var home = from("203.0.113.7")

// owner sets the house up and signs the owner in.
func (h *house) owner() access.Actor {
	h.t.Helper()
	token, err := h.SetUpLink(h.t.Context(), operator)
	if err != nil {
		h.t.Fatal(err)
	}
	e, err := h.SetUp(h.t.Context(), home, token, access.Draft{Name: "Ann", FullName: "Ann Example", Password: password})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.actor(e)
}

// actor is who a session makes act.
func (h *house) actor(e access.Entry) access.Actor {
	h.t.Helper()
	by, _, err := h.SessionActor(h.t.Context(), e.Token)
	if err != nil {
		h.t.Fatal(err)
	}
	return by
}

func wantCode(t testing.TB, what string, err error, code hearth.Code) {
	t.Helper()
	var e *hearth.Error
	if !errors.As(err, &e) || e.Code != code || e.Message == "" {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}
