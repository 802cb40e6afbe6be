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
const Version = 2

// leastLetters is how many letters a post needs to get a language.
const leastLetters = 4

// lookAt is after how many known n-grams the reader looks whether it has read enough.
const lookAt = 40

// mostWords is how many words are read.
const mostWords = 32

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
	tables [len(ngram.Shared)]ngram.Table

	mu   sync.Mutex
	idle []*reader
}

// reader is what one goroutine needs to read posts.
type reader struct {
	words  feature.Words
	memo   memo
	grams  []uint64
	places []int
	part   ngram.Part
	sums   ngram.Sums
}

func (d *detector) run(items []analysis.Item) {
	r := d.take()
	for i := range items {
		if post := items[i].Post; post.Lang == "" {
			post.Lang = d.detect(r, items[i].Doc)
		}
	}
	d.give(r)
}

// take is a reader that nobody uses. They are kept, as what they remember is
// worth it; there are never more than goroutines that read at once.
func (d *detector) take() *reader {
	d.mu.Lock()
	defer d.mu.Unlock()
	last := len(d.idle) - 1
	if last < 0 {
		return &reader{}
	}
	r := d.idle[last]
	d.idle = d.idle[:last]
	return r
}

func (d *detector) give(r *reader) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.idle = append(d.idle, r)
}

// detect is the language of the document, or "".
func (d *detector) detect(r *reader, doc *text.Doc) string {
	r.words.ReadFirst(doc, mostWords)
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

// survey finds the script that most of the words are in, and how many letters they
// have, counted up to leastLetters.
func (r *reader) survey(doc *text.Doc) (text.Script, int) {
	script, mixed, letters := text.OtherScript, false, 0
	for i := range r.words.List {
		token := &doc.Tokens[r.words.List[i].Token]
		if !hasScript(token) {
			continue
		}
		mixed = mixed || letters > 0 && token.Script != script
		script = token.Script
		if letters < leastLetters {
			letters += lettersOf(doc, token)
		}
	}
	if mixed {
		script = r.mainScript(doc)
	}
	return script, letters
}

func hasScript(token *text.Token) bool {
	return !token.Number && token.Class != text.Emoji && token.Script <= text.Korean
}

func lettersOf(doc *text.Doc, token *text.Token) int {
	if token.Class == text.Character {
		return 1
	}
	return utf8.RuneCount(doc.FoldedOf(token))
}

// mainScript is the script that weighs most in a post of several.
func (r *reader) mainScript(doc *text.Doc) text.Script {
	var weights [text.Korean + 1]int
	for i := range r.words.List {
		if token := &doc.Tokens[r.words.List[i].Token]; hasScript(token) {
			weights[token.Script] += min(lettersOf(doc, token), ngram.MaxWord) * ngram.Weight(token.Script)
		}
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
	return best
}

// read adds up what the words of the script say, until that is enough. It is
// false if they say nothing.
func (r *reader) read(doc *text.Doc, t *ngram.Table, script text.Script) bool {
	said := false
	var before uint64
	for i := range r.words.List {
		token := &doc.Tokens[r.words.List[i].Token]
		if token.Script != script || token.Number {
			before = 0
			continue
		}
		var says *ngram.Part
		if script == text.Han {
			if !token.Touches {
				before = 0
			}
			says = r.character(t, before, token.Folded)
			before = token.Folded
		} else {
			says = r.word(t, doc, token)
		}
		said = said || says.Rows > 0
		r.sums.Add(says, t.Lanes)
		if r.sums.Open() < lookAt {
			continue
		}
		r.sums.Flush(t.Lanes)
		if _, _, lead := t.Best(&r.sums); lead >= t.Enough {
			return true
		}
	}
	r.sums.Flush(t.Lanes)
	return said
}

// character is what a Han character says, behind the one it touches (0 for none).
// It is valid until the next call.
func (r *reader) character(t *ngram.Table, before, folded uint64) *ngram.Part {
	r.grams = ngram.CutHan(r.grams[:0], before, folded)
	r.places = t.Places(r.places[:0], r.grams)
	t.Sum(&r.part, r.places)
	return &r.part
}

// word is what a word says, from memory if it was read before.
func (r *reader) word(t *ngram.Table, doc *text.Doc, token *text.Token) *ngram.Part {
	part, known := r.memo.find(token.Folded)
	if !known {
		r.grams = ngram.Cut(r.grams[:0], doc.FoldedOf(token))
		r.places = t.Places(r.places[:0], r.grams)
		t.Sum(part, r.places)
	}
	return part
}
