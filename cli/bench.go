package cli

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"hearth"
)

type benchCommand struct {
	Monitors string `placeholder:"FILE" help:"Queries, one a line; a frozen mix of 10,000 if not given."`
	Posts    string `placeholder:"FILE" help:"Post documents, one a line; a built-in stream if not given."`

	Stored    int    `placeholder:"POSTS" help:"Measure instead how quickly an archive of so many posts answers; it is made in --directory and kept there."`
	Directory string `placeholder:"DIR" help:"Where --stored keeps its archive."`
	Footprint bool   `help:"Measure instead how much memory the program takes, and how quickly it starts."`
}

func (c *benchCommand) Run(s *session) error {
	if (c.Stored > 0) != (c.Directory != "") {
		return hearth.Errorf(hearth.Invalid, "--stored and --directory go together: the archive takes some 400 bytes a post and is kept there.")
	}
	o := BenchOptions{Stored: c.Stored, Directory: c.Directory, Footprint: c.Footprint}
	if c.Monitors != "" {
		list, err := readQueries(c.Monitors)
		if err != nil {
			return err
		}
		o.Monitors = list
	}
	if c.Posts != "" {
		f, err := os.Open(c.Posts)
		if err != nil {
			return hearth.Errorf(hearth.NotFound, "The file %s cannot be opened: %v.", c.Posts, unwrapped(err))
		}
		defer f.Close()
		o.Posts = f
	}
	line, pace := s.statusLine(), newPace(s.env.Clock)
	stage := ""
	o.Progress = func(now string, done, total int64) {
		if now != stage {
			stage, pace = now, newPace(s.env.Clock)
		}
		share := 0.0
		if total > 0 {
			share = float64(done) / float64(total)
		}
		line.set(fmt.Sprintf("%-8s %s  %s posts/s  %s", stage, bar(share), grouped(int64(pace.rate(done))), pace.left(done, total)))
	}
	report, err := s.tools.Bench(s.ctx, o)
	line.clear()
	if err != nil {
		return err
	}
	if s.json {
		return s.printf("%s\n", report.JSON)
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	for _, l := range report.Lines {
		t.add(l.Name, l.Value)
	}
	return t.printRows(s.env.Stdout, s.out)
}

// readQueries reads one query a line; empty lines and lines with # are comments.
func readQueries(name string) (list []string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, hearth.Errorf(hearth.NotFound, "The file %s cannot be opened: %v.", name, unwrapped(err))
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 2<<20)
	for lines.Scan() {
		if q := strings.TrimSpace(lines.Text()); q != "" && !strings.HasPrefix(q, "# ") {
			list = append(list, q)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "The file %s cannot be read: %v.", name, err)
	}
	if len(list) == 0 {
		return nil, hearth.Errorf(hearth.Invalid, "The file %s holds no query.", name)
	}
	return list, nil
}
