package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/client"
	"hearth/monitor"
)

// effects is the routes that say what a change of a monitor does.
func (a *API) effects() {
	m := a.o.Monitors
	type previewInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.PreviewRequest
	}
	route(a, verb{id: "preview-change", may: access.ReadPosts, also: access.ReadMonitors, method: http.MethodPost, path: "/monitors/{id}/preview", tag: "monitors", heavy: true,
		summary: "Say what another query would gain and lose a monitor"},
		func(ctx context.Context, by access.Actor, in *previewInput) (client.MonitorDiff, error) {
			return effectOf(m.PreviewChange(ctx, by, hearth.MonitorID(in.ID), in.Body.Query))
		})
	type diffInput struct {
		ID   int64 `path:"id" minimum:"1"`
		From int64 `query:"from" minimum:"0" doc:"A version; 0: the one before with another query"`
		To   int64 `query:"to" minimum:"0" doc:"A version; 0: the present one"`
	}
	route(a, verb{id: "diff-monitor", may: access.ReadPosts, also: access.ReadMonitors, method: http.MethodGet, path: "/monitors/{id}/diff", tag: "monitors", heavy: true,
		summary: "Say what a change of a monitor gained and lost"},
		func(ctx context.Context, by access.Actor, in *diffInput) (client.MonitorDiff, error) {
			return effectOf(m.Effect(ctx, by, hearth.MonitorID(in.ID), in.From, in.To))
		})
}

func effectOf(e monitor.Effect, err error) (client.MonitorDiff, error) {
	doc := client.MonitorDiff{
		From: e.From, To: e.To, FromQuery: e.FromQuery, ToQuery: e.ToQuery, Gained: e.Gained, Lost: e.Lost, Kept: e.Kept, Exact: e.Exact,
		WindowGained: e.WindowGained, Sampled: e.Sampled, Made: e.Made, GainedPosts: hitDocuments(e.GainedPosts), LostPosts: hitDocuments(e.LostPosts),
	}
	for _, p := range e.Words {
		doc.Words = append(doc.Words, client.DiffPiece{Kind: pieceKinds[p.Kind], Text: p.Text})
	}
	return doc, err
}

var pieceKinds = [...]string{monitor.Same: "same", monitor.Deleted: "deleted", monitor.Inserted: "inserted"}

func hitDocuments(hits []archive.Hit) []client.Hit {
	docs := make([]client.Hit, len(hits))
	for i := range hits {
		docs[i] = hitDocument(&hits[i])
	}
	return docs
}
