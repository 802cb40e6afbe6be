package text

import "unicode/utf8"

// sign is a # @ or $ that may begin a tag (section 2.4).
type sign struct {
	char   byte
	at     uint32 // in Doc.units
	source uint32 // in the stream's Source
	token  int    // the first token after it
}

// noteSign remembers a sign that does not directly follow a letter, digit,
// mark, _ / or &.
func (d *Doc) noteSign(b byte, from int) {
	c := &d.scan
	if c.props.is(letter|mark) || c.char == '_' || c.char == '/' || c.char == '&' {
		return
	}
	source, _ := c.source(from, from+1)
	c.signs = append(c.signs, sign{b, uint32(len(d.units)) - 1, source, len(d.Tokens)})
}

// addTags finds the tags behind the signs of the stream that ends here.
func (d *Doc) addTags() {
	for _, s := range d.scan.signs {
		n := name{d: d, at: int(s.at) + 1, token: s.token}
		var kind TagKind
		var ok bool
		switch s.char {
		case '#':
			kind, ok = Hashtag, n.word() && n.spelt
		case '@':
			kind, ok = Mention, n.mention() && n.spelt
		case '$':
			kind, ok = Cashtag, n.cash()
		}
		if !ok {
			continue
		}
		t := Tag{Kind: kind, Start: s.source, FirstToken: s.token, exact: span{s.at + 1, uint32(n.at)}}
		t.EndToken = t.FirstToken
		for t.EndToken < len(d.Tokens) && d.Tokens[t.EndToken].exact.from < t.exact.to {
			t.EndToken++
		}
		exact := t.exact.of(d.units)
		last := d.Tokens[t.EndToken-1]
		t.End = last.End + t.exact.to - last.exact.to
		plainly, marked := true, false
		for _, r := range string(exact) {
			plainly = plainly && r < utf8.RuneSelf
			marked = marked || table.of(r).is(mark)
		}
		t.folded, t.plain, t.Folded, t.Plain = d.spellOut(exact, plainly, marked)
		d.Tags = append(d.Tags, t)
	}
}

// name reads a tag's name from the units.
type name struct {
	d     *Doc
	at    int // in Doc.units
	token int // the first token that does not begin before at
	spelt bool
}

// next is the character at n.at and its size; 0 at the end and at an emoji.
func (n *name) next() (rune, int) {
	for n.token < len(n.d.Tokens) && int(n.d.Tokens[n.token].exact.from) < n.at {
		n.token++
	}
	if n.token < len(n.d.Tokens) && n.d.Tokens[n.token].Class == Emoji && int(n.d.Tokens[n.token].exact.from) == n.at {
		return 0, 0
	}
	if n.at < len(n.d.units) && n.d.units[n.at] < utf8.RuneSelf {
		return rune(n.d.units[n.at]), 1
	}
	return utf8.DecodeRune(n.d.units[n.at:])
}

// word reads a letter, digit or _, then letters, digits, marks and _.
func (n *name) word() bool {
	from := n.at
	for {
		r, size := n.next()
		p := table.of(r)
		if size == 0 || r != '_' && !p.is(letter) && (!p.is(mark) || n.at == from) {
			return n.at > from
		}
		n.spelt = n.spelt || p.is(letter)
		n.at += size
	}
}

// mention reads name ((.|-) name)* and, optionally, @ and the same again.
func (n *name) mention() bool {
	if !n.dotted() {
		return false
	}
	before := *n
	if r, _ := n.next(); r == '@' {
		n.at++
		if n.dotted() {
			return true
		}
	}
	*n = before
	return true
}

func (n *name) dotted() bool {
	if !n.word() {
		return false
	}
	for {
		before := *n
		if r, _ := n.next(); r != '.' && r != '-' {
			return true
		}
		n.at++
		if !n.word() {
			*n = before
			return true
		}
	}
}

// cash reads 1–6 ASCII letters and, optionally, . or - and 1–3 more.
func (n *name) cash() bool {
	if k := n.letters(); k < 1 || k > 6 || n.more() {
		return false
	}
	before := *n
	if r, _ := n.next(); r == '.' || r == '-' {
		n.at++
		if k := n.letters(); k >= 1 && k <= 3 && !n.more() {
			return true
		}
	}
	*n = before
	return true
}

// letters skips ASCII letters and counts them.
func (n *name) letters() int {
	from := n.at
	for {
		if r, size := n.next(); size != 1 || lowerASCII(byte(r))-'a' >= 26 {
			return n.at - from
		}
		n.at++
	}
}

// more says that a letter, digit, mark or _ follows.
func (n *name) more() bool {
	r, size := n.next()
	return size > 0 && (r == '_' || table.of(r).is(letter|mark))
}
