package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/ingest"
)

func (a *API) uploads() {
	u := a.o.Uploads
	type sendInput struct {
		Name   string   `query:"name" maxLength:"500" doc:"The file's name"`
		Format string   `query:"format" maxLength:"40" doc:"Empty: recognised"`
		Set    []string `query:"set,explode" maxItems:"50" doc:"Settings of the format, name=value"`
	}
	operation := a.operation(verb{id: "send-upload", may: access.WritePosts, stream: true, method: http.MethodPost, path: "/uploads", tag: "posts",
		summary: "Send a file of posts (plain, gzip or zstd) to be looked through, and imported when you say so"})
	operation.MaxBodyBytes, operation.BodyReadTimeout = -1, -1
	operation.RequestBody = &huma.RequestBody{Required: true, Description: "The file, at most 4 GB",
		Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	operation.Responses["200"] = streamResponse("The Upload", "application/json")
	huma.Register(a.huma, operation, func(ctx context.Context, in *sendInput) (*huma.StreamResponse, error) {
		by := actorOf(ctx)
		if err := by.Check(access.WritePosts); err != nil {
			return nil, a.trouble(ctx, err)
		}
		settings, err := pairs(in.Set)
		if err != nil {
			return nil, a.trouble(ctx, err)
		}
		return &huma.StreamResponse{Body: func(hctx huma.Context) {
			r, w := humago.Unwrap(hctx)
			steps := http.NewResponseController(w)
			body := &patientBody{body: r.Body, steps: steps}
			defer body.swallow()
			up, err := u.Take(r.Context(), by, ingest.UploadDraft{Name: in.Name, Format: in.Format, Settings: settings}, body)
			steps.SetWriteDeadline(hearth.SystemClock().Add(stepTime))
			if err != nil {
				failed := a.trouble(r.Context(), err).(*failure)
				writeProblem(w, failed.Status, failed.Problem)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			writeLine(w, uploadDocument(&up))
		}}, nil
	})
	type listInput struct{}
	route(a, verb{id: "uploads", may: access.WritePosts, method: http.MethodGet, path: "/uploads", tag: "posts", summary: "The files that wait to be imported, the newest first"},
		func(ctx context.Context, by access.Actor, _ *listInput) (client.UploadList, error) {
			list := client.UploadList{Uploads: []client.Upload{}}
			all, err := u.List(ctx, by)
			for i := range all {
				list.Uploads = append(list.Uploads, uploadDocument(&all[i]))
			}
			return list, err
		})
	type oneInput struct {
		ID string `path:"id" minLength:"1" maxLength:"128"`
	}
	route(a, verb{id: "upload", may: access.WritePosts, method: http.MethodGet, path: "/uploads/{id}", tag: "posts", summary: "One file that waits, what is in it and how far its import is"},
		func(ctx context.Context, by access.Actor, in *oneInput) (client.Upload, error) {
			up, err := u.Get(ctx, by, in.ID)
			return uploadDocument(&up), err
		})
	type bringInput struct {
		ID        string `path:"id" minLength:"1" maxLength:"128"`
		AcceptBad bool   `query:"accept_bad" doc:"Go on however many records cannot be read"`
	}
	route(a, verb{id: "import-upload", may: access.WritePosts, method: http.MethodPost, path: "/uploads/{id}/import", tag: "posts",
		summary: "Import a file that waits; the job says how far it is, and the file goes when it is in"},
		func(ctx context.Context, by access.Actor, in *bringInput) (client.Upload, error) {
			up, err := u.Bring(ctx, by, in.ID, in.AcceptBad)
			return uploadDocument(&up), err
		})
	act(a, verb{id: "remove-upload", may: access.WritePosts, method: http.MethodDelete, path: "/uploads/{id}", tag: "posts", summary: "Forget a file that waits; what was imported of it stays"},
		func(ctx context.Context, by access.Actor, in *oneInput) error { return u.Remove(ctx, by, in.ID) })
}

func uploadDocument(up *ingest.Upload) client.Upload {
	doc := client.Upload{ID: up.ID, Name: up.Name, Format: up.Format, Size: up.Size, Sent: up.Sent}
	if up.Check.ID != 0 {
		job := jobDocument(&up.Check)
		job.Result, doc.Check = nil, &job
		var s client.Survey
		if len(up.Check.Result) > 0 && json.Unmarshal(up.Check.Result, &s) == nil {
			doc.Survey = &s
		}
	}
	if up.Import.ID != 0 {
		job := jobDocument(&up.Import)
		doc.Import = &job
	}
	return doc
}
