package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/monitor"
)

func (a *API) monitorLetters() {
	m := a.o.Monitors
	type pageInput struct {
		After int64 `query:"after" minimum:"0" doc:"Next of the page before"`
		Limit int   `query:"limit" minimum:"0" maximum:"1000"`
	}
	route(a, verb{id: "monitor-letters", may: access.ReadOperations, method: http.MethodGet, path: "/monitor-letters", tag: "monitors", summary: "Stored posts that could not be counted, and why"},
		func(ctx context.Context, by access.Actor, in *pageInput) (client.MonitorLetterPage, error) {
			list, total, err := m.DeadLetters(ctx, by, hearth.Seq(in.After), in.Limit)
			return monitorLetterPage(list, total), err
		})
	act(a, verb{id: "replay-monitor-letter", may: access.WriteOperations, method: http.MethodPost, path: "/monitor-letters/{id}/replay", tag: "monitors", summary: "Try again to count a post"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return m.ReplayDeadLetter(ctx, by, hearth.Seq(in.ID))
		})
	act(a, verb{id: "dismiss-monitor-letter", may: access.WriteOperations, method: http.MethodDelete, path: "/monitor-letters/{id}", tag: "monitors", summary: "Forget that a post could not be counted"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return m.DismissDeadLetter(ctx, by, hearth.Seq(in.ID))
		})
}

func monitorLetterPage(list []monitor.DeadLetter, total int64) client.MonitorLetterPage {
	doc := client.MonitorLetterPage{Letters: []client.MonitorLetter{}, Total: total}
	for i := range list {
		l := &list[i]
		doc.Letters = append(doc.Letters, client.MonitorLetter{
			Row: int64(l.Seq), Network: l.Post.Network, Post: l.Post.ID, Reason: l.Error, Noted: l.At,
		})
	}
	if n := len(list); n > 0 && int64(n) < total {
		doc.Next = int64(list[n-1].Seq)
	}
	return doc
}
