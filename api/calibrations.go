package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/client"
	"hearth/quality"
)

func (a *API) calibrations() {
	c := a.o.Calibrations
	route(a, verb{id: "calibrations", may: access.ReadMonitors, method: http.MethodGet, path: "/calibrations", tag: "tags", summary: "What the workspace's people taught the analysis, in versions, the newest first"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.CalibrationList, error) {
			list, err := c.List(ctx, by)
			doc := client.CalibrationList{Calibrations: []client.Calibration{}}
			for i := range list {
				doc.Calibrations = append(doc.Calibrations, calibrationDocument(&list[i]))
			}
			return doc, err
		})
	route(a, verb{id: "fit-calibration", may: access.WriteMonitors, method: http.MethodPost, path: "/calibrations", tag: "tags", status: http.StatusCreated, heavy: true,
		summary: "Make a version of what people have said by now; it is not switched on"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.Calibration, error) {
			one, err := c.Fit(ctx, by)
			return calibrationDocument(&one), err
		})
	type switchInput struct{ Body client.CalibrationSwitch }
	act(a, verb{id: "switch-calibration", may: access.WriteMonitors, method: http.MethodPost, path: "/calibrations/switch", tag: "tags", summary: "Have a version hold for what arrives from now on"},
		func(ctx context.Context, by access.Actor, in *switchInput) error {
			return c.Switch(ctx, by, in.Body.Version)
		})
}

func calibrationDocument(one *quality.Calibration) client.Calibration {
	doc := client.Calibration{
		Version: one.ID, At: one.At, By: int64(one.By), On: one.On, Answers: one.Answers, RightBefore: one.RightBefore, RightAfter: one.RightAfter,
		Looked: one.Looked, Moves: []client.SentimentMove{},
	}
	for _, m := range one.Moves {
		doc.Moves = append(doc.Moves, client.SentimentMove{From: string(m.From), To: string(m.To), Posts: m.Posts})
	}
	return doc
}
