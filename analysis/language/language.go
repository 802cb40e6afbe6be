// Package language tells which language a post is written in.
//
// The script decides first: most ngram.Scripts are written by one language only.
// Latin, Cyrillic, Arabic, Devanagari and Han are shared; there a table of
// character n-grams decides, trained by the program in train and described in
// MODEL.md. Addresses, mentions and cashtags are not read. A post with fewer
// than four letters, or one whose best two languages lie too close, gets no
// language: better none than a wrong one.
//
// It knows whole posts only: not the parts of a mixed post, and not languages
// written in a foreign ngram.Script (Hindi or Arabic in Latin letters).
package language

import (
	_ "embed"
	"sync"
	"unicode/utf8"

	"hearth/analysis"
	"hearth/analysis/feature"
	"hearth/analysis/language/ngram"
	"hearth/text"
)

//go:embed model.bin
var model []byte

//go:embed MODEL.md
var card string

// Version changes whenever some post could get another language than before.
const Version = 1

// leastLetters is how many letters a post needs to get a language.
const leastLetters = 4

// lookAt is after how many n-grams the reader looks whether it has read enough.
const lookAt = 96

// surveyed is how many words decide on the script.
const surveyed = 128

// Analyzer sets Post.Lang where it is missing. It panics if the model built
// into the program is damaged.
func Analyzer() analysis.Analyzer {
	tables, err := ngram.Read(model)
	if err != nil {
		panic(err)
	}
	d := &detector{tables: tables}
	return analysis.Analyzer{Name: "language", Version: Version, Adds: []string{"lang"}, Card: card, Run: d.run}
}

type detector struct {
	tables  [len(ngram.Shared)]ngram.Table
	readers sync.Pool // of *reader
}

// reader is what one goroutine needs to read posts.
type reader struct {
	words feature.Words
	grams []uint64
	sums  ngram.Sums
}

func (d *detector) run(items []analysis.Item) {
	r, _ := d.readers.Get().(*reader)
	if r == nil {
		r = &reader{}
	}
	for i := range items {
		if post := items[i].Post; post.Lang == "" {
			post.Lang = d.detect(r, items[i].Doc)
		}
	}
	d.readers.Put(r)
}

// detect is the language of the document, or "".
func (d *detector) detect(r *reader, doc *text.Doc) string {
	r.words.Read(doc)
	script, letters := r.survey(doc)
	if letters < leastLetters {
		return ""
	}
	table := ngram.TableOf(script)
	if table < 0 {
		return ngram.OnlyLanguage(script)
	}
	t := &d.tables[table]
	r.sums.Reset()
	if !r.read(doc, t, script) {
		return ""
	}
	first, _, lead := t.Best(&r.sums)
	if lead < t.Margin {
		return ""
	}
	return t.Langs[first]
}

// survey finds the script that most of the post's first words are in, and how
// many letters they have.
func (r *reader) survey(doc *text.Doc) (text.Script, int) {
	var weights [text.Korean + 1]int
	letters := 0
	for i := range min(len(r.words.List), surveyed) {
		token := &doc.Tokens[r.words.List[i].Token]
		if token.Number || token.Class == text.Emoji || token.Script > text.Korean {
			continue
		}
		n := 1
		if token.Class != text.Character {
			n = utf8.RuneCount(doc.FoldedOf(token))
		}
		letters += n
		weights[token.Script] += min(n, ngram.MaxWord) * ngram.Weight(token.Script)
	}
	weights[text.OtherScript] = 0
	kana := weights[text.Hiragana] + weights[text.Katakana]
	if kana*8 >= weights[text.Han] {
		weights[text.Hiragana] = kana + weights[text.Han]
		weights[text.Han] = 0
	}
	best := text.OtherScript
	for script := range text.Korean + 1 {
		if weights[script] > weights[best] {
			best = script
		}
	}
	return best, letters
}

// read adds up what the words of the script say, until that is enough. It is
// false if they say nothing.
func (r *reader) read(doc *text.Doc, t *ngram.Table, script text.Script) bool {
	said := false
	var before uint64
	for i := range min(len(r.words.List), surveyed) {
		token := &doc.Tokens[r.words.List[i].Token]
		if token.Script != script || token.Number {
			before = 0
			continue
		}
		r.grams = r.grams[:0]
		if script == text.Han {
			if !token.Touches {
				before = 0
			}
			r.grams = ngram.CutHan(r.grams, before, token.Folded)
			before = token.Folded
		} else {
			r.grams = ngram.Cut(r.grams, doc.FoldedOf(token))
		}
		if r.sums.Rows > lookAt || r.sums.Rows+len(r.grams) > ngram.FlushAt {
			r.sums.Flush(t.Lanes)
			if _, _, lead := t.Best(&r.sums); lead >= t.Enough {
				return true
			}
		}
		for _, gram := range r.grams {
			if at := t.Row(gram); at >= 0 {
				r.sums.Add(t.Rows[at : at+t.Lanes])
				said = true
			}
		}
	}
	r.sums.Flush(t.Lanes)
	return said
}
