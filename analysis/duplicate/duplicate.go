// Package duplicate tells whether two texts are one text that was passed on: copied
// as it is, or with a few words changed.
//
// A text is read without addresses, @names, the RT of a repost, case, diacritics and
// punctuation, and cut into runs of five letters. Its Sketch is a MinHash of 64
// values, 256 bytes, from which the share of common runs (Jaccard) of two texts is
// estimated without bias and with a standard error of at most 0.063; sixteen bands
// of four values find candidates without comparing all with all. A Sketch is made
// by "Fast similarity sketching" (Dahlgaard, Knudsen, Thorup 2017), which has the
// expectation and the concentration of 64 permutations at the cost of a few.
//
// It guarantees the same Sketch for the same text on every machine, time linear in
// the text and bounded at maxLetters, and no allocation in steady state.
//
// It refuses to compare very short texts: "thank you so much" of a thousand people
// is no campaign. Below 30 letters nothing is said (Sketch.Tells); from there to 60 two
// texts must have more in common, since a topic's name and a phrase are half of them.
// An ideograph or a syllable of Hangul says as much as two letters and counts as two.
package duplicate

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"hearth/text"
)

const (
	Values = 64 // of a Sketch
	Bands  = 16 // by which candidates are found
	rows   = 4  // values of a band

	// From these similarities on two texts are the same story, or copies.
	SameStory = 0.5
	SameText  = 0.8

	// Size is the bytes of a Sketch's values, see AppendValues.
	Size = 4 * Values
)

const (
	fewest     = 30 // letters: shorter texts are compared with none
	short      = 60 // letters: shorter texts must be shortAlike
	shortAlike = 0.62
	runWidth   = 5 // letters of a run
	wide       = 2 // letters that an ideograph or syllable counts for
	maxLetters = 8192
)

// Sketch is what is kept of a text. Sketches are compared by value: two texts with
// equal Hash read the same.
type Sketch struct {
	Hash    uint64 // of the whole text as it is read
	Letters int    // how long it is
	Values  [Values]uint32
}

// Tells says whether the text is long enough to be compared.
func (s *Sketch) Tells() bool { return s.Letters >= fewest }

// AppendValues appends the values, little endian, Size bytes.
func (s *Sketch) AppendValues(dst []byte) []byte {
	for _, v := range s.Values {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	return dst
}

// SetValues reads what AppendValues wrote, and says whether it is as long.
func (s *Sketch) SetValues(b []byte) bool {
	if len(b) != Size {
		return false
	}
	for i := range s.Values {
		s.Values[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return true
}

// Bands are the keys under which the text is found: two texts of similarity s share
// at least one with a probability of 1−(1−s⁴)¹⁶.
func (s *Sketch) Bands() (keys [Bands]uint64) {
	for i := range keys {
		h := uint64(i + 1)
		for _, v := range s.Values[i*rows : (i+1)*rows] {
			h = mix(h ^ uint64(v))
		}
		keys[i] = h
	}
	return keys
}

// Similarity estimates the share of common runs, 0 … 1.
func Similarity(a, b *Sketch) float64 {
	same := 0
	for i := range a.Values {
		if a.Values[i] == b.Values[i] {
			same++
		}
	}
	return float64(same) / Values
}

// Relation is what two texts are to each other.
type Relation uint8

const (
	Unrelated Relation = iota
	Story              // the same text with more than a few words changed
	Copy
)

// Relate compares two texts. It is symmetric.
func Relate(a, b *Sketch) Relation {
	switch {
	case !a.Tells() || !b.Tells():
		return Unrelated
	case a.Hash == b.Hash:
		return Copy
	}
	alike := SameStory
	if min(a.Letters, b.Letters) < short {
		alike = shortAlike
	}
	switch s := Similarity(a, b); {
	case s >= SameText:
		return Copy
	case s >= alike:
		return Story
	}
	return Unrelated
}

// Reader makes sketches. The zero value is ready; it is not for two goroutines at
// once.
type Reader struct {
	sums   []uint64 // sums[i]: polynomial hash of the first i letters
	widths []uint32 // likewise their width
	runs   []uint64
}

// base of the polynomial, and its powers up to the longest run.
const base = 0x9e3779b97f4a7c55

var powers = [runWidth + 1]uint64{1, base, base * base & low, base * base * base & low,
	base * base * base * base & low, base * base * base * base * base & low}

const low = 1<<64 - 1

// Read sketches title and text of a document.
func (r *Reader) Read(doc *text.Doc, s *Sketch) {
	*s = Sketch{}
	r.letters(doc)
	n := len(r.sums) - 1
	s.Hash = mix(r.sums[n] ^ uint64(n))
	s.Letters = int(r.widths[n])
	if !s.Tells() {
		return
	}
	r.cut()
	fill(r.runs, &s.Values)
}

// letters reads the text: sums and widths.
func (r *Reader) letters(doc *text.Doc) {
	r.sums, r.widths = append(r.sums[:0], 0), append(r.widths[:0], 0)
	for i := range doc.Streams {
		stream := &doc.Streams[i]
		if stream.Field == text.Alt {
			continue
		}
		tag := stream.FirstTag
		for k := stream.FirstToken; k < stream.EndToken; k++ {
			for tag < stream.EndTag && doc.Tags[tag].EndToken <= k {
				tag++
			}
			t := &doc.Tokens[k]
			if t.URL || t.Class == text.Emoji || tag < stream.EndTag && doc.Tags[tag].Kind == text.Mention && k >= doc.Tags[tag].FirstToken {
				continue
			}
			word := doc.PlainOf(t)
			if k == stream.FirstToken && string(word) == "rt" {
				continue
			}
			if t.Class != text.Character || !t.Touches {
				r.letter(' ', 1)
			}
			r.word(word, t.Class)
			if len(r.sums) > maxLetters {
				return
			}
		}
	}
}

func (r *Reader) word(word []byte, class text.Class) {
	for i := 0; i < len(word) && len(r.sums) <= maxLetters; {
		c, size := utf8.DecodeRune(word[i:])
		i += size
		width := uint32(1)
		if class != text.Word && c >= 0x1100 { // not Thai, Lao …, which spell
			width = wide
		}
		r.letter(c, width)
	}
}

func (r *Reader) letter(c rune, width uint32) {
	n := len(r.sums) - 1
	r.sums = append(r.sums, r.sums[n]*base+uint64(c)+1)
	r.widths = append(r.widths, r.widths[n]+width)
}

// cut makes the hashes of all runs that are as wide as they must be.
func (r *Reader) cut() {
	r.runs = r.runs[:0]
	to, n := 0, len(r.sums)-1
	for from := range n {
		for to < n && r.widths[to]-r.widths[from] < runWidth {
			to++
		}
		if r.widths[to]-r.widths[from] < runWidth {
			return
		}
		r.runs = append(r.runs, mix(r.sums[to]-r.sums[from]*powers[to-from]))
	}
}

// fill makes the values of a set of runs. In each of up to 64 rounds every run falls
// into one value with a number of its own; the smallest of the first round that
// reaches a value stays. Rounds 64 … 127 reach each value in turn.
func fill(runs []uint64, values *[Values]uint32) {
	var filled uint64
	for round := range uint64(2 * Values) {
		before := filled
		for _, run := range runs {
			h := mix(run + round*0xd1342543de82ef95)
			at := h >> 58
			if round >= Values {
				at = round - Values
			}
			if bit := uint64(1) << at; before&bit == 0 {
				if v := uint32(h); filled&bit == 0 || v < values[at] {
					values[at] = v
					filled |= bit
				}
			}
		}
		if bits.OnesCount64(filled) == Values {
			return
		}
	}
}

// mix is the finisher of splitmix64: every bit of the result depends on all.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
