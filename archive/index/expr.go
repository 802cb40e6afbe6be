package index

import (
	"slices"
	"strings"
)

// Expr says which documents are wanted.
type Expr struct {
	Kind  Kind
	Term  string // of a Term or Prefix
	Parts []Expr // of an And or Or; one of a Not
	Rows  Rows   // of Among
}

// Rows is a set of row numbers that many goroutines may ask at once.
type Rows interface{ Has(row int64) bool }

// Kind is what an Expr stands for.
type Kind uint8

const (
	None   Kind = iota // no document
	Term               // documents with the term
	Prefix             // documents with a term that begins so
	And                // with all parts, of which one at least is no Not
	Or                 // with one of the parts, none of which is a Not
	Not                // without the part; only in an And
	Among              // documents whose rows are in Rows
)

// leaf fills in the documents of one window.
type leaf interface {
	fill(window int, b *bitmap) (any bool, err error)
}

// node is an Expr with its terms looked up in one source.
type node struct {
	kind  Kind
	leaf  leaf // of a Term; Prefixes and Ors of terms are one leaf too, and Among is one
	parts []node
}

// source is where terms are looked up. The terms and prefixes are sorted, and
// no prefix begins with another.
type source interface {
	leaf(terms, prefixes []string) (leaf, error)
	among(rows Rows) leaf
}

// resolve looks an expression's terms up.
func resolve(s source, e *Expr) (node, error) {
	switch e.Kind {
	case Term, Prefix:
		return resolveLeaf(s, []Expr{*e})
	case Among:
		return node{kind: Term, leaf: s.among(e.Rows)}, nil
	case And, Not:
		return resolveParts(s, e.Kind, e.Parts)
	case Or:
		// All terms of an Or are one leaf, however many they are.
		words := make([]Expr, 0, len(e.Parts))
		var others []Expr
		for _, p := range e.Parts {
			if p.Kind == Term || p.Kind == Prefix {
				words = append(words, p)
			} else {
				others = append(others, p)
			}
		}
		n, err := resolveParts(s, Or, others)
		if err != nil || len(words) == 0 {
			return n, err
		}
		l, err := resolveLeaf(s, words)
		n.parts = append(n.parts, l)
		return n, err
	}
	return node{}, nil
}

func resolveLeaf(s source, words []Expr) (node, error) {
	var terms, prefixes []string
	for _, w := range words {
		if w.Kind == Prefix {
			prefixes = append(prefixes, w.Term)
		} else {
			terms = append(terms, w.Term)
		}
	}
	slices.Sort(terms)
	l, err := s.leaf(slices.Compact(terms), outermost(prefixes))
	return node{kind: Term, leaf: l}, err
}

// outermost sorts prefixes and leaves out those that begin with another.
func outermost(prefixes []string) []string {
	slices.Sort(prefixes)
	kept := prefixes[:0]
	for _, p := range prefixes {
		if len(kept) == 0 || !strings.HasPrefix(p, kept[len(kept)-1]) {
			kept = append(kept, p)
		}
	}
	return kept
}

func resolveParts(s source, kind Kind, parts []Expr) (node, error) {
	n := node{kind: kind}
	for i := range parts {
		p, err := resolve(s, &parts[i])
		if err != nil {
			return node{}, err
		}
		n.parts = append(n.parts, p)
	}
	return n, nil
}

// eval sets b, which is empty, to the documents of one window.
func (n *node) eval(window int, b *bitmap, free *scratch) (any bool, err error) {
	switch n.kind {
	case Term:
		return n.leaf.fill(window, b)
	case And:
		return n.evalAnd(window, b, free)
	case Or:
		return n.evalOr(window, b, free)
	}
	return false, nil
}

func (n *node) evalAnd(window int, b *bitmap, free *scratch) (any bool, err error) {
	tmp := free.take()
	defer free.give(tmp)
	first := true
	for i := range n.parts {
		p := &n.parts[i]
		switch {
		case p.kind == Not:
			continue
		case first:
			any, err = p.eval(window, b, free)
			first = false
		default:
			tmp.clear()
			if any, err = p.eval(window, tmp, free); any && err == nil {
				any = b.and(tmp)
			}
		}
		if !any || err != nil {
			return false, err
		}
	}
	for i := range n.parts {
		if p := &n.parts[i]; p.kind == Not {
			tmp.clear()
			some, err := p.parts[0].eval(window, tmp, free)
			if err != nil {
				return false, err
			}
			if some && !b.andNot(tmp) {
				return false, nil
			}
		}
	}
	return any, nil
}

func (n *node) evalOr(window int, b *bitmap, free *scratch) (any bool, err error) {
	tmp := free.take()
	defer free.give(tmp)
	for i := range n.parts {
		tmp.clear()
		some, err := n.parts[i].eval(window, tmp, free)
		if err != nil {
			return false, err
		}
		if some {
			b.or(tmp)
			any = true
		}
	}
	return any, nil
}

// scratch keeps bitmaps that are not in use.
type scratch struct{ list []*bitmap }

func (s *scratch) take() *bitmap {
	if n := len(s.list); n > 0 {
		b := s.list[n-1]
		s.list = s.list[:n-1]
		return b
	}
	return new(bitmap)
}

func (s *scratch) give(b *bitmap) { s.list = append(s.list, b) }
