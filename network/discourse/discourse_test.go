package discourse_test

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
	"hearth/network/discourse"
	"hearth/network/discourse/fake"
	"hearth/network/faulty"
	"hearth/network/networktest"
)

// forum is the fake as the common suite drives it.
type forum struct {
	*fake.Forum
	faulty   *faulty.Handler
	address  string
	settings map[string]string
	session  *network.Session
	count    int
}

func start(t testing.TB, o fake.Options, settings map[string]string) *forum {
	t.Helper()
	f := &forum{Forum: fake.New(o)}
	f.faulty = &faulty.Handler{Next: f.Forum}
	listener := httptest.NewServer(f.faulty)
	t.Cleanup(listener.Close)
	f.address = listener.URL
	f.settings = map[string]string{"server": listener.URL, "interval": "5ms", "key": o.Key}
	for k, v := range settings {
		f.settings[k] = v
	}
	f.session = networktest.Session(t, discourse.Quick(), f.settings)
	return f
}

func (f *forum) Settings() map[string]string { return f.settings }

func (f *forum) post() *hearth.Post {
	f.count++
	return &hearth.Post{
		Author: hearth.Author{Handle: "ann", Name: "Ann Example"}, Title: fmt.Sprintf("A kettle %d", f.count), Text: "It boils < water\n& sings",
		Links: []string{"https://kettle.example/"},
	}
}

func (f *forum) id(number string) string { return f.address + "/p/" + number }

func (f *forum) Publish(n int) (ids []string) {
	for range n {
		ids = append(ids, f.id(f.Forum.Publish("general", f.post())))
	}
	return ids
}

func (f *forum) Delete(id string) { f.Forum.Delete(id[strings.LastIndexByte(id, '/')+1:]) }

// DeletionsAreLive: a post that is gone is not listed.
func (f *forum) DeletionsAreLive() {}

func (f *forum) Forget(int) bool { return false }

func (f *forum) Inject(fault networktest.Fault, after int) bool {
	switch fault {
	case networktest.Garbage:
		f.PublishRaw(`{"id":"x","cooked":17}`)
	case networktest.Unknown:
		f.PublishRaw(fmt.Sprintf(`{"id":%d,"post_type":99,"topic_id":1,"username":"bo","created_at":"2026-11-01T10:00:00Z","tail":[{"a":null}]}`, f.count+1))
	case networktest.Oversized:
		p := f.post()
		p.Text = strings.Repeat("x", 300_000)
		f.Forum.Publish("general", p)
	case networktest.Expired:
		if f.settings["key"] == "" {
			return false
		}
		f.Revoke()
	default:
		return networktest.InjectHTTP(f.faulty, fault, after)
	}
	return true
}

func TestDiscourseBehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]fake.Options{"public": {}, "old": {Old: true}, "with a key": {Key: "a-key"}} {
		t.Run(name, func(t *testing.T) {
			networktest.Run(t, discourse.Quick(), func(t *testing.T) networktest.Fake { return start(t, o, nil) })
		})
	}
}

func TestTopicsAndRepliesAreRead(t *testing.T) {
	t.Parallel()
	f := start(t, fake.Options{}, nil)
	f.Publish(1)
	f.Forum.Publish("", &hearth.Post{Author: hearth.Author{Handle: "bo.b"}, Text: "I want one", InReplyTo: "1"})
	f.Forum.Publish("", &hearth.Post{Author: hearth.Author{Handle: "ann"}, Text: "Here", InReplyTo: "2", Quotes: "I want one"})
	h := networktest.MustListen(t, discourse.Quick(), f.session, "", networktest.AfterEvents(3))
	author := func(name string) hearth.Author {
		return hearth.Author{ID: f.address + "/u/" + name, Handle: name, URL: f.address + "/u/" + name}
	}
	ann := author("ann")
	ann.Name = "Ann Example"
	counts := hearth.Engagement{Likes: hearth.KnownCount(3), Replies: hearth.KnownCount(1), Views: hearth.KnownCount(7)}
	want := []hearth.Post{
		{
			Network: "discourse", ID: f.id("1"), URL: f.address + "/t/a-topic/1/1", Kind: hearth.Original, Author: ann, Title: "A kettle 1",
			Text: "It boils < water\n& sings\n\nsee", Links: []string{"https://kettle.example/"}, Published: fake.Epoch.Add(time.Second), Engagement: counts,
		},
		{
			Network: "discourse", ID: f.id("2"), URL: f.address + "/t/a-topic/1/2", Kind: hearth.Reply, Author: author("bo.b"), Text: "I want one",
			Published: fake.Epoch.Add(2 * time.Second), InReplyTo: f.id("1"), Root: f.id("1"), Engagement: counts,
		},
		{
			Network: "discourse", ID: f.id("3"), URL: f.address + "/t/a-topic/1/3", Kind: hearth.Reply, Author: author("ann"), Text: "Here",
			Published: fake.Epoch.Add(3 * time.Second), InReplyTo: f.id("2"), Root: f.id("1"), Engagement: counts,
		},
	}
	stranger := networktest.Session(t, discourse.Quick(), f.settings) // whose cache knows no numbers
	for i := range want {
		discourse.Network().Complete(t.Context(), stranger, []*hearth.Post{&h.Events[i].Post})
		if diff := cmp.Diff(want[i], h.Events[i].Post); diff != "" {
			t.Errorf("want (-), got (+): %s", diff)
		}
	}
}

func TestEditsDeletionsAndHiddenPostsComeOnceAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	f := start(t, fake.Options{}, nil)
	f.Publish(120)
	h := networktest.MustListen(t, discourse.Quick(), f.session, "", networktest.Settled(50))
	f.Edit("101", "It is a pot")
	f.Forum.Delete("102")
	f.Hide("103")
	h = networktest.MustListen(t, discourse.Quick(), f.session, h.Cursor, networktest.Settled(3))
	want := []string{"update " + f.id("101"), "delete " + f.id("102"), "hide " + f.id("103")}
	got := h.Ops()
	slices.SortFunc(got, func(a, b string) int {
		return strings.Compare(a[strings.LastIndexByte(a, '/'):], b[strings.LastIndexByte(b, '/'):])
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+): %s", diff)
	}
	if again := networktest.MustListen(t, discourse.Quick(), f.session, h.Cursor, networktest.AfterBatches(5)); len(again.Events) > 0 {
		t.Errorf("again %v", again.Ops())
	}
}

func TestCategoriesAndTagsAreChosen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, want string }{
		{"categories", "coffee", "2 3"}, {"categories", "3, general", "1 3"}, {"tags", "Hot, milk", "2 4"},
	} {
		f := start(t, fake.Options{}, map[string]string{c.name: c.value})
		f.Publish(1)
		for _, category := range []string{"coffee", "kettles"} {
			p := f.post()
			if category == "coffee" {
				p.Hashtags = []string{"hot", "new"}
			}
			f.Forum.Publish(category, p)
		}
		f.Forum.Publish("", &hearth.Post{Author: hearth.Author{Handle: "bo"}, Text: "x", InReplyTo: "2"})
		if c.name == "categories" {
			f.Forum.Delete("4")
		}
		h := networktest.MustListen(t, discourse.Quick(), f.session, "", networktest.AfterBatches(3))
		got := []string{}
		for _, e := range h.Events {
			got = append(got, e.Post.ID[strings.LastIndexByte(e.Post.ID, '/')+1:])
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s=%s: want (-), got (+): %s", c.name, c.value, diff)
		}
	}
}

func TestACategoryThatIsNotThereIsSaid(t *testing.T) {
	t.Parallel()
	f := start(t, fake.Options{}, map[string]string{"categories": "tea"})
	_, err := networktest.Listen(t, discourse.Quick(), f.session, "", networktest.AfterBatches(1))
	if hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), `no category "tea"`) {
		t.Errorf("got %v", err)
	}
}

// proves ING4
func TestASilentStretchOfNumbersIsPassedOver(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		f := start(t, fake.Options{Old: old}, map[string]string{"categories": "kettles"})
		f.Forum.Publish("kettles", f.post())
		h := networktest.MustListen(t, discourse.Quick(), f.session, "", networktest.Settled(1))
		f.Publish(60)
		f.Skip(170)
		f.Forum.Publish("kettles", f.post())
		h = networktest.MustListen(t, discourse.Quick(), f.session, h.Cursor, networktest.Settled(1))
		if want := "create " + f.id("232"); len(h.Gaps) > 0 || len(h.Events) != 1 || h.Ops()[0] != want {
			t.Errorf("got %v, gaps %v", h.Ops(), h.Gaps)
		}
	}
}

func TestSearchFindsWhatIsThereInFull(t *testing.T) {
	t.Parallel()
	f := start(t, fake.Options{}, nil)
	f.Publish(60)
	f.Forum.Publish("general", &hearth.Post{Author: hearth.Author{Handle: "bo"}, Text: "A teapot", Title: "x"})
	want := network.Wanted{Phrases: []string{"a kettle"}, Since: fake.Epoch.Add(20 * time.Second), Until: fake.Epoch.Add(50 * time.Second)}
	h := networktest.Search(t, discourse.Quick(), f.session, want)
	if len(h.Events) != 30 || h.Events[0].Post.ID != f.id("49") || !strings.Contains(h.Events[29].Post.Text, "sings") {
		t.Errorf("found %v", h.Ops())
	}
}

func TestTheRightHeadersCarryTheKey(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"", "hearth-bot"} {
		f := start(t, fake.Options{Key: "a-key"}, map[string]string{"username": user})
		f.Publish(1)
		networktest.MustListen(t, discourse.Quick(), f.session, "", networktest.AfterEvents(1))
	}
}

func TestADeadLetterIsReadAgain(t *testing.T) {
	t.Parallel()
	var b network.Batch
	n := discourse.Network()
	n.Decode([]byte("https://forum.example\n"+`{"id":3,"username":"bo","created_at":"2026-11-01T10:00:00.000Z","raw":"help","cooked":"<p>help</p>","post_number":2,"reply_to_post_number":1,"topic_id":9}`), &b)
	n.Decode([]byte("garbage"), &b)
	if len(b.Events) != 1 || b.Events[0].Post.ID != "https://forum.example/p/3" || b.Events[0].Post.Text != "help" || b.Events[0].Post.Root != "https://forum.example/t/9/1" || len(b.Rejects) != 1 {
		t.Errorf("got %+v", b)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("https://forum.example\n" + `{"id":3,"username":"bo","created_at":"2026-11-01T10:00:00.000Z","cooked":"<aside>q</aside><p>help<aside>","post_number":2,"topic_id":9,"actions_summary":[{"id":2}]}`))
	f.Add([]byte("x\n{}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b network.Batch
		discourse.Network().Decode(raw, &b)
		for i := range b.Events {
			if err := b.Events[i].Post.Check(); err != nil || b.Events[i].Post.Author.ID == "" {
				t.Fatalf("%+v: %v", b.Events[i], err)
			}
		}
	})
}
