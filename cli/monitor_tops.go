package cli

import (
	"cmp"
	"time"

	"hearth/client"
)

// period is the flags of what is counted over a time.
type period struct {
	From string `placeholder:"TIME" default:"30d" help:"Published at or after: a day, a moment, or 7d, 12h ago."`
	To   string `placeholder:"TIME" help:"Published before; now, if not given."`
}

func (p *period) read(s *session) (from, to time.Time, err error) {
	if from, err = s.moment("from", p.From); err != nil || p.To == "" {
		return from, s.env.Clock(), err
	}
	to, err = s.moment("to", p.To)
	return from, to, err
}

type monitorTops struct {
	naming
	period
	Limit int `short:"n" default:"10" help:"Most names of a list, at most 100."`
}

func (c *monitorTops) Run(s *session) error {
	return s.with(func(api *client.Client) (err error) {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		ask := client.TopsRequest{Monitor: m.ID, Limit: c.Limit}
		if ask.From, ask.To, err = c.read(s); err != nil {
			return err
		}
		tops, err := api.Tops(s.ctx, ask)
		if err != nil || s.json {
			return cmp.Or(err, s.printLine(tops))
		}
		t := s.topTable()
		for _, list := range []struct {
			title string
			tops  []client.Top
		}{{"author", tops.Authors}, {"hashtag", tops.Hashtags}, {"host", tops.Hosts}, {"link", tops.Links}} {
			addTops(t, list.title, list.tops)
		}
		if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
		if tops.Others > 0 {
			s.note("There were too many different names: each number may be up to " + grouped(tops.Others) + " too low.")
		}
		return s.printf("%s\n", counted(tops.People, "author"))
	})
}

func (s *session) topTable() *table {
	return &table{columns: []column{{title: "", paint: s.style.faint}, {title: "name", grow: true}, {title: "posts", right: true}, {title: "query", grow: true, paint: s.style.faint}}}
}

func addTops(t *table, title string, tops []client.Top) {
	for _, one := range tops {
		t.add(title, safe(one.Label), grouped(one.Posts), safe(one.Query))
	}
}

type monitorAudience struct {
	naming
	period
	Zone string `placeholder:"ZONE" help:"Time zone of hours and days, like Europe/Helsinki; UTC, if not given."`
}

func (c *monitorAudience) Run(s *session) error {
	return s.with(func(api *client.Client) (err error) {
		m, err := s.monitor(api, c.Monitor)
		if err != nil {
			return err
		}
		ask := client.AudienceRequest{Monitor: m.ID, Zone: c.Zone}
		if ask.From, ask.To, err = c.read(s); err != nil {
			return err
		}
		a, err := api.Audience(s.ctx, ask)
		if err != nil || s.json {
			return cmp.Or(err, s.printLine(a))
		}
		if a.TooFew {
			return s.printf("Fewer than ten people wrote in this time; nothing is said of so few.\n")
		}
		for i, day := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
			if err := s.printf("%s  %s\n", day, sparkline(a.Hours[i][:])); err != nil {
				return err
			}
		}
		t := s.topTable()
		for _, list := range []struct {
			title  string
			shares []client.Share
		}{{"language", a.Languages}, {"network", a.Networks}} {
			for _, one := range list.shares {
				t.add(list.title, cmp.Or(safe(one.Value), "(none)"), grouped(one.Posts), safe(one.Query))
			}
		}
		addTops(t, "hashtag", a.Hashtags)
		addTops(t, "host", a.Hosts)
		if err := t.print(s.env.Stdout, s.out, s.style); err != nil {
			return err
		}
		return s.printf("%s of %s\n", counted(a.Posts, "post"), counted(a.People, "author"))
	})
}
