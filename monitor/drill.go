package monitor

import (
	"slices"
	"strings"

	"hearth"
	"hearth/query"
)

// The way back from a number to its posts: queries that select them.

// dimensionFields is by which field of the language each dimension is asked for.
var dimensionFields = map[Dimension]query.FieldName{
	ByNetwork: query.FieldNetwork, ByLanguage: query.FieldLang, BySentiment: query.FieldSentiment, ByIntent: query.FieldIntent, ByKind: query.FieldIs,
}

// selecting is the query of the posts that have one of some values.
func selecting(by Dimension, values ...string) string {
	if by == ByNothing || len(values) == 0 {
		return ""
	}
	field := query.Field{Name: dimensionFields[by]}
	for _, v := range values {
		field.Values = append(field.Values, dimensionValue(by, v))
	}
	return printed(field)
}

// without is the query of the posts that have none of them. A query must say
// what is there, too, and every post is of some kind.
func without(by Dimension, values []string) string {
	is := selecting(by, values...)
	if is == "" {
		return ""
	}
	kinds := make([]string, len(hearth.Kinds))
	for i, k := range hearth.Kinds {
		kinds[i] = string(k)
	}
	return selecting(ByKind, kinds...) + " NOT " + is
}

func dimensionValue(by Dimension, v string) query.Value {
	switch by {
	case ByNetwork:
		return query.StringValue{Text: v}
	case ByLanguage:
		return query.LanguageValue(v)
	}
	return query.WordValue(v)
}

func printed(n query.Node) string { return (&query.Query{Root: n}).String() }

// together joins the queries of several conditions that must all hold.
func together(queries ...string) string {
	queries = slices.DeleteFunc(queries, func(q string) bool { return q == "" })
	if len(queries) < 2 {
		return strings.Join(queries, "")
	}
	return "(" + strings.Join(queries, ") AND (") + ")"
}

// ofDimensions says that a query asks for nothing but what roll-ups count by.
func ofDimensions(n query.Node) bool {
	switch n := n.(type) {
	case query.And:
		return !slices.ContainsFunc(n.Parts, func(p query.Node) bool { return !ofDimensions(p) })
	case query.Or:
		return !slices.ContainsFunc(n.Parts, func(p query.Node) bool { return !ofDimensions(p) })
	case query.Not:
		return ofDimensions(n.Part)
	case query.Field:
		switch n.Name {
		case query.FieldNetwork, query.FieldSentiment, query.FieldIntent, query.FieldIs:
			return true
		case query.FieldLang:
			return !slices.ContainsFunc(n.Values, func(v query.Value) bool {
				tag, ok := v.(query.LanguageValue)
				return !ok || primaryLanguage(string(tag)) != string(tag)
			})
		}
	}
	return false
}

// selectedBy says whether a query for which ofDimensions holds selects the
// posts of a combination.
func (d *dimension) selectedBy(q *query.Query) bool {
	p := hearth.Post{Network: d.network, Lang: d.lang, Sentiment: hearth.Sentiment(d.sentiment), Kind: hearth.Kind(d.kind)}
	for i, intent := range hearth.Intents {
		if d.intents&(1<<i) != 0 {
			p.Intent = append(p.Intent, intent)
		}
	}
	return q.Match(&p)
}
