package replay

import (
	"time"

	"hearth"
	"hearth/archive/form"
	"hearth/network"
)

// Entry is one version of a post as its source gave it.
type Entry struct {
	Event    network.Event // a Create or Update
	Source   hearth.SourceID
	Received time.Time
}

// Sheet collects what one goroutine has read, until Take. It is reused and keeps
// nothing of what it was given.
type Sheet struct {
	// Keys is where the caller appends the keys of the posts added, by which
	// they are looked for.
	Keys []uint64

	b           []byte
	graves      []grave
	posts       int
	first, last int64 // µs, received
}

// Add writes a post down.
func (s *Sheet) Add(e *network.Event, source hearth.SourceID, received time.Time) {
	us := received.UnixMicro()
	if s.posts == 0 {
		s.first, s.last = us, us
	}
	s.first, s.last = min(s.first, us), max(s.last, us)
	s.posts++
	w := form.Writer{B: s.b}
	w.Number(uint64(e.Op))
	w.Signed(int64(source))
	w.Signed(us)
	w.Time(e.At)
	w.Text(e.Revision)
	s.b = form.AppendPost(w.B, &e.Post)
}

// Bury notes what happened to a post or an author: a Delete, Hide, Show,
// HideAuthor, ShowAuthor or DeleteAuthor. Anything else it passes over.
func (s *Sheet) Bury(e *network.Event) {
	p := &e.Post
	switch e.Op {
	case network.Delete, network.Hide:
		s.graves = append(s.graves, grave{postHash(p), true})
	case network.Show:
		s.graves = append(s.graves, grave{postHash(p), false})
	case network.HideAuthor, network.DeleteAuthor:
		s.graves = append(s.graves, grave{authorHash(p), true})
	case network.ShowAuthor:
		s.graves = append(s.graves, grave{authorHash(p), false})
	}
}

// Reset forgets everything and keeps the memory.
func (s *Sheet) Reset() {
	s.Keys, s.b, s.graves, s.posts = s.Keys[:0], s.b[:0], s.graves[:0], 0
}

func (s *Sheet) empty() bool { return s.posts == 0 && len(s.graves) == 0 }

// entries reads what Sheets wrote, one entry after the other. Nothing is
// allocated; an entry shares the memory of the block and of the reader.
type entries struct{ r form.Reader }

// next reports false at the end and at the first entry that is none.
func (r *entries) next(e *Entry) bool {
	if r.r.S == "" || r.r.Err != nil {
		return false
	}
	e.Event.Op = network.Op(r.r.Number())
	e.Source = hearth.SourceID(r.r.Signed())
	e.Received = time.UnixMicro(r.r.Signed()).UTC()
	e.Event.At = r.r.Time()
	e.Event.Revision = r.r.Text()
	r.r.Post(&e.Event.Post)
	if e.Event.Op > network.Update {
		r.r.Err = form.ErrForm
	}
	return r.r.Err == nil
}
