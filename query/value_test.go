package query

import (
	"strings"
	"testing"
	"unicode"
)

func TestAddressesInComparedForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want, host string }{
		{"https://www.Example.com/News/", "example.com/News", "example.com"},
		{"HTTP://me:secret@Example.com:8080/a?b=1#c", "example.com/a?b=1", "example.com"},
		{"example.com.", "example.com", "example.com"},
		{"www.www.example.com:80:81/", "example.com", "example.com"},
		{"example.com?x", "example.com?x", "example.com"},
		{"example.com#x/y", "example.com", "example.com"},
		{"at://did:plc:abc/app.feed.post/3k", "did:plc:abc/app.feed.post/3k", "did:plc:abc"},
		{" https://exam\u00adple.com/a b ", "example.com/ab", "example.com"},
		{"https://ＥＸＡＭＰＬＥ．com/手", "example.com/手", "example.com"},
		{"x://y://z", "y//z", "y"},
		{"/a", "/a", ""},
		{"https://", "", ""},
		{"", "", ""},
	} {
		if got, host := Address(c.in); got != c.want || host != c.host {
			t.Errorf("%q becomes %q on %q, want %q on %q", c.in, got, host, c.want, c.host)
		}
	}
}

// FuzzAddress: the compared form of a compared form is itself, or queries
// could not be printed.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"https://www.x.example:80/a/#b", "a@b@c", "x:://", "www.:1.", "ａ：／／b", "//", "a:1:/", "a://://", "www.a://b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, host := Address(s)
		if host == "" || strings.ContainsFunc(s, isCherokee) {
			return
		}
		if twice, again := Address(once); twice != once || again != host {
			t.Errorf("%q becomes %q on %q, then %q on %q", s, once, host, twice, again)
		}
	})
}

// isCherokee says that a letter's case may be read differently by different
// builds (section 2).
func isCherokee(r rune) bool { return unicode.Is(unicode.Cherokee, r) }

func TestSuggestions(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"lnag": "lang", "lan": "lang", "langg": "lang", "rxxt": "", "titel": "title", "retwets": "reposts", "hashtagz": "hashtag",
		"http": "url", "https": "url", "raww": "raw", "foo": "", "athour": "author", "publsihed": "published", "x": "",
	} {
		if got := suggest(name); got != want {
			t.Errorf("%q suggests %q, want %q", name, got, want)
		}
	}
}

func TestEditsCountSwapsOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"ab", "ba", 1}, {"ca", "abc", 2}, {"kitten", "sitting", 3}, {"title", "title", 0}, {"abcd", "badc", 2},
	} {
		if got := edits(c.a, c.b, 100); got != c.want {
			t.Errorf("%q to %q takes %d edits, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestFieldsAreDescribed keeps the documentation of the fields complete.
func TestFieldsAreDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range Fields() {
		if f.Name == "" || f.Type == "" || f.Looks == "" || f.Takes == "" {
			t.Errorf("%+v", f)
		}
		for _, name := range append(f.Aliases, f.Name) {
			if seen[lowerASCII(name)] {
				t.Errorf("%s is the name of two fields", name)
			}
			seen[lowerASCII(name)] = true
		}
	}
}
