package language_test

import (
	"testing"

	"hearth/analysis/analysistest"
	"hearth/analysis/language"
)

func BenchmarkLanguage(b *testing.B) { analysistest.Benchmark(b, language.Analyzer()) }
