package query

import (
	"hearth"
	"hearth/text"
)

// Match is the meaning of a query: whether it selects a post (section 12). It
// uses nothing but its arguments and changes neither.
func (q *Query) Match(p *hearth.Post) bool {
	var d text.Doc
	AddPost(&d, p)
	return q.MatchDoc(p, &d)
}

// MatchDoc is Match for a post whose streams AddPost has put into d.
func (q *Query) MatchDoc(p *hearth.Post, d *text.Doc) bool {
	return newMatcher(p, d).holds(q.Root)
}

// Holds says whether one part of a query, outside any Scope of another, holds
// for a post whose streams AddPost has put into d. Engines that decide most of a
// query themselves ask it about the rest.
func Holds(n Node, p *hearth.Post, d *text.Doc) bool {
	return newMatcher(p, d).holds(n)
}

// AddPost empties d and adds the streams of a post: its title, its text, and
// each description of its media; missing ones are left out.
func AddPost(d *text.Doc, p *hearth.Post) {
	d.Reset()
	if p.Title != "" {
		d.Add(text.Title, p.Title)
	}
	if p.Text != "" {
		d.Add(text.Text, p.Text)
	}
	for _, m := range p.Media {
		if m.Alt != "" {
			d.Add(text.Alt, m.Alt)
		}
	}
}

// look says which streams operands look at.
type look [text.Alt + 1]bool

var titleAndText = look{text.Title: true, text.Text: true}

// matcher asks the parts of a query of one post.
type matcher struct {
	post *hearth.Post
	doc  *text.Doc
	look look
	raws []*rawStream // of the streams that raw: has looked at
	row  int64        // of the log; 0: it is not stored
}

func newMatcher(p *hearth.Post, d *text.Doc) matcher {
	return matcher{p, d, titleAndText, make([]*rawStream, len(d.Streams)), 0}
}

// on is the same matcher with eyes for the streams of one kind only.
func (m matcher) on(f text.Field) matcher {
	m.look = look{}
	m.look[f] = true
	return m
}

func (m matcher) holds(n Node) bool {
	switch n := n.(type) {
	case And:
		for _, part := range n.Parts {
			if !m.holds(part) {
				return false
			}
		}
		return true
	case Or:
		for _, part := range n.Parts {
			if m.holds(part) {
				return true
			}
		}
		return false
	case Not:
		return !m.holds(n.Part)
	case Scope:
		return m.on(n.Field).holds(n.Part)
	case Field:
		return m.field(n)
	case Term:
		return m.listed(n) || m.anyStream(func(i int) bool { return n.occurs(m.doc, &m.doc.Streams[i]) })
	case Near:
		return m.anyStream(func(i int) bool { return n.in(m.doc, &m.doc.Streams[i]) != nil })
	case Window:
		return m.anyStream(func(i int) bool { return len(n.in(m.doc, &m.doc.Streams[i])) > 0 })
	case Raw:
		return m.anyStream(func(i int) bool { return len(n.in(m.raw(i))) > 0 })
	}
	return false
}

// anyStream says that something holds in one of the streams to look at.
func (m matcher) anyStream(holds func(stream int) bool) bool {
	for i := range m.doc.Streams {
		if m.look[m.doc.Streams[i].Field] && holds(i) {
			return true
		}
	}
	return false
}
