package text

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// tokens is the text's tokens as the specification writes them: separated by
// " · ", by " + " where they touch.
func tokens(s string) string {
	var d Doc
	d.Add(Text, s)
	var b strings.Builder
	for i := range d.Tokens {
		if t := &d.Tokens[i]; i > 0 {
			b.WriteString(map[bool]string{true: " + ", false: " · "}[t.Touches])
		}
		b.Write(d.Exact(&d.Tokens[i]))
	}
	return b.String()
}

// The cases of section 2.3 and their neighbours.
func TestTextIsCutIntoTokens(t *testing.T) {
	for in, want := range map[string]string{
		"Wendy's":                  "Wendy · s",
		"U.S.":                     "U · S",
		"5G手机壳":                    "5G + 手 + 机 + 壳",
		"LG전자는":                    "LG + 전자는",
		"love👍🏽":                   "love + 👍🏽",
		"น้ำ":                      "น้ํ + า",
		"vi\u00adrus":              "virus",
		"e\u0301tude":              "étude",
		"№5 ½":                     "No5 · 1 · 2",
		"1\ufe0f\u20e3x":           "1\u20e3 + x",
		"12\u20e3":                 "1 + 2\u20e3",
		"🇫🇮🇸🇪🇩":                    "🇫🇮 + 🇸🇪 + 🇩",
		"👨\u200d👩\u200d👧":          "👨\u200d👩\u200d👧",
		"© Acme™":                  "Acme",
		"a_b":                      "a · b",
		"a\xffb":                   "a · b",
		"ʻokina":                   "okina",
		"คำ 手 机":                   "ค + ํ · า · 手 · 机",
		"":                         "",
		"\u0301\u0301":             "",
		"مُحَمَّد":                 "مُحَمَّد",
		"𝓗𝓮𝓪𝓻𝓽𝓱":                   "Hearth",
		"ｱｯﾌﾟﾙ":                    "ア + ッ + プ + ル",
		"don\u2019t stop\u2026now": "don · t · stop · now",
	} {
		if in == "คำ 手 机" { // sara am splits, and its nikhahit belongs to the consonant
			want = "คํ + า · 手 · 机"
		}
		if got := tokens(in); got != want {
			t.Errorf("%q is cut into %q, want %q", in, got, want)
		}
	}
}

func TestTagsCoverTheirWholeName(t *testing.T) {
	for in, want := range map[string]string{
		"#Apple":                  "#apple",
		"a#b":                     "",
		"##tag":                   "#tag",
		"#_":                      "",
		"#_a_ x":                  "#_a_",
		"@ann@example.social, hi": "@ann@example.social",
		"@ann.@bob":               "@ann @bob",
		"@joe.smith.":             "@joe.smith",
		"mail me@example.com":     "",
		"https://x.example/@ann":  "",
		"$TSLA up":                "$tsla",
		"$BRK.B":                  "$brk.b",
		"$brk.bxyz":               "$brk",
		"$abcdefg":                "",
		"$100":                    "",
		"$tsla_":                  "",
		"＃Tag":                    "#tag",
		"#手机壳 ok":                 "#手机壳",
		"#1\ufe0f\u20e3":          "",
		"&#39;":                   "",
		"#caf\u0065\u0301":        "#café",
		"🔥#hot":                   "#hot",
		"#a-b":                    "#a",
		"@a-b@c-d.e":              "@a-b@c-d.e",
		strings.Repeat("#a ", 3):  "#a #a #a",
	} {
		var d Doc
		d.Add(Text, in)
		var got []string
		for i := range d.Tags {
			tag := &d.Tags[i]
			got = append(got, "#@$"[tag.Kind:tag.Kind+1]+string(d.FoldedName(tag)))
			if tag.FirstToken >= tag.EndToken {
				t.Errorf("%q: tag covers no token", in)
			}
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q has tags %q, want %q", in, got, want)
		}
	}
}

func TestSentencesEndWhereTheyShould(t *testing.T) {
	for in, want := range map[string]string{
		"One. Two":              "0 1",
		"3.5 x.com why?because": "0 0 0 0 0 0",
		"etc. and so. On":       "0 0 0 1",
		"J. Smith":              "0 0",
		"AB. Smith":             "0 1",
		`"Stop!" he said`:       "0 1 1",
		"line\nbreak":           "0 1",
		"好。坏":                   "0 1",
		"什么?为什么":                "0 0 1 1 1",
		"wait... what":          "0 0",
		"wait... What":          "0 1",
		"No!? yes":              "0 1",
		"a।b":                   "0 1",
		"one…two… Three":        "0 0 1",
	} {
		var d Doc
		d.Add(Text, in)
		var got []string
		for _, tok := range d.Tokens {
			got = append(got, fmt.Sprint(tok.Sentence))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q has sentences %s, want %s", in, got, want)
		}
	}
}

func TestSpellings(t *testing.T) {
	for _, c := range []struct{ in, folded, plain string }{
		{"Niño", "niño", "nino"}, {"STRASSE", "strasse", "strasse"}, {"Straße", "strasse", "strasse"},
		{"мой", "мой", "мой"}, {"Ёлка", "ёлка", "елка"}, {"ї", "ї", "ї"}, {"ў", "ў", "ў"},
		{"Łódź", "łódź", "lodz"}, {"İstanbul", "i̇stanbul", "istanbul"}, {"مُحَمَّد", "مُحَمَّد", "محمد"},
		{"ᎠᏰ", "ᎠᏰ", "ᎠᏰ"}, {"ꭰᏸ", "ᎠᏰ", "ᎠᏰ"}, {"Ǆ", "dž", "dz"}, {"ﬁ", "fi", "fi"}, {"ΣΊΣΥΦΟΣ", "σίσυφοσ", "σισυφοσ"}, {"が", "が", "が"},
	} {
		if got := Fold(c.in); got != c.folded {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.folded)
		}
		if got := Plain(c.folded); got != c.plain {
			t.Errorf("Plain(%q) = %q, want %q", c.folded, got, c.plain)
		}
	}
}

// alphabet mixes what the rules tell apart.
var alphabet = []rune("aBz09 .,!?#@$_-/&'\"\n:éÉñßİıłđйўїёЁΣςσ" +
	"手机壳いカナーｱｯﾟน้ำกา전자ㄱ가مُحَمَّدמकाघि©™ℹ№½…ﬁ👍🏽👨👩🇫🇮☕❤1#*" +
	"\u00ad\u200b\u200d\u200e\ufe0f\ufe0e\u20e3\u0301\u0306\u0308\u0640\u034f\ufffd")

func mixed() *rapid.Generator[string] { return rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 40, -1) }

// TestDocAgreesWithThePlainReading compares the scanner, with all its short
// cuts, with section 2.3 and 2.6 written down over Units.
func TestDocAgreesWithThePlainReading(t *testing.T) {
	t.Parallel()
	var d Doc
	rapid.Check(t, func(t *rapid.T) { compare(t, &d, mixed().Draw(t, "text")) })
}

func FuzzDoc(f *testing.F) {
	for _, s := range []string{"", "Wendy's 手机壳 👍🏽", "น้ำ #a_b @a.b@c $x.y", "\xff\xfe", "1\ufe0f\u20e3\u0301", strings.Repeat("a\u0301", 99), strings.Repeat("\u0301", 99)} {
		f.Add(s)
	}
	var d Doc
	f.Fuzz(func(t *testing.T, s string) { compare(t, &d, s) })
}

type reading struct {
	Exact, Folded, Plain string
	At                   uint32
	Class                Class
	Touches              bool
}

func compare(t interface{ Fatalf(string, ...any) }, d *Doc, s string) {
	d.Reset()
	d.Add(Text, s)
	var got []reading
	for i := range d.Tokens {
		tok := &d.Tokens[i]
		got = append(got, reading{string(d.Exact(tok)), string(d.FoldedOf(tok)), string(d.PlainOf(tok)), tok.At, tok.Class, tok.Touches})
		if tok.Folded != Hash(d.FoldedOf(tok)) || tok.Plain != Hash(d.PlainOf(tok)) {
			t.Fatalf("%q: token %d has the wrong hash", s, i)
		}
		if tok.Start >= tok.End || int(tok.End) > len(s) {
			t.Fatalf("%q: token %d lies at %d–%d", s, i, tok.Start, tok.End)
		}
	}
	want := plainReading(s)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q (%+q): tokens differ (-plain reading +doc):\n%s", s, s, diff)
	}
	for i := range d.Tags {
		tag := &d.Tags[i]
		if int(tag.End) > len(s) || tag.Start >= tag.End || tag.FirstToken >= tag.EndToken {
			t.Fatalf("%q: tag %d lies at %d–%d over tokens %d–%d", s, i, tag.Start, tag.End, tag.FirstToken, tag.EndToken)
		}
		if got, want := string(d.FoldedName(tag)), Fold(string(d.ExactName(tag))); got != want {
			t.Fatalf("%q: tag %d is folded to %q, want %q", s, i, got, want)
		}
	}
}

func plainReading(s string) []reading {
	var list []reading
	at := uint32(0)
	inside, touches := false, false
	for _, u := range Units(s) {
		switch {
		case u.IsEmoji:
			folded := ""
			for i, r := range u.Text {
				if i == 0 || r < 0x1F3FB || r > 0x1F3FF {
					folded += string(r)
				}
			}
			list = append(list, reading{u.Text, folded, folded, at, Emoji, touches})
			at += 2
			inside, touches = false, true
		case u.IsLetter:
			if n := len(list); inside && u.Class != Character && list[n-1].Class == u.Class {
				list[n-1].Exact += u.Text
			} else {
				list = append(list, reading{Exact: u.Text, At: at, Class: u.Class, Touches: touches})
				at += map[bool]uint32{true: 1, false: 2}[u.Class == Character]
			}
			inside, touches = true, true
		case u.IsMark && inside:
			list[len(list)-1].Exact += u.Text
		default:
			inside, touches = false, false
		}
	}
	for i := range list {
		if r := &list[i]; r.Class != Emoji {
			r.Folded = Fold(r.Exact)
			r.Plain = Plain(r.Folded)
		}
	}
	return list
}

func TestADocIsReusedWithoutAllocating(t *testing.T) {
	var d Doc
	texts := []string{
		"Just tried the new Acme phone, honestly the battery is great #acme @acme_help https://acme.example/review",
		"Hyvää huomenta! Ostin uuden puhelimen ja akku kestää… 😕 #puhelin",
		"今天买了新的手机，电池很好，但是相机有点差😕。#手机",
		"오늘 커피 진짜 좋아",
	}
	read := func() {
		for _, s := range texts {
			d.Reset()
			d.Add(Text, s)
		}
	}
	read()
	if n := testing.AllocsPerRun(100, read); n != 0 {
		t.Errorf("reading %d texts again allocates %v times", len(texts), n)
	}
}

func TestShortStrings(t *testing.T) {
	for in, want := range map[string]string{"  Acme®  Oy\t": "acme oy", "ＡＣＭＥ": "acme", "a\u200bb": "ab", "": ""} {
		if got := Key(in); got != want {
			t.Errorf("Key(%q) = %q, want %q", in, got, want)
		}
	}
	if got := RawForm(" C++  and\u00adC#❤\ufe0f "); got != "c++ andc#❤" {
		t.Errorf("RawForm gives %q", got)
	}
	for in, want := range map[string]int{"abc": 3, "e\u0301": 1, "👨\u200d👩\u200d👧🇫🇮": 2, "a\r\nb": 3} {
		if got := Graphemes(in); got != want {
			t.Errorf("Graphemes(%q) = %d, want %d", in, got, want)
		}
	}
}

func BenchmarkDoc(b *testing.B) {
	for name, s := range map[string]string{
		"English": "Just tried the new Acme phone and honestly the battery is great, but the camera could be better #acme @acme_support https://acme.example/review",
		"Finnish": "Hyvää huomenta! Tänään ostin uuden puhelimen ja akku kestää ihan hyvin… mutta kamera on vähän huono 😕 #puhelin",
		"Chinese": "今天买了新的手机，电池很好，但是相机有点差😕。#手机 真的不推荐给大家，太贵了！",
	} {
		b.Run(name, func(b *testing.B) {
			var d Doc
			b.ReportAllocs()
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				d.Reset()
				d.Add(Text, s)
			}
		})
	}
}
