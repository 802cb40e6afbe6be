package query

import (
	"slices"
	"strings"

	"hearth"
	"hearth/text"
)

// Fields that look at what is known of stored posts only: copies:, copy: and topic:.
// No post says of itself which others tell the same text; that is found out behind the
// log. So only searches among stored posts take these fields (ParseStored), and whoever
// searches says which posts they select (Resolve) before the query is asked of any.

// TopicValue is the number of a topic, or its name in compared form.
type TopicValue string

// TopicKey is a topic's name as names of topics are compared.
func TopicKey(name string) string { return text.Key(name) }

// String is the value, bare where that can be read back.
func (v TopicValue) String() string { return bareOr(string(v), "_.@-") }

func (v TopicValue) words(b *phrasebook) string { return b.quote(string(v)) }
func (v TopicValue) cost() int                  { return 1 }

// Rows is a set of stored posts by the numbers of their versions in the log. The zero
// value is none. It is immutable.
type Rows struct {
	seqs    []int64 // rising
	without bool    // all posts but these
}

// NewRows is a set of rows of the log; it keeps the list, and sorts it.
func NewRows(seqs []int64) Rows {
	slices.Sort(seqs)
	return Rows{seqs: slices.Compact(seqs)}
}

// Without is all other posts.
func (r Rows) Without() Rows { return Rows{r.seqs, !r.without} }

// Has says whether a version is in the set; a post that is not stored, 0, is in none.
func (r Rows) Has(seq int64) bool {
	_, in := slices.BinarySearch(r.seqs, seq)
	return seq != 0 && in != r.without
}

// RowsValue is a value of such a field with the posts that it selects.
type RowsValue struct {
	Value
	Rows Rows
}

// takesStored says that a field looks at what is known of stored posts.
func takesStored(name FieldName) bool {
	return name == FieldCopies || name == FieldCopy || name == FieldTopic
}

// ParseStored is ParseWith for a search among stored posts: it takes copies:, copy: and
// topic:, too. Before such a query (AsksStored) is asked of posts, it is to be resolved.
func ParseStored(query string, lists Lists) (*Query, []Diagnostic) { return parse(query, lists, true) }

// AsksStored says that a query holds values that are not resolved yet.
func (q *Query) AsksStored() bool {
	return anyField(q.Root, func(f Field) bool {
		return takesStored(f.Name) && slices.ContainsFunc(f.Values, func(v Value) bool {
			_, known := v.(RowsValue)
			return !known
		})
	})
}

// Uses says whether a query asks for a field anywhere.
func (q *Query) Uses(name FieldName) bool {
	return anyField(q.Root, func(f Field) bool { return f.Name == name })
}

// anyField says whether is holds for a field anywhere below a node.
func anyField(n Node, is func(Field) bool) bool {
	in := func(part Node) bool { return anyField(part, is) }
	switch n := n.(type) {
	case And:
		return slices.ContainsFunc(n.Parts, in)
	case Or:
		return slices.ContainsFunc(n.Parts, in)
	case Not:
		return in(n.Part)
	case Field:
		return is(n)
	}
	return false
}

// Resolve is the same query with the posts that its copies:, copy: and topic: select, as
// rows says for each value. It prints and is explained as before.
func (q *Query) Resolve(rows func(FieldName, Value) (Rows, error)) (*Query, error) {
	root, err := resolve(q.Root, rows)
	if err != nil {
		return nil, err
	}
	resolved := *q
	resolved.Root = root
	return &resolved, nil
}

func resolve(n Node, rows func(FieldName, Value) (Rows, error)) (_ Node, err error) {
	all := func(parts []Node) ([]Node, error) {
		parts = slices.Clone(parts)
		for i, part := range parts {
			if parts[i], err = resolve(part, rows); err != nil {
				return nil, err
			}
		}
		return parts, nil
	}
	switch n := n.(type) {
	case And:
		n.Parts, err = all(n.Parts)
		return n, err
	case Or:
		n.Parts, err = all(n.Parts)
		return n, err
	case Not:
		n.Part, err = resolve(n.Part, rows)
		return n, err
	case Field:
		if !takesStored(n.Name) {
			return n, nil
		}
		n.Values = slices.Clone(n.Values)
		for i, v := range n.Values {
			if _, known := v.(RowsValue); known {
				continue
			}
			found, err := rows(n.Name, v)
			if err != nil {
				return nil, err
			}
			n.Values[i] = RowsValue{v, found}
		}
		return n, nil
	}
	return n, nil
}

// readTopic reads the number or the name of a topic.
func readTopic(s string) (Value, bool) {
	key := TopicKey(s)
	return TopicValue(key), strings.TrimSpace(key) != ""
}

// readCopies reads yes and no besides numbers: of two or more, one is a copy.
func readCopies(s string) (Value, bool) {
	switch lowerASCII(s) {
	case "yes":
		return CountValue{AtLeast, 2, 2}, true
	case "no":
		return CountValue{Under, 2, 2}, true
	}
	return nil, false
}

// MatchStored is MatchDoc for a stored post: seq is the number of its version in the
// log, by which copies:, copy: and topic: know it.
func (q *Query) MatchStored(seq hearth.Seq, p *hearth.Post, d *text.Doc) bool {
	m := newMatcher(p, d)
	m.row = int64(seq)
	return m.holds(q.Root)
}
