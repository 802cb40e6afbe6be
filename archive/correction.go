package archive

import (
	"slices"
	"strings"

	"hearth"
)

// What the analysis says of a post and people may correct. The last word that
// stands holds, whatever the analysis says then or later; it is a correction
// where the two differ.
const (
	LangField      Field = "lang"      // a language tag, or NoLanguage
	SentimentField Field = "sentiment" // a hearth.Sentiment
	IntentField    Field = "intent"    // all that hold, in the order of hearth.Intents, with a space between; or NoIntent
	SpamField      Field = "spam"      // true or false
)

// Words for nothing.
const (
	NoLanguage = "und"
	NoIntent   = "none"
)

// Corrected are the fields that can be corrected, in the order in which a post
// has its corrections.
var Corrected = [...]Field{LangField, SentimentField, IntentField, SpamField}

// Said is what a post says of a field, in the words of a Note; "": nothing.
func Said(p *hearth.Post, f Field) string {
	switch f {
	case LangField:
		return p.Lang
	case SentimentField:
		return string(p.Sentiment)
	case IntentField:
		return intentWords(p.Intent)
	case SpamField:
		switch p.Spam {
		case hearth.True:
			return "true"
		case hearth.False:
			return "false"
		}
	}
	return ""
}

func intentWords(list []hearth.Intent) string {
	var words []string
	for _, i := range hearth.Intents {
		if slices.Contains(list, i) {
			words = append(words, string(i))
		}
	}
	return strings.Join(words, " ")
}

// set has a post say what a note does.
func set(p *hearth.Post, f Field, value string) {
	switch f {
	case LangField:
		p.Lang = value
		if value == NoLanguage {
			p.Lang = ""
		}
	case SentimentField:
		p.Sentiment, p.SentimentScore = hearth.Sentiment(value), hearth.Number{}
	case IntentField:
		p.Intent = nil
		if value == NoIntent {
			return
		}
		for _, word := range strings.Fields(value) {
			p.Intent = append(p.Intent, hearth.Intent(word))
		}
	case SpamField:
		p.Spam = hearth.BoolOf(value == "true")
	}
}

// wrongWord says what a field takes.
var wrongWord = map[Field]string{
	LangField:      "A language is a code such as en or pt-BR, or und for none.",
	SentimentField: "A sentiment is positive, neutral or negative.",
	IntentField:    "Intents are complaint, question, praise, suggestion and purchase, in this order with a space between, or none.",
	SpamField:      "Spam is true or false.",
}

// sayable says whether a note's value is a word for its field.
func (f Field) sayable(value string) bool {
	switch f {
	case LangField:
		return value == NoLanguage || value != "" && len(value) <= 35 && !strings.ContainsFunc(value, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
		})
	case SentimentField:
		return value == string(hearth.Positive) || value == string(hearth.Neutral) || value == string(hearth.Negative)
	case IntentField:
		var list []hearth.Intent
		for _, word := range strings.Fields(value) {
			list = append(list, hearth.Intent(word))
		}
		return value == NoIntent || value != "" && intentWords(list) == value
	case SpamField:
		return value == "true" || value == "false"
	}
	return false
}

// correct lets the last statement that stands of each field change a post.
func correct(p *hearth.Post, said []Annotation) {
	p.Corrections = nil
	for _, f := range Corrected {
		a := standing(said, f)
		if a == nil || a.Value == "" {
			continue
		}
		machine := Said(p, f)
		spoken := hearth.Post{}
		if set(&spoken, f, a.Value); Said(&spoken, f) == machine {
			continue
		}
		set(p, f, a.Value)
		p.Corrections = append(p.Corrections, hearth.Correction{Field: string(f), Machine: machine, By: a.By.User, At: a.At})
	}
}

// standing is the last statement that stands of a field; nil: there is none.
func standing(said []Annotation, f Field) *Annotation {
	for i := len(said) - 1; i >= 0; i-- {
		if said[i].Field == f && said[i].Undone.IsZero() {
			return &said[i]
		}
	}
	return nil
}

// corrects is what a note says of a post as it stands, and whether it says
// anything. A note without a value takes the last word back.
func (n *Note) corrects(now *hearth.Post, said []Annotation, by Author) (Annotation, bool) {
	a := Annotation{Field: n.Field, Value: n.Value, Was: Said(now, n.Field), By: by}
	last := standing(said, n.Field)
	if n.Value == "" {
		return a, last != nil && last.Value != ""
	}
	spoken := hearth.Post{}
	set(&spoken, n.Field, n.Value)
	if Said(&spoken, n.Field) != a.Was {
		return a, true
	}
	return a, false
}

func sameCorrections(a, b []hearth.Correction) bool {
	return slices.EqualFunc(a, b, func(a, b hearth.Correction) bool {
		return a.Field == b.Field && a.Machine == b.Machine && a.By == b.By && a.At.Equal(b.At)
	})
}
