package main

import (
	"slices"
	"time"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/standard"
	"hearth/query"
	"hearth/text"
)

// analyzed is what the product's analyzers say to examples; the words are cut as
// part of the work, and how long that took is told apart. upTo is the last analyzer
// that runs; answer reads the post.
// A language is believed where the examples give one, as that of a network is.
func analyzed(examples []example, upTo string, answer func(*hearth.Post) string) answers {
	analyzers := standard.Analyzers()
	last := slices.IndexFunc(analyzers, func(a analysis.Analyzer) bool { return a.Name == upTo })
	analyzers = analyzers[:last+1]
	if upTo != "language" {
		analyzers = analyzers[1:]
	}
	posts := make([]hearth.Post, len(examples))
	for i, e := range examples {
		posts[i] = hearth.Post{Network: "text", ID: "1", Text: e.text, Lang: e.lang}
	}
	const batch = 256
	var docs [batch]text.Doc
	items := make([]analysis.Item, 0, batch)
	cut, begun := time.Duration(0), worked()
	for from := 0; from < len(posts); from += batch {
		items = items[:0]
		cutting := worked()
		for i := from; i < min(from+batch, len(posts)); i++ {
			query.AddPost(&docs[i-from], &posts[i])
			items = append(items, analysis.Item{Post: &posts[i], Doc: &docs[i-from]})
		}
		cut += worked() - cutting
		analysis.Run(analyzers, items)
	}
	a := answers{took: worked() - begun, cut: cut}
	for i := range posts {
		a.got = append(a.got, answer(&posts[i]))
	}
	return a
}

func sentimentOf(p *hearth.Post) string { return string(p.Sentiment) }

// has is the answer to whether a post has an intent.
func has(intent hearth.Intent) func(*hearth.Post) string {
	return func(p *hearth.Post) string { return yesNo(string(intent), slices.Contains(p.Intent, intent)) }
}

func yesNo(task string, holds bool) string {
	if holds {
		return task
	}
	return "not_" + task
}
