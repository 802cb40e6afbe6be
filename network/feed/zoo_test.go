package feed_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth/network"
	"hearth/network/feed"
)

// zoo calls each with every file of an archive of feeds.
func zoo(t *testing.T, name string, each func(name string, body []byte)) {
	t.Helper()
	file, err := os.Open("../../../shared/data/feeds/" + name)
	if err != nil {
		t.Skip("needs ../shared/data/feeds/" + name + ", which is not here")
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(unzipped); ; {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		each(h.Name, body)
	}
}

var (
	contentType = regexp.MustCompile(`(?mi)^(?:Header:\s*)?Content-type:\s*(.+?)\s*$`)
	expectation = regexp.MustCompile(`Expect:\s*(?:not bozo and |bozo and )?(feed\['title'\]|entries\[0\]\['(?:title|id|link|description|summary|author)'\]|entries\[0\]\['content'\]\[0\]\['value'\]) == u?('.*?'|".*?")\s*\n`)
)

// known is how many files Hearth reads otherwise than feedparser: Atom 0.3 in
// base64, CDF, bodies as xhtml:body and l:fullitem, summaries beside contents,
// Content-Location, an author's e-mail, and expressions that are not as plain
// as they look.
var known = map[string]int{
	"tests/encoding": 1, "tests/entities": 9, "tests/wellformed/atom": 5, "tests/wellformed/atom10": 3, "tests/wellformed/base": 17,
	"tests/wellformed/cdf": 4, "tests/wellformed/media-rss": 2, "tests/wellformed/rss": 5, "tests/wellformed/sanitize": 47,
}

// TestTheZooIsReadOrRefused reads feedparser's test feeds, whose headers say
// what is expected, as an expression of Python; the plain ones are compared.
func TestTheZooIsReadOrRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	files, read, compared := 0, 0, 0
	differ := map[string]int{}
	zoo(t, "feedparser-tests.tar.gz", func(name string, body []byte) {
		if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".json") {
			return
		}
		files++
		kind := ""
		if m := contentType.FindSubmatch(body[:min(len(body), 2000)]); m != nil {
			kind = string(m[1])
		}
		_, rejects, err := feed.ReadFeed(body, kind, "http://127.0.0.1:8097/feed", now)
		if err != nil && len(err.Error()) < 20 {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			read++
		}
		for _, r := range rejects {
			if len(r.Reason) < 20 || len(r.Raw) == 0 {
				t.Errorf("%s: %+v", name, r)
			}
		}
		m := expectation.FindSubmatch(body)
		want, ok := "", false
		if m != nil {
			want, ok = unquote(string(m[2]))
		}
		if !ok {
			return
		}
		compared++
		shown, err := feed.Show(body, kind, "http://127.0.0.1:8097/feed")
		got := map[string]string{
			"feed['title']": shown.FeedTitle, "entries[0]['title']": shown.Title, "entries[0]['id']": shown.ID, "entries[0]['link']": shown.Link,
			"entries[0]['author']": shown.Author,
		}[string(m[1])]
		if strings.Contains("description'] summary'] value']", string(m[1][bytes.LastIndexByte(m[1], '\'')-5:])) {
			got = shown.Text
		}
		plain, _ := network.PlainText(want)
		if fold(got) != fold(plain) && fold(got) != fold(want) {
			dir := name[:strings.LastIndexByte(name, '/')]
			differ[dir]++
			t.Logf("%s: %s is %q, expected %q, error %v", name, m[1], got, plain, err)
		}
	})
	if diff := cmp.Diff(known, differ); diff != "" {
		t.Errorf("differences by folder, known (-) and found (+): %s", diff)
	}
	t.Logf("%d files, %d read, %d compared, differing: %v", files, read, compared, differ)
}

// unquote reads a string of Python.
func unquote(s string) (string, bool) {
	s = strings.ReplaceAll(s, `\x`, `\u00`)
	s = strings.ReplaceAll(strings.ReplaceAll(s[1:len(s)-1], `\'`, `'`), `"`, `\"`)
	s, err := strconv.Unquote(`"` + s + `"`)
	return s, err == nil
}

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestRealFeedsAreReadWhole(t *testing.T) {
	t.Parallel()
	want := map[string]int{
		"encoding_ISO-8859-1.xml": 40, "encoding_WINDOWS-1251.xml": 50, "large_atom.xml": 25, "large_rss.xml": 25,
		"no_encoding_ISO-8859-1.xml": 9, "rdf_UTF8.xml": 60, "small_atom.xml": 20, "urdu_UTF8.xml": 26,
	}
	got := map[string]int{}
	zoo(t, "miniflux-testdata.tar.gz", func(name string, body []byte) {
		if !strings.Contains(name, "parser/testdata/") {
			return
		}
		events, rejects, err := feed.ReadFeed(body, "", "https://blog.example/feed", time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
		empty := 0
		if strings.Contains(name, "no_encoding") {
			empty = 1 // an entry without any content
		}
		if err != nil || len(rejects) != empty {
			t.Errorf("%s: %v, %+v", name, err, rejects)
		}
		for _, ev := range events {
			if strings.Contains(ev.Post.Title+ev.Post.Text, "\ufffd") {
				t.Errorf("%s: %q is damaged", name, ev.Post.Title)
			}
		}
		got[name[strings.LastIndexByte(name, '/')+1:]] = len(events)
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries, want (-), got (+): %s", diff)
	}
}
