package translation

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// elsewhere are rooms whose sentences no page shows, and why.
var elsewhere = map[string]string{
	"api":        "answers programs: in English",
	"analysis":   "damaged models: speaks at the start of the program",
	"bench":      "measures",
	"cli":        "speaks in a terminal: in English",
	"client":     "speaks in a terminal: in English",
	"cmd":        "speaks in a terminal: in English",
	"demo":       "speaks in a terminal: in English",
	"e2e":        "tests",
	"evaluation": "hearth eval: in a terminal",
	"fault":      "tests",
	"firehose":   "measures",
	"pairing":    "speaks at the start of the program",
	"server":     "speaks at the start of the program",
	"watch":      "answers machines",

	"alert/facts.go":       "the pages word the facts themselves",
	"alert/runbook.go":     "drafts, which become text of people",
	"archive/append.go":    "defects",
	"archive/archive.go":   "speaks at the start of the program",
	"archive/body.go":      "hearth doctor: in a terminal",
	"archive/read.go":      "defects",
	"archive/verify.go":    "hearth doctor: in a terminal",
	"backup/manifest.go":   "hearth restore: in a terminal",
	"backup/restore.go":    "hearth restore: in a terminal",
	"backup/seal.go":       "hearth backup: in a terminal",
	"db/copy.go":           "hearth db copy: in a terminal",
	"db/fs_linux.go":       "speaks at the start of the program",
	"db/lock_other.go":     "speaks at the start of the program",
	"db/many.go":           "defects",
	"db/postgres.go":       "speaks at the start of the program",
	"db/schema.go":         "speaks at the start of the program",
	"db/snapshot.go":       "hearth backup: in a terminal",
	"db/sqlite.go":         "speaks at the start of the program",
	"disk/limits.go":       "settings of the program",
	"ingest/delivery.go":   "answers whoever delivers",
	"monitor/recount.go":   "hearth doctor: in a terminal",
	"network/signature.go": "answers whoever delivers",
	"web/page_style.go":    "a post to look at",
	"outbound/address.go":  "settings of the program",

	"access/openid/fake":  "tests",
	"db/dbfault":          "tests",
	"db/dbtest":           "tests",
	"network/faulty":      "tests",
	"network/networktest": "tests",
}

// title is how one of a message begins.
var title = regexp.MustCompile(`^\p{Lu}[^%]*: %s$`)

// statement is how SQL looks.
var statement = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|VACUUM) |^%s AND `)

// verbs are the places of a format that are filled.
var verbs = regexp.MustCompile(`%(\.\d+)?[a-z]`)

// sentence is how the text of a literal looks that is one.
var sentence = regexp.MustCompile(`^[\p{Lu}“%*~?][^\n]* [^\n]*[.!?]( %s)?$`)

// said is a sentence that the source of Hearth holds.
type said struct{ format, place string }

// room is the source of one package.
type room struct {
	dir    string
	set    *token.FileSet
	files  []*ast.File
	consts map[string]ast.Expr
	makers map[string]int // functions that make an error of the sentence in this parameter
}

// house is all sentences of errors and of the settings of networks.
func house(t *testing.T) []said {
	t.Helper()
	var rooms []*room
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if d.Name() == "fake" {
			return fs.SkipDir
		}
		dir := strings.TrimPrefix(filepath.ToSlash(name), "../")
		if base := path.Base(dir); base != ".." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") || elsewhere[dir] != "" {
			return fs.SkipDir
		}
		r, err := readRoom(name, dir)
		if err == nil && len(r.files) > 0 {
			rooms = append(rooms, r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []said
	for _, r := range rooms {
		for r.findMakers() {
		}
		all = append(all, r.sentences()...)
	}
	return all
}

func readRoom(name, dir string) (*room, error) {
	r := &room{dir: dir, set: token.NewFileSet(), consts: map[string]ast.Expr{}, makers: map[string]int{}}
	names, err := filepath.Glob(filepath.Join(name, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, one := range names {
		if strings.HasSuffix(one, "_test.go") || elsewhere[path.Join(dir, filepath.Base(one))] != "" {
			continue
		}
		f, err := parser.ParseFile(r.set, one, nil, 0)
		if err != nil {
			return nil, err
		}
		r.files = append(r.files, f)
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
				for i := range v.Names {
					r.consts[v.Names[i].Name] = v.Values[i]
				}
			}
			return true
		})
	}
	return r, nil
}

// sentenceOf is where a call or a literal says its sentence; nil: it says none.
func (r *room) sentenceOf(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			if f.Sel.Name == "Errorf" && isName(f.X, "hearth") && len(n.Args) > 1 {
				return n.Args[1]
			}
			if at, ok := r.makers[f.Sel.Name]; ok && at < len(n.Args) && !isPackage(f.X) {
				return n.Args[at]
			}
		case *ast.Ident:
			for _, name := range []string{r.set.Position(f.Pos()).Filename + " " + f.Name, f.Name} {
				if at, ok := r.makers[name]; ok && at < len(n.Args) {
					return n.Args[at]
				}
			}
		}
	case *ast.CompositeLit:
		if s, ok := n.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Error" && isName(s.X, "hearth") {
			return valueOf(n, "Message")
		}
	}
	return nil
}

func valueOf(n *ast.CompositeLit, key string) ast.Expr {
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && isName(kv.Key, key) {
			return kv.Value
		}
	}
	return nil
}

func isName(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// isPackage guesses: the packages whose functions are called like makers.
func isPackage(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && slices.Contains([]string{"fmt", "errors", "slog", "strings", "t"}, id.Name)
}

// findMakers looks for functions that hand a parameter on as a sentence. True:
// there are more than were known.
func (r *room) findMakers() (more bool) {
	look := func(name string, params *ast.FieldList, body *ast.BlockStmt) {
		if _, known := r.makers[name]; known || body == nil {
			return
		}
		at, places := 0, map[string]int{}
		for _, field := range params.List {
			for _, p := range field.Names {
				if isName(field.Type, "string") {
					places[p.Name] = at
				}
				at++
			}
		}
		ast.Inspect(body, func(n ast.Node) bool {
			if _, known := r.makers[name]; known {
				return false
			}
			e := r.sentenceOf(n)
			if call, ok := e.(*ast.CallExpr); ok && len(call.Args) > 0 {
				e = call.Args[0] // fmt.Sprintf(format, …)
			}
			if id, ok := e.(*ast.Ident); ok {
				if i, ok := places[id.Name]; ok {
					r.makers[name], more = i, true
				}
			}
			return true
		})
	}
	for _, f := range r.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				look(n.Name.Name, n.Type.Params, n.Body)
			case *ast.AssignStmt:
				if len(n.Lhs) == 1 && len(n.Rhs) == 1 {
					if f, ok := n.Rhs[0].(*ast.FuncLit); ok {
						if id, ok := n.Lhs[0].(*ast.Ident); ok {
							look(r.set.Position(id.Pos()).Filename+" "+id.Name, f.Type.Params, f.Body)
						}
					}
				}
			}
			return true
		})
	}
	return more
}

func (r *room) sentences() (all []said) {
	add := func(e ast.Expr) {
		if e == nil {
			return
		}
		if format, ok := r.format(e, 0); ok && !statement.MatchString(format) && regexp.MustCompile(`\p{L}{2}`).MatchString(verbs.ReplaceAllString(format, "")) {
			all = append(all, said{format, strings.TrimPrefix(r.set.Position(e.Pos()).String(), "../")})
		}
	}
	for _, f := range r.files {
		ast.Inspect(f, func(n ast.Node) bool {
			add(r.sentenceOf(n))
			if e, ok := n.(ast.Expr); ok {
				if format, known := r.format(e, 3); known && sentence.MatchString(format) {
					add(e)
					return false
				}
			}
			if lit, ok := n.(*ast.CompositeLit); ok && isName(lit.Type, "Event") && (r.dir == "alert" || r.dir == "outbox") {
				add(valueOf(lit, "Title"))
			}
			if b, ok := n.(*ast.BinaryExpr); ok && r.dir == "alert" {
				if format, known := r.format(b, 3); known && title.MatchString(format) {
					add(b)
					return false
				}
			}
			if lit, ok := n.(*ast.CompositeLit); ok && strings.HasPrefix(r.dir, "network") && valueOf(lit, "Title") != nil {
				add(valueOf(lit, "Title"))
				add(valueOf(lit, "Help"))
			}
			return true
		})
	}
	return all
}

// format is an expression as a format: what it does not know itself is a place
// to fill. False: it knows nothing.
func (r *room) format(e ast.Expr, depth int) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.ParenExpr:
		return r.format(e.X, depth)
	case *ast.BinaryExpr:
		left, knownLeft := r.format(e.X, depth)
		right, knownRight := r.format(e.Y, depth)
		return left + right, knownLeft || knownRight
	case *ast.Ident:
		if value := r.consts[e.Name]; value != nil && depth < 3 {
			return r.format(value, depth+1)
		}
	case *ast.CallExpr:
		if s, ok := e.Fun.(*ast.SelectorExpr); ok && isName(s.X, "fmt") && s.Sel.Name == "Sprintf" {
			return r.format(e.Args[0], depth)
		}
	}
	return "%s", false
}
