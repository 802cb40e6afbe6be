package cli

import (
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
	return s.with(func(api *client.Client) error {
		for _, row := range c.Row {
			if err := api.ReplayMonitorLetter(s.ctx, row); err != nil {
				return fmt.Errorf("row %d: %w", row, err)
			}
			s.note("Row %d is counted now.", row)
		}
		return nil
	})
}

type monitorDismiss struct{ rowNaming }

func (c *monitorDismiss) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		for _, row := range c.Row {
			if err := api.DismissMonitorLetter(s.ctx, row); err != nil {
				return fmt.Errorf("row %d: %w", row, err)
			}
			s.note("Row %d is let go; it stays in the archive.", row)
		}
		return nil
	})
}
