package cli

import (
	"strings"
	"time"

	"hearth/client"
)

type monitorChart struct {
	Monitors []string `arg:"" optional:"" help:"Names or numbers; none: all that is kept."`
	Over     string   `enum:"quarter,hour,day,week,month" default:"day" help:"Width of the steps: ${enum}."`
	Split    string   `enum:"network,lang,sentiment,intent,kind,nothing" default:"nothing" help:"A line for each value of: ${enum}."`
	period
	Zone  string `placeholder:"ZONE" help:"Time zone of days and weeks, like Europe/Helsinki; UTC, if not given."`
	Query string `placeholder:"QUERY" help:"Count only what it selects."`
}

func (c *monitorChart) Run(s *session) error {
	return s.with(func(api *client.Client) (err error) {
		ask := client.SeriesRequest{Step: c.Over, Zone: c.Zone, Query: c.Query, Before: true}
		if c.Split != "nothing" {
			ask.Split = c.Split
		}
		if ask.From, ask.To, err = c.read(s); err != nil {
			return err
		}
		names := map[int64]string{0: "all"}
		for _, named := range c.Monitors {
			m, err := s.monitor(api, named)
			if err != nil {
				return err
			}
			ask.Monitors = append(ask.Monitors, m.ID)
			names[m.ID] = m.Name
		}
		series, err := api.Series(s.ctx, ask)
		if err != nil {
			return s.queryTrouble(c.Query, err)
		}
		if s.json {
			return s.printLine(series)
		}
		return s.printSeries(&series, c, names)
	})
}

func (s *session) printSeries(series *client.Series, c *monitorChart, names map[int64]string) error {
	t := &table{columns: []column{{title: "monitor", grow: true, paint: s.style.bold}, {title: c.Split}, {title: "posts", right: true},
		{title: "before", right: true, paint: s.style.faint}, {title: "by " + c.Over, paint: s.style.good}}}
	if c.Split == "nothing" {
		t.columns[1].title = ""
	}
	for _, l := range series.Lines {
		value := safe(l.Value)
		switch {
		case l.Rest:
			value = "(others)"
		case c.Split != "nothing" && value == "":
			value = "(none)"
		}
		t.add(safe(names[l.Monitor]), value, grouped(l.Total), grouped(l.Before), sparkline(l.Points))
	}
	if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
		return err
	}
	note := "%s to %s"
	switch {
	case !series.Exact && series.Until.IsZero():
		note += "; judged by " + grouped(series.Looked) + " of " + grouped(series.Of) + " posts"
	case !series.Exact:
		note += "; time ran out: what was published before " + series.Until.UTC().Format(time.DateTime) + " is missing, " +
			grouped(series.Looked) + " of " + grouped(series.Of) + " posts were looked at"
	case series.FromPosts:
		note += "; counted from " + grouped(series.Of) + " posts"
	}
	return s.printf(note+"\n", series.From.Format(time.DateTime), series.To.Format(time.DateTime))
}

// sparkline draws numbers as bars, the last sixty of them.
func sparkline(points []int64) string {
	const bars = "▁▂▃▄▅▆▇█"
	points = points[max(0, len(points)-60):]
	most := int64(1)
	for _, n := range points {
		most = max(most, n)
	}
	var b strings.Builder
	for _, n := range points {
		if n == 0 {
			b.WriteByte(' ')
			continue
		}
		b.WriteRune([]rune(bars)[(n*8-1)/most])
	}
	return b.String()
}
