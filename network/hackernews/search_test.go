package hackernews_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/network"
	"hearth/network/hackernews"
	"hearth/network/hackernews/fake"
	"hearth/network/networktest"
)

// searching is the network with a session on a fake.
func searching(t *testing.T, s *fake.Server, settings map[string]string) (network.Network, *network.Session) {
	t.Helper()
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	all := map[string]string{"server": listener.URL + "/v0", "search": listener.URL + "/api/v1"}
	for k, v := range settings {
		all[k] = v
	}
	return hackernews.Quick(), networktest.Session(t, hackernews.Quick(), all)
}

func wanted(phrases ...string) network.Wanted {
	return network.Wanted{Phrases: phrases, Since: fake.Epoch, Until: fake.Epoch.Add(24 * time.Hour)}
}

func TestTheSearchFindsStoriesAndCommentsAsTheStreamGivesThem(t *testing.T) {
	t.Parallel()
	s := fake.New(100)
	story := s.Publish(&hearth.Post{Author: hearth.Author{Handle: "ann"}, Title: "A kettle & more", Links: []string{"https://kettle.example/"}, Engagement: hearth.Engagement{Likes: hearth.KnownCount(7)}})
	first := s.Publish(&hearth.Post{Author: hearth.Author{Handle: "bob"}, Text: "Which kettle?\n\nA < B", InReplyTo: story})
	second := s.Publish(&hearth.Post{Author: hearth.Author{Handle: "cat"}, Text: "This kettle.", InReplyTo: first})
	s.Publish(&hearth.Post{Author: hearth.Author{Handle: "dan"}, Title: "A pan"})
	s.Delete(s.Publish(&hearth.Post{Author: hearth.Author{Handle: "eve"}, Title: "A kettle too many"}))

	n, session := searching(t, s, nil)
	heard := networktest.Search(t, n, session, wanted("kettle", "pan"))
	got := map[string]hearth.Post{}
	for _, e := range heard.Events {
		got[e.Post.ID] = e.Post
	}
	if len(got) != 4 || len(heard.Rejects) != 0 {
		t.Fatalf("%d posts, %d rejects: %+v", len(got), len(heard.Rejects), got)
	}
	if p := got[story]; p.Title != "A kettle & more" || p.Author.Handle != "ann" || p.Links[0] != "https://kettle.example/" || p.Engagement.Likes.N != 7 || p.Kind != hearth.Original {
		t.Errorf("the story: %+v", p)
	}
	if p := got[second]; p.InReplyTo != first || p.Root != story || p.Kind != hearth.Comment || p.Text != "This kettle." {
		t.Errorf("the comment: %+v", p)
	}

	n, session = searching(t, s, map[string]string{"kinds": "comments"})
	if heard := networktest.Search(t, n, session, wanted("kettle")); len(heard.Events) != 2 {
		t.Errorf("%d comments", len(heard.Events))
	}
}

func TestTheSearchGoesBeyondAThousandHitsAndGoesOnAfterABreak(t *testing.T) {
	t.Parallel()
	s := fake.New(1)
	for range 1500 {
		s.Publish(&hearth.Post{Author: hearth.Author{Handle: "ann"}, Title: "Another kettle"})
	}
	n, session := searching(t, s, nil)
	seen, batches := map[string]bool{}, 0
	var cursor network.Cursor
	for broken := true; broken; {
		broken = false
		err := n.Search(t.Context(), session, wanted("kettle"), cursor, func(b *network.Batch) error {
			for i := range b.Events {
				seen[strings.Clone(b.Events[i].Post.ID)] = true
			}
			cursor = network.Cursor(strings.Clone(string(b.Cursor)))
			if batches++; batches == 3 {
				broken = true
				return http.ErrHandlerTimeout
			}
			return nil
		})
		if broken != (err != nil) {
			t.Fatal(err)
		}
	}
	if len(seen) != 1500 || batches < 7 || batches > 12 {
		t.Errorf("%d posts in %d batches", len(seen), batches)
	}
	only := wanted("kettle")
	only.Since, only.Until = fake.Epoch.Add(10*time.Second), fake.Epoch.Add(20*time.Second)
	if heard := networktest.Search(t, n, session, only); len(heard.Events) != 10 {
		t.Errorf("%d posts of ten seconds", len(heard.Events))
	}
}

func TestASearchThatDoesNotAnswerIsAnError(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"a page": "<html>", "half an answer": `{"hits":[{"objectID":"1",`} {
		listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) }))
		defer listener.Close()
		n := hackernews.Quick()
		session := networktest.Session(t, n, map[string]string{"search": listener.URL})
		err := n.Search(t.Context(), session, wanted("kettle"), "", func(*network.Batch) error { return nil })
		if hearth.ErrorCode(err) != hearth.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}
