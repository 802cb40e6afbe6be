// Package dbtest lets one suite of tests run on both engines: on SQLite as it
// is, and once more on a temporary PostgreSQL by one test of the package,
//
//	func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }
//
// as long as the tests ask Location where their databases are.
//
// Where PostgreSQL is not installed Again skips with a line that says so; in CI
// that is a failure.
package dbtest

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hearth/db"
)

// engine is the variable that says on which engine the tests run.
const engine = "HEARTH_TEST_ENGINE"

// rounds is the variable that says how often the tests kill a process: less often
// in the second run, unless somebody asks for a number.
const rounds = "HEARTH_KILL_ROUNDS"

// OnPostgreSQL says that this is the run that Again has made.
func OnPostgreSQL() bool { return os.Getenv(engine) == "postgres" }

// Home is where the databases of one test are, for db.At: a directory, or a
// place of its own in the PostgreSQL of this process.
func Home(t testing.TB) string {
	t.Helper()
	if !OnPostgreSQL() {
		return t.TempDir()
	}
	return Postgres(t).Home()
}

// Location is that of one database of its own.
func Location(t testing.TB) string {
	t.Helper()
	return db.At(Home(t), "test")
}

// SQLiteOnly skips a test in the run on PostgreSQL, because of what it is about.
func SQLiteOnly(t testing.TB, why string) {
	t.Helper()
	if OnPostgreSQL() {
		t.Skip("not on PostgreSQL: " + why)
	}
}

// Again runs the package's tests once more, on PostgreSQL.
func Again(t *testing.T) {
	t.Helper()
	if OnPostgreSQL() {
		t.Skip("this is that run")
	}
	t.Parallel()
	Find(t)
	args := []string{"-test.skip=^" + t.Name() + "$", "-test.v", "-test.timeout=20m"}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), engine+"=postgres")
	if os.Getenv(rounds) == "" {
		cmd.Env = append(cmd.Env, rounds+"=3")
	}
	out, err := cmd.CombinedOutput()
	passed := 0
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.HasPrefix(strings.TrimSpace(lines.Text()), "--- PASS") {
			passed++
		}
	}
	if err != nil {
		t.Fatalf("on PostgreSQL: %v\n%s", err, failures(out))
	}
	if passed == 0 {
		t.Fatal("no test passed on PostgreSQL: the run is blind")
	}
	t.Logf("%d tests passed on PostgreSQL", passed)
}

// failures is the end of an output that is worth reading.
func failures(out []byte) []byte {
	const most = 30_000
	var b bytes.Buffer
	for line := range bytes.Lines(out) {
		for _, dull := range []string{"=== RUN", "=== PAUSE", "=== CONT", "=== NAME", "--- PASS", "--- SKIP"} {
			if bytes.HasPrefix(bytes.TrimSpace(line), []byte(dull)) {
				line = nil
				break
			}
		}
		b.Write(line)
	}
	if b.Len() > most {
		return fmt.Appendf(nil, "…%s", b.Bytes()[b.Len()-most:])
	}
	return b.Bytes()
}
