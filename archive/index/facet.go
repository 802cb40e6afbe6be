package index

import "bytes"

// Facet calls each for every term that begins with prefix and is held by found
// documents, with their number in one part of the index: a term comes as often
// as there are parts that have it, in no order. It stops with the error of
// each.
func (x *Index) Facet(r *Result, prefix string, each func(rest string, n int) error) error {
	for _, s := range r.segments {
		if err := s.facet(prefix, each); err != nil {
			return err
		}
	}
	if len(r.tail) == 0 {
		return nil
	}
	wanted := make(map[Doc]struct{}, len(r.tail))
	for _, d := range r.tail {
		wanted[d] = struct{}{}
	}
	for _, t := range x.Tails {
		if err := t.facet(wanted, prefix, each); err != nil {
			return err
		}
	}
	return nil
}

func (s *segmentSearch) facet(prefix string, each func(string, int) error) error {
	found, err := s.all()
	if err != nil {
		return err
	}
	var c container
	var b bitmap
	return s.each(s.Read, prefix, func(d *dictReader) error {
		n, window := 0, uint64(0)
		for left := d.r.length(2); left > 0; left-- {
			window = d.r.container(window, &c)
			if int(c.window) >= len(found) {
				return ErrBroken
			}
			if found[c.window] == nil {
				continue
			}
			data, err := c.bytes(s.Read)
			if err != nil {
				return err
			}
			if c.form == formGaps { // most authors have a post or two
				held, err := countGaps(found[c.window], data)
				if err != nil {
					return err
				}
				n += held
				continue
			}
			b.clear()
			if err := orContainer(&b, int(c.form), data); err != nil {
				return err
			}
			if b.and(found[c.window]) {
				n += b.count()
			}
		}
		if d.check(); d.err != nil || n == 0 {
			return d.err
		}
		return each(string(d.term[len(prefix):]), n)
	})
}

// Size is the number of documents found, and of the windows of segments that hold
// any of them: to these the work of a Facet is proportional, however few the
// documents are.
func (r *Result) Size() (docs, windows int, err error) {
	docs = len(r.tail)
	for _, s := range r.segments {
		found, err := s.all()
		if err != nil {
			return 0, 0, err
		}
		for _, b := range found {
			if b != nil {
				docs += b.count()
				windows++
			}
		}
	}
	return docs, windows, nil
}

// all is what was found, by window; nil: nothing. It is kept, for several
// questions are asked of one result.
func (s *segmentSearch) all() ([]*bitmap, error) {
	if s.found != nil {
		return s.found, nil
	}
	found := make([]*bitmap, s.windows())
	b := new(bitmap)
	for w := s.firstWindow(); w <= s.lastWindow(); w++ {
		any, err := s.window(w, b)
		if err != nil {
			return nil, err
		}
		if any {
			found[w] = b
			b = new(bitmap)
		}
	}
	s.found = found
	return found, nil
}

func (t *Tail) facet(wanted map[Doc]struct{}, prefix string, each func(string, int) error) error {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var docs []uint32
	for i := range t.terms {
		rest, ok := bytes.CutPrefix(t.spelling(uint32(i)), []byte(prefix))
		if !ok {
			continue
		}
		n := 0
		docs = t.appendDocs(docs[:0], uint32(i))
		for _, k := range docs {
			if _, ok := wanted[t.docs[k]]; ok {
				n++
			}
		}
		if n > 0 {
			if err := each(string(rest), n); err != nil {
				return err
			}
		}
	}
	return nil
}

// Terms calls each for every term that begins with prefix, what follows the
// prefix that is, in every part of the index, in no order.
func (x *Index) Terms(prefix string, each func(rest string) error) error {
	for _, p := range x.Parts {
		err := p.each(p.Read, prefix, func(d *dictReader) error {
			d.skip()
			return each(string(d.term[len(prefix):]))
		})
		if err != nil {
			return err
		}
	}
	for _, t := range x.Tails {
		if err := t.each(prefix, each); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tail) each(prefix string, each func(rest string) error) error {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for i := range t.terms {
		if rest, ok := bytes.CutPrefix(t.spelling(uint32(i)), []byte(prefix)); ok {
			if err := each(string(rest)); err != nil {
				return err
			}
		}
	}
	return nil
}
