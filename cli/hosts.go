package cli

import (
	"fmt"
	"strconv"
	"time"

	"hearth/client"
)

type sourceLimits struct{}

func (sourceLimits) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		hosts, err := api.Hosts(s.ctx)
		if err != nil {
			return err
		}
		if s.json {
			for i := range hosts {
				if err := s.printLine(&hosts[i]); err != nil {
					return err
				}
			}
			return nil
		}
		if len(hosts) == 0 {
			s.note("No source has asked anything since the start; sources run with hearth serve.")
			return nil
		}
		return s.hostTable(hosts).print(s.env.Stdout, s.out, s.style)
	})
}

// hostTable has a row for each limit, and one for a host that sets none.
func (s *session) hostTable(hosts []client.Host) *table {
	now := s.env.Clock()
	t := &table{columns: []column{{title: "host", grow: true, paint: s.style.bold}, {title: "calls", right: true}, {title: "failed", right: true},
		{title: "source", right: true}, {title: "left", right: true}, {title: "new in", right: true}, {title: "waiting", right: true}, {title: "trouble", grow: true, paint: s.style.warn}}}
	for i := range hosts {
		h := &hosts[i]
		trouble := ""
		if h.Breaker != "closed" {
			trouble = fmt.Sprintf("left alone until %s: %s", h.RetryAt.Format("15:04:05"), h.Reason)
		}
		for _, l := range h.Limits {
			left, fresh := "–", "–"
			if l.Limit != nil {
				left, fresh = fmt.Sprintf("%.0f of %.0f", *l.Remaining, *l.Limit), span(l.Reset.Sub(now).Round(time.Second))
			}
			if l.Blocked.After(now) {
				fresh = span(l.Blocked.Sub(now).Round(time.Second))
			}
			t.add(safe(h.Name), grouped(h.Calls), grouped(h.Failed), strconv.FormatInt(l.Source, 10), left, fresh, grouped(l.Waiting), safe(trouble))
		}
	}
	return t
}
