package text

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// scanner is the working state of Doc.Add.
type scanner struct {
	speller
	spellings *spellings
	composed  map[rune]string // NFKC of single characters met so far
	blanked   []byte          // the source with © ® ℠ ™ ℹ as spaces
	nfkc      []byte          // its NFKC, where that differs
	segments  []segment       // where the NFKC came from

	props   props // of the unit before; 0 at the beginning and after an emoji
	char    rune  // the unit before, where it is one character
	touched bool  // the unit before ended a token
	open    bool  // the last token may still grow
	plainly bool  // the last token is made of ASCII only
	marked  bool  // the last token holds a mark
	lone    bool  // the last token is a single letter

	signs []sign // of this stream
	end   sentenceState
	url   bool // inside a web address
}

// segment says that nfkc[at:] came from source[from:to]; same says byte for
// byte.
type segment struct {
	at, from, to int
	same         bool
}

// Reset empties the document.
func (d *Doc) Reset() {
	clear(d.Streams)
	d.Streams = d.Streams[:0]
	d.Tokens = d.Tokens[:0]
	d.Tags = d.Tags[:0]
	d.units = d.units[:0]
	d.spell = d.spell[:0]
}

// Add analyses one more stream. Missing texts are added too or not at all: an
// empty stream has no tokens. Ill-formed UTF-8 is read as U+FFFD.
func (d *Doc) Add(field Field, source string) {
	s := Stream{
		Field: field, Source: source,
		FirstToken: len(d.Tokens), FirstTag: len(d.Tags),
		norm: span{from: uint32(len(d.units))},
	}
	c := &d.scan
	c.props, c.char, c.touched, c.open, c.url = 0, 0, false, false, false
	c.end, c.lone = sentenceState{}, false
	c.signs = c.signs[:0]
	c.segments = c.segments[:0]
	if ascii(source) {
		scanText(d, c, source, s.FirstToken)
	} else {
		if c.spellings == nil {
			c.spellings = allSpellings()
		}
		scanText(d, c, c.normalise(source), s.FirstToken)
	}
	d.closeToken()
	d.addTags()
	s.EndToken, s.EndTag = len(d.Tokens), len(d.Tags)
	s.norm.to = uint32(len(d.units))
	d.Streams = append(d.Streams, s)
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// normalise is NFKC of the source with the marks of trade read as spaces. It
// notes where each stretch came from.
func (c *scanner) normalise(source string) []byte {
	c.blanked = append(c.blanked[:0], source...)
	b := c.blanked
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == 0xC2 && i+1 < len(b) && (b[i+1] == 0xA9 || b[i+1] == 0xAE):
			b[i], b[i+1] = ' ', ' '
		case b[i] == 0xE2 && i+2 < len(b) && b[i+1] == 0x84 && (b[i+2] == 0xA0 || b[i+2] == 0xA2 || b[i+2] == 0xB9):
			b[i], b[i+1], b[i+2] = ' ', ' ', ' '
		}
	}
	n := norm.NFKC.QuickSpan(b)
	if n == len(b) {
		return b
	}
	c.nfkc = c.nfkc[:0]
	for i := 0; i < len(b); {
		if n > 0 {
			c.segments = append(c.segments, segment{len(c.nfkc), i, i + n, true})
			c.nfkc = append(c.nfkc, b[i:i+n]...)
			i += n
		}
		if i < len(b) {
			size := max(1, norm.NFKC.NextBoundary(b[i:], true))
			c.segments = append(c.segments, segment{len(c.nfkc), i, i + size, false})
			c.nfkc = c.compose(c.nfkc, b[i:i+size])
			i += size
			n = norm.NFKC.QuickSpan(b[i:])
		}
	}
	return c.nfkc
}

// compose appends the NFKC of one segment. Those of a single character, such
// as full-width punctuation, are remembered: they are few and frequent, and
// norm allocates for each call.
func (c *scanner) compose(dst, seg []byte) []byte {
	r, n := utf8.DecodeRune(seg)
	if n < len(seg) {
		return norm.NFKC.Append(dst, seg...)
	}
	known, ok := c.composed[r]
	if !ok {
		if c.composed == nil {
			c.composed = map[rune]string{}
		}
		known = string(norm.NFKC.Bytes(seg))
		c.composed[r] = known
	}
	return append(dst, known...)
}

// source is the stretch of the source that the NFKC bytes [from, to) came
// from. Calls come with rising positions within one segment list.
func (c *scanner) source(from, to int) (uint32, uint32) {
	if len(c.segments) == 0 {
		return uint32(from), uint32(to)
	}
	a, b := c.segmentAt(from), c.segmentAt(to-1)
	start, end := a.from, b.to
	if a.same {
		start += from - a.at
	}
	if b.same {
		end = b.from + to - b.at
	}
	return uint32(start), uint32(end)
}

func (c *scanner) segmentAt(at int) segment {
	lo, hi := 0, len(c.segments)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; c.segments[mid].at <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return c.segments[lo]
}

// asciiProps are the properties of the first 128 characters, close at hand.
var asciiProps = func() (p [utf8.RuneSelf]props) {
	for r := range p {
		p[r] = table.of(rune(r))
	}
	return p
}()

// scanText cuts a normalised text into units and tokens.
func scanText[T string | []byte](d *Doc, c *scanner, s T, firstToken int) {
	for i := 0; i < len(s); {
		b := s[i]
		if b < utf8.RuneSelf {
			p := asciiProps[b]
			if p.is(letter) {
				j := i + 1
				for j < len(s) && s[j] < utf8.RuneSelf && asciiProps[s[j]].is(letter) {
					j++
				}
				// The last digit of the run may be a keycap's.
				if j < len(s) && s[j] >= utf8.RuneSelf && keycap(s, j-1) > 0 {
					j--
				}
				if j > i {
					addLetters(d, c, s, i, j, firstToken)
					i = j
					continue
				}
			}
			if (b == '#' || b == '*' || p.is(letter)) && i+1 < len(s) && s[i+1] >= utf8.RuneSelf {
				if n := keycap(s, i); n > 0 {
					addEmoji(d, c, s, i, n, firstToken)
					i += n
					continue
				}
			}
			d.addOther(rune(b), p, i, followsSlashes(s, i))
			i++
			continue
		}
		r, size := decode(s, i)
		p := table.of(r)
		if n := emoji(s, i, r, size, p); n > 0 {
			addEmoji(d, c, s, i, n, firstToken)
			i += n
			continue
		}
		switch {
		case p.is(ignorable):
		case p.is(letter):
			d.addLetter(r, p, i, i+size, firstToken)
		case p.is(mark) && c.open:
			d.addMark(r, p, i, i+size)
		default:
			d.addOther(r, p, i, false)
		}
		i += size
	}
}

func followsSlashes[T string | []byte](s T, i int) bool {
	return s[i] == ':' && i+2 < len(s) && s[i+1] == '/' && s[i+2] == '/'
}

func decode[T string | []byte](s T, i int) (rune, int) {
	var b [utf8.UTFMax]byte
	n := copy(b[:], s[i:])
	r, size := utf8.DecodeRune(b[:n])
	return r, size
}

// keycap is the length of the keycap sequence at i, or 0.
func keycap[T string | []byte](s T, i int) int {
	switch b := s[i]; {
	case b >= '0' && b <= '9', b == '#', b == '*':
	default:
		return 0
	}
	j := i + 1
	if j >= len(s) {
		return 0
	}
	r, n := decode(s, j)
	if r == 0xFE0F && j+n < len(s) {
		j += n
		r, n = decode(s, j)
	}
	if r == 0x20E3 {
		return j + n - i
	}
	return 0
}

// emoji is the length of the emoji sequence at i, longest first, or 0.
func emoji[T string | []byte](s T, i int, r rune, size int, p props) int {
	if p.is(regional) {
		if j := i + size; j < len(s) {
			if next, n := decode(s, j); table.of(next).is(regional) {
				return size + n
			}
		}
		return size
	}
	if !p.is(pictograph) {
		return 0
	}
	j := tails(s, i+size)
	for j < len(s) {
		joiner, n := decode(s, j)
		if joiner != 0x200D || j+n >= len(s) {
			break
		}
		next, m := decode(s, j+n)
		if !table.of(next).is(pictograph) {
			break
		}
		j = tails(s, j+n+m)
	}
	return j - i
}

func tails[T string | []byte](s T, j int) int {
	for j < len(s) {
		r, n := decode(s, j)
		if !table.of(r).is(tail) {
			break
		}
		j += n
	}
	return j
}

// addLetters adds a run of ASCII letters and digits.
func addLetters[T string | []byte](d *Doc, c *scanner, s T, from, to, firstToken int) {
	p := asciiProps[s[from]]
	fresh := d.grow(from, to, p, firstToken)
	d.units = append(d.units, s[from:to]...)
	c.lone = fresh && to-from == 1 && p.is(alphabetic)
	c.props, c.char, c.touched, c.open = letter, rune(s[to-1]), true, true
}

// addLetter adds one letter or digit beyond ASCII.
func (d *Doc) addLetter(r rune, p props, from, to, firstToken int) {
	c := &d.scan
	fresh := d.grow(from, to, p, firstToken)
	d.units = utf8.AppendRune(d.units, r)
	c.plainly = false
	c.lone = fresh && p.is(alphabetic) && p.class() == Word
	c.props, c.char, c.touched, c.open = p, r, true, true
}

// addMark adds a mark that belongs to the token before it.
func (d *Doc) addMark(r rune, p props, from, to int) {
	c := &d.scan
	d.units = utf8.AppendRune(d.units, r)
	_, d.Tokens[len(d.Tokens)-1].End = c.source(from, to)
	c.plainly, c.marked, c.lone = false, true, false
	c.props, c.char = p, r
}

// grow opens a token for letters of class p at NFKC bytes [from, to), or lets
// the last one take them in. It says whether the token is new.
func (d *Doc) grow(from, to int, p props, firstToken int) bool {
	c := &d.scan
	start, end := c.source(from, to)
	class := p.class()
	if c.open && class != Character && d.Tokens[len(d.Tokens)-1].Class == class {
		d.Tokens[len(d.Tokens)-1].End = end
		return false
	}
	d.closeToken()
	d.settleSentence(p)
	d.openToken(class, start, end, p, firstToken)
	c.plainly, c.marked = true, false
	return true
}

func (d *Doc) openToken(class Class, start, end uint32, p props, firstToken int) {
	c := &d.scan
	if c.end.breaks(p) {
		c.end.number++
	}
	c.end = sentenceState{number: c.end.number}
	at := uint32(0)
	if n := len(d.Tokens); n > firstToken {
		at = d.Tokens[n-1].At + d.Tokens[n-1].Width()
	}
	d.Tokens = append(d.Tokens, Token{
		Start: start, End: end, At: at, Sentence: c.end.number,
		Class: class, Touches: c.touched, Katakana: p.is(katakana), URL: c.url,
		Number: p.is(letter) && !p.is(alphabetic), Script: p.script(),
		exact: span{from: uint32(len(d.units))},
	})
}

// addEmoji adds the emoji sequence of n bytes at i.
func addEmoji[T string | []byte](d *Doc, c *scanner, s T, i, n, firstToken int) {
	d.closeToken()
	d.settleSentence(0)
	start, end := c.source(i, i+n)
	d.openToken(Emoji, start, end, 0, firstToken)
	t := &d.Tokens[len(d.Tokens)-1]
	from := len(d.units)
	for j := i; j < i+n; {
		r, size := decode(s, j)
		if r != 0xFE0E && r != 0xFE0F {
			d.units = utf8.AppendRune(d.units, r)
		}
		j += size
	}
	t.exact.to = uint32(len(d.units))
	t.folded.from = uint32(len(d.spell))
	for k, first := from, true; k < len(d.units); first = false {
		r, size := utf8.DecodeRune(d.units[k:])
		if first || r < 0x1F3FB || r > 0x1F3FF {
			d.spell = utf8.AppendRune(d.spell, r)
		}
		k += size
	}
	t.folded.to = uint32(len(d.spell))
	t.plain = t.folded
	t.Folded = Hash(t.folded.of(d.spell))
	t.Plain = t.Folded
	c.props, c.char, c.touched, c.lone = 0, 0, true, false
}

// addOther adds a unit that separates tokens.
func (d *Doc) addOther(r rune, p props, at int, slashes bool) {
	c := &d.scan
	d.closeToken()
	d.units = utf8.AppendRune(d.units, r)
	if r == '#' || r == '@' || r == '$' {
		d.noteSign(byte(r), at)
	}
	switch {
	case slashes && c.touched:
		d.Tokens[len(d.Tokens)-1].URL = true
		c.url = true
	case p.is(space), r == '"', r == '<', r == '>':
		c.url = false
	}
	d.sentenceOther(r, p)
	c.props, c.char, c.touched = p, r, false
}

// closeToken works out the spellings of the last token, once it cannot grow.
func (d *Doc) closeToken() {
	c := &d.scan
	if !c.open {
		return
	}
	c.open = false
	t := &d.Tokens[len(d.Tokens)-1]
	t.exact.to = uint32(len(d.units))
	t.folded, t.plain, t.Folded, t.Plain = d.spellOut(t.exact.of(d.units), c.plainly, c.marked)
}

// spellOut appends the folded and plain spellings of an exact one.
func (d *Doc) spellOut(exact []byte, plainly, marked bool) (folded, plain span, foldedHash, plainHash uint64) {
	folded.from = uint32(len(d.spell))
	if plainly {
		h := uint64(offset64)
		for _, b := range exact {
			if b-'A' < 26 {
				b += 'a' - 'A'
			}
			d.spell = append(d.spell, b)
			h = (h ^ uint64(b)) * prime64
		}
		folded.to = uint32(len(d.spell))
		h = mix(h)
		return folded, folded, h, h
	}
	c := &d.scan
	if !d.spellSimply(exact, marked) {
		d.spell = c.fold(d.spell[:folded.from], exact)
		folded.to = uint32(len(d.spell))
		plain.from = folded.to
		d.spell = c.speller.plain(d.spell, folded.of(d.spell))
		plain.to = uint32(len(d.spell))
	} else {
		folded.to = uint32(len(d.spell))
		plain.from = folded.to
		changed := false
		for i := 0; i < len(exact); {
			r, n := utf8.DecodeRune(exact[i:])
			i += n
			if r < utf8.RuneSelf {
				d.spell = append(d.spell, lowerASCII(byte(r)))
				continue
			}
			s := c.spellings.of(r)
			changed = changed || s.folded != s.plain
			d.spell = utf8.AppendRune(d.spell, s.plain)
		}
		plain.to = uint32(len(d.spell))
		if !changed {
			d.spell = d.spell[:plain.from]
			plain = folded
		}
	}
	foldedHash = Hash(folded.of(d.spell))
	plainHash = foldedHash
	if plain != folded {
		plainHash = Hash(plain.of(d.spell))
	}
	return folded, plain, foldedHash, plainHash
}

func lowerASCII(b byte) byte {
	if b-'A' < 26 {
		return b + 'a' - 'A'
	}
	return b
}

// spellSimply appends the folded spelling character by character, if that is
// right for this word: no character folds to several, and marks stay as they
// are.
func (d *Doc) spellSimply(exact []byte, marked bool) bool {
	all := d.scan.spellings
	for i := 0; i < len(exact); {
		r, n := utf8.DecodeRune(exact[i:])
		i += n
		if r < utf8.RuneSelf {
			if marked && r-'A' < 26 && r >= 'A' {
				return false
			}
			d.spell = append(d.spell, lowerASCII(byte(r)))
			continue
		}
		s := all.of(r)
		if !s.simple || marked && !s.same(r) {
			return false
		}
		d.spell = utf8.AppendRune(d.spell, s.folded)
	}
	return true
}
