package match

import (
	"strings"

	"hearth"
	"hearth/query"
	"hearth/text"
)

// verdict is what is known of a part before or after analysis.
type verdict uint8

const (
	no verdict = iota
	maybe
	yes
)

func verdictOf(b bool) verdict {
	if b {
		return yes
	}
	return no
}

// program is a query made ready to be asked of many posts. It is immutable.
type program interface {
	decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict
}

type (
	all    []program            // AND
	some   []program            // OR of few
	many   struct{ *manyTerms } // OR of many words and phrases
	not    struct{ part program }
	phrase struct { // a Term of plain tokens, in title and text
		elements []element
		lead     int // the element that is looked up
	}
	guarded struct { // anything that needs its words to be there first
		need []uint64 // plain hashes, all of them
		node query.Node
	}
	beginning struct { // a word with wildcards, or a Korean one
		with string // bytes that the compared spelling begins with
		by   query.Spelling
		term query.Term
	}
	field struct { // a Field whose value analysis may yet give
		missing func(p *hearth.Post) bool
		node    query.Node
	}
	slow struct{ node query.Node }
)

// element is a token of a phrase.
type element struct {
	plain   uint64
	text    string
	by      query.Spelling
	class   text.Class
	touches bool
}

// compile makes a program of a part. Parts of an AND are ordered cheapest
// first by kind.
func compile(n query.Node) program {
	switch n := n.(type) {
	case query.And:
		var quick, late all
		for _, part := range n.Parts {
			switch p := compile(part).(type) {
			case phrase, field, not:
				quick = append(quick, p)
			default:
				late = append(late, p)
			}
		}
		return append(quick, late...)
	case query.Or:
		parts := make(some, 0, len(n.Parts))
		for _, part := range n.Parts {
			parts = append(parts, compile(part))
		}
		if len(parts) > manyFrom {
			return newMany(n.Parts, parts)
		}
		return parts
	case query.Not:
		return not{compile(n.Part)}
	case query.Term:
		if p, ok := compilePhrase(n); ok {
			return p
		}
		if b, ok := compileBeginning(n); ok {
			return b
		}
		return guard(n)
	case query.Field:
		if missing := analysed[n.Name]; missing != nil {
			return field{missing, n}
		}
		return slow{n}
	case query.Near, query.Window, query.Scope:
		return guard(n)
	}
	return slow{n}
}

// analysed says when a field's value is not known before analysis.
var analysed = map[query.FieldName]func(p *hearth.Post) bool{
	query.FieldLang:      func(p *hearth.Post) bool { return p.Lang == "" },
	query.FieldSentiment: func(p *hearth.Post) bool { return p.Sentiment == "" },
	query.FieldIntent:    func(p *hearth.Post) bool { return len(p.Intent) == 0 },
	query.FieldSpam:      func(p *hearth.Post) bool { return p.Spam == hearth.Unknown },
}

// compilePhrase makes a phrase of a term that asks for tokens alone.
func compilePhrase(t query.Term) (phrase, bool) {
	if t.Listed {
		return phrase{}, false
	}
	p := phrase{elements: make([]element, len(t.Elements))}
	rarest := float64(million)
	for i := range t.Elements {
		e := &t.Elements[i]
		plain, simple := plainOf(e)
		if e.Kind != query.Token || !simple || e.RunStart || e.RunEnd {
			return phrase{}, false
		}
		p.elements[i] = element{text.Hash(plain), e.Text, e.By, e.Class, e.Touches}
		if posts := wordPosts(plain, e.Class); posts < rarest {
			rarest, p.lead = posts, i
		}
	}
	return p, true
}

// compileBeginning makes a beginning of a term of one pattern or prefix.
func compileBeginning(t query.Term) (beginning, bool) {
	e := &t.Elements[0]
	switch {
	case len(t.Elements) > 1 || e.Kind != query.Token:
		return beginning{}, false
	case e.Pattern != nil && e.Pattern[0].Kind == query.Literal:
		return beginning{e.Pattern[0].Literal, e.By, t}, true
	case e.Pattern == nil && e.Prefix:
		return beginning{e.Text, e.By, t}, true
	}
	return beginning{}, false
}

// guard asks a part only of posts that hold the words it cannot do without.
func guard(n query.Node) program {
	if need := needs(n, nil); len(need) > 0 {
		return guarded{need, n}
	}
	return slow{n}
}

// needs appends plain hashes of words that are in every post for which n
// holds.
func needs(n query.Node, to []uint64) []uint64 {
	switch n := n.(type) {
	case query.And:
		for _, p := range n.Parts {
			to = needs(p, to)
		}
	case query.Near:
		for _, p := range n.Spots {
			to = needs(p, to)
		}
	case query.Scope:
		to = needs(n.Part, to)
	case query.Window:
		for _, p := range n.Parts {
			to = needs(p, to)
		}
	case query.Term:
		if n.Listed {
			return to
		}
		for i := range n.Elements {
			if plain, simple := plainOf(&n.Elements[i]); simple && n.Elements[i].Kind == query.Token {
				to = append(to, text.Hash(plain))
			}
		}
	}
	return to
}

func (parts all) decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict {
	v := yes
	for _, part := range parts {
		if v = min(v, part.decide(sc, p, d)); v == no {
			return no
		}
	}
	return v
}

func (parts some) decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict {
	v := no
	for _, part := range parts {
		if v = max(v, part.decide(sc, p, d)); v == yes {
			return yes
		}
	}
	return v
}

func (n not) decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict {
	return yes - n.part.decide(sc, p, d)
}

func (f field) decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict {
	if !sc.analysed && f.missing(p) {
		return maybe
	}
	return verdictOf(query.Holds(f.node, p, d))
}

func (s slow) decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict {
	return verdictOf(query.Holds(s.node, p, d))
}

func (g guarded) decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict {
	words := sc.lookup(d)
	for _, h := range g.need {
		if words.first(h) < 0 {
			return no
		}
	}
	return verdictOf(query.Holds(g.node, p, d))
}

func (b beginning) decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict {
	for i := range d.Tokens {
		if spelt := spelling(d, &d.Tokens[i], b.by); len(spelt) >= len(b.with) && string(spelt[:len(b.with)]) == b.with {
			return verdictOf(query.Holds(b.term, p, d))
		}
	}
	return no
}

func (ph phrase) decide(sc *Scratch, p *hearth.Post, d *text.Doc) verdict {
	words := sc.lookup(d)
	for i := words.first(ph.elements[ph.lead].plain); i >= 0; i = words.next(i) {
		if ph.stands(d, int(i)-ph.lead) {
			return yes
		}
	}
	return no
}

// stands says whether the phrase begins with token from, in title or text.
func (ph phrase) stands(d *text.Doc, from int) bool {
	if from < 0 || from+len(ph.elements) > len(d.Tokens) {
		return false
	}
	for i := range ph.elements {
		e, t := &ph.elements[i], &d.Tokens[from+i]
		if e.plain != t.Plain || e.class != t.Class || e.touches && !t.Touches {
			return false
		}
		if string(spelling(d, t, e.by)) != e.text {
			return false
		}
	}
	for i := range d.Streams {
		if s := &d.Streams[i]; from < s.EndToken {
			return from >= s.FirstToken && from+len(ph.elements) <= s.EndToken && s.Field != text.Alt
		}
	}
	return false
}

func spelling(d *text.Doc, t *text.Token, by query.Spelling) []byte {
	switch by {
	case query.Plain:
		return d.PlainOf(t)
	case query.Folded:
		return d.FoldedOf(t)
	}
	return d.Exact(t)
}

// hostOf is the host part of an address in compared form.
func hostOf(address string) string {
	s := address
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	if plainAlready(s) && !strings.ContainsAny(s, "@:") && !strings.HasPrefix(s, "www.") && !strings.HasSuffix(s, ".") {
		return s
	}
	_, host := query.Address(address)
	return host
}
