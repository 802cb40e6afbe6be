package api

import (
	"hearth"
	"hearth/client"
	"hearth/query"
)

// Check says everything about a query and, with a post, whether it matches. It
// needs no archive, so the command line calls it without a server.
func Check(text string, post *hearth.Post) client.QueryCheck {
	q, diagnostics := query.Parse(text)
	check := client.QueryCheck{OK: q != nil, Diagnostics: problems(diagnostics)}
	if q == nil {
		return check
	}
	check.Canonical = q.String()
	check.Explain = q.Explain()
	check.Cost = &q.Cost
	if post != nil {
		match := q.Match(post)
		check.Match = &match
	}
	return check
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
