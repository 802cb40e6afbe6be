package ingest

import (
	"strings"
	"testing"
	"unsafe"

	"hearth"
	"hearth/query"
	"hearth/text"
)

func TestADocumentFollowsItsPostOutOfTheBatch(t *testing.T) {
	t.Parallel()
	p := hearth.Post{Title: "Pie", Text: "apple pie", Media: []hearth.Media{{Alt: "a pie"}, {Type: "image"}, {Alt: "another"}}}
	var d text.Doc
	query.AddPost(&d, &p)
	copied := p.Clone()
	restring(&d, &copied)
	var got []string
	for _, s := range d.Streams {
		got = append(got, s.Source)
	}
	if all := strings.Join(got, "|"); !strings.Contains(all, "Pie|apple pie|a pie") || !strings.HasSuffix(all, "another") {
		t.Errorf("streams %q", got)
	}
	inside := []string{copied.Title, copied.Text, copied.Media[0].Alt, copied.Media[2].Alt}
	for _, s := range d.Streams {
		if s.Source == "" {
			continue
		}
		found := false
		for _, in := range inside {
			found = found || in == s.Source && stringData(in) == stringData(s.Source)
		}
		if !found {
			t.Errorf("the stream %q still points into the batch", s.Source)
		}
	}
}

func stringData(s string) *byte { return unsafe.StringData(s) }
