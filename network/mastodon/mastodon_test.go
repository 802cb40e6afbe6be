package mastodon_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/mastodon"
	"hearth/network/networktest"
)

const statuses = `{"id":"77","uri":"https://other.example/users/bo/statuses/5","url":"https://other.example/@bo/5","created_at":"2026-11-01T10:00:00.000Z","edited_at":null,"in_reply_to_id":"76","visibility":"public","language":"en","spoiler_text":"Tea","content":"<p><span class=\"h-card\"><a href=\"https://own.example/@acme\" class=\"u-url mention\">@<span>acme</span></a></span> hello &amp; thanks<br />two <a href=\"https://own.example/tags/tea\" class=\"mention hashtag\" rel=\"tag\">#<span>tea</span></a></p><p>see <a href=\"https://shop.example/kettle/long\"><span class=\"invisible\">https://</span><span class=\"ellipsis\">shop.example/kettle</span><span class=\"invisible\">/long</span></a></p>","account":{"id":"9","acct":"bo@other.example","display_name":"Bo","url":"https://other.example/@bo","bot":true,"followers_count":3},"media_attachments":[{"type":"image","url":"https://m.example/1.png","description":"a kettle"},{"type":"gifv","url":"https://m.example/2.mp4","description":null},{"type":"unknown","url":null}],"mentions":[{"acct":"acme"}],"tags":[{"name":"tea"}],"card":{"url":"https://shop.example/kettle/long"},"replies_count":1,"reblogs_count":2,"favourites_count":3,"reblog":null,"quote":null,"emojis":[]}
{"id":"78","uri":"https://own.example/users/ann/statuses/78/activity","url":null,"created_at":"2026-11-01T10:01:00.000Z","content":"","account":{"acct":"ann","url":"https://own.example/@ann"},"reblog":{"uri":"https://other.example/users/bo/statuses/5","created_at":"2026-11-01T10:00:00.000Z","content":"<p>boosted</p>","language":"fi","tags":[{"name":"tea"}]},"reblogs_count":0}
{"id":"79","uri":"https://own.example/users/ann/statuses/79","created_at":"2026-11-01T10:02:00.000Z","edited_at":"2026-11-01T10:03:00.000Z","visibility":"direct","content":"<p>psst</p>","account":{"acct":"ann","url":"https://own.example/@ann"},"quote":{"state":"accepted","quoted_status":{"uri":"https://x.example/1"}},"reblogs_count":0}
`

func TestMastodonBehavesAsEveryFormat(t *testing.T) {
	t.Parallel()
	networktest.RunFormat(t, mastodon.Format(), nil, statuses, `{"page":"entities/Account.md","json":{"id":"1"}}`)
}

func TestStatusesAreRead(t *testing.T) {
	t.Parallel()
	want := []network.Event{
		{Op: network.Create, Revision: "2026-11-01T10:00:00.000Z", Post: hearth.Post{
			Network: "mastodon", ID: "https://other.example/users/bo/statuses/5", URL: "https://other.example/@bo/5", Title: "Tea",
			Author: hearth.Author{ID: "https://other.example/@bo", Handle: "bo@other.example", Name: "Bo", URL: "https://other.example/@bo", Followers: hearth.KnownCount(3), Bot: hearth.True},
			Text:   "@acme hello & thanks\ntwo #tea\n\nsee https://shop.example/kettle/long", Lang: "en", InReplyTo: "76",
			Published: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC), Links: []string{"https://shop.example/kettle/long"},
			Media:    []hearth.Media{{Type: "image", URL: "https://m.example/1.png", Alt: "a kettle"}, {Type: "video", URL: "https://m.example/2.mp4"}},
			Hashtags: []string{"tea"}, Mentions: []string{"acme"},
			Engagement: hearth.Engagement{Likes: hearth.KnownCount(3), Replies: hearth.KnownCount(1), Reposts: hearth.KnownCount(2)},
		}},
		{Op: network.Create, Revision: "2026-11-01T10:01:00.000Z", Post: hearth.Post{
			Network: "mastodon", ID: "https://own.example/users/ann/statuses/78/activity", RepostOf: "https://other.example/users/bo/statuses/5",
			Author: hearth.Author{ID: "https://own.example/@ann", Handle: "ann@own.example", URL: "https://own.example/@ann"},
			Text:   "boosted", Lang: "fi", Hashtags: []string{"tea"}, Published: time.Date(2026, 11, 1, 10, 1, 0, 0, time.UTC),
			Engagement: hearth.Engagement{Reposts: hearth.KnownCount(0)},
		}},
		{Op: network.Update, Revision: "2026-11-01T10:03:00.000Z", Post: hearth.Post{
			Network: "mastodon", ID: "https://own.example/users/ann/statuses/79", Kind: hearth.Message, Quotes: "https://x.example/1", Text: "psst",
			Author:    hearth.Author{ID: "https://own.example/@ann", Handle: "ann@own.example", URL: "https://own.example/@ann"},
			Published: time.Date(2026, 11, 1, 10, 2, 0, 0, time.UTC), Engagement: hearth.Engagement{Reposts: hearth.KnownCount(0)},
		}},
	}
	lines := strings.Split(strings.TrimSpace(statuses), "\n")
	for name, file := range map[string]string{
		"lines": statuses, "array": "[" + strings.Join(lines, ",") + "]", "search": `{"accounts":[],"statuses":[` + strings.Join(lines, ",") + `]}`,
		"thread":        `{"ancestors":[` + lines[0] + `],"descendants":[` + lines[1] + "," + lines[2] + `]}`,
		"notifications": `[{"id":"1","type":"mention","account":{},"status":` + strings.Join(lines, `},{"id":"2","type":"mention","created_at":"x","status":`) + "}]",
	} {
		got := networktest.Events(t, networktest.Read(t, mastodon.Format(), nil, strings.NewReader(file)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, want (-) and read (+):\n%s", name, diff)
		}
	}
}

func TestDocumentedAnswersAreReadOrRefusedWithAReason(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../../shared/data/wire/mastodon-api-examples.jsonl.gz")
	if err != nil {
		t.Skip("needs ../shared/data/wire/mastodon-api-examples.jsonl.gz, which is not here")
	}
	defer file.Close()
	for _, r := range networktest.Read(t, mastodon.Format(), nil, file) {
		if r.Reject == nil || r.Reject.Reason != "This is not a status: it lacks a uri, a date or content." {
			t.Fatalf("row %d of a documentation dump: %+v", r.Number, r)
		}
	}
}

// Every status in the answers that Mastodon documents is read, wherever in an
// answer it stands; what lacks something is refused with the reason.
func TestDocumentedStatusesAreRead(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../../shared/data/wire/mastodon-api-examples.jsonl.gz")
	if err != nil {
		t.Skip("needs ../shared/data/wire/mastodon-api-examples.jsonl.gz, which is not here")
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]int{}
	for rows := json.NewDecoder(z); ; {
		var row struct {
			JSON any `json:"json"`
		}
		if err := rows.Decode(&row); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		eachStatus(t, row.JSON, read)
	}
	t.Logf("read %v", read)
	if read["statuses"] < 4 {
		t.Errorf("read %v", read)
	}
}

// eachStatus decodes every object that looks like a status.
func eachStatus(t *testing.T, v any, read map[string]int) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			eachStatus(t, e, read)
		}
	case map[string]any:
		for _, e := range v {
			eachStatus(t, e, read)
		}
		if _, ok := v["content"].(string); !ok || v["account"] == nil {
			return
		}
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var b network.Batch
		mastodon.Network().Decode(raw, &b)
		if len(b.Rejects) > 0 {
			read["refused: "+b.Rejects[0].Reason]++
			return
		}
		read["statuses"]++
		account, _ := v["account"].(map[string]any)
		if p := &b.Events[0].Post; p.ID != v["uri"] || p.Published.IsZero() || account["url"] != nil && p.Author.URL != account["url"] || v["reblog"] != nil && p.RepostOf == "" {
			t.Errorf("read as %.300s: %.300s", fmt.Sprintf("%+v", p), raw)
		}
	}
}
