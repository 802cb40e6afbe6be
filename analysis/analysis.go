// Package analysis is the seam to what Hearth understands of a post. Analyzers
// are leaves below this package; each reads the text.Doc that everything else
// reads and adds fields to the post.
package analysis

import (
	"hearth"
	"hearth/text"
)

// Item is one post on its way, with its analysed text.
type Item struct {
	Post *hearth.Post
	Doc  *text.Doc

	Layer *Layer // of the workspace; nil: none
}

// Analyzer adds fields to posts. Run is deterministic, allocates nothing per
// post in steady state, never blocks and is safe for concurrent use; it sets a
// field only where it is sure enough to and never overwrites one that came
// with the post.
type Analyzer struct {
	Name    string
	Version int      // what it adds may differ between versions; the archive re-analyses by it
	Adds    []string // query fields, such as "sentiment"
	Card    string   // of the model, in Markdown: data, licences, date, scores, limits
	Run     func(items []Item)
}

// Run lets every analyzer add to the items, in order: later ones may read what
// earlier ones added.
func Run(analyzers []Analyzer, items []Item) {
	for _, a := range analyzers {
		a.Run(items)
	}
}
