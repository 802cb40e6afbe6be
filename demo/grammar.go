package demo

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tongue is how people speak in one language: sentences by subject, now and
// then with an opening and an afterthought. {name} stands for one of a slot's
// words; {x} is the rival.
type tongue struct {
	slots            map[string][]string
	open, core, tail map[subject][]string
}

// tongues are all of them. It is only read.
func tongues() map[string]*tongue {
	return map[string]*tongue{
		"en": &english, "de": &german, "fi": &finnish, "zh": &chinese,
		"es": &spanish, "fr": &french, "ja": &japanese, "pt": &portuguese,
	}
}

const rivalName = "Brightbean"

// sentence is something said about a subject; the language has words for it.
func (g *tongue) sentence(r *rand.Rand, about subject) string {
	text := g.fill(r, pick(r, g.core[about]))
	open := ""
	if list := g.open[about]; len(list) > 0 && r.IntN(4) == 0 {
		open = g.fill(r, pick(r, list))
	}
	if end, _ := utf8.DecodeLastRuneInString(open); open == "" || strings.ContainsRune(".!?", end) {
		text = upper(text)
	}
	spoken := text
	if open != "" {
		spoken = join(open, text)
	}
	if list := g.tail[about]; len(list) > 0 && r.IntN(3) == 0 {
		spoken = join(spoken, g.fill(r, pick(r, list)))
	}
	return spoken
}

// fill puts words for the slots.
func (g *tongue) fill(r *rand.Rand, pattern string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		word := rivalName
		if name != "x" {
			word = pick(r, g.slots[name])
		}
		b.WriteString(word)
		pattern = after
	}
}

// join puts two sentences together as their script does.
func join(a, b string) string {
	if last, _ := utf8.DecodeLastRuneInString(a); last > 0x2E80 {
		return a + b
	}
	return a + " " + b
}

// upper begins a sentence with a capital letter, as its script has them.
func upper(s string) string {
	at := strings.IndexFunc(s, unicode.IsLetter)
	if at < 0 || strings.HasPrefix(s, "#") {
		return s
	}
	first, size := utf8.DecodeRuneInString(s[at:])
	return s[:at] + string(unicode.ToUpper(first)) + s[at+size:]
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

var feelings = [subjects][]string{
	praise: {"😍", "☕️", "👏", "🥰"}, complaint: {"😡", "😤", "👎"}, question: {"🤔"}, idea: {"💡"}, purchase: {"🛒", "🤩"},
	launch: {"☕️", "🎉"}, delay: {"📦", "😠"}, viral: {"❤️", "🥹", "👏"}, smell: {"😱", "🔥", "😟"}, compare: {"⚖️"},
}

var tags = [subjects][]string{
	praise: {"#coffee", "#CoffeeLovers"}, launch: {"#EmberOne"}, smell: {"#EmberOne", "#EmberOne", "#recall"}, viral: {"#UmbrellaBarista"},
	idea: {"#ReusableCup"}, purchase: {"#EmberOne"},
}

// slip makes a small mistake of a quick thumb: two letters of a longer word
// change places. Words with anything but small Latin letters stay.
func slip(r *rand.Rand, text string) string {
	words := strings.Split(text, " ")
	i := r.IntN(len(words))
	w := []byte(words[i])
	if len(w) < 6 {
		return text
	}
	for _, c := range w {
		if c < 'a' || 'z' < c {
			return text
		}
	}
	at := 1 + r.IntN(len(w)-3)
	w[at], w[at+1] = w[at+1], w[at]
	words[i] = string(w)
	return strings.Join(words, " ")
}
