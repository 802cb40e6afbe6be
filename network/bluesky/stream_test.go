package bluesky_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/network/bluesky/fake"
	"hearth/network/networktest"
)

// host is the fake as the common suite drives it.
type host struct {
	*fake.Server
	world    *fake.World
	settings map[string]string
}

func startHost(t testing.TB, o fake.Options, settings map[string]string) *host {
	t.Helper()
	s := fake.New(o)
	listener := httptest.NewServer(s)
	t.Cleanup(listener.CloseClientConnections)
	all := map[string]string{"endpoint": "ws" + strings.TrimPrefix(listener.URL, "http"), "appview": listener.URL}
	for k, v := range settings {
		all[k] = v
	}
	return &host{Server: s, world: fake.NewWorld(1), settings: all}
}

func (h *host) Settings() map[string]string { return h.settings }

func (h *host) Publish(n int) (ids []string) {
	for range n {
		p := h.world.Post()
		ids = append(ids, h.Server.Publish(&p))
	}
	return ids
}

func (h *host) Forget(n int) bool {
	h.Server.Forget(n)
	return true
}

func (h *host) Inject(f networktest.Fault, after int) bool {
	kinds := map[networktest.Fault]fake.FaultKind{
		networktest.Cut: fake.Cut, networktest.Garbage: fake.Garbage, networktest.Oversized: fake.Oversized, networktest.Unknown: fake.Unknown,
		networktest.Duplicate: fake.Duplicate, networktest.Reorder: fake.Reorder, networktest.Close: fake.Close,
	}
	if _, ok := kinds[f]; !ok {
		return false
	}
	h.Server.Inject(fake.Fault{Kind: kinds[f], After: after, Size: map[networktest.Fault]int{networktest.Cut: after * 17 % 700, networktest.Oversized: 6 << 20}[f]})
	return true
}

func TestVersion2BehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	networktest.Run(t, bluesky.Network(), func(t *testing.T) networktest.Fake { return startHost(t, fake.Options{}, nil) })
}

func TestVersion1BehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	networktest.Run(t, bluesky.Network(), func(t *testing.T) networktest.Fake {
		return startHost(t, fake.Options{NoVersion2: true}, nil) // auto falls back
	})
}

func TestCompressedVersion2BehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	networktest.Run(t, bluesky.Network(), func(t *testing.T) networktest.Fake {
		return startHost(t, fake.Options{}, map[string]string{"compression": "on"})
	})
}

var errEnough = errors.New("enough")

// listen gives out copies of events until enough is true.
func listen(t *testing.T, h *host, from network.Cursor, enough func([]network.Event, []network.Gap) bool) (cursor network.Cursor, gaps []network.Gap) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	n := bluesky.Network()
	var events []network.Event
	err := n.Stream(ctx, networktest.Session(t, n, h.Settings()), from, func(b *network.Batch) error {
		for i := range b.Events {
			ev := b.Events[i]
			ev.Post = ev.Post.Clone()
			events = append(events, ev)
		}
		gaps = append(gaps, b.Gaps...)
		cursor = b.Cursor
		if enough(events, gaps) {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatalf("the stream ended with %v after %d events", err, len(events))
	}
	return cursor, gaps
}

func some(n int) func([]network.Event, []network.Gap) bool {
	return func(ev []network.Event, _ []network.Gap) bool { return len(ev) >= n }
}

func TestAHostThatCountsAnewIsAGap(t *testing.T) {
	t.Parallel()
	for _, published := range []int{3, 60} { // fewer and more events than the cursor's number
		h := startHost(t, fake.Options{}, nil)
		h.Publish(30)
		cursor, _ := listen(t, h, "v2 nowhere 1 1", some(30))
		if !strings.Contains(string(cursor), " 30 ") {
			t.Fatalf("the cursor is %q", cursor)
		}
		h.Restart()
		h.Publish(published)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range time.Tick(time.Millisecond) {
				if h.Connections() > 1 {
					break
				}
			}
			h.Publish(1) // a host that is behind starts at its live tip
		}()
		_, gaps := listen(t, h, cursor, some(1))
		<-done
		if len(gaps) != 1 {
			t.Errorf("%d events after the restart: gaps %v", published, gaps)
		}
	}
}

func TestAnotherHostIsAskedByTime(t *testing.T) {
	t.Parallel()
	one, two := startHost(t, fake.Options{}, nil), startHost(t, fake.Options{}, nil)
	one.Publish(10)
	cursor, _ := listen(t, one, "v2 nowhere 1 1", some(10))
	two.SetAccount("did:plc:x", "active") // counts differently
	two.Publish(20)
	_, gaps := listen(t, two, cursor, some(20))
	if len(gaps) != 0 {
		t.Errorf("gaps %v", gaps)
	}
}

func TestAnotherHostThatHasForgottenIsAGap(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		o := fake.Options{NoVersion2: old}
		one, two := startHost(t, o, nil), startHost(t, o, nil)
		one.Publish(10)
		cursor, _ := listen(t, one, "v2 nowhere 1 1", some(10))
		two.Publish(30)
		two.Forget(10)
		_, gaps := listen(t, two, cursor, some(10))
		if len(gaps) != 1 || !strings.Contains(gaps[0].From, "2026-11-01T09:00:00.01Z") || !strings.Contains(gaps[0].To, "2026-11-01T09:00:00.021Z") {
			t.Errorf("an old host %v: gaps %+v", old, gaps)
		}
	}
}

func TestTheNextHostIsTriedWhenOneDoesNotAnswer(t *testing.T) {
	t.Parallel()
	h := startHost(t, fake.Options{}, nil)
	dead := httptest.NewServer(nil)
	dead.Close()
	h.settings["endpoint"] = "ws" + strings.TrimPrefix(dead.URL, "http") + ", " + h.settings["endpoint"]
	h.Publish(3)
	listen(t, h, "v2 nowhere 1 1", some(3))
}

func TestAHostThatSaysNothingIsTriedLast(t *testing.T) {
	t.Parallel()
	mute, h := startHost(t, fake.Options{}, nil), startHost(t, fake.Options{}, nil)
	mute.Server.Inject(fake.Fault{Kind: fake.Cut})
	mute.Publish(1)
	h.Publish(3)
	n := bluesky.Network()
	s := networktest.Session(t, n, map[string]string{"endpoint": mute.settings["endpoint"] + "," + h.settings["endpoint"]})
	heard := func() (events int, err error) {
		err = n.Stream(t.Context(), s, "v2 nowhere 1 1", func(b *network.Batch) error {
			if events += len(b.Events); events == 0 {
				return nil
			}
			return errEnough
		})
		return events, err
	}
	if events, err := heard(); hearth.ErrorCode(err) != hearth.Unavailable || events > 0 {
		t.Fatalf("%d events of the mute host, %v", events, err)
	}
	if events, err := heard(); !errors.Is(err, errEnough) || events != 3 || mute.Connections() != 1 {
		t.Errorf("%d events, %v, %d connections to the mute host", events, err, mute.Connections())
	}
}

func TestVersion1IsCompressedWithAGivenDictionary(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "dictionary")
	dictionary := recorded(t, "jetstream/dictionaries/legacy_subscribe.zdict")
	if err := os.WriteFile(name, []byte(dictionary), 0o600); err != nil {
		t.Fatal(err)
	}
	h := startHost(t, fake.Options{NoVersion2: true, Dictionary: []byte(dictionary)}, map[string]string{"compression": "on", "dictionary": name})
	h.Publish(20)
	listen(t, h, "v2 nowhere 1 1", some(20))
}

func TestNobodyAnsweringIsAnErrorThatSaysSo(t *testing.T) {
	t.Parallel()
	dead := httptest.NewServer(nil)
	dead.Close()
	n := bluesky.Network()
	err := n.Stream(t.Context(), networktest.Session(t, n, map[string]string{"endpoint": dead.URL}), "", func(*network.Batch) error { return nil })
	if hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "Bluesky does not answer") {
		t.Errorf("got %v", err)
	}
}

func TestADamagedCursorIsRefused(t *testing.T) {
	t.Parallel()
	n := bluesky.Network()
	for _, cursor := range []network.Cursor{"17", "v3 host 1 2", "v2 host x 2", "v2 host 1"} {
		err := n.Stream(t.Context(), networktest.Session(t, n, nil), cursor, func(*network.Batch) error { return nil })
		if hearth.ErrorCode(err) != hearth.Damaged {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}

func TestAnErrorFrameEndsTheStreamAfterWhatCameBefore(t *testing.T) {
	t.Parallel()
	h := startHost(t, fake.Options{}, nil)
	h.Server.Inject(fake.Fault{Kind: fake.TooSlow, After: 4})
	h.Publish(10)
	n := bluesky.Network()
	events := 0
	err := n.Stream(t.Context(), networktest.Session(t, n, h.Settings()), "v2 nowhere 1 1", func(b *network.Batch) error {
		events += len(b.Events)
		return nil
	})
	if hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "ConsumerTooSlow") || events != 4 {
		t.Errorf("%d events, then %v", events, err)
	}
}

func TestWhatHappensToAccountsArrives(t *testing.T) {
	t.Parallel()
	h := startHost(t, fake.Options{}, nil)
	h.Rename("did:plc:a", "ann.example")
	h.SetAccount("did:plc:a", "suspended")
	h.SetAccount("did:plc:a", "active")
	h.SetAccount("did:plc:a", "throttled")
	h.SetAccount("did:plc:b", "deleted")
	var ops []network.Op
	listen(t, h, "v2 nowhere 1 1", func(ev []network.Event, _ []network.Gap) bool {
		ops = nil
		for _, e := range ev {
			ops = append(ops, e.Op)
		}
		return len(ev) == 4
	})
	want := []network.Op{network.Rename, network.HideAuthor, network.ShowAuthor, network.DeleteAuthor}
	for i := range want {
		if ops[i] != want[i] {
			t.Errorf("the operations are %v, want %v", ops, want)
		}
	}
}

func TestABurstWaitsForASlowReaderAndLosesNothing(t *testing.T) {
	t.Parallel()
	h := startHost(t, fake.Options{Keep: 100_000}, nil)
	const posts = 20_000
	h.Publish(posts)
	n := bluesky.Network()
	events, largest := 0, 0
	err := n.Stream(t.Context(), networktest.Session(t, n, h.Settings()), "v2 nowhere 1 1", func(b *network.Batch) error {
		events += len(b.Events)
		largest = max(largest, len(b.Events))
		if events == posts {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) || largest > 2048 {
		t.Errorf("%d events, the largest batch %d, %v", events, largest, err)
	}
}

func TestHandlesAreFilledInFromTheAppViewAndRemembered(t *testing.T) {
	t.Parallel()
	h := startHost(t, fake.Options{}, nil)
	var posts []*hearth.Post
	for i := range 60 {
		did := "did:plc:" + strings.Repeat("a", i%30+1)
		if i%30 != 7 {
			h.SetProfile(did, fake.Profile{Handle: did[8:] + ".example", Name: "Ann\n" + did, Followers: int64(i % 30)})
		}
		posts = append(posts, &hearth.Post{Network: "bluesky", ID: "x", Author: hearth.Author{ID: did}})
	}
	n := bluesky.Network()
	s := networktest.Session(t, n, h.Settings())
	n.Complete(t.Context(), s, posts)
	for i, p := range posts {
		want := p.Author.ID[8:] + ".example"
		if i%30 == 7 {
			want = ""
		}
		if p.Author.Handle != want || want != "" && (p.Author.Name != "Ann\n"+p.Author.ID || p.Author.Followers != hearth.KnownCount(int64(i%30))) {
			t.Errorf("post %d: %+v", i, p.Author)
		}
	}
	if calls := h.ProfileCalls(); calls != 2 {
		t.Errorf("%d calls for 30 authors, want 2", calls)
	}
	again := &hearth.Post{Author: hearth.Author{ID: posts[0].Author.ID}}
	n.Complete(t.Context(), s, []*hearth.Post{again})
	if calls := h.ProfileCalls(); calls != 2 || again.Author.Handle != "a.example" {
		t.Errorf("%q after %d calls, want the remembered handle", again.Author.Handle, calls)
	}
}

func TestAnAppViewThatDoesNotAnswerLeavesPostsAsTheyAre(t *testing.T) {
	t.Parallel()
	dead := httptest.NewServer(nil)
	dead.Close()
	n := bluesky.Network()
	p := &hearth.Post{Author: hearth.Author{ID: "did:plc:a"}}
	n.Complete(t.Context(), networktest.Session(t, n, map[string]string{"appview": dead.URL}), []*hearth.Post{p})
	if p.Author.Handle != "" {
		t.Errorf("a handle from nowhere: %q", p.Author.Handle)
	}
}

func TestARenamingRenewsARememberedHandle(t *testing.T) {
	t.Parallel()
	h := startHost(t, fake.Options{}, nil)
	h.SetProfile("did:plc:a", fake.Profile{Handle: "old.example"})
	n := bluesky.Network()
	s := networktest.Session(t, n, h.Settings())
	n.Complete(t.Context(), s, []*hearth.Post{{Author: hearth.Author{ID: "did:plc:a"}}})
	h.Rename("did:plc:a", "new.example")
	err := n.Stream(t.Context(), s, "v2 nowhere 1 1", func(*network.Batch) error { return errEnough })
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	p := &hearth.Post{Author: hearth.Author{ID: "did:plc:a"}}
	n.Complete(t.Context(), s, []*hearth.Post{p})
	if p.Author.Handle != "new.example" || h.ProfileCalls() != 1 {
		t.Errorf("the handle is %q after %d calls", p.Author.Handle, h.ProfileCalls())
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	n := bluesky.Network()
	for _, bad := range []map[string]string{
		{"endpoint": "ftp://x"}, {"endpoint": "jetstream.example"}, {"endpoint": "wss://a,"}, {"endpoint": "wss://u:p@a"},
		{"protocol": "v7"}, {"appview": "file:///etc"}, {"colour": "red"},
	} {
		if _, err := network.Settings(n.Fields, bad); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
	got, err := network.Settings(n.Fields, map[string]string{"protocol": "v1"})
	if err != nil || got["protocol"] != "v1" || !strings.HasPrefix(got["endpoint"], "wss://jetstream") {
		t.Errorf("%v, %v", got, err)
	}
}

func BenchmarkStream(b *testing.B) {
	for _, c := range []struct{ name, compression string }{{"plain", "off"}, {"compressed", "on"}} {
		b.Run(c.name, func(b *testing.B) {
			const posts = 20_000
			h := startHost(b, fake.Options{Keep: 2 * posts}, map[string]string{"compression": c.compression})
			h.Publish(posts)
			n := bluesky.Network()
			s := networktest.Session(b, n, h.Settings())
			b.ReportAllocs()
			for b.Loop() {
				events := 0
				err := n.Stream(b.Context(), s, "v2 nowhere 1 1", func(batch *network.Batch) error {
					if events += len(batch.Events); events == posts {
						return errEnough
					}
					return nil
				})
				if !errors.Is(err, errEnough) {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(posts)*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
		})
	}
}
