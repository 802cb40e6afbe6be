package all_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hearth/network"
	"hearth/network/all"
)

func TestNamesAreUniqueAndSettingsHelp(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	check := func(name, title string, fields []network.Field) {
		if name == "" || title == "" || seen[name] {
			t.Errorf("%q %q", name, title)
		}
		seen[name] = true
		for _, f := range fields {
			if f.Name == "" || f.Title == "" || !strings.HasSuffix(f.Help, ".") {
				t.Errorf("%s: the setting %+v", name, f)
			}
		}
		required := slices.ContainsFunc(fields, func(f network.Field) bool { return f.Required })
		if _, err := network.Settings(fields, nil); (err != nil) != required {
			t.Errorf("%s with its defaults: %v", name, err)
		}
	}
	for _, n := range all.Networks() {
		check(n.Name, n.Title, n.Fields)
	}
	seen = map[string]bool{}
	for _, f := range all.Formats() {
		check(f.Name, f.Title, f.Fields)
	}
}

func TestFilesAreDetectedByContentThenByName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, head, want string }{
		{"x.bin", `{"network":"bluesky","id":"1","text":"x"}`, "ndjson"},
		{"x", `[{"id":"1","network":"x","text":"y"}]`, "ndjson"},
		{"x.json", `{"did":"did:plc:a","time_us":1,"kind":"commit"}`, "jetstream"},
		{"x.json", `{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#commit"}}`, "jetstream"},
		{"tweets.js", "window.YTD.tweets.part0 = [\n {", "twitter"},
		{"x.json", `[{"created_at":"x","id":1,"text":"x","in_reply_to_status_id_str":null}]`, "twitter"},
		{"x.json", `{"data":[{"id":"1","text":"x","public_metrics":{}}]}`, "twitter-v2"},
		{"x.json", `[{"uri":"x","content":"<p>","reblogs_count":1}]`, "mastodon"},
		{"x.txt", "id;text;date\n1;x;", "csv"},
		{"x.CSV.gz", "some,words\n1,x", "csv"},
		{"x.jsonl.zst", `{"lang":"en","label":"negative","text":"x"}`, "ndjson"},
		{"x.bin", "hello", ""},
	} {
		f, ok := all.Detect(c.name, []byte(c.head))
		if f.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s, %s: detected %q", c.name, c.head, f.Name)
		}
	}
}

func TestSampleFilesAreDetected(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"wire/twitter-v1-search-ja.json.gz": "twitter", "wire/mastodon-api-examples.jsonl.gz": "mastodon", "brand/airline-2015.jsonl.gz": "ndjson",
	} {
		file, err := os.Open(filepath.Join("../../../shared/data", name))
		if err != nil {
			t.Skip("needs ../shared/data/" + name + ", which is not here")
		}
		defer file.Close()
		in, err := network.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if f, _ := all.Detect(name, in.Head()); f.Name != want {
			t.Errorf("%s is detected as %q", name, f.Name)
		}
	}
}
