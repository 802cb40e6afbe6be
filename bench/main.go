// Command bench measures Hearth against its peers: the same work on the same
// frozen posts and monitors, on the same machine, in one run. A claim of speed
// is a ratio of this table; nothing here is a test.
//
//	go run .                 everything that can be had on this machine
//	go run . -only match     one part
//	go run . -write          and write the table into README.md
//
// It is a module of its own so that the peers never become part of Hearth.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// part is one comparison.
type part struct {
	name string
	what string
	run  func(*sheet) error
}

func parts() []part {
	return []part{
		{"decode", "A Bluesky frame of 650–800 bytes to a post, one core.", decodeFrames},
		{"tokenise", "The text of a post to searchable words, one core.", tokenise},
		{"match", "A post's text against standing queries: to the ids of those that want it, its words cut as part of the work, one core.", matchPosts},
		{"archive", "Posts stored durably and findable, 512 a commit, each commit on the disk.", appendPosts},
		{"search", "The newest 50 of all stored posts that match, typical queries, on what the part before stored.", searchPosts},
		{"history", "A new monitor over raw posts in zstd blocks.", history},
		{"language", "The language of a post, one core.", languages},
		{"sentiment", "The sentiment of an English post, one core.", sentiments},
		{"firehose", "The whole way: frames of the stream to stored posts, 10,000 monitors, all cores.", firehosePosts},
	}
}

func main() {
	only := flag.String("only", "", "names of the parts to run, with commas between")
	write := flag.Bool("write", false, "write the table into README.md")
	flag.Parse()
	s := &sheet{}
	failed := false
	for _, p := range parts() {
		if *only != "" && !strings.Contains(","+*only+",", ","+p.name+",") {
			continue
		}
		s.begin(p)
		if err := p.run(s); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", p.name, err)
			s.absent("the rest of this part", err.Error())
			failed = true
		}
		s.end()
	}
	if *write {
		if err := s.save("README.md"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if failed {
		os.Exit(1)
	}
}

// sheet collects the results and prints them as they come.
type sheet struct {
	text strings.Builder
	rows []row
}

// row is one contestant's result.
type row struct {
	name   string
	each   time.Duration // for one post or query
	allocs float64       // for one; -1: not ours to count
	note   string
	absent string
}

func (s *sheet) begin(p part) {
	s.rows = s.rows[:0]
	s.print("### %s\n\n%s\n\n", p.name, p.what)
	fmt.Fprintf(os.Stderr, "%s …\n", p.name)
}

// add takes a result; the first of a part is Hearth's.
func (s *sheet) add(r row) {
	fmt.Fprintf(os.Stderr, "  %-28s %v\n", r.name, r.each)
	s.rows = append(s.rows, r)
}

// absent says why a peer could not be measured.
func (s *sheet) absent(name, why string) {
	fmt.Fprintf(os.Stderr, "  %-28s not here: %s\n", name, why)
	s.rows = append(s.rows, row{name: name, absent: why})
}

func (s *sheet) end() {
	s.print("| | each | a second | allocations | against Hearth | |\n|---|--:|--:|--:|--:|---|\n")
	var ours time.Duration
	for i, r := range s.rows {
		if r.absent != "" {
			s.print("| %s | – | – | – | – | not here: %s |\n", r.name, r.absent)
			continue
		}
		if i == 0 {
			ours = r.each
		}
		allocs := "–"
		if r.allocs >= 0 {
			allocs = fmt.Sprintf("%.1f", r.allocs)
		}
		s.print("| %s | %s | %s | %s | %.4g× | %s |\n", r.name, short(r.each), thousands(float64(time.Second)/float64(r.each)), allocs,
			float64(r.each)/float64(ours), r.note)
	}
	s.print("\n")
}

func (s *sheet) print(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	s.text.WriteString(text)
	fmt.Print(text)
}

const mark = "<!-- what follows is written by go run . -write -->\n"

// save puts the table behind the mark of the page.
func (s *sheet) save(name string) error {
	page, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, _, ok := strings.Cut(string(page), mark)
	if !ok {
		return fmt.Errorf("%s has no line %q", name, strings.TrimSpace(mark))
	}
	head := fmt.Sprintf("\nMeasured on %s, %s/%s, %d processors (%s), %s. “Against Hearth” is how many times as long it takes.\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), runtime.Version())
	return os.WriteFile(name, []byte(before+mark+head+s.text.String()), 0o644)
}

// processor is what the machine calls its processor.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	model := ""
	for line := range strings.Lines(string(info)) {
		key, value, _ := strings.Cut(line, ":")
		if key = strings.TrimSpace(key); key == "model name" || key == "CPU implementer" {
			model = cmp.Or(model, strings.TrimSpace(value))
		}
	}
	return cmp.Or(model, "unknown")
}

// measure runs the work over and over for at least the given time, after a
// first round that is not counted, and gives the time and the allocations of
// one. work does n pieces and says how many.
func measure(least time.Duration, work func() (pieces int, err error)) (time.Duration, float64, error) {
	if _, err := work(); err != nil {
		return 0, 0, err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin, done := time.Now(), 0
	for time.Since(begin) < least {
		n, err := work()
		if err != nil {
			return 0, 0, err
		}
		done += n
	}
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	return took / time.Duration(done), float64(after.Mallocs-before.Mallocs) / float64(done), nil
}

// contest measures one contestant.
func (s *sheet) contest(name, note string, work func() (int, error)) {
	each, allocs, err := measure(2*time.Second, work)
	if err != nil {
		s.absent(name, err.Error())
		return
	}
	s.add(row{name: name, each: each, allocs: allocs, note: note})
}

func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.3g s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	case d >= time.Microsecond:
		return fmt.Sprintf("%.3g µs", float64(d)/1e3)
	}
	return fmt.Sprintf("%d ns", d.Nanoseconds())
}

func thousands(v float64) string {
	if v < 100 {
		return fmt.Sprintf("%.3g", v)
	}
	text := fmt.Sprintf("%.0f", v)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
