package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"hearth"
	"hearth/client"
)

type importCommand struct {
	File   []string          `arg:"" optional:"" help:"Files, also .gz and .zst; \"-\" or none reads standard input."`
	Format string            `short:"f" placeholder:"FORMAT" help:"How the files are written; recognised if not given. --formats lists them."`
	Set    map[string]string `placeholder:"NAME=VALUE" help:"A setting of the format, such as the column that holds the text."`
	Again  bool              `help:"Read a file again that was imported before. Posts are not doubled."`

	AcceptBad bool `name:"accept-bad" help:"Go on however many records cannot be read."`

	DryRun bool `name:"dry-run" help:"Only read: say what would be imported. With --json, write the post documents."`

	Formats bool `help:"List the formats and their settings."`
}

func (c *importCommand) Run(s *session) error {
	if c.Formats {
		return s.printFormats()
	}
	if len(c.File) == 0 {
		c.File = []string{"-"}
	}
	if c.DryRun {
		return c.dryRun(s)
	}
	for _, name := range c.File { // before a data directory is made for nothing
		if file, _, err := s.open(name); err != nil {
			return fmt.Errorf("importing %s: %w", name, err)
		} else if name != "-" {
			file.Close()
		}
	}
	return s.withNew(func(api *client.Client) error {
		bad := false
		for _, name := range c.File {
			done, err := c.one(s, api, name)
			if err != nil {
				return fmt.Errorf("importing %s: %w", name, err)
			}
			bad = bad || done.Records > 0 && done.Rejected == done.Records
		}
		if bad {
			return hearth.Errorf(hearth.Invalid, "Nothing of a file could be read; is --format right?")
		}
		return nil
	})
}

// one imports one file.
func (c *importCommand) one(s *session, api *client.Client, name string) (client.ImportProgress, error) {
	file, total, err := s.open(name)
	if err != nil {
		return client.ImportProgress{}, err
	}
	defer file.Close()
	line, pace := s.statusLine(), newPace(s.env.Clock)
	sent := &byteCounter{r: file}
	show := func(p client.ImportProgress) {
		text := fmt.Sprintf("%s records  %s/s", grouped(p.Records), grouped(int64(pace.rate(p.Records))))
		if total > 0 {
			text = fmt.Sprintf("%s  %s  %s", bar(float64(sent.n.Load())/float64(total)), text, pace.left(sent.n.Load(), total))
		}
		line.set(label(name) + "  " + text)
	}
	options := client.ImportOptions{Name: filepath.Base(name), Format: c.Format, Settings: c.Set, AcceptBad: c.AcceptBad}
	if regular, ok := file.(*os.File); ok && !c.Again {
		if options.ID, err = c.fingerprint(regular); err != nil {
			return client.ImportProgress{}, err
		}
	}
	if total > 0 {
		show(client.ImportProgress{})
	}
	done, err := api.Import(s.ctx, sent, options, show)
	line.clear()
	if err != nil && done.Records == 0 {
		return done, err
	}
	if s.json {
		s.printLine(struct {
			File string `json:"file"`
			client.ImportProgress
		}{name, done})
		return done, err
	}
	if done.Done && done.Resumed == 0 && done.Begun.Before(pace.started) && options.ID != "" {
		s.printf("%s was imported before, on %s: %s, %s stored. Use --again to read it once more.\n",
			label(name), done.Begun.Format("2006-01-02 15:04 UTC"), counted(done.Records, "record"), grouped(done.Stored))
		return done, err
	}
	if done.Resumed > 0 {
		s.note("Went on behind record %s, where it broke off before.", grouped(done.Resumed))
	}
	s.printf("%s: %s (%s), %s stored, %s there before, %s unreadable in %s\n", label(name),
		counted(done.Records, "record"), orNone(done.Format), grouped(done.Stored), grouped(done.Duplicates), grouped(done.Rejected),
		span(s.env.Clock().Sub(pace.started)))
	s.printReasons(done.Reasons)
	return done, err
}

// fingerprint names the content of a file by its size, its age, both its ends
// and how it is to be read, so that an import that broke off can go on and a
// file that has grown is another one.
func (c *importCommand) fingerprint(f *os.File) (string, error) {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return "", nil // a pipe has no fingerprint
	}
	h := sha256.New()
	fmt.Fprintf(h, "%d %d %q %v", info.Size(), info.ModTime().UnixNano(), c.Format, c.Set)
	const end = 64 << 10
	for _, at := range []int64{0, max(0, info.Size()-end)} {
		if _, err := io.Copy(h, io.NewSectionReader(f, at, end)); err != nil {
			return "", hearth.Errorf(hearth.Invalid, "The file cannot be read: %v.", unwrapped(err))
		}
	}
	return "file-" + hex.EncodeToString(h.Sum(nil)[:20]), nil
}

func (s *session) printReasons(reasons []client.ImportReason) {
	for _, r := range reasons {
		where := make([]string, len(r.First))
		for i, n := range r.First {
			where[i] = grouped(n)
		}
		dots := ""
		if r.Count > int64(len(r.First)) {
			dots = " …"
		}
		s.printf("  %s× %s %s\n", s.style.warn(grouped(r.Count)), safe(r.Reason),
			s.style.faint("(record "+strings.Join(where, ", ")+dots+")"))
	}
}

func label(name string) string {
	if name == "-" {
		return "standard input"
	}
	return safe(name)
}

// open opens a file or standard input; total is 0 where nobody knows it.
func (s *session) open(name string) (f io.ReadCloser, total int64, err error) {
	if name == "-" {
		return io.NopCloser(&whileAlive{s.ctx, s.env.Stdin}), 0, nil
	}
	file, err := os.Open(name)
	if err != nil {
		code := hearth.Invalid
		if os.IsNotExist(err) {
			code = hearth.NotFound
		}
		return nil, 0, hearth.Errorf(code, "The file %s cannot be opened: %v.", name, unwrapped(err))
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		file.Close()
		return nil, 0, hearth.Errorf(hearth.Invalid, "%s is a directory; name the files in it.", name)
	}
	if err == nil && info.Mode().IsRegular() {
		total = info.Size()
	}
	return file, total, nil
}

// dryRun reads without storing.
func (c *importCommand) dryRun(s *session) error {
	for _, name := range c.File {
		if err := c.dryOne(s, name); err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
	}
	return nil
}

func (c *importCommand) dryOne(s *session, name string) error {
	file, total, err := s.open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	out := newLineWriter(s.env.Stdout)
	sent := &byteCounter{r: file, before: func() { out.flush() }}
	line, pace := s.statusLine(), newPace(s.env.Clock)
	tally := newTally()
	options := ReadOptions{Name: name, Format: c.Format, Settings: c.Set}
	err = s.tools.Read(s.ctx, sent, options, func(r *Record) error {
		tally.add(r)
		if s.json {
			if err := out.record(r); err != nil {
				return err
			}
		}
		if tally.records%1024 == 0 {
			share := ""
			if total > 0 {
				share = bar(float64(sent.n.Load())/float64(total)) + "  "
			}
			line.set(fmt.Sprintf("%s  %s%s records  %s/s", label(name), share, grouped(tally.records), grouped(int64(pace.rate(tally.records)))))
		}
		return nil
	})
	line.clear()
	if err := out.flush(); err != nil {
		return err
	}
	if s.json {
		return err
	}
	s.printf("%s: %s, %s, %s, %s unreadable; nothing was stored\n", label(name),
		counted(tally.records, "record"), counted(tally.posts, "post"), counted(tally.others, "other event"), grouped(tally.bad))
	s.printReasons(tally.reasons())
	return err
}

func (s *session) printFormats() error {
	for _, f := range s.tools.Formats {
		if s.json {
			if err := s.printLine(struct {
				Name     string   `json:"name"`
				Title    string   `json:"title"`
				Settings []string `json:"settings,omitempty"`
			}{f.Name, f.Title, f.Help}); err != nil {
				return err
			}
			continue
		}
		s.printf("%s  %s\n", s.style.bold(pad(f.Name, 12)), f.Title)
		for _, line := range f.Help {
			s.printf("    %s\n", s.style.faint(line))
		}
	}
	return nil
}

// withStop is a context that can be ended from inside.
func withStop(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	return ctx, cancel
}
