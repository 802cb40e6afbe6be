package hearth_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hearth"
)

const fullDocument = `{"network":"bluesky","id":"at://did:plc:a/app.bsky.feed.post/1","url":"https://example.com/1","kind":"reply",` +
	`"author":{"id":"did:plc:a","handle":"ann.example","name":"Ann","url":"https://example.com/ann","followers":812,"verified":true,"bot":false},` +
	`"title":"Coffee","text":"Hyvää #kahvia ☕\n\"ok\" \\","lang":"fi","published":"2024-05-31T09:12:04.5Z",` +
	`"in_reply_to":"p","root":"r","quotes":"q","repost_of":"o","links":["https://example.com/x"],` +
	`"media":[{"type":"image","url":"https://example.com/i.png","alt":"a cup"}],"hashtags":["kahvia","#b"],"mentions":["@bo.example"],` +
	`"engagement":{"likes":4,"replies":0,"reposts":2,"quotes":1,"views":9007199254740993},"rating":4.5,"item":"Kettle",` +
	`"place":{"country":"FI","region":"Uusimaa","city":"Helsinki","lat":60.17,"lon":24.94},"tags":["vip"],` +
	`"sentiment":"positive","sentiment_score":0.75,"intent":["praise"],"spam":false}`

func decode(t *testing.T, line string) hearth.Post {
	t.Helper()
	var p hearth.Post
	if err := hearth.DecodePost(line, &p); err != nil {
		t.Fatalf("%.200s: %v", line, err)
	}
	return p
}

func TestADocumentWithEveryFieldIsReadAndWrittenBack(t *testing.T) {
	t.Parallel()
	p := decode(t, fullDocument)
	want := hearth.Post{
		Network: "bluesky", ID: "at://did:plc:a/app.bsky.feed.post/1", URL: "https://example.com/1", Kind: hearth.Reply,
		Author: hearth.Author{
			ID: "did:plc:a", Handle: "ann.example", Name: "Ann", URL: "https://example.com/ann",
			Followers: hearth.KnownCount(812), Verified: hearth.True, Bot: hearth.False,
		},
		Title: "Coffee", Text: "Hyvää #kahvia ☕\n\"ok\" \\", Lang: "fi",
		Published: time.Date(2024, 5, 31, 9, 12, 4, 500_000_000, time.UTC),
		InReplyTo: "p", Root: "r", Quotes: "q", RepostOf: "o",
		Links:    []string{"https://example.com/x"},
		Media:    []hearth.Media{{Type: "image", URL: "https://example.com/i.png", Alt: "a cup"}},
		Hashtags: []string{"kahvia", "#b"}, Mentions: []string{"@bo.example"},
		Engagement: hearth.Engagement{
			Likes: hearth.KnownCount(4), Replies: hearth.KnownCount(0), Reposts: hearth.KnownCount(2),
			Quotes: hearth.KnownCount(1), Views: hearth.KnownCount(9007199254740993),
		},
		Rating: hearth.KnownNumber(4.5), Item: "Kettle",
		Place: hearth.Place{
			Country: "FI", Region: "Uusimaa", City: "Helsinki",
			Lat: hearth.KnownNumber(60.17), Lon: hearth.KnownNumber(24.94),
		},
		Tags: []string{"vip"}, Sentiment: hearth.Positive, SentimentScore: hearth.KnownNumber(0.75),
		Intent: []hearth.Intent{hearth.Praise}, Spam: hearth.False,
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("want (-) and read (+):\n%s", diff)
	}
	if got := string(hearth.AppendPost(nil, &p)); got != fullDocument {
		t.Errorf("written back as\n%s\nwant\n%s", got, fullDocument)
	}
}

func TestNullEmptyAndUnknownAreMissing(t *testing.T) {
	t.Parallel()
	want := hearth.Post{Network: "n", ID: "1"}
	for _, doc := range []string{
		`{"network":"n","id":"1","text":""}`,
		`{"network":"n","id":"1","text":"","url":"","kind":null,"author":null,"title":"","links":[],"media":[{},null],"rating":null,"spam":null,"intent":[],"tags":[null,""],"lang":null,"published":null}`,
		`{"network":"n","id":"1","text":"","author":{"id":"","followers":null},"place":{"country":"","city":null},"engagement":{"likes":null},"kind":""}`,
		`{"network":"n","id":"1","text":"","colour":"red","nested":{"a":[1,2,{"a":1,"a":2}]},"Kind":"reply"}`,
		`{"network":"n","id":"1","text":"","published":"2024-02-30T00:00:00Z"}`,
		` {"network" : "n" , "id" : "1" , "text" : "" } `,
	} {
		if diff := cmp.Diff(want, decode(t, doc)); diff != "" {
			t.Errorf("%s:\n%s", doc, diff)
		}
	}
}

func TestADocumentThatIsWrongIsRefusedWithItsField(t *testing.T) {
	t.Parallel()
	with := func(member string) string { return `{"network":"n","id":"1","text":"x",` + member + `}` }
	long := func(n int) string { return `"` + strings.Repeat("ä", n) + `"` }
	list := func(n int) string { return `["x"` + strings.Repeat(`,"x"`, n-1) + `]` }
	for _, c := range []struct{ doc, field, says string }{
		{`{"id":"1","text":"x"}`, "network", "must be 1 to 32"},
		{`{"network":"blue sky","id":"1","text":"x"}`, "network", "a–z"},
		{`{"network":"` + strings.Repeat("n", 33) + `","id":"1","text":"x"}`, "network", "1 to 32"},
		{`{"network":"n","text":"x"}`, "id", "1 to 512"},
		{`{"network":"n","id":"` + strings.Repeat("i", 513) + `","text":"x"}`, "id", "1 to 512"},
		{`{"network":"n","id":5,"text":"x"}`, "id", "must be a string"},
		{`{"network":"n","id":"1"}`, "text", "is required"},
		{`{"network":"n","id":"1","text":null}`, "text", "is required"},
		{`{"network":"n","id":"1","text":["x"]}`, "text", "must be a string"},
		{`{"network":"n","id":"1","text":` + long(200_001) + `}`, "text", "200,000 characters"},
		{with(`"title":` + long(1_001)), "title", "1,000 characters"},
		{with(`"item":` + long(501)), "item", "500 characters"},
		{with(`"url":` + long(1_025)), "url", "2,048 bytes"},
		{with(`"kind":"retweet"`), "kind", "original, reply, repost"},
		{with(`"author":"ann"`), "author", "must be an object"},
		{with(`"author":{"followers":-1}`), "author.followers", "0 or more"},
		{with(`"author":{"followers":1.5}`), "author.followers", "whole number"},
		{with(`"author":{"followers":"7"}`), "author.followers", "whole number"},
		{with(`"author":{"followers":99999999999999999999}`), "author.followers", "whole number"},
		{with(`"author":{"verified":1}`), "author.verified", "true or false"},
		{with(`"links":` + list(101)), "links", "at most 100"},
		{with(`"links":"x"`), "links", "must be an array"},
		{with(`"links":[1]`), "links", "must be a string"},
		{with(`"media":[` + strings.Repeat(`{"type":"image"},`, 50) + `{"type":"image"}]`), "media", "at most 50"},
		{with(`"media":[{"type":"gif"}]`), "media.type", "image, video, audio"},
		{with(`"media":[{"alt":` + long(10_001) + `}]`), "media.alt", "10,000"},
		{with(`"hashtags":` + list(201)), "hashtags", "at most 200"},
		{with(`"mentions":` + list(201)), "mentions", "at most 200"},
		{with(`"tags":` + list(101)), "tags", "at most 100"},
		{with(`"engagement":{"likes":-4}`), "engagement.likes", "0 or more"},
		{with(`"rating":5.1`), "rating", "from 0 to 5"},
		{with(`"rating":"5"`), "rating", "must be a number"},
		{with(`"place":{"country":"FIN"}`), "place.country", "two letters"},
		{with(`"place":{"lat":90.5}`), "place.lat", "from -90 to 90"},
		{with(`"sentiment":"happy"`), "sentiment", "positive, neutral, negative"},
		{with(`"sentiment_score":-1.1`), "sentiment_score", "from -1 to 1"},
		{with(`"intent":["revenge"]`), "intent", "complaint, question"},
		{with(`"spam":"no"`), "spam", "true or false"},
		{with(`"text":"y"`), "", "appears twice"},
		{with(`"rating":1e999`), "", "too large"},
		{with(`"x":nul`), "", "a value was expected"},
		{`["network"]`, "", "not an array"},
		{``, "", "not readable as JSON"},
		{fullDocument + "x", "", "something follows"},
	} {
		var p hearth.Post
		err := hearth.DecodePost(c.doc, &p)
		var e *hearth.Error
		if !errors.As(err, &e) || e.Code != hearth.Invalid || e.Field != c.field || !strings.Contains(e.Message, c.says) {
			t.Errorf("%.100s: got %v, want field %q and %q", c.doc, err, c.field, c.says)
		}
	}
}

func TestALimitCountsCharactersNotBytes(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("漢", 200_000)
	if p := decode(t, `{"network":"n","id":"1","text":"`+text+`"}`); p.Text != text {
		t.Error("the text did not arrive")
	}
}

func TestDecodePostReadsWhatAppendPostWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPost(t)
		line := hearth.AppendPost([]byte("before "), &p)
		if !json.Valid(line[7:]) || strings.ContainsAny(string(line), "\n\r") {
			t.Fatalf("not a line of JSON: %s", line)
		}
		var got hearth.Post
		if err := hearth.DecodePost(string(line[7:]), &got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if diff := cmp.Diff(wellFormed(p), got); diff != "" {
			t.Fatalf("written (-) and read (+):\n%s", diff)
		}
	})
}

// drawPost draws a post within the limits; its strings may be any bytes.
func drawPost(t *rapid.T) hearth.Post {
	str := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }))
	some := rapid.Map(str, func(s string) string { return "x" + s })
	list := rapid.OneOf(rapid.Just([]string(nil)), rapid.SliceOfN(some, 1, 5))
	count := rapid.Custom(func(t *rapid.T) hearth.Count {
		if rapid.Bool().Draw(t, "known") {
			return hearth.KnownCount(rapid.Int64Min(0).Draw(t, "n"))
		}
		return hearth.Count{}
	})
	number := func(low, high float64) hearth.Number {
		if rapid.Bool().Draw(t, "known") {
			return hearth.KnownNumber(rapid.Float64Range(low, high).Draw(t, "v"))
		}
		return hearth.Number{}
	}
	truth := rapid.SampledFrom([]hearth.Bool{hearth.Unknown, hearth.False, hearth.True})
	p := hearth.Post{
		Network: rapid.StringMatching(`[a-z0-9-]{1,32}`).Draw(t, "network"),
		ID:      some.Draw(t, "id"),
		URL:     str.Draw(t, "url"),
		Kind:    rapid.SampledFrom(append(hearth.Kinds[:], "")).Draw(t, "kind"),
		Author: hearth.Author{
			ID: str.Draw(t, "author"), Handle: str.Draw(t, "handle"), Name: str.Draw(t, "name"), URL: str.Draw(t, "url"),
			Followers: count.Draw(t, "followers"), Verified: truth.Draw(t, "verified"), Bot: truth.Draw(t, "bot"),
		},
		Title: str.Draw(t, "title"), Text: str.Draw(t, "text"), Lang: str.Draw(t, "lang"),
		InReplyTo: str.Draw(t, "parent"), Root: str.Draw(t, "root"), Quotes: str.Draw(t, "quotes"), RepostOf: str.Draw(t, "repost"),
		Links: list.Draw(t, "links"), Hashtags: list.Draw(t, "hashtags"), Mentions: list.Draw(t, "mentions"), Tags: list.Draw(t, "tags"),
		Engagement: hearth.Engagement{
			Likes: count.Draw(t, "likes"), Replies: count.Draw(t, "replies"), Reposts: count.Draw(t, "reposts"),
			Quotes: count.Draw(t, "quotes"), Views: count.Draw(t, "views"),
		},
		Rating: number(0, 5), Item: str.Draw(t, "item"),
		Place: hearth.Place{
			Country: rapid.SampledFrom([]string{"", "FI", "de"}).Draw(t, "country"), Region: str.Draw(t, "region"),
			City: str.Draw(t, "city"), Lat: number(-90, 90), Lon: number(-180, 180),
		},
		Sentiment:      rapid.SampledFrom([]hearth.Sentiment{"", hearth.Positive, hearth.Neutral, hearth.Negative}).Draw(t, "sentiment"),
		SentimentScore: number(-1, 1),
		Spam:           truth.Draw(t, "spam"),
	}
	if rapid.Bool().Draw(t, "dated") {
		p.Published = time.Unix(rapid.Int64Range(-62_000_000_000, 253_000_000_000).Draw(t, "second"), rapid.Int64Range(0, 999_999_999).Draw(t, "nano")).UTC()
	}
	for range rapid.IntRange(0, 3).Draw(t, "media") {
		p.Media = append(p.Media, hearth.Media{Type: rapid.SampledFrom([]string{"image", "video", "audio"}).Draw(t, "type"), URL: str.Draw(t, "url"), Alt: str.Draw(t, "alt")})
	}
	if n := rapid.IntRange(0, len(hearth.Intents)).Draw(t, "intents"); n > 0 {
		p.Intent = append(p.Intent, hearth.Intents[:n]...)
	}
	return p
}

// wellFormed is the post with U+FFFD for each byte that is not UTF-8.
func wellFormed(p hearth.Post) hearth.Post {
	fix := func(s *string) { *s = string([]rune(*s)) }
	for _, s := range []*string{&p.ID, &p.URL, &p.Author.ID, &p.Author.Handle, &p.Author.Name, &p.Author.URL, &p.Title, &p.Text, &p.Lang,
		&p.InReplyTo, &p.Root, &p.Quotes, &p.RepostOf, &p.Item, &p.Place.Region, &p.Place.City} {
		fix(s)
	}
	for _, list := range [][]string{p.Links, p.Hashtags, p.Mentions, p.Tags} {
		for i := range list {
			fix(&list[i])
		}
	}
	for i := range p.Media {
		fix(&p.Media[i].URL)
		fix(&p.Media[i].Alt)
	}
	return p
}

func FuzzDecodePost(f *testing.F) {
	f.Add(fullDocument)
	f.Add(`{"network":"n","id":"1","text":"\ud83d","rating":-0,"place":{"lat":1e-9}}`)
	f.Add(`{"network":"n","id":"1","text":"","published":"0000-01-01T00:00:00+00:00"}`)
	f.Fuzz(func(t *testing.T, line string) {
		var p, q hearth.Post
		if hearth.DecodePost(line, &p) != nil {
			return
		}
		if !json.Valid([]byte(line)) {
			t.Fatal("read, but not JSON")
		}
		written := hearth.AppendPost(nil, &p)
		if err := hearth.DecodePost(string(written), &q); err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if diff := cmp.Diff(p, q); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestEveryPostOfTheQueryVectorsIsRead(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../shared/vectors/query/*.jsonl")
	if len(files) == 0 {
		t.Skip("needs ../shared/vectors/query, which is not here")
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var c struct {
				ID   string
				Post json.RawMessage
			}
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if c.Post == nil || strings.Contains(string(c.Post), `"text_parts"`) {
				continue
			}
			var p hearth.Post
			if err := hearth.DecodePost(string(c.Post), &p); err != nil {
				t.Errorf("%s: %v", c.ID, err)
			}
		}
		if err := lines.Err(); err != nil {
			t.Error(err)
		}
	}
}

func TestACloneDoesNotShareTheLinesMemory(t *testing.T) {
	t.Parallel()
	p := decode(t, fullDocument)
	c := p.Clone()
	if diff := cmp.Diff(p, c); diff != "" {
		t.Fatalf("the clone differs:\n%s", diff)
	}
	p.Links[0], p.Hashtags[0], p.Mentions[0], p.Tags[0], p.Media[0].Alt, p.Intent[0] = "-", "-", "-", "-", "-", "-"
	if diff := cmp.Diff(decode(t, fullDocument), c); diff != "" {
		t.Errorf("the clone changed with the post:\n%s", diff)
	}
}

func BenchmarkDecodePost(b *testing.B) {
	var p hearth.Post
	b.SetBytes(int64(len(fullDocument)))
	b.ReportAllocs()
	for b.Loop() {
		if err := hearth.DecodePost(fullDocument, &p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendPost(b *testing.B) {
	var p hearth.Post
	if err := hearth.DecodePost(fullDocument, &p); err != nil {
		b.Fatal(err)
	}
	var buf []byte
	b.SetBytes(int64(len(fullDocument)))
	b.ReportAllocs()
	for b.Loop() {
		buf = hearth.AppendPost(buf[:0], &p)
	}
}

func BenchmarkClonePost(b *testing.B) {
	var p hearth.Post
	if err := hearth.DecodePost(fullDocument, &p); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = p.Clone()
	}
}
