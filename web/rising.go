package web

import (
	"cmp"
	"slices"
	"time"

	"hearth"
	"hearth/monitor"
)

// risingName is a hashtag or a site that is named much more than usual.
type risingName struct {
	Icon, Label, Link string
	N                 int64
	Before            string
	times             float64
}

const (
	risingMonitors = 3 // the busiest ones are looked at
	risingShown    = 8
	risingLeast    = 5 // posts in the last day
	risingTimes    = 2 // times the daily mean of the week before
)

// rising is the part of the start that says what is talked about now.
func (web *Web) rising(v *visit) error {
	list, err := web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	ids, err := v.busiest(list, risingMonitors)
	if err != nil {
		return err
	}
	var names []risingName
	for _, id := range ids {
		if err := v.addRising(&names, id); err != nil {
			return err
		}
	}
	slices.SortStableFunc(names, func(a, b risingName) int { return cmp.Or(cmp.Compare(b.times, a.times), cmp.Compare(b.N, a.N)) })
	return v.block(200, "home", "rising", names[:min(risingShown, len(names))])
}

// addRising compares the names of the last day with those of the week before.
func (v *visit) addRising(names *[]risingName, id hearth.MonitorID) error {
	s := monitor.TopsSearch{Monitor: id, From: v.now.Add(-24 * time.Hour), To: v.now.Add(quarter), Limit: 20, NoLinks: true}
	day, err := v.web.o.Charts.Tops(v.ctx(), v.by, s)
	if err != nil {
		return err
	}
	s.From, s.To, s.Limit = v.now.Add(-8*24*time.Hour), s.From, 100
	week, err := v.web.o.Charts.Tops(v.ctx(), v.by, s)
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		field, icon string
		now, before []monitor.Top
	}{{"hashtag", "hash", day.Hashtags, week.Hashtags}, {"link", "link", day.Hosts, week.Hosts}} {
		for _, top := range kind.now {
			if top.Posts < risingLeast {
				continue
			}
			var before int64
			if i := slices.IndexFunc(kind.before, func(b monitor.Top) bool { return b.Value == top.Value }); i >= 0 {
				before = kind.before[i].Posts
			}
			times := float64(top.Posts) / max(1, float64(before)/7)
			label := v.facetLabel(kind.field, top.Value, top.Label)
			if times < risingTimes || slices.ContainsFunc(*names, func(n risingName) bool { return n.Label == label }) {
				continue
			}
			l := look{Monitor: id, Period: "24h", Facets: []facetChoice{{kind.field, top.Value}}}
			*names = append(*names, risingName{kind.icon, label, l.at("/mentions"), top.Posts, v.say("home.rising.before", "n", before), times})
		}
	}
	return nil
}
