package mastodon_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/network"
	"hearth/network/faulty"
	"hearth/network/mastodon"
	"hearth/network/mastodon/fake"
	"hearth/network/networktest"
)

// instance is the fake as the common suite drives it.
type instance struct {
	*fake.Server
	faulty   *faulty.Handler
	address  string
	settings map[string]string
	session  *network.Session // one for all runs: its cache is the memory of ids
	count    int
	last     string // id of the newest status
}

func startInstance(t testing.TB, o fake.Options, settings map[string]string) *instance {
	t.Helper()
	s := &instance{settings: map[string]string{}, faulty: &faulty.Handler{}}
	listener := httptest.NewServer(s.faulty)
	t.Cleanup(listener.Close)
	t.Cleanup(listener.CloseClientConnections)
	s.address = listener.URL
	o.Address = listener.URL
	s.Server = fake.New(o)
	s.faulty.Next = s.Server
	s.settings["server"], s.settings["token"] = listener.URL, o.Token
	for k, v := range settings {
		s.settings[k] = v
	}
	s.session = networktest.Session(t, mastodon.Quick(), s.settings)
	return s
}

func (s *instance) Settings() map[string]string { return s.settings }

func (s *instance) post() *hearth.Post {
	s.count++
	return &hearth.Post{
		Author: hearth.Author{Handle: "ann", Name: "Ann Example"}, Text: fmt.Sprintf("Brightbean is open < again %d", s.count), Lang: "en",
		Hashtags: []string{"coffee"},
	}
}

func (s *instance) Publish(n int) (ids []string) {
	for range n {
		s.last = s.Server.Publish(s.post())
		ids = append(ids, s.last)
	}
	return ids
}

// DeletionsAreLive: the event stream has no replay.
func (s *instance) DeletionsAreLive() {}

func (s *instance) Forget(n int) bool {
	s.Server.Forget(n)
	return true
}

func (s *instance) Inject(f networktest.Fault, after int) bool {
	switch f {
	case networktest.Limited:
		s.faulty.Inject(faulty.Fault{Kind: faulty.Limit})
		return true
	case networktest.Busy:
		s.faulty.Inject(faulty.Fault{Kind: faulty.Busy})
		return true
	case networktest.Stall:
		s.faulty.Inject(faulty.Fault{Kind: faulty.Stall, Bytes: after})
		return true
	case networktest.NotItself:
		s.faulty.Inject(faulty.Fault{Kind: faulty.Page})
		s.faulty.Inject(faulty.Fault{Kind: faulty.Garbage})
		s.faulty.Inject(faulty.Fault{Kind: faulty.Page})
		s.faulty.Inject(faulty.Fault{Kind: faulty.Page})
		return true
	case networktest.Expired:
		s.Revoke()
		return true
	}
	kind := map[networktest.Fault]fake.FaultKind{
		networktest.Cut: fake.Cut, networktest.Garbage: fake.Garbage, networktest.Oversized: fake.Oversized, networktest.Unknown: fake.Unknown,
		networktest.Duplicate: fake.Duplicate, networktest.Reorder: fake.Reorder, networktest.Close: fake.Close,
	}[f]
	size := 300_000
	if f == networktest.Cut {
		size = after * 311
	}
	s.Server.Inject(fake.Fault{Kind: kind, Page: f != networktest.Close, Size: size})
	return true
}

// proves F22, F23, ING4
func TestMastodonBehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]fake.Options{"events": {Token: "secret", NoSocket: true}, "web socket": {Token: "secret", NoEvents: true, Version1: true}} {
		t.Run(name, func(t *testing.T) {
			networktest.Run(t, mastodon.Quick(), func(t *testing.T) networktest.Fake { return startInstance(t, o, nil) })
		})
	}
}

// proves ING4: streams are for speed, paging is for truth.
func TestWhatIsWrittenBeforeTheStreamIsSubscribedComes(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"sse", "websocket"} {
		s := startInstance(t, fake.Options{Token: "secret", Late: 20 * time.Millisecond}, map[string]string{"transport": transport})
		live(t, s, func() { s.Publish(3) }, networktest.AfterEvents(3))
	}
}

func TestTheTransportIsChosen(t *testing.T) {
	t.Parallel()
	for transport, sockets := range map[string]int{"auto": 0, "sse": 0, "websocket": 1} {
		s := startInstance(t, fake.Options{Token: "secret"}, map[string]string{"transport": transport})
		live(t, s, func() { s.Publish(2) }, networktest.AfterEvents(2))
		if _, streams := s.Calls(); s.Sockets() != sockets || streams != 1 {
			t.Errorf("%s: %d sockets, %d streams", transport, s.Sockets(), streams)
		}
	}
}

// listen runs the stream until enough is true; the error is the stream's own.
func listen(t *testing.T, s *instance, from network.Cursor, enough func(*networktest.Heard) bool) (*networktest.Heard, error) {
	t.Helper()
	return networktest.Listen(t, mastodon.Quick(), s.session, from, enough)
}

// live listens from now on, runs happen once the stream is open, and goes on
// until enough is true.
func live(t *testing.T, s *instance, happen func(), enough func(*networktest.Heard) bool) *networktest.Heard {
	t.Helper()
	h, err := listen(t, s, "", func(h *networktest.Heard) bool {
		if h.Batches == 1 {
			happen()
		}
		return enough(h)
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestEditsAndDeletionsArriveLive(t *testing.T) {
	t.Parallel()
	s := startInstance(t, fake.Options{Token: "secret"}, nil)
	var ids []string
	h := live(t, s, func() {
		ids = s.Publish(2)
		s.Update(ids[0], "Closed after all")
		s.Delete(ids[1])
	}, networktest.AfterEvents(4))
	edit, deletion := h.Events[2], h.Events[3]
	if edit.Op != network.Update || edit.Post.ID != ids[0] || edit.Post.Text != "Closed after all" || edit.Revision == h.Events[0].Revision {
		t.Errorf("the edit is %+v", edit)
	}
	if deletion.Op != network.Delete || deletion.Post.ID != ids[1] || deletion.Post.Author.ID != s.address+"/@ann" {
		t.Errorf("the deletion is %+v", deletion)
	}
}

func TestAReplyNamesItsParentByUri(t *testing.T) {
	t.Parallel()
	s := startInstance(t, fake.Options{Token: "secret"}, nil)
	id := ""
	h := live(t, s, func() {
		id = s.Publish(1)[0]
		p := s.post()
		p.InReplyTo = id[strings.LastIndexByte(id, '/')+1:]
		s.Server.Publish(p)
	}, networktest.AfterEvents(2))
	if got := h.Events[1].Post.InReplyTo; got != id {
		t.Errorf("the parent is %q, want %q", got, id)
	}
}

func TestAnEditFromAnotherServerIsRefused(t *testing.T) {
	t.Parallel()
	s := startInstance(t, fake.Options{Token: "secret"}, nil)
	h := live(t, s, func() {
		id := s.Publish(1)[0]
		s.Forge("status.update", `{"id":"7","uri":"`+id+`","created_at":"2026-11-01T09:00:00Z","edited_at":"2026-11-01T10:00:00Z","content":"forged","account":{"uri":"https://evil.example/users/eve","url":"https://evil.example/@eve"}}`)
		s.Forge("delete", "123456") // never seen
		s.Publish(1)
	}, networktest.AfterEvents(2))
	if len(h.Rejects) != 1 || !strings.Contains(h.Rejects[0].Reason, "does not come from the server") || h.Events[1].Op != network.Create {
		t.Errorf("rejects %+v, events %+v", h.Rejects, h.Events)
	}
}

func TestWhatGoesWrongOnTheStreamCostsNothing(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"sse", "websocket"} {
		for kind, rejects := range map[fake.FaultKind]int{fake.Garbage: 1, fake.Oversized: 1, fake.Unknown: 0, fake.Duplicate: 0, fake.Reorder: 0} {
			s := startInstance(t, fake.Options{Token: "secret"}, map[string]string{"transport": transport})
			s.Server.Inject(fake.Fault{Kind: kind, After: 1, Size: 3 << 20})
			h := live(t, s, func() { s.Publish(5) }, func(h *networktest.Heard) bool { return len(h.Events) >= 5 && len(h.Rejects) >= rejects })
			if len(h.Rejects) != rejects || len(h.Gaps) > 0 {
				t.Errorf("%s, fault %d: rejects %d, gaps %+v", transport, kind, len(h.Rejects), h.Gaps)
			}
		}
	}
}

func TestAStreamCutWithinAnEventIsTakenUpByPaging(t *testing.T) {
	t.Parallel()
	for size := 0; size < 600; size += 83 {
		s := startInstance(t, fake.Options{Token: "secret"}, map[string]string{"transport": []string{"sse", "websocket"}[size%2]})
		s.Server.Inject(fake.Fault{Kind: fake.Cut, After: 2, Size: size})
		h, err := listen(t, s, "", func(h *networktest.Heard) bool {
			if h.Batches == 1 {
				s.Publish(6)
			}
			return false
		})
		if hearth.ErrorCode(err) != hearth.Unavailable || len(h.Events) < 2 {
			t.Fatalf("%d events, then %v", len(h.Events), err)
		}
		h, err = listen(t, s, h.Cursor, networktest.AfterEvents(6)) // the first two again: remote statuses come late
		if err != nil || len(h.Gaps) > 0 {
			t.Errorf("%v, gaps %v", err, h.Gaps)
		}
	}
}

// proves P4: what happened while nobody listened is learnt when listening begins
// again, on servers that give many statuses at once and on those that do not.
func TestEditsAndDeletionsOfWhileNobodyListenedCome(t *testing.T) {
	t.Parallel()
	for _, o := range []fake.Options{{Token: "secret"}, {Token: "secret", Version1: true}, {}} {
		s := startInstance(t, o, nil)
		var ids []string
		h := live(t, s, func() { ids = s.Publish(30) }, func(h *networktest.Heard) bool {
			if len(h.Events) == 30 {
				s.Publish(1) // what came before it is remembered once it comes
			}
			return len(h.Events) > 30
		})
		s.Update(ids[3], "Closed after all")
		s.Delete(ids[7])
		h, err := listen(t, s, h.Cursor, func(h *networktest.Heard) bool {
			deleted, edited := false, false
			for _, e := range h.Events {
				deleted = deleted || e.Op == network.Delete && e.Post.ID == ids[7] && e.Post.Author.ID == s.address+"/@ann"
				edited = edited || e.Op == network.Update && e.Post.ID == ids[3] && e.Post.Text == "Closed after all"
			}
			return deleted && edited
		})
		if err != nil {
			t.Fatal(err)
		}
		again, err := listen(t, s, h.Cursor, func(h *networktest.Heard) bool { return h.Batches > 0 })
		for _, e := range again.Events {
			if err != nil || e.Op == network.Delete {
				t.Errorf("%+v comes again, %v", e, err)
			}
		}
		if single := s.Singles(); o.Version1 != (single > 5) {
			t.Errorf("%+v: %d statuses were asked for one by one", o, single)
		}
	}
}

func TestWithoutAnEventStreamEditsAndDeletionsComeWithTheNextLook(t *testing.T) {
	t.Parallel()
	s := startInstance(t, fake.Options{Token: "secret"}, map[string]string{"token": ""})
	var ids []string
	h := live(t, s, func() { ids = s.Publish(3) }, networktest.AfterEvents(3))
	done := false
	h, err := listen(t, s, h.Cursor, func(h *networktest.Heard) bool {
		if !done {
			done = true
			s.Delete(ids[0])
		}
		return len(h.Events) > 0 && h.Events[len(h.Events)-1].Op == network.Delete
	})
	if err != nil || h.Events[len(h.Events)-1].Post.ID != ids[0] {
		t.Errorf("%v, %+v", err, h.Events)
	}
}

func TestTheNetworksSearchFindsWordsAndHashtags(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"secret", ""} {
		s := startInstance(t, fake.Options{Token: "secret"}, map[string]string{"token": token})
		want := map[string]bool{}
		for i := range 200 {
			p := s.post()
			p.Text, p.Hashtags = "Tea", nil
			if i%4 == 1 {
				p.Text = "Acme Rail is late"
			}
			if i%4 == 2 {
				p.Hashtags = []string{"AcmeRail"}
			}
			id := s.Server.Publish(p)
			if i >= 20 && i < 180 && (i%4 == 2 || i%4 == 1 && token != "") {
				want[id] = true
			}
		}
		s.Server.PublishBy(s.post(), fake.Account{NoIndex: true})
		h := networktest.Search(t, mastodon.Quick(), s.session, network.Wanted{
			Phrases: []string{"Acme Rail"}, Since: fake.Epoch.Add(21 * time.Millisecond), Until: fake.Epoch.Add(181 * time.Millisecond),
		})
		got := map[string]bool{}
		for _, e := range h.Events {
			got[e.Post.ID] = true
		}
		if len(got) != len(want) || len(want) < 40 {
			t.Errorf("token %q: found %d, want %d", token, len(got), len(want))
		}
		for id := range want {
			if !got[id] {
				t.Errorf("%s is missing", id)
			}
		}
	}
	s := startInstance(t, fake.Options{Token: "secret"}, map[string]string{"token": ""})
	err := mastodon.Quick().Search(t.Context(), s.session, network.Wanted{Phrases: []string{"what? no!"}}, "", nil)
	if hearth.ErrorCode(err) != hearth.Denied || !strings.Contains(err.Error(), "read:search") {
		t.Errorf("got %v", err)
	}
}

func TestWithoutATokenTheTimelineIsAskedAgainAndAgain(t *testing.T) {
	t.Parallel()
	s := startInstance(t, fake.Options{Token: "secret"}, map[string]string{"token": ""})
	h := live(t, s, func() { s.Publish(100) }, networktest.AfterEvents(100))
	s.Publish(3)
	h, err := listen(t, s, h.Cursor, func(h *networktest.Heard) bool { return len(h.Events) >= 103 })
	if _, streams := s.Calls(); err != nil || streams != 0 || len(h.Gaps) > 0 {
		t.Errorf("%v, %d streams", err, streams)
	}
}

func TestRefusalsSayWhatAPersonCanDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings map[string]string
		code     hearth.Code
		words    string
	}{
		{map[string]string{"token": "stale"}, hearth.Denied, "does not accept the access token"},
		{map[string]string{"token": ""}, hearth.Denied, "give the source an access token"},
		{map[string]string{"token": "", "timeline": "home"}, hearth.Invalid, "Access token is required"},
		{map[string]string{"timeline": "hashtag"}, hearth.Invalid, "Hashtag is required"},
	} {
		s := startInstance(t, fake.Options{Token: "secret", Closed: true}, c.settings)
		if _, err := listen(t, s, "", networktest.AfterEvents(1)); hearth.ErrorCode(err) != c.code || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%v: %v", c.settings, err)
		}
	}
}

func TestEachTimelineHasItsOwn(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]int{"public": 3, "local": 2, "hashtag": 1, "list": 3, "home": 3} {
		s := startInstance(t, fake.Options{Token: "secret"}, map[string]string{"timeline": kind, "hashtag": "tea", "list": "12"})
		publish := func() {
			p := s.post()
			p.Hashtags = []string{"Tea"}
			s.Server.Publish(p)
			s.Server.PublishBy(s.post(), fake.Account{Server: "https://other.example"})
			s.Publish(1)
		}
		h := live(t, s, publish, networktest.AfterEvents(want))
		beginning := h.Cursor[:strings.LastIndexByte(string(h.Cursor), ' ')] + " 0"
		if again, err := listen(t, s, beginning, networktest.AfterEvents(want)); err != nil || len(again.Events) != want {
			t.Errorf("%s: %d by paging, %v", kind, len(again.Events), err)
		}
		if len(h.Events) != want {
			t.Errorf("%s: %d live", kind, len(h.Events))
		}
	}
}

func TestWhoDoesNotWantToBeFoundIsLeftOut(t *testing.T) {
	t.Parallel()
	for consent, want := range map[string]int{"indexable": 1, "noindex": 2} {
		s := startInstance(t, fake.Options{Token: "secret"}, map[string]string{"consent": consent})
		h := live(t, s, func() {
			s.Server.PublishBy(s.post(), fake.Account{NoIndex: true})
			s.Server.PublishBy(s.post(), fake.Account{NotIndexable: true})
			s.Publish(1)
		}, func(h *networktest.Heard) bool {
			return len(h.Events) > 0 && strings.HasSuffix(h.Events[len(h.Events)-1].Post.Text, " 3")
		})
		if len(h.Events) != want {
			t.Errorf("%s: %d events, want %d", consent, len(h.Events), want)
		}
	}
}

func TestARateLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := startInstance(t, fake.Options{Allowance: 3}, nil)
	s.Publish(60)
	from := time.Now()
	h, err := listen(t, s, network.Cursor("m1 "+strings.TrimPrefix(s.address, "http://")+" public 0"), networktest.AfterEvents(60))
	calls, _ := s.Calls()
	if err != nil || len(h.Events) != 60 {
		t.Fatalf("%d events, %v", len(h.Events), err)
	}
	s.Publish(100)
	if _, err = listen(t, s, h.Cursor, networktest.AfterEvents(100)); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(from); waited < time.Second {
		t.Errorf("%d calls in %v, the limit is 3 a second", calls, waited)
	}
}

func TestADamagedCursorIsRefused(t *testing.T) {
	t.Parallel()
	s := startInstance(t, fake.Options{}, nil)
	for _, cursor := range []network.Cursor{"17", "m1 a b", "m1 a b c-d", "m2 a b 1"} {
		if _, err := listen(t, s, cursor, networktest.AfterEvents(1)); hearth.ErrorCode(err) != hearth.Damaged {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}

func TestADeadLetterIsReadAgain(t *testing.T) {
	t.Parallel()
	var b network.Batch
	lines := strings.Split(strings.TrimSpace(statuses), "\n")
	mastodon.Network().Decode([]byte(lines[0]), &b)
	mastodon.Network().Decode([]byte("garbage"), &b)
	if len(b.Events) != 1 || b.Events[0].Post.ID != "https://other.example/users/bo/statuses/5" || len(b.Rejects) != 1 {
		t.Errorf("got %+v", b)
	}
}

func FuzzDecode(f *testing.F) {
	for _, line := range strings.Split(strings.TrimSpace(statuses), "\n") {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b network.Batch
		mastodon.Network().Decode(raw, &b)
		if len(b.Events)+len(b.Rejects) != 1 {
			t.Fatalf("%d events, %d rejects", len(b.Events), len(b.Rejects))
		}
		for i := range b.Events {
			if err := b.Events[i].Post.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
