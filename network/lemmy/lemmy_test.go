package lemmy_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/faulty"
	"hearth/network/lemmy"
	"hearth/network/lemmy/fake"
	"hearth/network/networktest"
)

// server is the fake as the common suite drives it.
type server struct {
	*fake.Server
	faulty   *faulty.Handler
	address  string
	settings map[string]string
	session  *network.Session
	count    int
}

func start(t testing.TB, o fake.Options, settings map[string]string) *server {
	t.Helper()
	s := &server{faulty: &faulty.Handler{}}
	listener := httptest.NewServer(s.faulty)
	t.Cleanup(listener.Close)
	s.address = listener.URL
	s.Server = fake.New(listener.URL, o)
	s.faulty.Next = s.Server
	s.settings = map[string]string{"server": listener.URL, "interval": "5ms", "token": o.Token}
	for k, v := range settings {
		s.settings[k] = v
	}
	s.session = networktest.Session(t, lemmy.Quick(), s.settings)
	return s
}

func (s *server) Settings() map[string]string { return s.settings }

func (s *server) post() *hearth.Post {
	s.count++
	return &hearth.Post{
		Author: hearth.Author{ID: "ann", Name: "Ann Example"}, Title: fmt.Sprintf("A kettle %d", s.count),
		Text: "It *boils*, see https://pot.example/a.", Links: []string{"https://kettle.example/"},
	}
}

func (s *server) Publish(n int) (ids []string) {
	for range n {
		ids = append(ids, s.Server.Publish("coffee", s.post()))
	}
	return ids
}

// DeletionsAreLive: a post that is gone is not listed.
func (s *server) DeletionsAreLive() {}

func (s *server) Forget(int) bool { return false }

func (s *server) Inject(f networktest.Fault, after int) bool {
	switch f {
	case networktest.Garbage:
		s.PublishRaw(`{"post":{"id":"x","ap_id":17}}`)
	case networktest.Unknown:
		p := s.post()
		p.Author.ID = "bo"
		s.Server.Publish("a_new_kind", p)
	case networktest.Oversized:
		p := s.post()
		p.Text = strings.Repeat("x", 300_000)
		s.Server.Publish("coffee", p)
	case networktest.Expired:
		if s.settings["token"] == "" {
			return false
		}
		s.Revoke()
	default:
		return networktest.InjectHTTP(s.faulty, f, after)
	}
	return true
}

func TestLemmyBehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]fake.Options{"v3": {}, "v4": {V4: true, Token: "a-token"}, "before 0.19": {Bare: true}} {
		t.Run(name, func(t *testing.T) {
			networktest.Run(t, lemmy.Quick(), func(t *testing.T) networktest.Fake { return start(t, o, nil) })
		})
	}
}

func TestPostsAndCommentsAreRead(t *testing.T) {
	t.Parallel()
	for _, o := range []fake.Options{{}, {V4: true}} {
		s := start(t, o, nil)
		post := s.Publish(1)[0]
		far := s.Server.Publish("coffee", &hearth.Post{ID: "https://far.example/comment/99", Author: hearth.Author{ID: "https://far.example/u/bo", Bot: hearth.True}, Text: "I want one", InReplyTo: post})
		near := s.Server.Publish("coffee", &hearth.Post{Author: hearth.Author{ID: "ann"}, Text: "Here", InReplyTo: far})
		h := networktest.MustListen(t, lemmy.Quick(), s.session, "", networktest.AfterEvents(3))
		ann := hearth.Author{ID: s.address + "/u/ann", Handle: "ann@127.0.0.1", URL: s.address + "/u/ann", Bot: hearth.False}
		named := ann
		named.Name = "Ann Example"
		counts := hearth.Engagement{Likes: hearth.KnownCount(4), Replies: hearth.KnownCount(0)}
		want := []hearth.Post{
			{
				Network: "lemmy", ID: post, URL: post, Kind: hearth.Original, Author: named, Title: "A kettle 1", Text: "It *boils*, see https://pot.example/a.",
				Published: fake.Epoch.Add(time.Second), Links: []string{"https://kettle.example/", "https://pot.example/a"},
				Engagement: hearth.Engagement{Likes: hearth.KnownCount(4), Replies: hearth.KnownCount(2)},
			},
			{
				Network: "lemmy", ID: far, URL: far, Kind: hearth.Comment, Text: "I want one", Published: fake.Epoch.Add(2 * time.Second), InReplyTo: post, Root: post,
				Author: hearth.Author{ID: "https://far.example/u/bo", Handle: "bo@far.example", URL: "https://far.example/u/bo", Bot: hearth.True}, Engagement: counts,
			},
			{
				Network: "lemmy", ID: near, URL: near, Kind: hearth.Comment, Text: "Here", Published: fake.Epoch.Add(3 * time.Second),
				InReplyTo: s.address + "/comment/2", Root: post, Author: ann, Engagement: counts,
			},
		}
		if !o.V4 { // the counts of version 3 stand beside: those of the post beside a post, of the comment beside a comment
			want[1].Engagement.Replies, want[2].Engagement.Replies = h.Events[1].Post.Engagement.Replies, h.Events[2].Post.Engagement.Replies
			want[0].Engagement.Replies = h.Events[0].Post.Engagement.Replies
		}
		for i := range want {
			if diff := cmp.Diff(want[i], h.Events[i].Post); diff != "" {
				t.Errorf("%+v: want (-), got (+): %s", o, diff)
			}
		}
		lemmy.Network().Complete(t.Context(), s.session, []*hearth.Post{&h.Events[2].Post})
		if got := h.Events[2].Post.InReplyTo; got != far {
			t.Errorf("the parent is %q, want %q", got, far)
		}
	}
}

func TestEditsDeletionsAndRemovalsComeOnceAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	ids := s.Publish(4)
	comment := s.Server.Publish("coffee", &hearth.Post{Author: hearth.Author{ID: "bo"}, Text: "x", InReplyTo: ids[0]})
	removed := s.Server.Publish("coffee", &hearth.Post{Author: hearth.Author{ID: "bo"}, Text: "y", InReplyTo: ids[0]})
	h := networktest.MustListen(t, lemmy.Quick(), s.session, "", networktest.Settled(6))
	s.Server.Remove(removed)
	s.Edit(ids[1], "It is a pot")
	s.Delete(ids[2])
	s.Remove(ids[3])
	s.Delete(comment)
	h = networktest.MustListen(t, lemmy.Quick(), s.session, h.Cursor, networktest.Settled(5))
	seen := map[string]bool{}
	for _, op := range h.Ops() {
		seen[op] = true
	}
	for _, want := range []string{"update " + ids[1], "delete " + ids[2], "delete " + ids[3], "hide " + removed, "delete " + comment} {
		if !seen[want] {
			t.Errorf("%s is missing in %v", want, h.Ops())
		}
	}
	if again := networktest.MustListen(t, lemmy.Quick(), s.session, h.Cursor, networktest.AfterBatches(5)); len(again.Events) > 0 {
		t.Errorf("again %v", again.Ops())
	}
}

func TestCommunitiesScopeAndKindsAreChosen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ settings, want string }{
		{"communities=tea", "2"}, {"communities=tea, !milk@far.example", "2 3"}, {"scope=local", "1 2 4"}, {"kinds=comments", "4"}, {"kinds=posts", "1 2 3"},
	} {
		name, value, _ := strings.Cut(c.settings, "=")
		s := start(t, fake.Options{}, map[string]string{name: value})
		s.Publish(1)
		s.Server.Publish("tea", s.post())
		s.Server.Publish("milk@far.example", s.post())
		s.Server.Publish("coffee", &hearth.Post{Author: hearth.Author{ID: "bo"}, Text: "x", InReplyTo: s.address + "/post/1"})
		h := networktest.MustListen(t, lemmy.Quick(), s.session, "", networktest.AfterBatches(3))
		got := []string{}
		for _, e := range h.Events {
			got = append(got, e.Post.ID[strings.LastIndexByte(e.Post.ID, '/')+1:])
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: want (-), got (+): %s", c.settings, diff)
		}
	}
}

func TestAPostThatComesLateFromAnotherServerIsRead(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	s.Publish(200)
	h := networktest.MustListen(t, lemmy.Quick(), s.session, "", networktest.AfterBatches(1))
	p := s.post()
	p.ID, p.Author.ID, p.Published = "https://far.example/post/5", "https://far.example/u/bo", fake.Epoch.Add(190*time.Second+1)
	s.Server.Publish("coffee", p)
	h = networktest.MustListen(t, lemmy.Quick(), s.session, h.Cursor, networktest.Settled(1))
	if !slices.Contains(h.Ops(), "create "+p.ID) {
		t.Errorf("got %v", h.Ops())
	}
}

func TestSearchFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, o := range []fake.Options{{}, {V4: true}} {
		s := start(t, o, nil)
		ids := s.Publish(120)
		s.Server.Publish("coffee", &hearth.Post{Author: hearth.Author{ID: "bo"}, Text: "A teapot", Title: "x"})
		want := network.Wanted{Phrases: []string{"kettle"}, Since: fake.Epoch.Add(50 * time.Second), Until: fake.Epoch.Add(110 * time.Second)}
		h := networktest.Search(t, lemmy.Quick(), s.session, want)
		if len(h.Events) != 60 || h.Events[0].Post.ID != ids[108] || h.Events[59].Post.ID != ids[49] {
			t.Errorf("found %d", len(h.Events))
		}
	}
}

func TestWhatIsNoLemmyServerIsSaid(t *testing.T) {
	t.Parallel()
	listener := httptest.NewServer(nil)
	t.Cleanup(listener.Close)
	session := networktest.Session(t, lemmy.Quick(), map[string]string{"server": listener.URL, "interval": "5ms"})
	_, err := networktest.Listen(t, lemmy.Quick(), session, "", networktest.AfterBatches(1))
	if hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), "is no Lemmy server") {
		t.Errorf("got %v", err)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for _, bad := range []map[string]string{
		{}, {"server": "ftp://x.example"}, {"server": "x.example", "communities": "a b"}, {"server": "x.example", "interval": "1s"},
		{"server": "x.example", "communities": "a,b,c,d,e,f,g,h,i,j,k"}, {"server": "https://u:p@x.example"},
	} {
		if _, err := network.Settings(lemmy.Network().Fields, bad); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"post":{"id":1,"ap_id":"https://l.example/post/1","name":"x","published":"2026-11-01T10:00:00.5","url":"https://a.example"},"creator":{"actor_id":"https://l.example/u/bo","name":"bo"},"counts":{"score":-4}}`))
	f.Add([]byte(`{"comment":{"id":5,"content":"acme","path":"0.3.5","ap_id":"https://l.example/comment/5","published_at":"2026-11-01T10:00:00Z","deleted":true},"post":{"ap_id":"https://l.example/post/1"},"creator":{"name":"bo","ap_id":"https://l.example/u/bo"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b network.Batch
		lemmy.Network().Decode(raw, &b)
		if len(b.Events)+len(b.Rejects) != 1 {
			t.Fatalf("%d events, %d rejects", len(b.Events), len(b.Rejects))
		}
		for i := range b.Events {
			if err := b.Events[i].Post.Check(); err != nil || b.Events[i].Post.Author.ID == "" {
				t.Fatalf("%+v: %v", b.Events[i], err)
			}
		}
	})
}
