package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hearth/access"
	"hearth/backup"
	"hearth/client"
)

func (a *API) backups() {
	type input struct{ Body client.BackupRequest }
	operation := a.operation(verb{id: "backup", may: access.WriteOperations, stream: true, method: http.MethodPost, path: "/backups", tag: "operations",
		summary: "Make a backup on the server's machine; the answer streams the progress, one document a line"})
	operation.Responses["200"] = streamResponse("One BackupProgress a line; the last says finished, or is {\"problem\":…}", ndjson)
	huma.Register(a.huma, operation, func(ctx context.Context, in *input) (*huma.StreamResponse, error) {
		by := actorOf(ctx)
		if err := by.Check(access.WriteOperations); err != nil {
			return nil, a.trouble(ctx, err)
		}
		return &huma.StreamResponse{Body: func(hctx huma.Context) {
			r, w := humago.Unwrap(hctx)
			a.backUp(w, r, by, backup.Request{Directory: in.Body.Directory, Recipients: in.Body.Recipients})
		}}, nil
	})
}

// backUp makes a backup and streams how far it is. It ends when its reader goes
// or may not make it any more, or the server stops.
func (a *API) backUp(w http.ResponseWriter, r *http.Request, by access.Actor, wanted backup.Request) {
	watched, stop := a.o.Access.Watch(r.Context(), by)
	defer stop()
	ctx, cancel := context.WithCancelCause(watched)
	defer cancel(nil)
	go func() {
		select {
		case <-ctx.Done():
		case <-a.o.Stopping:
			cancel(errStopping)
		}
	}()
	out := newLines(w)
	var told time.Time
	m, err := a.o.Backups.Make(ctx, by, wanted, func(p backup.Progress) {
		if now := a.o.Clock(); now.Sub(told) >= time.Second/5 {
			if told.IsZero() {
				out.begin(ndjson)
			}
			told = now
			if out.line(client.BackupProgress{Doing: p.Doing, Done: p.Done, Total: p.Total}) != nil {
				cancel(nil)
			}
		}
	})
	if cause := context.Cause(ctx); err != nil && (errors.Is(cause, errStopping) || errors.Is(cause, access.ErrSignedOut)) {
		err = cause
	}
	if err != nil {
		failed := a.trouble(ctx, err).(*failure)
		if told.IsZero() {
			writeProblem(w, failed.Status, failed.Problem)
			return
		}
		out.line(streamEnd{failed.Problem})
		return
	}
	a.o.Log.Info("a backup was made", "directory", wanted.Directory, "bytes", m.Bytes(), "rows", m.Rows)
	out.line(client.BackupProgress{Finished: true, Directory: wanted.Directory, Bytes: m.Bytes(), Rows: int64(m.Rows), Encrypted: m.Sealed()})
}
