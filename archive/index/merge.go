package index

import (
	"bytes"
	"slices"
)

// Merge writes several segments as one, without what was removed before the
// call, and returns its head and what was left out. Removals that come while
// it runs concern the new segment too; the caller repeats them.
func Merge(parts []Part, w *Writer) (head []byte, dropped []Doc, err error) {
	m := &merge{w: w}
	for _, p := range parts {
		in := &mergeInput{Part: p, number: make([]uint32, p.docs)}
		in.dict = &dictReader{s: p.Segment, read: p.Read}
		m.inputs = append(m.inputs, in)
	}
	if err := m.documents(); err != nil {
		return nil, nil, err
	}
	if err := m.terms(); err != nil {
		return nil, nil, err
	}
	head, err = w.Close()
	return head, m.dropped, err
}

type merge struct {
	w       *Writer
	inputs  []*mergeInput
	dropped []Doc

	containers []container
	docs, some []uint32
}

type mergeInput struct {
	Part
	number []uint32 // of its documents in the new segment
	dict   *dictReader
	more   bool // dict stands at a term
}

// noDoc is the new number of a document that was removed.
const noDoc = ^uint32(0)

// documents writes the documents in their common order and numbers them.
func (m *merge) documents() error {
	type cursor struct {
		in   *mergeInput
		docs docReader
		at   uint32
		doc  Doc
	}
	var cursors []*cursor
	for _, in := range m.inputs {
		if in.docs == 0 {
			continue
		}
		c := &cursor{in: in, docs: docReader{s: in.Segment, read: in.Read}}
		var err error
		if c.doc, err = c.docs.doc(0); err != nil {
			return err
		}
		cursors = append(cursors, c)
	}
	for len(cursors) > 0 {
		c := slices.MinFunc(cursors, func(a, b *cursor) int { return compare(a.doc, b.doc) })
		if c.in.isRemoved(c.at) {
			c.in.number[c.at] = noDoc
			m.dropped = append(m.dropped, c.doc)
		} else {
			n, err := m.w.Doc(c.doc)
			if err != nil {
				return err
			}
			c.in.number[c.at] = n
		}
		if c.at++; c.at == c.in.docs {
			cursors = slices.DeleteFunc(cursors, func(o *cursor) bool { return o == c })
			continue
		}
		var err error
		if c.doc, err = c.docs.doc(c.at); err != nil {
			return err
		}
	}
	return nil
}

// terms writes every term with the documents of all inputs that hold it.
func (m *merge) terms() error {
	for _, in := range m.inputs {
		in.more = in.dict.step()
	}
	var term []byte
	for {
		var least *mergeInput
		for _, in := range m.inputs {
			if in.dict.err != nil {
				return in.dict.err
			}
			if in.more && (least == nil || bytes.Compare(in.dict.term, least.dict.term) < 0) {
				least = in
			}
		}
		if least == nil {
			return nil
		}
		term = append(term[:0], least.dict.term...)
		m.docs = m.docs[:0]
		for _, in := range m.inputs {
			if in.more && bytes.Equal(in.dict.term, term) {
				if err := m.take(in); err != nil {
					return err
				}
				in.more = in.dict.step()
			}
		}
		if len(m.docs) == 0 {
			continue
		}
		if !slices.IsSorted(m.docs) {
			slices.Sort(m.docs)
		}
		if err := m.w.Term(term, m.docs); err != nil {
			return err
		}
	}
}

// take adds the documents of the term at which an input stands.
func (m *merge) take(in *mergeInput) error {
	m.containers = in.dict.entry(m.containers[:0])
	if in.dict.err != nil {
		return in.dict.err
	}
	for i := range m.containers {
		c := &m.containers[i]
		data, err := c.bytes(in.Read)
		if err != nil {
			return err
		}
		if m.some, err = appendDocs(m.some[:0], c.window<<windowBits, int(c.form), data); err != nil {
			return err
		}
		for _, d := range m.some {
			if d >= in.docs {
				return ErrBroken
			}
			if n := in.number[d]; n != noDoc {
				m.docs = append(m.docs, n)
			}
		}
	}
	return nil
}
