package server_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"hearth"
	"hearth/cli"
	"hearth/client"
	"hearth/pairing"
	"hearth/server"
)

// days are copies of data directories: some of servers that had ended, some (as
// a crash leaves them) of servers that ran.
type days struct {
	first, second, third   string // ended
	early, late            string // running, at the second start, before and after more was marked
	foreign, foreignWorked string // of another installation, ended and running
}

// newDays lives through three days.
func newDays(t *testing.T) *days {
	t.Helper()
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	d := &days{at("first"), at("second"), at("third"), at("early"), at("late"), at("foreign"), at("foreign-worked")}
	home := at("home")
	day := func(home string, do func(bring func(n int), copy func(to string))) {
		config := configIn(home)
		config.Replay = time.Hour
		s, err := server.Build(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		face := httptest.NewServer(s.Handler())
		c, err := client.New(face.URL, client.Options{Key: s.Key()})
		if err != nil {
			t.Fatal(err)
		}
		bring := func(n int) {
			t.Helper()
			status, err := c.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var lines strings.Builder
			for i := range n {
				fmt.Fprintf(&lines, `{"network":"demo","id":"%d","text":"a word of day %[1]d"}`+"\n", int(status.Rows)+i)
			}
			if _, err := c.Import(t.Context(), strings.NewReader(lines.String()), client.ImportOptions{Format: "ndjson"}, nil); err != nil {
				t.Fatal(err)
			}
			if err := s.MarkHead(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		do(bring, func(to string) { copyDir(t, to, home) })
		face.Close()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	day(home, func(bring func(int), _ func(string)) { bring(50) })
	copyDir(t, d.first, home)
	day(home, func(bring func(int), copy func(string)) {
		bring(30)
		copy(d.early)
		bring(20)
		copy(d.late)
	})
	copyDir(t, d.second, home)
	day(home, func(bring func(int), _ func(string)) { bring(5) })
	copyDir(t, d.third, home)
	day(at("other"), func(bring func(int), copy func(string)) { bring(200); copy(d.foreignWorked) })
	copyDir(t, d.foreign, at("other"))
	return d
}

func copyDir(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// F8: directories that are put together from copies of several days and
// installations are refused, each with what is wrong and what to do; what a crash
// leaves and whole copies are not.
//
// proves F8, I26, and the part of F6 about marks
func TestAStartRefusesStoresThatDoNotBelongTogether(t *testing.T) {
	t.Parallel()
	d := newDays(t)
	const record = pairing.File
	cases := []struct {
		name string
		base string
		put  map[string]string // files of other copies over it; "": removed
		says string            // "": it starts
		plan string
	}{
		{name: "the first day", base: d.first},
		{name: "the third day", base: d.third},
		{name: "cut off early", base: d.early},
		{name: "cut off late", base: d.late},
		{name: "without a record", base: d.third, put: map[string]string{record: ""}},
		{name: "cut off, without a record", base: d.late, put: map[string]string{record: ""}},
		{name: "without the window", base: d.third, put: map[string]string{"replay.db": ""}},

		{name: "the archive is missing", base: d.third, put: map[string]string{"archive.db": ""}, says: "archive.db is missing", plan: "hearth restore"},
		{name: "the archive is missing, and the record", base: d.third, put: map[string]string{"archive.db": "", record: ""}, says: "archive.db is missing", plan: "hearth restore"},
		{name: "the state is missing", base: d.third, put: map[string]string{"hearth.db": ""}, says: "hearth.db is missing", plan: "hearth restore"},
		{name: "both are missing, but not the WAL", base: d.late, put: map[string]string{"archive.db": "", "hearth.db": "", record: ""}, says: "its WAL is there", plan: "hearth restore"},
		{name: "exchanged", base: d.third, put: map[string]string{"archive.db": d.third + "/hearth.db", "hearth.db": d.third + "/archive.db"}, says: "is really a", plan: "Bring back"},
		{name: "a foreign archive", base: d.third, put: map[string]string{"archive.db": d.foreign + "/archive.db"}, says: "archive.db is of another installation", plan: "Bring back"},
		{name: "a foreign archive, without a record", base: d.third, put: map[string]string{"archive.db": d.foreign + "/archive.db", record: ""}, says: "archive.db is of another installation", plan: "Bring back"},
		{name: "a foreign state", base: d.third, put: map[string]string{"hearth.db": d.foreign + "/hearth.db"}, says: "hearth.db is of another installation", plan: "Bring back"},
		{name: "a foreign window", base: d.third, put: map[string]string{"replay.db": d.foreign + "/replay.db"}, says: "replay.db is of another installation", plan: "Move it away"},
		{name: "an older archive", base: d.third, put: map[string]string{"archive.db": d.first + "/archive.db"}, says: "archive.db is an older copy: it has seen 1 starts of Hearth, but there were 3", plan: "hearth restore"},
		{name: "an older archive, without a record", base: d.third, put: map[string]string{"archive.db": d.first + "/archive.db", record: ""}, says: "archive.db is an older copy", plan: "hearth restore"},
		{name: "an archive of the day before, without a record", base: d.third, put: map[string]string{"archive.db": d.second + "/archive.db", record: ""}, says: "The archive's log ends at row 100, but had 105 rows: rows 101 to 105 are missing", plan: "hearth restore"},
		{name: "an older state", base: d.third, put: map[string]string{"hearth.db": d.first + "/hearth.db"}, says: "hearth.db is an older copy", plan: "hearth restore"},
		{name: "an older state, without a record", base: d.third, put: map[string]string{"hearth.db": d.second + "/hearth.db", record: ""}, says: "hearth.db is older than", plan: "hearth restore"},
		{name: "an older window", base: d.third, put: map[string]string{"replay.db": d.first + "/replay.db"}, says: "replay.db is an older copy", plan: "which posts were deleted since. Move it away"},
		{name: "an older record", base: d.third, put: map[string]string{record: d.first + "/" + record}, says: "was used after the other files", plan: "belong together"},
		{name: "an older archive beside a newer WAL", base: d.late, put: map[string]string{"archive.db": d.first + "/archive.db"}, says: "archive.db is an older copy", plan: "their WALs"},
		{name: "a newer archive beside an older WAL", base: d.third, put: map[string]string{"archive.db-wal": d.late + "/archive.db-wal"}, says: "archive.db-wal does not belong to", plan: "Move it away"},
		{name: "a newer state beside an older WAL", base: d.third, put: map[string]string{"hearth.db-wal": d.late + "/hearth.db-wal"}, says: "hearth.db-wal does not belong to", plan: "Move it away"},
		{name: "a foreign WAL", base: d.third, put: map[string]string{"archive.db-wal": d.foreignWorked + "/archive.db-wal"}, says: "archive.db-wal does not belong to", plan: "Move it away"},
		{name: "a foreign WAL after a crash", base: d.late, put: map[string]string{"archive.db-wal": d.foreignWorked + "/archive.db-wal"}, says: "archive.db-wal does not belong to", plan: "Move it away"},
		{name: "no WAL after a crash", base: d.late, put: map[string]string{"archive.db-wal": ""}, says: "archive.db-wal is missing", plan: "sqlite3"},
		{name: "no WAL of the state after a crash", base: d.late, put: map[string]string{"hearth.db-wal": ""}, says: "hearth.db-wal is missing", plan: "sqlite3"},
		{name: "no WAL after a crash, and no record", base: d.late, put: map[string]string{"archive.db-wal": "", record: ""}, says: "rows 51 to 100 are missing", plan: "hearth restore"},
		{name: "the archive of some minutes before", base: d.late, put: map[string]string{"archive.db": d.early + "/archive.db", "archive.db-wal": d.early + "/archive.db-wal"}, says: "rows 81 to 100 are missing", plan: "hearth restore"},
		{name: "the archive of an hour later", base: d.early, put: map[string]string{"archive.db": d.third + "/archive.db", "archive.db-wal": ""}, says: "archive.db was used after the other", plan: "belong together"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data")
			copyDir(t, dir, c.base)
			for name, from := range c.put {
				to := filepath.Join(dir, name)
				os.Remove(to)
				if from == "" {
					continue
				}
				text, err := os.ReadFile(from)
				if err == nil {
					err = os.WriteFile(to, text, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			config := configIn(dir)
			config.Replay = time.Hour
			for time := range 2 { // a refused start changes nothing
				s, err := server.Build(t.Context(), config)
				if err == nil {
					err = s.Close()
				}
				if c.says == "" {
					if err != nil {
						t.Fatalf("it does not start: %v", err)
					}
					continue
				}
				var wrong *pairing.Mismatch
				if hearth.ErrorCode(err) != hearth.Damaged || !errors.As(err, &wrong) || !strings.Contains(wrong.Saw, c.says) || !strings.Contains(wrong.Plan, c.plan) {
					t.Fatalf("start %d: %v", time+1, err)
				}
			}
			if c.says == "" {
				return
			}
			env := "HEARTH_REPLAY=1h"
			if bad := found(examined(t, dir, cli.DoctorOptions{}, env), cli.Bad); !strings.Contains(bad, "stores: ") || !strings.Contains(bad, c.says) || !strings.Contains(bad, c.plan) {
				t.Errorf("the doctor says %q", bad)
			}
			findings := examined(t, dir, cli.DoctorOptions{Accept: true}, env)
			if good := found(findings, cli.Good); strings.Contains(good, "stores: belong together from now on") {
				s, err := server.Build(t.Context(), config)
				if err != nil {
					t.Fatalf("after it was accepted it does not start: %v", err)
				}
				s.Close()
			} else if c.name != "exchanged" && !strings.Contains(c.name, "beside") && !strings.Contains(c.name, "WAL") {
				t.Errorf("it is not accepted: %s", found(findings, cli.Bad))
			}
		})
	}
}

// proves I26 for consumers, and F8 for a record that is damaged itself
func TestAStartRefusesAConsumerAheadOfTheLogAndARecordThatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	dir := kept(t, 20)
	file := filepath.Join(dir, pairing.File)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		if text[i] == '\n' || text[i] == ' ' {
			continue
		}
		hurt := append([]byte(nil), text...)
		hurt[i] ^= 1
		if err := os.WriteFile(file, hurt, 0o600); err != nil {
			t.Fatal(err)
		}
		if i%7 > 0 && i > 40 {
			continue
		}
		s, err := server.Build(t.Context(), configIn(dir))
		if err == nil {
			s.Close()
			t.Fatalf("byte %d of the record is wrong, and nobody minds", i)
		}
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := sql.Open("sqlite", filepath.Join(dir, "archive.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec("INSERT INTO consumer_position (consumer, seq) VALUES ('tests', 1000)"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "archive.db-wal")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal("the WAL is still there", err)
	}
	s, err := server.Build(t.Context(), configIn(dir))
	if err == nil {
		s.Close()
	}
	if hearth.ErrorCode(err) != hearth.Damaged || !strings.Contains(err.Error(), "up to row 1000, but it ends at row 20") {
		t.Errorf("a consumer ahead of the log: %v", err)
	}
}
