package reddit_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"hearth"
	"hearth/network"
	"hearth/network/reddit"
)

func TestADeadLetterIsReadAgain(t *testing.T) {
	t.Parallel()
	var b network.Batch
	n := reddit.Network()
	n.Decode([]byte(`{"kind":"t1","data":{"name":"t1_a","author":"bo","author_fullname":"t2_x","body":"acme?","parent_id":"t3_p","link_id":"t3_p","subreddit":"acme","created_utc":1762000000.0,"score":-3}}`), &b)
	n.Decode([]byte("garbage"), &b)
	n.Decode([]byte(`{"kind":"more","data":{"count":3}}`), &b)
	n.Decode([]byte(`{"kind":"t3","data":{"name":"t3_b","author":"[deleted]","title":"x","selftext":"[deleted]","created_utc":1762000000.0}}`), &b)
	if len(b.Events) != 1 || len(b.Rejects) != 1 {
		t.Fatalf("got %+v", b)
	}
	p := &b.Events[0].Post
	if p.ID != "t1_a" || p.Text != "acme?" || p.Engagement.Likes.Known || p.URL != "https://www.reddit.com/comments/p/_/a/" {
		t.Errorf("got %+v", p)
	}
}

// Every post and comment that Reddit sent to others in recorded exchanges.
func TestRealEntriesAreRead(t *testing.T) {
	t.Parallel()
	const name = "../../../shared/data/wire/reddit-praw-cassettes.tar.gz"
	file, err := os.Open(name)
	if err != nil {
		t.Skip("needs ../shared/data/wire/reddit-praw-cassettes.tar.gz, which is not here")
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]int{}
	for archive := tar.NewReader(z); ; {
		_, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var cassette struct {
			Interactions []struct {
				Response struct{ Body struct{ String string } }
			}
		}
		if err := json.NewDecoder(archive).Decode(&cassette); err != nil {
			t.Fatal(err)
		}
		for _, i := range cassette.Interactions {
			var answer any
			if json.Unmarshal([]byte(i.Response.Body.String), &answer) == nil {
				eachThing(t, answer, read)
			}
		}
	}
	t.Logf("read %v", read)
	if read["posts"] < 1_400 || read["comments"] < 3_700 || read["deleted"] == 0 || read["crossposts"]+read["links"] == 0 {
		t.Errorf("read %v", read)
	}
}

// eachThing decodes every t1 and t3 inside an answer.
func eachThing(t *testing.T, v any, read map[string]int) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			eachThing(t, e, read)
		}
	case map[string]any:
		if kind := v["kind"]; kind == "t1" || kind == "t3" {
			thing(t, v, read)
		}
		for _, e := range v {
			eachThing(t, e, read)
		}
	}
}

func thing(t *testing.T, v map[string]any, read map[string]int) {
	data, ok := v["data"].(map[string]any)
	if !ok {
		return
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var b network.Batch
	reddit.Network().Decode(raw, &b)
	switch {
	case len(b.Rejects) > 0 && data["author"] == "<USERNAME>": // the recordings hide whose they were
		read["hidden"]++
	case len(b.Rejects) > 0:
		t.Errorf("%s: %.300s", b.Rejects[0].Reason, raw)
	case len(b.Events) == 0:
		read["deleted"]++
		if data["author"] != "[deleted]" && data["body"] != "[removed]" && data["selftext"] != "[removed]" && data["removed_by_category"] == nil {
			t.Errorf("no post: %.300s", raw)
		}
	default:
		p := &b.Events[0].Post
		if p.ID != data["name"] || p.Author.Handle != data["author"] || p.URL == "" || p.Text == "" && p.Title == "" && data["body"] != ">" {
			t.Errorf("read as %.300s: %.300s", fmt.Sprintf("%+v", p), raw)
		}
		if p.Kind != hearth.Comment {
			read["posts"]++
		} else {
			read["comments"]++
		}
		if p.RepostOf != "" {
			read["crossposts"]++
		}
		if len(p.Links) > 0 {
			read["links"]++
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"kind":"t3","data":{"name":"t3_a","author":"bo","title":"x","selftext":"","selftext_html":null,"url":"/r/a","is_self":false,"created_utc":1.5e9,"edited":1.6e9,"media_metadata":{"m":{"e":"Image","s":{"u":"https://i.example/1"}}},"crosspost_parent_list":[{"selftext":"y","selftext_html":"&lt;p&gt;"}]}}`))
	f.Add([]byte(`{"kind":"t1","data":{"name":"t1_a","author":"bo","body":"x","body_html":"<div>","parent_id":"t3_p","link_id":"t3_p","created_utc":1762000000.0,"score":-3,"replies":{"kind":"Listing"}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b network.Batch
		reddit.Network().Decode(raw, &b)
		if len(b.Events)+len(b.Rejects) > 1 {
			t.Fatalf("%d events, %d rejects", len(b.Events), len(b.Rejects))
		}
		for i := range b.Events {
			if err := b.Events[i].Post.Check(); err != nil || b.Events[i].Post.Author.ID == "" || b.Events[i].Post.Published.IsZero() {
				t.Fatalf("%+v: %v", b.Events[i], err)
			}
		}
	})
}
