package api

import (
	"context"
	"net/http"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/ingest"
	"hearth/jobs"
)

func (a *API) letterRuns() {
	runs := a.o.LetterRuns
	route(a, verb{id: "letter-errors", may: access.ReadOperations, method: http.MethodGet, path: "/sources/{id}/letter-errors", tag: "sources", summary: "What is wrong with the dead letters of a source, the most frequent first"},
		func(ctx context.Context, by access.Actor, in *byID) (client.LetterErrorList, error) {
			list := client.LetterErrorList{Errors: []client.LetterError{}}
			all, err := a.o.Sources.LetterErrors(ctx, by, hearth.SourceID(in.ID))
			for _, e := range all {
				list.Errors = append(list.Errors, client.LetterError{Error: e.Error, Reason: e.Reason, Count: e.Count})
			}
			return list, err
		})
	route(a, verb{id: "letter-runs", may: access.ReadOperations, method: http.MethodGet, path: "/sources/{id}/letter-runs", tag: "sources", summary: "Runs over the dead letters of a source, the newest first"},
		func(ctx context.Context, by access.Actor, in *byID) (client.LetterRunList, error) {
			list := client.LetterRunList{Runs: []client.LetterRun{}}
			all, err := runs.List(ctx, by, hearth.SourceID(in.ID))
			for i := range all {
				list.Runs = append(list.Runs, letterRunDocument(&all[i]))
			}
			return list, err
		})
	type startInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body client.LetterTask
	}
	route(a, verb{id: "start-letter-run", may: access.WriteSources, method: http.MethodPost, path: "/sources/{id}/letter-runs", tag: "sources", status: http.StatusAccepted, summary: "Read again, dismiss or bring back many dead letters of a source, in a job"},
		func(ctx context.Context, by access.Actor, in *startInput) (client.LetterRun, error) {
			run, err := runs.Start(ctx, by, ingest.LetterTask{
				Act: ingest.LetterAct(in.Body.Act), Source: hearth.SourceID(in.ID), Error: in.Body.Error, Run: jobs.ID(in.Body.Run),
			})
			return letterRunDocument(&run), err
		})
}

func letterRunDocument(r *ingest.LetterRun) client.LetterRun {
	doc := client.LetterRun{
		Job: jobDocument(&r.Job), Act: string(r.Task.Act), Error: r.Task.Error, Run: int64(r.Task.Run), Letters: r.Letters, Done: r.Result.Done, Failed: r.Result.Failed,
	}
	for _, why := range r.Result.Reasons {
		doc.Reasons = append(doc.Reasons, client.LetterFault{Reason: why.Reason, Count: why.Count, First: why.First})
	}
	return doc
}
