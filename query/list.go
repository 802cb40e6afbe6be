package query

import (
	"slices"
	"strings"

	"hearth/text"
)

// Lists finds a shared list by the compared form of its name (ListKey): a query that
// holds what one of its entries holds. Nil: there is no such list.
type Lists func(key string) *Query

// ListValue is the name of a shared list in compared form.
type ListValue string

// ListKey is a list's name as names of lists are compared.
func ListKey(name string) string { return text.Key(name) }

// String is the value, bare where that can be read back.
func (v ListValue) String() string { return bareOr(string(v), "_.@-") }

func (v ListValue) words(b *phrasebook) string { return b.quote(string(v)) }

// cost is nothing: what is in the list is counted.
func (v ListValue) cost() int { return 0 }

// listValue reads the name of a list and reports one that is not there.
func (l *lexer) listValue(v lexeme) (Value, bool) {
	key := ListKey(v.text)
	if l.lists == nil || key == "" || l.lists(key) == nil {
		l.say(UnknownList, v.at, "", v.text)
		return nil, false
	}
	l.listed = true
	return ListValue(key), true
}

// expand puts what is in the lists in their place. Nodes without lists stay as
// they are.
func (l *lexer) expand(n Node) Node {
	switch n := n.(type) {
	case And:
		return And{l.expandAll(n.Parts, func(n Node) ([]Node, bool) { and, ok := n.(And); return and.Parts, ok })}
	case Or:
		return Or{l.expandAll(n.Parts, func(n Node) ([]Node, bool) { or, ok := n.(Or); return or.Parts, ok })}
	case Not:
		return Not{l.expand(n.Part)}
	case Field:
		if n.Name == FieldBot && l.accounts {
			return l.likelihoods(n)
		}
		if n.Name != SharedList {
			return n
		}
		var parts []Node
		for _, v := range n.Values {
			switch root := l.lists(string(v.(ListValue))).Root.(type) {
			case Or:
				parts = append(parts, root.Parts...)
			default:
				parts = append(parts, root)
			}
		}
		if len(parts) == 1 {
			return parts[0]
		}
		return Or{parts}
	}
	return n
}

// expandAll expands the parts of a level and joins those that become one of its
// own family.
func (l *lexer) expandAll(parts []Node, same func(Node) ([]Node, bool)) (all []Node) {
	for _, p := range parts {
		p = l.expand(p)
		if inner, ok := same(p); ok {
			all = append(all, inner...)
		} else {
			all = append(all, p)
		}
	}
	return all
}

// UsesLists is the compared names of the lists in a query, sorted.
func (q *Query) UsesLists() (keys []string) {
	if q.Written == nil {
		return nil
	}
	var walk func(Node)
	walk = func(n Node) {
		switch n := n.(type) {
		case And:
			for _, p := range n.Parts {
				walk(p)
			}
		case Or:
			for _, p := range n.Parts {
				walk(p)
			}
		case Not:
			walk(n.Part)
		case Field:
			if n.Name == SharedList {
				for _, v := range n.Values {
					keys = append(keys, string(v.(ListValue)))
				}
			}
		}
	}
	walk(q.Written)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// ParseEntry reads one entry of a list of words: a word, a phrase, a tag, a window
// or raw characters, as in a query. Words side by side are a phrase. It gives the
// entry in canonical form, or a sentence that says what is wrong.
func ParseEntry(line string) (entry, problem string) {
	line = strings.TrimSpace(line)
	q, problems := Parse(line)
	if q == nil || !isEntry(q.Root) {
		plain := strings.ContainsFunc(line, text.IsSpace) && !strings.ContainsAny(line, "\"\\{}[]()~:")
		if plain && !slices.ContainsFunc(strings.Fields(line), isOperator) {
			q, problems = Parse(quote(line))
		}
	}
	if q == nil {
		for _, p := range problems {
			if p.Severity == Error {
				return "", p.Message
			}
		}
	}
	if q == nil || !isEntry(q.Root) {
		return "", "Write one word, phrase or tag a line, without operators and fields."
	}
	return q.String(), ""
}

func isEntry(n Node) bool {
	switch n := n.(type) {
	case Term, Window:
		return true
	case Raw:
		return len(n.Values) == 1
	}
	return false
}
