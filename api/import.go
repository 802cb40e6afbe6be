package api

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/ingest"
	"hearth/network"
)

func (a *API) imports() {
	v := verb{id: "import", may: access.WritePosts, stream: true, method: http.MethodPost, path: "/import", tag: "posts",
		summary: "Send a file of posts (plain, gzip or zstd); the answer streams the progress, one document a line"}
	operation := a.operation(v)
	operation.MaxBodyBytes, operation.BodyReadTimeout = -1, -1
	operation.RequestBody = &huma.RequestBody{Required: true, Description: "The file",
		Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	operation.Responses["200"] = streamResponse("One ImportProgress a line; the last says done, or is {\"problem\":…}", ndjson)
	huma.Register(a.huma, operation, func(ctx context.Context, in *importInput) (*huma.StreamResponse, error) {
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
			a.receive(w, r, by, in, settings)
		}}, nil
	})

	type listInput struct{}
	route(a, verb{id: "imports", may: access.ReadPosts, method: http.MethodGet, path: "/imports", tag: "posts", summary: "What was imported, the newest first"},
		func(ctx context.Context, by access.Actor, _ *listInput) (client.ImportList, error) {
			reports, err := a.o.Imports.List(ctx, by)
			list := client.ImportList{Imports: []client.ImportProgress{}}
			for i := range reports {
				list.Imports = append(list.Imports, importDocument(&reports[i]))
			}
			return list, err
		})
	type oneInput struct {
		ID string `path:"id" minLength:"1" maxLength:"128"`
	}
	route(a, verb{id: "imported", may: access.ReadPosts, method: http.MethodGet, path: "/imports/{id}", tag: "posts", summary: "One import"},
		func(ctx context.Context, by access.Actor, in *oneInput) (client.ImportProgress, error) {
			report, err := a.o.Imports.Get(ctx, by, in.ID)
			return importDocument(&report), err
		})
	route(a, verb{id: "undo-import", may: access.WritePosts, method: http.MethodPost, path: "/imports/{id}/undo", tag: "posts", heavy: true,
		summary: "Erase every post that an import stored; if it takes too long, ask again to go on"},
		func(ctx context.Context, by access.Actor, in *oneInput) (client.Erased, error) {
			n, err := a.o.Imports.Undo(ctx, by, in.ID)
			return client.Erased{Posts: int64(n)}, err
		})
}

type importInput struct {
	ID        string   `query:"id" maxLength:"128" doc:"Names the content: an import of the same id that broke off goes on, one that is done is not done again. Empty: a new one"`
	Name      string   `query:"name" maxLength:"500" doc:"The file's name"`
	Format    string   `query:"format" maxLength:"40" doc:"Empty: recognised"`
	Set       []string `query:"set,explode" maxItems:"50" doc:"Settings of the format, name=value"`
	AcceptBad bool     `query:"accept_bad" doc:"Go on however many records cannot be read"`
}

// receive imports the body of a request and streams how far it is.
func (a *API) receive(w http.ResponseWriter, r *http.Request, by access.Actor, in *importInput, settings map[string]string) {
	steps := http.NewResponseController(w)
	steps.EnableFullDuplex()
	if in.ID == "" {
		in.ID = "once-" + rand.Text()
	}
	body := &patientBody{body: r.Body, steps: steps}
	ctx, stop := a.o.Access.Watch(r.Context(), by)
	defer stop()
	answered := false
	send := func(v any) {
		if !answered {
			answered = true
			w.Header().Set("Content-Type", ndjson)
			w.WriteHeader(http.StatusOK)
		}
		steps.SetWriteDeadline(hearth.SystemClock().Add(stepTime))
		writeLine(w, v)
		steps.Flush()
	}
	report, err := a.bring(ctx, by, body, in, settings, func(report ingest.Report) {
		send(importDocument(&report))
	})
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, access.ErrSignedOut) {
		err = cause
	}
	defer body.swallow()
	if err != nil && !answered && report.Records == 0 {
		failed := a.trouble(r.Context(), err).(*failure)
		writeProblem(w, failed.Status, failed.Problem)
		steps.Flush()
		return
	}
	last := importDocument(&report)
	last.Done = err == nil
	send(last)
	if err != nil {
		send(streamEnd{a.trouble(r.Context(), err).(*failure).Problem})
	}
}

// bring imports a file; progress is told at most a few times a second.
func (a *API) bring(ctx context.Context, by access.Actor, body io.Reader, in *importInput, settings map[string]string, progress func(ingest.Report)) (ingest.Report, error) {
	input, err := network.Open(body)
	if err != nil {
		return ingest.Report{}, err
	}
	defer input.Close()
	format, err := FindFormat(a.o.Formats, a.o.Detect, in.Format, in.Name, input)
	if err != nil {
		return ingest.Report{}, err
	}
	var told time.Time
	return a.o.Imports.Import(ctx, by, ingest.File{
		ID: in.ID, Name: in.Name, Format: format, Settings: settings, Body: input, AcceptBad: in.AcceptBad,
		Progress: func(r ingest.Report) {
			if now := a.o.Clock(); now.Sub(told) >= time.Second/5 {
				told = now
				progress(r)
			}
		},
	})
}

// FindFormat is the format of that name, or the one that the file's beginning
// or name shows.
func FindFormat(formats []network.Format, detect func(string, []byte) (network.Format, bool), name, file string, input *network.Input) (*network.Format, error) {
	if name == "" {
		if found, ok := detect(file, input.Head()); ok {
			return &found, nil
		}
		return nil, &hearth.Error{Code: hearth.Invalid, Field: "format", Message: "The format of the file cannot be recognised; say which it is: " + formatNames(formats) + "."}
	}
	for i := range formats {
		if formats[i].Name == name {
			return &formats[i], nil
		}
	}
	return nil, &hearth.Error{Code: hearth.Invalid, Field: "format", Message: "There is no format " + name + "; there is " + formatNames(formats) + "."}
}

func formatNames(formats []network.Format) string {
	names := make([]string, len(formats))
	for i := range formats {
		names[i] = formats[i].Name
	}
	return strings.Join(names, ", ")
}

func importDocument(r *ingest.Report) client.ImportProgress {
	c := &r.Counters
	doc := client.ImportProgress{
		ID: r.ID, Name: r.Name, Format: r.Format, State: r.State, Trouble: r.Reason, Done: r.State == ingest.ImportDone,
		Records: r.Records, Resumed: r.Resumed, Stored: c.Stored, Duplicates: c.Duplicates, Rejected: r.Bad(),
		Other: c.UnknownPosts + c.UnknownAuthors + c.Deleted + c.Renamed + c.Swallowed + c.Unwanted + c.Undecided,
		Begun: r.Begun,
	}
	for _, reason := range r.Reasons {
		doc.Reasons = append(doc.Reasons, client.ImportReason(reason))
	}
	return doc
}

// patientBody gives every read of a long body its own deadline.
type patientBody struct {
	body  io.Reader
	steps *http.ResponseController
}

func (b *patientBody) Read(p []byte) (int, error) {
	b.steps.SetReadDeadline(hearth.SystemClock().Add(uploadTime))
	return b.body.Read(p)
}

// swallow reads on for a while after the answer, where nobody had to read to
// the end: a connection that is closed while its other end still sends is reset,
// and the answer is lost with it; and one that is closed after the other end has
// sent all is used for the next request, which is then lost.
func (b *patientBody) swallow() {
	const most, longest = 64 << 20, 10 * time.Second
	b.steps.SetReadDeadline(hearth.SystemClock().Add(longest))
	io.CopyN(io.Discard, b.body, most)
}

func pairs(list []string) (map[string]string, error) {
	settings := map[string]string{}
	for _, pair := range list {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, &hearth.Error{Code: hearth.Invalid, Field: "set", Message: "Write settings as name=value."}
		}
		settings[name] = value
	}
	return settings, nil
}
