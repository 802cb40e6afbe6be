package server_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearth"
	"hearth/cli"
	"hearth/client"
	"hearth/db"
	"hearth/server"
)

// examined is what the doctor finds in a data directory.
func examined(t *testing.T, dir string, o cli.DoctorOptions, env ...string) []cli.Finding {
	t.Helper()
	o.Progress = func(string, float64) {}
	getenv := func(name string) string {
		for _, e := range env {
			if value, ok := strings.CutPrefix(e, name+"="); ok {
				return value
			}
		}
		return ""
	}
	findings := server.Tools(getenv).Doctor(t.Context(), cli.Given{"data": dir, "listen": "127.0.0.1:0"}, o)
	for _, f := range findings {
		if f.Grade != cli.Good && (f.Saw == "" || f.Means == "" || f.Advice == "") && !strings.HasPrefix(f.Saw, "and ") {
			t.Errorf("a finding that explains nothing: %+v", f)
		}
	}
	return findings
}

// found is the findings of a grade, as text.
func found(findings []cli.Finding, grade cli.Grade) string {
	var b strings.Builder
	for _, f := range findings {
		if f.Grade == grade {
			fmt.Fprintf(&b, "%s: %s → %s (%s)\n", f.Name, f.Saw, f.Advice, f.Code)
		}
	}
	return b.String()
}

// kept is a data directory with posts in it.
func kept(t *testing.T, posts int) string {
	t.Helper()
	dir := t.TempDir()
	r := start(t, configIn(dir))
	var lines strings.Builder
	for i := range posts {
		fmt.Fprintf(&lines, `{"network":"demo","id":"%d","author":{"id":"a%d"},"text":"acme says %d things about word%d"}`+"\n", i, i%50, i, i%997)
	}
	if _, err := r.Import(t.Context(), strings.NewReader(lines.String()), client.ImportOptions{Format: "ndjson"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheDoctorFindsNothingWhereNothingIsWrong(t *testing.T) {
	t.Parallel()
	dir := kept(t, 100)
	for _, o := range []cli.DoctorOptions{{}, {Deep: true}, {Reindex: true}} {
		findings := examined(t, dir, o)
		if bad := found(findings, cli.Bad); bad != "" {
			t.Errorf("%+v: %s", o, bad)
		}
		if good := found(findings, cli.Good); !strings.Contains(good, "archive: 100 rows read") && !o.Reindex || !strings.Contains(good, "files: private") {
			t.Errorf("%+v: %s", o, good)
		}
		if good := found(findings, cli.Good); o.Deep && !strings.Contains(good, "bots: every post counts") {
			t.Errorf("the doctor does not look at bots: %s", good)
		}
	}
}

// Figures that are wrong are found, with what to do, which mends them.
func TestTheDoctorFindsPostsThatCountForNobodyAndSaysHowTheyAreMended(t *testing.T) {
	t.Parallel()
	dir := kept(t, 100)
	if bad := found(examined(t, dir, cli.DoctorOptions{Rebuild: true}), cli.Bad); bad != "" {
		t.Fatal(bad)
	}
	store, err := db.Open(t.Context(), filepath.Join(dir, "archive.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = store.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM bot_post WHERE workspace_id = 1 AND seq = 7`)
		return err
	})
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	if fair := found(examined(t, dir, cli.DoctorOptions{Deep: true}), cli.Fair); !strings.Contains(fair, "bots: 1 posts and 1 accounts") || !strings.Contains(fair, "hearth doctor --rebuild") {
		t.Errorf("a post that counts for nobody: %s", fair)
	}
	if good := found(examined(t, dir, cli.DoctorOptions{Deep: true, Rebuild: true}), cli.Good); !strings.Contains(good, "bots: every post counts") {
		t.Errorf("after finding them anew: %s", good)
	}
}

func TestTheDoctorFindsDamagedPagesWithoutBeingAskedToLookDeeply(t *testing.T) {
	t.Parallel()
	dir := kept(t, 3000)
	whole, err := os.ReadFile(filepath.Join(dir, "archive.db"))
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	pages := len(whole) / page
	for i := range 5 {
		at := 1 + (i*pages/5+i*7)%(pages-1)
		hurt := append([]byte(nil), whole...)
		for j := range 64 {
			hurt[at*page+j] ^= 0xff
		}
		if err := os.WriteFile(filepath.Join(dir, "archive.db"), hurt, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, deep := range []bool{false, true}[:2-min(i, 1)] {
			bad := found(examined(t, dir, cli.DoctorOptions{Deep: deep}), cli.Bad)
			if !strings.Contains(bad, "("+string(hearth.Damaged)+")") || !strings.Contains(bad, "hearth restore") && !strings.Contains(bad, "backup") {
				t.Errorf("page %d of %d, deep %v: %q", at, pages, deep, bad)
			}
		}
	}
}

func TestTheDoctorFindsWhatOthersMayRead(t *testing.T) {
	t.Parallel()
	dir := kept(t, 1)
	key := filepath.Join(dir, "keys", "sources.key")
	for _, name := range []string{key, filepath.Join(dir, "hearth.db")} {
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
		if fair := found(examined(t, dir, cli.DoctorOptions{}), cli.Fair); !strings.Contains(fair, "chmod 600 "+name) {
			t.Errorf("%s: %s", name, fair)
		}
		if err := os.Chmod(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if fair := found(examined(t, dir, cli.DoctorOptions{}), cli.Fair); !strings.Contains(fair, "sources.key is not there") {
		t.Errorf("without the key: %s", fair)
	}
}

func TestTheDoctorTriesTheNetworksOfSources(t *testing.T) {
	t.Parallel()
	here, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	dir := t.TempDir()
	r := start(t, configIn(dir))
	for _, at := range []string{here.Addr().String(), gone.Addr().String(), "169.254.169.254"} {
		if _, err := r.AddSource(t.Context(), client.SourceDraft{Network: "mastodon", Name: at, Settings: map[string]string{"server": "http://" + at}}); err != nil {
			t.Fatal(err)
		}
	}
	// Of a running server, its sources tell.
	eventually(t, "the doctor finds sources that failed", func() bool {
		return strings.Contains(found(examined(t, dir, cli.DoctorOptions{}), cli.Bad), "hearth source resume")
	})
	if fair := found(examined(t, dir, cli.DoctorOptions{Deep: true}), cli.Fair); !strings.Contains(fair, "the server has it") {
		t.Errorf("deep, with a server: %s", fair)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	findings := examined(t, dir, cli.DoctorOptions{}, "HEARTH_ALLOW=127.0.0.1:*")
	fair, good := found(findings, cli.Fair), found(findings, cli.Good)
	for _, want := range []string{"network " + gone.Addr().String() + ": cannot be reached", "network 169.254.169.254:80: Hearth does not connect to 169.254.169.254"} {
		if !strings.Contains(fair, want) {
			t.Errorf("it does not say %q but\n%s", want, fair)
		}
	}
	if !strings.Contains(good, "networks: 1 of 3 hosts can be reached") {
		t.Errorf("%s", good)
	}
}

func TestWithoutAServerTheStatusDoesNotSayThatOneRuns(t *testing.T) {
	t.Parallel()
	config := configIn(t.TempDir())
	c, done, err := server.Connect(t.Context(), config, func(string) string { return "" }, true)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if st, err := c.Status(t.Context()); err != nil || st.State != "not running" {
		t.Errorf("%q, %v", st.State, err)
	}
}
