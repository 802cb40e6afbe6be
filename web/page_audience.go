package web

import (
	"time"

	"hearth/monitor"
)

// audiencePage is what is known of the people who wrote, together.
type audiencePage struct {
	frame
	Stats   []stat
	Finding string
	Hours   []int // of the head of the table
	Days    []heatDay
	Facets  []facet
	Held    int
	Looked  int64
	TooFew  *emptyState
}

// heatDay is a line of the week: its day and the posts of each hour.
type heatDay struct {
	Name  string
	Hours []heatHour
}

type heatHour struct {
	N     int64
	Level int // 0 to heatLevels, how it stands to the fullest hour
	Label string
}

const heatLevels = 6

// audience is the page.
func (web *Web) audience(v *visit) error {
	f, err := v.frame("/audience", "30d")
	if err != nil {
		return err
	}
	p := &audiencePage{frame: f}
	if f.None == nil {
		if err := v.fillAudience(p); err != nil {
			return err
		}
	}
	return v.show("audience", v.say("nav.audience"), p)
}

func (v *visit) fillAudience(p *audiencePage) error {
	s := monitor.AudienceSearch{Monitor: p.monitor, Zone: v.zone}
	s.From, s.To = p.span()
	a, err := v.web.o.Charts.Audience(v.ctx(), v.by, s)
	if err != nil {
		return err
	}
	if a.TooFew {
		p.TooFew = &emptyState{
			Title: v.say("audience.few.title"), Sentence: v.say("audience.few.sentence"),
			Action: v.say("mentions.none.action"), Link: p.at("period", "all"),
		}
		return nil
	}
	p.Stats = []stat{
		{Name: v.say("audience.people"), Value: v.number(a.People), Explain: []string{v.say("audience.people.how")}},
		{Name: v.say("stat.mentions"), Value: v.number(a.Posts), Beside: v.say("audience.each", "n", v.decimal(float64(a.Posts)/float64(max(1, a.People)), 1)), Explain: []string{v.say("stat.mentions.how")}},
	}
	p.Held, p.Looked = a.Held, a.Looked
	p.fillHours(v, &a)
	for _, f := range []struct {
		field  string
		shares []monitor.Share
	}{{"lang", a.Languages}, {"network", a.Networks}} {
		shown := facet{Field: f.field, Title: v.say("facet." + f.field), Exact: true}
		for _, share := range f.shares {
			if share.Value != "" && len(shown.Values) < 10 {
				v.addFacet(p.look, &shown, share.Value, share.Value, share.Posts)
			}
		}
		p.Facets = append(p.Facets, shown)
	}
	p.Facets = append(p.Facets, v.topFacet(p.look, "hashtag", a.Hashtags[:min(10, len(a.Hashtags))]), v.topFacet(p.look, "link", a.Hosts[:min(10, len(a.Hosts))]))
	return nil
}

// fillHours puts the week into the table, and its fullest hour into a sentence.
func (p *audiencePage) fillHours(v *visit, a *monitor.Audience) {
	var most int64
	var day, hour int
	for d := range a.Hours {
		for h, n := range a.Hours[d] {
			if n > most {
				most, day, hour = n, d, h
			}
		}
	}
	for h := range 24 {
		p.Hours = append(p.Hours, h)
	}
	for d := range a.Hours {
		line := heatDay{Name: v.weekday(d)}
		for h, n := range a.Hours[d] {
			level := 0
			if n > 0 {
				level = 1 + int((heatLevels-1)*n/most)
			}
			line.Hours = append(line.Hours, heatHour{n, level, v.say("audience.hour", "day", line.Name, "hour", clockHour(h), "n", n)})
		}
		p.Days = append(p.Days, line)
	}
	p.Finding = v.say("audience.finding", "day", v.weekday(day), "hour", clockHour(hour))
}

func clockHour(h int) string { return time.Date(2000, 1, 1, h, 0, 0, 0, time.UTC).Format("15:04") }

// weekday is the name of a day, counted from Monday.
func (v *visit) weekday(d int) string {
	return v.name("weekday", [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}[d])
}
