// Package cue holds the words and phrases by which package intent recognises
// what an author wants, and reads them from a post sentence by sentence.
package cue

import (
	"bytes"
	"slices"
	"strings"

	"hearth"
	"hearth/analysis/feature"
	"hearth/text"
)

// Cues is the phrase table of all languages. It is read only and safe for
// concurrent use.
type Cues struct {
	table   *feature.Lexicon
	grammar *grammar
	langs   []uint64 // that have cues, as feature.LangHash
}

// New makes the table.
func New() (*Cues, error) {
	langs := make([]string, 0, len(words))
	for lang := range words {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	var entries []feature.Entry
	c := &Cues{}
	for _, lang := range langs {
		c.langs = append(c.langs, feature.LangHash(lang))
		// Of two kinds for one phrase the later, stronger one counts.
		for kind := Complaining; kind > None; kind-- {
			for _, phrase := range strings.Split(words[lang][kind], ",") {
				entries = append(entries, feature.Entry{Lang: lang, Phrase: phrase, Value: int8(kind)})
			}
		}
	}
	var err error
	if c.table, err = feature.ReadLexicon(feature.MakeLexicon(entries)); err != nil {
		return nil, err
	}
	c.grammar, err = newGrammar()
	return c, err
}

// Known says whether there are cues for a language, given by its LangHash.
func (c *Cues) Known(lang uint64) bool { return slices.Contains(c.langs, lang) }

// Found is what the cues of a post say.
type Found struct {
	Asks       bool // some sentence is a question
	Wishes     bool
	Buys       bool
	Praises    int // cues of that kind
	Complaints int
	Forms      int // of English suggestions: Ordered, Asked …
}

// Read reads the words of a post.
func (c *Cues) Read(doc *text.Doc, words []feature.Word, lang uint64) Found {
	var f Found
	var s sentence
	var w wish
	known := c.Known(lang)
	for i := range words {
		token := &doc.Tokens[words[i].Token]
		if i == 0 || words[i].Fresh || token.Sentence != s.number {
			s, w = sentence{number: token.Sentence}, wish{}
		}
		if lang == english {
			if r, adverb := c.grammar.of(doc, words, i); !adverb {
				f.Forms |= w.read(r)
			}
		}
		kinds, n := c.table.All(doc, words, i, lang)
		for _, kind := range kinds[:n] {
			f.take(Kind(kind), &s)
		}
		s.words++
		s.suffixed = s.suffixed || token.Class == text.Word && asksBySuffix(lang, doc.FoldedOf(token))
		if asked(doc, &words[i]) && s.asks(known) {
			f.Asks = true
			f.Buys = f.Buys || s.toBuy
		}
	}
	return f
}

// sentence is what is known of the sentence being read.
type sentence struct {
	number   uint32
	words    int
	ask      bool
	askFirst bool
	suffixed bool
	toBuy    bool
}

func (f *Found) take(kind Kind, s *sentence) {
	switch kind {
	case Ask:
		s.ask = true
	case AskFirst:
		s.askFirst = s.askFirst || s.words < 2
	case AskAlone:
		f.Asks = true
	case Wish:
		f.Wishes = true
	case Buy:
		f.Buys = true
	case ToBuy:
		s.toBuy = true
	case Praising:
		f.Praises++
	case Complaining:
		f.Complaints++
	}
}

// asks says whether a sentence that ends with a question mark is a question: it
// has a word that asks and more than that; in a language without cues, three
// words are enough.
func (s *sentence) asks(known bool) bool {
	if !known {
		return s.words >= 3
	}
	return s.words >= 2 && (s.ask || s.askFirst || s.suffixed)
}

// asked says whether a question mark follows the word before the next one.
func asked(doc *text.Doc, w *feature.Word) bool {
	stream := &doc.Streams[w.Stream]
	from, to := doc.Tokens[w.Token].End, uint32(len(stream.Source))
	if int(w.Token)+1 < stream.EndToken {
		to = doc.Tokens[w.Token+1].Start
	}
	if to <= from {
		return false
	}
	gap := stream.Source[from:min(to, from+maxGap)]
	return strings.Contains(gap, "?") || strings.Contains(gap, "？") || strings.Contains(gap, "؟")
}

const maxGap = 32

var (
	english = feature.LangHash("en")
	finnish = feature.LangHash("fi")
)

// asksBySuffix knows the Finnish question ending: onko, voisitteko, löytyykö.
func asksBySuffix(lang uint64, folded []byte) bool {
	if lang != finnish || len(folded) < 4 {
		return false
	}
	return bytes.HasSuffix(folded, []byte("ko")) || bytes.HasSuffix(folded, []byte("kö"))
}

// Features adds what the cues say, and how the post feels, to the features of a
// linear model; in English also what stands around its words, and how a post
// feels that begins with a mention or holds a cue of complaint.
func (f *Found) Features(g *feature.Grams, doc *text.Doc, feels hearth.Sentiment, score float64) {
	const (
		asks = iota + 1
		wishes
		buys
		praises
		complaints
		mood
		level
		forms
		addressed
		moods
	)
	feeling := uint64(0)
	switch feels {
	case hearth.Negative:
		feeling = 1
	case hearth.Positive:
		feeling = 2
	}
	asked := 0
	if f.Asks {
		asked = 1
	}
	bucket := uint64(5 + 5*max(-1, min(1, score)))
	if g.Lang() == english {
		g.Around(doc)
	}
	for copy := range uint64(copies) {
		at := copy << 32
		if f.Asks {
			g.Add(at | asks<<16)
		}
		if f.Wishes {
			g.Add(at | wishes<<16)
		}
		if f.Buys {
			g.Add(at | buys<<16)
		}
		if f.Praises > 0 {
			g.Add(at | praises<<16 | uint64(min(f.Praises, 3)))
		}
		if f.Complaints > 0 {
			g.Add(at | complaints<<16 | uint64(min(f.Complaints, 3)))
		}
		if feeling != 0 {
			g.Add(at | mood<<16 | feeling)
		}
		for k := range Formed {
			if f.Forms>>k&1 != 0 {
				g.Add(at | forms<<16 | uint64(k+1))
			}
		}
		g.Add(at | level<<16 | bucket)
		if g.Lang() == english {
			g.Add(at | addressed<<16 | bucket<<3 | g.Surroundings())
			g.Add(at | moods<<16 | feeling<<2 | uint64(min(f.Complaints, 1))<<1 | uint64(asked))
		}
	}
}

// copies of each feature, so that few of them weigh up to many n-grams.
const copies = 3
