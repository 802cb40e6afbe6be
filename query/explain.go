package query

import (
	"fmt"
	"strings"

	"hearth/text"
)

// Explain says the query in one English sentence (section 10).
func (q *Query) Explain() string { return q.ExplainIn("en") }

// ExplainIn says the query in one sentence of a language: en, de, fi or zh;
// English for any other.
func (q *Query) ExplainIn(lang string) string {
	e := explainer{book: phrases(lang)}
	e.WriteString(e.book.posts[0])
	e.node(q.asWritten())
	e.WriteString(e.book.posts[1])
	return e.String()
}

// explainer writes an explanation.
type explainer struct {
	strings.Builder
	book *phrasebook
}

func (e *explainer) node(n Node) {
	switch n := n.(type) {
	case And:
		e.level(n.Parts, e.book.and)
	case Or:
		e.level(n.Parts, e.book.or)
	case Not:
		e.WriteString(e.book.not)
		e.member(n.Part)
	case Near:
		for i, s := range n.Spots {
			if i > 0 {
				e.WriteString(n.Links[i-1].words(e.book))
			}
			e.member(s)
		}
	case Term:
		e.WriteString(e.book.term(n))
	case Window:
		e.window(n)
	case Raw:
		var list []string
		for _, v := range n.Values {
			list = append(list, e.book.quote(v))
		}
		e.WriteString(fmt.Sprintf(e.book.raw, strings.Join(list, e.book.or)))
	case Scope:
		e.WriteString(map[text.Field]string{text.Title: e.book.title, text.Text: e.book.body, text.Alt: e.book.alt}[n.Field])
		e.member(n.Part)
	case Field:
		e.field(n)
	}
}

func (e *explainer) level(parts []Node, word string) {
	for i, p := range parts {
		if i > 0 {
			e.WriteString(word)
		}
		e.member(p)
	}
}

func (e *explainer) member(n Node) {
	if !isLevel(n) {
		e.node(n)
		return
	}
	e.WriteString(e.book.brackets[0])
	e.node(n)
	e.WriteString(e.book.brackets[1])
}

func (e *explainer) window(w Window) {
	var list strings.Builder
	for i, t := range w.Parts {
		switch {
		case i == 0:
		case i == len(w.Parts)-1:
			list.WriteString(e.book.last)
		default:
			list.WriteString(e.book.comma)
		}
		list.WriteString(e.book.quote(t.join(" ")))
	}
	e.WriteString(fmt.Sprintf(e.book.window, list.String(), e.book.wordCount(w.N)))
}

// field says a field and its values.
func (e *explainer) field(n Field) {
	called, values := e.book.fields[n.Name], e.book.values[n.Name]
	e.WriteString(called.before)
	for i, v := range n.Values {
		if i > 0 {
			e.WriteString(e.book.or)
		}
		words := v.words(e.book)
		if phrase, ok := values[words]; ok {
			words = phrase
		}
		e.WriteString(words)
	}
	last := n.Values[len(n.Values)-1]
	if known, ok := last.(RowsValue); ok {
		last = known.Value
	}
	if c, ok := last.(CountValue); ok && called.one != "" && c.last() == 1 {
		e.WriteString(called.one)
		return
	}
	e.WriteString(called.after)
}

// last is the number that stands last when the value is said.
func (v CountValue) last() int64 {
	if v.Op == Between {
		return v.To
	}
	return v.From
}

// term is a term in a sentence.
func (b *phrasebook) term(t Term) string {
	s := b.quote(t.join(" "))
	if t.Exact {
		return fmt.Sprintf(b.exactly, s)
	}
	e := &t.Elements[0]
	switch {
	case t.oneStretch():
		return fmt.Sprintf(b.characters, s)
	case len(t.Elements) > 1:
		return fmt.Sprintf(b.phrase, s)
	case e.Kind == Tag:
		return fmt.Sprintf(map[text.TagKind]string{text.Hashtag: b.hashtag, text.Mention: b.mention, text.Cashtag: b.cashtag}[e.Tag], e)
	case e.Class == text.Emoji && e.By == Exact:
		return fmt.Sprintf(b.emojiAsWritten, e.Text)
	case e.Class == text.Emoji:
		return fmt.Sprintf(b.emoji, e.Text)
	case e.Prefix:
		return fmt.Sprintf(b.prefix, s)
	case e.Pattern != nil:
		return fmt.Sprintf(b.pattern, s)
	}
	return fmt.Sprintf(b.word, s)
}

// oneStretch says that the term is nothing but touching characters.
func (t Term) oneStretch() bool {
	for i := range t.Elements {
		if e := &t.Elements[i]; e.Kind == Tag || e.Class != text.Character || i > 0 && !e.Touches {
			return false
		}
	}
	return true
}
