package web

import (
	"slices"
	"strings"

	"hearth/monitor"
)

const facetTop = 6

// facetSplits are the facets that the roll-ups count by.
var facetSplits = map[string]monitor.Dimension{
	"sentiment": monitor.BySentiment, "intent": monitor.ByIntent, "network": monitor.ByNetwork, "lang": monitor.ByLanguage, "is": monitor.ByKind,
}

// ofSplits says that the look asks for nothing but what roll-ups count by.
func (l look) ofSplits() bool {
	return l.Query == "" && !l.NoBots && !slices.ContainsFunc(l.Facets, func(f facetChoice) bool {
		return facetSplits[f.Field] == "" || f.Field == "lang" && strings.Contains(f.Value, "-")
	})
}

// facets are the most frequent values of the fields that the roll-ups know of,
// and the names of those that a search must find.
func (v *visit) facets(l look, vol *volume) (list []facet, rest []string, err error) {
	if vol.sum.all == 0 {
		return nil, nil, nil
	}
	var names map[string][]monitor.Top
	if l.Monitor != 0 && l.Query == "" && !l.NoBots && len(l.Facets) == 0 {
		s := monitor.TopsSearch{Monitor: l.Monitor, Limit: facetTop, NoLinks: true}
		s.From, s.To = l.span()
		tops, err := v.web.o.Charts.Tops(v.ctx(), v.by, s)
		if err != nil {
			return nil, nil, err
		}
		if tops.Others == 0 { // else a search is closer to the truth
			names = map[string][]monitor.Top{"author": tops.Authors, "hashtag": tops.Hashtags, "link": tops.Hosts}
		}
	}
	for _, f := range facetFields {
		shown := facet{Field: f.name, Title: v.say("facet." + f.name), Exact: true}
		lines, known := vol.splits[f.name]
		switch top, named := names[f.name]; {
		case named:
			for _, t := range top {
				v.addFacet(l, &shown, t.Value, t.Label, t.Posts)
			}
		case known:
			for _, line := range lines {
				if line.Value != "" && !line.Rest && len(shown.Values) < facetTop {
					v.addFacet(l, &shown, line.Value, line.Value, line.Total)
				}
			}
		default:
			rest = append(rest, f.name)
			continue
		}
		if len(shown.Values) > 0 {
			list = append(list, shown)
		}
	}
	return list, rest, nil
}

// addFacet adds a value, the most frequent first.
func (v *visit) addFacet(l look, f *facet, value, label string, n int64) {
	choice := facetChoice{f.Field, value}
	most := n
	if len(f.Values) > 0 {
		most = f.Values[0].N
	}
	f.Values = append(f.Values, facetValue{
		Label: v.facetLabel(f.Field, value, label), Link: l.toggle(choice).at("/mentions"), N: n, Share: int(100 * n / max(1, most)), Chosen: l.has(choice),
	})
}

// foundFacets are the most frequent values of fields among the posts that a
// search finds.
func (v *visit) foundFacets(l look, fields []string) (list []facet, err error) {
	known := fields[:0:0]
	for _, f := range facetFields {
		if slices.Contains(fields, f.name) {
			known = append(known, f.name)
		}
	}
	if len(known) == 0 {
		return nil, nil
	}
	found, err := v.web.o.Posts.Facets(v.ctx(), v.by, l.selection(), known, facetTop)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		shown := facet{Field: f.Field, Title: v.say("facet." + f.Field), Exact: f.Exact}
		for _, value := range f.Values {
			v.addFacet(l, &shown, value.Value, value.Label, int64(value.Count))
			if f.Sampled > 0 {
				shown.Values[len(shown.Values)-1].Between = v.say("facet.between", "low", v.number(int64(value.Low)), "high", v.number(int64(value.High)))
			}
		}
		if f.Sampled > 0 {
			shown.Judged = v.say("facet.judged", "n", v.number(int64(f.Sampled)), "of", v.number(int64(f.Of)))
		}
		if len(shown.Values) > 0 {
			list = append(list, shown)
		}
	}
	return list, nil
}
