// Package standard is the analyzers of the product, in the order they run in.
package standard

import (
	"hearth/analysis"
	"hearth/analysis/language"
	"hearth/analysis/sentiment"
)

// Analyzers are language, sentiment and intent: the later ones read the language
// that the first one found.
func Analyzers() []analysis.Analyzer {
	return []analysis.Analyzer{language.Analyzer(), sentiment.Analyzer()}
}
