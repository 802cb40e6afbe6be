package docs_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"hearth"
	"hearth/query"
	"hearth/text"
)

// An example is one query of a block marked query, with what is said about it.
// A line that begins with a space belongs to the query above it.
type example struct {
	where   string
	query   string
	code    query.Code // of the problem it shows; "": none
	bad     bool       // the problem is an error
	message string
	caret   int // place of the problem in characters; -1: not shown
	claims  []claim
}

// claim is a line below a query: what it finds, what it does not find, how it
// is stored, how it reads.
type claim struct {
	sign, text string
}

const (
	finds   = "✓ "
	passes  = "✗ "
	stored  = "≡ "
	reads   = "» "
	message = "! "
)

func examples(t *testing.T, page string) (list []example) {
	t.Helper()
	for _, f := range fences(t, page) {
		if len(f.info) == 0 || f.info[0] != "query" {
			continue
		}
		var code query.Code
		bad := false
		if len(f.info) == 3 {
			code, bad = query.Code(f.info[2]), f.info[1] == "bad"
		}
		if len(f.info) == 2 || len(f.info) > 3 || len(f.info) == 3 && f.info[1] != "bad" && f.info[1] != "warns" {
			t.Fatalf("%s:%d: write ```query, ```query bad CODE or ```query warns CODE", page, f.line)
		}
		for i, line := range f.lines {
			last := len(list) - 1
			where := fmt.Sprintf("%s:%d", page, f.line+1+i)
			sign := ""
			for _, s := range []string{finds, passes, stored, reads, message} {
				if strings.HasPrefix(line, s) {
					sign = s
				}
			}
			switch {
			case line == "":
			case sign == message:
				list[last].message = strings.TrimPrefix(line, sign)
			case sign != "":
				list[last].claims = append(list[last].claims, claim{sign, strings.TrimPrefix(line, sign)})
			case strings.TrimLeft(line, " ") == "^":
				list[last].caret = len(line) - 1
			case line[0] == ' ':
				list[last].query += "\n" + line
			default:
				list = append(list, example{where: where, query: line, code: code, bad: bad, caret: -1})
			}
		}
	}
	if len(list) < 20 {
		t.Fatalf("%s has only %d examples: the test does not see them", page, len(list))
	}
	return list
}

func TestExampleQueriesAreWhatThePageSays(t *testing.T) {
	t.Parallel()
	for _, e := range examples(t, "query.md") {
		q, diagnostics := query.Parse(e.query)
		e.check(t, q, diagnostics)
	}
}

func (e *example) check(t *testing.T, q *query.Query, diagnostics []query.Diagnostic) {
	shown := slices.IndexFunc(diagnostics, func(d query.Diagnostic) bool { return d.Code == e.code })
	for _, d := range diagnostics {
		if d.Code != e.code && (e.code == "" || d.Severity == query.Error) {
			t.Errorf("%s: %s has a problem that the page does not tell: %s (%s)", e.where, e.query, d.Message, d.Code)
		}
	}
	switch {
	case e.code != "" && shown < 0:
		t.Errorf("%s: %s does not give %s but %v", e.where, e.query, e.code, diagnostics)
		return
	case e.bad != (q == nil):
		t.Errorf("%s: %s: is it an error? %v", e.where, e.query, diagnostics)
		return
	}
	if e.code != "" {
		d := diagnostics[shown]
		if e.message != "" && e.message != d.Message {
			t.Errorf("%s: the message is %q, the page says %q", e.where, d.Message, e.message)
		}
		if at := utf8.RuneCountInString(e.query[:d.Offset]); e.caret >= 0 && e.caret != at {
			t.Errorf("%s: the problem is at character %d, the page points at %d", e.where, at, e.caret)
		}
	}
	for _, c := range e.claims {
		e.hold(t, q, c)
	}
}

func (e *example) hold(t *testing.T, q *query.Query, c claim) {
	switch c.sign {
	case stored:
		if got := q.String(); got != c.text {
			t.Errorf("%s: %s is stored as %s, the page says %s", e.where, e.query, got, c.text)
		}
	case reads:
		if got := q.Explain(); got != c.text {
			t.Errorf("%s: %s reads as %s, the page says %s", e.where, e.query, got, c.text)
		}
	default:
		p := hearth.Post{Network: "example", ID: "1", Text: strings.ReplaceAll(c.text, "⏎", "\n")}
		if strings.HasPrefix(c.text, "{") {
			document := c.text
			for _, needed := range []string{`"network":"example"`, `"id":"1"`, `"text":""`} {
				if name, _, _ := strings.Cut(needed, ":"); !strings.Contains(document, name+":") {
					document = "{" + needed + "," + document[1:]
				}
			}
			if err := hearth.DecodePost(document, &p); err != nil {
				t.Errorf("%s: %s: %v", e.where, c.text, err)
			}
		}
		if got := q.Match(&p); got != (c.sign == finds) {
			t.Errorf("%s: does %s find %s? %v, and the page says otherwise", e.where, e.query, c.text, got)
		}
	}
}

// impossible are problems whose examples are too long or too broken for a page.
var impossible = map[query.Code]string{
	query.EmptyQuery:   "",
	query.InvalidUTF8:  "caf\xe9",
	query.TooLong:      strings.Repeat("a", 1<<20+1),
	query.TooManyTerms: strings.Repeat("a OR ", 50_000) + "a",
	query.TooDeep:      strings.Repeat("(", 101) + "a" + strings.Repeat(")", 101),
	query.TooCostly:    strings.Repeat("ab* OR ", 20_000) + "ab*",
	query.CostlyQuery:  strings.Repeat("ab* OR ", 5_000) + "ab*",
}

// codes are all codes, as the package declares them.
func codes(t *testing.T) (list []query.Code) {
	t.Helper()
	source, err := os.ReadFile("../query/diagnostics.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`(?m)^\t\w+ +Code = "([a-z0-9-]+)"`).FindAllStringSubmatch(string(source), -1) {
		list = append(list, query.Code(found[1]))
	}
	if len(list) < 40 {
		t.Fatalf("only %d codes are found", len(list))
	}
	return list
}

func TestEveryDiagnosticHasItsPlaceAndExample(t *testing.T) {
	t.Parallel()
	shown := map[query.Code]bool{}
	for _, e := range examples(t, "query.md") {
		shown[e.code] = true
	}
	headings := anchors(t, "query.md")
	for _, code := range codes(t) {
		if !headings[string(code)] {
			t.Errorf("query.md has no heading for %s", code)
		}
		if made, ok := impossible[code]; ok {
			_, diagnostics := query.Parse(made)
			if !slices.ContainsFunc(diagnostics, func(d query.Diagnostic) bool { return d.Code == code }) {
				t.Errorf("the made example of %s gives %v", code, diagnostics)
			}
		} else if !shown[code] {
			t.Errorf("query.md shows no example of %s", code)
		}
	}
}

func TestEveryFieldIsListedWithItsOtherNames(t *testing.T) {
	t.Parallel()
	rows := map[string]string{}
	for _, line := range strings.Split(read(t, "query.md"), "\n") {
		if cells := strings.Split(line, "|"); len(cells) > 5 {
			rows[strings.Trim(cells[1], " `")] = line
		}
	}
	for _, f := range query.Fields() {
		row, ok := rows[f.Name]
		if !ok {
			t.Errorf("query.md has no row for the field %s", f.Name)
			continue
		}
		for _, alias := range f.Aliases {
			if !strings.Contains(row, "`"+alias+"`") {
				t.Errorf("query.md does not say that %s is also written %s", f.Name, alias)
			}
		}
		if !strings.Contains(row, "| "+string(f.Type)+" |") {
			t.Errorf("query.md does not say that %s is of type %s", f.Name, f.Type)
		}
	}
}

// TestFieldExamplesAreSound reads the last cell of the table of fields.
func TestFieldExamplesAreSound(t *testing.T) {
	t.Parallel()
	for _, line := range strings.Split(read(t, "query.md"), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.Contains(cells[5], "`") || strings.Contains(cells[1], "---") {
			continue
		}
		for _, found := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[5], -1) {
			any, _ := query.Parse("acme")
			q, diagnostics := query.ParseStored(found[1], func(string) *query.Query { return any })
			name := strings.Trim(cells[1], " `")
			if q == nil {
				t.Errorf("%s: %v", found[1], diagnostics)
			} else if !strings.HasPrefix(strings.ToLower(found[1]), name+":") {
				t.Errorf("%s is no example of %s", found[1], name)
			}
		}
	}
}

// TestImportedQueriesBecomeWhatThePageSays reads the tables of dialects: rows
// of | what they write | what it becomes |, below a heading with the name.
func TestImportedQueriesBecomeWhatThePageSays(t *testing.T) {
	t.Parallel()
	var dialect query.Dialect
	checked := 0
	for _, line := range strings.Split(read(t, "query.md"), "\n") {
		if strings.HasPrefix(line, "#") {
			switch name := query.Dialect(strings.ToLower(strings.TrimLeft(line, "# "))); name {
			case query.Brandwatch, query.Talkwalker, query.Meltwater:
				dialect = name
			default:
				dialect = ""
			}
		}
		cells := strings.Split(line, " | ")
		if dialect == "" || len(cells) != 3 || !strings.Contains(cells[0], "`") {
			continue
		}
		from, to := strings.Trim(cells[0], " |`"), strings.Trim(cells[1], " `")
		to = strings.ReplaceAll(to, "unchanged", from)
		got, notes := query.Import(dialect, from)
		if got != to {
			t.Errorf("%s: %s becomes %s, the page says %s", dialect, from, got, to)
		}
		says := strings.Contains(cells[2], "noted")
		if says != (len(notes) > 0) {
			t.Errorf("%s: %s: is there a note? %v", dialect, from, notes)
		}
		_, diagnostics := query.Parse(got)
		diagnostics = slices.DeleteFunc(diagnostics, func(d query.Diagnostic) bool { return d.Code == query.BroadQuery })
		if !says && strings.Contains(cells[2], "by hand") != (len(diagnostics) > 0) {
			t.Errorf("%s: %s becomes %s; its problems are %v", dialect, from, got, diagnostics)
		}
		checked++
	}
	if checked < 20 {
		t.Fatalf("only %d rows are checked", checked)
	}
}

// TestTheRulesHaveTheVersionThePageWasWrittenFor makes whoever changes the
// rules of reading text look at the manual.
func TestTheRulesHaveTheVersionThePageWasWrittenFor(t *testing.T) {
	t.Parallel()
	want := fmt.Sprintf("version %d of the rules", text.Version)
	if !strings.Contains(read(t, "query.md"), want) {
		t.Errorf("query.md does not say %q", want)
	}
}
