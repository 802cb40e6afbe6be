package query

import (
	"strings"
	"unicode"

	"hearth/text"
)

// manner is how a term is written: it decides which spellings are compared.
type manner uint8

const (
	bare   manner = iota
	quoted        // emoji compare exactly
	exact         // in braces: all compare exactly, and there are no wildcards
)

// analyse makes a term of a text that begins at a byte of the source, within
// an operand that begins at start, by sections 2 and 5. It reports what is
// wrong; ok says that nothing is.
func (l *lexer) analyse(s string, at, start int, how manner) (t Term, ok bool) {
	c := cut(s, how)
	l.reportCut(c, at)
	switch {
	case len(c.errors) > 0:
		return Term{}, false
	case len(c.elements) == 0:
		l.report(EmptyTerm, start)
		return Term{}, false
	case c.lost:
		l.say(LostPunctuation, start, "", c.elements[0].Text)
	}
	return makeTerm(c.elements, how), true
}

// reportCut reports what is wrong with a text that begins at a byte of the
// source.
func (l *lexer) reportCut(c cutting, at int) {
	for _, e := range c.errors {
		l.report(e.code, at+e.at)
	}
	for _, i := range c.ignored {
		l.report(WildcardIgnored, at+i)
	}
	if len(c.errors) > 0 {
		return
	}
	for _, i := range c.questions {
		l.report(QuestionMark, at+i)
	}
}

func makeTerm(elements []Element, how manner) Term {
	t := Term{Elements: elements}
	for _, e := range elements {
		if e.Class != text.Emoji {
			t.Exact = how == exact // emoji alone mean the same in quotes
		}
	}
	e := elements[0]
	t.Listed = len(elements) == 1 && e.Kind == Tag && e.Tag != text.Cashtag
	return t
}

// textOnly is a node that does not look into the post's lists of tags.
func textOnly(n Node) Node {
	switch n := n.(type) {
	case Term:
		n.Listed = false
		return n
	case And:
		return And{textOnlyAll(n.Parts)}
	case Or:
		return Or{textOnlyAll(n.Parts)}
	case Not:
		return Not{textOnly(n.Part)}
	}
	return n
}

func textOnlyAll(nodes []Node) []Node {
	for i, n := range nodes {
		nodes[i] = textOnly(n)
	}
	return nodes
}

// cutting is a query text cut into elements, and what is to be said about it.
// Places are bytes of that text.
type cutting struct {
	elements  []Element
	errors    []mistake // wildcards that are wrong, one for each token at most
	ignored   []int     // wildcards that add nothing
	questions []int     // question marks that may have been meant as punctuation
	lost      bool      // one letter or digit among signs that are not searched
}

type mistake struct {
	code Code
	at   int
}

// cut cuts a text into elements.
func cut(s string, how manner) cutting {
	if isASCII(s) && !strings.ContainsAny(s, "*?#@$") {
		return cutWords(s, how)
	}
	c := cutter{source: s, how: how, units: text.Units(s), tagEnd: -1}
	for i := 0; i < len(c.units); {
		i = c.next(i)
	}
	c.question()
	c.lose()
	return c.cutting
}

// cutWords is cut for the many texts that hold ASCII words and nothing else.
func cutWords(s string, how manner) (c cutting) {
	signs := false
	for i := 0; i < len(s); {
		end := i
		for end < len(s) && isASCIIAlnum(s[end]) {
			end++
		}
		if end > i {
			c.elements = append(c.elements, wordElement(text.Word, s[i:end], how, false))
			i = end
			continue
		}
		signs = signs || s[i] > ' ' && s[i] < 0x7F
		i++
	}
	c.lost = signs && len(c.elements) == 1 && len(c.elements[0].Text) == 1
	return c
}

// cutter follows section 2.3 over the units of a query text, where wildcards
// belong to the words around them.
type cutter struct {
	cutting
	source string
	how    manner
	units  []text.Unit
	after  neighbour // what the next unit directly follows
	tagEnd int       // the unit behind the last tag
}

type neighbour uint8

const (
	afterOther neighbour = iota
	afterCharacter
	afterEmoji
)

// next cuts off what begins at unit i and is the unit behind it.
func (c *cutter) next(i int) int {
	u := c.units[i]
	switch {
	case u.IsEmoji:
		c.elements = append(c.elements, emojiElement(u.Text, c.how))
		c.after = afterEmoji
		return i + 1
	case c.wild(i):
		return c.wildcard(i)
	case u.IsLetter && u.Class == text.Character:
		return c.character(i)
	case u.IsLetter:
		end := c.endOfRun(i, u.Class)
		c.run(i, end, u.Class)
		c.after = afterOther
		return end
	}
	c.after = afterOther
	if kind, end := c.tag(i); end > i {
		c.tagElement(kind, i+1, end)
		c.tagEnd = end
		return end
	}
	return i + 1
}

// wild says that unit i is a wildcard: an ASCII sign in the text as written.
func (c *cutter) wild(i int) bool {
	u := &c.units[i]
	return (u.Rune == '*' || u.Rune == '?') && c.source[u.Start] == byte(u.Rune)
}

// star says that unit i is a * wildcard.
func (c *cutter) star(i int) bool { return c.units[i].Rune == '*' && c.wild(i) }

// wildcard reads a wildcard that is not inside a word.
func (c *cutter) wildcard(i int) int {
	switch {
	case c.how == exact:
	case c.after != afterOther && c.star(i):
		c.ignored = append(c.ignored, c.units[i].Start)
		for i < len(c.units) && c.star(i) {
			i++
		}
		return i
	case c.after == afterCharacter:
		c.elements = append(c.elements, Element{Kind: AnyCharacter, Class: text.Character, Touches: true})
		return i + 1
	}
	c.wrong(LeadingWildcard, i)
	c.after = afterOther
	for i < len(c.units) && c.wild(i) {
		i++
	}
	if i < len(c.units) && c.units[i].IsLetter && c.units[i].Class != text.Character {
		return c.endOfRun(i, c.units[i].Class)
	}
	return i
}

// wrong notes a wildcard that is wrong.
func (c *cutter) wrong(code Code, i int) {
	if c.how == exact {
		code = WildcardInExact
	}
	c.errors = append(c.errors, mistake{code, c.units[i].Start})
}

// character reads one letter of a script without spaces, with its marks.
func (c *cutter) character(i int) int {
	end := i + 1
	for end < len(c.units) && c.units[end].IsMark {
		end++
	}
	e := wordElement(text.Character, c.join(i, end), c.how, false)
	e.Touches = c.after == afterCharacter
	if c.how == exact && isKatakana(c.units[i].Rune) {
		e.RunStart, e.RunEnd = true, true
		if last := len(c.elements) - 1; e.Touches && c.elements[last].RunEnd {
			c.elements[last].RunEnd = false
			e.RunStart = false
		}
	}
	c.elements = append(c.elements, e)
	c.after = afterCharacter
	return end
}

// isKatakana says that a letter is Katakana in the sense of section 5.
func isKatakana(r rune) bool {
	return r >= 0x30A1 && r <= 0x30FA || r >= 0x30FC && r <= 0x30FF || r >= 0x31F0 && r <= 0x31FF
}

// endOfRun is the unit behind the letters of a class, their marks and the
// wildcards among them.
func (c *cutter) endOfRun(i int, class text.Class) int {
	for i < len(c.units) {
		u := c.units[i]
		if u.IsEmoji || !u.IsMark && !c.wild(i) && !(u.IsLetter && u.Class == class) {
			break
		}
		i++
	}
	return i
}

// run makes an element of a run of word or Hangul letters.
func (c *cutter) run(i, end int, class text.Class) {
	if class == text.Hangul && c.how != exact {
		dropped := end
		for c.star(end - 1) {
			end--
		}
		if end < dropped {
			c.ignored = append(c.ignored, c.units[end].Start)
		}
	}
	hasWild, ok := c.check(i, end)
	if !ok {
		return
	}
	c.elements = append(c.elements, wordElement(class, c.join(i, end), c.how, hasWild))
}

// check reports the first wrong wildcard of a token; hasWild says that it has
// wildcards, ok that they are right.
func (c *cutter) check(i, end int) (hasWild, ok bool) {
	var w wildcards
	for ; i < end; i++ {
		if !c.wild(i) {
			w.character(c.units[i].IsMark)
			continue
		}
		hasWild = true
		code := w.wildcard(byte(c.units[i].Rune))
		if code != "" || c.how == exact {
			c.wrong(code, i)
			return true, false
		}
	}
	return hasWild, true
}

func (c *cutter) join(i, end int) string {
	var b []byte
	for _, u := range c.units[i:end] {
		b = append(b, u.Text...)
	}
	return string(b)
}

// question notes each ? that no letter, digit, mark, _ or wildcard follows.
func (c *cutter) question() {
	for i, u := range c.units {
		if u.Rune != '?' || !c.wild(i) {
			continue
		}
		if i+1 < len(c.units) {
			if next := c.units[i+1]; next.IsLetter || next.IsMark || next.Rune == '_' || c.wild(i+1) {
				continue
			}
		}
		c.questions = append(c.questions, u.Start)
	}
}

// lose finds out whether one letter or digit stands among visible signs.
func (c *cutter) lose() {
	if len(c.elements) != 1 || c.elements[0].Kind != Token || c.elements[0].Class != text.Word || c.elements[0].Pattern != nil {
		return
	}
	letters, signs := 0, 0
	for _, u := range c.units {
		switch {
		case u.IsLetter:
			letters++
		case !u.IsMark && !u.IsSpace && unicode.IsGraphic(u.Rune):
			signs++
		}
	}
	c.lost = letters == 1 && signs > 0
}
