package feed_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
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

// TestBombsAreRefusedWithLittleMemoryAndNobodyIsAsked runs alone, because it
// counts what all goroutines allocate.
//
// proves F33
func TestBombsAreRefusedWithLittleMemoryAndNobodyIsAsked(t *testing.T) {
	dials := atomic.Int64{}
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { dials.Add(1) }))
	t.Cleanup(trap.Close)
	for kind, want := range map[fake.FaultKind]string{
		fake.Laughs: "DTD", fake.External: "DTD", fake.Deep: "nested more than 64 deep", fake.Attribute: "a tag of more than",
	} {
		s := startSite(t, fake.Options{Format: fake.RSS, Trap: trap.URL})
		s.Publish(1)
		s.Server.Inject(fake.Fault{Kind: kind, Size: 1_000_000})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := listen(t, s, "", networktest.AfterBatches(9))
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 16<<20 {
			t.Errorf("%q took %d MiB", want, taken>>20)
		}
	}
	if dials.Load() > 0 {
		t.Error("what a document names was asked for")
	}
}

// proves F34
func TestAMillionEntriesAreCappedAndTheRestIsAGap(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"XML":  `<rss version="2.0"><channel><title>x</title>` + strings.Repeat("<item/>", 1_000_000) + `</channel></rss>`,
		"JSON": `{"version":"https://jsonfeed.org/version/1.1","items":[` + strings.TrimSuffix(strings.Repeat("{},", 1_000_000), ",") + "]}",
	} {
		events, rejects, err := feed.ReadFeed([]byte(doc), "", "https://blog.example/feed", fake.Epoch)
		if err != nil || len(events)+len(rejects) > 1_000 {
			t.Errorf("%s: %d events, %d rejects, %v", name, len(events), len(rejects), err)
		}
	}
}

// proves F34
func TestATimeFarAheadIsNoTime(t *testing.T) {
	t.Parallel()
	for _, format := range []fake.Format{fake.Atom, fake.RSS, fake.RDF, fake.JSON} {
		s := startSite(t, fake.Options{Format: format})
		p := s.post()
		p.Published = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
		s.Server.Publish(p)
		h := must(t, s, "", networktest.AfterEvents(1))
		if at := h.Events[0].Post.Published; at.Year() > 2100 {
			t.Errorf("format %d: published %v", format, at)
		}
	}
}

// proves F34
func TestPagesThatNeverEndAreCappedAndAreAGap(t *testing.T) {
	t.Parallel()
	for _, format := range []fake.Format{fake.Atom, fake.RSS, fake.JSON} {
		s := startSite(t, fake.Options{Format: format, Window: 5, Loop: true})
		s.Publish(5)
		h := must(t, s, "", networktest.AfterEvents(5))
		_, before := s.Requests()
		s.Publish(5)
		h = must(t, s, h.Cursor, networktest.AfterBatches(1))
		_, after := s.Requests()
		if len(h.Gaps) != 1 || after-before > 21 || len(h.Events) > 110 {
			t.Errorf("format %d: %d loads, %d events, gaps %+v", format, after-before, len(h.Events), h.Gaps)
		}
	}
}

// proves F34: hostile feeds take nothing from others.
func TestOthersAreOnTimeBesideHostileFeeds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := feed.Quick()
	for _, kind := range []fake.FaultKind{fake.Endless, fake.Deep, fake.Attribute, fake.NewGUIDs} {
		s := startSite(t, fake.Options{Format: fake.RSS})
		s.Publish(1)
		for range 100 {
			s.Server.Inject(fake.Fault{Kind: kind, Size: 100_000})
		}
		session := networktest.Session(t, n, s.Settings())
		go func() {
			for from := network.Cursor(""); ctx.Err() == nil; {
				n.Stream(ctx, session, from, func(b *network.Batch) error { from = b.Cursor; return nil })
			}
		}()
	}
	good := startSite(t, fake.Options{})
	session := networktest.Session(t, n, good.Settings())
	errEnough := errors.New("enough")
	var written time.Time
	slowest, heard := time.Duration(0), 0
	err := n.Stream(ctx, session, "", func(b *network.Batch) error {
		if len(b.Events) > 0 {
			slowest = max(slowest, time.Since(written))
			heard++
		}
		if heard == 10 {
			return errEnough
		}
		if heard == 0 || len(b.Events) > 0 {
			written = hearth.SystemClock()
			good.Publish(1)
		}
		return nil
	})
	if !errors.Is(err, errEnough) || slowest > 20*time.Second {
		t.Errorf("%v; the slowest entry took %v", err, slowest)
	}
}

func TestOlderPagesAreReadAfterTheWindowRolledOver(t *testing.T) {
	t.Parallel()
	for _, format := range []fake.Format{fake.Atom, fake.RSS, fake.RDF, fake.JSON} {
		s := startSite(t, fake.Options{Format: format, Window: 5, Paged: true})
		s.Publish(5)
		h := must(t, s, "", networktest.AfterEvents(5))
		ids := s.Publish(32)
		h = must(t, s, h.Cursor, networktest.AfterBatches(1))
		if len(h.Events) != 32 || h.Events[0].Post.ID != ids[0] || h.Events[31].Post.ID != ids[31] || len(h.Gaps) > 0 {
			t.Errorf("format %d: %d events, gaps %+v", format, len(h.Events), h.Gaps)
		}
		s.Publish(300) // further than is followed
		if h = must(t, s, h.Cursor, networktest.AfterBatches(1)); len(h.Events) != 105 || len(h.Gaps) != 1 {
			t.Errorf("format %d: %d events, gaps %+v", format, len(h.Events), h.Gaps)
		}
	}
}

func TestOlderPagesOfAnotherHostAreNotAskedFor(t *testing.T) {
	t.Parallel()
	asked := atomic.Int64{}
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(other.Close)
	round := atomic.Int64{}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><link rel="next" href="%s/feed?page=2"/><entry><id>tag:%d</id><title>n %d</title></entry></feed>`,
			other.URL, round.Load(), round.Add(1))
	}))
	t.Cleanup(site.Close)
	n := feed.Quick()
	session := networktest.Session(t, n, map[string]string{"url": site.URL, "interval": "1ms", "longest": "1ms"})
	networktest.MustListen(t, n, session, "", networktest.AfterBatches(3))
	if asked.Load() > 0 {
		t.Error("another host was asked")
	}
}

func TestADeadLetterIsReadAgain(t *testing.T) {
	t.Parallel()
	const address = "https://blog.example/feed"
	for name, doc := range map[string]string{
		"RSS":  `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Brightbean</title><item><guid>1</guid><description>%s</description><dc:creator>Ann</dc:creator></item></channel></rss>`,
		"Atom": `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Brightbean</a:title><a:entry><a:id>1</a:id><a:author><a:name>Ann</a:name></a:author><a:content>%s</a:content></a:entry></a:feed>`,
		"JSON": `{"version":"https://jsonfeed.org/version/1","title":"Brightbean","items":[{"id":"1","content_text":"%s","author":{"name":"Ann"}}]}`,
	} {
		_, rejects, err := feed.ReadFeed(fmt.Appendf(nil, doc, ""), "", address, fake.Epoch)
		if err != nil || len(rejects) != 1 {
			t.Fatalf("%s: %v, rejects %+v", name, err, rejects)
		}
		var b network.Batch
		n := feed.Network()
		n.Decode(rejects[0].Raw, &b)
		if len(b.Rejects) != 1 || len(b.Events) > 0 || b.Rejects[0].Reason != rejects[0].Reason {
			t.Errorf("%s: read again as it was, it is %+v", name, b)
		}
		b.Reset()
		mended := strings.NewReplacer("<description></description>", "<description>Now</description>", "<a:content></a:content>", "<a:content>Now</a:content>",
			`"content_text":""`, `"content_text":"Now"`).Replace(string(rejects[0].Raw)) // as a better Hearth would read it
		n.Decode([]byte(mended), &b)
		if len(b.Events) != 1 || b.Events[0].Post.Text != "Now" || b.Events[0].Post.ID != address+"#1" || b.Events[0].Post.Author.Name != "Ann" {
			t.Errorf("%s: mended, it is %+v", name, b)
		}
	}
	var b network.Batch
	n := feed.Network()
	n.Decode([]byte("<item>"+strings.Repeat("x", 10)), &b)
	if len(b.Rejects) != 1 {
		t.Errorf("got %+v", b)
	}
}
