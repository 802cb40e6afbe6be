package hackernews_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/faulty"
	"hearth/network/hackernews"
	"hearth/network/hackernews/fake"
	"hearth/network/networktest"
)

// api is the fake as the common suite drives it.
type api struct {
	*fake.Server
	faulty   *faulty.Handler
	settings map[string]string
	session  *network.Session // one for all runs: its cache is the memory of items
	count    int
}

func start(t testing.TB, first int64, settings map[string]string) *api {
	t.Helper()
	s := &api{Server: fake.New(first), settings: map[string]string{"interval": "10ms"}}
	s.faulty = &faulty.Handler{Next: s.Server}
	listener := httptest.NewServer(s.faulty)
	t.Cleanup(listener.Close)
	s.settings["server"] = listener.URL + "/v0"
	for k, v := range settings {
		s.settings[k] = v
	}
	s.session = networktest.Session(t, hackernews.Quick(), s.settings)
	return s
}

func (s *api) Settings() map[string]string { return s.settings }

func (s *api) post() *hearth.Post {
	s.count++
	return &hearth.Post{
		Author: hearth.Author{Handle: "ann"}, Title: fmt.Sprintf("Show: a kettle %d", s.count), Text: "It boils < water\n\n& sings",
		Links: []string{"https://kettle.example/"}, Engagement: hearth.Engagement{Likes: hearth.KnownCount(1)},
	}
}

func (s *api) Publish(n int) (ids []string) {
	for range n {
		ids = append(ids, s.Server.Publish(s.post()))
	}
	return ids
}

// DeletionsAreLive: what is deleted when first seen is no post.
func (s *api) DeletionsAreLive() {}

func (s *api) Forget(int) bool { return false }

func (s *api) Inject(f networktest.Fault, after int) bool {
	kind, ok := map[networktest.Fault]fake.FaultKind{
		networktest.Cut: fake.Cut, networktest.Garbage: fake.Garbage, networktest.Oversized: fake.Oversized, networktest.Unknown: fake.Unknown,
		networktest.Duplicate: fake.Duplicate, networktest.Reorder: fake.Late,
	}[f]
	if !ok {
		return networktest.InjectHTTP(s.faulty, f, after)
	}
	s.Server.Inject(fake.Fault{Kind: kind, Size: map[networktest.Fault]int{networktest.Cut: after, networktest.Oversized: 300_000, networktest.Reorder: 2}[f]})
	return true
}

func TestHackerNewsBehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	networktest.Run(t, hackernews.Quick(), func(t *testing.T) networktest.Fake { return start(t, 40_000_000, nil) })
}

// listen runs the stream until enough is true; the error is the stream's own.
func listen(t *testing.T, s *api, from network.Cursor, enough func(*networktest.Heard) bool) (*networktest.Heard, error) {
	t.Helper()
	return networktest.Listen(t, hackernews.Quick(), s.session, from, enough)
}

// must is listen without an error.
func must(t *testing.T, s *api, from network.Cursor, enough func(*networktest.Heard) bool) *networktest.Heard {
	t.Helper()
	return networktest.MustListen(t, hackernews.Quick(), s.session, from, enough)
}

func TestStoriesAndCommentsAreRead(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	s.Publish(1)
	s.Server.Publish(&hearth.Post{Author: hearth.Author{Handle: "bo_2"}, Text: "I want one", InReplyTo: "101"})
	s.Server.Publish(&hearth.Post{Author: hearth.Author{Handle: "ann"}, Text: "Here", InReplyTo: "102"})
	h := must(t, s, "h1 100", networktest.AfterEvents(3))
	author := func(name string) hearth.Author {
		return hearth.Author{ID: name, Handle: name, URL: "https://news.ycombinator.com/user?id=" + name}
	}
	want := []hearth.Post{
		{
			Network: "hackernews", ID: "101", URL: "https://news.ycombinator.com/item?id=101", Kind: hearth.Original, Author: author("ann"),
			Title: "Show: a kettle 1", Text: "It boils < water\n\n& sings", Published: fake.Epoch.Add(101 * time.Second), Links: []string{"https://kettle.example/"},
			Engagement: hearth.Engagement{Likes: hearth.KnownCount(1), Replies: hearth.KnownCount(0)},
		},
		{
			Network: "hackernews", ID: "102", URL: "https://news.ycombinator.com/item?id=102", Kind: hearth.Comment, Author: author("bo_2"),
			Text: "I want one", Published: fake.Epoch.Add(102 * time.Second), InReplyTo: "101", Root: "101",
		},
		{
			Network: "hackernews", ID: "103", URL: "https://news.ycombinator.com/item?id=103", Kind: hearth.Comment, Author: author("ann"),
			Text: "Here", Published: fake.Epoch.Add(103 * time.Second), InReplyTo: "102", Root: "101",
		},
	}
	for i := range want {
		if diff := cmp.Diff(want[i], h.Events[i].Post); diff != "" {
			t.Errorf("want (-), got (+): %s", diff)
		}
	}
}

func TestKindsAreChosen(t *testing.T) {
	t.Parallel()
	for kinds, want := range map[string]string{"stories": "101", "comments": "102"} {
		s := start(t, 101, map[string]string{"kinds": kinds})
		s.Publish(1)
		s.Server.Publish(&hearth.Post{Author: hearth.Author{Handle: "bo"}, Text: "x", InReplyTo: "101"})
		h := must(t, s, "h1 100", func(h *networktest.Heard) bool { return h.Batches > 2 })
		if len(h.Events) != 1 || h.Events[0].Post.ID != want {
			t.Errorf("%s: %+v", kinds, h.Events)
		}
	}
}

func TestEditsAndDeletionsComeOnceAndVotesDoNot(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	s.Publish(4)
	h := must(t, s, "h1 100", networktest.AfterBatches(3)) // the first is stored by then
	s.Vote("101", 5)
	s.Update("102", "Show: a pot", "It is a pot")
	s.Delete("103")
	s.Kill("104")
	h = must(t, s, h.Cursor, networktest.AfterBatches(6))
	if len(h.Events) != 3 {
		t.Fatalf("got %+v", h.Events)
	}
	if e := h.Events[0]; e.Op != network.Update || e.Post.ID != "102" || e.Post.Title != "Show: a pot" {
		t.Errorf("the edit is %+v", e)
	}
	if ops := h.Ops(); ops[1] != "delete 103" || ops[2] != "hide 104" || h.Events[1].Post.Author.ID != "ann" || h.Events[2].Post.Author.ID != "ann" {
		t.Errorf("got %v", ops)
	}
	s.Update("104", "Show: a kettle 4", "It boils < water\n\n& sings") // vouched for
	h = must(t, s, h.Cursor, networktest.AfterBatches(6))
	if ops := strings.Join(h.Ops(), ", "); ops != "show 104, update 104" {
		t.Errorf("got %s", ops)
	}
}

func TestCountsThatDoubledAreANewVersionOnce(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	s.Publish(1)
	h := must(t, s, "h1 100", networktest.AfterBatches(3))
	for _, c := range []struct{ score, updates int64 }{{7, 0}, {50, 1}, {55, 0}, {500, 1}, {500, 0}} {
		s.Vote("101", c.score)
		h = must(t, s, h.Cursor, networktest.AfterBatches(3))
		if int64(len(h.Events)) != c.updates || c.updates == 1 && (h.Events[0].Op != network.Update || h.Events[0].Post.Engagement.Likes.N != c.score) {
			t.Errorf("with a score of %d: %+v", c.score, h.Events)
		}
	}
}

func TestWhatIsGoneWhenFirstSeenIsNoPost(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	s.Publish(3)
	s.Delete("101")
	s.Kill("102")
	if h := must(t, s, "h1 100", networktest.AfterEvents(1)); len(h.Events) != 1 || h.Events[0].Post.ID != "103" {
		t.Errorf("got %+v", h.Events)
	}
}

func TestAnItemThatNeverComesIsAGap(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	for range 2 {
		s.Server.Inject(fake.Fault{Kind: fake.Late, Size: 1_000})
	}
	s.Publish(3)
	h := must(t, s, "h1 100", func(h *networktest.Heard) bool { return len(h.Gaps) > 0 })
	if len(h.Events) != 1 || h.Gaps[0].From != "101" || h.Gaps[0].To != "102" || string(h.Cursor) != "h1 103" {
		t.Errorf("%d events, gaps %+v, cursor %q", len(h.Events), h.Gaps, h.Cursor)
	}
}

func TestALateItemIsWaitedForAcrossRestarts(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	s.Server.Inject(fake.Fault{Kind: fake.Late, Size: 3})
	s.Publish(2)
	h := must(t, s, "h1 100", networktest.AfterEvents(1))
	if string(h.Cursor) != "h1 102 101:0" {
		t.Errorf("the cursor is %q", h.Cursor)
	}
	if h = must(t, s, h.Cursor, networktest.AfterEvents(1)); h.Events[0].Post.ID != "101" {
		t.Errorf("got %+v", h.Events)
	}
}

func TestTooFarBehindIsAGap(t *testing.T) {
	t.Parallel()
	s := start(t, 1_000_101, nil)
	s.Publish(1)
	h, _ := listen(t, s, "h1 100", func(h *networktest.Heard) bool { return true })
	if len(h.Gaps) == 0 || h.Gaps[0].From != "101" || h.Gaps[0].To != "900101" {
		t.Errorf("gaps %+v", h.Gaps)
	}
}

func TestRequestsAreFewAtOnceAndFailuresResumable(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	s.Publish(900)
	s.Server.Inject(fake.Fault{Kind: fake.Refuse})
	h, err := listen(t, s, "h1 100", networktest.AfterEvents(900))
	if hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "503") {
		t.Fatalf("got %v", err)
	}
	before := len(h.Events)
	h = must(t, s, h.Cursor, networktest.AfterEvents(900-before))
	if _, atOnce := s.Calls(); atOnce > 8 || before+len(h.Events) != 900 {
		t.Errorf("%d at once, %d and %d events", atOnce, before, len(h.Events))
	}
}

func TestCompleteFindsTheFirstPostOfAThread(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	s.Publish(1)
	for n := range 10 {
		s.Server.Publish(&hearth.Post{Author: hearth.Author{Handle: "bo"}, Text: "x", InReplyTo: strconv.Itoa(101 + n)})
	}
	n := hackernews.Network()
	reply, orphan := &hearth.Post{ID: "111", InReplyTo: "110"}, &hearth.Post{ID: "5", InReplyTo: "4"}
	n.Complete(t.Context(), s.session, []*hearth.Post{reply, orphan, {ID: "101"}})
	if reply.Root != "101" || orphan.Root != "" {
		t.Errorf("roots %q and %q", reply.Root, orphan.Root)
	}
	calls, _ := s.Calls()
	again := &hearth.Post{ID: "112", InReplyTo: "109"}
	n.Complete(t.Context(), s.session, []*hearth.Post{again})
	if now, _ := s.Calls(); again.Root != "101" || now != calls {
		t.Errorf("root %q after %d more calls", again.Root, now-calls)
	}
}

func TestAPageInsteadOfAnItemIsNoItem(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	s.Publish(30)
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/item/120.json") { // the network changes hands on the way
			w.Write([]byte("<!doctype html><title>Sign in</title>"))
			return
		}
		s.Server.ServeHTTP(w, r)
	}))
	t.Cleanup(listener.Close)
	s.session.Settings["server"] = listener.URL + "/v0"
	h, err := listen(t, s, "h1 100", networktest.AfterEvents(30))
	if hearth.ErrorCode(err) != hearth.Unavailable || len(h.Rejects) > 0 || len(h.Events) > 19 {
		t.Errorf("got %v, %d events, rejects %+v", err, len(h.Events), h.Rejects)
	}
}

func TestADamagedCursorIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, 101, nil)
	for _, cursor := range []network.Cursor{"17", "h1", "h1 x", "h1 -4", "h1 4 5", "h1 4 5:x"} {
		if _, err := listen(t, s, cursor, networktest.AfterEvents(1)); hearth.ErrorCode(err) != hearth.Damaged {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}

func TestADeadLetterIsReadAgain(t *testing.T) {
	t.Parallel()
	var b network.Batch
	n := hackernews.Network()
	n.Decode([]byte(`{"id":7,"type":"story","by":"ann","time":1,"title":"x"}`), &b)
	n.Decode([]byte("garbage"), &b)
	n.Decode([]byte("null"), &b)
	if len(b.Events) != 1 || b.Events[0].Post.ID != "7" || len(b.Rejects) != 1 {
		t.Errorf("got %+v", b)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"by":"ann","id":1,"type":"comment","parent":3,"time":1,"text":"<p>x","score":-4,"dead":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b network.Batch
		hackernews.Network().Decode(raw, &b)
		for i := range b.Events {
			if err := b.Events[i].Post.Check(); err != nil || b.Events[i].Post.Author.ID == "" {
				t.Fatalf("%+v: %v", b.Events[i], err)
			}
		}
	})
}
