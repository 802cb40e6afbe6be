package query

import (
	"strings"

	"hearth/text"
)

// Explain says the query in one English sentence (section 10).
func (q *Query) Explain() string {
	b := strings.Builder{}
	b.WriteString("Posts with ")
	explain(&b, q.asWritten())
	b.WriteByte('.')
	return b.String()
}

func explain(b *strings.Builder, n Node) {
	switch n := n.(type) {
	case And:
		explainLevel(b, n.Parts, " and ")
	case Or:
		explainLevel(b, n.Parts, " or ")
	case Not:
		b.WriteString("no match for ")
		explainMember(b, n.Part)
	case Near:
		for i, s := range n.Spots {
			if i > 0 {
				b.WriteString(n.Links[i-1].words())
			}
			explainMember(b, s)
		}
	case Term:
		b.WriteString(n.words())
	case Window:
		explainWindow(b, n)
	case Raw:
		b.WriteString("the exact characters ")
		for i, v := range n.Values {
			if i > 0 {
				b.WriteString(" or ")
			}
			b.WriteString("“" + v + "”")
		}
	case Scope:
		b.WriteString([...]string{text.Title: "a title", text.Text: "a text", text.Alt: "an image description"}[n.Field])
		b.WriteString(" with ")
		explainMember(b, n.Part)
	case Field:
		explainField(b, n)
	}
}

func explainLevel(b *strings.Builder, parts []Node, word string) {
	for i, p := range parts {
		if i > 0 {
			b.WriteString(word)
		}
		explainMember(b, p)
	}
}

func explainMember(b *strings.Builder, n Node) {
	if !isLevel(n) {
		explain(b, n)
		return
	}
	b.WriteByte('(')
	explain(b, n)
	b.WriteByte(')')
}

func explainWindow(b *strings.Builder, w Window) {
	b.WriteString("the words ")
	for i, t := range w.Parts {
		switch {
		case i == 0:
		case i == len(w.Parts)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString("“" + t.join(" ") + "”")
	}
	b.WriteString(" within " + countWords(w.N) + " of each other")
}

// words is the term in a sentence.
func (t Term) words() string {
	s := "“" + t.join(" ") + "”"
	if t.Exact {
		return "exactly " + s
	}
	e := &t.Elements[0]
	switch {
	case t.oneStretch():
		return "the characters " + s
	case len(t.Elements) > 1:
		return "the phrase " + s
	case e.Kind == Tag:
		return "the " + [...]string{text.Hashtag: "hashtag ", text.Mention: "mention ", text.Cashtag: "cashtag "}[e.Tag] + e.String()
	case e.Class == text.Emoji && e.By == Exact:
		return "the emoji " + e.Text + " as written"
	case e.Class == text.Emoji:
		return "the emoji " + e.Text
	case e.Prefix:
		return "a word beginning with " + s
	case e.Pattern != nil:
		return "a word like " + s
	}
	return "the word " + s
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

// explainField says a field and its values.
func explainField(b *strings.Builder, n Field) {
	f := lookup(string(n.Name))
	phrases := map[string]string{}
	switch n.Name {
	case FieldHas:
		phrases = hasWords
	case FieldVerified:
		phrases = map[string]string{"true": "a verified author", "false": "an unverified author"}
	case FieldSpam:
		phrases = map[string]string{"true": "a spam mark", "false": "no spam mark"}
	case FieldBot:
		phrases = botWords
	case FieldCorrected:
		phrases = correctedWords
	default:
		label := f.label
		if label == "" {
			label = string(f.name)
		}
		b.WriteString(label + " ")
	}
	for i, v := range n.Values {
		if i > 0 {
			b.WriteString(" or ")
		}
		words := v.words()
		if phrase, ok := phrases[words]; ok {
			words = phrase
		}
		b.WriteString(words)
	}
}

var correctedWords = map[string]string{
	"yes": "a correction by a person", "lang": "a corrected language", "sentiment": "a corrected sentiment", "intent": "corrected intents", "spam": "a corrected spam mark",
}

var botWords = map[string]string{
	Declared: "an account that says it is automated", Likely: "an account that is likely automated",
	Possible: "an account that is possibly automated", Unlikely: "an account of which nothing says that it is automated",
}

var hasWords = map[string]string{
	"image": "an image", "video": "a video", "audio": "an audio clip", "media": "any media", "alt": "an image description",
	"link": "a link", "hashtag": "a hashtag", "mention": "a mention", "title": "a title", "place": "a place", "rating": "a rating",
}
