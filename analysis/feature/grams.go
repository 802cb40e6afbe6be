package feature

import (
	"strings"
	"unicode/utf8"

	"hearth/text"
)

// Kinds of features; each is mixed into the hash so that a word, a pair and a
// piece of a word never meet.
const (
	kindWord uint64 = iota + 1
	kindPair
	kindPiece // of Korean; others have a hash of their own
	kindRun   // of touching characters or Hangul syllables
	kindEmoji
	kindSign // punctuation, emoticons
	kindNegated
	kindFirst  // word at the beginning of a sentence
	kindShape  // how it is written: capitals, letters drawn out, numbers
	kindExtra  // added by the analyzer
	kindAround // addresses, mentions, length
	kindOwn    // word of a language
)

const (
	pieceMin   = 3  // characters of a piece of a word, edges counted
	pieceMax   = 5  //
	runMax     = 4  // characters of a run
	maxLetters = 32 // of a word are cut to pieces
	negates    = 3  // words a negator reaches
	edge       = 1
	maxGap     = 48 // bytes between two words that are read for signs
	drawnOut   = 3  // times the same letter
	pieceSeed  = uint64(0x9e3779b97f4a7c15)
)

// Grams are the hashed features of a post for linear models: words, pairs of
// words, pieces of words, runs of characters where scripts have no spaces,
// emoji, punctuation, negated words, first words of sentences and how it is
// written. The zero value is ready; it is reused from post to post without
// allocating, and not by two goroutines at once.
type Grams struct {
	Words  Words
	Hashes []uint64

	Capitals  int // words all in capitals
	DrawnOut  int // words with a letter drawn out, as in "sooo"
	Exclaimed int // exclamation marks, up to three of each run
	Asked     int // question marks, likewise
	Signs     int // emoji, emoticons and runs of punctuation
	Spelt     int // words that are not emoji
	Negated   int // words that a negator reaches

	lang    uint64
	around  uint64 // what Around found
	before  uint64 // the word or emoji before
	runs    [runMax]uint64
	negated int
	same    int // times the unit before has been repeated
}

// Read makes the features of a document written in lang (a BCP 47 tag or "").
func (g *Grams) Read(doc *text.Doc, lang string) {
	g.Words.Read(doc)
	*g = Grams{Words: g.Words, Hashes: g.Hashes[:0], lang: LangHash(lang)}
	last := -1
	sentence := ^uint32(0)
	for i := range g.Words.List {
		w := &g.Words.List[i]
		token := &doc.Tokens[w.Token]
		stream := &doc.Streams[w.Stream]
		if w.Fresh {
			g.tail(doc, last)
			g.pause()
			sentence = ^uint32(0)
		}
		from := uint32(0)
		if int(w.Token) > stream.FirstToken {
			from = doc.Tokens[w.Token-1].End
		}
		if from < token.Start {
			g.signs(stream.Source[from:token.Start])
		}
		first := token.Sentence != sentence
		if first {
			sentence = token.Sentence
			g.pause()
		}
		g.word(doc, token, stream.Source[token.Start:token.End], first)
		last = i
	}
	g.tail(doc, last)
	if last < 0 {
		for s := range doc.Streams {
			if doc.Streams[s].Field != text.Alt && doc.Streams[s].FirstToken == doc.Streams[s].EndToken {
				g.signs(doc.Streams[s].Source)
			}
		}
	}
	g.shape()
}

// Add adds a feature of the analyzer's own.
func (g *Grams) Add(feature uint64) { g.Hashes = append(g.Hashes, Mix(kindExtra, feature)) }

// tail reads the signs behind the last word of a stream.
func (g *Grams) tail(doc *text.Doc, last int) {
	if last < 0 {
		return
	}
	w := &g.Words.List[last]
	stream := &doc.Streams[w.Stream]
	if int(w.Token) == stream.EndToken-1 {
		g.signs(stream.Source[doc.Tokens[w.Token].End:])
	}
}

// pause ends what reaches from word to word.
func (g *Grams) pause() {
	g.before, g.negated, g.same = 0, 0, 0
	g.runs = [runMax]uint64{}
}

func (g *Grams) add(kind, hash uint64) { g.Hashes = append(g.Hashes, Mix(kind, hash)) }

func (g *Grams) word(doc *text.Doc, token *text.Token, source string, first bool) {
	hash := token.Folded
	if hash == g.before && token.Class != text.Character {
		if g.same++; g.same >= drawnOut {
			return // a flood says no more than its beginning
		}
	} else {
		g.same = 0
	}
	if token.Class != text.Emoji {
		g.Spelt++
	}
	switch {
	case token.Class == text.Emoji:
		g.Signs++
		g.add(kindEmoji, token.Plain)
	case token.Number:
		g.add(kindShape, 1)
	case token.Class == text.Character:
		g.character(token)
		g.before = hash
		return
	case token.Class == text.Hangul:
		g.add(kindWord, hash)
		g.syllables(doc.FoldedOf(token))
	default:
		hash = g.pieces(doc.FoldedOf(token), hash)
		g.add(kindWord, hash)
		if len(source) > 2 && shouted(source) {
			g.Capitals++
		}
		if g.negated > 0 {
			g.negated--
			g.Negated++
			g.add(kindNegated, hash)
		}
		if Negator(g.lang, hash) {
			g.negated = negates
		}
	}
	if first {
		g.add(kindFirst, hash)
	}
	if g.before != 0 {
		g.add(kindPair, Mix(g.before, hash))
	}
	g.before = hash
	g.runs = [runMax]uint64{}
}

// character adds the runs that end with a character.
func (g *Grams) character(token *text.Token) {
	if !token.Touches {
		g.runs = [runMax]uint64{}
	}
	for n := runMax - 1; n > 0; n-- {
		if g.runs[n-1] != 0 {
			g.runs[n] = Mix(g.runs[n-1], token.Folded)
			g.add(kindRun, g.runs[n])
		} else {
			g.runs[n] = 0
		}
	}
	g.runs[0] = token.Folded
	g.add(kindRun, token.Folded)
}

// syllables adds the runs of two and three syllables of a Korean word and of
// its beginning, where the meaning is.
func (g *Grams) syllables(folded []byte) {
	var before, before2 uint64
	for i := 0; len(folded) > 0 && i < maxLetters; i++ {
		r, size := utf8.DecodeRune(folded)
		folded = folded[size:]
		h := uint64(r)
		if before != 0 {
			g.add(kindRun, Mix(before, h))
			if i == 1 {
				g.add(kindPiece, Mix(before, h))
			}
		}
		if before2 != 0 {
			g.add(kindRun, Mix(Mix(before2, before), h))
		}
		before2, before = before, h
	}
}

// pieces adds the pieces of a word. It returns the word's hash: another one
// than given if letters are drawn out, which are cut to two.
func (g *Grams) pieces(folded []byte, hash uint64) uint64 {
	var runes [maxLetters + 2]uint32
	runes[0] = edge
	n := 1
	drawn := false
	for len(folded) > 0 && n <= maxLetters {
		r, size := rune(folded[0]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(folded)
		}
		folded = folded[size:]
		if n > 2 && runes[n-1] == uint32(r) && runes[n-2] == uint32(r) {
			drawn = true
			continue
		}
		runes[n] = uint32(r)
		n++
	}
	runes[n] = edge
	n++
	if drawn {
		g.DrawnOut++
		hash = 0
		for _, r := range runes[1 : n-1] {
			hash = Mix(hash, uint64(r))
		}
	}
	for i := 0; i+pieceMin <= n; i++ {
		h := pieceSeed
		for j := i; j < n && j < i+pieceMax; j++ {
			h = (h ^ uint64(runes[j])) * 0xff51afd7ed558ccd
			h ^= h >> 32
			if j-i+1 >= pieceMin && j-i+1 < n { // the whole word with both edges is the word itself
				g.Hashes = append(g.Hashes, h)
			}
		}
	}
	return hash
}

// shouted says whether a word is all capitals (ASCII is enough for a sign of mood).
func shouted(s string) bool {
	letters := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			letters++
		case c >= 'a' && c <= 'z', c >= utf8.RuneSelf:
			return false
		}
	}
	return letters > 2
}

// signs adds the runs of punctuation between two words: "!!!", ":-)", "…", "))".
// The same sign counts up to three times in a run. A comma, colon or stop ends a
// negation and is nothing else.
func (g *Grams) signs(gap string) {
	if len(gap) > maxGap {
		gap = gap[:maxGap]
	}
	if gap == " " {
		return
	}
	run, length, repeated := uint64(0), 0, 0
	var before rune
	end := func() {
		if length > 1 || length == 1 && !strings.ContainsRune(",.:-\"'/#@", before) {
			g.add(kindSign, run)
			g.Signs++
		}
		run, length, repeated, before = 0, 0, 0, 0
	}
	for _, r := range gap {
		if r <= ' ' || text.IsSpace(r) {
			end()
			continue
		}
		switch r {
		case '！':
			r = '!'
		case '？', '؟':
			r = '?'
		case ',', '.', ';', '，', '。', '、', '؛', '،':
			g.negated = 0
		}
		if r == before {
			repeated++
		} else {
			repeated = 1
		}
		if repeated <= drawnOut {
			run, length = Mix(run, uint64(r)), length+1
			switch r {
			case '!':
				g.Exclaimed++
			case '?':
				g.Asked++
			}
		}
		before = r
	}
	end()
}

// shape adds how the post is written, as far as that is worth a word.
func (g *Grams) shape() {
	for kind, n := range [...]int{min(g.Capitals, 4), min(g.DrawnOut, 2), min(g.Exclaimed, 4), min(g.Asked, 2)} {
		if n > 0 {
			g.add(kindShape, uint64(kind+1)<<8|uint64(n))
		}
	}
}
