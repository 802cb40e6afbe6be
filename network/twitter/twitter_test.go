package twitter_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network"
	"hearth/network/networktest"
	"hearth/network/twitter"
)

const v1 = `{"created_at":"Sun Nov 01 10:00:00 +0000 2026","id":505874924095815700,"id_str":"505874924095815681","text":"Tea &amp; cake #tea https://t.co/a","in_reply_to_status_id":null,"in_reply_to_status_id_str":null,"user":{"id":7,"id_str":"7","screen_name":"bo","name":"Bo","followers_count":12,"verified":false,"status":{"id_str":"1"}},"coordinates":{"type":"Point","coordinates":[24.94,60.17]},"place":{"place_type":"city","name":"Helsinki","country_code":"FI"},"retweet_count":2,"favorite_count":5,"entities":{"hashtags":[{"text":"tea","indices":[1,2]}],"urls":[{"url":"https://t.co/a","expanded_url":"https://a.example/"}],"user_mentions":[{"screen_name":"acme","id":9}],"media":[{"type":"photo","media_url_https":"https://p.example/1.jpg"}]},"extended_entities":{"media":[{"type":"photo","media_url_https":"https://p.example/1.jpg","ext_alt_text":"a cup"},{"type":"animated_gif","media_url_https":"https://p.example/2.jpg"}]},"lang":"en"}
{"created_at":"Sun Nov 01 10:01:00 +0000 2026","id_str":"2","text":"RT @bo: Tea &amp; ca…","user":{"id_str":"8","screen_name":"ann"},"retweeted_status":{"id_str":"505874924095815681","text":"Tea…","extended_tweet":{"full_text":"Tea &amp; cake, the whole text","entities":{"hashtags":[{"text":"tea"}]}},"user":{"id_str":"7"}},"lang":"und"}
{"created_at":"Sun Nov 01 10:02:00 +0000 2026","id_str":"3","full_text":"Look at this","truncated":false,"user":{"id_str":"8","screen_name":"ann"},"in_reply_to_status_id_str":"2","quoted_status_id":505874924095815681,"quoted_status":{"id_str":"505874924095815681","text":"not ours"},"retweet_count":0,"favorite_count":0}
`

func posts(t *testing.T, f network.Format, settings map[string]string, file string) (posts []hearth.Post) {
	t.Helper()
	for _, ev := range networktest.Events(t, networktest.Read(t, f, settings, strings.NewReader(file))) {
		posts = append(posts, ev.Post)
	}
	return posts
}

func TestVersion1BehavesAsEveryFormat(t *testing.T) {
	t.Parallel()
	networktest.RunFormat(t, twitter.Format(), nil, v1, `{"created_at":"Sun Nov 01 10:00:00 +0000 2026","text":"no id"}`)
}

func TestVersion2BehavesAsEveryFormat(t *testing.T) {
	t.Parallel()
	networktest.RunFormat(t, twitter.FormatV2(), nil, v2, `{"data":{"text":"no id"}}`)
}

func TestStatusesOfVersion1AreRead(t *testing.T) {
	t.Parallel()
	want := []hearth.Post{
		{
			Network: "x", ID: "505874924095815681", URL: "https://x.com/bo/status/505874924095815681",
			Author: hearth.Author{ID: "7", Handle: "bo", Name: "Bo", URL: "https://x.com/bo", Followers: hearth.KnownCount(12), Verified: hearth.False},
			Text:   "Tea & cake #tea https://t.co/a", Lang: "en", Published: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC),
			Links: []string{"https://a.example/"}, Hashtags: []string{"tea"}, Mentions: []string{"acme"},
			Media:      []hearth.Media{{Type: "image", URL: "https://p.example/1.jpg", Alt: "a cup"}, {Type: "video", URL: "https://p.example/2.jpg"}},
			Engagement: hearth.Engagement{Likes: hearth.KnownCount(5), Reposts: hearth.KnownCount(2)},
			Place:      hearth.Place{Country: "FI", City: "Helsinki", Lat: hearth.KnownNumber(60.17), Lon: hearth.KnownNumber(24.94)},
		},
		{
			Network: "x", ID: "2", URL: "https://x.com/ann/status/2", Author: hearth.Author{ID: "8", Handle: "ann", URL: "https://x.com/ann"},
			Text: "Tea & cake, the whole text", RepostOf: "505874924095815681", Hashtags: []string{"tea"}, Published: time.Date(2026, 11, 1, 10, 1, 0, 0, time.UTC),
		},
		{
			Network: "x", ID: "3", URL: "https://x.com/ann/status/3", Author: hearth.Author{ID: "8", Handle: "ann", URL: "https://x.com/ann"},
			Text: "Look at this", InReplyTo: "2", Quotes: "505874924095815681", Published: time.Date(2026, 11, 1, 10, 2, 0, 0, time.UTC),
			Engagement: hearth.Engagement{Likes: hearth.KnownCount(0), Reposts: hearth.KnownCount(0)},
		},
	}
	lines := strings.Split(strings.TrimSpace(v1), "\n")
	for name, file := range map[string]string{
		"lines": v1, "array": "[" + strings.Join(lines, ",\n") + "]", "search": `{"statuses":[` + strings.Join(lines, ",") + `],"search_metadata":{"count":3}}`,
		"archive": "window.YTD.tweets.part0 = [\n{\"tweet\":" + strings.Join(lines, "},\n{\"tweet\":") + "}\n]",
	} {
		if diff := cmp.Diff(want, posts(t, twitter.Format(), nil, file)); diff != "" {
			t.Errorf("%s, want (-) and read (+):\n%s", name, diff)
		}
	}
}

func TestAnArchiveTakesItsOwnerFromTheSettings(t *testing.T) {
	t.Parallel()
	file := "window.YTD.tweet.part0 = [ {\n  \"tweet\" : {\n    \"retweeted\" : false,\n    \"favorite_count\" : \"3\",\n    \"id\" : \"11\",\n    \"created_at\" : \"Sun Nov 01 10:00:00 +0000 2026\",\n    \"full_text\" : \"mine\"\n  }\n} ]"
	got := posts(t, twitter.Format(), map[string]string{"handle": "@cy"}, file)
	if len(got) != 1 || got[0].Author.Handle != "cy" || got[0].URL != "https://x.com/cy/status/11" || got[0].Engagement.Likes != hearth.KnownCount(3) {
		t.Errorf("read %+v", got)
	}
}

func TestWhatIsNoPostIsRefusedWithWhatItIs(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		`{"errors":[{"code":34,"message":"Sorry"}]}`:                           "This is an error the network answered with",
		`{"id_str":"7","screen_name":"bo","status":{"id_str":"1","text":"x"}}`: "This is a user",
		`{"ids":[1,2]}`:                  "This is a list of ids or users",
		`{"relationship":{}}`:            "This is not a post",
		`[[1]]`:                          "The record is an array and not a post",
		`{"id":1,"text":"a","text":"b"}`: "appears twice",
	} {
		records := networktest.Read(t, twitter.Format(), nil, strings.NewReader(text))
		if len(records) != 1 || records[0].Reject == nil || !strings.Contains(records[0].Reject.Reason, says) {
			t.Errorf("%s: %+v", text, records)
		}
	}
}

func TestADeletionInAStreamIsADeletion(t *testing.T) {
	t.Parallel()
	ev := networktest.Events(t, networktest.Read(t, twitter.Format(), nil, strings.NewReader(`{"delete":{"status":{"id":1,"id_str":"1","user_id":3,"user_id_str":"3"},"timestamp_ms":"1"}}`)))
	if len(ev) != 1 || ev[0].Op != network.Delete || ev[0].Post.Key() != (hearth.Key{Network: "x", ID: "1"}) || ev[0].Post.Author.ID != "3" {
		t.Errorf("read %+v", ev)
	}
}

const v2 = `{"data":{"id":"1901","text":"@acme help &amp; thanks","author_id":"5","conversation_id":"1900","created_at":"2026-11-01T10:00:00.000Z","lang":"en","edit_history_tweet_ids":["1899","1901"],"referenced_tweets":[{"type":"replied_to","id":"1900"}],"public_metrics":{"retweet_count":0,"reply_count":0,"like_count":1,"quote_count":0,"impression_count":77},"entities":{"mentions":[{"username":"acme","id":"6"}],"urls":[{"url":"https://t.co/a","expanded_url":"https://a.example/"}]},"attachments":{"media_keys":["3_1","7_2"]},"geo":{"place_id":"p1"}},"includes":{"users":[{"id":"5","username":"bo","name":"Bo","verified":true,"public_metrics":{"followers_count":9}}],"media":[{"media_key":"3_1","type":"photo","url":"https://p.example/1.jpg","alt_text":"a cup"},{"media_key":"7_2","type":"video","preview_image_url":"https://p.example/2.jpg"}],"places":[{"id":"p1","place_type":"city","name":"Turku","country_code":"FI"}]},"matching_rules":[{"id":"77","tag":"r1"}]}
{"data":[{"id":"1902","text":"RT @bo: @acme he…","author_id":"8","created_at":"2026-11-01T10:00:01.000Z","referenced_posts":[{"type":"reposted","id":"1901"}]},{"id":"1903","text":"short","note_tweet":{"text":"a note that is long","entities":{"hashtags":[{"tag":"long"}]}},"author_id":"5","created_at":"2026-11-01T10:00:02.000Z","conversation_id":"1903"}],"includes":{"users":[{"id":"5","username":"bo"}],"tweets":[{"id":"1901","text":"@acme help, in full","author_id":"5","entities":{"mentions":[{"username":"acme"}]}}]},"meta":{"result_count":2},"errors":[{"title":"Not Found Error"}]}
{"id":"1904","text":"alone","author_id":"5","created_at":"2026-11-01T10:00:03.000Z"}
`

func TestPagesAndLinesOfVersion2AreRead(t *testing.T) {
	t.Parallel()
	got := posts(t, twitter.FormatV2(), nil, v2)
	at := func(second int) time.Time { return time.Date(2026, 11, 1, 10, 0, second, 0, time.UTC) }
	want := []hearth.Post{
		{
			Network: "x", ID: "1901", URL: "https://x.com/bo/status/1901", Text: "@acme help & thanks", Lang: "en", Published: at(0),
			Author:    hearth.Author{ID: "5", Handle: "bo", Name: "Bo", URL: "https://x.com/bo", Verified: hearth.True, Followers: hearth.KnownCount(9)},
			InReplyTo: "1900", Root: "1900", Links: []string{"https://a.example/"}, Mentions: []string{"acme"},
			Media: []hearth.Media{{Type: "image", URL: "https://p.example/1.jpg", Alt: "a cup"}, {Type: "video", URL: "https://p.example/2.jpg"}},
			Engagement: hearth.Engagement{
				Likes: hearth.KnownCount(1), Replies: hearth.KnownCount(0), Reposts: hearth.KnownCount(0), Quotes: hearth.KnownCount(0), Views: hearth.KnownCount(77),
			},
			Place: hearth.Place{Country: "FI", City: "Turku"},
		},
		{
			Network: "x", ID: "1902", URL: "https://x.com/i/status/1902", Text: "@acme help, in full", Published: at(1),
			Author: hearth.Author{ID: "8"}, RepostOf: "1901", Mentions: []string{"acme"},
		},
		{
			Network: "x", ID: "1903", URL: "https://x.com/bo/status/1903", Text: "a note that is long", Published: at(2),
			Author: hearth.Author{ID: "5", Handle: "bo", URL: "https://x.com/bo"}, Hashtags: []string{"long"},
		},
		{Network: "x", ID: "1904", URL: "https://x.com/i/status/1904", Text: "alone", Published: at(3), Author: hearth.Author{ID: "5"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-) and read (+):\n%s", diff)
	}
}

func TestRecordedAnswersAreRead(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../../shared/data/wire/twitter-v1-search-ja.json.gz")
	if err != nil {
		t.Skip("needs ../shared/data/wire/twitter-v1-search-ja.json.gz, which is not here")
	}
	defer file.Close()
	events := networktest.Events(t, networktest.Read(t, twitter.Format(), nil, file))
	reposts := 0
	for _, ev := range events {
		if ev.Post.RepostOf != "" {
			reposts++
		}
		if ev.Post.Text == "" || ev.Post.Author.Handle == "" || ev.Post.Published.IsZero() {
			t.Errorf("read %+v", ev.Post)
		}
	}
	if len(events) != 100 || reposts == 0 {
		t.Errorf("%d posts, %d of them reposts", len(events), reposts)
	}
}

func FuzzRead(f *testing.F) {
	for _, line := range strings.Split(v1+v2, "\n") {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, file string) {
		for _, format := range []network.Format{twitter.Format(), twitter.FormatV2()} {
			for _, r := range networktest.Read(t, format, nil, strings.NewReader("{}\n"+file)) {
				if r.Reject == nil && r.Event.Op != network.Delete && r.Event.Post.Check() != nil {
					t.Fatal(r.Event.Post.Check())
				}
			}
		}
	})
}
