package text

import "unicode"

// props is what the scanner needs to know of a character, in bits.
type props uint32

const (
	letter      props = 1 << iota // category L or N, except 02BB and 02BC
	mark                          // category M
	character                     // of a script written without spaces
	hangul                        // Korean
	ignorable                     // is nothing at all
	pictograph                    // may begin an emoji sequence
	regional                      // half a flag
	tail                          // variation selector, skin tone or tag of an emoji
	closing                       // closes a quotation or bracket
	lower                         // category Ll
	alphabetic                    // category L
	katakana                      // a Katakana letter
	terminator                    // ends a sentence by itself
	space                         // white space
	blank                         // is read as a space: © ®
	scriptShift = iota
)

// Script is the writing system of a letter, as far as telling languages apart
// needs it. Digits and letters of other scripts are OtherScript.
type Script uint8

const (
	OtherScript Script = iota
	Latin
	Greek
	Cyrillic
	Armenian
	Hebrew
	Arabic
	Devanagari
	Bengali
	Gurmukhi
	Gujarati
	Oriya
	Tamil
	Telugu
	Kannada
	Malayalam
	Sinhala
	Thai
	Lao
	Tibetan
	Myanmar
	Georgian
	Ethiopic
	Khmer
	Mongolian
	Hiragana
	Katakana
	Bopomofo
	Han
	Korean
)

var scriptTables = [...]*unicode.RangeTable{
	Latin: unicode.Latin, Greek: unicode.Greek, Cyrillic: unicode.Cyrillic, Armenian: unicode.Armenian,
	Hebrew: unicode.Hebrew, Arabic: unicode.Arabic, Devanagari: unicode.Devanagari, Bengali: unicode.Bengali,
	Gurmukhi: unicode.Gurmukhi, Gujarati: unicode.Gujarati, Oriya: unicode.Oriya, Tamil: unicode.Tamil,
	Telugu: unicode.Telugu, Kannada: unicode.Kannada, Malayalam: unicode.Malayalam, Sinhala: unicode.Sinhala,
	Thai: unicode.Thai, Lao: unicode.Lao, Tibetan: unicode.Tibetan, Myanmar: unicode.Myanmar,
	Georgian: unicode.Georgian, Ethiopic: unicode.Ethiopic, Khmer: unicode.Khmer, Mongolian: unicode.Mongolian,
	Hiragana: unicode.Hiragana, Katakana: unicode.Katakana, Bopomofo: unicode.Bopomofo, Han: unicode.Han,
	Korean: unicode.Hangul,
}

// The ranges below are those of query-language.md, section 2, in its order.
var (
	ignorableRanges = []rune{0x00AD, 0x00AD, 0x034F, 0x034F, 0x061C, 0x061C, 0x0640, 0x0640, 0x115F, 0x1160, 0x17B4, 0x17B5,
		0x180B, 0x180F, 0x200B, 0x200F, 0x202A, 0x202E, 0x2060, 0x206F, 0x3164, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFEFF,
		0xFFA0, 0xFFA0, 0xFFF0, 0xFFF8, 0x1BCA0, 0x1BCA3, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF}
	pictographRanges = []rune{0x2194, 0x2199, 0x21A9, 0x21AA, 0x231A, 0x231B, 0x2328, 0x2328, 0x23CF, 0x23CF, 0x23E9, 0x23F3,
		0x23F8, 0x23FA, 0x25AA, 0x25AB, 0x25B6, 0x25B6, 0x25C0, 0x25C0, 0x25FB, 0x25FE, 0x2600, 0x2767, 0x2794, 0x27BF,
		0x2934, 0x2935, 0x2B05, 0x2B07, 0x2B1B, 0x2B1C, 0x2B50, 0x2B50, 0x2B55, 0x2B55, 0x3030, 0x3030, 0x303D, 0x303D,
		0x1F000, 0x1F1E5, 0x1F200, 0x1FAFF}
	tailRanges      = []rune{0xFE0E, 0xFE0F, 0x1F3FB, 0x1F3FF, 0xE0020, 0xE007F}
	characterRanges = []rune{0x0E00, 0x0EFF, 0x1000, 0x109F, 0x1780, 0x17FF, 0x3005, 0x3007, 0x3021, 0x3029, 0x3031, 0x3035,
		0x3038, 0x303C, 0x3040, 0x312F, 0x31A0, 0x31BF, 0x31F0, 0x31FF, 0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xA9E0, 0xA9FF,
		0xAA60, 0xAA7F, 0xF900, 0xFAFF, 0x16FE0, 0x16FFF, 0x1AFF0, 0x1B16F, 0x20000, 0x3FFFF}
	hangulRanges     = []rune{0x1100, 0x11FF, 0x3130, 0x318F, 0xA960, 0xA97F, 0xAC00, 0xD7FF}
	katakanaRanges   = []rune{0x30A1, 0x30FA, 0x30FC, 0x30FF, 0x31F0, 0x31FF}
	terminatorRanges = []rune{'。', '。', '।', '।', '॥', '॥', '؟', '؟', '۔', '۔', '։', '։', '።', '።', '፧', '፧', '៕', '៕', '។', '។', '།', '།', '‽', '‽',
		0x000A, 0x000D, 0x0085, 0x0085, 0x2028, 0x2029}
	spaceRanges = []rune{0x0009, 0x000D, 0x0020, 0x0020, 0x0085, 0x0085, 0x00A0, 0x00A0, 0x1680, 0x1680, 0x2000, 0x200A,
		0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000}
)

// page holds the properties of 256 characters.
type page [256]props

// classes finds a character's page; pages without any property are shared.
type classes struct {
	pages [0x110000 >> 8]*page
}

// table is filled once at start from the constant ranges and never changes.
var table = newClasses()

func newClasses() *classes {
	c := &classes{}
	empty := &page{}
	for i := range c.pages {
		c.pages[i] = empty
	}
	for script := Latin; int(script) < len(scriptTables); script++ {
		c.add(empty, scriptTables[script], props(script)<<scriptShift)
	}
	c.add(empty, unicode.L, letter|alphabetic)
	c.add(empty, unicode.N, letter)
	c.add(empty, unicode.M, mark)
	c.add(empty, unicode.Ll, lower)
	for _, t := range []*unicode.RangeTable{unicode.Pe, unicode.Pf, unicode.Pi} {
		c.add(empty, t, closing)
	}
	for _, r := range "\"'" {
		c.set(empty, r, r, closing)
	}
	for _, add := range []struct {
		ranges []rune
		bits   props
	}{
		{ignorableRanges, ignorable}, {pictographRanges, pictograph}, {tailRanges, tail},
		{[]rune{0x1F1E6, 0x1F1FF}, regional}, {characterRanges, character}, {hangulRanges, hangul},
		{katakanaRanges, katakana}, {terminatorRanges, terminator}, {spaceRanges, space},
		{[]rune{0xA9, 0xA9, 0xAE, 0xAE}, blank},
	} {
		for i := 0; i < len(add.ranges); i += 2 {
			c.set(empty, add.ranges[i], add.ranges[i+1], add.bits)
		}
	}
	for _, r := range []rune{0x02BB, 0x02BC} {
		c.pages[r>>8][r&255] &^= letter
	}
	return c
}

func (c *classes) add(empty *page, t *unicode.RangeTable, bits props) {
	for _, r := range t.R16 {
		c.stride(empty, rune(r.Lo), rune(r.Hi), rune(r.Stride), bits)
	}
	for _, r := range t.R32 {
		c.stride(empty, rune(r.Lo), rune(r.Hi), rune(r.Stride), bits)
	}
}

func (c *classes) set(empty *page, from, to rune, bits props) { c.stride(empty, from, to, 1, bits) }

func (c *classes) stride(empty *page, from, to, step rune, bits props) {
	for r := from; r <= to; r += step {
		p := c.pages[r>>8]
		if p == empty {
			p = &page{}
			c.pages[r>>8] = p
		}
		p[r&255] |= bits
	}
}

// of is the properties of a character.
func (c *classes) of(r rune) props { return c.pages[r>>8][r&255] }

func (p props) is(bits props) bool { return p&bits != 0 }

func (p props) script() Script { return Script(p >> scriptShift) }

// class is the token class of a letter.
func (p props) class() Class {
	switch {
	case p.is(character):
		return Character
	case p.is(hangul):
		return Hangul
	}
	return Word
}
