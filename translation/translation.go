package translation

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed catalog/*.json
var catalogs embed.FS

// Languages are those that are translated to.
var Languages = [...]string{"de", "fi", "zh"}

const (
	longest   = 2 << 10 // bytes of a text; a longer one is no sentence of ours
	deepest   = 5       // sentences within sentences, or behind them
	mostParts = 6       // sentence ends that are tried: one sentence of ours has no more
)

// Language says things in one language. Nil says them in English. It is safe
// for concurrent use.
type Language struct {
	lang    string
	exact   map[string]string // by the sentence, beginning with a capital
	formats []translated      // those with most text first
}

type translated struct {
	*format
	to string
}

// Read reads all catalogs.
func Read() (map[string]*Language, error) {
	all := map[string]*Language{}
	for _, lang := range Languages {
		all[lang] = &Language{lang: lang, exact: map[string]string{}}
	}
	entries, err := catalogs.ReadDir("catalog")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		parts := strings.Split(e.Name(), ".")
		if len(parts) != 3 || all[parts[1]] == nil {
			return nil, fmt.Errorf("the catalog %s is in no language that is translated to", e.Name())
		}
		body, err := catalogs.ReadFile(path.Join("catalog", e.Name()))
		if err != nil {
			return nil, err
		}
		var texts map[string]string
		if err := json.Unmarshal(body, &texts); err != nil {
			return nil, fmt.Errorf("reading the catalog %s: %w", e.Name(), err)
		}
		for from, to := range texts {
			if err := all[parts[1]].add(from, to); err != nil {
				return nil, fmt.Errorf("reading the catalog %s: %w", e.Name(), err)
			}
		}
	}
	for _, l := range all {
		slices.SortFunc(l.formats, func(a, b translated) int {
			if a.plain != b.plain {
				return b.plain - a.plain
			}
			return strings.Compare(a.to, b.to)
		})
	}
	return all, nil
}

func (l *Language) add(from, to string) error {
	f := parseFormat(from)
	if err := checkPlaces(f, to); err != nil {
		return fmt.Errorf("%q: %w", from, err)
	}
	if len(f.verbs) > 0 {
		l.formats = append(l.formats, translated{f, to})
		return nil
	}
	if _, double := l.exact[f.pieces[0]]; double {
		return fmt.Errorf("%q is translated twice", from)
	}
	l.exact[f.pieces[0]] = to
	return nil
}

// Say is a text of Hearth in the language: a sentence, several of them, or one
// behind what it is about and a colon. What of it is not known stays as it is.
func (l *Language) Say(text string) string {
	if l == nil || text == "" || len(text) > longest {
		return text
	}
	said, _ := l.say(text, 0)
	return said
}

// say also says whether it knows any of the text.
func (l *Language) say(text string, depth int) (string, bool) {
	if depth > deepest {
		return text, false
	}
	about, rest, split := strings.Cut(text, ": ")
	title, known := l.exactly(about)
	if split && known { // a setting: before any format, as some are little but places
		if said, ok := l.say(rest, depth+1); ok {
			return title + l.colon() + said, true
		}
	}
	if said, ok := l.whole(text, depth); ok {
		return said, true
	}
	if said, ok := l.sayEach(text, depth); ok {
		return said, true
	}
	if split && !known {
		if said, ok := l.say(rest, depth+1); ok {
			return about + l.colon() + said, true
		}
	}
	return text, false
}

// sayEach says sentences that stand in a row: the longest beginning that is
// known, then the rest.
func (l *Language) sayEach(text string, depth int) (string, bool) {
	var ends []int
	for i := 0; i+1 < len(text) && len(ends) < mostParts; i++ {
		if strings.IndexByte(".!?", text[i]) >= 0 && text[i+1] == ' ' {
			ends = append(ends, i+1)
		}
	}
	for _, end := range slices.Backward(ends) {
		first, known := l.whole(text[:end], depth)
		if !known {
			continue
		}
		rest, _ := l.say(text[end+1:], depth+1)
		if l.lang == "zh" {
			return first + rest, true
		}
		return first + " " + rest, true
	}
	return text, false
}

// whole says one sentence.
func (l *Language) whole(text string, depth int) (string, bool) {
	if to, ok := l.exactly(text); ok {
		return to, true
	}
	for i := range l.formats {
		f := &l.formats[i]
		if values, ok := f.fill(text); ok {
			return l.put(f.to, values, depth), true
		}
	}
	return text, false
}

func (l *Language) exactly(text string) (string, bool) {
	if to, ok := l.exact[upper(text)]; ok {
		return to, true
	}
	return text, false
}

func (l *Language) colon() string {
	if l.lang == "zh" {
		return "："
	}
	return ": "
}
