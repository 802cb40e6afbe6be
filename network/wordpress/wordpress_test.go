package wordpress_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/faulty"
	"hearth/network/networktest"
	"hearth/network/wordpress"
	"hearth/network/wordpress/fake"
)

// site is the fake as the common suite drives it.
type site struct {
	*fake.Site
	faulty   *faulty.Handler
	address  string
	settings map[string]string
	session  *network.Session
	count    int
}

func start(t testing.TB, o fake.Options, settings map[string]string) *site {
	t.Helper()
	s := &site{faulty: &faulty.Handler{}}
	listener := httptest.NewServer(s.faulty)
	t.Cleanup(listener.Close)
	s.address = listener.URL
	s.Site = fake.New(listener.URL, o)
	s.faulty.Next = s.Site
	s.settings = map[string]string{"site": listener.URL, "interval": "5ms"}
	if o.Password != "" {
		s.settings["username"], s.settings["password"] = "editor", o.Password
	}
	for k, v := range settings {
		s.settings[k] = v
	}
	s.session = networktest.Session(t, wordpress.Quick(), s.settings)
	return s
}

func (s *site) Settings() map[string]string { return s.settings }

func (s *site) post() *hearth.Post {
	s.count++
	return &hearth.Post{
		Author: hearth.Author{Name: "Bo & Co", URL: "https://bo.example/"}, Text: fmt.Sprintf("Kettle %d boils < water\n& sings", s.count),
		Links: []string{"https://kettle.example/"},
	}
}

func (s *site) id(number string) string { return s.address + "/#comment-" + number }

func (s *site) Publish(n int) (ids []string) {
	for range n {
		ids = append(ids, s.id(s.Site.Publish(s.post())))
	}
	return ids
}

func (s *site) Delete(id string) { s.Moderate(id[strings.LastIndexByte(id, '-')+1:], "") }

// DeletionsAreLive: a comment that is gone is not listed.
func (s *site) DeletionsAreLive() {}

func (s *site) Forget(int) bool { return false }

func (s *site) Inject(fault networktest.Fault, after int) bool {
	switch fault {
	case networktest.Garbage:
		s.PublishRaw(`{"id":"x","content":17}`)
	case networktest.Unknown:
		p := s.post()
		p.Author.ID = "12"
		s.Site.Publish(p)
	case networktest.Oversized:
		p := s.post()
		p.Text = strings.Repeat("x", 300_000)
		s.Site.Publish(p)
	case networktest.Expired:
		if s.settings["password"] == "" {
			return false
		}
		s.Revoke()
	default:
		return networktest.InjectHTTP(s.faulty, fault, after)
	}
	return true
}

func TestWordPressBehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]fake.Options{"public": {}, "plain": {Plain: true}, "with a password": {Password: "abcd efgh", Closed: true}, "elsewhere": {Prefix: "api"}} {
		t.Run(name, func(t *testing.T) {
			networktest.Run(t, wordpress.Quick(), func(t *testing.T) networktest.Fake { return start(t, o, nil) })
		})
	}
}

func TestCommentsAndRepliesAreRead(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	s.Publish(1)
	s.Site.Publish(&hearth.Post{Author: hearth.Author{ID: "3", Name: "Ann"}, Text: "Thank you", InReplyTo: "1"})
	h := networktest.MustListen(t, wordpress.Quick(), s.session, "", networktest.AfterEvents(2))
	guest := h.Events[0].Post.Author.ID
	if !strings.HasPrefix(guest, s.address+"/#guest-") {
		t.Errorf("the guest is %q", guest)
	}
	want := []hearth.Post{
		{
			Network: "wordpress", ID: s.id("1"), URL: s.address + "/an-article/#comment-1", Kind: hearth.Comment, Published: fake.Epoch.Add(time.Second),
			Author: hearth.Author{ID: guest, Name: "Bo & Co", URL: "https://bo.example/"}, Text: "Kettle 1 boils < water\n& sings\n\nsee",
			Links: []string{"https://kettle.example/"}, InReplyTo: s.address + "/?p=1", Root: s.address + "/?p=1",
		},
		{
			Network: "wordpress", ID: s.id("2"), URL: s.address + "/an-article/#comment-2", Kind: hearth.Comment, Published: fake.Epoch.Add(2 * time.Second),
			Author: hearth.Author{ID: s.address + "/?author=3", Name: "Ann"}, Text: "Thank you", InReplyTo: s.id("1"), Root: s.address + "/?p=1",
		},
	}
	for i := range want {
		if diff := cmp.Diff(want[i], h.Events[i].Post); diff != "" {
			t.Errorf("want (-), got (+): %s", diff)
		}
	}
}

func TestWhatModeratorsDoComesOnceAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	s.Publish(3)
	late := s.id(s.Site.Publish(s.post()))
	s.Moderate("4", "hold")
	s.Publish(3)
	h := networktest.MustListen(t, wordpress.Quick(), s.session, "", networktest.Settled(6))
	s.Edit("1", "It is a pot")
	s.Moderate("2", "trash")
	s.Moderate("3", "")
	s.Moderate("4", "approved")
	s.Moderate("5", "spam")
	h = networktest.MustListen(t, wordpress.Quick(), s.session, h.Cursor, networktest.Settled(5))
	want := []string{"create " + late, "delete " + s.id("3"), "hide " + s.id("2"), "hide " + s.id("5"), "update " + s.id("1")}
	got := h.Ops()
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+): %s", diff)
	}
	if again := networktest.MustListen(t, wordpress.Quick(), s.session, h.Cursor, networktest.AfterBatches(5)); len(again.Events) > 0 {
		t.Errorf("again %v", again.Ops())
	}
	s.Moderate("2", "approved")
	s.Moderate("5", "") // the spam is emptied
	h = networktest.MustListen(t, wordpress.Quick(), s.session, h.Cursor, networktest.Settled(3))
	got = h.Ops()
	slices.Sort(got)
	if diff := cmp.Diff([]string{"delete " + s.id("5"), "show " + s.id("2"), "update " + s.id("2")}, got); diff != "" {
		t.Errorf("want (-), got (+): %s", diff)
	}
}

func TestCommentsThatWaitAreReadByWhoMayModerate(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{Password: "abcd efgh"}, map[string]string{"status": "all"})
	s.Publish(2)
	s.Moderate("2", "hold")
	if h := networktest.MustListen(t, wordpress.Quick(), s.session, "", networktest.Settled(1)); len(h.Events) != 2 {
		t.Errorf("got %v", h.Ops())
	}
}

func TestMoreThanAPageIsCaughtUpWith(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{Plain: true}, nil)
	s.Publish(1)
	h := networktest.MustListen(t, wordpress.Quick(), s.session, "", networktest.Settled(1))
	s.Publish(350)
	h = networktest.MustListen(t, wordpress.Quick(), s.session, h.Cursor, networktest.Settled(350))
	if len(h.Events) != 350 || h.Events[0].Post.ID != s.id("2") || len(h.Gaps) > 0 {
		t.Errorf("%d events, gaps %v", len(h.Events), h.Gaps)
	}
}

func TestSearchFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	s.Publish(250)
	want := network.Wanted{Phrases: []string{"kettle"}, Since: fake.Epoch.Add(20 * time.Second), Until: fake.Epoch.Add(230 * time.Second)}
	if h := networktest.Search(t, wordpress.Quick(), s.session, want); len(h.Events) != 210 || h.Events[0].Post.ID != s.id("229") {
		t.Errorf("found %d", len(h.Events))
	}
}

// proves OU5
func TestThePasswordGoesToTheSiteOnlyAndNeverInTheClear(t *testing.T) {
	t.Parallel()
	stranger := fake.New("", fake.Options{})
	elsewhere := httptest.NewServer(stranger)
	t.Cleanup(elsewhere.Close)
	tempter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" || r.URL.RawQuery != "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Link", "<http://localhost:"+elsewhere.URL[strings.LastIndexByte(elsewhere.URL, ':')+1:]+`/wp-json/>; rel="https://api.w.org/"`)
	}))
	t.Cleanup(tempter.Close)
	for site, want := range map[string]string{tempter.URL: "is no WordPress site", "http://blog.example": "in the clear"} {
		session := networktest.Session(t, wordpress.Quick(), map[string]string{"site": site, "interval": "5ms", "username": "editor", "password": "abcd"})
		_, err := networktest.Listen(t, wordpress.Quick(), session, "", networktest.AfterBatches(1))
		if hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", site, err)
		}
	}
	if stranger.Secrets() > 0 {
		t.Error("the password went to another host")
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for _, bad := range []map[string]string{
		{}, {"site": "ftp://x.example"}, {"site": "x.example", "articles": "an-article"}, {"site": "x.example", "interval": "1s"},
		{"site": "x.example", "username": "a:b"}, {"site": "x.example", "status": "spam"},
	} {
		if _, err := network.Settings(wordpress.Network().Fields, bad); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("https://w.example\n" + `{"id":2,"post":1,"parent":0,"author":0,"author_name":"Bo","date_gmt":"2026-11-01T10:00:00","content":{"rendered":"<p>hi</p>"},"link":"https://w.example/p/#comment-2","status":"approved","type":"comment"}`))
	f.Add([]byte("x\n{\"id\":1,\"status\":\"trash\"}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b network.Batch
		wordpress.Network().Decode(raw, &b)
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
