// Package querytest makes queries and posts that hit each other often, for
// tests that hold another engine to query.Match.
//
// Everything comes from small invented vocabularies and one seed: the same
// seed gives the same pairs on every machine. All operators, fields, scripts,
// tags, emoji and wildcards of the language occur.
package querytest

import (
	"math/rand/v2"

	"hearth"
	"hearth/query"
)

// Generator makes random queries and posts. It serves one goroutine.
type Generator struct {
	rand *rand.Rand

	// What queries and posts talk about for the time being.
	words, asked []string
}

// New is a generator for a seed. Its queries and posts share one subject: a
// dozen words.
func New(seed uint64) *Generator {
	g := &Generator{rand: rand.New(rand.NewPCG(seed, 0x486561727468))}
	g.ChangeSubject()
	return g
}

// ChangeSubject draws the words of the next queries and posts anew.
func (g *Generator) ChangeSubject() {
	g.words, g.asked = g.words[:0], g.asked[:0]
	for range 12 {
		g.words = append(g.words, g.pick(words))
	}
	g.asked = append(g.asked, g.words...)
	for range 4 {
		g.asked = append(g.asked, g.pick(asked))
	}
}

// Pair is a query, as source and parsed, and a post on a new subject.
func (g *Generator) Pair() (source string, q *query.Query, p hearth.Post) {
	g.ChangeSubject()
	source, q = g.Query()
	return source, q, g.Post()
}

// Query is a sound query, as source and parsed.
func (g *Generator) Query() (source string, q *query.Query) {
	for {
		source = g.level(3)
		if q, _ = query.Parse(source); q != nil {
			return source, q
		}
	}
}

func (g *Generator) pick(list []string) string { return list[g.rand.IntN(len(list))] }

// chance is true once in n times.
func (g *Generator) chance(n int) bool { return g.rand.IntN(n) == 0 }
