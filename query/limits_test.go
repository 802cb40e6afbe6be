package query_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"hearth/query"
)

// TestTheTimeAQueryTakesGrowsWithItsLength reads hostile inputs of two lengths
// in one run. The longer may take sixteen times as long for its length and six
// times that for the noise of a busy machine, in the best of five tries; a square
// would take 256 times.
// (Part of IB3.)
func TestTheTimeAQueryTakesGrowsWithItsLength(t *testing.T) {
	const full = 1 << 19
	read := func(source string) time.Duration {
		start := time.Now()
		_, diagnostics := query.Parse(source)
		if len(diagnostics) > 100 {
			t.Errorf("%.20q…: %d problems are told", source, len(diagnostics))
		}
		query.Import(query.Meltwater, source)
		return time.Since(start)
	}
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
			for _, around := range [][2]string{{"", ""}, {`"`, `"`}, {`author:"`, `"`}, {`url:"x`, `"`}} {
				of := func(size int) string { return around[0] + strings.Repeat(unit, size/len(unit)) + around[1] }
				short, long := 10*time.Millisecond, time.Duration(math.MaxInt64)
				for tries := 0; long > 16*6*short; tries++ {
					if tries == 5 {
						t.Errorf("%.20q… takes %v, and %v at a sixteenth of the length", of(full), long, short)
						break
					}
					short, long = max(short, read(of(full/16))), min(long, read(of(full)))
				}
			}
		})
	}
}
