package api

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hearth"
	"hearth/client"
	"hearth/monitor"
)

// statuses is the one table from codes to HTTP.
var statuses = map[hearth.Code]int{
	hearth.Invalid:     http.StatusUnprocessableEntity,
	hearth.NotFound:    http.StatusNotFound,
	hearth.Denied:      http.StatusForbidden,
	hearth.Conflict:    http.StatusConflict,
	hearth.TooMany:     http.StatusTooManyRequests,
	hearth.Unavailable: http.StatusServiceUnavailable,
	hearth.Damaged:     http.StatusInternalServerError,
	hearth.Internal:    http.StatusInternalServerError,
}

var titles = map[hearth.Code]string{
	hearth.Invalid:     "The input is wrong",
	hearth.NotFound:    "Not found",
	hearth.Denied:      "Not allowed",
	hearth.Conflict:    "Changed meanwhile or taken",
	hearth.TooMany:     "Too often",
	hearth.Unavailable: "Try again later",
	hearth.Damaged:     "Stored data is damaged",
	hearth.Internal:    "Hearth failed",
}

// problemOf is the document of an error. A defect's details stay in the log.
func problemOf(err error) client.Problem {
	code := hearth.ErrorCode(err)
	p := client.Problem{Title: titles[code], Status: statuses[code], Detail: err.Error(), Code: string(code)}
	if p.Status == 0 {
		p.Status, p.Title = http.StatusInternalServerError, titles[hearth.Internal]
	}
	var known *hearth.Error
	if errors.As(err, &known) {
		p.Field = known.Field
	} else {
		p.Detail = "Hearth failed while answering; the log says more."
	}
	var wrong *monitor.QueryError
	if errors.As(err, &wrong) {
		p.Diagnostics = problems(wrong.Diagnostics)
	}
	return p
}

// trouble is what a handler returns for an error.
func (a *API) trouble(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = hearth.Errorf(hearth.Unavailable, "This took longer than %s and was ended; ask for less.", requestTime)
	case errors.Is(err, context.Canceled):
		err = hearth.Errorf(hearth.Unavailable, "The request was ended.")
	case hearth.ErrorCode(err) == hearth.Internal:
		a.o.Log.Error("a request failed", "error", err)
	}
	return &failure{problemOf(err)}
}

// failure is a problem on its way through huma.
type failure struct{ client.Problem }

func (f *failure) Error() string             { return f.Detail }
func (f *failure) GetStatus() int            { return f.Status }
func (f *failure) ContentType(string) string { return problemType }
func (f *failure) GetHeaders() http.Header {
	if f.Status == http.StatusServiceUnavailable {
		return http.Header{"Retry-After": {"2"}}
	}
	return nil
}

const problemType = "application/problem+json"

// asProblem rewrites the errors that huma finds itself (a body that is not as
// described) as problems like all others.
func asProblem(_ huma.Context, _ string, v any) (any, error) {
	found, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := client.Problem{Title: titles[hearth.Invalid], Status: found.Status, Detail: sentence(found.Detail), Code: string(hearth.Invalid)}
	if len(found.Errors) > 0 {
		first := found.Errors[0]
		p.Field = strings.TrimPrefix(strings.TrimPrefix(first.Location, "body."), "query.")
		p.Detail = sentence(first.Message)
		if p.Field != "" && p.Field != "body" {
			p.Detail = p.Field + ": " + p.Detail
		}
	}
	if found.Status >= http.StatusInternalServerError {
		p.Code, p.Title = string(hearth.Internal), titles[hearth.Internal]
	}
	return p, nil
}

func sentence(s string) string {
	if s == "" {
		return "The request is not as described in /api/openapi.json."
	}
	if last := s[len(s)-1]; last == '.' || last == '!' || last == '?' {
		return s
	}
	return s + "."
}

func writeProblem(w http.ResponseWriter, status int, p client.Problem) {
	p.Status = status
	document, err := client.Marshal(p)
	if err != nil {
		document = []byte(`{}`)
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(status)
	w.Write(append(document, '\n'))
}

// problemResponses describes failures of every route.
func problemResponses() map[string]*huma.Response {
	return map[string]*huma.Response{"default": {
		Description: "What went wrong, as a problem document",
		Content:     map[string]*huma.MediaType{problemType: {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}},
	}}
}

func stack() string { return string(debug.Stack()) }

// writeLine writes v as one line of a stream.
func writeLine(w http.ResponseWriter, v any) error {
	line, err := client.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// streamEnd is the last line of a stream that broke off.
type streamEnd struct {
	Problem client.Problem `json:"problem"`
}
