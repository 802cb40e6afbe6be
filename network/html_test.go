package network_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"hearth/network"
)

func TestPlainTextIsWhatAPersonReads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, text string
		links    []string
	}{
		{"", "", nil},
		{"just text &amp; more", "just text & more", nil},
		{"<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree", nil},
		{"<p>a</p>\n<ul><li>b</li><li>c</li></ul>d", "a\n\nb\nc\n\nd", nil},
		{`<a href="https://a.example/?x=1&amp;y=2">here</a> <a href="javascript:x()">there</a> <a class="u-url mention" href="https://m.example/@bo">@bo</a>`, "here there @bo", []string{"https://a.example/?x=1&y=2"}},
		{"x<script>alert(1)</script><style>p{}</style>y", "xy", nil},
		{`<img alt="a cat"> <img>`, "a cat", nil},
		{"a < b and <unclosed", "a < b and", nil},
		{"<p><b>bold</i> text</p></p>", "bold text", nil},
		{"&lt;b&gt;", "<b>", nil},
	} {
		text, links := network.PlainText(c.in)
		if text != c.text {
			t.Errorf("%q is read as %q, want %q", c.in, text, c.text)
		}
		if diff := cmp.Diff(c.links, links); diff != "" {
			t.Errorf("%q: links %s", c.in, diff)
		}
	}
}

func FuzzPlainText(f *testing.F) {
	f.Add("<p>a<br/>&amp;</p><script>x")
	f.Add(strings.Repeat("<div>", 1000))
	f.Fuzz(func(t *testing.T, s string) {
		text, _ := network.PlainText(s)
		if utf8.ValidString(s) && !utf8.ValidString(text) {
			t.Fatalf("%q is not UTF-8", text)
		}
		if len(text) > 2*len(s)+64 {
			t.Fatalf("%d bytes became %d", len(s), len(text))
		}
	})
}
