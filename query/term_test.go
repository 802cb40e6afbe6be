package query

import (
	"strings"
	"testing"

	"hearth/text"
)

// FuzzQueriesAreCutLikeTexts holds the two readers of section 2.3 to each
// other: without wildcards a query's elements are the tokens and tags of the
// same text.
func FuzzQueriesAreCutLikeTexts(f *testing.F) {
	for _, s := range []string{
		"wendy's", "U.S.", "5G手机壳", "LG전자는", "love👍🏽", "น้ำ", "#black_friday", "@joe.smith@example.social.", "$BRK.B",
		"$TSLAX", "it&#39;s", "#a#b", "@_", "#手机#", "e\u0301\u0302", "\u0301a", "1️⃣2", "🇫🇮🇸", "👨‍👩‍👧", "ﬁne①", "ｱｯﾌﾟﾙ", "a\u034Fb", "＃Ａ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		if strings.ContainsAny(s, "*?") {
			return
		}
		var d text.Doc
		d.Add(text.Text, s)
		stream := &d.Streams[0]
		for _, how := range []manner{bare, exact} {
			i := 0
			for _, e := range cut(s, how).elements {
				next, ok := e.at(&d, stream, i)
				if !ok {
					t.Fatalf("%q: element %+v does not meet token %d of %+v", s, e, i, d.Tokens)
				}
				if e.Kind == Token && e.Class == text.Character && e.Touches != d.Tokens[i].Touches && i > 0 && d.Tokens[i-1].Class == text.Character {
					t.Fatalf("%q: element %+v touches otherwise than token %d", s, e, i)
				}
				i = next
			}
			if i != len(d.Tokens) {
				t.Fatalf("%q: %d tokens are left over", s, len(d.Tokens)-i)
			}
		}
	})
}
