package text

import "unicode/utf8"

// Unit is one element of a text after section 2.2: an emoji sequence or one
// character.
type Unit struct {
	Text       string // the character, or the sequence without FE0E and FE0F
	Start, End int    // bytes of the source it came from
	Rune       rune   // the character; 0 for an emoji
	IsEmoji    bool
	IsLetter   bool // letter or digit of section 2.3
	IsMark     bool
	IsSpace    bool
	Class      Class // of a letter or emoji
}

// Units is the units of a text, in order. It is the slow and plain way, for
// query terms and tests.
func Units(source string) []Unit {
	c := scanner{spellings: allSpellings()}
	s := c.normalise(source)
	var units []Unit
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRune(s[i:])
		p := table.of(r)
		n := keycap(s, i)
		if n == 0 {
			n = emoji(s, i, r, size, p)
		}
		switch {
		case n > 0:
			u := Unit{IsEmoji: true, Class: Emoji}
			for _, r := range string(s[i : i+n]) {
				if r != 0xFE0E && r != 0xFE0F {
					u.Text += string(r)
				}
			}
			units = append(units, c.place(u, i, i+n))
			i += n
			continue
		case !p.is(ignorable):
			u := Unit{Text: string(r), Rune: r, IsLetter: p.is(letter), IsMark: p.is(mark), IsSpace: p.is(space), Class: p.class()}
			units = append(units, c.place(u, i, i+size))
		}
		i += size
	}
	return units
}

func (c *scanner) place(u Unit, from, to int) Unit {
	start, end := c.source(from, to)
	u.Start, u.End = int(start), int(end)
	return u
}
