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
	route(a, verb{id: "series", method: http.MethodPost, path: "/charts/series", tag: "charts",
		summary: "Count posts over time for a chart, from roll-ups where they can answer"},
		func(ctx context.Context, by access.Actor, in *seriesInput) (client.Series, error) {
			zone, err := zoneOf(in.Body.Zone)
			if err != nil {
				return client.Series{}, err
			}
			s, err := charts.Series(ctx, by, monitor.SeriesSearch{
				Monitors: monitorIDs(in.Body.Monitors), From: in.Body.From, To: in.Body.To, Step: monitor.Interval(in.Body.Step),
				Split: monitor.Dimension(in.Body.Split), Top: in.Body.Top, Zone: zone, Query: in.Body.Query, Before: in.Body.Before,
			})
			return seriesDocument(&s), err
		})
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
			Monitor: int64(l.Monitor), Value: l.Value, Rest: l.Rest, Points: l.Points, Total: l.Total, Before: l.Before, Query: l.Query,
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
