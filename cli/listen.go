package cli

import (
	"fmt"
	"io"
	"sync/atomic"

	"hearth"
)

type listenCommand struct {
	Query    []string          `arg:"" required:"" help:"One or more queries, each in quotation marks."`
	Network  string            `default:"bluesky" help:"The network to hear."`
	Endpoint string            `placeholder:"URL" help:"Another server of the network, such as wss://jetstream2.us-east.bsky.network."`
	Set      map[string]string `placeholder:"NAME=VALUE" help:"A setting of the network."`
	Limit    int64             `short:"n" help:"End after this many posts."`
}

func (c *listenCommand) Run(s *session) error {
	for _, q := range c.Query {
		if check := s.tools.Check(q, nil); !check.OK || len(check.Diagnostics) > 0 && !s.quiet {
			onErr := *s
			onErr.env.Stdout, onErr.style, onErr.out = s.env.Stderr, s.errStyle, s.err
			if err := onErr.printCheck(q, &check); err != nil {
				return err
			}
			if !check.OK {
				return quietExit(ExitUsage)
			}
		}
	}
	settings := map[string]string{}
	for name, value := range c.Set {
		settings[name] = value
	}
	if c.Endpoint != "" {
		settings["endpoint"] = c.Endpoint
	}
	h := &hearing{s: s, limit: c.Limit, several: len(c.Query) > 1, line: s.statusLine(), pace: newPace(s.env.Clock)}
	ctx, stop := withStop(s.ctx)
	defer stop()
	h.stop = stop
	err := s.tools.Listen(ctx, ListenOptions{
		Queries: c.Query, Network: c.Network, Settings: settings,
		Heard: h.heard, Notice: h.notice, Progress: h.progress,
	})
	h.line.clear()
	h.totals()
	if h.broken != nil {
		return h.broken
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// hearing prints what is heard and keeps the status line.
type hearing struct {
	s       *session
	limit   int64
	several bool
	line    *statusLine
	pace    pace
	stop    func()
	shown   int64
	broken  error
	last    atomic.Pointer[Progress]
	lost    string
}

func (h *hearing) heard(p Heard) {
	if h.broken != nil || h.limit > 0 && h.shown >= h.limit {
		return
	}
	h.shown++
	h.line.print(func() {
		if h.s.json {
			_, h.broken = h.s.env.Stdout.Write(append(heardLine(nil, &p), '\n'))
			return
		}
		text := h.s.postLines(p.Post, p.Highlights, false)
		if h.several {
			text = h.s.style.warn(queryNumbers(p.Queries)) + " " + text
		}
		_, h.broken = io.WriteString(h.s.env.Stdout, text)
	})
	if h.broken != nil || h.limit > 0 && h.shown >= h.limit {
		h.stop()
	}
}

// heardLine is the post document with a member "queries": the numbers, from 1,
// of the queries that matched.
func heardLine(dst []byte, p *Heard) []byte {
	dst = hearth.AppendPost(dst, p.Post)
	dst = append(dst[:len(dst)-1], `,"queries":[`...)
	for i, q := range p.Queries {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = fmt.Append(dst, q+1)
	}
	return append(dst, "]}"...)
}

func queryNumbers(list []int) string {
	text := ""
	for i, q := range list {
		if i > 0 {
			text += "+"
		}
		text += fmt.Sprint(q + 1)
	}
	return "[" + text + "]"
}

func (h *hearing) notice(n Notice) {
	if h.s.quiet && !n.Bad {
		return
	}
	paint := h.s.errStyle.faint
	h.lost = ""
	if n.Bad {
		paint = h.s.errStyle.warn
		h.lost = "not connected"
	}
	h.line.print(func() { fmt.Fprintln(h.s.env.Stderr, paint(safe(n.Message))) })
}

func (h *hearing) progress(p Progress) {
	h.last.Store(&p)
	text := fmt.Sprintf("heard %s posts  %s/s  matched %s  %s", grouped(p.Seen),
		grouped(int64(h.pace.rate(p.Seen))), grouped(p.Matched), span(h.s.env.Clock().Sub(h.pace.started)))
	if p.Rejects > 0 {
		text += fmt.Sprintf("  unreadable %s", grouped(p.Rejects))
	}
	if h.lost != "" {
		text = h.lost + "  " + text
	}
	h.line.set(text)
}

func (h *hearing) totals() {
	p := h.last.Load()
	if p == nil || h.s.quiet {
		return
	}
	took := h.s.env.Clock().Sub(h.pace.started)
	h.s.note("Heard %s posts in %s (%s a second); %s matched, %s could not be read.",
		grouped(p.Seen), span(took), grouped(int64(h.pace.rate(p.Seen))), grouped(p.Matched), grouped(p.Rejects))
}
