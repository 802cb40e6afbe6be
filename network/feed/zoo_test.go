package feed_test

import (
	"archive/tar"
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
	expectation = regexp.MustCompile(`Expect:[ \t]*(.*)`)
	comparison  = regexp.MustCompile(`(?:^|(?:not bozo|bozo|'|"|\)) and )((?:feed|entries\[[01]\])(?:\['[a-z_]+'\]|\[\d+\])+) == (u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*"|\([\d, ]+\))`)
	term        = regexp.MustCompile(`^entries\[[01]\]\['tags'\]\[\d+\]\['term'\]$`)
	behind      = regexp.MustCompile(`^(?:\s*$| and )`)
)

// known is how many values Hearth reads otherwise than feedparser: brackets that
// HTML has renamed, Atom of namespaces nobody uses, an author's e-mail, labels of
// categories before their terms, summaries beside contents, relative ids,
// Content-Location and Content-Language, categories of iTunes, titles of media,
// and markup that is none.
var known = map[string]int{
	"tests/entities": 2, "tests/wellformed/atom": 5, "tests/wellformed/atom10": 5, "tests/wellformed/base": 4, "tests/wellformed/itunes": 2,
	"tests/wellformed/lang": 1, "tests/wellformed/media-rss": 2, "tests/wellformed/rss": 3, "tests/wellformed/sanitize": 3,
}

// refused is how many files are refused, and why: the Channel Definition Format
// of 1997, a DTD of its own, and one that is empty.
var refused = map[string]int{
	"tests/illformed": 1, "tests/illformed, DTD": 1, "tests/wellformed/base, CDF": 1, "tests/wellformed/cdf, CDF": 14, "tests/wellformed/rdf, DTD": 1,
	"tests/wellformed/rss, DTD": 1,
}

// TestTheZooIsReadOrRefused reads feedparser's test feeds, whose headers say
// what is expected, as an expression of Python; the plain ones are compared.
func TestTheZooIsReadOrRefused(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	files, read, compared := 0, 0, 0
	differ, refuse := map[string]int{}, map[string]int{}
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
		switch dir := name[:strings.LastIndexByte(name, '/')]; {
		case err == nil:
			read++
		case strings.Contains(err.Error(), "Channel Definition Format"):
			refuse[dir+", CDF"]++
		case strings.Contains(err.Error(), "a DTD of its own"):
			refuse[dir+", DTD"]++
		default:
			refuse[dir]++
			t.Logf("%s: %v", name, err)
		}
		for _, r := range rejects {
			if len(r.Reason) < 20 || len(r.Raw) == 0 {
				t.Errorf("%s: %+v", name, r)
			}
		}
		m := expectation.FindSubmatch(body)
		if m == nil {
			return
		}
		shown, err := feed.Show(body, kind, "http://127.0.0.1:8097/feed")
		if err != nil {
			return // refused, with a reason: counted below
		}
		for _, c := range comparison.FindAllSubmatchIndex(m[1], -1) {
			if !behind.Match(m[1][c[1]:]) { // more than a plain string follows
				continue
			}
			what := strings.ReplaceAll(string(m[1][c[2]:c[3]]), "_detail']['value']", "']")
			want, ok := unquote(strings.TrimPrefix(string(m[1][c[4]:c[5]]), "u"))
			got, known := shown[what]
			if !ok || !known && !term.MatchString(what) {
				continue
			}
			compared++
			plain, _ := network.PlainText(want)
			if fold(got) != fold(plain) && fold(got) != fold(want) {
				dir := name[:strings.LastIndexByte(name, '/')]
				differ[dir]++
				t.Logf("%s: %s is %q, expected %q", name, what, got, plain)
			}
		}
	})
	if diff := cmp.Diff(known, differ); diff != "" {
		t.Errorf("differences by folder, known (-) and found (+): %s", diff)
	}
	if diff := cmp.Diff(refused, refuse); diff != "" {
		t.Errorf("refused by folder, known (-) and found (+): %s", diff)
	}
	t.Logf("%d files, %d read, %d compared, differing: %v", files, read, compared, differ)
}

// unquote reads a string of Python.
func unquote(s string) (string, bool) {
	if s[0] == '(' {
		return s, true
	}
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
