package query_test

import (
	"slices"
	"testing"

	"hearth"
	"hearth/query"
	"hearth/text"
)

func TestHighlights(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query string
		post  hearth.Post
		want  []string // the marked stretches, in order
	}{
		{"rye", hearth.Post{Text: "Rye and rye, ryes"}, []string{"Rye", "rye"}},
		{`"rye bread"`, hearth.Post{Title: "Bread", Text: "old RYE-bread"}, []string{"RYE-bread"}},
		{"面包", hearth.Post{Text: "我的面包！"}, []string{"面包"}},
		{"#rye OR @mill OR house", hearth.Post{Text: "＃Rye at @mill-house"}, []string{"＃Rye", "house"}},
		{"rye NOT mill", hearth.Post{Text: "rye mill"}, []string{"rye"}},
		{"rye AND NOT NOT mill", hearth.Post{Text: "rye mill"}, []string{"rye", "mill"}},
		{"rye NEAR/1 mill", hearth.Post{Text: "rye x mill x x rye"}, []string{"rye", "mill"}},
		{"a NEAR/0 b NEAR/0 c", hearth.Post{Text: "a b x b c a b c"}, []string{"a", "b", "c"}},
		{`"rye mill"~1`, hearth.Post{Text: "rye. x x x mill x rye"}, []string{"mill", "rye"}},
		{`raw:"C++"`, hearth.Post{Text: "I like C++, not C"}, []string{"C++"}},
		{`raw:"a - b"`, hearth.Post{Text: "a  -\n b"}, []string{"a  -\n b"}},
		{"title:rye", hearth.Post{Title: "Rye", Text: "rye"}, []string{"Rye"}},
		{"alt:rye", hearth.Post{Text: "rye", Media: []hearth.Media{{Alt: ""}, {Alt: "of rye"}}}, []string{"rye"}},
		{"rye OR \"rye bread\"", hearth.Post{Text: "rye bread"}, []string{"rye bread"}},

		{"roc* AND lang:en", hearth.Post{Text: "rocks", Lang: "fi"}, []string{"rocks"}},
		{"☕", hearth.Post{Text: "☕️!"}, []string{"☕️"}},
		{"#rye", hearth.Post{Text: "rye", Hashtags: []string{"rye"}}, nil},
	} {
		q, diagnostics := query.Parse(c.query)
		if q == nil {
			t.Fatalf("%q: %+v", c.query, diagnostics)
		}
		var d text.Doc
		query.AddPost(&d, &c.post)
		var got []string
		for _, r := range q.Highlights(&c.post, &d) {
			got = append(got, d.Streams[r.Stream].Source[r.Start:r.End])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q marks %q, want %q", c.query, got, c.want)
		}
	}
}
