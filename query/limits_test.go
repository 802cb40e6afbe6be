package query_test

import (
	"strings"
	"testing"
	"time"

	"hearth/query"
)

// TestHostileQueriesAreAnsweredAtOnce gives each input far more time than it
// needs, so that only a wrong order of growth fails.
func TestHostileQueriesAreAnsweredAtOnce(t *testing.T) {
	const full = 1 << 20
	for name, unit := range map[string]string{
		"brackets":              "(",
		"closing brackets":      ")",
		"empty brackets":        "()",
		"minus":                 "-",
		"NOT":                   "NOT ",
		"operators":             "AND ",
		"stray signs":           "] ",
		"tildes":                "~1 ",
		"colons":                ":x ",
		"unknown fields":        "langu:x ",
		"unknown brackets":      "x:(",
		"unknown quotes":        "x:\" ",
		"known fields":          "lang:en ",
		"missing values":        "lang: ",
		"lists":                 "lang:(",
		"list of lists":         "lang:(en (",
		"ranges":                "likes:[1 TO ",
		"text fields":           "title:",
		"text brackets":         "title:(",
		"comments":              "<<<x>>>",
		"open comments":         "<<<",
		"words":                 "a ",
		"one word":              "a",
		"wildcards":             "*",
		"short wildcards":       "a* ",
		"Han":                   "手",
		"Han and wildcards":     "手?",
		"emoji":                 "👍",
		"quotes":                "\"a\" ",
		"escapes":               "\"\\",
		"typographic quotes":    "“",
		"braces":                "{a}",
		"tags":                  "#a.",
		"mentions":              "@a-",
		"chains":                "a NEAR/5 ",
		"marks":                 "\u0301",
		"marks behind wildcard": "a?\u0301\u0302",
		"full-width brackets":   "（",
		"ignorable characters":  "\u00AD",
		"hangul stars":          "삼*",
		"regional indicators":   "🇦",
		"windows":               "\"a b\"~5 ",
		"raw":                   "raw:a ",
		"strings":               "author:a",
		"addresses":             "url:www.",
		"ports":                 "url:a:1:1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, source := range []string{
				strings.Repeat(unit, full/len(unit)),
				`"` + strings.Repeat(unit, full/8/len(unit)) + `"`,
				`author:"` + strings.Repeat(unit, full/8/len(unit)) + `"`,
				`url:"x` + strings.Repeat(unit, full/8/len(unit)) + `"`,
			} {
				start := time.Now()
				_, diagnostics := query.Parse(source)
				if i == 0 {
					query.Import(query.Meltwater, source)
				}
				if took := time.Since(start); took > 10*time.Second {
					t.Errorf("%.20q… takes %v", source, took)
				}
				if len(diagnostics) > 100 {
					t.Errorf("%d problems are told", len(diagnostics))
				}
			}
		})
	}
}
