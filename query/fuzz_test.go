package query_test

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"hearth"
	"hearth/query"
	"hearth/text"
)

// FuzzParse feeds anything to the parser. Whatever comes out must be in order:
// problems sorted and few, a query exactly when none of them is an error, and
// a query that keeps the laws of section 9.
func FuzzParse(f *testing.F) {
	for _, q := range ownQueries(f) {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, source string) {
		q, diagnostics := query.Parse(source)
		if len(diagnostics) > 100 {
			t.Fatalf("%d problems are told", len(diagnostics))
		}
		if !slices.IsSortedFunc(diagnostics, func(a, b query.Diagnostic) int {
			return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Code, b.Code))
		}) {
			t.Errorf("problems out of order: %+v", diagnostics)
		}
		refused := false
		for _, d := range diagnostics {
			refused = refused || d.Severity == query.Error
			if d.Offset < 0 || d.Offset > len(source) {
				t.Errorf("%s at byte %d of %d", d.Code, d.Offset, len(source))
			}
		}
		if refused != (q == nil) {
			t.Fatalf("%q: query %v with %+v", source, q, diagnostics)
		}
		if q == nil || len(source) > 1000 || strings.ContainsFunc(source, isCherokee) {
			return
		}
		checkPrinting(t, q)
		if e := q.Explain(); !strings.HasPrefix(e, "Posts with ") || !strings.HasSuffix(e, ".") {
			t.Errorf("explained as %q", e)
		}
		p := hearth.Post{Network: "test", ID: "1", Title: "手机 #apple", Text: source}
		checkHighlights(t, q, &p)
	})
}

// isCherokee says that a letter's case may be read differently by different
// builds (section 2).
func isCherokee(r rune) bool { return unicode.Is(unicode.Cherokee, r) }

// checkHighlights says that ranges are sorted, apart from each other and
// within their streams.
func checkHighlights(t *testing.T, q *query.Query, p *hearth.Post) {
	t.Helper()
	var d text.Doc
	query.AddPost(&d, p)
	q.MatchDoc(p, &d)
	last := query.Range{Stream: -1}
	for _, r := range q.Highlights(p, &d) {
		if r.Start >= r.End || r.End > len(d.Streams[r.Stream].Source) || d.Streams[r.Stream].Field != r.Field ||
			r.Stream < last.Stream || r.Stream == last.Stream && r.Start < last.End {
			t.Errorf("range %+v after %+v of %+v", r, last, d.Streams)
		}
		last = r
	}
}

// ownQueries are the queries of testdata.
func ownQueries(tb testing.TB) []string {
	files, err := filepath.Glob(filepath.Join("testdata", "*.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	var queries []string
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			var v vector
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				tb.Fatal(err)
			}
			if v.QueryParts == nil && v.QueryBase64 == nil {
				queries = append(queries, v.Query)
			}
		}
	}
	return queries
}
