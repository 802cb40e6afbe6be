package topic

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"hearth/analysis/feature"
	"hearth/text"
)

// Terms is how many a hashed term can be: 2^18.
const Terms = 1 << 18

const (
	mostTerms = 96  // of one post
	mostWords = 256 // of one post that are read
	stemRunes = 6   // a longer word is compared by its beginning
)

// Term is a hashed word, or pair of characters, and how often it is in a post.
type Term struct {
	Bucket uint32
	Count  uint32
}

// Reader reads posts one after the other. What it hands out is valid until the
// next Read. It belongs to one goroutine; in steady state reading terms does not
// allocate.
type Reader struct {
	// Terms are what the post is compared by, in the order of their buckets.
	Terms []Term

	// Print is the same for nearly the same texts: two posts of which at least
	// one place agrees are copies, as far as anybody can tell so quickly. At a
	// likeness (Jaccard) of .8 nine of ten copies agree, at .5 two of ten.
	// All zero: the post has no words.
	Print [4]uint32

	words feature.Words
	doc   *text.Doc
	units []unit
	yake  yake
}

// unit is a word, or a character of a script written without spaces.
type unit struct {
	folded     uint64
	start, end uint32 // of the source of its stream
	stream     int32
	sentence   uint32
	stop       bool
	character  bool // joined to its neighbours without a space
	touches    bool // nothing stands between it and the unit before
	token      int32
}

// Read reads a post: its terms and print, and what Phrases needs. lang is the
// code of its language, "" where it is not known.
func (r *Reader) Read(d *text.Doc, lang string) {
	r.doc = d
	r.words.Read(d)
	r.units, r.Terms = r.units[:0], r.Terms[:0]
	stop := stopsOf(lang)
	for _, w := range r.words.List[:min(len(r.words.List), mostWords)] {
		t := &d.Tokens[w.Token]
		if t.Class == text.Emoji {
			continue
		}
		_, stopped := stop[t.Folded]
		u := unit{
			folded: t.Folded, start: t.Start, end: t.End, stream: w.Stream, sentence: t.Sentence, token: w.Token,
			stop: stopped || t.Number, character: t.Class == text.Character && !t.Katakana, touches: t.Touches,
		}
		if t.Class == text.Character && t.Script == text.Hiragana {
			u.stop = true // what Japanese joins its words with
		}
		if t.Katakana && len(r.units) > 0 { // a run of Katakana is one word
			last := &r.units[len(r.units)-1]
			if t.Touches && last.stream == u.stream && d.Tokens[last.token].Katakana {
				last.end, last.folded, last.stop = u.end, mix(last.folded, u.folded), false
				continue
			}
		}
		if !u.character && !u.stop && utf8.RuneCount(d.PlainOf(t)) < 2 && !t.Katakana {
			u.stop = true
		}
		if n := len(r.units); u.character && n > 0 && r.units[n-1].character && u.touches {
			if _, stopped := stop[mix(r.units[n-1].folded, u.folded)]; stopped {
				u.stop, r.units[n-1].stop = true, true
			}
		}
		r.units = append(r.units, u)
	}
	r.readTerms()
	r.readPrint()
}

// readTerms hashes words, and pairs of characters.
func (r *Reader) readTerms() {
	for i := range r.units {
		u := &r.units[i]
		if u.stop {
			continue
		}
		h := u.folded
		switch {
		case u.character:
			if i == 0 || !u.touches || r.units[i-1].stop || !r.units[i-1].character || r.units[i-1].stream != u.stream {
				continue
			}
			h = mix(r.units[i-1].folded, u.folded)
		case !r.doc.Tokens[u.token].Katakana:
			h = text.Hash(beginning(r.doc.PlainOf(&r.doc.Tokens[u.token]), stemRunes))
		}
		r.Terms = append(r.Terms, Term{uint32(h & (Terms - 1)), 1})
		if len(r.Terms) == mostTerms {
			break
		}
	}
	slices.SortFunc(r.Terms, func(a, b Term) int { return cmp.Compare(a.Bucket, b.Bucket) })
	n := 0
	for i, t := range r.Terms {
		if i > 0 && r.Terms[n-1].Bucket == t.Bucket {
			r.Terms[n-1].Count++
			continue
		}
		r.Terms[n] = t
		n++
	}
	r.Terms = r.Terms[:n]
}

// beginning is the first runes of a word.
func beginning(word []byte, runes int) []byte {
	for i := 0; i < len(word); runes-- {
		if runes == 0 {
			return word[:i]
		}
		_, size := utf8.DecodeRune(word[i:])
		i += size
	}
	return word
}

const printRows = 4 // of each place of a print

// readPrint makes the print: MinHash over pairs of neighbouring words (Broder 1997),
// sixteen permutations in four bands.
func (r *Reader) readPrint() {
	r.Print = [4]uint32{}
	if len(r.units) == 0 {
		return
	}
	var least [len(r.Print) * printRows]uint64
	for i := range least {
		least[i] = math.MaxUint64
	}
	before := uint64(0)
	for i := range r.units {
		shingle := mix(before, r.units[i].folded)
		before = r.units[i].folded
		for k := range least {
			least[k] = min(least[k], mix(shingle, uint64(k)*0x9e3779b97f4a7c15+1))
		}
	}
	for band := range r.Print {
		h := uint64(band)
		for _, x := range least[band*printRows : (band+1)*printRows] {
			h = mix(h, x)
		}
		r.Print[band] = uint32(h>>32) | 1 // never zero
	}
}

// mix joins two hashes to one (the finish of MurmurHash3).
func mix(a, b uint64) uint64 {
	h := a*0x9e3779b97f4a7c15 ^ b
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
