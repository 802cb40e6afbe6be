// Package networktest holds the behaviour that all networks must share. Run
// drives a network against its fake server, over the real wire on loopback.
package networktest

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/network"
	"hearth/outbound"
)

// Fault is something that goes wrong with the next connection.
type Fault uint8

const (
	Cut       Fault = iota // the connection dies within an event
	Garbage                // an event comes that cannot be read
	Oversized              // an event comes that is far too large
	Unknown                // an event comes with kinds, values and fields that nobody knows yet
	Duplicate              // an event comes twice
	Reorder                // two events come in the wrong order
	Close                  // the server ends the stream in good order
	Limited                // the server answers that it was asked too often (429), and when to ask again (Retry-After)
	Busy                   // the server answers that it cannot at present (5xx)
	Stall                  // an answer begins and never goes on
	NotItself              // somebody else answers: a proxy's page, a login, garbage
	Expired                // the server does not take the access token any more, from now on
)

// Fake is a network's fake server as the suite drives it.
type Fake interface {
	// Settings make the network talk to the fake.
	Settings() map[string]string
	// Publish makes n new posts and gives their ids, oldest first.
	Publish(n int) []string
	// Delete removes a post.
	Delete(id string)
	// Forget makes the server lose all events but the newest n; false if the
	// network has no such thing.
	Forget(n int) bool
	// Inject makes a fault happen on one of the next connections, after some
	// events; the first call is for the next one. It is false if the fault
	// cannot happen in this network.
	Inject(f Fault, after int) bool
}

// Live is a Fake whose network tells of deletions only while somebody listens.
type Live interface {
	// DeletionsAreLive marks it.
	DeletionsAreLive()
}

// Run checks that the network behaves as every network must.
func Run(t *testing.T, n network.Network, start func(t *testing.T) Fake) {
	s := &suite{n: n, start: start}
	for _, c := range []struct {
		name string
		run  func(*testing.T, *suite)
	}{
		{"PostsArriveWellFormed", postsArriveWellFormed},
		{"AQuietStreamDeliversEachPostPromptly", quietStream},
		{"DeletionsArrive", deletionsArrive},
		{"ResumingAtEachCursorLosesNothing", resumingAtEachCursor},
		{"CutsAtRandomPlacesLoseNothing", randomCuts},
		{"WhatCannotBeReadIsRejectedAndTheStreamGoesOn", garbage},
		{"AnOversizedEventIsRejectedAndTheStreamGoesOn", oversized},
		{"WhatIsUnknownIsIgnored", unknown},
		{"DoubledAndReorderedEventsLoseNothing", disorder},
		{"AnOrderlyEndIsAnErrorAndResumable", orderlyEnd},
		{"ALimitedStreamGoesOnLater", refused(Limited)},
		{"ABusyServerIsAskedAgain", refused(Busy)},
		{"AnAnswerThatStallsIsGivenUp", refused(Stall)},
		{"AnAnswerOfSomebodyElseIsNotRead", refused(NotItself)},
		{"AnExpiredTokenIsRenewedOrSaid", expired},
		{"CancellingEndsPromptly", cancelling},
		{"AnErrorOfEmitIsReturned", emitError},
		{"ACursorCoversOnlyWhatWasGivenOut", cursorCoversOnlyEmitted},
		{"AForgottenStretchIsAGap", forgotten},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, s)
		})
	}
}

// Session is a session with the given settings, defaults filled in, a client
// that may go anywhere and a cache in memory. A secret that is sent to a host
// other than those of the settings ends the test by a panic.
func Session(t testing.TB, n network.Network, settings map[string]string) *network.Session {
	t.Helper()
	filled, err := network.Settings(n.Fields, settings)
	if err != nil {
		t.Fatal(err)
	}
	loopback, err := outbound.ParseException("127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	here := outbound.New(outbound.Config{Allow: []outbound.Exception{loopback}})
	client := &http.Client{Transport: &watched{Transport: &http.Transport{}, scope: network.Scope(n.Fields, filled)}}
	t.Cleanup(client.CloseIdleConnections)
	return &network.Session{
		Settings: filled, HTTP: client, Clock: hearth.SystemClock, Log: slog.New(slog.DiscardHandler), Cache: &Cache{},
		Dial: func(ctx context.Context, address string) (net.Conn, error) {
			return here.DialContext(ctx, outbound.Mail, "tcp", address)
		},
	}
}

// watched is a transport that sees where secrets go.
type watched struct {
	*http.Transport
	scope outbound.Scope
}

func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := w.scope.Check(r); err != nil {
		panic(err)
	}
	return w.Transport.RoundTrip(r)
}

// Cache is a network.Cache in memory.
type Cache struct {
	mu sync.Mutex
	m  map[string]string
}

// Get is network.Cache.Get.
func (c *Cache) Get(key string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.m[key]
	return v, ok
}

// Put is network.Cache.Put.
func (c *Cache) Put(key, value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[string]string{}
	}
	c.m[key] = value
}

// patience is how long anything may take.
const patience = time.Minute

type suite struct {
	n     network.Network
	start func(t *testing.T) Fake
}

// seen is what runs of Stream gave out, with where each batch ended.
type seen struct {
	Heard
	cursors []network.Cursor // after each batch
	until   []int            // events given out up to each cursor
}

func (s *seen) take(b *network.Batch) {
	s.Take(b)
	s.cursors = append(s.cursors, b.Cursor)
	s.until = append(s.until, len(s.Events))
}

// has says whether all the posts were created in the events.
func (s *seen) has(ids []string) bool { return s.missing(ids) == nil }

func (s *seen) missing(ids []string) (missing []string) {
	created := map[string]bool{}
	for i := range s.Events {
		if s.Events[i].Op == network.Create {
			created[s.Events[i].Post.ID] = true
		}
	}
	for _, id := range ids {
		if !created[id] {
			missing = append(missing, id)
		}
	}
	return missing
}

func (s *seen) cursor() network.Cursor {
	if len(s.cursors) == 0 {
		return ""
	}
	return s.cursors[len(s.cursors)-1]
}

var errEnough = errors.New("enough")

// listen runs Stream once, from a cursor, until enough is true or the stream
// breaks, whose error it returns; nil means enough. connected is called as soon
// as the session is there, to publish.
func (s *suite) listen(t *testing.T, f Fake, from network.Cursor, got *seen, enough func() bool) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := s.n.Stream(ctx, Session(t, s.n, f.Settings()), from, func(b *network.Batch) error {
		got.take(b)
		if enough() {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	if ctx.Err() != nil {
		t.Fatalf("gave up waiting: %d events, %d rejects, %d gaps so far", len(got.Events), len(got.Rejects), len(got.Gaps))
	}
	if err == nil {
		t.Fatal("the stream ended without an error")
	}
	return err
}

// persist listens until all ids are there, resuming after each break.
func (s *suite) persist(t *testing.T, f Fake, got *seen, ids []string) {
	t.Helper()
	deadline := hearth.SystemClock().Add(patience)
	for !got.has(ids) {
		if hearth.SystemClock().After(deadline) {
			t.Fatalf("%d posts never came", len(got.missing(ids)))
		}
		s.listen(t, f, got.cursor(), got, func() bool { return got.has(ids) })
	}
}

// begin gives a fake and a cursor from which everything published later comes:
// a stream must have been there once for its place to be known.
func (s *suite) begin(t *testing.T) (Fake, network.Cursor) {
	t.Helper()
	f := s.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	session := Session(t, s.n, f.Settings())
	got := &seen{}
	stop := make(chan struct{})
	var publishing sync.WaitGroup
	publishing.Go(func() { // until the listener is connected and hears one
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				f.Publish(1)
			}
		}
	})
	s.n.Stream(ctx, session, "", func(b *network.Batch) error {
		got.take(b)
		if b.Cursor == "" || len(b.Events) == 0 {
			return nil
		}
		return errEnough
	})
	close(stop)
	publishing.Wait()
	if got.cursor() == "" {
		t.Fatal("the first post never came")
	}
	return f, got.cursor()
}

func postsArriveWellFormed(t *testing.T, s *suite) {
	f, from := s.begin(t)
	ids := f.Publish(20)
	got := &seen{}
	if err := s.listen(t, f, from, got, func() bool { return got.has(ids) }); err != nil {
		t.Fatal(err)
	}
	for i := range got.Events {
		p := &got.Events[i].Post
		if err := p.Check(); err != nil || p.Network != s.n.Name || p.Author.ID == "" || p.Published.IsZero() || got.Events[i].Revision == "" {
			t.Errorf("the post %+v: %v", p, err)
		}
	}
	if len(got.Rejects)+len(got.Gaps) > 0 {
		t.Errorf("rejects %v, gaps %v", got.Rejects, got.Gaps)
	}
}

func quietStream(t *testing.T, s *suite) {
	f, from := s.begin(t)
	posted := hearth.SystemClock()
	ids := f.Publish(1)
	got := &seen{}
	var slowest time.Duration
	err := s.listen(t, f, from, got, func() bool {
		if !got.has(ids) {
			return false
		}
		slowest = max(slowest, time.Since(posted))
		posted = hearth.SystemClock()
		ids = append(ids, f.Publish(1)...)
		return len(ids) > 5
	})
	if err != nil {
		t.Fatal(err)
	}
	if slowest > 2*time.Second {
		t.Errorf("a post came after %v", slowest)
	}
}

func deletionsArrive(t *testing.T, s *suite) {
	f, from := s.begin(t)
	ids := f.Publish(3)
	_, live := f.(Live)
	if !live {
		f.Delete(ids[1])
	}
	got := &seen{}
	deleted := func() bool {
		if live && got.has(ids) {
			live = false
			f.Delete(ids[1])
		}
		return slices.ContainsFunc(got.Events, func(e network.Event) bool {
			return e.Op == network.Delete && e.Post.ID == ids[1] && e.Post.Author.ID != "" && e.Post.Network == s.n.Name
		})
	}
	if err := s.listen(t, f, from, got, deleted); err != nil {
		t.Fatal(err)
	}
}

func resumingAtEachCursor(t *testing.T, s *suite) {
	f, from := s.begin(t)
	var ids []string
	whole := &seen{}
	ids = f.Publish(5)
	err := s.listen(t, f, from, whole, func() bool {
		if len(ids) < 40 { // in several batches
			ids = append(ids, f.Publish(5)...)
		}
		return whole.has(ids)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, cursor := range whole.cursors[:len(whole.cursors)-1] {
		got := &seen{Heard: Heard{Events: slices.Clone(whole.Events[:whole.until[i]])}}
		if err := s.listen(t, f, cursor, got, func() bool { return got.has(ids) }); err != nil {
			t.Fatal(err)
		}
		if len(got.Gaps) > 0 {
			t.Errorf("resuming at %q reports %v", cursor, got.Gaps)
		}
	}
}

func randomCuts(t *testing.T, s *suite) {
	for seed := range uint64(5) {
		f, from := s.begin(t)
		random := rand.New(rand.NewPCG(seed, 1))
		for range 8 {
			if !f.Inject(Cut, random.IntN(40)) {
				t.Skip("connections of this network cannot be cut")
			}
		}
		got := &seen{}
		got.cursors = append(got.cursors, from)
		got.until = append(got.until, 0)
		s.persist(t, f, got, f.Publish(200))
		if len(got.Gaps) > 0 {
			t.Errorf("seed %d: gaps %v", seed, got.Gaps)
		}
	}
}

// afterFault publishes, lets a fault happen in the middle and listens until all
// posts are there.
func (s *suite) afterFault(t *testing.T, faults ...Fault) *seen {
	t.Helper()
	f, from := s.begin(t)
	for _, fault := range faults {
		if !f.Inject(fault, 5) {
			t.Skip("this cannot happen in this network")
		}
	}
	got := &seen{cursors: []network.Cursor{from}, until: []int{0}}
	ids := f.Publish(20)
	s.persist(t, f, got, ids)
	if len(got.Gaps) > 0 {
		t.Errorf("gaps %v", got.Gaps)
	}
	return got
}

func garbage(t *testing.T, s *suite) {
	got := s.afterFault(t, Garbage)
	if len(got.Rejects) != 1 || got.Rejects[0].Reason == "" || len(got.Rejects[0].Raw) == 0 {
		t.Errorf("rejects %+v", got.Rejects)
	}
}

func oversized(t *testing.T, s *suite) {
	got := s.afterFault(t, Oversized)
	if len(got.Rejects) != 1 || len(got.Rejects[0].Raw) > 1<<20 {
		t.Errorf("%d rejects", len(got.Rejects))
	}
}

func unknown(t *testing.T, s *suite) {
	if got := s.afterFault(t, Unknown); len(got.Rejects) > 0 {
		t.Errorf("rejects %q", got.Rejects[0].Raw)
	}
}

func disorder(t *testing.T, s *suite) {
	s.afterFault(t, Duplicate, Reorder)
}

func orderlyEnd(t *testing.T, s *suite) {
	f, from := s.begin(t)
	if !f.Inject(Close, 5) {
		t.Skip("this network's streams do not end")
	}
	ids := f.Publish(20)
	got := &seen{}
	if err := s.listen(t, f, from, got, func() bool { return false }); hearth.ErrorCode(err) != hearth.Unavailable {
		t.Errorf("the end of the stream is %v, want an error that says: try again later", err)
	}
	if len(got.Events) == 0 {
		t.Error("what came before the end was not given out")
	}
	s.persist(t, f, got, ids)
}

// refused lets a server fail in a way that passes: the stream goes on by itself,
// or breaks with an error that says: try again later.
func refused(fault Fault) func(*testing.T, *suite) {
	return func(t *testing.T, s *suite) {
		f, from := s.begin(t)
		if !f.Inject(fault, 5) {
			t.Skip("this cannot happen in this network")
		}
		got := &seen{cursors: []network.Cursor{from}, until: []int{0}}
		ids := f.Publish(20)
		for broken := 0; !got.has(ids); broken++ {
			if broken > 10 {
				t.Fatalf("%d posts never came", len(got.missing(ids)))
			}
			err := s.listen(t, f, got.cursor(), got, func() bool { return got.has(ids) })
			if err != nil && hearth.ErrorCode(err) != hearth.Unavailable {
				t.Errorf("the stream broke with %v, want an error that says: try again later", err)
			}
		}
		if len(got.Gaps)+len(got.Rejects) > 0 {
			t.Errorf("gaps %v, rejects %v", got.Gaps, got.Rejects)
		}
	}
}

func expired(t *testing.T, s *suite) {
	f, from := s.begin(t)
	if !f.Inject(Expired, 0) {
		t.Skip("this network needs no token")
	}
	ids := f.Publish(5)
	got := &seen{cursors: []network.Cursor{from}, until: []int{0}}
	err := s.listen(t, f, from, got, func() bool { return got.has(ids) })
	if err != nil && (hearth.ErrorCode(err) != hearth.Denied || len(err.Error()) < 30) {
		t.Errorf("the stream broke with %v, want one that says to a person what to do", err)
	}
}

func cancelling(t *testing.T, s *suite) {
	f, from := s.begin(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	heard := make(chan struct{}, 100)
	go func() {
		ended <- s.n.Stream(ctx, Session(t, s.n, f.Settings()), from, func(*network.Batch) error {
			heard <- struct{}{}
			return nil
		})
	}()
	f.Publish(1)
	select {
	case <-heard:
	case <-time.After(patience):
		t.Fatal("nothing came")
	}
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the stream returned %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the stream goes on after being cancelled")
	}
}

func emitError(t *testing.T, s *suite) {
	f, from := s.begin(t)
	f.Publish(1)
	full := errors.New("the disk is full")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := s.n.Stream(ctx, Session(t, s.n, f.Settings()), from, func(*network.Batch) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("the stream returned %v", err)
	}
}

// cursorCoversOnlyEmitted loses every second batch after it was given out, as
// a crash before the commit does, and resumes from the last one kept.
func cursorCoversOnlyEmitted(t *testing.T, s *suite) {
	f, from := s.begin(t)
	ids := f.Publish(10)
	kept := &seen{cursors: []network.Cursor{from}, until: []int{0}}
	crash := errors.New("crash")
	for round := 0; !kept.has(ids); round++ {
		if round > 100 {
			t.Fatalf("%d posts never came", len(kept.missing(ids)))
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		batches := 0
		err := s.n.Stream(ctx, Session(t, s.n, f.Settings()), kept.cursor(), func(b *network.Batch) error {
			if batches++; batches > 1 {
				return crash
			}
			kept.take(b)
			if round < 5 {
				ids = append(ids, f.Publish(3)...)
			}
			if kept.has(ids) {
				return errEnough
			}
			return nil
		})
		cancel()
		if !errors.Is(err, crash) && !errors.Is(err, errEnough) {
			t.Fatal(err)
		}
	}
	if len(kept.Gaps) > 0 {
		t.Errorf("gaps %v", kept.Gaps)
	}
}

func forgotten(t *testing.T, s *suite) {
	f, from := s.begin(t)
	f.Publish(30)
	if !f.Forget(5) {
		t.Skip("this network does not forget")
	}
	ids := f.Publish(5)
	got := &seen{}
	if err := s.listen(t, f, from, got, func() bool { return got.has(ids) }); err != nil {
		t.Fatal(err)
	}
	if len(got.Gaps) != 1 || got.Gaps[0].From == "" || got.Gaps[0].To == "" || got.Gaps[0].Reason == "" {
		t.Errorf("gaps %+v, want one", got.Gaps)
	}
}
