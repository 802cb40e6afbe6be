// Package text reads a text once for everybody: it normalises, cuts into
// tokens, finds tags and sentences and hashes the spellings, by section 2 of
// the query language ("From text to tokens"). The matcher, the archive's index
// and every analyzer read the Doc it leaves behind, so none of them can
// disagree about what a word is.
//
// It knows nothing of posts, queries, languages or networks, and it does not
// stem, drop stop words or guess.
package text

// Version names the rules of this package as they stand in stored indexes. It
// changes whenever any text could be cut or spelt differently than before.
const Version = 1

// Field says which part of a post a stream is.
type Field uint8

const (
	Title Field = iota
	Text
	Alt // one stream for each image description
)

// Class is the kind of a token.
type Class uint8

const (
	Word      Class = iota // scripts written with spaces
	Character              // one letter of a script written without spaces, with its marks
	Hangul                 // a run of Korean letters
	Emoji                  // one emoji sequence
)

// TagKind is what a tag's sign makes of it.
type TagKind uint8

const (
	Hashtag TagKind = iota
	Mention
	Cashtag
)

// Doc is the analysed text of one post. A Doc is reused from post to post by
// Reset and Add; in steady state neither allocates. Everything it hands out is
// valid until the next Reset. A Doc may be read by many goroutines at once.
type Doc struct {
	Streams []Stream
	Tokens  []Token // of all streams, in order
	Tags    []Tag   // of all streams, in order

	units []byte // the streams after section 2.2, one behind the other
	spell []byte // folded and plain spellings
	scan  scanner
}

// Stream is one text that was analysed apart: no phrase reaches into another.
type Stream struct {
	Field                Field
	Source               string // as it was added
	FirstToken, EndToken int    // Doc.Tokens[FirstToken:EndToken]
	FirstTag, EndTag     int    // Doc.Tags[FirstTag:EndTag]

	norm span // the units of the stream, joined: NFKC, ignorable characters dropped
}

// Token is one word, character, Hangul run or emoji.
type Token struct {
	Folded, Plain uint64 // Hash of the two spellings
	Start, End    uint32 // bytes of the stream's Source it came from
	At            uint32 // width of the tokens of the stream before it, in half words
	Sentence      uint32 // number of its sentence within the stream
	Class         Class
	Touches       bool // no unit stands between it and the token before
	Katakana      bool // its letter is a Katakana letter (30A1–30FA 30FC–30FF 31F0–31FF)
	Number        bool // begins with a digit
	URL           bool // stands in a web address
	Script        Script

	exact, folded, plain span
}

// Tag is a hashtag, mention or cashtag. It covers the tokens of its letters.
type Tag struct {
	Kind                 TagKind
	Folded, Plain        uint64 // Hash of the two spellings of its name
	Start, End           uint32 // bytes of the stream's Source, sign included
	FirstToken, EndToken int    // Doc.Tokens[FirstToken:EndToken]

	exact, folded, plain span // of the name, without the sign
}

// Width is the token's width in half words: 1 for a Character, else 2.
func (t *Token) Width() uint32 {
	if t.Class == Character {
		return 1
	}
	return 2
}

// span is a stretch of Doc.units (exact, norm) or Doc.spell (folded, plain).
type span struct{ from, to uint32 }

func (s span) of(b []byte) []byte { return b[s.from:s.to:s.to] }

// Exact is the token's NFKC spelling. Do not keep or change the bytes.
func (d *Doc) Exact(t *Token) []byte { return t.exact.of(d.units) }

// FoldedOf is the token's spelling without case.
func (d *Doc) FoldedOf(t *Token) []byte { return t.folded.of(d.spell) }

// PlainOf is the token's spelling without case and diacritics.
func (d *Doc) PlainOf(t *Token) []byte { return t.plain.of(d.spell) }

// ExactName, FoldedName and PlainName are the spellings of a tag's name.
func (d *Doc) ExactName(t *Tag) []byte  { return t.exact.of(d.units) }
func (d *Doc) FoldedName(t *Tag) []byte { return t.folded.of(d.spell) }
func (d *Doc) PlainName(t *Tag) []byte  { return t.plain.of(d.spell) }

// Units is the stream's units joined: NFKC with emoji selectors and ignorable
// characters dropped. raw(stream) of section 2.7 is its folded form with white
// space collapsed.
func (d *Doc) Units(s *Stream) []byte { return s.norm.of(d.units) }
