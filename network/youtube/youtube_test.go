package youtube_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/faulty"
	"hearth/network/networktest"
	"hearth/network/youtube"
	"hearth/network/youtube/fake"
)

// api is the fake as the common suite drives it.
type api struct {
	*fake.Server
	faulty   *faulty.Handler
	settings map[string]string
	session  *network.Session
	count    int
}

const video = "video-00001"

func start(t testing.TB, o fake.Options, settings map[string]string) *api {
	t.Helper()
	s := &api{Server: fake.New(o)}
	s.faulty = &faulty.Handler{Next: s.Server}
	listener := httptest.NewServer(s.faulty)
	t.Cleanup(listener.Close)
	s.settings = map[string]string{
		"key": "invented-key", "channels": fake.Channel, "interval": "5ms", "quota": "100000000", "server": listener.URL + "/youtube/v3",
	}
	for k, v := range settings {
		s.settings[k] = v
	}
	s.session = networktest.Session(t, youtube.Quick(), s.settings)
	return s
}

func (s *api) Settings() map[string]string { return s.settings }

func (s *api) comment() *hearth.Post {
	s.count++
	return &hearth.Post{Author: hearth.Author{Handle: "ann"}, Text: fmt.Sprintf("Look at %d: https://kettle.example/a.", s.count)}
}

// Publish writes comments and replies in turn.
func (s *api) Publish(n int) (ids []string) {
	for i := range n {
		p := s.comment()
		if i%2 == 1 {
			p.InReplyTo = ids[i-1]
		}
		ids = append(ids, s.Server.Publish(video, p))
	}
	return ids
}

// DeletionsAreLive: what is deleted is not listed.
func (s *api) DeletionsAreLive() {}

func (s *api) Forget(int) bool { return false }

func (s *api) Inject(f networktest.Fault, after int) bool {
	switch f {
	case networktest.Cut:
		s.faulty.Inject(faulty.Fault{Kind: faulty.Cut, Bytes: after * 41})
	case networktest.Limited:
		s.faulty.Inject(faulty.Fault{Kind: faulty.Limit})
	case networktest.Busy:
		s.faulty.Inject(faulty.Fault{Kind: faulty.Busy})
	case networktest.Stall:
		s.faulty.Inject(faulty.Fault{Kind: faulty.Stall, Bytes: after})
	case networktest.NotItself:
		s.faulty.Inject(faulty.Fault{Kind: faulty.Page})
		s.faulty.Inject(faulty.Fault{Kind: faulty.Garbage})
	case networktest.Garbage:
		s.PublishRaw(`{"kind":"youtube#commentThread","id":7,"snippet":{"topLevelComment":["garbage"]}}`)
	case networktest.Unknown:
		s.PublishRaw(`{"kind":"youtube#comet","tail":[{"a":null}]}`)
	case networktest.Oversized:
		p := s.comment()
		p.Text = strings.Repeat("x", 300_000)
		s.Server.Publish(video, p)
	case networktest.Duplicate:
		s.Double()
	case networktest.Reorder:
		s.Swap()
	case networktest.Expired:
		s.Revoke()
	default:
		return false
	}
	return true
}

// proves F22, F23, ING4
func TestYouTubeBehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	networktest.Run(t, youtube.Quick(), func(t *testing.T) networktest.Fake {
		return start(t, fake.Options{Key: "invented-key"}, nil)
	})
}

func listen(t *testing.T, s *api, from network.Cursor, enough func(*networktest.Heard) bool) *networktest.Heard {
	t.Helper()
	return networktest.MustListen(t, youtube.Quick(), s.session, from, enough)
}

func TestCommentsAndRepliesAreRead(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	id := s.Publish(1)[0]
	reply := s.Server.Publish(video, &hearth.Post{Author: hearth.Author{Handle: "bo"}, Text: "I want one", InReplyTo: id, Engagement: hearth.Engagement{Likes: hearth.KnownCount(2)}})
	h := listen(t, s, "", networktest.AfterEvents(2))
	slices.SortFunc(h.Events, func(a, b network.Event) int { return a.Post.Published.Compare(b.Post.Published) })
	author := func(name string) hearth.Author {
		return hearth.Author{ID: "UC" + name, Handle: name, Name: "@" + name, URL: "http://www.youtube.com/@" + name}
	}
	want := []hearth.Post{
		{
			Network: "youtube", ID: id, URL: "https://www.youtube.com/watch?v=" + video + "&lc=" + id, Kind: hearth.Comment, Author: author("ann"),
			Text: "Look at 1: https://kettle.example/a.", Links: []string{"https://kettle.example/a"}, Published: fake.Epoch.Add(time.Second),
			InReplyTo: video, Root: video, Engagement: hearth.Engagement{Likes: hearth.KnownCount(0), Replies: hearth.KnownCount(1)},
		},
		{
			Network: "youtube", ID: reply, URL: "https://www.youtube.com/watch?v=" + video + "&lc=" + reply, Kind: hearth.Comment, Author: author("bo"),
			Text: "I want one", Published: fake.Epoch.Add(2 * time.Second), InReplyTo: id, Root: video, Engagement: hearth.Engagement{Likes: hearth.KnownCount(2)},
		},
	}
	for i := range want {
		if diff := cmp.Diff(want[i], h.Events[i].Post); diff != "" {
			t.Errorf("want (-), got (+): %s", diff)
		}
	}
}

func TestAllRepliesOfALongThreadAreReadOnce(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	id := s.Publish(1)[0]
	for range 250 {
		p := s.comment()
		p.InReplyTo = id
		s.Server.Publish(video, p)
	}
	h := listen(t, s, "", networktest.AfterBatches(12))
	seen := map[string]int{}
	for _, e := range h.Events {
		seen[e.Post.ID]++
	}
	if len(seen) != 251 || len(h.Events) != 251 || len(h.Gaps) > 0 {
		t.Errorf("%d events of %d comments, gaps %v", len(h.Events), len(seen), h.Gaps)
	}
}

// proves ING3
func TestEditsAndDeletionsComeOnceAndLikesDoNot(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	ids := s.Publish(30)
	from := network.Cursor("p1 " + "channel%3A" + fake.Channel + " 0 0")
	h := listen(t, s, from, networktest.Settled(30))
	s.Like(ids[0], 50)
	s.Update(ids[1], "changed")
	s.Update(ids[2], "changed too")
	s.Delete(ids[5])
	s.Delete(ids[6]) // and its reply
	h = listen(t, s, h.Cursor, networktest.AfterBatches(40))
	got := h.Ops()
	slices.Sort(got)
	want := []string{"delete " + ids[5], "delete " + ids[6], "delete " + ids[7], "update " + ids[1], "update " + ids[2]}
	if !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for _, e := range h.Events {
		if e.Post.Author.ID != "UCann" || e.Op == network.Update && (!strings.HasPrefix(e.Post.Text, "changed") || e.Post.Root != video || e.Post.URL == "") {
			t.Errorf("got %+v", e)
		}
	}
}

func TestNothingIsSentAgainThatHasNotChanged(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, nil)
	s.Publish(4)
	listen(t, s, "", func(h *networktest.Heard) bool { _, unchanged := s.Units(); return unchanged > 3 })
}

func TestWhenNothingIsLeftOfTheQuotaNobodyAsks(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, map[string]string{"quota": "12"})
	s.Publish(3)
	if _, err := networktest.Listen(t, youtube.Quick(), s.session, "", networktest.AfterBatches(1)); err != nil {
		t.Fatal(err)
	}
	value, _ := s.session.Cache.Get("youtube quota")
	day, units, _ := strings.Cut(value, " ")
	if n, err := strconv.Atoi(units); err != nil || n != 1 {
		t.Fatalf("the quota's count is %q after one call", value)
	}
	s.session.Cache.Put("youtube quota", day+" 12")
	before, _ := s.Units()
	_, err := networktest.Listen(t, youtube.Quick(), s.session, "", networktest.AfterBatches(100))
	if after, _ := s.Units(); hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "reading goes on at 0") || after != before {
		t.Errorf("%v after %d calls", err, after-before)
	}
	s.session.Cache.Put("youtube quota", "2020-01-01 12") // another day
	if _, err := networktest.Listen(t, youtube.Quick(), s.session, "", networktest.AfterBatches(1)); err != nil {
		t.Error(err)
	}
}

func TestAQuotaThatOthersUsedUpIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{Quota: 2}, map[string]string{"channels": "", "videos": video + ", video-00002,video-00003"})
	for range 3 {
		if _, err := networktest.Listen(t, youtube.Quick(), s.session, "", networktest.AfterBatches(100)); hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "quota") {
			t.Errorf("got %v", err)
		}
	}
	if units, _ := s.Units(); units != 3 {
		t.Errorf("%d calls", units)
	}
}

func TestChannelsAndVideosAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for _, settings := range []map[string]string{
		{"channels": fake.Handle}, {"channels": "https://www.youtube.com/" + fake.Handle}, {"channels": "https://youtube.com/channel/" + fake.Channel + "/videos"},
		{"channels": "", "videos": video}, {"channels": "", "videos": "https://www.youtube.com/watch?v=" + video + "&t=3"}, {"channels": "", "videos": "https://youtu.be/" + video},
	} {
		s := start(t, fake.Options{}, settings)
		s.Publish(1)
		listen(t, s, "", networktest.AfterEvents(1))
	}
	for _, bad := range []map[string]string{{"channels": "acme"}, {"videos": "https://youtu.be/"}, {"videos": "../../x"}} {
		bad["key"] = "x"
		if _, err := network.Settings(youtube.Network().Fields, bad); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestAClosedVideoCostsNoOther(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, map[string]string{"channels": "", "videos": "video-00009 " + video})
	s.Close("video-00009")
	s.Publish(1)
	h := listen(t, s, "", networktest.AfterEvents(1))
	s.Publish(1)
	listen(t, s, h.Cursor, networktest.AfterEvents(1))
}

func TestRefusalsSayWhatAPersonCanDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings map[string]string
		code     hearth.Code
		words    string
	}{
		{map[string]string{"key": "wrong"}, hearth.Denied, "does not know the API key"},
		{map[string]string{"channels": ""}, hearth.Invalid, "Give the channels or videos"},
		{map[string]string{"channels": "@nobody"}, hearth.Invalid, "no channel with the handle @nobody"},
		{map[string]string{"channels": "", "videos": "nowhere-001"}, hearth.Invalid, "cannot be read"},
		{map[string]string{"channels": "", "videos": "video-00009"}, hearth.Invalid, "turned off"},
	} {
		s := start(t, fake.Options{Key: "invented-key"}, c.settings)
		s.Close("video-00009")
		if _, err := networktest.Listen(t, youtube.Quick(), s.session, "", networktest.AfterEvents(1)); hearth.ErrorCode(err) != c.code || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%v: %v", c.settings, err)
		}
	}
}

func TestTheNetworksSearchLooksInAllChannelsAndVideos(t *testing.T) {
	t.Parallel()
	s := start(t, fake.Options{}, map[string]string{"channels": "", "videos": "video-00001,video-00002,video-00003"})
	s.Close("video-00002")
	want := map[string]int{}
	for i := range 60 {
		p := s.comment()
		if i%3 > 0 {
			p.Text = "Brightbean!"
		}
		id := s.Server.Publish([]string{"video-00001", "video-00003"}[i%2], p)
		if i%3 > 0 && i >= 20 && i < 50 {
			want[id]++
		}
	}
	h := networktest.Search(t, youtube.Quick(), s.session, network.Wanted{
		Phrases: []string{"nothing", "brightbean"}, Since: fake.Epoch.Add(21 * time.Second), Until: fake.Epoch.Add(51 * time.Second),
	})
	got := map[string]int{}
	for _, e := range h.Events {
		got[e.Post.ID]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestADeadLetterIsReadAgain(t *testing.T) {
	t.Parallel()
	var b network.Batch
	n := youtube.Network()
	n.Decode([]byte(`{"id":"Ugx","snippet":{"videoId":"v","totalReplyCount":0,"topLevelComment":{"id":"Ugx","snippet":{"authorDisplayName":"@bo","authorChannelId":{"value":"UC1"},"textOriginal":"Hi","likeCount":1,"publishedAt":"2026-11-01T10:00:00Z","updatedAt":"2026-11-01T10:00:00Z"}}}}`), &b)
	n.Decode([]byte(`{"kind":"youtube#comment","id":"Ugy","snippet":{"authorDisplayName":"@bo","textDisplay":"Ho","publishedAt":"2026-11-01T10:00:00Z","updatedAt":"2026-11-02T10:00:00Z","parentId":"Ugx"}}`), &b)
	n.Decode([]byte("garbage"), &b)
	n.Decode([]byte(`{"kind":"youtube#comet"}`), &b)
	if len(b.Events) != 2 || len(b.Rejects) != 1 || b.Events[0].Post.Text != "Hi" || b.Events[1].Op != network.Update || b.Events[1].Post.InReplyTo != "Ugx" {
		t.Errorf("got %+v", b)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":"Ugx","snippet":{"videoId":"v","totalReplyCount":0,"topLevelComment":{"id":"Ugx","snippet":{"authorDisplayName":"@bo","authorChannelId":{"value":"UC1"},"textOriginal":"Hi","likeCount":1,"publishedAt":"2026-11-01T10:00:00Z","updatedAt":"2026-11-01T10:00:00Z"}}}}`))
	f.Add([]byte(`{"kind":"youtube#comment","id":"Ugy","snippet":{"authorDisplayName":"@bo","textDisplay":"Ho http://a.example","publishedAt":"2026-11-01T10:00:00Z","likeCount":-1,"parentId":"Ugx"},"replies":{"comments":[1]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b network.Batch
		youtube.Network().Decode(raw, &b)
		if len(b.Events)+len(b.Rejects) > 1 {
			t.Fatalf("%d events, %d rejects", len(b.Events), len(b.Rejects))
		}
		for i := range b.Events {
			if err := b.Events[i].Post.Check(); err != nil || b.Events[i].Post.Author.ID == "" {
				t.Fatalf("%+v: %v", b.Events[i], err)
			}
		}
	})
}
