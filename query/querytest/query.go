package querytest

import (
	"fmt"
	"strconv"
	"strings"
)

// level is an expression with at most depth levels of brackets in it.
func (g *Generator) level(depth int) string {
	if depth == 0 {
		return g.operand()
	}
	n := 1 + g.rand.IntN(3)
	parts := make([]string, n)
	for i := range parts {
		parts[i] = g.member(depth)
	}
	switch g.rand.IntN(5) {
	case 0:
		return strings.Join(parts, g.pick([]string{" AND ", " ", " AND NOT ", " -"}))
	case 1, 2, 3:
		return strings.Join(parts, " OR ")
	}
	return g.near()
}

func (g *Generator) member(depth int) string {
	switch g.rand.IntN(4) {
	case 0:
		return "(" + g.level(depth-1) + ")"
	case 1:
		if g.chance(3) {
			return "NOT (" + g.level(depth-1) + ")"
		}
	}
	return g.operand()
}

// operand is a term, a window, raw or a field.
func (g *Generator) operand() string {
	switch g.rand.IntN(12) {
	case 0:
		return g.window()
	case 1:
		return "raw:" + g.raw()
	case 2:
		return g.scope()
	case 3, 4:
		return g.field()
	}
	return g.term()
}

func (g *Generator) term() string {
	switch g.rand.IntN(6) {
	case 0:
		return `"` + g.phrase(1+g.rand.IntN(3)) + `"`
	case 1:
		return "{" + strings.NewReplacer("*", "", "?", "").Replace(g.phrase(1+g.rand.IntN(2))) + "}"
	}
	word := g.pick(g.asked)
	if strings.ContainsAny(word, " \"()") {
		return `"` + strings.ReplaceAll(word, `"`, `\"`) + `"`
	}
	return word
}

func (g *Generator) phrase(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(g.pick(g.asked), `"`, `\"`)
	}
	return strings.Join(parts, g.pick([]string{" ", " ", "-", ""}))
}

func (g *Generator) window() string {
	parts := make([]string, 2+g.rand.IntN(3))
	for i := range parts {
		parts[i] = strings.ReplaceAll(g.pick(g.asked), `"`, `\"`)
	}
	return `"` + strings.Join(parts, " ") + `"~` + strconv.Itoa(g.rand.IntN(6))
}

// near is a chain of two or three spots.
func (g *Generator) near() string {
	chain := g.spot()
	for range 1 + g.rand.IntN(2) {
		link := fmt.Sprintf(g.pick([]string{" NEAR/%d ", " NEAR/%df ", " ONEAR/%d "}), g.rand.IntN(5))
		if g.chance(4) {
			link = " SENTENCE "
		}
		chain += link + g.spot()
	}
	return chain
}

func (g *Generator) spot() string {
	if g.chance(3) {
		return "(" + g.term() + " OR " + g.term() + ")"
	}
	return g.term()
}

func (g *Generator) raw() string {
	text := []rune(g.text(1 + g.rand.IntN(3)))
	if len(text) > 2 {
		text = text[g.rand.IntN(2) : len(text)-g.rand.IntN(2)]
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(text)) + `"`
}

func (g *Generator) scope() string {
	name := g.pick([]string{"title:", "text:", "alt:"})
	switch g.rand.IntN(6) {
	case 0:
		return name + "(" + g.near() + ")"
	case 1:
		return name + "(" + g.term() + g.pick([]string{" AND ", " OR ", " AND NOT "}) + g.term() + ")"
	case 2:
		return name + "raw:" + g.raw()
	case 3:
		return name + g.window()
	}
	return name + g.term()
}

// field is a field with one value or a list of them.
func (g *Generator) field() string {
	f := g.rand.IntN(len(fieldValues))
	name, value := fieldValues[f].names, fieldValues[f].value
	field := g.pick(name) + ":"
	if g.chance(3) {
		return field + "(" + value(g) + " OR " + value(g) + ")"
	}
	return field + value(g)
}

var fieldValues = []struct {
	names []string
	value func(*Generator) string
}{
	{[]string{"network", "source"}, func(g *Generator) string { return g.pick(networks) }},
	{[]string{"id", "authorid", "replyto", "root", "quoted", "repostof"}, func(g *Generator) string { return strconv.Quote(g.pick(ids)) }},
	{[]string{"url", "link"}, func(g *Generator) string { return g.pick(asks) }},
	{[]string{"site", "domain", "tld"}, func(g *Generator) string { return g.pick(hosts) }},
	{[]string{"author", "from"}, func(g *Generator) string { return g.pick(asksNames) }},
	{[]string{"followers", "likes", "replies", "reposts", "quotes", "views", "engagement"}, func(g *Generator) string { return g.number(5) }},
	{[]string{"minute"}, func(g *Generator) string { return g.number(1200) }},
	{[]string{"rating", "lat", "lon"}, func(g *Generator) string { return g.number(5) }},
	{[]string{"verified", "spam"}, func(g *Generator) string { return g.pick([]string{"true", "false"}) }},
	{[]string{"bot"}, func(g *Generator) string { return g.pick([]string{"declared", "likely", "possible", "unlikely"}) }},
	{[]string{"lang"}, func(g *Generator) string { return g.pick(languages) }},
	{[]string{"country"}, func(g *Generator) string { return g.pick(countries) }},
	{[]string{"region", "city"}, func(g *Generator) string { return g.pick([]string{"malaga", "Málaga", "mil*", "oulu", "o?lu"}) }},
	{[]string{"hashtag", "mention"}, func(g *Generator) string {
		return g.pick([]string{"apple", "#apple", "appl*", "niño", "nino", "手机", "手?", "@ann", "ann*", "joe.smith", "42"})
	}},
	{[]string{"tag"}, func(g *Generator) string { return strconv.Quote(g.pick(tags)) }},
	{[]string{"item"}, func(g *Generator) string { return g.pick(asksNames) }},
	{[]string{"sentiment"}, func(g *Generator) string { return g.pick([]string{"positive", "neutral", "negative"}) }},
	{[]string{"intent"}, func(g *Generator) string { return g.pick([]string{"complaint", "question", "praise"}) }},
	{[]string{"corrected"}, func(g *Generator) string { return g.pick([]string{"yes", "lang", "sentiment", "intent", "spam"}) }},
	{[]string{"correctedby"}, func(g *Generator) string { return g.pick([]string{"5", "17", "1*"}) }},
	{[]string{"published"}, func(g *Generator) string { return g.date() }},
	{[]string{"is"}, func(g *Generator) string {
		return g.pick([]string{"original", "reply", "repost", "quote", "review", "retweet"})
	}},
	{[]string{"has"}, func(g *Generator) string {
		return g.pick([]string{"image", "video", "audio", "media", "alt", "link", "hashtag", "mention", "title", "place", "rating"})
	}},
}

func (g *Generator) number(below int) string {
	a, b := g.rand.IntN(below), g.rand.IntN(below)
	switch g.rand.IntN(3) {
	case 0:
		return g.pick([]string{">", ">=", "<", "<="}) + strconv.Itoa(a)
	case 1:
		return fmt.Sprintf("[%d TO %d]", min(a, b), max(a, b))
	}
	return strconv.Itoa(a)
}

func (g *Generator) date() string {
	switch g.rand.IntN(3) {
	case 0:
		return g.pick([]string{">", ">=", "<", "<="}) + g.pick(dates)
	case 1:
		return "[2024-02-28 TO " + g.pick(dates) + "]"
	}
	return g.pick(dates)
}
