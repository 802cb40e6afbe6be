package query

import (
	"fmt"
	"strconv"
	"strings"
)

// phrasebook is how a language says a query. What a post holds is said in one
// case wherever it stands (in German the dative), so that the parts of a query
// can be put together; formats are filled with one thing each, unless they say
// otherwise.
type phrasebook struct {
	posts      [2]string // around everything
	and, or    string
	not        string // in front of what is not there
	brackets   [2]string
	quotes     [2]string
	comma      string    // between the words of a window
	last       string    // in front of the last of them
	wordCounts [2]string // for one word, and for a number of them

	near, onear string // between two, filled with a number of words
	sentence    string // between two
	window      string // filled with words, and a number of words

	exactly, characters, phrase, word string
	prefix, pattern                   string
	hashtag, mention, cashtag         string
	emoji, emojiAsWritten             string
	raw                               string
	title, body, alt                  string // in front of what stands there

	numbers, days, moments comparison
	day, moment            string // layouts of dates
	thousands, point       string // in numbers

	fields map[FieldName]called
	values map[FieldName]map[string]string // those that are phrases themselves
}

// called is a field's name in front of its values, or behind them.
type called struct {
	before, after string
	one           string // behind them, if the last is the number one
}

// comparison is how values are compared; between is filled with two.
type comparison struct{ is, over, atLeast, under, atMost, between string }

func (c *comparison) say(op Op, from, to string) string {
	switch op {
	case Over:
		return fmt.Sprintf(c.over, from)
	case AtLeast:
		return fmt.Sprintf(c.atLeast, from)
	case Under:
		return fmt.Sprintf(c.under, from)
	case AtMost:
		return fmt.Sprintf(c.atMost, from)
	case Between:
		return fmt.Sprintf(c.between, from, to)
	}
	return fmt.Sprintf(c.is, from)
}

// phrases is the phrasebook of a language; English for any other.
func phrases(lang string) *phrasebook {
	switch lang {
	case "de":
		return german
	case "fi":
		return finnish
	case "zh":
		return chinese
	}
	return english
}

func (b *phrasebook) quote(s string) string { return b.quotes[0] + s + b.quotes[1] }

func (b *phrasebook) wordCount(n int) string {
	if n == 1 {
		return b.wordCounts[0]
	}
	return fmt.Sprintf(b.wordCounts[1], strconv.Itoa(n))
}

func (b *phrasebook) date(d Date) string {
	if d.Day {
		return d.Start.Format(b.day)
	}
	return d.Start.Format(b.moment)
}

// number writes a decimal number as the language does.
func (b *phrasebook) number(s string) string {
	digits, minus := strings.CutPrefix(s, "-")
	whole, rest, point := strings.Cut(digits, ".")
	if len(whole) > 4 && b.thousands != "" {
		var groups []string
		for len(whole) > 3 {
			groups = append([]string{whole[len(whole)-3:]}, groups...)
			whole = whole[:len(whole)-3]
		}
		whole = strings.Join(append([]string{whole}, groups...), b.thousands)
	}
	if point {
		whole += b.point + rest
	}
	if minus {
		return "-" + whole
	}
	return whole
}
