package hearth_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports is the import table of ARCHITECTURE.md: what each room may import of
// the house. A name with /* covers the folders below it; "*" is everything.
// Test files may import more, but never a room above their own.
var imports = map[string][]string{
	".":        {"jsonread"},
	"jsonread": {},
	"fault":    {},

	"text":        {},
	"translation": {},
	"query":       {".", "text"},
	"db":          {".", "fault"},
	"db/dbtest":   {"db"},
	"db/dbfault":  {},
	"bus":         {"."},
	"outbound":    {"."},
	"watch":       {},
	"docs":        {},
	"manual":      {"text", "docs"},
	"manual/*":    {},
	"disk":        {"."},

	"match":              {".", "text", "query"},
	"network":            {".", "jsonread", "text", "outbound"},
	"analysis":           {".", "text"},
	"archive":            {".", "text", "query", "db", "fault", "archive/form", "archive/index", "archive/pack", "monitor/interval"},
	"archive/form":       {"."},
	"archive/index":      {},
	"archive/pack":       {},
	"replay":             {".", "db", "fault", "network", "archive/form"},
	"access":             {".", "db", "outbound", "access/openid"},
	"access/openid":      {".", "outbound"},
	"access/openid/fake": {},
	"pairing":            {".", "db"},
	"jobs":               {".", "db", "fault", "bus", "access"},

	"network/*":           {".", "jsonread", "text", "network", "outbound"},
	"network/all":         {".", "network", "network/*"},
	"network/networktest": {".", "network", "outbound", "network/faulty"},
	"analysis/*":          {".", "text", "analysis", "analysis/feature", "analysis/*/*"},
	"analysis/*/*":        {".", "text", "analysis", "analysis/*", "analysis/*/*"},
	"query/*":             {".", "text", "query"},
	"network/*/*":         {".", "jsonread", "text", "network", "network/*"},
	"analysis/standard":   {".", "analysis", "analysis/*"},

	"evaluation": {".", "text", "query", "analysis", "analysis/*"},

	"ingest":    {".", "text", "query", "db", "bus", "match", "network", "analysis", "archive", "access", "outbound", "fault", "jobs", "replay"},
	"monitor":   {".", "text", "query", "db", "bus", "match", "archive", "access", "jobs", "ingest", "network", "replay", "monitor/*"},
	"monitor/*": {},

	"topic":          {".", "text", "query", "db", "fault", "archive", "access", "monitor", "monitor/interval", "alert/detect", "analysis/topic"},
	"tag":            {".", "query", "db", "match", "archive", "access", "monitor"},
	"copies":         {".", "text", "query", "db", "fault", "archive", "access", "monitor", "analysis/duplicate", "copies/coordination"},
	"copies/*":       {},
	"bots":           {".", "query", "db", "fault", "archive", "access", "monitor", "copies", "analysis/bot"},
	"quality":        {".", "analysis", "db", "archive", "access", "monitor", "monitor/interval", "tag"},
	"reanalysis":     {".", "text", "query", "analysis", "db", "fault", "archive", "access", "ingest", "monitor"},
	"outbox":         {".", "query", "db", "bus", "access", "jobs", "outbound", "fault"},
	"alert/detect":   {},
	"alert/forecast": {},
	"alert":          {".", "text", "query", "db", "bus", "archive", "access", "monitor", "alert/detect", "alert/forecast", "analysis/topic"},

	"backup": {".", "db", "archive", "access", "pairing", "fault"},

	"client": {"."},
	"cli":    {".", "jsonread", "client"},
	"api":    {".", "jsonread", "text", "client", "access", "access/openid", "query", "network", "analysis", "bus", "ingest", "monitor", "monitor/*", "archive", "jobs", "backup", "alert", "outbox", "tag", "copies", "bots", "quality", "reanalysis", "topic"},
	"web":    {".", "manual", "manual/*", "docs", "text", "translation", "client", "access", "access/openid", "query", "network", "bus", "ingest", "monitor", "archive", "alert", "alert/forecast", "outbox", "jobs", "backup", "tag", "copies", "bots", "quality", "reanalysis", "topic"},
	"demo":   {".", "network", "network/*", "network/*/*", "client"},

	"firehose":      {"*"},
	"firehose/mix":  {},
	"firehose/soak": {"*"},
	"server":        {"*"},
	"cmd/hearth":    {"*"},
	"e2e":           {"*"},
	".ci/count":     {},
}

// allowed is the row of the table that holds for a folder.
func allowed(dir string) ([]string, bool) {
	if row, ok := imports[dir]; ok {
		return row, true
	}
	for parts := strings.Split(dir, "/"); len(parts) > 1; {
		name := parts[0] + strings.Repeat("/*", len(parts)-1)
		row, ok := imports[name]
		return row, ok
	}
	return nil, false
}

func covers(row []string, room string) bool {
	return slices.ContainsFunc(row, func(entry string) bool {
		if entry == "*" || entry == room {
			return true
		}
		ok, _ := path.Match(entry, room)
		return ok
	})
}

// TestImportsFollowTheTable reads every Go file of the house.
func TestImportsFollowTheTable(t *testing.T) {
	rooms := 0
	eachGoFile(t, func(file, dir string) {
		row, ok := allowed(dir)
		if !ok {
			t.Errorf("%s: the room %q is not in the import table of arch_test.go", file, dir)
			return
		}
		rooms++
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		for _, spec := range parsed.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			room, ours := strings.CutPrefix(name, "hearth/")
			if name == "hearth" {
				room, ours = ".", true
			}
			if ours && room != dir && !covers(row, room) {
				t.Errorf("%s imports %s, which the import table does not allow", file, name)
			}
		}
	})
	if rooms < 20 {
		t.Fatalf("only %d files were read: the test does not see the house", rooms)
	}
}

// TestOnlyTheClockTellsTheTime proves the lint half of I28.
func TestOnlyTheClockTellsTheTime(t *testing.T) {
	found := false
	eachGoFile(t, func(file, dir string) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			return
		}
		if !strings.Contains(string(source), "time.Now(") {
			return
		}
		if file == "clock.go" {
			found = true
			return
		}
		t.Errorf("%s calls time.Now; take a hearth.Clock instead", file)
	})
	if !found {
		t.Fatal("clock.go does not call time.Now: the test looks for the wrong thing")
	}
}

// TestNoRoomIsNamedForWhatItHolds keeps drawers out of the house.
func TestNoRoomIsNamedForWhatItHolds(t *testing.T) {
	bad := []string{"util", "utils", "common", "model", "models", "helper", "helpers", "manager", "types", "misc", "shared", "base", "internal", "pkg"}
	eachGoFile(t, func(file, dir string) {
		if slices.Contains(bad, path.Base(dir)) {
			t.Errorf("%s: name the room for what it does", file)
		}
	})
}

// TestNothingRegistersItself keeps init functions out.
func TestNothingRegistersItself(t *testing.T) {
	eachGoFile(t, func(file, dir string) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			return
		}
		if strings.Contains(string(source), "\nfunc init() {") {
			t.Errorf("%s registers itself in init; say it where things meet", file)
		}
	})
}

// eachGoFile calls do for every Go file that is not a test, with its folder.
func eachGoFile(t *testing.T, do func(file, dir string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == ".git" || e.Name() == "testdata" || e.Name() == "bin" || file == "bench"): // bench is a module of its own
			return filepath.SkipDir
		case !e.IsDir() && strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go"):
			do(filepath.ToSlash(file), filepath.ToSlash(filepath.Dir(file)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestThereIsOneWayOut proves I35: only outbound opens connections to places
// that somebody else chose.
func TestThereIsOneWayOut(t *testing.T) {
	may := map[string][]string{
		"outbound":                 {"net.Dialer{", "http.Transport{", "http.Client{"},
		"client":                   {"http.Client{", "http.DefaultTransport"}, // to our own server
		"db":                       {"net.Dialer{"},                           // to the operator's database
		"ingest":                   {"http.DefaultClient"},                    // where neither Out nor HTTP is given, in tests
		"network/networktest":      {"http.Client{", "http.Transport{"},       // to fakes
		"network/networktest/wire": {"net.Dial("},                             // likewise
		"firehose/soak":            {"http.DefaultClient", "http.Client{"},    // to the program that it watches
		"network/bluesky":          {"websocket.Dial("},                       // by the session's client
		"network/mastodon":         {"websocket.Dial("},                       // likewise
	}
	words := []string{"net.Dial(", "net.DialTimeout(", "net.Dialer{", "tls.Dial(", "tls.Dialer{", "http.Get(", "http.Post(", "http.Head(", "http.DefaultClient",
		"http.DefaultTransport", "http.Client{", "http.Transport{", "websocket.Dial(", "smtp.Dial("}
	used := map[string]bool{}
	eachGoFile(t, func(file, dir string) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			return
		}
		for _, word := range words {
			if !strings.Contains(string(source), word) {
				continue
			}
			used[dir] = true
			if !slices.Contains(may[dir], word) {
				t.Errorf("%s has %s; go through outbound", file, word)
			}
		}
	})
	if !used["outbound"] {
		t.Fatal("outbound dials nowhere: the test looks for the wrong thing")
	}
}
