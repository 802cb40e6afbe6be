// Command understand measures what Hearth understands of posts beside libraries
// that one would otherwise take: the same texts, the same machine, one run. Run
// it in bench, where the data sets lie beside the repository, as
//
//	go run ./understand          prints the tables
//	go run ./understand -write   and writes them into docs/models.md
//	go run ./understand -only language,sentiment
//
// What is not installed (fasttext and libcld2-dev are Debian's) is named in the
// tables. Where a library has no model of a task, fastText stands in, trained here
// on the very rows that Hearth's own head was trained on: the trainers in
// analysis write them down. Nobody is measured with a row that it learnt from,
// except where a note says so.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	write := flag.Bool("write", false, "write the tables into docs/models.md")
	only := flag.String("only", "", "tasks to measure, with commas between; all if empty")
	root := flag.String("root", "..", "the repository")
	flag.Parse()
	if err := run(*root, *only, *write); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root, only string, write bool) (err error) {
	if err := os.Chdir(root); err != nil { // the data sets are found from here
		return err
	}
	dir, err := os.MkdirTemp("", "understand")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for _, part := range []struct {
		name string
		run  func(*report) error
	}{{"language", languages}, {"sentiment", sentiments}, {"intent", intents}} {
		if only != "" && !slices.Contains(strings.Split(only, ","), part.name) {
			continue
		}
		r := &report{dir: dir}
		if err := part.run(r); err != nil {
			return err
		}
		fmt.Print(r.String())
		if write {
			if err := r.save(filepath.Join("docs", "models.md"), part.name); err != nil {
				return err
			}
		}
	}
	return nil
}

// report is the tables of a task as they come, and a folder for what is made on the way.
type report struct {
	strings.Builder
	dir string
}

func (r *report) print(format string, args ...any) { fmt.Fprintf(r, format, args...) }

// lessons are the rows of a trainer in analysis, with what its head answers to
// those that it did not learn from.
func (r *report) lessons(trainer string, arguments ...string) (string, error) {
	path := filepath.Join(r.dir, trainer+".jsonl")
	fmt.Fprintf(os.Stderr, "the rows of %s …\n", trainer)
	command := exec.CommandContext(context.Background(), "go", append([]string{"run", "./analysis/" + trainer + "/train", "-lessons", path}, arguments...)...)
	command.Stderr = os.Stderr
	return path, command.Run()
}

// save puts the tables of a task below its heading in the page, where they
// replace what stands there up to the next heading.
func (r *report) save(name, task string) error {
	page, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	heading, _, _ := strings.Cut(r.String(), "\n")
	before, rest, ok := strings.Cut(string(page), "\n"+heading+"\n")
	if !ok {
		return fmt.Errorf("%s lacks the heading %q of %s", name, heading, task)
	}
	after := ""
	if next := regexp.MustCompile(`(?m)^##`).FindStringIndex(rest); next != nil {
		after = rest[next[0]:]
	}
	foot := fmt.Sprintf("Measured on %s, %s/%s, one of %d processors (%s), %s.\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), runtime.Version())
	return os.WriteFile(name, []byte(before+"\n"+r.String()+foot+after), 0o644)
}

// processor is what the machine calls its processor.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	model := ""
	for line := range strings.Lines(string(info)) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "model name" {
			model = cmp.Or(model, strings.TrimSpace(value))
		}
	}
	return cmp.Or(model, "unknown")
}
