package reddit_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/networktest"
	"hearth/network/reddit"
	"hearth/network/reddit/fake"
)

// api is the fake as the common suite drives it.
type api struct {
	*fake.Server
	settings map[string]string
	session  *network.Session // one for all runs: its cache is the memory of entries
	count    int
}

func start(t testing.TB, o fake.Options, settings map[string]string) *api {
	t.Helper()
	s := &api{Server: fake.New(o)}
	listener := httptest.NewServer(s.Server)
	t.Cleanup(listener.Close)
	t.Cleanup(listener.CloseClientConnections)
	s.settings = map[string]string{
		"client_id": "invented-app", "client_secret": "invented-secret", "username": "hearth_test", "subreddits": "coffee, Tea", "interval": "10ms",
		"server": listener.URL, "token_url": listener.URL + "/api/v1/access_token",
	}
	for k, v := range settings {
		s.settings[k] = v
	}
	s.session = networktest.Session(t, reddit.Quick(), s.settings)
	return s
}

func (s *api) Settings() map[string]string { return s.settings }

func (s *api) post() *hearth.Post {
	s.count++
	return &hearth.Post{Author: hearth.Author{Handle: "ann"}, Title: fmt.Sprintf("Kettle %d", s.count), Text: "It boils < water\n\n& sings"}
}

// Publish writes posts and comments in turn, or posts where only they are read.
func (s *api) Publish(n int) (ids []string) {
	for i := range n {
		p := s.post()
		if i%2 == 1 && s.settings["kinds"] != "posts" {
			p.Title, p.InReplyTo = "", ids[i-1]
		}
		ids = append(ids, s.Server.Publish([]string{"coffee", "tea"}[i/2%2], p))
	}
	return ids
}

// DeletionsAreLive: what is deleted when first seen is no post.
func (s *api) DeletionsAreLive() {}

func (s *api) Forget(n int) bool {
	s.settings["kinds"] = "posts" // one listing, one gap
	s.Server.Forget(2 * n)
	s.Publish(6 * n)
	return true
}

func (s *api) Inject(f networktest.Fault, after int) bool {
	if f == networktest.Expired {
		s.Server.Revoke()
		return true
	}
	kind, ok := map[networktest.Fault]fake.FaultKind{
		networktest.Cut: fake.Cut, networktest.Garbage: fake.Garbage, networktest.Oversized: fake.Oversized, networktest.Unknown: fake.Unknown,
		networktest.Duplicate: fake.Duplicate, networktest.Reorder: fake.Reorder,
		networktest.Limited: fake.TooMany, networktest.Busy: fake.Refuse, networktest.Stall: fake.Slow, networktest.NotItself: fake.Page,
	}[f]
	if ok {
		s.Server.Inject(fake.Fault{Kind: kind, Size: map[networktest.Fault]int{networktest.Cut: after * 97, networktest.Oversized: 300_000}[f]})
	}
	return ok
}

// proves F22, F23, ING4
func TestRedditBehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	networktest.Run(t, reddit.Quick(), func(t *testing.T) networktest.Fake { return start(t, fake.Options{}, nil) })
}

// listen runs the stream until enough is true; the error is the stream's own.
func listen(t *testing.T, s *api, from network.Cursor, enough func(*networktest.Heard) bool) (*networktest.Heard, error) {
	t.Helper()
	return networktest.Listen(t, reddit.Quick(), s.session, from, enough)
}

// must is listen without an error.
func must(t *testing.T, s *api, from network.Cursor, enough func(*networktest.Heard) bool) *networktest.Heard {
	t.Helper()
	return networktest.MustListen(t, reddit.Quick(), s.session, from, enough)
}

// settled is n events and two rounds more, after which they are remembered.
func settled(n int) func(*networktest.Heard) bool {
	came := 0
	return func(h *networktest.Heard) bool {
		if came == 0 && len(h.Events) >= n {
			came = h.Batches
		}
		return came > 0 && h.Batches >= came+3
	}
}

var errPage = errors.New("a page at a time")

const fromStart = network.Cursor("r1 comments=0 new=0")

func TestPostsLinksCrosspostsAndCommentsAreRead(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	self := s.Server.Publish("coffee", s.post())
	link := s.Server.Publish("tea", &hearth.Post{Author: hearth.Author{Handle: "bo"}, Title: "Look", Links: []string{"https://kettle.example/a"}})
	cross := s.Server.Publish("tea", &hearth.Post{Author: hearth.Author{Handle: "bo"}, Title: "Shared", Text: "What eve wrote", RepostOf: "t3_abc"})
	comment := s.Server.Publish("tea", &hearth.Post{Author: hearth.Author{Handle: "cy"}, Text: "I want one", InReplyTo: self})
	reply := s.Server.Publish("tea", &hearth.Post{Author: hearth.Author{Handle: "ann"}, Text: "Here", InReplyTo: comment, Root: self})
	h := must(t, s, fromStart, networktest.AfterEvents(5))
	author := func(name string) hearth.Author {
		return hearth.Author{ID: "t2_" + name, Handle: name, URL: "https://www.reddit.com/user/" + name}
	}
	at := func(n int) time.Time { return fake.Epoch.Add(time.Duration(n) * time.Second) }
	one, none := hearth.KnownCount(1), hearth.KnownCount(0)
	want := []hearth.Post{
		{
			Network: "reddit", ID: self, URL: "https://www.reddit.com/r/coffee/comments/" + self[3:] + "/x/", Author: author("ann"), Title: "Kettle 1",
			Text: "It boils < water\n\n& sings", Published: at(1), Engagement: hearth.Engagement{Likes: one, Replies: none},
		},
		{
			Network: "reddit", ID: link, URL: "https://www.reddit.com/r/tea/comments/" + link[3:] + "/x/", Author: author("bo"), Title: "Look",
			Published: at(2), Links: []string{"https://kettle.example/a"}, Engagement: hearth.Engagement{Likes: one, Replies: none},
		},
		{
			Network: "reddit", ID: cross, URL: "https://www.reddit.com/r/tea/comments/" + cross[3:] + "/x/", Author: author("bo"), Title: "Shared",
			Text: "What eve wrote", RepostOf: "t3_abc", Published: at(3), Links: []string{"https://www.reddit.com/r/other/comments/abc/x/"},
			Engagement: hearth.Engagement{Likes: one, Replies: none},
		},
		{
			Network: "reddit", ID: comment, URL: "https://www.reddit.com/r/tea/comments/" + self[3:] + "/x/" + comment[3:] + "/", Kind: hearth.Comment,
			Author: author("cy"), Text: "I want one", Published: at(4), InReplyTo: self, Root: self, Engagement: hearth.Engagement{Likes: one},
		},
		{
			Network: "reddit", ID: reply, URL: "https://www.reddit.com/r/tea/comments/" + self[3:] + "/x/" + reply[3:] + "/", Kind: hearth.Comment,
			Author: author("ann"), Text: "Here", Published: at(5), InReplyTo: comment, Root: self, Engagement: hearth.Engagement{Likes: one},
		},
	}
	for i := range want {
		if diff := cmp.Diff(want[i], h.Events[i].Post); diff != "" {
			t.Errorf("want (-), got (+): %s", diff)
		}
	}
}

// proves ING3: an edit or deletion carries the author it was first seen with.
func TestEditsDeletionsAndRemovalsComeOnceAndVotesDoNot(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	ids := s.Publish(40) // more than a page of each
	h := must(t, s, fromStart, settled(40))
	s.Vote(ids[0], 50)
	s.Update(ids[1], "It is a pot")
	s.Delete(ids[2])
	s.Remove(ids[3])
	again := must(t, s, h.Cursor, func(h *networktest.Heard) bool { return h.Batches >= 40 })
	got := map[string]network.Event{}
	for _, e := range again.Events {
		got[e.Post.ID] = e
	}
	if len(again.Events) != 3 || len(got) != 3 {
		t.Fatalf("got %+v", again.Events)
	}
	if e := got[ids[1]]; e.Op != network.Update || e.Post.Text != "It is a pot" || e.Post.Author.ID != "t2_ann" {
		t.Errorf("the edit is %+v", e)
	}
	for _, id := range ids[2:4] {
		if e := got[id]; e.Op != network.Delete || e.Post.Author.ID != "t2_ann" {
			t.Errorf("the deletion is %+v", e)
		}
	}
}

func TestAnEditThatBringsAnOldTextBackIsANewVersion(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	id := s.Publish(1)[0]
	h := must(t, s, fromStart, settled(1))
	s.Update(id, "other")
	second := must(t, s, h.Cursor, settled(1))
	s.Update(id, h.Events[0].Post.Text)
	third := must(t, s, second.Cursor, networktest.AfterEvents(1))
	if third.Events[0].Revision == h.Events[0].Revision || third.Events[0].Post.Text != h.Events[0].Post.Text {
		t.Errorf("got %+v", third.Events[0])
	}
}

func TestAPostThatModeratorsLetThroughLateComes(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	ids := s.Publish(4)
	s.Late(ids[0])
	h := must(t, s, fromStart, settled(3))
	h = must(t, s, h.Cursor, func(h *networktest.Heard) bool { return h.Batches > 4 })
	if len(h.Events) > 0 {
		t.Fatalf("got %+v", h.Events)
	}
	s.Approve(ids[0])
	if h = must(t, s, h.Cursor, networktest.AfterEvents(1)); h.Events[0].Post.ID != ids[0] || h.Events[0].Op != network.Create {
		t.Errorf("got %+v", h.Events)
	}
}

func TestWhatWasThereBeforeIsNotGivenOut(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	s.Publish(10)
	h := must(t, s, "", func(h *networktest.Heard) bool { return h.Batches > 10 })
	if len(h.Events) > 0 {
		t.Errorf("%d events", len(h.Events))
	}
}

// proves I8
func TestADeletedNewestEntryIsNoGap(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	ids := s.Publish(60)
	h := must(t, s, fromStart, networktest.AfterEvents(60))
	s.Delete(ids[58])
	s.Delete(ids[59])
	s.Publish(60)
	h = must(t, s, h.Cursor, networktest.AfterEvents(60))
	if len(h.Gaps) > 0 {
		t.Errorf("gaps %+v", h.Gaps)
	}
}

func TestKindsAndSearchesAreChosen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings map[string]string
		cursor   network.Cursor
		want     []int
	}{
		{map[string]string{"kinds": "posts"}, "r1 new=0", []int{0}},
		{map[string]string{"kinds": "comments"}, "r1 comments=0", []int{1}},
		{map[string]string{"subreddits": "", "search": `"brightbean" OR acme`}, "r1 search=0", []int{2}},
	} {
		s := start(t, fake.Options{}, c.settings)
		ids := []string{s.Server.Publish("tea", s.post())}
		ids = append(ids, s.Server.Publish("tea", &hearth.Post{Author: hearth.Author{Handle: "bo"}, Text: "Good", InReplyTo: ids[0]}))
		ids = append(ids, s.Server.Publish("elsewhere", &hearth.Post{Author: hearth.Author{Handle: "bo"}, Title: "Brightbean is open"}))
		h := must(t, s, c.cursor, func(h *networktest.Heard) bool { return h.Batches > 3 })
		var got, want []string
		for _, e := range h.Events {
			got = append(got, e.Post.ID)
		}
		for _, i := range c.want {
			want = append(want, ids[i])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", c.settings, got, want)
		}
	}
}

func TestEachKindOfAppGetsItsToken(t *testing.T) {
	t.Parallel()
	for want, settings := range map[string]map[string]string{
		"client_credentials": nil,
		"password":           {"password": "invented-password"},
		"https://oauth.reddit.com/grants/installed_client": {"client_secret": ""},
	} {
		s := start(t, fake.Options{Password: "invented-password"}, settings)
		s.Publish(1)
		must(t, s, fromStart, networktest.AfterEvents(1))
		if got := s.Grants(); !slices.Equal(got, []string{want}) {
			t.Errorf("grants %v, want one %s", got, want)
		}
	}
}

func TestATokenIsRenewedBeforeItEndsAndWhenItIsRefused(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]fake.Options{"used up": {Life: 3}, "over": {Cold: true}} {
		s := start(t, o, nil)
		s.Publish(60)
		h := must(t, s, fromStart, networktest.AfterEvents(60))
		if len(s.Grants()) < 3 || len(h.Gaps) > 0 {
			t.Errorf("%s: %d tokens, gaps %v", name, len(s.Grants()), h.Gaps)
		}
	}
	s := start(t, fake.Options{}, nil)
	revoked := false
	s.Publish(1)
	must(t, s, fromStart, func(h *networktest.Heard) bool {
		if !revoked {
			revoked = true
			s.Revoke()
			s.Publish(1)
		}
		return len(h.Events) == 2
	})
}

func TestRefusalsSayWhatAPersonCanDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings map[string]string
		code     hearth.Code
		words    string
	}{
		{map[string]string{"client_secret": "wrong"}, hearth.Denied, "does not know the app id and secret"},
		{map[string]string{"password": "wrong"}, hearth.Denied, "does not accept the user name and password"},
		{map[string]string{"subreddits": "nowhere"}, hearth.Invalid, "does not exist"},
		{map[string]string{"subreddits": "secret"}, hearth.Denied, "private"},
		{map[string]string{"subreddits": ""}, hearth.Invalid, "Give the subreddits"},
	} {
		s := start(t, fake.Options{ClientID: "invented-app", Secret: "invented-secret", Password: "right"}, c.settings)
		if _, err := listen(t, s, "", networktest.AfterEvents(1)); hearth.ErrorCode(err) != c.code || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%v: %v", c.settings, err)
		}
	}
}

// proves F21, F23
func TestAFailedAnswerEndsTheStreamResumably(t *testing.T) {
	t.Parallel()
	for kind, words := range map[fake.FaultKind]string{
		fake.Refuse: "503", fake.TooMany: "429", fake.Page: "cannot be read", fake.Cut: "cannot be reached", fake.Slow: "cannot be reached",
	} {
		s := start(t, fake.Options{}, nil)
		s.Publish(30)
		s.Server.Inject(fake.Fault{Kind: kind, Size: 1_000})
		h, err := listen(t, s, fromStart, networktest.AfterEvents(1))
		if hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), words) || len(h.Events) > 0 {
			t.Errorf("%d: %d events, %v", kind, len(h.Events), err)
		}
		must(t, s, h.Cursor, networktest.AfterEvents(30))
	}
}

func TestTheNetworksSearchGoesThroughAllPhrasesAndResumes(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	var want []string
	for i := range 40 {
		p := s.post()
		if i%2 == 0 {
			p.Title = "Brightbean kettle"
		}
		if id := s.Server.Publish("tea", p); i%2 == 0 && i >= 10 && i < 30 {
			want = append(want, id)
		}
	}
	wanted := network.Wanted{
		Phrases: []string{"brightbean", `Acme "Rail"`, strings.Repeat("long ", 150)},
		Since:   fake.Epoch.Add(11 * time.Second), Until: fake.Epoch.Add(31 * time.Second),
	}
	var got []string
	cursor, rounds := network.Cursor(""), 0
	for {
		rounds++
		h := &networktest.Heard{Cursor: cursor}
		err := reddit.Quick().Search(t.Context(), s.session, wanted, cursor, func(b *network.Batch) error {
			h.Take(b)
			return errPage
		})
		for _, e := range h.Events {
			got = append(got, e.Post.ID)
		}
		if cursor = h.Cursor; err == nil {
			break
		}
		if !errors.Is(err, errPage) || rounds > 100 || len(h.Gaps) > 0 {
			t.Fatalf("%v, gaps %v", err, h.Gaps)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || rounds < 4 {
		t.Errorf("in %d rounds %v, want %v", rounds, got, want)
	}
}

func TestASearchThatDoesNotReachBackSaysSo(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{Depth: 10}, nil)
	s.Publish(50)
	h := &networktest.Heard{}
	wanted := network.Wanted{Phrases: []string{"kettle"}, Since: fake.Epoch, Until: fake.Epoch.Add(time.Hour)}
	if err := reddit.Quick().Search(t.Context(), s.session, wanted, "", func(b *network.Batch) error { h.Take(b); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(h.Events) != 10 || len(h.Gaps) != 1 {
		t.Errorf("%d events, gaps %+v", len(h.Events), h.Gaps)
	}
}

func TestADamagedCursorIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	for _, cursor := range []network.Cursor{"17", "r2 new=1", "r1 new", "r1 new=A!", "r1 =1"} {
		if _, err := listen(t, s, cursor, networktest.AfterEvents(1)); hearth.ErrorCode(err) != hearth.Damaged {
			t.Errorf("%q: %v", cursor, err)
		}
		if err := reddit.Quick().Search(t.Context(), s.session, network.Wanted{Phrases: []string{"x"}}, cursor, nil); hearth.ErrorCode(err) != hearth.Damaged {
			t.Errorf("search from %q: %v", cursor, err)
		}
	}
}

func TestSubredditsAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	fields := reddit.Network().Fields
	for value, good := range map[string]bool{"coffee": true, "r/coffee, /r/Tea+u_ann": true, "aa bb": true, "cof fee!": false, "../api": false, "x/y": false} {
		_, err := network.Settings(fields, map[string]string{"client_id": "a", "username": "b", "subreddits": value})
		if (err == nil) != good {
			t.Errorf("%q: %v", value, err)
		}
	}
}
