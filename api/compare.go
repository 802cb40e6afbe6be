package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/client"
	"hearth/monitor"
	"hearth/monitor/interval"
)

func (a *API) comparisons() {
	c := monitor.NewComparisons(a.o.Monitors)
	route(a, verb{id: "comparisons", may: access.ReadMonitors, method: http.MethodGet, path: "/comparisons", tag: "charts", summary: "List the comparisons, by name"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.ComparisonList, error) {
			list, err := c.List(ctx, by)
			doc := client.ComparisonList{Comparisons: []client.Comparison{}}
			for i := range list {
				doc.Comparisons = append(doc.Comparisons, comparisonDocument(&list[i]))
			}
			return doc, err
		})
	route(a, verb{id: "comparison", may: access.ReadMonitors, method: http.MethodGet, path: "/comparisons/{id}", tag: "charts", summary: "One comparison"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Comparison, error) {
			one, err := c.Get(ctx, by, in.ID)
			return comparisonDocument(&one), err
		})
	type addInput struct{ Body client.ComparisonDraft }
	route(a, verb{id: "add-comparison", may: access.WriteMonitors, method: http.MethodPost, path: "/comparisons", tag: "charts", status: http.StatusCreated,
		summary: "Name a set of monitors that are looked at side by side"},
		func(ctx context.Context, by access.Actor, in *addInput) (client.Comparison, error) {
			one, err := c.Create(ctx, by, in.Body.Name, monitorIDs(in.Body.Monitors))
			return comparisonDocument(&one), err
		})
	type changeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.ComparisonChange
	}
	route(a, verb{id: "change-comparison", may: access.WriteMonitors, method: http.MethodPatch, path: "/comparisons/{id}", tag: "charts", summary: "Give a comparison another name or other monitors"},
		func(ctx context.Context, by access.Actor, in *changeInput) (client.Comparison, error) {
			e := monitor.ComparisonEdit{Name: in.Body.Name}
			if in.Body.Monitors != nil {
				e.Monitors = monitorIDs(in.Body.Monitors)
			}
			one, err := c.Change(ctx, by, in.ID, in.Body.Version, e)
			return comparisonDocument(&one), err
		})
	act(a, verb{id: "remove-comparison", may: access.WriteMonitors, method: http.MethodDelete, path: "/comparisons/{id}", tag: "charts", summary: "Take a comparison away; its monitors stay"},
		func(ctx context.Context, by access.Actor, in *byID) error { return c.Remove(ctx, by, in.ID) })
	type compareInput struct{ Body client.CompareRequest }
	route(a, verb{id: "compare", may: access.ReadMonitors, method: http.MethodPost, path: "/charts/compare", tag: "charts", summary: "Share of voice and sentiment of monitors side by side"},
		func(ctx context.Context, by access.Actor, in *compareInput) (client.Compared, error) {
			found, err := c.Compare(ctx, by, monitor.CompareSearch{
				Comparison: in.Body.Comparison, Monitors: monitorIDs(in.Body.Monitors), From: in.Body.From, To: in.Body.To,
			})
			return comparedDocument(&found), err
		})
}

func comparisonDocument(c *monitor.Comparison) client.Comparison {
	doc := client.Comparison{ID: c.ID, Version: c.Version, Name: c.Name, Monitors: []int64{}, Created: c.Created, Changed: c.Changed}
	for _, id := range c.Monitors {
		doc.Monitors = append(doc.Monitors, int64(id))
	}
	return doc
}

func comparedDocument(c *monitor.Compared) client.Compared {
	doc := client.Compared{Name: c.Name, From: c.From, To: c.To, Posts: c.Posts, Before: c.Before, Parts: []client.Part{}, Upto: int64(c.Upto)}
	for _, p := range c.Parts {
		doc.Parts = append(doc.Parts, client.Part{
			Monitor: int64(p.Monitor), Name: p.Name, Posts: p.Posts, Before: p.Before, Voice: measureOf(p.Voice), VoiceBefore: p.VoiceBefore,
			Positive: p.Positive, Neutral: p.Neutral, Negative: p.Negative, Unknown: p.Unknown,
			PositiveShare: measureOf(p.PositiveShare), NegativeShare: measureOf(p.NegativeShare),
			PositiveQuery: p.Queries[0], NeutralQuery: p.Queries[1], NegativeQuery: p.Queries[2], UnknownQuery: p.Queries[3],
		})
	}
	return doc
}

func measureOf(s interval.Share) client.Measure {
	return client.Measure{Value: s.Value, Low: s.Low, High: s.High, N: s.N}
}
