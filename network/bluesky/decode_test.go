package bluesky_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hearth"
	"hearth/network"
	"hearth/network/bluesky"
)

// Events as they come over the wire; people and texts are invented.
const (
	did     = "did:plc:abcdefghijklmnopqrstuvwx"
	record  = `{"$type":"app.bsky.feed.post","createdAt":"2026-11-01T10:00:00.123Z","langs":["en","de"],"reply":{"parent":{"cid":"bafyp","uri":"at://did:plc:bbb/app.bsky.feed.post/p"},"root":{"cid":"bafyr","uri":"at://did:plc:ccc/app.bsky.feed.post/r"}},"facets":[{"index":{"byteStart":0,"byteEnd":11},"features":[{"$type":"app.bsky.richtext.facet#mention","did":"did:plc:bbb"}]},{"index":{"byteStart":40,"byteEnd":50},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://shop.example/kettle"},{"$type":"app.bsky.richtext.facet#tag","tag":"tea"}]}],"tags":["kitchen","tea"],"embed":{"$type":"app.bsky.embed.recordWithMedia","media":{"$type":"app.bsky.embed.images","images":[{"alt":"a red kettle","image":{"$type":"blob"}},{"alt":"","image":{}}]},"record":{"$type":"app.bsky.embed.record","record":{"cid":"bafyq","uri":"at://did:plc:ddd/app.bsky.feed.post/q"}}},"text":"@bo.example päivää! The kettle is\nslow today ☕"}`
	commit1 = `{"did":"` + did + `","time_us":1793527200456789,"kind":"commit","commit":{"rev":"3mmrev","operation":"create","collection":"app.bsky.feed.post","rkey":"3mmabc","record":` + record + `,"cid":"bafyx"}}`
	commit2 = `{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#commit","seq":4711,"did":"` + did + `","time":"2026-11-01T10:00:00.456789Z","rev":"3mmrev","operation":"create","collection":"app.bsky.feed.post","rkey":"3mmabc","record":` + record + `,"cid":"bafyx"}}`
)

func wantEvent() network.Event {
	return network.Event{
		Op: network.Create, Revision: "3mmrev", At: time.Date(2026, 11, 1, 10, 0, 0, 456_789_000, time.UTC),
		Post: hearth.Post{
			Network: "bluesky", ID: "at://" + did + "/app.bsky.feed.post/3mmabc", URL: "https://bsky.app/profile/" + did + "/post/3mmabc",
			Author:    hearth.Author{ID: did, URL: "https://bsky.app/profile/" + did},
			Text:      "@bo.example päivää! The kettle is\nslow today ☕",
			Lang:      "en",
			Published: time.Date(2026, 11, 1, 10, 0, 0, 123_000_000, time.UTC),
			InReplyTo: "at://did:plc:bbb/app.bsky.feed.post/p", Root: "at://did:plc:ccc/app.bsky.feed.post/r",
			Quotes:   "at://did:plc:ddd/app.bsky.feed.post/q",
			Links:    []string{"https://shop.example/kettle"},
			Hashtags: []string{"tea", "kitchen"},
			Mentions: []string{"bo.example"},
			Media:    []hearth.Media{{Type: "image", Alt: "a red kettle"}, {Type: "image"}},
		},
	}
}

func TestAPostIsReadFromBothVersionsOfTheProtocol(t *testing.T) {
	t.Parallel()
	payload := strings.TrimSuffix(strings.TrimPrefix(commit2, `{"$type":"message","payload":`), "}")
	for name, line := range map[string]string{"v1": commit1, "v2": commit2, "v2 without its envelope": payload} {
		var ev network.Event
		kind, err := bluesky.DecodeLine(line, &ev)
		if err != nil || kind != bluesky.Post {
			t.Fatalf("%s: kind %d, %v", name, kind, err)
		}
		want := wantEvent()
		if name == "v1" {
			want.At = time.UnixMicro(1793527200456789).UTC()
		}
		if diff := cmp.Diff(want, ev, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, want (-) and read (+):\n%s", name, diff)
		}
	}
}

func TestTheOrderOfMembersDoesNotMatter(t *testing.T) {
	t.Parallel()
	line := `{"payload":{"record":` + record + `,"cid":"bafyx","rkey":"3mmabc","collection":"app.bsky.feed.post","operation":"create","rev":"3mmrev","time":"2026-11-01T10:00:00.456789Z","did":"` + did + `","seq":4711,"$type":"network.bsky.jetstream.subscribeEvents#commit"},"$type":"message"}`
	var ev network.Event
	if kind, err := bluesky.DecodeLine(line, &ev); err != nil || kind != bluesky.Post {
		t.Fatalf("kind %d, %v", kind, err)
	}
	if diff := cmp.Diff(wantEvent(), ev, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatElseHappensIsRead(t *testing.T) {
	t.Parallel()
	commit := func(members string) string {
		return `{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"rev":"r1","rkey":"k",` + members + `}}`
	}
	account := func(members string) string {
		return `{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#account","seq":9,"did":"did:plc:a","time":"2026-11-01T10:00:00Z","account":{"did":"did:plc:a","seq":5,` + members + `}}}`
	}
	id := "at://did:plc:a/app.bsky.feed.post/k"
	for _, c := range []struct {
		line string
		kind bluesky.Kind
		op   network.Op
		id   string
		who  string
	}{
		{commit(`"operation":"delete","collection":"app.bsky.feed.post"`), bluesky.Post, network.Delete, id, "did:plc:a"},
		{commit(`"operation":"update","collection":"app.bsky.feed.post","record":{"text":"x"}`), bluesky.Post, network.Update, id, "did:plc:a"},
		{commit(`"operation":"create","collection":"app.bsky.feed.like","record":{"text":"x"}`), bluesky.Other, 0, "", ""},
		{commit(`"operation":"frobnicate","collection":"app.bsky.feed.post","record":{"text":"x"}`), bluesky.Other, 0, "", ""},
		{`{"did":"did:plc:a","time_us":1,"kind":"identity","identity":{"did":"did:plc:a","handle":"new.example","seq":3,"time":"x"}}`, bluesky.Account, network.Rename, "", "did:plc:a"},
		{`{"did":"did:plc:a","time_us":1,"kind":"identity","identity":{"did":"did:plc:a","seq":3}}`, bluesky.Other, 0, "", ""},
		{account(`"active":true`), bluesky.Account, network.ShowAuthor, "", "did:plc:a"},
		{account(`"active":false,"status":"deleted"`), bluesky.Account, network.DeleteAuthor, "", "did:plc:a"},
		{account(`"active":false,"status":"takendown"`), bluesky.Account, network.HideAuthor, "", "did:plc:a"},
		{account(`"active":false,"status":"suspended"`), bluesky.Account, network.HideAuthor, "", "did:plc:a"},
		{account(`"active":false,"status":"deactivated"`), bluesky.Account, network.HideAuthor, "", "did:plc:a"},
		{account(`"active":false,"status":"something new"`), bluesky.Account, network.HideAuthor, "", "did:plc:a"},
		{account(`"active":false,"status":"throttled"`), bluesky.Other, 0, "", ""},
		{`{"kind":"comet","did":"did:plc:a","tail":[1,2,{"a":{}}]}`, bluesky.Other, 0, "", ""},
		{`{}`, bluesky.Other, 0, "", ""},
		{`{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#info","name":"OutdatedCursor","message":"resumed from 7"}}`, bluesky.Info, 0, "", ""},
		{`{"$type":"error","error":"ConsumerTooSlow","message":"read faster"}`, bluesky.Failure, 0, "", ""},
	} {
		var ev network.Event
		kind, err := bluesky.DecodeLine(c.line, &ev)
		if err != nil || kind != c.kind {
			t.Errorf("%s: kind %d, %v; want kind %d", c.line, kind, err, c.kind)
			continue
		}
		if kind == bluesky.Other || kind == bluesky.Info || kind == bluesky.Failure {
			continue
		}
		if ev.Op != c.op || ev.Post.ID != c.id || ev.Post.Author.ID != c.who || ev.Post.Network != "bluesky" {
			t.Errorf("%s: read %v of %q by %q", c.line, ev.Op, ev.Post.ID, ev.Post.Author.ID)
		}
	}
}

func TestEveryKindOfEmbedIsRead(t *testing.T) {
	t.Parallel()
	read := func(embed string) hearth.Post {
		var ev network.Event
		line := `{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","rkey":"k","record":{"text":"x","embed":` + embed + `}}}`
		if kind, err := bluesky.DecodeLine(line, &ev); err != nil || kind != bluesky.Post {
			t.Fatalf("%s: %d, %v", embed, kind, err)
		}
		return ev.Post
	}
	if p := read(`{"$type":"app.bsky.embed.external","external":{"uri":"https://a.example/","title":"A","description":"B"}}`); len(p.Links) != 1 || p.Links[0] != "https://a.example/" {
		t.Errorf("external: %v", p.Links)
	}
	if p := read(`{"$type":"app.bsky.embed.video","alt":"a cat","video":{"$type":"blob"},"aspectRatio":{"width":1,"height":2}}`); len(p.Media) != 1 || p.Media[0] != (hearth.Media{Type: "video", Alt: "a cat"}) {
		t.Errorf("video: %v", p.Media)
	}
	if p := read(`{"$type":"app.bsky.embed.gallery","items":[{"alt":"one"},{"alt":"two"}]}`); len(p.Media) != 2 || p.Media[1].Alt != "two" {
		t.Errorf("gallery: %v", p.Media)
	}
	if p := read(`{"$type":"app.bsky.embed.record","record":{"cid":"c","uri":"at://did:plc:b/app.bsky.feed.post/q"}}`); p.Quotes != "at://did:plc:b/app.bsky.feed.post/q" || p.KindOf() != hearth.Quote {
		t.Errorf("record: %q", p.Quotes)
	}
	if p := read(`{"$type":"app.bsky.embed.record","record":{"cid":"c","uri":"at://did:plc:b/app.bsky.graph.list/l"}}`); p.Quotes != "" {
		t.Errorf("a list is no quote: %q", p.Quotes)
	}
	if p := read(`{"$type":"app.bsky.embed.hologram","hologram":{"alt":"x"},"alt":7}`); len(p.Media) != 0 {
		t.Errorf("an unknown embed: %v", p.Media)
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	commit := func(record string) string {
		return `{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","rkey":"k","record":` + record + `}}`
	}
	var links strings.Builder
	for i := range 100_000 {
		links.WriteString(`{"uri":"https://a.example/` + strings.Repeat("x", i%7) + time.UnixMicro(int64(i)).Format("150405.000000") + `"},`)
	}
	for _, line := range []string{
		``, `garbage`, `[]`, `"x"`, `{"kind":"commit"`, commit(`{"text":"x"`), commit(`"no object"`), commit(`{"text":"a","text":"b"}`),
		strings.Replace(commit(`{"text":"x"}`), `"did:plc:a"`, `""`, 1),
		strings.Replace(commit(`{"text":"x"}`), `"rkey":"k"`, `"rkey":""`, 1),
		strings.Replace(commit(`{"text":"x"}`), `"rkey":"k"`, `"rkey":"`+strings.Repeat("k", 600)+`"`, 1),
		commit(`{"text":"` + strings.Repeat("y", 200_001) + `"}`),
		commit(`{"text":"x","facets":[{"features":[` + strings.TrimSuffix(links.String(), ",") + `]}]}`),
		commit(`{"text":"x","deep":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`),
	} {
		var ev network.Event
		if kind, err := bluesky.DecodeLine(line, &ev); err == nil {
			t.Errorf("%.80q was read as kind %d", line, kind)
		}
	}
}

func TestOddRecordsAreReadAsFarAsTheyCanBe(t *testing.T) {
	t.Parallel()
	line := `{"did":"did:plc:a","time_us":1793527200456789,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","rkey":"k","record":{"text":"hi\ud83d","langs":"en","createdAt":"yesterday","reply":[],"facets":{"a":1},"tags":[1,null,"ok"],"embed":"none"}}}`
	var ev network.Event
	kind, err := bluesky.DecodeLine(line, &ev)
	if err != nil || kind != bluesky.Post {
		t.Fatal(kind, err)
	}
	p := ev.Post
	if p.Text != "hi\uFFFD" || p.Lang != "" || len(p.Hashtags) != 1 || !p.Published.Equal(time.UnixMicro(1793527200456789)) {
		t.Errorf("read %+v", p)
	}
}

func TestDecodingAllocatesNothingPerPost(t *testing.T) {
	var d bluesky.Decoder
	var ev network.Event
	for range 100 {
		d.Decode(commit2, &ev)
	}
	// The arena takes a chunk for many posts.
	if n := testing.AllocsPerRun(2000, func() { d.Decode(commit2, &ev) }); n > 0.1 {
		t.Errorf("%v allocations for one post", n)
	}
}

func TestRecordedEventsAreRead(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(recorded(t, "jetstream/internal/subscribe/testdata/golden_v1.jsonl")), "\n")
	kinds := map[bluesky.Kind]int{}
	for _, line := range lines {
		var ev network.Event
		kind, err := bluesky.DecodeLine(line, &ev)
		if err != nil {
			t.Errorf("%.120s: %v", line, err)
		}
		kinds[kind]++
		if kind == bluesky.Post && (ev.Post.Text == "" || ev.Post.InReplyTo == "" || ev.Post.Check() != nil) {
			t.Errorf("read %+v", ev.Post)
		}
	}
	if kinds[bluesky.Post] != 1 || kinds[bluesky.Account] != 1 || kinds[bluesky.Other] != len(lines)-2 {
		t.Errorf("kinds %v of %d lines", kinds, len(lines))
	}
}

// recorded is a file of the wire samples, which stand beside the repository and
// not in it.
func recorded(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Open("../../../shared/data/wire/bluesky-atproto.tar.gz")
	if err != nil {
		t.Skip("needs ../shared/data/wire/bluesky-atproto.tar.gz, which is not here")
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if err != nil {
			t.Fatalf("%s is not in the samples: %v", name, err)
		}
		if header.Name == name {
			content, err := io.ReadAll(archive)
			if err != nil {
				t.Fatal(err)
			}
			return string(content)
		}
	}
}

func FuzzDecodeLine(f *testing.F) {
	f.Add(commit1)
	f.Add(commit2)
	f.Add(`{"$type":"error","error":"x"}`)
	f.Add(`{"did":"did:plc:a","time_us":1,"kind":"account","account":{"active":false,"status":"deleted"}}`)
	f.Fuzz(func(t *testing.T, line string) {
		var ev network.Event
		kind, err := bluesky.DecodeLine(line, &ev)
		if err == nil && !json.Valid([]byte(line)) {
			t.Fatal("read, but not JSON")
		}
		if err == nil && kind == bluesky.Post {
			if err := ev.Post.Check(); err != nil {
				t.Fatal(err)
			}
		}
		if err == nil && kind == bluesky.Account && (!ev.Op.Account() || ev.Post.Author.ID == "") {
			t.Fatalf("an event about nobody: %+v", ev)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, line := range map[string]string{"v1": commit1, "v2": commit2} {
		b.Run(name, func(b *testing.B) {
			var d bluesky.Decoder
			var ev network.Event
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Decode(line, &ev); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodePlain(b *testing.B) {
	line := `{"did":"did:plc:abcdefghijklmnopqrstuvwx","time_us":1779719009157119,"kind":"commit","commit":{"rev":"3mmzzzzzzzz2a","operation":"create","collection":"app.bsky.feed.post","rkey":"3mmabcdefgh2b","record":{"$type":"app.bsky.feed.post","createdAt":"2026-11-01T10:00:00.123Z","langs":["en"],"reply":{"parent":{"cid":"bafyreihexampleexampleexampleexampleexampleexampleexampleexample","uri":"at://did:plc:bbbbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3mmparent222a"},"root":{"cid":"bafyreihexampleexampleexampleexampleexampleexampleexampleexample","uri":"at://did:plc:cccccccccccccccccccccccc/app.bsky.feed.post/3mmroot22222a"}},"text":"The new espresso machine at Brightbean is slow today, but the people behind the counter are lovely ☕"},"cid":"bafyreihexampleexampleexampleexampleexampleexampleexampleexample"}}`
	for _, one := range []string{"Decoder", "DecodeLine"} {
		b.Run(one, func(b *testing.B) {
			var d bluesky.Decoder
			var ev network.Event
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if one == "Decoder" {
					_, err = d.Decode(line, &ev)
				} else {
					_, err = bluesky.DecodeLine(line, &ev)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
