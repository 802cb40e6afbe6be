package feed_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/feed"
	"hearth/network/feed/fake"
	"hearth/network/networktest"
)

// listen runs the stream until enough is true; the error is the stream's own.
func listen(t *testing.T, s *site, from network.Cursor, enough func(*networktest.Heard) bool) (*networktest.Heard, error) {
	t.Helper()
	n := feed.Quick()
	return networktest.Listen(t, n, networktest.Session(t, n, s.Settings()), from, enough)
}

// must is listen without an error.
func must(t *testing.T, s *site, from network.Cursor, enough func(*networktest.Heard) bool) *networktest.Heard {
	t.Helper()
	n := feed.Quick()
	return networktest.MustListen(t, n, networktest.Session(t, n, s.Settings()), from, enough)
}

func TestAnEntryBecomesAnArticle(t *testing.T) {
	t.Parallel()
	for _, format := range []fake.Format{fake.Atom, fake.RSS, fake.RDF, fake.JSON} {
		s := startSite(t, fake.Options{Format: format})
		p := s.post()
		p.Text = "Two < three\nand \"four\""
		p.Media = []hearth.Media{{Type: "audio", URL: "/talk.mp3"}, {Type: "image", URL: "https://img.example/1.png"}}
		id := s.Server.Publish(p)
		h := must(t, s, "", networktest.AfterEvents(1))
		want := hearth.Post{
			Network: "feed", ID: id, URL: id, Kind: hearth.Article, Title: p.Title, Text: "Two < three\nand \"four\"\n\nmore", Lang: "en",
			Author:    hearth.Author{ID: s.address + "/feed", Name: "Ann Example", URL: s.address + "/"},
			Published: fake.Epoch.Add(time.Minute), Links: []string{"https://other.example/kettle"}, Hashtags: []string{"coffee"},
			Media: []hearth.Media{{Type: "audio", URL: s.address + "/talk.mp3"}, {Type: "image", URL: "https://img.example/1.png"}},
		}
		if format == fake.RDF { // has neither
			want.Media, want.Hashtags = nil, nil
		}
		got := h.Events[0]
		got.Post.Published = got.Post.Published.UTC()
		if diff := cmp.Diff(want, got.Post); diff != "" || got.Op != network.Create || len(got.Revision) != 32 || got.At.IsZero() {
			t.Errorf("format %d: want (-), got (+) %s", format, diff)
		}
	}
}

func TestAnEditIsAnUpdateAndComesOnceAcrossRestarts(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{Format: fake.JSON})
	ids := s.Publish(3)
	h := must(t, s, "", networktest.AfterEvents(3))
	s.Update(ids[1], "Corrected", "by the editor")
	s.Publish(1)
	h = must(t, s, h.Cursor, networktest.AfterEvents(2))
	if e := h.Events[0]; e.Op != network.Update || e.Post.ID != ids[1] || e.Post.Title != "Corrected" {
		t.Errorf("got %+v", e)
	}
	if h = must(t, s, h.Cursor, networktest.AfterBatches(3)); len(h.Events) > 0 {
		t.Errorf("again %+v", h.Events)
	}
}

func TestAnUnchangedFeedIsNotLoadedAgain(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{})
	s.Publish(2)
	h := must(t, s, "", networktest.AfterBatches(3))
	must(t, s, h.Cursor, networktest.AfterBatches(3))
	if requests, loads := s.Requests(); requests != 6 || loads != 1 {
		t.Errorf("%d requests, %d loads", requests, loads)
	}
}

func TestThePageNamesItsFeed(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{})
	s.path = "/"
	ids := s.Publish(1)
	h := must(t, s, "", networktest.AfterEvents(1))
	if h.Events[0].Post.ID != ids[0] || h.Events[0].Post.Author.ID != s.address+"/" {
		t.Errorf("got %+v", h.Events[0].Post)
	}
	s.Publish(1)
	if must(t, s, h.Cursor, networktest.AfterEvents(1)); !strings.Contains(string(h.Cursor), "feed") {
		t.Errorf("the cursor %q does not know where the feed is", h.Cursor)
	}
}

func TestAFeedThatMovedForGoodIsAskedAtItsNewPlace(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{})
	s.path = "/moved"
	s.Publish(1)
	h := must(t, s, "", networktest.AfterEvents(1))
	if !strings.Contains(string(h.Cursor), "%2Ffeed") || h.Events[0].Post.Author.ID != s.address+"/moved" {
		t.Errorf("cursor %q, author %q", h.Cursor, h.Events[0].Post.Author.ID)
	}
}

func TestARedirectLoopIsAnError(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{})
	s.path = "/loop"
	if _, err := listen(t, s, "", networktest.AfterBatches(9)); hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "more than 5 times") {
		t.Errorf("got %v", err)
	}
}

func TestARefusalSaysWhatAPersonCanDoAndIsNotAskedAgainTooSoon(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]hearth.Code{410: hearth.Invalid, 401: hearth.Denied, 404: hearth.NotFound, 500: hearth.Unavailable, 429: hearth.Unavailable} {
		s := startSite(t, fake.Options{})
		s.Publish(1)
		s.Server.Inject(fake.Fault{Kind: fake.Refuse, Status: status, After: 1})
		h, err := listen(t, s, "", networktest.AfterBatches(9))
		if hearth.ErrorCode(err) != want || h.Cursor == "" {
			t.Errorf("%d: %v", status, err)
		}
		from := time.Now()
		must(t, s, h.Cursor, networktest.AfterEvents(1))
		if waited := time.Since(from); waited < 900*time.Millisecond {
			t.Errorf("%d: asked again after %v, the server wants a second", status, waited)
		}
	}
}

func TestTheServersPaceIsKept(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{Header: http.Header{"Cache-Control": {"private, max-age=1"}}})
	s.Publish(1)
	from := time.Now()
	must(t, s, "", networktest.AfterBatches(2))
	if waited := time.Since(from); waited < 900*time.Millisecond {
		t.Errorf("asked again after %v", waited)
	}
}

func TestBombsAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for kind, want := range map[fake.FaultKind]string{fake.Laughs: "DTD", fake.Deep: "nested more than 64 deep"} {
		s := startSite(t, fake.Options{Format: fake.RSS})
		s.Publish(1)
		s.Server.Inject(fake.Fault{Kind: kind, Size: 1_000_000})
		if _, err := listen(t, s, "", networktest.AfterBatches(9)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v", err)
		}
	}
}

func TestAnEndlessFeedIsCappedAndMarkedOnce(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{Format: fake.RSS})
	s.Publish(1)
	s.Server.Inject(fake.Fault{Kind: fake.Endless})
	s.Server.Inject(fake.Fault{Kind: fake.Endless})
	h := must(t, s, "", networktest.AfterBatches(2))
	if len(h.Events) != 1_000 || len(h.Gaps) != 1 || len(h.Rejects) > 0 || len(h.Cursor) > 30_000 {
		t.Errorf("%d events, %d rejects, gaps %+v, a cursor of %d bytes", len(h.Events), len(h.Rejects), h.Gaps, len(h.Cursor))
	}
}

func TestNewGuidsForTheSameEntriesAreNothingNew(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{Format: fake.RSS})
	s.Publish(5)
	for range 4 {
		s.Server.Inject(fake.Fault{Kind: fake.NewGUIDs})
	}
	if h := must(t, s, "", networktest.AfterBatches(4)); len(h.Events) != 5 || len(h.Gaps) > 0 {
		t.Errorf("%d events, gaps %+v", len(h.Events), h.Gaps)
	}
}

func TestADayHasSoManyNewEntries(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{Format: fake.JSON, Window: 1_000})
	h := &networktest.Heard{}
	total, gaps := 0, 0
	for range 8 {
		s.Publish(1_000)
		h = must(t, s, h.Cursor, networktest.AfterBatches(1))
		total += len(h.Events)
		for _, g := range h.Gaps {
			if strings.Contains(g.Reason, "5,000") {
				gaps++
			}
		}
	}
	if total != 5_000 || gaps != 1 {
		t.Errorf("%d entries, %d gaps", total, gaps)
	}
}

func TestGuidsOfOthersHangAtTheFeed(t *testing.T) {
	t.Parallel()
	s := startSite(t, fake.Options{})
	long := "tag:" + strings.Repeat("x", 600)
	for _, guid := range []string{"17", "https://victim.example/post/1", long} {
		p := s.post()
		p.ID = guid
		s.Server.Publish(p)
	}
	h := must(t, s, "", networktest.AfterEvents(3))
	for i, want := range []string{s.address + "/feed#17", s.address + "/feed#https://victim.example/post/1", s.address + "/feed#sha256-"} {
		if got := h.Events[i].Post.ID; got != want && (i < 2 || !strings.HasPrefix(got, want)) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestACursorOfAnotherAddressBeginsAnewAndADamagedOneIsRefused(t *testing.T) {
	t.Parallel()
	a, b := startSite(t, fake.Options{}), startSite(t, fake.Options{})
	a.Publish(2)
	b.Publish(2)
	h := must(t, a, "", networktest.AfterEvents(2))
	must(t, b, h.Cursor, networktest.AfterEvents(2))
	for _, cursor := range []network.Cursor{"17", "f1 x", h.Cursor + "!"} {
		if _, err := listen(t, a, cursor, networktest.AfterBatches(1)); hearth.ErrorCode(err) != hearth.Damaged {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for _, bad := range []map[string]string{
		{}, {"url": "blog.example"}, {"url": "file:///etc/passwd"}, {"url": "https://u:p@blog.example"},
		{"url": "https://blog.example", "interval": "10s"}, {"url": "https://blog.example", "longest": "48h"}, {"url": "https://blog.example", "interval": "often"},
	} {
		if _, err := network.Settings(feed.Network().Fields, bad); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestOneBrokenEntryCostsNoOther(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		feed            string
		titles, rejects int
	}{
		"end missing":     {`<rss><channel><item><title>a</title><item><title>b</title></item></channel></rss>`, 2, 0},
		"last end gone":   {`<rss><channel><item><title>a</title></item><item><title>b</title></channel></rss>`, 2, 0},
		"torn":            {`<rss><channel><item><title>a</title></item><item><title>b</ti`, 1, 1},
		"bad inside":      {`<rss><channel><item><title>a</title></item><item><title>b</tixle></item><item><title>c</title></item></channel></rss>`, 3, 0},
		"html unclosed":   {`<rss><channel><item><title>a</title><description><p>x<br>y</description></item><item><title>b</title></item></channel></rss>`, 2, 0},
		"entities":        {`<rss><channel><item><title>a&nbsp;&eacute;&bogus;</title></item></channel></rss>`, 1, 0},
		"control":         {"<rss><channel><item><title>a\x01b</title></item></channel></rss>", 1, 0},
		"a stray tag":     {`<rss><channel><item><title>a <b 'tis</title></item><item><title>b</title></item></channel></rss>`, 1, 1},
		"a huge head":     {`<rss><channel>` + strings.Repeat(`<x:y a="b"/>`, 30_000) + `<item><title>a</title></item></channel></rss>`, 1, 0},
		"a huge entry":    {`<rss><channel><item><title>` + strings.Repeat("&", 3<<20) + `</title></item><item><title>a</title></item></channel></rss>`, 1, 1},
		"self-closed":     {`<rss><channel><item/><item><title>a</title></item></channel></rss>`, 1, 1},
		"empty":           {`<rss><channel></channel></rss>`, 0, 0},
		"doctype":         {`<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><item><title>a</title></item></channel></rss>`, 1, 0},
		"comment, entity": {`<!-- <!ENTITY x "y"> --><rss><channel><item><title><![CDATA[a <!ENTITY]]></title></item></channel></rss>`, 1, 0},
	} {
		events, rejects, err := feed.ReadFeed([]byte(c.feed), "", "https://blog.example/feed", time.Now())
		if err != nil || len(events) != c.titles || len(rejects) != c.rejects {
			t.Errorf("%s: %d entries, %d rejects, %v", name, len(events), len(rejects), err)
		}
		for _, r := range rejects {
			if r.Reason == "" || len(r.Raw) == 0 {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`<rss><channel><item><title>a</title><item><title>b</title></item></channel></rss>`), "text/xml; charset=koi8-r")
	f.Add([]byte(`<?xml version="1.0" encoding="utf-16"?><feed xml:lang="x"><entry><a:b/></entry><at:deleted-entry ref="x"/></feed>`), "")
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"tags":[null]},3]}`), "application/json")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		now := fake.Epoch
		events, rejects, err := feed.ReadFeed(body, contentType, "https://blog.example/feed", now)
		if err != nil && len(events)+len(rejects) > 0 {
			t.Fatal("both refused and read")
		}
		for _, ev := range events {
			if ev.Op == network.Delete {
				continue
			}
			if err := ev.Post.Check(); err != nil || ev.Post.Author.ID != "https://blog.example/feed" || ev.Revision == "" {
				t.Fatalf("%+v: %v", ev.Post, err)
			}
		}
	})
}
