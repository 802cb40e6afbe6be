package query

import (
	"strconv"
	"strings"

	"hearth/text"
)

// String is the canonical form (section 9): the form by which a query is
// stored, compared and shared. Parse reads it back to the same query.
func (q *Query) String() string {
	var b strings.Builder
	printNode(&b, q.asWritten())
	return b.String()
}

// asWritten is the query with its lists by name.
func (q *Query) asWritten() Node {
	if q.Written != nil {
		return q.Written
	}
	return q.Root
}

func printNode(b *strings.Builder, n Node) {
	switch n := n.(type) {
	case And:
		printLevel(b, n.Parts, " AND ")
	case Or:
		printLevel(b, n.Parts, " OR ")
	case Not:
		b.WriteString("NOT ")
		printMember(b, n.Part)
	case Near:
		for i, s := range n.Spots {
			if i > 0 {
				b.WriteString(" " + n.Links[i-1].String() + " ")
			}
			printMember(b, s)
		}
	case Term:
		b.WriteString(n.String())
	case Window:
		b.WriteString(n.String())
	case Raw:
		b.WriteString("raw:")
		printValues(b, len(n.Values), func(i int) string { return quote(n.Values[i]) })
	case Scope:
		b.WriteString(string(scopeNames[n.Field]) + ":")
		if _, isNot := n.Part.(Not); isNot {
			b.WriteString("(")
			printNode(b, n.Part)
			b.WriteString(")")
		} else {
			printMember(b, n.Part)
		}
	case Field:
		b.WriteString(string(n.Name) + ":")
		printValues(b, len(n.Values), func(i int) string { return n.Values[i].String() })
	}
}

var scopeNames = [...]FieldName{text.Title: fieldTitle, text.Text: fieldText, text.Alt: fieldAlt}

var streamOf = map[FieldName]text.Field{fieldTitle: text.Title, fieldText: text.Text, fieldAlt: text.Alt}

func printLevel(b *strings.Builder, parts []Node, operator string) {
	for i, p := range parts {
		if i > 0 {
			b.WriteString(operator)
		}
		printMember(b, p)
	}
}

// printMember prints a node with brackets round a level.
func printMember(b *strings.Builder, n Node) {
	if !isLevel(n) {
		printNode(b, n)
		return
	}
	b.WriteByte('(')
	printNode(b, n)
	b.WriteByte(')')
}

func isLevel(n Node) bool {
	switch n.(type) {
	case And, Or, Near:
		return true
	}
	return false
}

func printValues(b *strings.Builder, count int, value func(int) string) {
	if count == 1 {
		b.WriteString(value(0))
		return
	}
	for i := range count {
		if i == 0 {
			b.WriteByte('(')
		} else {
			b.WriteString(" OR ")
		}
		b.WriteString(value(i))
	}
	b.WriteByte(')')
}

// String is the term in canonical form.
func (t Term) String() string {
	if t.Exact {
		return "{" + t.join(" ") + "}"
	}
	exactEmoji := false
	for _, e := range t.Elements {
		if e.Kind == Token && e.Class == text.Emoji {
			if e.By == Folded {
				return t.join("+")
			}
			exactEmoji = true
		}
	}
	s := t.join(" ")
	switch {
	case exactEmoji, strings.Contains(s, " "), s == "and", s == "or", s == "not":
		return `"` + s + `"`
	}
	return s
}

// String is the window in canonical form.
func (w Window) String() string {
	var b strings.Builder
	for i, t := range w.Parts {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.join("+"))
	}
	return `"` + b.String() + `"~` + strconv.Itoa(w.N)
}

// join joins the elements, by nothing where they touch.
func (t Term) join(separator string) string {
	var b strings.Builder
	for i := range t.Elements {
		e := &t.Elements[i]
		if i > 0 && !e.Touches {
			b.WriteString(separator)
		}
		b.WriteString(e.String())
	}
	return b.String()
}

// String is the spelling or pattern asked for, with the sign of a tag.
func (e *Element) String() string {
	switch {
	case e.Kind == AnyCharacter:
		return "?"
	case e.Kind == Tag:
		return tagSigns[e.Tag] + noKeycap(e.Text)
	case e.Class == text.Hangul || e.Class == text.Character:
		// The one mark that folds to a letter would leave such a token.
		return strings.ReplaceAll(e.Text, "ι", "\u0345")
	case e.Class == text.Word:
		return noKeycap(e.Text)
	case e.Class == text.Emoji && e.By == Folded:
		return withTones(e.Text)
	}
	return e.Text
}

// withTones writes a toneless emoji so that it is read back whole: a joiner
// needs the skin tone that was dropped behind it.
func withTones(s string) string {
	const joiner, tone = 0x200D, "\U0001F3FB"
	if !strings.ContainsRune(s, joiner) {
		return s
	}
	var b strings.Builder
	joined := false
	for _, r := range s {
		if joined && (r == joiner || r >= 0xE0020 && r <= 0xE007F) {
			b.WriteString(tone)
		}
		b.WriteRune(r)
		joined = r == joiner
	}
	if joined {
		b.WriteString(tone)
	}
	return b.String()
}

// noKeycap writes a word or pattern in which a digit or * stands before an
// enclosing keycap so that it is not read back as an emoji.
func noKeycap(s string) string {
	if !strings.ContainsRune(s, 0x20E3) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if r == 0x20E3 && i > 0 && (s[i-1] == '*' || s[i-1] >= '0' && s[i-1] <= '9') {
			b.WriteRune(0x200D)
		}
		b.WriteRune(r)
	}
	return b.String()
}

var tagSigns = [...]string{text.Hashtag: "#", text.Mention: "@", text.Cashtag: "$"}
