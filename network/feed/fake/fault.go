package fake

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// Fault is something that goes wrong with one answer.
type Fault struct {
	Kind   FaultKind
	Size   int // bytes, for Cut and Oversized; depth, for Deep
	Status int // for Refuse
	After  int // seconds of Retry-After, for Refuse
}

// FaultKind is what goes wrong.
type FaultKind uint8

const (
	None      FaultKind = iota
	Cut                 // the connection dies after Size bytes of the document
	Garbage             // an entry comes that cannot be read
	Unknown             // elements come that nobody knows yet
	Oversized           // an entry comes with a text of Size bytes
	Duplicate           // the first entry comes twice
	Reorder             // the entries come the other way round
	Refuse              // the answer is Status
	Endless             // the document never ends
	Laughs              // a DTD of entities that grow
	Deep                // elements nested Size deep
	NewGUIDs            // every entry has another guid than before
	Attribute           // an attribute that never ends
	External            // a DTD with an entity at the address that Options.Trap says
)

// Inject makes the faults happen with the next answers that are no "not
// modified", one each.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
	s.changed()
}

func (s *Server) next() (f Fault, ok bool) {
	if len(s.faults) == 0 {
		return f, false
	}
	f, s.faults = s.faults[0], s.faults[1:]
	return f, true
}

// fail answers wrongly; false if the document is to be written with the fault
// in it.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault, shown []entry) bool {
	switch f.Kind {
	case Refuse:
		if f.After > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.After))
		}
		http.Error(w, "not now", f.Status)
	case Laughs:
		w.Header().Set("Content-Type", "application/xml")
		w.Write([]byte(`<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss version="2.0"><channel><title>&b;</title></channel></rss>`))
	case Deep:
		w.Write([]byte(`<rss version="2.0"><channel>` + strings.Repeat("<a>", f.Size)))
	case Attribute:
		w.Write([]byte(`<rss version="2.0"><channel><item title="`))
		for chunk := bytes.Repeat([]byte("x"), 64<<10); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				break
			}
		}
	case External:
		w.Header().Set("Content-Type", "application/xml")
		w.Write([]byte(`<?xml version="1.0"?><!DOCTYPE rss SYSTEM "` + s.o.Trap + `/rss.dtd" [<!ENTITY x SYSTEM "` + s.o.Trap + `/x">]><rss version="2.0"><channel><title>&x;</title></channel></rss>`))
	case Endless:
		head := s.document(shown, Fault{})
		w.Write(head[:bytes.LastIndex(head, []byte("</"))])
		for n := 0; r.Context().Err() == nil; n++ {
			e := entry{guid: "endless-" + strconv.Itoa(n), link: s.o.Address + "/e/" + strconv.Itoa(n)}
			e.post.Title = "Endless " + strconv.Itoa(n)
			e.post.Published, e.updated = Epoch, Epoch
			if _, err := w.Write(s.write(nil, &e)); err != nil {
				break
			}
		}
	default:
		return false
	}
	return true
}
