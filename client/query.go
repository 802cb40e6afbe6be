package client

import (
	"context"
	"net/http"
)

// QueryCheck says everything about a query. Match is there if a post was given
// and the query is sound; canonical, explain and cost if the query is sound.
type QueryCheck struct {
	OK          bool         `json:"ok" doc:"Whether the query has no error and can be used"`
	Match       *bool        `json:"match,omitempty" doc:"Whether the given post matches"`
	Canonical   string       `json:"canonical,omitempty" doc:"The form in which the query is stored and compared"`
	Explain     string       `json:"explain,omitempty" doc:"The query in plain English"`
	Cost        *int         `json:"cost,omitempty" doc:"Points; at most 400,000"`
	Diagnostics []Diagnostic `json:"diagnostics" nullable:"false" doc:"Every error and warning, by place"`
}

// Diagnostic is one error or warning about a query.
type Diagnostic struct {
	Code       string `json:"code" doc:"Stable name of the problem" example:"mixed-operators"`
	Severity   string `json:"severity" enum:"error,warning"`
	Offset     int    `json:"offset" doc:"Byte of the query as it was sent"`
	Message    string `json:"message" doc:"What is wrong and what to do"`
	Suggestion string `json:"suggestion,omitempty" doc:"What was probably meant"`
}

// Translation is a query of another dialect, rewritten.
type Translation struct {
	Query       string       `json:"query" doc:"The query in Hearth's language"`
	Notes       []Note       `json:"notes" nullable:"false" doc:"What was changed in meaning and what has no equal"`
	OK          bool         `json:"ok" doc:"Whether the rewritten query has no error"`
	Canonical   string       `json:"canonical,omitempty"`
	Explain     string       `json:"explain,omitempty"`
	Diagnostics []Diagnostic `json:"diagnostics" nullable:"false"`
}

// Note tells of something in a translated query that has no equal, or that now
// means something else.
type Note struct {
	Offset  int    `json:"offset" doc:"Byte of the query as it was sent"`
	Message string `json:"message"`
}

// CheckQuery checks a query and, if a post is given, matches it.
func (c *Client) CheckQuery(ctx context.Context, query string, post *Post) (QueryCheck, error) {
	var check QueryCheck
	err := c.call(ctx, http.MethodPost, "/query/check", QueryCheckRequest{Query: query, Post: post}, &check)
	return check, err
}

// QueryCheckRequest asks about a query.
type QueryCheckRequest struct {
	Query string `json:"query" maxLength:"1100000" doc:"The query"`
	Post  *Post  `json:"post,omitempty" doc:"A post to match"`
}

// Explanation is a sound query in words.
type Explanation struct {
	Explain   string `json:"explain" doc:"The query in plain English"`
	Canonical string `json:"canonical" doc:"The form in which the query is stored and compared"`
	Cost      int    `json:"cost" doc:"Points; at most 400,000"`
}

// ExplainQuery says a query in plain English. One with errors is a QueryError.
func (c *Client) ExplainQuery(ctx context.Context, query string) (Explanation, error) {
	var e Explanation
	err := c.call(ctx, http.MethodPost, "/query/explain", PreviewRequest{Query: query}, &e)
	return e, err
}

// TranslateQuery rewrites a query of another dialect: brandwatch, talkwalker or
// meltwater.
func (c *Client) TranslateQuery(ctx context.Context, query, dialect string) (Translation, error) {
	var t Translation
	err := c.call(ctx, http.MethodPost, "/query/import", TranslationRequest{Query: query, Dialect: dialect}, &t)
	return t, err
}

// TranslationRequest asks for a translation.
type TranslationRequest struct {
	Query   string `json:"query" maxLength:"1100000"`
	Dialect string `json:"dialect" enum:"brandwatch,talkwalker,meltwater"`
}
