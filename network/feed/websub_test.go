package feed_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/network"
	"hearth/network/feed"
	"hearth/network/feed/fake"
	"hearth/network/networktest"
)

// subscribed is a feed with a hub, and a subscriber.
type subscribed struct {
	*site
	hub     *fake.Hub
	n       network.Network
	session *network.Session
	now     atomic.Int64 // seconds added to the clock
}

func startSubscribed(t *testing.T, hub *fake.Hub) *subscribed {
	t.Helper()
	s := &subscribed{hub: hub, n: feed.Quick()}
	hub.Client = http.DefaultClient
	server := httptest.NewServer(hub)
	t.Cleanup(server.Close)
	s.site = startSite(t, fake.Options{Format: fake.Atom, Header: http.Header{"Link": {`<` + server.URL + `/hub>; rel="hub", </feed>; title="a, b"; rel=self`}}})
	settings := s.Settings()
	settings["push_secret"] = "a secret that was made for the source"
	s.session = networktest.Session(t, s.n, settings)
	clock := s.session.Clock
	s.session.Clock = func() time.Time { return clock().Add(time.Duration(s.now.Load()) * time.Second) }
	callback := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			answer, err := s.n.Webhook.Answer(s.session, r.URL.Query())
			if err != nil {
				http.Error(w, err.Error(), http.StatusNotFound)
				return
			}
			io.WriteString(w, answer)
			return
		}
		body, _ := io.ReadAll(r.Body)
		if _, err := s.n.Webhook.Verify(s.session, &network.Delivery{Header: r.Header, Body: body}); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
		}
	}))
	t.Cleanup(callback.Close)
	s.session.Callback = callback.URL + "/in/token"
	return s
}

// look streams until a condition holds after a look.
func (s *subscribed) look(t *testing.T, from network.Cursor, until func(*network.Batch) bool) network.Cursor {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	enough := errors.New("enough")
	var cursor network.Cursor
	err := s.n.Stream(ctx, s.session, from, func(b *network.Batch) error {
		if cursor = b.Cursor; until(b) {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	return cursor
}

func (s *subscribed) confirmed(n int) func(*network.Batch) bool {
	return func(*network.Batch) bool { confirmed, _, _ := s.hub.Subscribers(); return confirmed >= n }
}

func TestAHubIsAskedToPushAndBelievedIfItSigns(t *testing.T) {
	t.Parallel()
	s := startSubscribed(t, &fake.Hub{})
	s.Publish(1)
	cursor := s.look(t, "", s.confirmed(1))
	if _, asked, misled := s.hub.Subscribers(); asked != 1 || misled != 0 {
		t.Errorf("asked %d times, misled %d times", asked, misled)
	}
	document := []byte(`<feed xmlns="http://www.w3.org/2005/Atom"><title>Brightbean</title><entry><id>` + s.address + `/posts/9</id><title>Pushed</title><content>One</content></entry></feed>`)
	if got := s.hub.Push("application/atom+xml", document, ""); len(got) != 1 || got[0] != http.StatusOK {
		t.Errorf("a push is answered %v", got)
	}
	if got := s.hub.Push("application/atom+xml", document, "forged"); len(got) != 1 || got[0] != http.StatusUnauthorized {
		t.Errorf("a forged push is answered %v", got)
	}
	read := func(document []byte) *network.Batch {
		b := new(network.Batch)
		s.n.Webhook.Read(s.session, &network.Delivery{Header: http.Header{"Content-Type": {"application/atom+xml"}}, Body: document, Received: fake.Epoch}, b)
		return b
	}
	b := read(document)
	if len(b.Events) != 1 || b.Events[0].Op != network.Create || b.Events[0].Post.Text != "One" || b.Events[0].Post.ID != s.address+"/posts/9" || len(b.Rejects) != 0 {
		t.Fatalf("the push gives %+v", b)
	}
	if b := read([]byte("nonsense")); len(b.Events)+len(b.Rejects) != 0 || b.Frames != 1 {
		t.Errorf("nonsense gives %+v", b)
	}
	// The look that follows finds the same, which is no news; and then an edit.
	s.Server.Publish(&hearth.Post{ID: s.address + "/posts/9", Title: "Pushed", Text: "One"})
	s.Publish(1)
	cursor = s.look(t, cursor, func(b *network.Batch) bool {
		for i := range b.Events {
			if e := &b.Events[i]; e.Post.ID == s.address+"/posts/9" && e.Op == network.Create {
				t.Errorf("the look says of what was pushed that it is new: %+v", e.Post)
			}
		}
		return len(b.Events) > 0
	})
	s.Server.Update(s.address+"/posts/9", "Pushed", "Two")
	s.look(t, cursor, func(b *network.Batch) bool {
		return len(b.Events) == 1 && b.Events[0].Op == network.Update && b.Events[0].Post.Text == "Two"
	})
}

func TestALeaseIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	s := startSubscribed(t, &fake.Hub{Lease: 10 * 24 * 3600})
	cursor := s.look(t, "", s.confirmed(1))
	looks := 0
	cursor = s.look(t, cursor, func(*network.Batch) bool { looks++; return looks > 3 })
	if _, asked, _ := s.hub.Subscribers(); asked != 1 {
		t.Errorf("asked %d times while the lease holds", asked)
	}
	s.now.Store(8 * 24 * 3600)
	s.look(t, cursor, func(*network.Batch) bool { _, asked, _ := s.hub.Subscribers(); return asked == 2 })
}

func TestAHubThatDeniesIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := startSubscribed(t, &fake.Hub{Deny: true})
	looks := 0
	cursor := s.look(t, "", func(*network.Batch) bool { looks++; return looks > 5 })
	s.now.Store(2 * 3600)
	looks = 0
	s.look(t, cursor, func(*network.Batch) bool { looks++; return looks > 3 })
	if confirmed, asked, _ := s.hub.Subscribers(); confirmed != 0 || asked > 2 {
		t.Errorf("%d subscriptions, asked %d times", confirmed, asked)
	}
	if got, err := s.n.Webhook.Answer(s.session, map[string][]string{"hub.mode": {"unsubscribe"}, "hub.challenge": {"x"}}); err == nil {
		t.Errorf("a challenge that nobody asked for is answered %q", got)
	}
}

func TestNobodySubscribesWhereItCannotOrShallNotBe(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*subscribed){
		"no callback": func(s *subscribed) { s.session.Callback = "" },
		"off":         func(s *subscribed) { s.session.Settings["push"] = "off" },
		"no secret":   func(s *subscribed) { s.session.Settings["push_secret"] = "" },
	} {
		s := startSubscribed(t, &fake.Hub{})
		change(s)
		looks := 0
		s.look(t, "", func(*network.Batch) bool { looks++; return looks > 2 })
		if _, asked, _ := s.hub.Subscribers(); asked != 0 {
			t.Errorf("%s: the hub was asked", name)
		}
	}
	s := startSubscribed(t, &fake.Hub{})
	if _, err := s.n.Webhook.Verify(s.session, &network.Delivery{Header: http.Header{}, Body: []byte("x")}); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("a push that nobody asked for: %v", err)
	}
}

func TestHubsAreFoundInEveryFormat(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"atom": `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="https://hub.example/"/><link href='https://blog.example/feed' rel='self'/><title>x</title></feed>`,
		"rss":  `<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>x</title><a:link rel="self" href="https://blog.example/feed"/><a:link rel="hub" href="https://hub.example/"/></channel></rss>`,
		"json": `{"version":"https://jsonfeed.org/version/1.1","title":"x","feed_url":"https://blog.example/feed","hubs":[{"type":"rssCloud","url":"https://no.example/"},{"type":"WebSub","url":"https://hub.example/"}],"items":[]}`,
	} {
		hub, topic, err := feed.HubOf(text)
		if err != nil || hub != "https://hub.example/" || topic != "https://blog.example/feed" {
			t.Errorf("%s: %q, %q, %v", name, hub, topic, err)
		}
	}
	for header, want := range map[string]string{
		`<https://hub.example/>; rel="hub", <https://blog.example/feed>; rel="self"`: "https://hub.example/ https://blog.example/feed",
		`<https://hub.example/>; title="a, b"; rel=hub`:                              "https://hub.example/ ",
		`<https://a.example/>; rel="next hub"; x`:                                    "https://a.example/ ",
		`<broken`: " ", `>broken<`: " ", strings.Repeat("<a>;", 3000): " ",
	} {
		if hub, topic := feed.HubIn(http.Header{"Link": {header}}); hub+" "+topic != want {
			t.Errorf("%.60s: %q, %q", header, hub, topic)
		}
	}
}
