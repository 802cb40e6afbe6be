package api

import (
	"context"
	"net/http"
	"slices"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/monitor"
	"hearth/query"
)

// Check says everything about a query and, with a post, whether it matches. It
// needs no archive, so the command line calls it without a server.
func Check(text string, post *hearth.Post) client.QueryCheck {
	q, diagnostics := parseBoth(text, nil)
	return checked(q, diagnostics, post)
}

// parse reads a query with the shared lists that the actor may see.
func (a *API) parse(by access.Actor, text string) (*query.Query, []query.Diagnostic) {
	if !by.MaySome(access.ReadMonitors) {
		return parseBoth(text, nil)
	}
	return parseBoth(text, func(text string, stored bool) (*query.Query, []query.Diagnostic) {
		if stored {
			return a.o.Monitors.ParseStored(by.Workspace, text)
		}
		return a.o.Monitors.Parse(by.Workspace, text)
	})
}

// parseBoth reads a query as searches take it, and warns of what only these take.
func parseBoth(text string, parse func(text string, stored bool) (*query.Query, []query.Diagnostic)) (*query.Query, []query.Diagnostic) {
	if parse == nil {
		parse = func(text string, stored bool) (*query.Query, []query.Diagnostic) {
			if stored {
				return query.ParseStored(text, nil)
			}
			return query.Parse(text)
		}
	}
	q, diagnostics := parse(text, true)
	if q == nil || !q.AsksStored() {
		return q, diagnostics
	}
	_, others := parse(text, false)
	for _, d := range others {
		if d.Code == query.StoredOnly {
			d.Severity = query.Warning
			diagnostics = append(diagnostics, d)
		}
	}
	slices.SortStableFunc(diagnostics, func(a, b query.Diagnostic) int { return a.Offset - b.Offset })
	return q, diagnostics
}

func checked(q *query.Query, diagnostics []query.Diagnostic, post *hearth.Post) client.QueryCheck {
	check := client.QueryCheck{OK: q != nil, Diagnostics: problems(diagnostics)}
	if q == nil {
		return check
	}
	check.Canonical = q.String()
	check.Explain = q.Explain()
	check.Cost = &q.Cost
	if post != nil && !q.AsksStored() { // which no post says of itself
		match := q.Match(post)
		check.Match = &match
	}
	return check
}

// Translate rewrites a query of another dialect and checks the result.
func Translate(text, dialect string) client.Translation {
	rewritten, notes := query.Import(query.Dialect(dialect), text)
	check := Check(rewritten, nil)
	t := client.Translation{
		Query: rewritten, Notes: []client.Note{}, OK: check.OK, Canonical: check.Canonical, Explain: check.Explain, Diagnostics: check.Diagnostics,
	}
	for _, n := range notes {
		t.Notes = append(t.Notes, client.Note(n))
	}
	return t
}

func problems(list []query.Diagnostic) []client.Diagnostic {
	all := make([]client.Diagnostic, len(list))
	for i, d := range list {
		all[i] = client.Diagnostic{
			Code: string(d.Code), Severity: string(d.Severity), Offset: d.Offset,
			Message: d.Message, Suggestion: d.Suggestion,
		}
	}
	return all
}

func (a *API) queries() {
	type checkInput struct{ Body client.QueryCheckRequest }
	route(a, verb{id: "check-query", who: anybody, method: http.MethodPost, path: "/query/check", tag: "query",
		summary: "Check a query, say it in English, and match it with a post if one is given"},
		func(_ context.Context, by access.Actor, in *checkInput) (client.QueryCheck, error) {
			var post *hearth.Post
			if in.Body.Post != nil {
				post = &in.Body.Post.Post
			}
			q, diagnostics := a.parse(by, in.Body.Query)
			return checked(q, diagnostics, post), nil
		})
	type explainInput struct{ Body client.PreviewRequest }
	route(a, verb{id: "explain-query", who: anybody, method: http.MethodPost, path: "/query/explain", tag: "query",
		summary: "Say a query in plain English"},
		func(_ context.Context, by access.Actor, in *explainInput) (client.Explanation, error) {
			q, diagnostics := a.parse(by, in.Body.Query)
			if q == nil {
				return client.Explanation{}, &monitor.QueryError{Diagnostics: diagnostics}
			}
			return client.Explanation{Explain: q.Explain(), Canonical: q.String(), Cost: q.Cost}, nil
		})
	type translateInput struct{ Body client.TranslationRequest }
	route(a, verb{id: "translate-query", who: anybody, method: http.MethodPost, path: "/query/import", tag: "query",
		summary: "Translate a query of another tool"},
		func(_ context.Context, _ access.Actor, in *translateInput) (client.Translation, error) {
			return Translate(in.Body.Query, in.Body.Dialect), nil
		})
}
