package query

import "strconv"

// Parse reads a query and reports every problem it has, at most the first
// hundred. With an error among them there is no query (nil). It takes time and
// memory linear in the length of the input, and little where that is over the
// limits of section 8.
//
// It knows no shared lists; ParseWith does.
func Parse(query string) (*Query, []Diagnostic) { return ParseWith(query, nil) }

// ParseWith is Parse with shared lists: list:name holds where the list does.
func ParseWith(query string, lists Lists) (*Query, []Diagnostic) { return parse(query, lists, false) }

func parse(query string, lists Lists, stored bool) (*Query, []Diagnostic) {
	if len(query) > mostBytes {
		return alone(TooLong, 0)
	}
	if bad := firstBadByte(query); bad >= 0 {
		return alone(InvalidUTF8, bad)
	}
	p := parser{lexer: lexer{source: read(query), lists: lists, stored: stored}}
	return p.query()
}

func alone(code Code, at int) (*Query, []Diagnostic) {
	return nil, []Diagnostic{problem{code: code, at: at}.diagnostic()}
}

// parser reads the grammar of section 4 by recursive descent, at most
// mostNesting deep.
type parser struct {
	lexer
	item    item // the one to read next
	nesting int  // brackets and NOTs around it
	deep    bool // too deep: the work is over
	deepAt  int  // and where
}

func (p *parser) query() (*Query, []Diagnostic) {
	p.advance()
	root := p.level(true)
	switch {
	case p.stopped:
		return nil, p.diagnostics()
	case p.deep:
		return alone(TooDeep, p.moved.before(p.deepAt))
	case p.told == 0 && root.node == nil:
		return alone(EmptyQuery, 0)
	case p.errors:
		return nil, p.diagnostics()
	}
	return p.judge(root)
}

// judge makes the checks on the whole query.
func (p *parser) judge(root part) (*Query, []Diagnostic) {
	if !root.positive.yes {
		p.report(PureNegative, root.negative)
		return nil, p.diagnostics()
	}
	q := &Query{Root: root.node}
	if p.listed {
		q.Root, q.Written = p.expand(root.node), root.node
	}
	q.Cost = cost(q.Root)
	if p.likely { // the accounts cost nothing: people do not choose how many they are
		p.accounts = true
		q.Root, q.Written = p.expand(root.node), root.node
	}
	points := strconv.Itoa(q.Cost)
	if !root.anchored.yes {
		p.add(problem{code: BroadQuery})
	}
	if q.Cost > mostCost {
		p.add(problem{code: TooCostly, about: points})
		return nil, p.diagnostics()
	}
	if q.Cost > costlyAbove {
		p.add(problem{code: CostlyQuery, about: points})
	}
	return q, p.diagnostics()
}

func (p *parser) advance() { p.item = p.next() }

// part is a node with what the checks need to know of it.
type part struct {
	node     Node // nil if it or something in it is broken
	at       int  // its first byte
	spot     bool // proximity takes it
	positive demand
	anchored demand
	negative int // the NOT to show if it is not positive
}

// demand says whether a part asks for something that must be present, and
// whether its negation does (section 4: every NOT pushed down to the
// operands).
type demand struct{ yes, negated bool }

// family is the kind of operator that may stand in a level.
type family uint8

const (
	familyNone family = iota
	familyAnd
	familyOr
	familyNear
)

func (it item) family() family {
	switch it.kind {
	case itemOr:
		return familyOr
	case itemLink:
		return familyNear
	}
	return familyAnd
}

// level is the operands and operators between two brackets.
type level struct {
	family family
	mixed  bool
	parts  []part
	links  []Link
}

// level reads up to the closing bracket or the end. In the outermost level
// nothing is open to be closed.
func (p *parser) level(outermost bool) part {
	var l level
	var waiting item // an operator without its right operand
	for {
		it := p.item
		switch it.kind {
		case itemEnd, itemClose:
			if outermost && it.kind == itemClose {
				p.say(UnmatchedBracket, it.at, closesNothing, "")
				p.advance()
				continue
			}
			if waiting.kind != itemEnd {
				p.report(MissingOperand, waiting.at)
			}
			return p.close(l)
		case itemAnd, itemOr, itemLink:
			switch {
			case len(l.parts) == 0:
				p.say(MissingOperand, it.at, nothingBefore, "")
			case waiting.kind != itemEnd:
				p.report(MissingOperand, waiting.at)
				waiting = it
			default:
				waiting = it
			}
			p.advance()
		default:
			if len(l.parts) > 0 {
				if waiting.kind == itemEnd {
					waiting = item{kind: itemAnd, at: it.at}
					if it.kind != itemNot {
						p.report(ImplicitAnd, it.at)
					}
				}
				p.join(&l, waiting)
				waiting = item{}
			}
			l.parts = append(l.parts, p.unary())
		}
	}
}

// join takes note of an operator between two operands.
func (p *parser) join(l *level, operator item) {
	switch f := operator.family(); {
	case l.family == familyNone:
		l.family = f
	case l.family != f && !l.mixed:
		l.mixed = true
		p.report(MixedOperators, operator.at)
	}
	if operator.kind == itemLink {
		l.links = append(l.links, operator.link)
	}
}

// close makes one part of a level.
func (p *parser) close(l level) part {
	if len(l.parts) == 0 {
		return part{spot: true}
	}
	if l.mixed {
		return part{spot: true, at: l.parts[0].at}
	}
	switch l.family {
	case familyAnd:
		return closeAnd(l.parts)
	case familyOr:
		return closeOr(l.parts)
	case familyNear:
		for _, s := range l.parts {
			if !s.spot {
				p.report(BadNearOperand, s.at)
			}
		}
		return closeNear(l.parts, l.links)
	}
	return l.parts[0]
}

func closeAnd(parts []part) part {
	out := part{
		at:       parts[0].at,
		positive: demand{negated: true},
		anchored: demand{negated: true},
		negative: parts[0].negative,
	}
	var nodes []Node
	for _, m := range parts {
		out.positive.yes = out.positive.yes || m.positive.yes
		out.positive.negated = out.positive.negated && m.positive.negated
		out.anchored.yes = out.anchored.yes || m.anchored.yes
		out.anchored.negated = out.anchored.negated && m.anchored.negated
		switch n := m.node.(type) {
		case nil:
		case And:
			nodes = append(nodes, n.Parts...)
		default:
			nodes = append(nodes, n)
		}
	}
	if sound(parts) {
		out.node = And{nodes}
	}
	return out
}

func closeOr(parts []part) part {
	out := part{
		at:       parts[0].at,
		spot:     true,
		positive: demand{yes: true},
		anchored: demand{yes: true},
	}
	var nodes []Node
	for _, m := range parts {
		if out.positive.yes && !m.positive.yes {
			out.negative = m.negative
		}
		out.spot = out.spot && m.spot
		out.positive.yes = out.positive.yes && m.positive.yes
		out.positive.negated = out.positive.negated || m.positive.negated
		out.anchored.yes = out.anchored.yes && m.anchored.yes
		out.anchored.negated = out.anchored.negated || m.anchored.negated
		switch n := m.node.(type) {
		case nil:
		case Or:
			nodes = append(nodes, n.Parts...)
		default:
			nodes = append(nodes, n)
		}
	}
	if sound(parts) {
		out.node = Or{nodes}
	}
	return out
}

func closeNear(parts []part, links []Link) part {
	out := part{at: parts[0].at, positive: demand{yes: true}, anchored: demand{yes: true}}
	if !sound(parts) {
		return out
	}
	near := Near{Links: links}
	for _, s := range parts {
		near.Spots = append(near.Spots, textOnly(s.node))
	}
	out.node = near
	return out
}

func sound(parts []part) bool {
	for _, m := range parts {
		if m.node == nil {
			return false
		}
	}
	return true
}

// unary reads { NOT | minus } primary.
func (p *parser) unary() part {
	if p.item.kind != itemNot {
		return p.primary()
	}
	not := p.item
	if not.apart {
		p.say(MissingOperand, not.at, minusAlone, "")
	}
	if !p.enter(not.at) {
		return part{}
	}
	p.advance()
	switch p.item.kind {
	case itemEnd, itemClose, itemAnd, itemOr, itemLink:
		if !not.apart {
			p.report(MissingOperand, not.at)
		}
		p.nesting--
		return part{at: not.at, spot: true}
	}
	operand := p.unary()
	p.nesting--
	out := part{
		at:       not.at,
		positive: operand.positive.turned(),
		anchored: operand.anchored.turned(),
		negative: not.at,
	}
	if operand.node != nil {
		out.node = Not{operand.node}
	}
	return out
}

func (d demand) turned() demand { return demand{yes: d.negated, negated: d.yes} }

// enter goes one bracket or NOT deeper, or ends the work.
func (p *parser) enter(at int) bool {
	if p.nesting < mostNesting {
		p.nesting++
		return true
	}
	p.deep, p.deepAt = true, at
	for it := p.next(); it.kind != itemEnd; it = p.next() { // too many terms would go first
		for it.kind == itemScope {
			it = p.afterColon(it)
		}
	}
	p.item = item{kind: itemEnd}
	p.swallowed = true
	return false
}

// primary reads brackets, an operand or a text field.
func (p *parser) primary() part {
	it := p.item
	switch it.kind {
	case itemOpen:
		return p.brackets(false)
	case itemScope:
		return p.scope()
	}
	p.advance()
	if it.isField && p.scoped {
		p.report(NestedField, it.at)
	}
	return operand(it)
}

func operand(it item) part {
	anchored := true
	if f, ok := it.node.(Field); ok {
		anchored = lookup(string(f.Name)).anchors
	}
	return part{node: it.node, at: it.at, spot: it.spot, positive: demand{yes: true}, anchored: demand{yes: anchored}}
}

// brackets reads ( level ). The last says that they end a text field.
func (p *parser) brackets(last bool) part {
	open := p.item
	told := p.told
	if !p.enter(open.at) {
		return part{}
	}
	p.advance()
	out := p.level(false)
	p.nesting--
	closed := p.item.kind == itemClose
	switch {
	case !closed && !p.swallowed:
		p.report(UnmatchedBracket, open.at)
	case closed && out.node == nil && p.told == told:
		p.report(EmptyBrackets, open.at)
	}
	if last {
		p.scoped = false
	}
	if closed {
		p.advance()
	}
	out.at = open.at
	return out
}

// scope reads a text field and what it holds. A text field that stands in
// another directly is passed over.
func (p *parser) scope() part {
	it, nested := p.item, p.scoped
	for p.item.kind == itemScope {
		if p.scoped {
			p.report(NestedField, p.item.at)
		}
		p.scoped = true
		p.item = p.afterColon(p.item)
	}
	var inner part
	if p.item.kind == itemOpen {
		inner = p.brackets(!nested)
	} else {
		held := p.item
		if held.isField {
			p.report(NestedField, held.at)
		}
		inner = operand(held)
		p.scoped = nested
		p.advance()
	}
	out := inner
	out.at, out.spot = it.at, false
	if inner.node != nil {
		out.node = Scope{streamOf[it.scope.name], textOnly(inner.node)}
	}
	return out
}
