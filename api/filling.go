package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/monitor"
)

// filling is the routes of the search of the past.
func (a *API) filling() {
	m := a.o.Monitors
	route(a, verb{id: "filling", may: access.ReadMonitors, method: http.MethodGet, path: "/monitors/{id}/filling", tag: "monitors", summary: "How far the search of the past for a monitor is"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Filling, error) {
			return fillingOf(m.Filling(ctx, by, hearth.MonitorID(in.ID)))
		})
	type startInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.FillingDraft
	}
	route(a, verb{id: "start-filling", may: access.WriteMonitors, method: http.MethodPost, path: "/monitors/{id}/filling", tag: "monitors", summary: "Search the past for a monitor again"},
		func(ctx context.Context, by access.Actor, in *startInput) (client.Filling, error) {
			return fillingOf(m.Fill(ctx, by, hearth.MonitorID(in.ID), in.Body.Since))
		})
	type estimateInput struct {
		ID    int64  `path:"id" minimum:"1"`
		Since string `query:"since" doc:"RFC 3339; missing: all the way back"`
	}
	route(a, verb{id: "estimate-filling", may: access.ReadPosts, method: http.MethodGet, path: "/monitors/{id}/filling/estimate", tag: "monitors", heavy: true,
		summary: "Say what a search of the past would go through and find"},
		func(ctx context.Context, by access.Actor, in *estimateInput) (client.FillingEstimate, error) {
			since, err := moment("since", in.Since)
			if err != nil {
				return client.FillingEstimate{}, err
			}
			e, err := m.EstimateFill(ctx, by, hearth.MonitorID(in.ID), since)
			return client.FillingEstimate{
				Since: e.Since, Stored: e.Stored, Window: e.Window, WindowFrom: e.WindowFrom, Networks: e.Networks, Phrases: e.Phrases,
				FoundStored: e.FoundStored, Exact: e.Exact, FoundLow: e.FoundLow, FoundHigh: e.FoundHigh, FoundWindow: e.FoundWindow, Sampled: e.Sampled, Takes: e.Takes.Seconds(), Notes: e.Notes,
			}, err
		})
	route(a, verb{id: "pause-filling", may: access.WriteMonitors, method: http.MethodPost, path: "/monitors/{id}/filling/pause", tag: "monitors", summary: "Let the search of the past rest, also over a restart"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Filling, error) {
			return fillingOf(m.PauseFill(ctx, by, hearth.MonitorID(in.ID)))
		})
	route(a, verb{id: "resume-filling", may: access.WriteMonitors, method: http.MethodPost, path: "/monitors/{id}/filling/resume", tag: "monitors", summary: "Let the search of the past go on"},
		func(ctx context.Context, by access.Actor, in *byID) (client.Filling, error) {
			return fillingOf(m.ResumeFill(ctx, by, hearth.MonitorID(in.ID)))
		})
	act(a, verb{id: "cancel-filling", may: access.WriteMonitors, method: http.MethodDelete, path: "/monitors/{id}/filling", tag: "monitors", summary: "End the search of the past; what was found stays"},
		func(ctx context.Context, by access.Actor, in *byID) error {
			return m.CancelFill(ctx, by, hearth.MonitorID(in.ID))
		})
}

func fillingOf(f monitor.Fill, err error) (client.Filling, error) {
	doc := client.Filling{
		State: f.State, Stage: f.Stage, Share: f.Share(), Since: f.Since, Reached: f.Reached, Total: f.Total, Looked: f.Looked, Found: f.Found,
		Brought: f.Brought, Left: f.Left().Seconds(), Begun: f.Begun, Notes: f.Notes,
	}
	if s := f.Worked.Seconds(); s > 0 {
		doc.Rate = float64(f.Looked) / s
	}
	return doc, err
}

// stillFilling says whether a monitor's past is still to be searched.
func stillFilling(m *monitor.Monitor, f *monitor.Fill) bool {
	return !m.Paused && (f.State == monitor.FillWaiting || f.State == monitor.FillRunning)
}
