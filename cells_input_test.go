package hearth_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// naming is what parts of requests name, by their own name.
var naming = map[string]string{
	"monitor": "monitor", "monitors": "monitor", "comparison": "comparison", "alert": "alert", "owner": "user", "brand": "brand", "brands": "brand", "parent": "brand", "members": "user",
	"incident": "incident", "source": "source", "import": "import", "channel": "channel", "dispatches": "dispatch", "parts": "topic",
}

// free are parts of requests that may say anything.
var free = map[string]string{
	"add-channel monitors": "chooses among what the workspace has; what it has not chooses nothing", "change-channel monitors": "likewise",
	"audit-log user": "chooses among what was done here; who is not there did nothing", "export-audit user": "likewise",
	"start-letter-run run": "brings back letters of the source alone; one that is not there has none",
	"put-schedule name":    "is made if it is not there",
	"change-role brand":    "is looked at by change-brand-role only", "disable-user brand": "likewise", "enable-user brand": "likewise",
}

// numbers is the numbers of requests that name nothing.
var numbers = set(`place version limit top before after upTo threshold step days from to budget`)

// given is what requests hold where the description alone does not say enough.
var given = map[string]any{
	"query": "tea", "tags": []any{"cells"}, "name": "cells", "title": "Cells", "class": "act", "version": 1, "text": "hello", "fields": []any{"lang"}, "directory": "/nowhere/cells",
	"scopes": []any{"posts.read"}, "when": "daily 03:00", "network": "bluesky", "kind": "backup", "password": "a lamp beside the window",
	"threshold": 200, "budget": 1, "zone": "UTC", "author": "@nobody.example", "format": "ndjson", "step": 1, "upTo": 1, "days": 1,
	"subscription": inventedSubscription, "says": "human", "accounts": []any{map[string]any{"network": "bluesky", "author": "@nobody.example"}},
	"rule": map[string]any{"budget": 1, "drift": true, "negative": true, "threshold": 200, "volume": true, "zone": "UTC"},
}

// describe makes a request out of the description of a route, and finds what in
// it names something.
func describe(t *testing.T, r *route, op *huma.Operation, schemas huma.Registry) {
	t.Helper()
	name := func(in, name string, s *huma.Schema, must bool) {
		if free[op.OperationID+" "+name] != "" {
			return
		}
		list := s.Type == huma.TypeArray
		kind := naming[name]
		switch {
		case in == "path" || name == "id":
			kind = kindBefore(op.Path+"/{"+name+"}", name)
			if in == "path" {
				kind = kindBefore(op.Path, name)
			}
		case kind == "" && (s.Type == huma.TypeInteger || list && s.Items.Type == huma.TypeInteger):
			if !numbers[name] {
				t.Errorf("%s: does the number %q name something? Say so in naming, or in numbers", op.OperationID, name)
			}
			return
		}
		if kind != "" || in == "path" {
			r.params = append(r.params, param{in: in, name: name, kind: kind, list: list, must: must})
		}
	}
	for _, p := range op.Parameters {
		name(p.In, p.Name, resolve(p.Schema, schemas), p.Required)
	}
	if op.OperationID == "import" { // a file
		r.body = ""
		r.params = slices.DeleteFunc(r.params, func(p param) bool { return p.name == "id" })
		r.params = append(r.params, param{in: "query", name: "id", kind: "import"})
	}
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return
	}
	r.schema = true
	s := resolve(op.RequestBody.Content["application/json"].Schema, schemas)
	body := map[string]any{}
	for field, inner := range s.Properties {
		inner = resolve(inner, schemas)
		name("body", field, inner, slices.Contains(s.Required, field))
		if value, ok := given[field]; ok && (slices.Contains(s.Required, field) || field == "version") {
			body[field] = value
		} else if slices.Contains(s.Required, field) && naming[field] == "" {
			body[field] = example(inner)
		}
		if len(inner.Enum) > 0 && body[field] != nil {
			body[field] = inner.Enum[0]
		}
	}
	if op.OperationID == "add-channel" {
		body["address"], body["kind"] = "https://hooks.acme.example/in", "webhook"
	}
	if op.OperationID == "put-schedule" {
		body["args"] = map[string]any{"directory": "/nowhere/cells", "keep": 1}
	}
	r.body = body
}

func resolve(s *huma.Schema, schemas huma.Registry) *huma.Schema {
	if s.Ref != "" {
		return schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// example is a value as described.
func example(s *huma.Schema) any {
	switch s.Type {
	case huma.TypeInteger, huma.TypeNumber:
		return 1
	case huma.TypeBoolean:
		return true
	case huma.TypeArray:
		return []any{}
	case huma.TypeObject:
		return map[string]any{}
	}
	return "tea"
}

// request is what a cell asks.
func (w *cellWorld) request(c *cell) *http.Request {
	r := c.route
	path, query, form := r.path, url.Values{}, url.Values(nil)
	var body map[string]any
	if fields, ok := r.body.(map[string]any); ok {
		body = map[string]any{}
		for k, v := range fields {
			body[k] = v
		}
	}
	for _, p := range r.params {
		at := own
		if p.String() == c.swap {
			at = c.to
		}
		if p.name == everyName {
			for _, name := range pageNames {
				kind := name
				if name == "id" {
					kind = kindBefore(r.path+"/{id}", "id")
				}
				if value := w.things[kind][at]; value != "" && at != own {
					query.Set(name, value)
				}
			}
			continue
		}
		value, known := w.things[p.kind][at]
		if !known {
			value = nobodys
		}
		switch p.in {
		case "path":
			path = strings.Replace(path, "{"+p.name+"}", url.PathEscape(value), 1)
		case "query":
			query.Set(p.name, value)
		case "body":
			if p.String() != c.swap && !p.must && !p.list {
				continue
			}
			var v any = json.Number(value)
			if p.list {
				v = []any{json.Number(value)}
				if p.kind == "monitor" {
					v = []any{json.Number(value), json.Number(w.things["rival"][own])}
				}
			}
			body[p.name] = v
		}
	}
	path = strings.Replace(path, "{name}", "nightly", 1)
	path = strings.ReplaceAll(path, "{$}", "")
	for name, value := range map[string]map[string]string{"post": {"network": "feed"}, "post-history": {"network": "feed"}, "annotations": {"network": "feed"}, "copies": {"network": "feed"}, "GET /post": {"network": "feed"}, "distrust": {"network": "feed", "author": "@nobody.example"}, "diff-monitor": {"from": "1", "to": "2"}}[r.id] {
		query.Set(name, value)
	}
	if r.form {
		form, query = query, nil
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	var reader io.Reader
	kind := ""
	switch {
	case r.schema:
		text, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		reader, kind = strings.NewReader(string(text)), "application/json"
	case r.form:
		for name, value := range map[string]string{"do": "pause", "name": "cells", "q": "tea", "version": "1"} {
			form.Set(name, value)
		}
		reader, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	case r.body != nil:
		reader, kind = strings.NewReader(""), "application/octet-stream"
	}
	request := httptest.NewRequest(r.method, path, reader)
	request.Host = "127.0.0.1"
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if c.header {
		request.Header.Set("Hearth-Workspace", w.other)
	}
	c.who.sign(request)
	return request
}

// ask asks one cell. A stream that has no end is left after a moment.
func (w *cellWorld) ask(c *cell) (status int, body []byte) {
	if c.route.id != "follow" && !strings.HasSuffix(c.route.path, "/live") {
		return w.askFor(c, 0)
	}
	for patience := 30 * time.Millisecond; ; patience *= 10 { // a busy machine may not know in time who asks
		if status, body = w.askFor(c, patience); status < 500 || patience > 10*time.Second {
			return status, body
		}
	}
}

// askFor asks and leaves after a while; 0: never.
func (w *cellWorld) askFor(c *cell, patience time.Duration) (int, []byte) {
	request := w.request(c)
	answer := httptest.NewRecorder()
	if patience > 0 {
		ctx, leave := contextWithTimeout(request, patience)
		defer leave()
		request = request.WithContext(ctx)
	}
	func() {
		defer func() {
			if trouble := recover(); trouble != nil && trouble != http.ErrAbortHandler {
				panic(trouble)
			}
		}()
		w.handler.ServeHTTP(answer, request)
	}()
	return answer.Code, answer.Body.Bytes()
}
