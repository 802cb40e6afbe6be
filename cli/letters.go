package cli

import (
	"context"
	"fmt"
	"strconv"

	"hearth/client"
)

type monitorLetters struct {
	Limit int `short:"n" default:"20" help:"Most to show."`
}

func (c *monitorLetters) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		page, err := api.MonitorLetters(s.ctx, 0, c.Limit)
		if err != nil {
			return err
		}
		for i := range page.Letters {
			l := &page.Letters[i]
			if s.json {
				if err := s.printLine(l); err != nil {
					return err
				}
				continue
			}
			s.printf("%s  %s  %s %s\n  %s\n", s.style.bold("row "+strconv.FormatInt(l.Row, 10)), s.style.faint(moment(l.Noted)),
				safe(l.Network), safe(l.Post), safe(l.Reason))
		}
		if !s.json {
			s.note("%s could not be counted.", grouped(page.Total))
		}
		return nil
	})
}

// rowNaming is the argument of commands about rows that could not be counted.
type rowNaming struct {
	Row []int64 `arg:"" help:"Their rows, as monitor letters shows them."`
}

type monitorReplay struct{ rowNaming }

func (c *monitorReplay) Run(s *session) error {
	return s.each("row", c.Row, (*client.Client).ReplayMonitorLetter, "is counted now.")
}

type monitorDismiss struct{ rowNaming }

func (c *monitorDismiss) Run(s *session) error {
	return s.each("row", c.Row, (*client.Client).DismissMonitorLetter, "is let go; it stays in the archive.")
}

// each does something to numbered things, one after the other, until one fails,
// and says what became of them.
func (s *session) each(what string, numbers []int64, do func(*client.Client, context.Context, int64) error, became string) error {
	return s.with(func(api *client.Client) error {
		for _, n := range numbers {
			if err := do(api, s.ctx, n); err != nil {
				return fmt.Errorf("%s %d: %w", what, n, err)
			}
			s.note("The %s %d %s", what, n, became)
		}
		return nil
	})
}
