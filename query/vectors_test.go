package query_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/query"
)

// vector is one case of the language: vectors/query/README.md says what each
// key means.
type vector struct {
	ID          string
	About       string
	Query       string
	QueryParts  [][2]any `json:"query_parts"`
	QueryBase64 []byte   `json:"query_base64"`
	Post        json.RawMessage
	Match       *bool
	Diagnostics *[]query.Diagnostic
	Canonical   *string
	Explain     *string
	Cost        *int
}

// TestSharedVectors runs the cases that all of Hearth shares.
func TestSharedVectors(t *testing.T) {
	t.Parallel()
	runVectors(t, filepath.Join("..", "..", "shared", "vectors", "query", "*.jsonl"), "the shared test vectors are not here")
}

// TestOwnVectors runs the cases of this package, in the same format.
func TestOwnVectors(t *testing.T) {
	t.Parallel()
	runVectors(t, filepath.Join("testdata", "*.jsonl"), "testdata is missing")
}

func runVectors(t *testing.T, pattern, absent string) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip(absent)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".jsonl"), func(t *testing.T) {
			t.Parallel()
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			lines := bufio.NewScanner(file)
			lines.Buffer(nil, 16<<20)
			for lines.Scan() {
				var v vector
				if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
					t.Fatalf("%v in %s", err, lines.Text())
				}
				t.Run(v.ID, v.run)
			}
			if err := lines.Err(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func (v vector) run(t *testing.T) {
	source := v.Query
	switch {
	case v.QueryParts != nil:
		source = join(v.QueryParts)
	case v.QueryBase64 != nil:
		source = string(v.QueryBase64)
	}
	q, diagnostics := query.Parse(source)
	if v.Diagnostics != nil {
		checkDiagnostics(t, source, diagnostics, *v.Diagnostics)
	}
	if v.Diagnostics == nil || v.Match != nil || v.Cost != nil || v.Canonical != nil || v.Explain != nil {
		if q == nil {
			t.Fatalf("%s: %q is refused: %+v", v.About, source, diagnostics)
		}
	}
	if v.Match != nil {
		p := v.post(t)
		if got := q.Match(&p); got != *v.Match {
			t.Errorf("%s: %q matches %s: %v, want %v", v.About, source, v.Post, got, *v.Match)
		}
	}
	if v.Canonical != nil && q.String() != *v.Canonical {
		t.Errorf("%q prints as %q, want %q", source, q.String(), *v.Canonical)
	}
	if v.Explain != nil && q.Explain() != *v.Explain {
		t.Errorf("%q is explained as\n%q, want\n%q", source, q.Explain(), *v.Explain)
	}
	if v.Cost != nil && q.Cost != *v.Cost {
		t.Errorf("%q costs %d, want %d", source, q.Cost, *v.Cost)
	}
	if q != nil {
		checkPrinting(t, q)
	}
}

// checkDiagnostics compares all but the sentences, which are prose; they must
// be there, though.
func checkDiagnostics(t *testing.T, source string, got, want []query.Diagnostic) {
	t.Helper()
	var shown []query.Diagnostic
	for _, d := range got {
		if d.Message == "" || strings.Contains(d.Message, "%!") || strings.Contains(d.Message, "%s") {
			t.Errorf("%s says %q", d.Code, d.Message)
		}
		d.Message = ""
		shown = append(shown, d)
	}
	if diff := cmp.Diff(append([]query.Diagnostic(nil), want...), shown); diff != "" {
		t.Errorf("%.200q (-want +got):\n%s", source, diff)
	}
}

// checkPrinting holds a query to the laws of section 9.
func checkPrinting(t *testing.T, q *query.Query) {
	t.Helper()
	printed := q.String()
	again, diagnostics := query.Parse(printed)
	if again == nil {
		t.Fatalf("the canonical form %q is refused: %+v", printed, diagnostics)
	}
	if diff := cmp.Diff(q, again); diff != "" {
		t.Errorf("%.200q is read back as another query:\n%.2000s", printed, diff)
	}
	if got := again.String(); got != printed {
		t.Errorf("%.200q prints as %.200q the second time", printed, got)
	}
	for _, d := range diagnostics {
		switch d.Code {
		case query.QuestionMark, query.BroadQuery, query.CostlyQuery:
		default:
			t.Errorf("the canonical form %.200q has %s at %d", printed, d.Code, d.Offset)
		}
	}
}

func (v vector) post(t *testing.T) hearth.Post {
	t.Helper()
	document := v.Post
	var parts struct {
		TextParts [][2]any `json:"text_parts"`
	}
	if err := json.Unmarshal(v.Post, &parts); err != nil {
		t.Fatal(err)
	}
	if parts.TextParts != nil {
		var whole map[string]any
		if err := json.Unmarshal(v.Post, &whole); err != nil {
			t.Fatal(err)
		}
		delete(whole, "text_parts")
		whole["text"] = join(parts.TextParts)
		document, _ = json.Marshal(whole)
	}
	var p hearth.Post
	if err := hearth.DecodePost(string(document), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// join repeats each text and joins them all.
func join(parts [][2]any) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(strings.Repeat(p[0].(string), int(p[1].(float64))))
	}
	return b.String()
}
