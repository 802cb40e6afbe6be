package api

import (
	"context"
	"net/http"
	"time"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/monitor"
)

func (a *API) charts() {
	charts := monitor.NewCharts(a.o.Monitors)
	type seriesInput struct{ Body client.SeriesRequest }
	route(a, verb{id: "series", may: access.ReadMonitors, method: http.MethodPost, path: "/charts/series", tag: "charts",
		summary: "Count posts over time for a chart, from roll-ups where they can answer"},
		func(ctx context.Context, by access.Actor, in *seriesInput) (client.Series, error) {
			zone, err := zoneOf(in.Body.Zone)
			if err != nil {
				return client.Series{}, err
			}
			s, err := charts.Series(ctx, by, monitor.SeriesSearch{
				Monitors: monitorIDs(in.Body.Monitors), From: in.Body.From, To: in.Body.To, Step: monitor.Interval(in.Body.Step),
				Split: monitor.Dimension(in.Body.Split), Top: in.Body.Top, Zone: zone, Query: in.Body.Query, Before: in.Body.Before,
				Exact: in.Body.Exact,
			})
			return seriesDocument(&s), err
		})
	type topsInput struct{ Body client.TopsRequest }
	route(a, verb{id: "tops", may: access.ReadPosts, method: http.MethodPost, path: "/charts/tops", tag: "charts",
		summary: "The most frequent authors, hashtags, hosts and links"},
		func(ctx context.Context, by access.Actor, in *topsInput) (client.Tops, error) {
			t, err := charts.Tops(ctx, by, monitor.TopsSearch{
				Monitor: hearth.MonitorID(in.Body.Monitor), From: in.Body.From, To: in.Body.To, Limit: in.Body.Limit,
			})
			return client.Tops{
				From: t.From, To: t.To, Authors: topDocuments(t.Authors), Hashtags: topDocuments(t.Hashtags), Hosts: topDocuments(t.Hosts),
				Links: topDocuments(t.Links), Upto: int64(t.Upto), People: t.People, Others: t.Others,
			}, err
		})
	type audienceInput struct{ Body client.AudienceRequest }
	route(a, verb{id: "audience", may: access.ReadMonitors, method: http.MethodPost, path: "/charts/audience", tag: "charts",
		summary: "When, where, in which languages and about what else people write, together"},
		func(ctx context.Context, by access.Actor, in *audienceInput) (client.Audience, error) {
			zone, err := zoneOf(in.Body.Zone)
			if err != nil {
				return client.Audience{}, err
			}
			found, err := charts.Audience(ctx, by, monitor.AudienceSearch{
				Monitor: hearth.MonitorID(in.Body.Monitor), From: in.Body.From, To: in.Body.To, Zone: zone,
			})
			return audienceDocument(&found), err
		})
}

func topDocuments(tops []monitor.Top) []client.Top {
	list := make([]client.Top, len(tops))
	for i, t := range tops {
		list[i] = client.Top{Network: t.Network, Value: t.Value, Label: t.Label, Posts: t.Posts, Query: t.Query, Exact: t.Exact}
	}
	return list
}

func audienceDocument(a *monitor.Audience) client.Audience {
	return client.Audience{
		From: a.From, To: a.To, TooFew: a.TooFew, People: a.People, Posts: a.Posts, Upto: int64(a.Upto), Hours: a.Hours,
		Languages: shareDocuments(a.Languages), Networks: shareDocuments(a.Networks),
		Hashtags: topDocuments(a.Hashtags), Hosts: topDocuments(a.Hosts), Held: a.Held, Looked: a.Looked,
	}
}

func shareDocuments(shares []monitor.Share) []client.Share {
	list := make([]client.Share, len(shares))
	for i, s := range shares {
		list[i] = client.Share{Value: s.Value, Posts: s.Posts, Query: s.Query}
	}
	return list
}

func seriesDocument(s *monitor.Series) client.Series {
	doc := client.Series{
		From: s.From, To: s.To, Starts: s.Starts, Lines: []client.Line{}, Upto: int64(s.Upto),
		Exact: s.Exact, FromPosts: s.FromPosts, Until: s.Until, Looked: s.Looked, Of: s.Of,
	}
	if doc.Starts == nil {
		doc.Starts = []time.Time{}
	}
	for _, l := range s.Lines {
		doc.Lines = append(doc.Lines, client.Line{
			Monitor: int64(l.Monitor), Value: l.Value, Rest: l.Rest, Points: l.Points, Total: l.Total, Before: l.Before, Low: l.Low, High: l.High, Query: l.Query,
		})
	}
	return doc
}

func monitorIDs(list []int64) []hearth.MonitorID {
	ids := make([]hearth.MonitorID, len(list))
	for i, id := range list {
		ids[i] = hearth.MonitorID(id)
	}
	return ids
}

// zoneOf finds a time zone by its name.
func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "zone", Message: "There is no time zone of that name; give one like Europe/Helsinki."}
	}
	return zone, nil
}
