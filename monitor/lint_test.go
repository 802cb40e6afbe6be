package monitor_test

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

// crossWorkspace lists the statements of monitor and ingest that serve all
// workspaces at once, with who asks them. None of them answers a person.
var crossWorkspace = map[string]string{
	"SELECT workspace_id, id, query FROM monitor WHERE removed IS NULL AND paused = 0":                                                                   "the start lets all monitors listen",
	"SELECT count(*), coalesce(sum(version), 0), coalesce(sum(id), 0), coalesce(sum(workspace_id), 0) FROM monitor WHERE removed IS NULL AND paused = 0": "each process sees that another has changed something",
	"SELECT workspace_id, id, version, query FROM monitor WHERE removed IS NULL AND paused = 0":                                                          "and what",
	"SELECT workspace_id, monitor_id, query_version FROM backfill WHERE state <> 'running'":                                                              "the search of the past looks for its next monitor",
	"SELECT workspace_id, id, query_version, query FROM monitor WHERE removed IS NULL AND paused = 0 ORDER BY changed":                                   "likewise",
	"SELECT workspace_id, id FROM monitor WHERE removed < ? AND purged < 2":                                                                              "removed monitors are cleared away",
	"DELETE FROM rollup":       "the derived tables are built anew",
	"DELETE FROM mention":      "likewise",
	"DELETE FROM tally":        "likewise",
	"DELETE FROM tally_missed": "likewise",
	"DELETE FROM dimension":    "likewise",
	"SELECT workspace_id, id FROM source WHERE removed IS NOT NULL":                                                                                         "removed sources are tidied away",
	"SELECT workspace_id, id, version, network, name, settings, paused, keep_everything, created, changed FROM source WHERE removed IS NULL AND paused = 0": "the program looks which sources to run",
}

var (
	statement       = regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE)\b`)
	workspaceTable  = regexp.MustCompile(`\b(FROM|INTO|UPDATE|JOIN)\s+(source|source_cursor|source_gap|source_cache|dead_letter|dead_letter_room|import|import_row|monitor|monitor_version|dimension|tally|tally_missed|mention|rollup|monitor_hit|backfill|monitor_effect|monitor_purged)\b`)
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
	for _, text := range append(literals(t, "."), literals(t, "../ingest")...) {
		if takesEverything.MatchString(text) {
			t.Errorf("%s: name the columns; never replace a row", text)
		}
		if !statement.MatchString(text) || !workspaceTable.MatchString(text) || asksWorkspace.MatchString(text) || givesWorkspace.MatchString(text) {
			checked++
			continue
		}
		if crossWorkspace[text] == "" {
			t.Errorf("%q: no workspace; add the predicate, or list the statement with its reason", text)
		}
		seen[text] = true
	}
	for text := range crossWorkspace {
		if !seen[text] {
			t.Errorf("%s: listed, but nobody says it", text)
		}
	}
	if checked < 100 {
		t.Errorf("only %d texts were found: the test is blind", checked)
	}
}

// literals is the string constants of a folder's program, concatenations with
// named constants put together, white space collapsed. What only ever begins a
// statement is left out.
func literals(t *testing.T, dir string) (list []string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]string{}
	var parsed []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	for range 3 { // constants may be made of constants
		for _, file := range parsed {
			ast.Inspect(file, func(n ast.Node) bool {
				if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
					if s, ok := literal(spec.Values[0], named); ok {
						named[spec.Names[0].Name] = s
					}
				}
				return true
			})
		}
	}
	for _, file := range parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			if _, ok := n.(*ast.ValueSpec); ok && isBeginning(n.(*ast.ValueSpec)) {
				return false
			}
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			s, ok := literal(e, named)
			if ok {
				list = append(list, strings.Join(strings.Fields(s), " "))
			}
			return !ok
		})
	}
	return list
}

// isBeginning says that a constant is the beginning or the end of statements,
// which are looked at where they are put together.
func isBeginning(spec *ast.ValueSpec) bool {
	name := spec.Names[0].Name
	return strings.HasPrefix(name, "select") || strings.HasPrefix(name, "count")
}

func literal(e ast.Expr, named map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		s, ok := named[e.Name]
		return s, ok && strings.Contains(s, " ")
	case *ast.BinaryExpr:
		x, ok1 := literal(e.X, named)
		y, ok2 := literal(e.Y, named)
		return x + y, ok1 && ok2
	}
	return "", false
}
