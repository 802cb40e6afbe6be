package query

import (
	"strings"

	"hearth/text"
)

// tagElement makes an element of a tag whose name is units [i, end).
func (c *cutter) tagElement(kind text.TagKind, i, end int) {
	if c.wild(i) && c.how != exact {
		c.wrong(LeadingWildcard, i)
		return
	}
	hasWild, ok := c.check(i, end)
	if !ok {
		return
	}
	e := Element{Kind: Tag, Tag: kind}
	e.spell(c.join(i, end), c.how, hasWild)
	c.elements = append(c.elements, e)
}

// tag reads the tag whose sign is unit i (section 2.4); end is i if there is
// none.
func (c *cutter) tag(i int) (kind text.TagKind, end int) {
	if i > 0 {
		before := c.units[i-1]
		if before.IsLetter || before.IsMark || i == c.tagEnd ||
			before.Rune == '_' || before.Rune == '/' || before.Rune == '&' {
			return 0, i
		}
	}
	n := tagName{cutter: c, at: i + 1}
	ok := false
	switch c.units[i].Rune {
	case '#':
		kind, ok = text.Hashtag, n.word() && n.spelt
	case '@':
		kind, ok = text.Mention, n.mention() && n.spelt
	case '$':
		kind, ok = text.Cashtag, n.cash()
	}
	if !ok {
		return 0, i
	}
	return kind, n.at
}

// tagName reads the name of a tag, where a wildcard stands like a letter.
type tagName struct {
	*cutter
	at    int  // the next unit
	spelt bool // a letter or digit has been met
}

// letter says that the next unit is a letter, digit or wildcard.
func (n *tagName) letter() bool {
	return n.at < len(n.units) && (n.units[n.at].IsLetter || n.wild(n.at))
}

// more says that a letter, digit, mark, _ or wildcard follows.
func (n *tagName) more() bool {
	return n.letter() || n.sign("_") || n.at < len(n.units) && n.units[n.at].IsMark
}

// sign says that the next unit is one of these signs.
func (n *tagName) sign(signs string) bool {
	return n.at < len(n.units) && n.units[n.at].Rune != 0 && strings.ContainsRune(signs, n.units[n.at].Rune)
}

// word reads a letter, digit or _, then letters, digits, marks and _.
func (n *tagName) word() bool {
	if !n.letter() && !n.sign("_") {
		return false
	}
	for n.more() {
		n.spelt = n.spelt || n.letter()
		n.at++
	}
	return true
}

// mention reads name ((.|-) name)* and, optionally, @ and the same again.
func (n *tagName) mention() bool {
	return n.dotted() && n.optional("@", n.dotted)
}

func (n *tagName) dotted() bool {
	if !n.word() {
		return false
	}
	for from := -1; n.at > from; {
		from = n.at
		n.optional(".-", n.word)
	}
	return true
}

// optional reads one of the signs and what read reads, or nothing. It is
// always true.
func (n *tagName) optional(signs string, read func() bool) bool {
	before := *n
	if n.sign(signs) {
		n.at++
		if !read() {
			*n = before
		}
	}
	return true
}

// cash reads 1–6 ASCII letters and, optionally, . or - and 1–3 more; nothing
// that could belong to a name may follow.
func (n *tagName) cash() bool {
	if k := n.letters(); k < 1 || k > 6 || n.more() {
		return false
	}
	return n.optional(".-", func() bool {
		k := n.letters()
		return k >= 1 && k <= 3 && !n.more()
	})
}

func (n *tagName) letters() int {
	from := n.at
	for n.at < len(n.units) && n.units[n.at].Rune|0x20 >= 'a' && n.units[n.at].Rune|0x20 <= 'z' {
		n.at++
	}
	return n.at - from
}
