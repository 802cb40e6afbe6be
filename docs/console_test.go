package docs_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hearth"
	"hearth/cli"
	"hearth/server"
)

// asHearth makes the test binary the program itself, so that the commands of
// the manual run in a real shell without a build.
const asHearth = "HEARTH_DOCS_AS_HEARTH"

func TestMain(m *testing.M) {
	if os.Getenv(asHearth) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Clock: hearth.SystemClock,
	}, server.Tools(os.Getenv))
	stop()
	os.Exit(code)
}

// TestCommandsAnswerAsThePagesSay runs every block marked console: each line
// that begins with $ is given to a shell, and what follows is what it must
// print. Where the page has …, anything may stand; a line of … alone is any
// number of lines. The commands of a page run in one folder, in order, with the
// files that the page shows in blocks marked file=NAME.
func TestCommandsAnswerAsThePagesSay(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the manual's commands are for a Unix shell")
	}
	ran := 0
	for _, page := range pages(t) {
		sh := newShell(t)
		for _, f := range fences(t, page) {
			sh.write(t, f)
			if len(f.info) == 1 && f.info[0] == "console" {
				ran += sh.console(t, f)
			}
		}
	}
	if ran < 20 {
		t.Fatalf("only %d commands were run: the test does not see them", ran)
	}
}

// shell runs commands in a folder of its own.
type shell struct {
	dir  string
	env  []string
	code int // of the last command
}

func newShell(t *testing.T) *shell {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin, dir := t.TempDir(), t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "hearth")); err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=" + bin + ":" + os.Getenv("PATH"), asHearth + "=1", "HOME=" + dir, "LC_ALL=C.UTF-8", "TZ=UTC", "COLUMNS=100"}
	return &shell{dir: dir, env: env}
}

// write makes the file that a block shows.
func (sh *shell) write(t *testing.T, f fence) {
	t.Helper()
	for _, word := range f.info {
		if name, ok := strings.CutPrefix(word, "file="); ok {
			text := strings.Join(f.lines, "\n") + "\n"
			if err := os.WriteFile(filepath.Join(sh.dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (sh *shell) console(t *testing.T, f fence) (ran int) {
	t.Helper()
	for i := 0; i < len(f.lines); {
		command, ok := strings.CutPrefix(f.lines[i], "$ ")
		if !ok {
			t.Fatalf("%s:%d: a console block begins with $", f.page, f.line+1+i)
		}
		begin := i
		for i++; i < len(f.lines) && !strings.HasPrefix(f.lines[i], "$ "); i++ {
		}
		want := strings.Trim(strings.Join(f.lines[begin+1:i], "\n"), "\n")
		got := strings.Trim(sh.run(t, command), "\n")
		if !pattern(want).MatchString(got) {
			t.Errorf("%s:%d: $ %s\nprints\n%.4000s\nand the page says\n%s", f.page, f.line+1+begin, command, got, want)
		}
		ran++
	}
	return ran
}

// run gives what a command prints, to either output.
func (sh *shell) run(t *testing.T, command string) string {
	t.Helper()
	if command == "echo $?" {
		return strconv.Itoa(sh.code)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", command)
	c.Dir, c.Env = sh.dir, sh.env
	out, err := c.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatalf("%s: %v", command, err)
	}
	sh.code = c.ProcessState.ExitCode()
	return string(out)
}

// pattern is what a page says, with … for anything.
func pattern(want string) *regexp.Regexp {
	lines := strings.Split(want, "\n")
	for i, line := range lines {
		if line == "…" {
			lines[i] = `(?s:.*)`
			continue
		}
		lines[i] = strings.ReplaceAll(regexp.QuoteMeta(strings.TrimRight(line, " ")), "…", `.*`) + ` *`
	}
	return regexp.MustCompile(`\A` + strings.Join(lines, "\n") + `\z`)
}
