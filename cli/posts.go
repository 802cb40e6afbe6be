package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hearth"
	"hearth/client"
)

// selection is the flags that say which stored posts are meant.
type selection struct {
	Query   []string `arg:"" optional:"" help:"The query; none: everything."`
	Monitor string   `short:"m" placeholder:"NAME" help:"Only what this monitor caught: its name or number."`
	From    string   `placeholder:"TIME" help:"Published at or after: 2026-05-31, 2026-05-31T09:00:00Z, or 7d, 12h, 30m ago."`
	To      string   `placeholder:"TIME" help:"Published before."`
}

func (c *selection) search(s *session, api *client.Client) (search client.Search, err error) {
	search.Query = strings.Join(c.Query, " ")
	if c.Monitor != "" {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return search, err
		}
		search.Monitor = m.ID
	}
	if search.From, err = s.moment("from", c.From); err != nil {
		return search, err
	}
	search.To, err = s.moment("to", c.To)
	return search, err
}

// moment reads a day, a moment, or a time back from now.
func (s *session) moment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, ok := hearth.ParseTime(text); ok {
		return t, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	back := text
	if days, ok := strings.CutSuffix(text, "d"); ok {
		back = days + "h"
	}
	if d, err := time.ParseDuration(back); err == nil && d >= 0 {
		if back != text {
			d *= 24
		}
		return s.env.Clock().Add(-d), nil
	}
	return time.Time{}, &hearth.Error{Code: hearth.Invalid, Field: flag,
		Message: fmt.Sprintf("--%s: write a day (2026-05-31), a moment (2026-05-31T09:00:00Z) or a time back (7d, 12h, 30m), not %q.", flag, text)}
}

type searchCommand struct {
	selection
	Limit  int    `short:"n" default:"20" help:"Most posts to show."`
	Cursor string `placeholder:"CURSOR" help:"Where the page before ended."`
	Oldest bool   `help:"Oldest first."`
}

// largestPage is the most posts asked for at once.
const largestPage = 200

func (c *searchCommand) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		search, err := c.search(s, api)
		if err != nil {
			return s.queryTrouble(search.Query, err)
		}
		r := client.SearchRequest{Search: search, Cursor: c.Cursor, Oldest: c.Oldest}
		shown := 0
		for shown < c.Limit {
			r.Limit = min(c.Limit-shown, largestPage)
			page, err := api.Search(s.ctx, r)
			if err != nil {
				return s.queryTrouble(search.Query, err)
			}
			for i := range page.Posts {
				if err := s.printHit(&page.Posts[i]); err != nil {
					return err
				}
			}
			shown += len(page.Posts)
			if r.Cursor = page.Next; r.Cursor == "" {
				break
			}
		}
		s.moreToCome(shown, r.Cursor)
		return nil
	})
}

// moreToCome says how a list ended.
func (s *session) moreToCome(shown int, cursor string) {
	switch {
	case s.json && cursor != "":
		s.note("There is more: --cursor %s", cursor)
	case s.json:
	case shown == 0:
		s.note("Nothing matches.")
	case cursor != "":
		s.note("%s", s.errStyle.faint("There is more: --cursor "+cursor))
	}
}

// queryTrouble shows the problems of a query under their places.
func (s *session) queryTrouble(text string, err error) error {
	var wrong *client.QueryError
	if s.json || !asQueryError(err, &wrong) {
		return err
	}
	var b strings.Builder
	onErr := *s
	onErr.style, onErr.out = s.errStyle, s.err
	onErr.writeProblems(&b, text, wrong.Diagnostics)
	io.WriteString(s.env.Stderr, b.String())
	return quietExit(ExitUsage)
}

// printHit shows a stored post.
func (s *session) printHit(h *client.Hit) error {
	if s.json {
		return s.printLine(h)
	}
	var hits []Range
	for _, r := range h.Highlights {
		if r.Part == "text" {
			hits = append(hits, Range{r.From, r.To})
		}
	}
	return s.printf("%s", s.postLines(&h.Post.Post, hits, true))
}

type countCommand struct {
	selection
	By    string `enum:"minute,hour,day,week,total" default:"total" help:"Width of the intervals: ${enum}."`
	Exact bool   `help:"Look at every post instead of judging many by a sample."`
}

func (c *countCommand) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		search, err := c.search(s, api)
		if err != nil {
			return err
		}
		r := client.CountRequest{Search: search, Exact: c.Exact}
		if c.By != "total" {
			r.Interval = c.By
		}
		counts, err := api.Count(s.ctx, r)
		if err != nil {
			return s.queryTrouble(search.Query, err)
		}
		if s.json {
			return s.printLine(counts)
		}
		return s.printCounts(&counts, c.By)
	})
}

func (s *session) printCounts(counts *client.Counts, by string) error {
	most := int64(1)
	for _, b := range counts.Buckets {
		most = max(most, b.Count)
	}
	layout := "2006-01-02 15:04"
	if by == "day" || by == "week" {
		layout = time.DateOnly
	}
	if len(counts.Buckets) > 0 {
		t := table{columns: []column{{title: by, paint: s.style.faint}, {title: "posts", right: true}, {paint: s.style.good}}}
		for _, b := range counts.Buckets {
			t.add(b.Start.UTC().Format(layout), grouped(b.Count), strings.Repeat("█", int(30*b.Count/most)))
		}
		if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
	}
	return s.printf("%s\n", unsure(counted(counts.Total, "post"), counts.Exact, counts.Low, counts.High))
}

// unsure says of a number how sure it is: an estimate lies between low and high;
// where these are equal it is at least so much.
func unsure(number string, exact bool, low, high int64) string {
	switch {
	case exact:
		return number
	case low == high:
		return "at least " + number
	}
	return fmt.Sprintf("about %s (between %s and %s, judged by a sample)", number, grouped(low), grouped(high))
}

type facetsCommand struct {
	selection
	By    []string `default:"network,lang,sentiment,intent" placeholder:"FIELD" help:"Fields: network, lang, sentiment, intent, is, author, hashtag, link, tag, bot, copies, corrected, spam, topic."`
	Top   int      `default:"10" help:"Most values of a field."`
	Exact bool     `help:"Look at every post instead of judging many by a sample."`
}

func (c *facetsCommand) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		search, err := c.search(s, api)
		if err != nil {
			return err
		}
		facets, err := api.Facets(s.ctx, client.FacetsRequest{Search: search, Fields: c.By, Top: c.Top, Exact: c.Exact})
		if err != nil {
			return s.queryTrouble(search.Query, err)
		}
		if s.json {
			for i := range facets {
				if err := s.printLine(&facets[i]); err != nil {
					return err
				}
			}
			return nil
		}
		for i, f := range facets {
			if i > 0 {
				s.printf("\n")
			}
			t := table{columns: []column{{title: f.Field, grow: true}, {title: "posts", right: true}}}
			if f.Sampled > 0 {
				t.columns = append(t.columns, column{title: "between", right: true, paint: s.style.faint})
			}
			for _, v := range f.Values {
				cells := []string{safe(cmp.Or(v.Label, v.Value)), grouped(v.Count)}
				if f.Sampled > 0 {
					cells = append(cells, grouped(v.Low)+" and "+grouped(v.High))
				}
				t.add(cells...)
			}
			if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
				return err
			}
			switch {
			case f.Exact:
			case f.Sampled > 0:
				s.note("Judged by " + grouped(f.Sampled) + " of " + counted(f.Of, "post") + "; --exact looks at all.")
			default:
				s.note("Time ran out: these are the newest posts only.")
			}
		}
		return nil
	})
}

type followCommand struct {
	selection
	After int64 `help:"Begin behind this row of the log; -1: at the beginning; 0: now."`
}

func (c *followCommand) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		search, err := c.search(s, api)
		if err != nil {
			return err
		}
		err = api.Follow(s.ctx, client.FollowRequest{Search: search, After: c.After}, s.printHit)
		if s.ctx.Err() != nil {
			return nil
		}
		return s.queryTrouble(search.Query, err)
	})
}

type exportCommand struct {
	selection
	Format string `enum:"ndjson,csv" default:"ndjson" help:"${enum}."`
	Output string `short:"o" placeholder:"FILE" help:"Write to a file instead of standard output."`
}

func (c *exportCommand) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		search, err := c.search(s, api)
		if err != nil {
			return err
		}
		sum, err := api.Count(s.ctx, client.CountRequest{Search: search})
		if err != nil {
			return s.queryTrouble(search.Query, err)
		}
		body, err := api.Export(s.ctx, client.ExportRequest{Search: search, Format: c.Format})
		if err != nil {
			return s.queryTrouble(search.Query, err)
		}
		defer body.Close()
		if c.Output == "" {
			_, err := io.Copy(s.env.Stdout, s.watch(body, sum.Total))
			return err
		}
		return s.save(c.Output, s.watch(body, sum.Total))
	})
}

// save writes a file that is there whole or not at all.
func (s *session) save(name string, from io.Reader) (err error) {
	part := name + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "The file %s cannot be written: %v.", name, err)
	}
	defer func() {
		if err != nil {
			os.Remove(part)
		}
	}()
	if _, err := io.Copy(f, from); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(part, name)
}

// watch shows on a terminal how many lines of an export have come.
func (s *session) watch(r io.Reader, total int64) io.Reader {
	if !s.err.is || s.quiet || s.out.is {
		return r
	}
	return &lineCounter{r: r, total: total, line: s.statusLine(), pace: newPace(s.env.Clock)}
}

type lineCounter struct {
	r           io.Reader
	done, total int64
	line        *statusLine
	pace        pace
}

func (c *lineCounter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for _, b := range p[:n] {
		if b == '\n' {
			c.done++
		}
	}
	if err != nil {
		c.line.clear()
		return n, err
	}
	share := 1.0
	if c.total > 0 {
		share = float64(c.done) / float64(c.total)
	}
	c.line.set(fmt.Sprintf("%s  %s of %s posts  %s/s  %s", bar(share), grouped(min(c.done, c.total)), grouped(c.total),
		grouped(int64(c.pace.rate(c.done))), c.pace.left(c.done, c.total)))
	return n, nil
}
