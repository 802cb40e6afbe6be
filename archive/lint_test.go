package archive_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// crossWorkspace lists the statements that serve all workspaces at once, with
// who asks them. None of them answers a person.
var crossWorkspace = map[string]string{
	"SELECT seq, workspace_id, op, replaces, body, sum FROM post WHERE seq > ? ORDER BY seq LIMIT ?":                                   "consumers read the log of all; each row carries its workspace",
	"SELECT coalesce(max(seq), 0) FROM post":                                                                                           "the start compares the log with its head",
	"SELECT workspace_id FROM post WHERE seq = ?":                                                                                      "the dead letter of a damaged row needs its workspace",
	"SELECT count(*) FROM author_state":                                                                                                "the start asks whether authors have to be looked up at all",
	"SELECT workspace_id, network, author_id FROM author_state WHERE pending = 1 LIMIT 1":                                              "the settler looks for its next author",
	"SELECT h.seq, EXISTS (SELECT 1 FROM author_state), i.generation FROM log_head h JOIN index_state i ON i.id = h.id WHERE h.id = 1": "each process asks what others have changed",
	"SELECT count(*) FROM post_key WHERE state = 0":                                                                                    "verification",
	"SELECT count(*) FROM post_time":                                                                                                   "verification",
	"SELECT count(*) FROM post_time t JOIN post p ON p.seq = t.seq AND p.workspace_id = t.workspace_id AND p.body IS NOT NULL":         "verification",
	"SELECT workspace_id, place, seq FROM post_time WHERE (workspace_id, place) > (?, ?) ORDER BY workspace_id, place LIMIT ?":         "verification",
}

var (
	statement       = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE)\b`)
	workspaceTable  = regexp.MustCompile(`\b(FROM|INTO|UPDATE|JOIN)\s+(post|post_key|post_time|post_event|post_hidden|author_state|consumer_dead_letter)\b`)
	asksWorkspace   = regexp.MustCompile(`\bworkspace_id = \?`)
	givesWorkspace  = regexp.MustCompile(`^INSERT INTO \w+ \([^)]*\bworkspace_id\b`)
	takesEverything = regexp.MustCompile(`(?i)SELECT\s+\*|INSERT OR REPLACE|REPLACE INTO`)
)

// proves I30: every statement that touches a table with workspaces names one,
// or is listed above.
func TestEveryStatementNamesItsWorkspace(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	checked := 0
	for _, text := range literals(t) {
		text = strings.Join(strings.Fields(text), " ")
		if takesEverything.MatchString(text) {
			t.Errorf("%s: name the columns; never replace a row", text)
		}
		if !statement.MatchString(text) || !workspaceTable.MatchString(text) {
			continue
		}
		checked++
		if asksWorkspace.MatchString(text) || givesWorkspace.MatchString(text) {
			continue
		}
		if crossWorkspace[text] == "" {
			t.Errorf("%s: no workspace; add the predicate, or list the statement with its reason", text)
		}
		seen[text] = true
	}
	for text := range crossWorkspace {
		if !seen[text] {
			t.Errorf("%s: listed, but nobody says it", text)
		}
	}
	if checked < 25 {
		t.Errorf("only %d statements were found: the test is blind", checked)
	}
}

// literals is the string constants of the package; concatenations of literals
// and of rowColumns are put together.
func literals(t *testing.T) (list []string) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			s, ok := literal(e)
			if ok {
				list = append(list, s)
			}
			return !ok
		})
	}
	return list
}

func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		return "seq, workspace_id, op, replaces, body, sum", e.Name == "rowColumns"
	case *ast.BinaryExpr:
		x, ok1 := literal(e.X)
		y, ok2 := literal(e.Y)
		return x + y, ok1 && ok2
	}
	return "", false
}
