package hearth_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	statement       = regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE)\b`)
	created         = regexp.MustCompile(`(?s)CREATE TABLE (?:IF NOT EXISTS )?(\w+) \((.*?)\n\)`)
	touched         = regexp.MustCompile(`\b(?:FROM|INTO|UPDATE|JOIN)\s+(\w+)`)
	asksWorkspace   = regexp.MustCompile(`\bworkspace_id = \?`)
	givesWorkspace  = regexp.MustCompile(`^INSERT INTO \w+ \([^)]*\bworkspace_id\b`)
	takesEverything = regexp.MustCompile(`(?i)SELECT\s+\*|INSERT OR REPLACE|REPLACE INTO`)
)

// proves I30: every statement that touches a table with workspaces names one,
// or is listed in crossWorkspace. The tables are read from the schema files, so
// a new one is looked after from its first day.
func TestEveryStatementNamesItsWorkspace(t *testing.T) {
	t.Parallel()
	tables := workspaceTables(t)
	if len(tables) < 30 {
		t.Fatalf("only %d tables were found: the test does not see the schemas", len(tables))
	}
	seen := map[string]bool{}
	checked := 0
	for dir, list := range statements(t) {
		for _, text := range list {
			if takesEverything.MatchString(text) {
				t.Errorf("%s: %q: name the columns; never replace a row", dir, text)
			}
			if !statement.MatchString(text) || !touches(text, tables) {
				continue
			}
			checked++
			if asksWorkspace.MatchString(text) || givesWorkspace.MatchString(text) {
				continue
			}
			if crossWorkspace[text] == "" {
				t.Errorf("%s: %q: no workspace; add the predicate, or list the statement with its reason", dir, text)
			}
			seen[text] = true
		}
	}
	for text := range crossWorkspace {
		if !seen[text] {
			t.Errorf("%q is listed, but nobody says it", text)
		}
	}
	if checked < 200 {
		t.Errorf("only %d statements were found: the test is blind", checked)
	}
}

// workspaceTables is the tables of all schemas that have a workspace.
func workspaceTables(t *testing.T) map[string]bool {
	t.Helper()
	tables := map[string]bool{}
	for _, pattern := range []string{"*/schema/*.sql", "*/schema/*/*.sql"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range created.FindAllStringSubmatch(string(source), -1) {
				if strings.Contains(m[2], "workspace_id") {
					tables[m[1]] = true
				}
			}
		}
	}
	return tables
}

func touches(text string, tables map[string]bool) bool {
	for _, m := range touched.FindAllStringSubmatch(text, -1) {
		if tables[m[1]] {
			return true
		}
	}
	return false
}

// statements is the string constants of every room, concatenations with named
// constants put together, white space collapsed.
func statements(t *testing.T) map[string][]string {
	t.Helper()
	rooms := map[string][]*ast.File{}
	eachGoFile(t, func(file, dir string) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		rooms[dir] = append(rooms[dir], parsed)
	})
	lists := map[string][]string{}
	for dir, files := range rooms {
		if path.Base(dir) != "fake" {
			lists[dir] = literals(files)
		}
	}
	return lists
}

func literals(files []*ast.File) (list []string) {
	named := map[string]string{}
	for range 3 { // constants may be made of constants
		for _, file := range files {
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
	parts := map[ast.Node]bool{} // of what is put together while running
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if sum, ok := n.(*ast.BinaryExpr); ok {
				if _, whole := literal(sum, named); !whole {
					parts[sum.X], parts[sum.Y] = true, true
				}
			}
			if name, ok := n.(*ast.Ident); ok && parts[name] {
				return false
			}
			if spec, ok := n.(*ast.ValueSpec); ok && isPart(spec) {
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

// isPart says that a constant is the beginning or the end of statements, which
// are looked at where they are put together.
func isPart(spec *ast.ValueSpec) bool {
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
