package query_test

import (
	"strings"
	"testing"

	"hearth/query"
)

func BenchmarkParse(b *testing.B) {
	for name, source := range map[string]string{
		"short":       `(apple OR "apple pie" OR #applepie) AND lang:(en OR fi) NOT "apple juice"`,
		"20000 terms": strings.Repeat("word OR ", 19_999) + "last",
		"a phrase":    `"` + strings.Repeat("abc ", 1<<18-1) + `"`,
		"brackets":    strings.Repeat("(", 100_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				query.Parse(source)
			}
		})
	}
}
