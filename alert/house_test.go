package alert

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/match"
	"hearth/monitor"
	"hearth/query"
	"hearth/text"
)

const here = hearth.DefaultWorkspace

var (
	owner = access.LocalOwner(here)
	noon  = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC) // a Monday
)

func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

// house is alerts on real files.
type house struct {
	t        *testing.T
	state    *db.DB
	store    *db.DB
	archive  *archive.Archive
	monitors *monitor.Monitors

	countNoMore func()
	alerts      *Alerts
	incidents   *Incidents
	watcher     *watcher
	scratch     *match.Scratch
	written     int
	troubles    []Trouble
	events      []Event

	mu  sync.Mutex
	now time.Time
}

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

func open(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, now: noon, scratch: match.NewScratch()}
	home := dbtest.Home(t)
	var err error
	if h.state, err = db.Open(t.Context(), db.At(home, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema(), Schema()}}); err != nil {
		t.Fatal(err)
	}
	h.store, err = db.Open(t.Context(), db.At(home, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	if h.archive, err = archive.Open(t.Context(), h.store, archive.Options{Clock: h.clock}); err != nil {
		t.Fatal(err)
	}
	h.monitors, err = monitor.New(t.Context(), monitor.Options{State: h.state, Archive: h.archive, Store: h.store, Clock: h.clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	h.count()
	t.Cleanup(func() {
		h.countNoMore()
		h.archive.Close()
		h.store.Close()
		h.state.Close()
	})
	h.restart()
	return h
}

// count counts what is stored, until countNoMore.
func (h *house) count() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.monitors.Run(ctx) }()
	h.countNoMore = func() {
		cancel()
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
	}
}

// restart begins watching anew, as the next process does.
func (h *house) restart() {
	h.alerts = New(Options{
		State: h.state, Archive: h.archive, Monitors: h.monitors, Clock: h.clock, Log: slog.New(slog.DiscardHandler),
		Publish: func(_ *db.Tx, _ hearth.WorkspaceID, e Event) error { h.events = append(h.events, e); return nil },
		Wants: func(_ *db.Tx, _ hearth.WorkspaceID, event string) (bool, error) {
			return event == MentionCreated, nil
		},
		Troubles: func(context.Context, time.Time) ([]Trouble, error) { return h.troubles, nil },
	})
	h.incidents = NewIncidents(h.alerts)
	h.watcher = newWatcher(h.alerts)
	h.look()
}

func (h *house) listen(name, q string) hearth.MonitorID {
	h.t.Helper()
	mon, err := h.monitors.Create(h.t.Context(), owner, monitor.Draft{Name: name, Query: q})
	if err != nil {
		h.t.Fatal(err)
	}
	return mon.ID
}

// post is one that arrives.
type post struct {
	text      string
	at        time.Time // zero: now
	sentiment hearth.Sentiment
	author    string
	followers int64
	history   bool // no source brought it
}

// arrive stores posts, and waits until they are counted.
func (h *house) arrive(posts ...post) {
	h.t.Helper()
	h.keep(posts...)
	within(h.t, func() bool {
		head, err := h.archive.Head(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		counts, err := h.monitors.Count(h.t.Context(), owner, monitor.CountSearch{})
		if err != nil {
			h.t.Fatal(err)
		}
		return counts.Upto == head
	}, "the posts are counted")
}

// keep stores posts as ingest does, in one go.
func (h *house) keep(posts ...post) {
	h.t.Helper()
	set := h.monitors.Queries(here)
	entries := make([]archive.Entry, len(posts))
	for i, p := range posts {
		h.written++
		if p.at.IsZero() {
			p.at = h.clock()
		}
		if p.author == "" {
			p.author = fmt.Sprintf("person%d", h.written%97)
		}
		entries[i] = archive.Entry{Op: archive.Create, Source: 1, Post: &hearth.Post{
			Network: "fable", ID: fmt.Sprint(h.written), Text: p.text, Published: p.at, Sentiment: p.sentiment,
			Author: hearth.Author{ID: p.author, Handle: p.author, Followers: hearth.KnownCount(p.followers)},
		}}
		if p.history {
			entries[i].Source = 0
		}
		e := &entries[i]
		var doc text.Doc
		query.AddPost(&doc, e.Post)
		wanted := set.Wanted(h.scratch, e.Post, &doc, nil)
		e.Monitors = set.Decide(h.scratch, e.Post, &doc, wanted, nil)
	}
	for from := 0; from < len(entries); from += 500 {
		if _, err := h.archive.Append(h.t.Context(), here, entries[from:min(len(entries), from+500)], nil); err != nil {
			h.t.Fatal(err)
		}
	}
}

// past lets a monitor have a past: so many posts an hour, one in five negative.
func (h *house) past(days, perHour int, words string) {
	h.t.Helper()
	var posts []post
	for hour := days * 24; hour > 0; hour-- {
		n := perHour - 1 + hour%3
		for k := range n {
			p := post{text: words + " " + everyday[(hour+k)%len(everyday)], at: h.clock().Add(-time.Duration(hour)*time.Hour + time.Duration(k)*time.Minute), sentiment: hearth.Neutral}
			if (hour+k)%5 == 0 {
				p.sentiment = hearth.Negative
			}
			posts = append(posts, p)
		}
	}
	h.arrive(posts...)
}

var everyday = []string{"for breakfast", "with friends again", "tastes good today", "in the garden", "was late this morning", "as always", "for my sister"}

// look takes everything in and judges it.
func (h *house) look() {
	h.t.Helper()
	if _, err := h.watcher.round(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// spend lets time go by, with a look every so often.
func (h *house) spend(d time.Duration) {
	h.t.Helper()
	for ; d > 0; d -= time.Minute {
		h.advance(time.Minute)
		h.look()
	}
}

func (h *house) list() []Alert {
	h.t.Helper()
	page, err := h.alerts.List(h.t.Context(), owner, Search{Same: true})
	if err != nil {
		h.t.Fatal(err)
	}
	return page.Alerts
}

func (h *house) only() Alert {
	h.t.Helper()
	list := h.list()
	if len(list) != 1 {
		h.t.Fatalf("there are %d alerts, want one: %+v", len(list), list)
	}
	return list[0]
}

// told is the events of a type.
func (h *house) told(event string) (list []Event) {
	for _, e := range h.events {
		if e.Type == event {
			list = append(list, e)
		}
	}
	return list
}

func (h *house) rule(id hearth.MonitorID, change func(*Rule)) {
	h.t.Helper()
	r, err := h.alerts.Rule(h.t.Context(), owner, id)
	if err != nil {
		h.t.Fatal(err)
	}
	change(&r.Rule)
	if _, err := h.alerts.SetRule(h.t.Context(), owner, id, r.Version, r.Rule); err != nil {
		h.t.Fatal(err)
	}
}

func many(n int, p post) (list []post) {
	for k := range n {
		one := p
		one.text = p.text + strings.Repeat("!", k%3)
		list = append(list, one)
	}
	return list
}

func within(t testing.TB, condition func() bool, what string) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatal("never: " + what)
		case <-tick.C:
		}
	}
}

// joins lets somebody be in the workspace.
func (h *house) joins(user int64) {
	h.t.Helper()
	err := h.state.Write(h.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO users (id, version, name, full_name, mail, password, totp, totp_step, epoch, handle, created, changed, signed_in)
			VALUES (?, 1, ?, '', '', '', '', 0, 1, ?, 0, 0, 0)`, user, fmt.Sprint("user-", user), fmt.Append(nil, user))
		if err == nil {
			_, err = tx.Exec(`INSERT INTO member (workspace_id, user_id, version, role, disabled, joined) VALUES (?, ?, 1, 'agent', 0, 0)`, int64(here), user)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
