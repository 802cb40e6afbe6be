package api

import (
	"context"
	"net/http"

	"hearth/access"
	"hearth/client"
	"hearth/reanalysis"
)

func (a *API) reanalyses() {
	r := a.o.Reanalyses
	route(a, verb{id: "models", may: access.ReadMonitors, method: http.MethodGet, path: "/models", tag: "reanalysis", summary: "The analyzers, with their cards, and by which versions posts were judged"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.ModelList, error) {
			list, drawn, err := r.Models(ctx, by)
			doc := client.ModelList{Drawn: drawn, Models: []client.Model{}}
			for _, m := range list {
				one := client.Model{Name: m.Name, Field: string(m.Field), Version: m.Version, Card: m.Card, Judged: []client.ModelShare{}}
				for _, s := range m.Judged {
					one.Judged = append(one.Judged, client.ModelShare(s))
				}
				doc.Models = append(doc.Models, one)
			}
			return doc, err
		})
	route(a, verb{id: "reanalyses", may: access.ReadMonitors, method: http.MethodGet, path: "/reanalyses", tag: "reanalysis", summary: "Re-analyses of stored posts, the newest first"},
		func(ctx context.Context, by access.Actor, _ *struct{}) (client.ReanalysisList, error) {
			list, err := r.List(ctx, by)
			doc := client.ReanalysisList{Reanalyses: []client.Reanalysis{}}
			for i := range list {
				doc.Reanalyses = append(doc.Reanalyses, reanalysisDocument(&list[i]))
			}
			return doc, err
		})
	route(a, verb{id: "reanalysis", may: access.ReadMonitors, method: http.MethodGet, path: "/reanalyses/{id}", tag: "reanalysis", summary: "One re-analysis, how far it is and what it changed"},
		func(ctx context.Context, by access.Actor, in *byID) (client.ReanalysisChanges, error) {
			c, err := r.Get(ctx, by, in.ID)
			return client.ReanalysisChanges{Reanalysis: reanalysisDocument(&c.Run), Moves: moveDocuments(c.Moves), Figures: figureDocuments(c.Figures)}, err
		})
	type startInput struct{ Body client.ReanalysisDraft }
	route(a, verb{id: "start-reanalysis", may: access.WriteMonitors, method: http.MethodPost, path: "/reanalyses", tag: "reanalysis", status: http.StatusCreated, heavy: true,
		summary: "Judge stored posts anew, in the background"},
		func(ctx context.Context, by access.Actor, in *startInput) (client.Reanalysis, error) {
			one, err := r.Start(ctx, by, selection(&in.Body.Search))
			return reanalysisDocument(&one), err
		})
	route(a, verb{id: "try-reanalysis", may: access.WriteMonitors, method: http.MethodPost, path: "/reanalyses/try", tag: "reanalysis", heavy: true,
		summary: "What judging stored posts anew would change, from some of them; nothing changes"},
		func(ctx context.Context, by access.Actor, in *startInput) (client.ReanalysisTrial, error) {
			t, err := r.Try(ctx, by, selection(&in.Body.Search))
			return client.ReanalysisTrial{
				Total: t.Total, Looked: t.Looked, Changed: t.Changed, Kept: t.Kept, Moves: moveDocuments(t.Moves), Figures: figureDocuments(t.Figures),
				Bytes: t.Bytes, Takes: t.Takes.Seconds(),
			}, err
		})
	type steerInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.ReanalysisStep
	}
	route(a, verb{id: "steer-reanalysis", may: access.WriteMonitors, method: http.MethodPost, path: "/reanalyses/{id}/steer", tag: "reanalysis", summary: "Pause, resume, cancel or undo a re-analysis"},
		func(ctx context.Context, by access.Actor, in *steerInput) (client.Reanalysis, error) {
			one, err := r.Steer(ctx, by, in.ID, reanalysis.Step(in.Body.Step))
			return reanalysisDocument(&one), err
		})
}

func reanalysisDocument(r *reanalysis.Run) client.Reanalysis {
	f := r.Models.Fields
	return client.Reanalysis{
		ID: r.ID, State: string(r.State), Reason: r.Reason, Whole: r.Whole,
		Search: client.Search{Query: r.Selection.Query, Monitor: int64(r.Selection.Monitor), From: r.Selection.From, To: r.Selection.To},
		Models: client.ModelVersions{Lang: f[0].Version, Sentiment: f[1].Version, Intent: f[2].Version, Spam: f[3].Version},
		Total:  r.Total, Looked: r.Looked, Same: r.Same, Changed: r.Changed, Kept: r.Kept, Skipped: r.Skipped,
		By: int64(r.By), Begun: r.Begun, Written: r.Written, Left: r.Left.Seconds(),
	}
}

func moveDocuments(list []reanalysis.Move) []client.JudgementMove {
	docs := []client.JudgementMove{}
	for _, m := range list {
		one := client.JudgementMove{Field: string(m.Field), Lang: m.Lang, Was: m.Was, Becomes: m.Becomes, Posts: m.Posts, Examples: []client.PostKey{}}
		for _, k := range m.Examples {
			one.Examples = append(one.Examples, client.PostKey(k))
		}
		docs = append(docs, one)
	}
	return docs
}

func figureDocuments(list []reanalysis.Figure) []client.JudgementFigure {
	docs := []client.JudgementFigure{}
	for _, f := range list {
		docs = append(docs, client.JudgementFigure{
			Monitor: int64(f.Monitor), PostsBefore: f.PostsBefore, PostsAfter: f.PostsAfter, SaidBefore: f.SaidBefore, SaidAfter: f.SaidAfter,
			NegativeBefore: f.NegativeBefore, NegativeAfter: f.NegativeAfter,
		})
	}
	return docs
}
