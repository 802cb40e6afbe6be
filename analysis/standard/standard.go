// Package standard is the analyzers of the product, in the order they run in.
package standard

import (
	"hearth/analysis"
	"hearth/analysis/intent"
	"hearth/analysis/language"
	"hearth/analysis/sentiment"
	"hearth/analysis/spam"
)

// Analyzers are language, sentiment, intent and spam: each reads what the ones
// before it found.
func Analyzers() []analysis.Analyzer {
	return []analysis.Analyzer{language.Analyzer(), sentiment.Analyzer(), intent.Analyzer(), spam.Analyzer()}
}
