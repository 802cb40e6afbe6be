package archive

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"hearth"
	"hearth/archive/index"
	"hearth/query"
	"hearth/text"
)

// plan is what the index is asked for a query: at least every post for which
// the query holds.
type plan struct {
	want
	within index.Range // places that published: leaves
	ids    []string    // of which the post has one, where the query asks for ids
}

// want is the same for one part of a query.
type want struct {
	expr  index.Expr
	all   bool // no restriction: expr means nothing
	exact bool // the posts of expr are just those for which the part holds
}

var everything = want{all: true}

// planner compiles queries for one workspace.
type planner struct {
	begin string // of every term
	alt   bool   // inside alt:
	scope bool   // inside title: or text:
}

// planOf compiles a query; nil is a query for everything.
func planOf(ws hearth.WorkspaceID, q *query.Query) plan {
	p := plan{want: want{all: true, exact: true}, within: index.Everything}
	if q == nil {
		return p
	}
	planner := planner{begin: string(appendWorkspace(nil, ws))}
	p.want = planner.node(q.Root)
	parts := []query.Node{q.Root}
	if and, ok := q.Root.(query.And); ok {
		parts = and.Parts
	}
	for _, part := range parts {
		p.narrow(part)
	}
	return p
}

// narrow takes from a part that must hold what no term says.
func (p *plan) narrow(n query.Node) {
	f, ok := n.(query.Field)
	if !ok {
		return
	}
	switch f.Name {
	case query.FieldPublished:
		r := index.Range{First: math.MaxInt64, End: math.MinInt64}
		for _, v := range f.Values {
			if v, ok := v.(query.DateValue); ok {
				from := rangeOf(v)
				r.First, r.End = min(r.First, from.First), max(r.End, from.End)
			}
		}
		p.within.First, p.within.End = max(p.within.First, r.First), min(p.within.End, r.End)
	case query.FieldID:
		if p.ids == nil {
			for _, v := range f.Values {
				if v, ok := v.(query.IDValue); ok {
					p.ids = append(p.ids, string(v))
				}
			}
		}
	}
}

// rangeOf is the places of the moments that a date value holds for, or more.
func rangeOf(v query.DateValue) index.Range {
	from, to := placeAt(v.From.Start), placeAt(lastMoment(v.From))
	r := index.Everything
	switch v.Op {
	case query.Over, query.AtLeast:
		r.First = from
	case query.Under, query.AtMost:
		r.End = beyond(to)
	case query.Between:
		r = index.Range{First: from, End: beyond(placeAt(lastMoment(v.To)))}
	default:
		r = index.Range{First: from, End: beyond(to)}
	}
	return r
}

func lastMoment(d query.Date) time.Time {
	if d.Day {
		return d.Start.Add(24 * time.Hour)
	}
	return d.Start
}

// beyond is a place behind which no post of a time stands that was placed at p.
func beyond(p int64) int64 { return p + 1<<placeBits + maxShift }

func (p planner) term(sign byte, spelling string) want {
	return want{
		expr:  index.Expr{Kind: index.Term, Term: p.begin + string(sign) + cutTerm(spelling)},
		exact: len(spelling) < maxTerm,
	}
}

// prefix wants spellings that begin so. exact is for the caller to grant.
func (p planner) prefix(sign byte, beginning string) want {
	if len(beginning) >= maxTerm {
		w := p.term(sign, beginning)
		w.exact = false
		return w
	}
	return want{expr: index.Expr{Kind: index.Prefix, Term: p.begin + string(sign) + beginning}}
}

func (p planner) fieldTerm(letter byte, value string) want {
	return want{
		expr:  index.Expr{Kind: index.Term, Term: p.begin + string(signField) + string(letter) + cutTerm(value)},
		exact: len(value) < maxTerm,
	}
}

func (p planner) fieldPrefix(letter byte, beginning string) want {
	if len(beginning) >= maxTerm {
		w := p.fieldTerm(letter, beginning)
		w.exact = false
		return w
	}
	return want{expr: index.Expr{Kind: index.Prefix, Term: p.begin + string(signField) + string(letter) + beginning}}
}

func (p planner) node(n query.Node) want {
	switch n := n.(type) {
	case query.And:
		return p.and(p.nodes(n.Parts))
	case query.Or:
		return p.or(p.nodes(n.Parts))
	case query.Not:
		// Only what the index knows for certain may be taken away.
		if w := p.node(n.Part); w.exact && !w.all && !p.scope && w.expr.Kind != index.Not {
			return want{expr: index.Expr{Kind: index.Not, Parts: []index.Expr{w.expr}}, exact: true}
		}
		return everything
	case query.Near:
		return inexact(p.and(p.nodes(n.Spots)))
	case query.Window:
		parts := make([]want, len(n.Parts))
		for i, t := range n.Parts {
			parts[i] = p.phrase(t)
		}
		return inexact(p.and(parts))
	case query.Term:
		return p.phrase(n)
	case query.Raw:
		return p.raw(n)
	case query.Scope:
		return p.scoped(n)
	case query.Field:
		return p.field(n)
	}
	return everything
}

func (p planner) nodes(list []query.Node) []want {
	wants := make([]want, len(list))
	for i, n := range list {
		wants[i] = p.node(n)
	}
	return wants
}

func inexact(w want) want {
	w.exact = false
	return w
}

// and wants all parts. Those without restriction are left to query.Match.
func (p planner) and(parts []want) want {
	w := want{expr: index.Expr{Kind: index.And}, exact: true}
	positive := false
	for _, part := range parts {
		w.exact = w.exact && part.exact && !part.all
		if part.all {
			continue
		}
		positive = positive || part.expr.Kind != index.Not
		w.expr.Parts = append(w.expr.Parts, part.expr)
	}
	if !positive {
		return everything
	}
	if len(w.expr.Parts) == 1 {
		w.expr = w.expr.Parts[0]
	}
	return w
}

// or wants one of the parts, so all of them need a restriction.
func (p planner) or(parts []want) want {
	w := want{expr: index.Expr{Kind: index.Or}, exact: true}
	for _, part := range parts {
		if part.all || part.expr.Kind == index.Not {
			return everything
		}
		w.exact = w.exact && part.exact
		w.expr.Parts = append(w.expr.Parts, part.expr)
	}
	if len(w.expr.Parts) == 1 {
		w.expr = w.expr.Parts[0]
	}
	return w
}

func (p planner) scoped(n query.Scope) want {
	p.alt, p.scope = n.Field == text.Alt, true
	w := inexact(p.node(n.Part))
	if p.alt && w.all {
		w = inexact(p.fieldTerm(fieldHas, "alt"))
	}
	return w
}

// phrase wants all elements of a term.
func (p planner) phrase(t query.Term) want {
	if len(t.Elements) == 1 {
		w := p.element(&t.Elements[0])
		// A tag's term is also that of the post's own list.
		if t.Elements[0].Kind == query.Tag && !t.Listed && t.Elements[0].Tag != text.Cashtag {
			w.exact = false
		}
		return w
	}
	parts := make([]want, len(t.Elements))
	for i := range t.Elements {
		parts[i] = p.element(&t.Elements[i])
	}
	return inexact(p.and(parts))
}

func (p planner) element(e *query.Element) want {
	switch {
	case e.Kind == query.AnyCharacter:
		return everything
	case e.Kind == query.Tag && p.alt:
		return everything
	case e.Kind == query.Tag:
		return p.spelt(tagSign(e.Tag), e.By, e.Text, e.Pattern)
	case e.By == query.Exact:
		return p.exactToken(e)
	}
	sign := byte(signText)
	if p.alt {
		sign = signAlt
	}
	switch {
	case e.Class == text.Emoji: // has no other spelling
		return p.words(sign, e)
	case e.By == query.Folded && e.Pattern != nil && p.alt:
		return everything
	case e.By == query.Folded && !p.alt && (e.Pattern != nil || plainOf(e.Text) != e.Text):
		// A folded spelling with diacritics is a term of its own.
		return p.words(signFolded, e)
	}
	if e.By == query.Folded {
		plain := *e
		plain.Text = plainOf(e.Text)
		return inexact(p.words(sign, &plain))
	}
	return p.words(sign, e)
}

// words wants the tokens of an element, whose spelling is the one that the
// terms of the sign have.
func (p planner) words(sign byte, e *query.Element) want {
	switch {
	case e.Pattern != nil:
		w := p.prefix(sign, e.Pattern[0].Literal)
		w.exact = e.Pattern[0].Kind == query.Literal && len(e.Pattern) == 2 && e.Pattern[1].Kind == query.AnyRun &&
			len(e.Pattern[0].Literal) < maxTerm
		return w
	case e.Prefix:
		w := p.prefix(sign, e.Text)
		w.exact = len(e.Text) < maxTerm
		return w
	}
	return p.term(sign, e.Text)
}

// exactToken wants the plain spelling of what is written in braces.
func (p planner) exactToken(e *query.Element) want {
	var d text.Doc
	d.Add(text.Text, e.Text)
	if len(d.Tokens) != 1 {
		return everything
	}
	sign := byte(signText)
	if p.alt {
		sign = signAlt
	}
	return inexact(p.term(sign, string(d.PlainOf(&d.Tokens[0]))))
}

// spelt wants the terms of a sign, which are plain, for a spelling of any kind.
func (p planner) spelt(sign byte, by query.Spelling, spelling string, pattern query.Pattern) want {
	if pattern != nil {
		beginning, certain := plainBeginning(by, pattern)
		w := p.prefix(sign, beginning)
		w.exact = certain && len(beginning) < maxTerm
		return w
	}
	switch by {
	case query.Plain:
		return p.term(sign, spelling)
	case query.Folded:
		return inexact(p.term(sign, plainOf(spelling)))
	}
	return inexact(p.term(sign, plainOf(text.Fold(spelling))))
}

// plainBeginning is how the plain spelling of everything that matches a
// pattern begins; certain says that whatever begins so matches.
func plainBeginning(by query.Spelling, pattern query.Pattern) (string, bool) {
	if pattern[0].Kind != query.Literal {
		return "", false
	}
	beginning := pattern[0].Literal
	if by == query.Plain {
		return beginning, len(pattern) == 2 && pattern[1].Kind == query.AnyRun
	}
	// The last letter may take a mark of what follows and become another.
	_, size := utf8.DecodeLastRuneInString(beginning)
	return text.Plain(beginning[:len(beginning)-size]), false
}

// raw wants the tokens within the values.
func (p planner) raw(n query.Raw) want {
	values := make([]want, len(n.Values))
	var d text.Doc
	for i, v := range n.Values {
		d.Reset()
		d.Add(text.Text, v)
		var parts []want
		for k := range d.Tokens {
			sign := byte(signText)
			if p.alt {
				sign = signAlt
			}
			parts = append(parts, p.term(sign, string(d.PlainOf(&d.Tokens[k]))))
		}
		values[i] = inexact(p.and(parts))
	}
	return p.or(values)
}

func (p planner) field(f query.Field) want {
	values := make([]want, len(f.Values))
	for i, v := range f.Values {
		if known, ok := v.(query.RowsValue); ok {
			values[i] = want{expr: index.Expr{Kind: index.Among, Rows: known.Rows}, exact: true}
			continue
		}
		values[i] = p.value(f.Name, v)
	}
	return p.or(values)
}

// stringFields are the fields whose strings are terms by their keys.
var stringFields = map[query.FieldName]byte{
	query.FieldNetwork: fieldNetwork, query.FieldAuthor: fieldAuthor, query.FieldRegion: fieldRegion,
	query.FieldCity: fieldCity, query.FieldTag: fieldTag, query.FieldItem: fieldItem, query.FieldCorrector: fieldCorrector,
}

// idFields are the fields whose ids are terms by their hashes.
var idFields = map[query.FieldName]byte{
	query.FieldReplyTo: fieldThread, query.FieldRoot: fieldThread,
	query.FieldQuoted: fieldShared, query.FieldRepostOf: fieldShared,
}

var wordFields = map[query.FieldName]byte{
	query.FieldCountry: fieldCountry, query.FieldSentiment: fieldSentiment,
	query.FieldIntent: fieldIntent, query.FieldIs: fieldKind, query.FieldCorrected: fieldCorrected,
}

func (p planner) value(name query.FieldName, v query.Value) want {
	switch v := v.(type) {
	case query.StringValue:
		return p.stringValue(name, v)
	case query.IDValue:
		if name == query.FieldAuthorID {
			return p.fieldTerm(fieldAuthorID, string(v))
		}
		if letter, ok := idFields[name]; ok {
			return inexact(p.fieldTerm(letter, idHash(string(v))))
		}
	case query.AddressValue:
		letter := byte(fieldLinkHost)
		if name == query.FieldURL {
			letter = fieldHost
		}
		host := string(v)
		if i := strings.IndexAny(host, "/?"); i >= 0 {
			host = host[:i]
		}
		return inexact(p.fieldTerm(letter, reverseHost(host)))
	case query.HostValue:
		return p.host(name, string(v))
	case query.LanguageValue:
		return p.fieldTerm(fieldLang, string(v))
	case query.BoolValue:
		letter := byte(fieldVerified)
		if name == query.FieldSpam {
			letter = fieldSpam
		}
		if v {
			return p.fieldTerm(letter, "1")
		}
		return p.fieldTerm(letter, "0")
	case query.WordValue:
		if name == query.FieldHas {
			return p.fieldTerm(fieldHas, string(v))
		}
		if name == query.FieldBot && v != query.Unlikely {
			return p.fieldTerm(fieldBot, string(v))
		}
		if letter, ok := wordFields[name]; ok {
			return p.fieldTerm(letter, string(v))
		}
	}
	return everything
}

func (p planner) stringValue(name query.FieldName, v query.StringValue) want {
	switch name {
	case query.FieldHashtag:
		return p.spelt(signHashtag, v.By, v.Text, v.Pattern)
	case query.FieldMention:
		return p.spelt(signMention, v.By, v.Text, v.Pattern)
	}
	letter, ok := stringFields[name]
	if !ok {
		return everything
	}
	if v.Pattern != nil {
		beginning, certain := plainBeginning(v.By, v.Pattern)
		w := p.fieldPrefix(letter, beginning)
		w.exact = certain && len(beginning) < maxTerm
		return w
	}
	if v.By == query.Plain {
		return p.fieldTerm(letter, v.Text)
	}
	return inexact(p.fieldTerm(letter, plainOf(v.Text)))
}

// host wants the hosts that site:, domain: or tld: holds for. Of an address
// with & in its host more hosts are terms than it has.
func (p planner) host(name query.FieldName, host string) want {
	reversed := reverseHost(host)
	itself, below := p.fieldTerm(fieldHost, reversed), p.fieldPrefix(fieldHost, reversed+".")
	switch name {
	case query.FieldSite:
		return inexact(itself)
	case query.FieldTLD:
		return inexact(below)
	}
	return inexact(p.or([]want{itself, below}))
}
