package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/copies"
	"hearth/monitor"
	"hearth/query"
)

// look is what somebody looks at: which posts, of which time. It is all in the
// address, so that an address is a place to come back to.
type look struct {
	Monitor  hearth.MonitorID
	Query    string
	Period   string    // one of periods; "" with From or To
	From, To time.Time // asked for by their own names; else by the period
	Facets   []facetChoice
	Cursor   string
	NoBots   bool        // likely and declared bots are left out
	Show     copies.Show // once each: texts or people; "": every post

	now time.Time
}

// facetChoice narrows a look to posts that have a value.
type facetChoice struct{ Field, Value string }

// facetFields are the facets of a look in the order shown, and the field of the
// query language that asks for each.
var facetFields = []struct{ name, field string }{
	{"sentiment", "sentiment"}, {"intent", "intent"}, {"network", "network"}, {"lang", "lang"}, {"author", "authorid"},
	{"hashtag", "hashtag"}, {"link", "link"}, {"tag", "tag"}, {"is", "is"}, {"bot", "bot"}, {"copies", "copies"}, {"topic", "topic"},
}

// periods are the times back from now that can be chosen; the zero length is
// all there is.
var periods = []struct {
	name   string
	length time.Duration
	step   time.Duration // of a chart
}{
	{"24h", 24 * time.Hour, time.Hour},
	{"7d", 7 * 24 * time.Hour, 3 * time.Hour},
	{"30d", 30 * 24 * time.Hour, 24 * time.Hour},
	{"90d", 90 * 24 * time.Hour, 24 * time.Hour},
	{"all", 0, 7 * 24 * time.Hour},
}

// usualPeriod is what is shown where nothing is asked for.
const usualPeriod = "7d"

// readLook reads the address. What cannot be read is as if it were not there,
// so an old or mended link still leads somewhere.
func readLook(v url.Values, now time.Time) look {
	l := look{Query: strings.TrimSpace(v.Get("q")), Period: v.Get("period"), Cursor: v.Get("cursor"), now: now}
	if show := copies.Show(v.Get("show")); show == copies.EachText || show == copies.EachPerson {
		l.Show = show
	}
	l.NoBots = v.Get("bots") == "without"
	if id, err := strconv.ParseInt(v.Get("monitor"), 10, 64); err == nil && id > 0 {
		l.Monitor = hearth.MonitorID(id)
	}
	l.From, _ = hearth.ParseTime(v.Get("from"))
	l.To, _ = hearth.ParseTime(v.Get("to"))
	known := slices.ContainsFunc(periods, func(p struct {
		name         string
		length, step time.Duration
	}) bool {
		return p.name == l.Period
	})
	switch {
	case !l.From.IsZero() || !l.To.IsZero():
		l.Period = ""
	case !known:
		l.Period = usualPeriod
	}
	const mostFacets = 12
	for _, f := range facetFields {
		for _, value := range v[f.name] {
			if value != "" && len(value) <= 512 && len(l.Facets) < mostFacets {
				l.Facets = append(l.Facets, facetChoice{f.name, value})
			}
		}
	}
	return l
}

// values is the look as an address has it.
func (l look) values() url.Values {
	v := url.Values{}
	if l.Monitor != 0 {
		v.Set("monitor", l.Monitor.String())
	}
	if l.Query != "" {
		v.Set("q", l.Query)
	}
	if l.Period != "" && l.Period != usualPeriod {
		v.Set("period", l.Period)
	}
	for name, t := range map[string]time.Time{"from": l.From, "to": l.To} {
		if !t.IsZero() {
			v.Set(name, t.UTC().Format(time.RFC3339))
		}
	}
	for _, f := range l.Facets {
		v.Add(f.Field, f.Value)
	}
	if l.NoBots {
		v.Set("bots", "without")
	}
	if l.Show != "" {
		v.Set("show", string(l.Show))
	}
	if l.Cursor != "" {
		v.Set("cursor", l.Cursor)
	}
	return v
}

// at is the address of the look on a page.
func (l look) at(path string) string {
	if q := l.values().Encode(); q != "" {
		return path + "?" + q
	}
	return path
}

// with is the look after a change; it begins on its first page.
func (l look) with(change func(*look)) look {
	l.Facets = slices.Clone(l.Facets)
	l.Cursor = ""
	change(&l)
	return l
}

func (l look) has(f facetChoice) bool { return slices.Contains(l.Facets, f) }

// asksFor says whether a value of the facet is chosen.
func (l look) asksFor(field string) bool {
	return slices.ContainsFunc(l.Facets, func(f facetChoice) bool { return f.Field == field })
}

// toggle takes a facet's value in or out.
func (l look) toggle(f facetChoice) look {
	return l.with(func(l *look) {
		if i := slices.Index(l.Facets, f); i >= 0 {
			l.Facets = slices.Delete(l.Facets, i, i+1)
			return
		}
		l.Facets = append(l.Facets, f)
	})
}

// span is the time looked at; a zero end is open.
func (l look) span() (from, to time.Time) {
	from, to = l.From, l.To
	for _, p := range periods {
		if p.name == l.Period && p.length > 0 {
			from = l.now.Add(-p.length).Truncate(p.step)
		}
	}
	return from, to
}

// text is the query of the look with its facets: values of one field are
// alternatives, fields narrow each other down.
func (l look) text() string {
	var parts []string
	if l.Query != "" {
		parts = append(parts, "("+l.Query+")")
	}
	for _, f := range facetFields {
		var terms []string
		for _, c := range l.Facets {
			if c.Field == f.name {
				terms = append(terms, f.field+":"+quoted(c.Value))
			}
		}
		if len(terms) > 0 {
			parts = append(parts, "("+strings.Join(terms, " OR ")+")")
		}
	}
	if l.NoBots {
		parts = append(parts, "bot:(unlikely OR possible)")
	}
	if len(parts) == 1 && len(l.Facets) == 0 && !l.NoBots {
		return l.Query
	}
	return strings.Join(parts, " AND ")
}

// quoted is a value as the query language reads it back, whatever is in it.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// selection is what the verbs are asked for.
func (l look) selection() monitor.Selection {
	s := monitor.Selection{Query: l.text(), Monitor: l.Monitor}
	s.From, s.To = l.span()
	return s
}

// parse reads the query that somebody wrote and the whole one. Without an error
// in either, problems holds warnings only.
func (v *visit) parse(l look) (written, whole *query.Query, problems []query.Diagnostic) {
	if l.Query != "" {
		if written, problems = v.web.o.Monitors.ParseStored(v.by.Workspace, l.Query); written == nil {
			return nil, nil, problems
		}
	}
	if text := l.text(); text != "" {
		whole, _ = v.web.o.Monitors.ParseStored(v.by.Workspace, text)
	}
	return written, whole, problems
}
