package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"hearth"
	"hearth/client"
)

// judge compares what the program has with what it must have.
func (s *soak) judge(ctx context.Context) {
	c, _ := s.p.now()
	if c == nil {
		s.violation("the program does not run any more")
		return
	}
	h := s.host
	h.mu.Lock()
	from, to, forgets, letters := h.begin, h.next-1, h.forgets, h.letters
	h.mu.Unlock()
	s.result.Events = to - from + 1
	want, broken := s.tape.fold(from, to, func(seq int64) bool {
		for _, f := range forgets {
			if seq > f.from && seq < f.to {
				return true
			}
		}
		return false
	})
	s.result.Wanted = len(want)
	s.judgePosts(ctx, c, want)
	s.judgeBrooks(ctx, c)
	s.judgeGaps(ctx, c, forgets)
	s.judgeMonitors(ctx, c, want)
	page, err := c.DeadLetters(ctx, client.DeadLetterSearch{Source: s.source, Limit: 1})
	switch {
	case err != nil:
		s.violation("asking for dead letters: %v", err)
	case page.Total < int64(broken) || page.Total > int64(letters):
		s.violation("there are %d dead letters; %d events are broken and %d frames were sent that are no events", page.Total, broken, letters)
	}
	s.result.DeadLetters = page.Total
}

// each calls do for every post that is kept.
func each(ctx context.Context, c *client.Client, do func(*hearth.Post)) error {
	body, err := c.Export(ctx, client.ExportRequest{})
	if err != nil {
		return err
	}
	defer body.Close()
	lines := bufio.NewReaderSize(body, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var p hearth.Post
			if err := hearth.DecodePost(strings.TrimSuffix(line, "\n"), &p); err != nil {
				return fmt.Errorf("reading an exported post: %w", err)
			}
			do(&p)
		}
		if err != nil {
			if err.Error() == "EOF" {
				return nil
			}
			return err
		}
	}
}

// judgePosts looks at every post of the great stream: each once, with its
// newest text, and no other.
func (s *soak) judgePosts(ctx context.Context, c *client.Client, want map[int64]fate) {
	seen := make(map[int64]int, len(want))
	s.said = map[string]int{}
	strange, stale := 0, 0
	err := each(ctx, c, func(p *hearth.Post) {
		if p.Network != "bluesky" {
			s.said[p.Title+"|"+p.Text]++
			return
		}
		seq, err := numbered(p.ID)
		f, ok := want[seq]
		if err != nil || !ok {
			if strange++; strange <= 5 {
				o, r := s.tape.at(seq)
				s.say("strange: %s %q (event of kind %d, wanted by %v)", p.ID, p.Text, o, r.wanted)
			}
			return
		}
		seen[seq]++
		if !strings.HasSuffix(p.Text, ending(seq, f)) {
			if stale++; stale <= 5 {
				s.say("stale: %s %q, want it to end with %q", p.ID, p.Text, ending(seq, f))
			}
		}
	})
	if err != nil {
		s.violation("exporting everything: %v", err)
		return
	}
	lost, doubled := 0, 0
	for seq := range want {
		switch n := seen[seq]; {
		case n == 0:
			if lost++; lost <= 5 {
				s.say("lost: event %d, sent first at %v", seq, s.host.when(seq))
			}
		case n > 1:
			doubled++
		}
	}
	s.result.Kept, s.result.Lost, s.result.Doubled, s.result.Strange, s.result.Stale = len(seen), lost, doubled, strange, stale
	if lost+doubled+strange+stale > 0 {
		s.violation("of %d posts %d are lost and %d doubled; %d are there that must not be, and %d have an older text", len(want), lost, doubled, strange, stale)
	}
}

// judgeBrooks looks at the smaller streams.
func (s *soak) judgeBrooks(ctx context.Context, c *client.Client) {
	for _, b := range s.brooks {
		said, err := b.ledger()
		if err != nil {
			s.violation("%s: %v", b.name, err)
		}
		lost, doubled := 0, 0
		for _, text := range said {
			n := 0
			for form, times := range s.said {
				if strings.Contains(form, text) {
					n += times
				}
			}
			if n == 0 {
				lost++
			} else if n > 1 {
				doubled++
			}
		}
		s.result.Brooks[b.name] = len(said)
		if lost+doubled > 0 || len(said) == 0 {
			s.violation("%s: of %d posts %d are lost and %d doubled", b.name, len(said), lost, doubled)
		}
	}
}

// judgeGaps looks whether each stretch that the host forgot was noticed, and
// nothing else.
func (s *soak) judgeGaps(ctx context.Context, c *client.Client, forgets []forgotten) {
	sources, err := c.Sources(ctx)
	if err != nil {
		s.violation("asking for the sources: %v", err)
		return
	}
	s.result.Forgotten = len(forgets)
	for i := range sources {
		src := &sources[i]
		var must []forgotten
		if src.ID == s.source {
			must = forgets
			s.result.Gaps = src.Counters.Gaps
		}
		if src.Counters.Gaps != int64(len(must)) {
			s.violation("%s has noticed %d gaps, and there were %d: %v", src.Name, src.Counters.Gaps, len(must), src.Gaps)
			continue
		}
		for n, g := range src.Gaps { // the newest first
			f := must[len(must)-1-n]
			if !strings.Contains(g.From, fmt.Sprintf("(seq %d)", f.from)) || !strings.Contains(g.To, fmt.Sprintf("(seq %d)", f.to)) {
				s.violation("the gap from %d to %d was noticed as one from %s to %s", f.from, f.to, g.From, g.To)
			}
		}
	}
}

// judgeMonitors compares every monitor's number.
func (s *soak) judgeMonitors(ctx context.Context, c *client.Client, want map[int64]fate) {
	counts := make([]int64, len(s.tape.monitors))
	for _, f := range want {
		for _, m := range f.wanted {
			counts[m]++
		}
	}
	wrong, all := 0, int64(0)
	var got []client.Monitor
	err := until(ctx, time.Minute, "the numbers of all monitors are right", func() bool {
		list, err := c.Monitors(ctx)
		if err != nil {
			return false
		}
		wrong, all, got = 0, 0, list
		for i := range list {
			all += list[i].Mentions
			if at, ok := s.monitor[list[i].ID]; !ok || counts[at] != list[i].Mentions {
				wrong++
			}
		}
		return wrong == 0
	})
	s.result.Mentions = all
	if err != nil || len(got) != len(s.tape.monitors) {
		s.violation("of %d monitors, %d count otherwise than they must (%v)", len(got), wrong, err)
	}
}
