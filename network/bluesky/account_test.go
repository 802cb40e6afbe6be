package bluesky_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/network/bluesky/fake"
	"hearth/network/networktest"
)

// searchable is a host with an account that may search.
func searchable(t *testing.T, settings map[string]string) (*host, *network.Session) {
	t.Helper()
	h := startHost(t, fake.Options{Identifier: "acme.example", Password: "invented-password"}, nil)
	for k, v := range map[string]string{"pds": h.settings["appview"], "identifier": "@acme.example", "password": "invented-password"} {
		h.settings[k] = v
	}
	for k, v := range settings {
		h.settings[k] = v
	}
	return h, networktest.Session(t, bluesky.Network(), h.settings)
}

func post(did, text string) *hearth.Post {
	return &hearth.Post{Author: hearth.Author{ID: did}, Text: text}
}

func TestTheNetworksSearchFindsOlderPostsWithTheirHandles(t *testing.T) {
	t.Parallel()
	h, s := searchable(t, nil)
	h.SetProfile("did:plc:ann", fake.Profile{Handle: "ann.example", Name: "Ann"})
	var want []string
	for i := range 1_000 { // more than one search gives
		text := "Tea"
		if i%2 == 0 {
			text = "Acme Rail is late"
		}
		if id := h.Server.Publish(post("did:plc:ann", text)); i%2 == 0 && i >= 100 && i < 900 {
			want = append(want, id)
		}
	}
	wanted := network.Wanted{Phrases: []string{"nothing", `acme rail`}, Since: fake.Epoch.Add(101 * time.Millisecond), Until: fake.Epoch.Add(901 * time.Millisecond)}
	got := networktest.Search(t, bluesky.Network(), s, wanted)
	var ids []string
	for _, e := range got.Events {
		ids = append(ids, e.Post.ID)
		if e.Post.Author.Handle != "ann.example" || e.Post.Engagement.Likes != hearth.KnownCount(2) || e.Post.Text != "Acme Rail is late" {
			t.Fatalf("got %+v", e)
		}
	}
	slices.Reverse(ids)
	if !slices.Equal(ids, want) || len(got.Rejects) > 0 {
		t.Errorf("found %d, want %d; %v", len(ids), len(want), got.Rejects)
	}
	if n := h.Sessions(); n != 1 {
		t.Errorf("%d logins", n)
	}
}

func TestAnExpiredSessionIsRenewedWithoutAnotherLogin(t *testing.T) {
	t.Parallel()
	for _, all := range []bool{false, true} {
		h, s := searchable(t, nil)
		for range 250 {
			h.Server.Publish(post("did:plc:ann", "Acme Rail"))
		}
		seen, ended := 0, false
		err := bluesky.Network().Search(t.Context(), s, network.Wanted{Phrases: []string{"acme"}, Since: fake.Epoch, Until: fake.Epoch.Add(time.Hour)}, "", func(b *network.Batch) error {
			seen += len(b.Events)
			if !ended {
				ended = true
				h.EndSessions(all)
			}
			return nil
		})
		logins := map[bool]int{false: 1, true: 2}[all]
		if err != nil || seen != 250 || h.Sessions() != logins {
			t.Errorf("%d posts, %d logins, %v", seen, h.Sessions(), err)
		}
	}
}

func TestASearchWithoutARightAccountSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings map[string]string
		words    string
	}{
		{map[string]string{"identifier": ""}, "give the source a handle and an app password"},
		{map[string]string{"password": "wrong"}, "does not accept the handle and app password"},
	} {
		_, s := searchable(t, c.settings)
		err := bluesky.Network().Search(t.Context(), s, network.Wanted{Phrases: []string{"x"}}, "", nil)
		if hearth.ErrorCode(err) != hearth.Denied || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%v: %v", c.settings, err)
		}
	}
}

func TestPostsOfWatchedAccountsComeWithTheirHandles(t *testing.T) {
	t.Parallel()
	h, s := searchable(t, map[string]string{"authors": "@Ann.example, nobody.example"})
	s.Authors = func() []string { return []string{"Acme", "bo.example"} } // of standing queries
	h.SetProfile("did:plc:ann", fake.Profile{Handle: "ann.example"})
	h.SetProfile("did:plc:bo", fake.Profile{Handle: "bo.example"})
	h.SetProfile("did:plc:cy", fake.Profile{Handle: "cy.example"})
	said := false
	heard := networktest.MustListen(t, bluesky.Network(), s, begin(t, h, s), func(got *networktest.Heard) bool {
		if !said {
			said = true
			h.Server.Publish(post("did:plc:ann", "1"))
			h.Server.Publish(post("did:plc:cy", "2"))
			h.Rename("did:plc:bo", "bob.example")
			h.Server.Publish(post("did:plc:bo", "3"))
		}
		return len(got.Events) > 0 && got.Events[len(got.Events)-1].Post.Text == "3"
	})
	handles := map[string]string{}
	for _, e := range heard.Events {
		if e.Op == network.Create {
			handles[e.Post.Text] = e.Post.Author.Handle
		}
	}
	if handles["1"] != "ann.example" || handles["2"] != "" || handles["3"] != "bob.example" {
		t.Errorf("got %v", handles)
	}
}

// begin is a cursor from which something comes at once.
func begin(t *testing.T, h *host, s *network.Session) network.Cursor {
	t.Helper()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() { // until somebody listens and hears one
		defer close(done)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				h.Server.Publish(post("did:plc:begin", "0"))
			}
		}
	}()
	heard := networktest.MustListen(t, bluesky.Network(), s, "", networktest.AfterEvents(1))
	close(stop)
	<-done
	h.Server.Publish(post("did:plc:begin", "0"))
	return heard.Cursor
}

// A sync event says that the network has lost events of an account.
func TestAnAccountThatLostEventsIsReadAgain(t *testing.T) {
	t.Parallel()
	h, s := searchable(t, nil)
	h.SetProfile("did:plc:ann", fake.Profile{Handle: "ann.example"})
	lost := ""
	heard := networktest.MustListen(t, bluesky.Network(), s, begin(t, h, s), func(got *networktest.Heard) bool {
		if lost == "" {
			lost = h.Lose(post("did:plc:ann", "nobody told of this"))
			old := post("did:plc:ann", "long ago")
			old.Published = fake.Epoch.Add(-100 * time.Hour)
			h.Lose(old)
			h.Sync("did:plc:ann")
		}
		return slices.ContainsFunc(got.Events, func(e network.Event) bool { return e.Post.ID == lost })
	})
	for _, e := range heard.Events {
		if e.Post.Text == "long ago" {
			t.Error("what is older than the network's memory came again")
		}
	}
	if len(heard.Gaps) > 0 {
		t.Errorf("gaps %+v", heard.Gaps)
	}
}

// proves I8
func TestAnAccountThatCannotBeReadAgainIsAGap(t *testing.T) {
	t.Parallel()
	h := startHost(t, fake.Options{}, nil)
	s := networktest.Session(t, bluesky.Network(), h.settings)
	said := false
	heard := networktest.MustListen(t, bluesky.Network(), s, begin(t, h, s), func(got *networktest.Heard) bool {
		if !said {
			said = true
			h.Sync("did:plc:ann")
		}
		return len(got.Gaps) > 0
	})
	if g := heard.Gaps[0]; g.From != "did:plc:ann" || !strings.Contains(g.Reason, "503") {
		t.Errorf("got %+v", g)
	}
}

// What is read again may come when nothing else does: it is given out all the
// same.
func TestWhatIsReadAgainOnAQuietStreamIsGivenOut(t *testing.T) {
	t.Parallel()
	h := startHost(t, fake.Options{}, nil)
	s := networktest.Session(t, bluesky.Network(), h.settings)
	heardOne, said := make(chan struct{}), false
	straight := s.HTTP.Transport
	s.HTTP.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "getAuthorFeed") {
			<-heardOne
		}
		return straight.RoundTrip(r)
	})
	from := begin(t, h, s)
	h.Sync("did:plc:ann")
	last := h.Server.Publish(post("did:plc:begin", "after"))
	heard := networktest.MustListen(t, bluesky.Network(), s, from, func(got *networktest.Heard) bool {
		for _, e := range got.Events {
			if e.Post.ID == last && !said {
				said = true
				close(heardOne)
			}
		}
		return len(got.Gaps) > 0
	})
	if heard.Gaps[0].From != "did:plc:ann" {
		t.Errorf("got %+v", heard.Gaps[0])
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
