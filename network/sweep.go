package network

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"hearth"
)

// Sweep reads what a network's own search finds, phrase after phrase and page
// after page, the newest first: it is Network.Search. It reads each phrase down
// to Wanted.Since, or as far as the network goes, and leaves out what was
// written outside of the time wanted. What cannot be read is a Reject.
type Sweep struct {
	Wanted Wanted
	Pace   func(ctx context.Context) error // called before each request; nil: at once

	// Page gives one page of what the network finds for a phrase: the newest for
	// an empty token, else the one that Page.Next of another named.
	Page func(ctx context.Context, phrase, token string) (Page, error)
}

const sweepPages = 1_000 // of one phrase

// Run searches, from the place that a cursor names on.
func (s *Sweep) Run(ctx context.Context, from Cursor, emit func(*Batch) error) error {
	at, token, err := parseSweep(from)
	if err != nil {
		return err
	}
	var b Batch
	for ; at < len(s.Wanted.Phrases); at, token = at+1, "" {
		for n := 1; ; n++ {
			if s.Pace != nil {
				if err := s.Pace(ctx); err != nil {
					return err
				}
			}
			page, err := s.Page(ctx, s.Wanted.Phrases[at], token)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				return err
			}
			more := s.take(&b, &page) && page.Next != "" && page.Next != token && n < sweepPages
			b.Cursor = Cursor("s1 " + strconv.Itoa(at+1) + " ")
			if more {
				b.Cursor = Cursor("s1 " + strconv.Itoa(at) + " " + url.QueryEscape(page.Next))
			}
			if err := emit(&b); err != nil {
				return err
			}
			b.Reset()
			if !more {
				break
			}
			token = page.Next
		}
	}
	return nil
}

// take adds a page to the batch; false if it lies before the time wanted.
func (s *Sweep) take(b *Batch, page *Page) (more bool) {
	more = len(page.Entries) == 0
	for i := range page.Entries {
		e := &page.Entries[i]
		if e.Skip {
			more = true
			continue
		}
		b.Frames++
		written := e.Event.Post.Published
		more = more || e.Problem != "" || !written.Before(s.Wanted.Since)
		if e.Problem == "" && e.Event.Op.HasPost() {
			if err := e.Event.Post.Check(); err != nil {
				e.Problem = Sentence(err)
			}
		}
		switch {
		case e.Problem != "":
			b.Rejects = append(b.Rejects, Reject{Raw: []byte(e.Raw[:min(len(e.Raw), pollLetter)]), Reason: e.Problem})
		case !e.Event.Op.HasPost() || written.Before(s.Wanted.Since) || !s.Wanted.Until.IsZero() && !written.Before(s.Wanted.Until):
		default:
			ev := b.Add()
			*ev = e.Event
			ev.Op = Create
		}
	}
	return more
}

func parseSweep(from Cursor) (at int, token string, err error) {
	if from == "" {
		return 0, "", nil
	}
	parts := strings.Split(string(from), " ")
	if len(parts) == 3 && parts[0] == "s1" {
		var err1, err2 error
		at, err1 = strconv.Atoi(parts[1])
		token, err2 = url.QueryUnescape(parts[2])
		if err1 == nil && err2 == nil && at >= 0 {
			return at, token, nil
		}
	}
	return 0, "", hearth.Errorf(hearth.Damaged, "The place where the search stopped is damaged: %.60q.", string(from))
}
